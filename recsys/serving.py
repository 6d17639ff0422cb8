"""The weights and items that serve, taken up live when new ones were trained or came in."""

import gc
import logging
import threading
from collections.abc import Collection

from recsys import versions
from recsys.answering import Answers
from recsys.catalog import Catalog
from recsys.errors import RecsysError
from recsys.explaining import Explainer
from recsys.language import adapters
from recsys.language.understanding import Understanding
from recsys.loading import Parts, Read, load_models, read_models, updated
from recsys.pipeline import Pipeline
from recsys.schema import Schema
from recsys.settings import Settings

log = logging.getLogger("recsys.turn")
_SELDOM = 1000  # collections of what is younger, to one of everything


def settle() -> None:
    """What was loaded lasts: let the garbage collector pass over it, and over all that lasts only seldom, as nobody can talk meanwhile."""
    gc.enable()
    gc.freeze()
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _SELDOM)


class Serving:
    """A pipeline with what reads for it and speaks for it; a turn that runs keeps the one it began with."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.settings, self._swapping = settings, threading.Lock()
        self._seen = self._stamps()
        self.understanding = Understanding(parts.catalog.schema, parts.nearest)
        self._serve(Pipeline(parts, settings))

    @property
    def parts(self) -> Parts:
        """What serves now was built from these."""
        return self.pipeline.parts

    @property
    def catalog(self) -> Catalog:
        """The items that are there now."""
        return self.pipeline.parts.catalog

    @property
    def schema(self) -> Schema:
        """What can be asked of them."""
        return self.pipeline.schema

    def update(self, read: Read, remove: Collection[str] = ()) -> None:
        """Serve these items too, in place of those of the same ids, and no longer those to remove.

        Whoever asks meanwhile is answered from the items before.
        """
        with self._swapping:
            row = self.catalog.row
            gone = [i for i in dict.fromkeys((*remove, *(item.id for item in read.items))) if i in row]
            parts = updated(self.parts, read, [i for i in gone if i in remove])
            pipeline = self.pipeline.updated(parts, [row[i] for i in gone])
            if pipeline.schema is not self.pipeline.schema:  # there are new values to be asked for
                understanding = Understanding(pipeline.schema, parts.nearest)
                understanding.warm()
                self.understanding = understanding
            self._serve(pipeline)

    def _stamps(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return versions.stamp(self.settings.models), adapters.stamp(self.settings.adapters)

    def _serve(self, pipeline: Pipeline) -> None:
        self.pipeline, self.answers, self.explainer = pipeline, Answers(pipeline), Explainer(pipeline)

    def refresh(self) -> None:
        """Take up weights and adapters that were trained, or rolled back, since the last look; where they are no good the old ones stay."""
        stamps, encoder = self._stamps(), self.parts.encoder.name
        if stamps == self._seen or not self._swapping.acquire(blocking=False):
            return
        try:
            if stamps[1] != self._seen[1]:
                self._serve(self.pipeline.with_adapter(adapters.applied(self.settings.adapters, encoder)))
            if stamps[0] != self._seen[0]:
                trained = versions.current(self.settings.models)
                models = load_models(self.settings, encoder) if trained is None else read_models(trained, encoder)
                self._serve(self.pipeline.with_models(*models))
        except RecsysError as error:
            log.warning("the weights being served stay: %s", error)
        finally:
            self._seen = stamps
            self._swapping.release()
