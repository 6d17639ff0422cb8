"""What people do with items, and what is known of them by it: kept, told, taken back and deleted."""

import threading
from collections import defaultdict
from typing import Any

from recsys import memories, monitor
from recsys.answering import Answers
from recsys.catalog import Catalog
from recsys.datamodels import ACTIONS, Event, EventKind, Item, Lang
from recsys.dialogue import Dialogue
from recsys.errors import InvalidInput, NotFound
from recsys.language.understanding import Understanding
from recsys.loading import Parts
from recsys.pipeline import Pipeline
from recsys.schema import Schema
from recsys.serving import Serving
from recsys.settings import Settings
from recsys.store import Store


class Reactions:
    """The half of the hub that needs no message."""

    def __init__(self, parts: Parts, store: Store, settings: Settings) -> None:
        self.store, self.settings = store, settings
        self.serving = Serving(parts, settings)
        self.dialogue = Dialogue(self.serving, store, settings.history)
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    @property
    def catalog(self) -> Catalog:
        """The items that are there now; `update` changes them live."""
        return self.serving.catalog

    @property
    def schema(self) -> Schema:
        """What can be asked of them."""
        return self.serving.schema

    @property
    def understanding(self) -> Understanding:
        """What reads the messages."""
        return self.serving.understanding

    @property
    def pipeline(self) -> Pipeline:
        """What serves now; weights that are trained are taken up live."""
        return self.serving.pipeline

    @property
    def answers(self) -> Answers:
        """The words of its answers."""
        return self.serving.answers

    @property
    def parts(self) -> Parts:
        """What serves now was built from these."""
        return self.serving.parts

    def record(self, session_id: str, item_id: str, kind: str, value: float | None = None) -> int:
        """Keep what a person did with an item; on disk when this returns. `undo` takes back event `value`, or the last on the item.

        Returns the id of the event, for undo.

        Raises:
            NotFound: unknown session, item, or nothing to take back.
            InvalidInput: unknown kind, a rating outside 0..5, or a dwell without its seconds.
        """
        with self._locks[session_id]:
            self.store.session(session_id)
            if kind == "undo":
                return self._undo(session_id, item_id, value)
            self.item(item_id)  # there must be such an item
            if kind not in ACTIONS:
                raise InvalidInput(f"unknown action {kind!r}; use one of: {', '.join((*ACTIONS, 'undo'))}")
            if kind == "rate":
                if value is None or not 0 <= value <= 5:
                    raise InvalidInput(
                        f"a rating is a number from 0 to 5, not {value!r}", f"评分应为 0 到 5 的数字，而不是 {value!r}"
                    )
                value /= 5
            elif kind == "dwell":
                if value is None or not value >= 0:
                    raise InvalidInput(
                        f"a dwell is a number of seconds, not {value!r}", f"停留时间应为秒数，而不是 {value!r}"
                    )
            else:
                value = None
            monitor.FEEDBACK.labels(kind).inc()
            return self.store.record(session_id, item_id, kind, value)

    def _undo(self, session_id: str, item_id: str, event_id: float | None) -> int:
        if event_id is None:
            own = [e for e in self.store.events(session_id, self.settings.history) if e.session_id == session_id]
            event_id = next((e.id for e in reversed(own) if e.item_id == item_id), None)
        event = self.store.undo(session_id, int(event_id)) if event_id is not None else None
        if event is None:
            raise NotFound("there is nothing to take back", "没有可以撤销的操作")
        return event.id

    def leanings(self, session_id: str, lang: Lang) -> list[tuple[str, str, str, int]]:
        """(text, attribute, value, sign) of what the person leans to (1) or away from (-1); each can be forgotten."""
        found = memories.leanings(self.pipeline, self.events(session_id))
        return [(memories.leaning_text(self.pipeline, f, lang), f.field, f.value, f.sign) for f in found]

    def forget_leaning(self, session_id: str, attribute: str, value: str = "") -> int:
        """Silence what was learned so far of one value (of the price level, of the age: no value); returns the event, for undo.

        Raises:
            NotFound: the catalogue has no such attribute and value.
        """
        return self._say_of(session_id, "forget", attribute, value, None)

    def lean(self, session_id: str, attribute: str, value: str, sign: int) -> int:
        """Keep what a person says of one value: 1 more of it, -1 less; returns the event, for undo.

        Raises:
            NotFound: the catalogue has no such attribute and value.
        """
        return self._say_of(session_id, "lean", attribute, value, float(sign))

    def _say_of(self, session_id: str, kind: EventKind, attribute: str, value: str, sign: float | None) -> int:
        with self._locks[session_id]:
            self.store.session(session_id)
            if (attribute, value) not in self.pipeline.space.columns:
                raise NotFound(
                    f"the catalogue {self.catalog.name!r} has no {attribute!r} with the value {value!r}; use those of leanings",
                    f"目录里没有「{value or attribute}」这一项，请刷新页面再试",
                )
            return self.store.record(session_id, "", kind, sign, attribute, value)

    def memories(self, session_id: str, lang: Lang) -> list[memories.Memory]:
        """What is known of the person: leanings first, then each event that stands, the latest first."""
        return memories.memories(self.pipeline, self.events(session_id), lang)

    def forget_memory(self, session_id: str, event_id: int) -> None:
        """Delete one event for good, as if it had never been.

        Raises:
            NotFound: the person has no such event.
        """
        with self._locks[session_id]:
            self.store.session(session_id)
            if not self.store.delete_event(session_id, event_id):
                raise NotFound(
                    "this memory does not exist (any more); reload the page", "这条记录已经不在了，请刷新页面"
                )

    def sign_in(self, session_id: str, user_id: str) -> None:
        """Make a session one of a person's, with all that was done in it; nothing else ever merges two histories.

        Raises:
            InvalidInput: the session is another person's.
        """
        with self._locks[session_id]:
            self.store.session(session_id)
            self.store.sign_in(session_id, user_id)

    def events(self, session_id: str) -> list[Event]:
        """The latest events that stand, oldest first: the person's if one is named, else the session's."""
        return self.dialogue.events(session_id)

    def head(self, session_id: str) -> dict[str, Any]:
        """How far this person's reactions have moved the ranking weights: factors by part, running rewards, how often it went back."""
        self.store.session(session_id)
        return self.pipeline.head(self.events(session_id), self.dialogue.shown(session_id)).to_json()

    def item(self, item_id: str) -> Item:
        """An item by its id.

        Raises:
            NotFound: there is none.
        """
        catalog = self.catalog
        if item_id not in catalog.row:
            raise NotFound(
                f"there is no item {item_id!r} in the catalogue {catalog.name!r}",
                f"目录里没有编号为 {item_id!r} 的内容，请刷新页面再试",
            )
        return catalog.items[catalog.row[item_id]]
