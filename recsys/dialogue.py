"""What a dialogue asks for, turn by turn: the message in the light of what was said, shown and asked before."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from recsys.answering import answered
from recsys.catalog import Catalog
from recsys.datamodels import LANGS, PASSING, Choice, Constraint, Event, Item, Lang, Query, Question
from recsys.language.dialogue import spoken_of
from recsys.language.sentiment import praise, remarked
from recsys.language.smalltalk import agrees, corrects, drops, indifferent, loosens, more
from recsys.ranking import asking
from recsys.ranking.online import REACTIONS, Shown
from recsys.schema import Field
from recsys.serving import Serving
from recsys.store import Store

_PASSED = 500  # items shown before that are kept in mind


class Dialogue:
    """Reads the store and decides what a message means there; it writes nothing."""

    def __init__(self, serving: Serving, store: Store, history: int) -> None:
        """`history` is how many of a person's latest events count."""
        self.serving, self.store, self._history = serving, store, history

    def events(self, session_id: str, catalog: Catalog | None = None) -> list[Event]:
        """The latest events that stand, oldest first, on items of the catalogue: the person's if one is named, else the session's."""
        row = (catalog or self.serving.catalog).row
        return [e for e in self.store.events(session_id, self._history) if e.item_id in row or e.field]

    def shown(self, session_id: str) -> tuple[Shown, ...]:
        """The lists that the person last reacted to, oldest first; enough of them also where two reactions are left out. None where nothing learns of them."""
        if not self.serving.settings.adapt:
            return ()
        return tuple(Shown.of(rows) for rows in self.store.reacted(session_id, REACTIONS + 2))

    def items(self, impressions: Iterable[Mapping[str, Any]]) -> list[Item]:
        """The items that were shown, without those that the catalogue no longer has."""
        catalog = self.serving.catalog
        return [catalog.items[catalog.row[i["item_id"]]] for i in impressions if i["item_id"] in catalog.row]

    def understand(self, session_id: str, text: str, state: Query | None, question: Question | None) -> Query:
        """A message in the light of the dialogue, of the items last shown and of the question asked with them."""
        shown = self.items(self.store.impressions(session_id))
        field = self.serving.schema.fields.get(question.field) if question else None
        numbers = any(c.isdigit() for c in text)
        asked = "" if field is None or corrects(text) or (numbers and field.kind != "numeric") else field.name
        parse, focus = self.serving.understanding.parse, self.spoken_of(session_id)
        turn = parse(text, state, shown, asked, focus)
        if field is not None and field.kind == "numeric" and any(_outside(c, field) for c in turn.constraints):
            turn = parse(text, state, shown, focus=focus)  # "newest one?" is no price of 1
        return remarked(turn, praise(self.serving.parts.sentiment, self.serving.parts.encoder))

    def spoken_of(self, session_id: str, turn: Query | None = None) -> tuple[str, ...]:
        """The ids of the one or two items that the messages so far, and the turn, spoke of last, as `spoken_of` of the language has them."""
        said = self.store.messages(session_id, "user", latest=1)
        before = tuple(said[0]["detail"].get("focus") or ()) if said else ()
        if turn is None or not turn.references:
            return before
        return spoken_of(turn, [str(i["item_id"]) for i in self.store.impressions(session_id)], before)

    def open_question(self, session_id: str, lang: Lang = "zh") -> Question | None:
        """The question that the last answer asked."""
        said = self.store.messages(session_id, "assistant", latest=1)
        kept = said[0]["detail"].get("question") if said else None
        if not kept or "choices" not in kept:
            return None
        return asking.asked(
            kept["field"], tuple(Choice.from_json(c) for c in kept["choices"]), self.serving.schema, lang
        )

    def chosen(self, text: str, state: Query | None, question: Question | None) -> Choice | None:
        """The answer that a message gives to the open question by clicking or saying it, in either language."""
        if question is None or state is None:
            return None
        for lang in LANGS:
            position = answered(text, asking.asked(question.field, question.choices, self.serving.schema, lang))
            if position is not None:
                return question.choices[position]
        if question.field:
            return Choice() if indifferent(text) else None
        if question.choices and agrees(text):
            return question.choices[0]
        if not loosens(text):
            return None
        named = [c for c in question.choices if any(w in text.lower() for d in c.drop for w in self._words(d))]
        if len(named) == 1 and drops(text):
            return Choice(named[0].drop)  # 不用管期限了: not only up to the nearest offer
        return named[0] if len(named) == 1 else None

    def _words(self, c: Constraint) -> set[str]:
        """What a condition is called: its field and its values, in both languages."""
        field = self.serving.schema.fields[c.field]
        values = (self.serving.schema.label(v, lang) for v in c.values for lang in LANGS if c.op not in ("lte", "gte"))
        return {w.lower() for w in (field.zh, field.en, *field.words, *values) if w}

    def _states(self, session_id: str, state: Query | None) -> list[Query | None]:
        """The states that the dialogue went through and that were not undone; `state` is the latest."""
        out: list[Query | None] = []
        for detail in (m["detail"] for m in self.store.messages(session_id, "user")):
            kept = Query.from_json(detail["state"]) if detail.get("state") else None
            if detail["query"]["intent"] == "undo":
                out = out[:-1] if len(out) > 1 and out[-1] != kept else out
            elif not out or _asked(out[-1]) != _asked(kept):
                out.append(kept)
        return out if out and _asked(out[-1]) == _asked(state) else [*out, state]

    def takes_back(self, session_id: str, state: Query | None) -> bool:
        """True where an undo means the last reaction to an item: it is newer than the last message, or there is no step to go back."""
        said = self.store.messages(session_id, "user", latest=1)
        own = [e for e in self.events(session_id) if e.session_id == session_id and e.kind not in PASSING]
        return (bool(own and said) and own[-1].at >= said[-1]["at"]) or len(self._states(session_id, state)) < 2

    def next_state(
        self, session_id: str, state: Query | None, turn: Query, question: Question | None, choice: Choice | None
    ) -> Query | None:
        """The dialogue after a turn; "like the second one" is resolved to the item that is second now."""
        if choice is not None and state is not None:
            kept = tuple(c for c in state.constraints if c not in choice.drop)
            after: Query | None = replace(state, intent="refine", lang=turn.lang, constraints=(*kept, *choice.add))
        elif state is not None and turn.intent == "refine" and more(turn.said):
            shown = tuple(str(i["item_id"]) for i in self.store.impressions(session_id))
            return replace(state, lang=turn.lang, passed=(*state.passed, *shown)[-_PASSED:])
        elif turn.intent == "undo":
            return self.serving.understanding.follow(self._states(session_id, state), turn)
        else:
            after = self.serving.understanding.follow([state], turn)
            if after is None or after is state:
                return after
            fresh = state is None or self.serving.understanding.anew(state, turn)
            after = replace(
                after, like=self._anchor(session_id, turn) or ("" if fresh or state is None else state.like)
            )
            if fresh:
                return after  # what was left open on another topic is not left open here
        if state is None or after is None:
            return after
        left_open: tuple[str, ...] = (question.field,) if question and question.field else ()
        left_open = tuple(f for f in left_open if all(c.field != f for c in after.constraints))
        left_open += ("domain",) if "category" in left_open else ()
        return replace(after, declined=tuple(dict.fromkeys((*state.declined, *after.declined, *left_open))))

    def _anchor(self, session_id: str, turn: Query) -> str:
        """The id of the item that "like the second one" or "like Paterson" means, or an empty string."""
        if turn.intent == "similar":
            picked = self.pointed_at(session_id, turn)
            if picked:
                return str(picked[0]["item_id"])
        named = self.serving.understanding.named(turn.like)
        return "" if named is None else named.id

    def pointed_at(self, session_id: str, turn: Query) -> list[dict[str, Any]]:
        """The impressions of the last answer that the turn's references mean."""
        shown = self.store.impressions(session_id) if turn.references else []
        return [shown[r - 1 if r > 0 else r] for r in turn.references if 0 < abs(r) <= len(shown)]


def without(state: Query, condition: Constraint | int) -> Query | None:
    """The dialogue without one of its chips; None where there is none such."""
    n = len(state.constraints)
    if isinstance(condition, Constraint):
        condition = state.constraints.index(condition) if condition in state.constraints else n + 2
    if condition < n:
        kept = tuple(c for position, c in enumerate(state.constraints) if position != condition)
        return replace(state, intent="refine", constraints=kept)
    if condition == n and state.sort:
        return replace(state, intent="refine", sort=None)
    if condition == n + bool(state.sort) and state.like:
        return replace(state, intent="refine", like="")
    return None


def _outside(c: Constraint, field: Field) -> bool:
    """True where a bound on the field is one that no item comes near, or that all are far inside of: 1000以内 is no size of a dial."""
    if c.field != field.name or c.op not in ("lte", "gte"):
        return False
    below, above = c.number < field.low, c.number > field.high
    return below or c.number > 2 * field.high if c.op == "lte" else above or 2 * c.number < field.low


def _asked(state: Query | None) -> tuple[object, ...]:
    """What two states are compared by."""
    return () if state is None else (state.text, state.constraints, state.sort, state.like)
