"""The weights that serve, taken up live when new ones were trained."""

import logging
import threading

from recsys import versions
from recsys.answering import Answers
from recsys.errors import RecsysError
from recsys.explaining import Explainer
from recsys.loading import Parts, load_models, read_models
from recsys.pipeline import Pipeline
from recsys.settings import Settings

log = logging.getLogger("recsys.turn")


class Serving:
    """A pipeline with what speaks for it; a turn that runs keeps the one it began with."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.settings, self._version, self._swapping = settings, versions.stamp(settings.models), threading.Lock()
        self._serve(Pipeline(parts, settings))

    def _serve(self, pipeline: Pipeline) -> None:
        self.pipeline, self.answers, self.explainer = pipeline, Answers(pipeline), Explainer(pipeline)

    def refresh(self) -> None:
        """Take up weights that were trained, or rolled back, since the last look; where they are no good the old ones stay."""
        version = versions.stamp(self.settings.models)
        if version == self._version or not self._swapping.acquire(blocking=False):
            return
        try:
            trained, encoder = versions.current(self.settings.models), self.pipeline.parts.encoder.name
            models = load_models(self.settings, encoder) if trained is None else read_models(trained, encoder)
            self._serve(self.pipeline.with_models(*models))
        except RecsysError as error:
            log.warning("the weights being served stay: %s", error)
        finally:
            self._version = version
            self._swapping.release()
