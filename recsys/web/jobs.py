"""Long work in a thread, so that the page can show how far it is."""

import threading
import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from recsys.settings import Settings
from recsys.shelf import Shelf

T = TypeVar("T")
Progress = Callable[[str], None]
_FIRST = 45.0  # seconds that a first start takes on two cores: the language model is unpacked


class Job(Generic[T]):
    """Runs `work` at once; `message` is its last line of progress, `estimate` the seconds that it should take, 0 if unknown."""

    def __init__(self, work: Callable[[Progress], T], estimate: float = 0.0) -> None:
        self.message, self.estimate, self._began = "", estimate, time.monotonic()
        self._result: list[T] = []
        self._error: BaseException | None = None
        self._done = threading.Event()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Callable[[Progress], T]) -> None:
        try:
            self._result.append(work(self._tell))
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits
            self._error = error
        self._done.set()

    def _tell(self, message: str) -> None:
        self.message = message

    @property
    def done(self) -> bool:
        """Whether it has ended, well or badly."""
        return self._done.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._began

    def wait(self) -> T:
        """The result, once it is there; what the work raised is raised here."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        return self._result[0]


class Opening:
    """A shelf that is still being filled. It has its settings at once; whoever asks it for anything else waits."""

    def __init__(self, settings: Settings, job: Job[Shelf]) -> None:
        self.settings, self.job = settings, job

    def __getattr__(self, name: str) -> Any:  # noqa: D105
        return getattr(self.job.wait(), name)


def opening(settings: Settings) -> Opening:
    """Load in the background. How long it took is kept, as the estimate of the next time."""
    kept = settings.cache / "start-seconds"

    def load(progress: Progress) -> Shelf:
        began = time.monotonic()
        shelf = Shelf(settings, progress)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(f"{time.monotonic() - began:.1f}", "ascii")
        return shelf

    try:
        estimate = float(kept.read_text("ascii"))
    except (OSError, ValueError):
        estimate = _FIRST
    return Opening(settings, Job(load, estimate))
