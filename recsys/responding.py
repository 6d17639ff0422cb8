"""What is done about a message, by its intent. What is done is done once; how it is said is a function of the language."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from recsys.datamodels import NAMED, EventKind, Item, Lang, Query, Reply
from recsys.dialogue import Dialogue
from recsys.language import units
from recsys.language.negation import refused
from recsys.language.opinions import price_level
from recsys.memories import reaction
from recsys.monitor import HEADS
from recsys.serving import Serving
from recsys.store import Store
from recsys.texts import currency, say

Words = Callable[[Lang], Reply]
Spoken = Sequence[tuple[Item, EventKind]]


class Responder:
    """Acts on one message after another."""

    def __init__(self, store: Store, dialogue: Dialogue, serving: Serving) -> None:
        self.store, self.dialogue, self.serving = store, dialogue, serving

    def recommend(self, session_id: str, state: Query, key: str = "found") -> Words:
        """Candidates, scores, order and reasons for the state of the dialogue; `key` is the sentence where nothing special happened."""
        self.serving.refresh()
        answers = self.serving.answers  # with a pipeline of its own: items may come and go meanwhile
        events = self.dialogue.events(session_id, answers.pipeline.parts.catalog)
        turn = answers.pipeline.run(state, events, shown=self.dialogue.shown(session_id))
        HEADS.labels("moved" if turn.head.moved else "reverted" if turn.head.reverted else "base").inc()
        return lambda lang: answers.recommend(state, turn, lang, key)

    def respond(
        self, session_id: str, turn: Query, state: Query | None, takes_back: bool, spoken: Spoken = ()
    ) -> Words:
        """Route by intent; `takes_back` says that an undo means the last reaction to an item, not the last step of the dialogue.

        `spoken` is what the message said of items by their titles, which is kept already.
        """
        answers = self.serving.answers
        if turn.intent == "chat":
            return lambda lang: answers.chat(turn, lang)
        if turn.intent == "reset":
            return lambda lang: Reply(say("reset", lang), (), turn)
        if turn.intent == "undo" and takes_back:
            return self._take_back(session_id, turn, state)
        if turn.intent == "compare":
            return self._compare(session_id, turn)
        if turn.intent == "feedback":
            return self._feedback(session_id, turn, state, spoken)
        if turn.intent == "explain":
            return self._explain(session_id, turn, state)
        if state is None:
            return lambda lang: answers.empty(turn, lang)
        self._note(session_id, turn, spoken)  # 不要它，来点轻的 says both
        found = self.recommend(session_id, state)
        if turn.intent == "undo":
            return lambda lang: _back(found(lang), lang)
        foreign = units.foreign(turn.said, answers.schema.currency)
        if foreign and any(c.field == "price" for c in turn.constraints):
            return lambda lang: _unconverted(found(lang), foreign, answers.schema.currency, lang)
        if turn.unmet:
            return lambda lang: _told(found(lang), say("unmet", lang, words=say("and", lang).join(turn.unmet)))
        understood = turn.constraints or turn.sort or turn.like or turn.intent != "refine"
        return found if understood or not turn.loose else lambda lang: _loose(found(lang), turn, lang)

    def _updated(self, session_id: str, turn: Query, state: Query | None, text: Callable[[Lang], str]) -> Words:
        """The items as they stand after what was done, under a sentence of its own."""
        if state is None:
            return lambda lang: Reply(text(lang), (), turn)
        found = self.recommend(session_id, state, "updated")
        return lambda lang: _said(found(lang), text(lang))

    def _take_back(self, session_id: str, turn: Query, state: Query | None) -> Words:
        event, pipeline = self.store.undo(session_id), self.serving.pipeline
        if event is None:
            return lambda lang: Reply(say("nothing_to_undo", lang), (), turn)
        return self._updated(
            session_id, turn, state,
            lambda lang: say("undone", lang, said=reaction(pipeline, event, lang)),
        )  # fmt: skip

    def _compare(self, session_id: str, turn: Query) -> Words:
        """The items that the message points at side by side; where it points at fewer than two, the first of those shown join them."""
        picked, answers = self.dialogue.pointed_at(session_id, turn), self.serving.answers
        if len(picked) < 2:
            picked = [*picked, *(p for p in self.store.impressions(session_id) if p not in picked)][:2]
        items = self.dialogue.items(picked)
        return lambda lang: answers.compare(items, turn, lang)

    def _feedback(self, session_id: str, turn: Query, state: Query | None, spoken: Spoken) -> Words:
        """Keep what was said of the items that the message points at, or of the price level of what is shown."""
        picked, level = self.dialogue.pointed_at(session_id, turn), price_level(turn.said)
        if level:  # said of what is shown, so of the price level that suits
            self.store.record(session_id, "", "lean", float(level), "price", "")
            if not picked and state is not None:
                key = "more_price" if level > 0 else "less_price"
                return self._updated(session_id, turn, state, lambda lang: say("noted", lang, notes=say(key, lang)))
        shown, noted = self.store.impressions(session_id), [(kind, item) for item, kind in spoken]
        said = any(0 < abs(rank) <= len(shown) for rank, _ in turn.opinions)
        if state is not None and not said and not noted and (picked or not shown):  # it says nothing of what was shown
            return self._updated(session_id, turn, state, lambda lang: say("no_reference", lang))
        if state is None or not (said or noted):
            return lambda lang: Reply(say("no_reference", lang), (), turn)
        noted += self._note(session_id, turn, spoken)

        def notes(lang: Lang) -> str:
            of: dict[str, list[str]] = {}
            for kind, item in noted:
                of.setdefault("known" if kind == "click" else kind, []).append(item.name(lang))
            and_ = say("and", lang)
            return and_.join(f"{say(kind, lang)} {and_.join(names)}" for kind, names in of.items())

        return self._updated(session_id, turn, state, lambda lang: say("noted", lang, notes=notes(lang)))

    def _note(self, session_id: str, turn: Query, spoken: Spoken) -> list[tuple[EventKind, Item]]:
        """Keep what the message says of shown items, and return it; what it says of them by their titles is kept already."""
        noted = list[tuple[EventKind, Item]]()
        shown = self.store.impressions(session_id) if turn.opinions else []  # most turns say nothing of them
        for rank, kind in turn.opinions:
            if not 0 < abs(rank) <= len(shown):
                continue
            for item in self.dialogue.items([shown[rank - 1 if rank > 0 else rank]]):
                if all(item.id != known.id for known, _ in spoken):
                    self.store.record(session_id, item.id, kind, None, label=NAMED if kind == "click" else "")
                    noted.append((kind, item))
        return noted

    def _explain(self, session_id: str, turn: Query, state: Query | None) -> Words:
        """The reasons, or the facts asked for, of the items that the message points at, else of the first."""
        picked = self.dialogue.pointed_at(session_id, turn) or self.store.impressions(session_id)[:1]
        items, answers = self.dialogue.items(picked), self.serving.answers
        if state is not None and not picked:
            return self._updated(session_id, turn, state, lambda lang: say("no_reference", lang))
        if state is None or not items:
            return lambda lang: Reply(say("no_reference", lang), (), turn)
        inquiry = self.serving.understanding.inquiry(turn, items)
        if not inquiry.why:
            return lambda lang: Reply("\n\n".join(answers.inform(i, inquiry, lang) for i in items[:3]), (), turn)
        shown, item = picked[0], items[0]

        def words(lang: Lang) -> Reply:
            reasons = say("and", lang).join(shown["reasons"].get(lang, ())) or say("reason_words", lang)
            text = say("explain", lang, title=item.name(lang), rank=shown["rank"], reasons=reasons)
            return Reply(text, (), turn)

        return words


def _said(reply: Reply, text: str) -> Reply:
    return replace(reply, text=text)


def _unconverted(reply: Reply, foreign: str, own: str, lang: Lang) -> Reply:
    """Say that an amount of another currency was taken as it stands."""
    return _told(reply, say("unconverted", lang, own=currency(own, lang), said=currency(foreign, lang)))


def _back(reply: Reply, lang: Lang) -> Reply:
    return _said(reply, f"{say('back', lang)}{reply.text}")


def _loose(reply: Reply, turn: Query, lang: Lang) -> Reply:
    """Say which words no condition came of."""
    key = "loose_refused" if refused(turn.said) else "loose"
    return _told(reply, say(key, lang, words=say("and", lang).join(turn.loose)))


def _told(reply: Reply, notice: str) -> Reply:
    """With one more thing that is to be known."""
    return replace(reply, notice=f"{notice} {reply.notice}".strip())
