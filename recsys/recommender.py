"""The hub: one turn is one straight line through the five steps."""

import logging
import secrets
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from recsys import memories, monitor, versions
from recsys.answering import Answers, answered
from recsys.datamodels import (
    EVENT_KINDS,
    LANGS,
    Choice,
    Constraint,
    Event,
    EventKind,
    Explanation,
    Field,
    Item,
    Lang,
    Memory,
    Query,
    Question,
    Recommendation,
    Reply,
)
from recsys.errors import InvalidInput, NotFound, RecsysError
from recsys.explaining import Explainer
from recsys.language.encoder import Encoder
from recsys.language.opinions import price_level
from recsys.language.sentiment import felt, wants
from recsys.language.smalltalk import agrees, corrects, indifferent, loosens
from recsys.language.text import language, prepare
from recsys.language.understanding import Understanding
from recsys.loading import Parts, load_models, load_parts, read_models
from recsys.pipeline import Pipeline
from recsys.ranking import asking
from recsys.settings import Settings
from recsys.store import SqliteStore, Store
from recsys.texts import say

log = logging.getLogger("recsys.turn")
_OTHER: dict[Lang, Lang] = {"zh": "en", "en": "zh"}


class Recommender:
    """Say a need, get items, react, and the next answer changes."""

    def __init__(self, parts: Parts, store: Store, settings: Settings) -> None:
        self.parts, self.store, self.settings = parts, store, settings
        self.catalog, self.schema = parts.catalog, parts.catalog.schema
        self.understanding = Understanding(self.schema, parts.nearest)
        self.pipeline = Pipeline(parts, settings)
        self.answers = Answers(self.pipeline)
        self.explainer = Explainer(self.pipeline)
        self._version, self._swapping = versions.stamp(settings.models), threading.Lock()
        self._locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)

    @classmethod
    def load(
        cls, settings: Settings | None = None, progress: Callable[[str], None] = lambda message: None, encoder: Encoder | None = None,
        store: Store | None = None,
    ) -> "Recommender":  # fmt: skip
        """Everything from disk; the first time the language model is prepared."""
        settings = settings or Settings()
        threading.Thread(target=prepare, daemon=True).start()  # beside the language model, so that neither waits
        return cls(load_parts(settings, progress, encoder), store or SqliteStore(settings.database), settings)

    def start(self, user_id: str | None = None) -> str:
        """A new session, of a person if one is named; returns its unguessable id."""
        return self.store.start(self.catalog.name, user_id)

    def reply(self, session_id: str, text: str, lang: Lang | None = None) -> Reply:
        """Answer one message. `lang` overrides the language of the answer, else it is that of the message.

        Raises:
            NotFound: there is no such session.
        """
        began, token = time.perf_counter(), monitor.TURN_ID.set(secrets.token_hex(4))
        try:
            answer = self._reply(session_id, text, lang)
            spent = time.perf_counter() - began
            monitor.TURNS.labels(answer.query.intent).observe(spent)
            log.info(
                "session %s intent %s items %d in %.0f ms",
                monitor.short(session_id), answer.query.intent, len(answer.items), spent * 1000,
            )  # fmt: skip
            return answer
        finally:
            monitor.TURN_ID.reset(token)

    def _reply(self, session_id: str, text: str, lang: Lang | None) -> Reply:
        with self._locks[session_id]:
            state: Query | None = self.store.session(session_id)["state"]
            limit = self.settings.max_message
            notice = say("cut", lang or language(text), n=limit) if len(text) > limit else ""
            open_question = self._open_question(session_id)
            choice = self._chosen(text[:limit], state, open_question)
            turn = self._understand(session_id, text[:limit], state, open_question)
            if choice is not None:
                turn = replace(
                    turn, text="", intent="refine", constraints=choice.add, sort=None, like="", references=()
                )
            if not any(c.isalnum() for c in text) and state:
                turn = replace(turn, lang=state.lang)
            spoken = lang or turn.lang
            takes_back = turn.intent == "undo" and self._takes_back(session_id, state)
            after = state if takes_back else self._next_state(session_id, state, turn, open_question, choice)
            self._keep_user(session_id, text[:limit], turn, after)
            answer = self._answer(session_id, turn, after, spoken, takes_back)
            answer = replace(answer, notice=" ".join(filter(None, (notice, answer.notice))), state=after)
            acts = turn.intent in ("feedback", "undo")  # what is done is done once, and said once
            other = None if acts else self._answer(session_id, turn, after, _OTHER[spoken], takes_back)
            self._keep(session_id, answer, after, spoken, other)
            return answer

    def record(self, session_id: str, item_id: str, kind: str, value: float | None = None) -> int:
        """Keep what a person did with an item; on disk when this returns. `undo` takes back event `value`, or the last on the item.

        Returns the id of the event, for undo.

        Raises:
            NotFound: unknown session, item, or nothing to take back.
            InvalidInput: unknown kind, or a rating outside 0..5.
        """
        with self._locks[session_id]:
            self.store.session(session_id)
            if item_id not in self.catalog.row and kind != "undo":
                raise NotFound(
                    f"there is no item {item_id!r} in the catalogue {self.catalog.name!r}",
                    f"目录里没有编号为 {item_id!r} 的内容，请刷新页面再试",
                )
            if kind == "undo":
                return self._undo(session_id, item_id, value)
            if kind not in EVENT_KINDS:
                raise InvalidInput(f"unknown action {kind!r}; use one of: {', '.join((*EVENT_KINDS, 'undo'))}")
            if kind == "rate":
                if value is None or not 0 <= value <= 5:
                    raise InvalidInput(
                        f"a rating is a number from 0 to 5, not {value!r}", f"评分应为 0 到 5 的数字，而不是 {value!r}"
                    )
                value /= 5
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

    def memories(self, session_id: str, lang: Lang) -> list[Memory]:
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

    def explain(self, session_id: str, item_id: str, lang: Lang = "zh", words: bool = False) -> Explanation:
        """Why an item that was shown stands where it stands; with `words` also what each word of the need does, which takes longer.

        Raises:
            NotFound: unknown session, or the item is not in the last answer.
        """
        session = self.store.session(session_id)
        shown = {i["item_id"]: i for i in self.store.impressions(session_id)}
        if item_id not in shown or session["state"] is None:
            raise NotFound(f"the item {item_id!r} is not in the last answer", "这一项不在最近一次推荐里，请先刷新推荐")
        return self.explainer.explain(self.catalog.row[item_id], session["state"], self.events(session_id), lang, words)

    def remember(self, session_id: str, role: str, text: str, items: Sequence[str] = (), asked: str = "") -> None:
        """Replay one message of a conversation that happened elsewhere: it counts, but nothing is answered.

        `items` are the ids that an assistant's message showed, unknown ones are left out; `asked` is the field that it asked about.

        Raises:
            InvalidInput: the role is neither user nor assistant.
        """
        if role not in ("user", "assistant"):
            raise InvalidInput(f"a role is 'user' or 'assistant', not {role!r}")
        with self._locks[session_id]:
            state: Query | None = self.store.session(session_id)["state"]
            if role == "user":
                question = self._open_question(session_id)
                turn = self._understand(session_id, text[: self.settings.max_message], state, question)
                self._keep_user(session_id, text, turn, self._next_state(session_id, state, turn, question, None))
                return
            known = [self.catalog.items[self.catalog.row[i]] for i in items if i in self.catalog.row]
            shown = [Recommendation(item, 0.0, rank, {}) for rank, item in enumerate(known, 1)]
            detail: dict[str, Any] = {"lang": language(text)}
            if asked in self.schema.fields:
                detail["question"] = {"field": asked, "choices": []}
            self.store.say(session_id, role, text, detail, state, shown)

    def reset(self, session_id: str) -> None:
        """Forget what was asked so far in this session; what was liked and disliked stays."""
        with self._locks[session_id]:
            self.store.session(session_id)
            self.store.say(session_id, "assistant", "", {"reset": True}, None)

    def drop(self, session_id: str, condition: Constraint | int) -> Reply | None:
        """Remove one constraint, or the chip at a position (the order and the item to be like among them), and answer again.

        None where it does not stand.
        """
        with self._locks[session_id]:
            state: Query | None = self.store.session(session_id)["state"]
            after = None if state is None else _without(state, condition)
            if after is None:
                return None
            answer = replace(self._recommend(session_id, after, after.lang, "found"), state=after)
            other = self._recommend(session_id, after, _OTHER[after.lang], "found")
            self._keep(session_id, answer, after, after.lang, other)
            return answer

    def refresh(self, session_id: str, lang: Lang | None = None) -> Reply | None:
        """The last need answered anew, after newer feedback; None where nothing was asked yet."""
        with self._locks[session_id]:
            state: Query | None = self.store.session(session_id)["state"]
            if state is None:
                return None
            spoken = lang or state.lang
            answer = replace(self._recommend(session_id, state, spoken, "updated"), state=state)
            self._keep(session_id, answer, state, spoken, self._recommend(session_id, state, _OTHER[spoken], "updated"))
            return answer

    def history(self, session_id: str) -> dict[str, Any]:
        """A session as kept: messages with the items shown, standing events, and the state of the dialogue."""
        session = self.store.session(session_id)
        messages, all_shown = [], self.store.all_impressions(session_id)
        for m in self.store.messages(session_id):
            if m["detail"].get("reset"):
                continue
            messages.append(
                {
                    "id": m["id"],
                    "role": m["role"],
                    "text": m["text"],
                    "at": m["at"],
                    "detail": m["detail"],
                    "items": all_shown.get(m["id"], []),
                }
            )
        events = [e for e in self.events(session_id) if e.session_id == session_id]
        state = session["state"].to_json() if session["state"] else None
        return {"session_id": session_id, "title": session["title"], "messages": messages, "state": state,
                "events": [{"id": e.id, "item_id": e.item_id, "kind": e.kind, "value": e.value, "at": e.at} for e in events]}  # fmt: skip

    def forget(self, session_id: str) -> None:
        """Delete a session and all that belongs to it."""
        with self._locks[session_id]:
            self.store.session(session_id)
            self.store.forget(session_id)
        self._locks.pop(session_id, None)

    def item(self, item_id: str) -> Item:
        """An item by its id.

        Raises:
            NotFound: there is none.
        """
        if item_id not in self.catalog.row:
            raise NotFound(
                f"there is no item {item_id!r} in the catalogue {self.catalog.name!r}",
                f"目录里没有编号为 {item_id!r} 的内容，请刷新页面再试",
            )
        return self.catalog.items[self.catalog.row[item_id]]

    def events(self, session_id: str) -> list[Event]:
        """The latest events that stand, oldest first: the person's if one is named, else the session's."""
        known = self.store.events(session_id, self.settings.history)
        return [e for e in known if e.item_id in self.catalog.row or e.field]

    def _keep(
        self, session_id: str, answer: Reply, state: Query | None, lang: Lang, other: Reply | None = None
    ) -> None:
        """Keep an answer, and its words in the other language: whoever switches reads all of it."""
        ask = answer.question
        question = {"field": ask.field, "choices": [c.to_json() for c in ask.choices]} if ask else None
        compared = [i.id for i in answer.comparison.items] if answer.comparison else []
        detail = {"lang": lang, "notice": answer.notice, "question": question, "compared": compared}
        detail |= {"other": [other.text, other.notice]} if other else {}
        self.store.say(session_id, "assistant", answer.text, detail, state, answer.items)

    def _keep_user(self, session_id: str, text: str, turn: Query, after: Query | None) -> None:
        detail = {"query": turn.to_json(), "lang": turn.lang, "state": after.to_json() if after else None}
        self.store.say(session_id, "user", text, detail, after)

    def _understand(self, session_id: str, text: str, state: Query | None, question: Question | None) -> Query:
        """A message in the light of the dialogue, of the items last shown and of the question asked with them."""
        shown = [
            self.item(i["item_id"]) for i in self.store.impressions(session_id) if i["item_id"] in self.catalog.row
        ]
        field = self.schema.fields.get(question.field) if question else None
        numbers = any(c.isdigit() for c in text)
        asked = "" if field is None or corrects(text) or (numbers and field.kind != "numeric") else field.name
        turn = self.understanding.parse(text, state, shown, asked)
        if field is not None and field.kind == "numeric" and any(_outside(c, field) for c in turn.constraints):
            turn = self.understanding.parse(text, state, shown)  # "newest one?" is no price of 1
        remark = turn.intent == "refine" and not turn.constraints and price_level(turn.said)
        if remark:
            return replace(turn, intent="feedback")
        head = self.parts.sentiment
        if head is None or not turn.said.strip() or wants(turn):
            return turn
        return felt(turn, head.score(turn.said, self.parts.encoder.encode_query(turn.said)))

    def _open_question(self, session_id: str, lang: Lang = "zh") -> Question | None:
        """The question that the last answer asked."""
        said = self.store.messages(session_id, "assistant", latest=1)
        kept = said[0]["detail"].get("question") if said else None
        if not kept or "choices" not in kept:
            return None
        return asking.asked(kept["field"], tuple(Choice.from_json(c) for c in kept["choices"]), self.schema, lang)

    def _chosen(self, text: str, state: Query | None, question: Question | None) -> Choice | None:
        """The answer that a message gives to the open question by clicking or saying it, in either language."""
        if question is None or state is None:
            return None
        for lang in LANGS:
            position = answered(text, asking.asked(question.field, question.choices, self.schema, lang))
            if position is not None:
                return question.choices[position]
        if question.field:
            return Choice() if indifferent(text) else None
        if question.choices and agrees(text):
            return question.choices[0]
        if not loosens(text):
            return None
        named = [c for c in question.choices if any(w in text.lower() for d in c.drop for w in self._words(d))]
        return named[0] if len(named) == 1 else None

    def _words(self, c: Constraint) -> set[str]:
        """What a condition is called: its field and its values, in both languages."""
        field = self.schema.fields[c.field]
        values = (self.schema.label(v, lang) for v in c.values for lang in LANGS if c.op not in ("lte", "gte"))
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

    def _takes_back(self, session_id: str, state: Query | None) -> bool:
        """True where an undo means the last reaction to an item: it is newer than the last message, or there is no step to go back."""
        said = self.store.messages(session_id, "user", latest=1)
        own = [e for e in self.events(session_id) if e.session_id == session_id]
        return (bool(own and said) and own[-1].at >= said[-1]["at"]) or len(self._states(session_id, state)) < 2

    def _next_state(
        self, session_id: str, state: Query | None, turn: Query, question: Question | None, choice: Choice | None
    ) -> Query | None:
        """The dialogue after a turn; "like the second one" is resolved to the item that is second now."""
        if choice is not None and state is not None:
            kept = tuple(c for c in state.constraints if c not in choice.drop)
            after: Query | None = replace(state, intent="refine", lang=turn.lang, constraints=(*kept, *choice.add))
        elif turn.intent == "undo":
            return self.understanding.follow(self._states(session_id, state), turn)
        else:
            after = self.understanding.follow([state], turn)
            if after is None or after is state:
                return after
            anchor = self._anchor(session_id, turn)
            after = replace(after, like=anchor or (state.like if state and after is not turn else ""))
        if state is None or after is turn or after is None:
            return after
        left_open: tuple[str, ...] = (question.field,) if question and question.field else ()
        left_open = tuple(f for f in left_open if all(c.field != f for c in after.constraints))
        left_open += ("domain",) if "category" in left_open else ()
        return replace(after, declined=tuple(dict.fromkeys((*state.declined, *left_open))))

    def _anchor(self, session_id: str, turn: Query) -> str:
        """The id of the item that "like the second one" or "like Paterson" means, or an empty string."""
        if turn.intent == "similar":
            picked = self._pointed_at(session_id, turn)
            if picked:
                return str(picked[0]["item_id"])
        row = self.pipeline.titles.get(turn.like)
        return "" if row is None else self.catalog.items[row].id

    def _pointed_at(self, session_id: str, turn: Query) -> list[dict[str, Any]]:
        """The impressions of the last answer that the turn's references mean."""
        shown = self.store.impressions(session_id) if turn.references else []
        return [shown[r - 1 if r > 0 else r] for r in turn.references if 0 < abs(r) <= len(shown)]

    def _answer(self, session_id: str, turn: Query, state: Query | None, lang: Lang, takes_back: bool) -> Reply:
        """Route by intent."""
        if turn.intent == "chat":
            return self.answers.chat(turn, lang)
        if turn.intent == "reset":
            return Reply(say("reset", lang), (), turn)
        if turn.intent == "undo":
            return (
                self._answer_undo(session_id, turn, state, lang)
                if takes_back
                else self._answer_back(session_id, turn, state, lang)
            )
        if turn.intent in ("feedback", "explain", "compare"):
            return self._answer_about(session_id, turn, state, lang)
        if state is None:
            return self.answers.empty(turn, lang)
        answer = self._recommend(session_id, state, lang, "found")
        understood = turn.constraints or turn.sort or turn.like or turn.intent != "refine"
        if turn.loose and not understood and not answer.notice:
            answer = replace(answer, notice=say("loose", lang, words=say("and", lang).join(turn.loose)))
        return answer

    def _answer_undo(self, session_id: str, turn: Query, state: Query | None, lang: Lang) -> Reply:
        event = self.store.undo(session_id)
        if event is None:
            return Reply(say("nothing_to_undo", lang), (), turn)
        title = self.pipeline.about(event, lang)
        text = say("undone", lang, title=title, kind=say(event.kind, lang))
        return (
            replace(self._recommend(session_id, state, lang, "updated"), text=text) if state else Reply(text, (), turn)
        )

    def _answer_back(self, session_id: str, turn: Query, state: Query | None, lang: Lang) -> Reply:
        """The dialogue one step back."""
        if state is None:
            return self.answers.empty(turn, lang)
        answer = self._recommend(session_id, state, lang, "found")
        return replace(answer, text=f"{say('back', lang)}{answer.text}")

    def _answer_about(self, session_id: str, turn: Query, state: Query | None, lang: Lang) -> Reply:
        """Feedback in words, an explanation, or a comparison, of the items that the message points at."""
        picked = self._pointed_at(session_id, turn)
        level = price_level(turn.said) if turn.intent == "feedback" else 0
        if level:  # said of what is shown, so of the price level that suits
            self.lean(session_id, "price", "", level)
        if turn.intent == "compare":
            shown = self.store.impressions(session_id)
            if len(picked) < 2:
                picked = [*picked, *(p for p in shown if p not in picked)][:2]
            return self.answers.compare(
                [self.item(p["item_id"]) for p in picked if p["item_id"] in self.catalog.row], turn, lang
            )
        if not picked and turn.intent == "explain":
            picked = self.store.impressions(session_id)[:1]
        if level and not picked and state is not None:
            text = say("noted", lang, notes=say("more_price" if level > 0 else "less_price", lang))
            return replace(self._recommend(session_id, state, lang, "updated"), text=text)
        if not picked or state is None:
            return Reply(say("no_reference", lang), (), turn)
        items = [self.item(p["item_id"]) for p in picked if p["item_id"] in self.catalog.row]
        if turn.intent == "feedback":
            if not turn.opinions:
                return Reply(say("no_reference", lang), (), turn)
            notes = say("and", lang).join(self._note(session_id, rank, kind, lang) for rank, kind in turn.opinions)
            return replace(self._recommend(session_id, state, lang, "updated"), text=say("noted", lang, notes=notes))
        reasons = say("and", lang).join(picked[0]["reasons"].get(lang, ())) or say("reason_words", lang)
        return Reply(say("explain", lang, title=items[0].name(lang), rank=picked[0]["rank"], reasons=reasons), (), turn)

    def _note(self, session_id: str, rank: int, kind: EventKind, lang: Lang) -> str:
        """Keep what was said of the item shown at a rank, and say it back."""
        shown = self.store.impressions(session_id)
        item = self.item(shown[rank - 1 if rank > 0 else rank]["item_id"])
        self.store.record(session_id, item.id, kind, None)
        return f"{say(kind, lang)} {item.name(lang)}"

    def facts(self, item: Item, lang: Lang, limit: int = 6) -> str:
        """The catalogue's facts of an item in one line."""
        return self.pipeline.facts(item, lang, limit)

    def chips(self, state: Query | None, lang: Lang) -> tuple[str, ...]:
        """All that the dialogue asks for, in words; `drop` takes away the chip at a position."""
        return self.answers.chips(state, lang)

    def _swap(self) -> None:
        """Take up weights that were trained, or rolled back, since the last look; where they are no good the old ones stay."""
        version = versions.stamp(self.settings.models)
        if version == self._version or not self._swapping.acquire(blocking=False):
            return
        try:
            trained, encoder = versions.current(self.settings.models), self.parts.encoder.name
            models = load_models(self.settings, encoder) if trained is None else read_models(trained, encoder)
            self.pipeline = self.pipeline.with_models(*models)
            self.parts = self.pipeline.parts
            self.answers, self.explainer = Answers(self.pipeline), Explainer(self.pipeline)
        except RecsysError as error:
            log.warning("the weights being served stay: %s", error)
        finally:
            self._version = version
            self._swapping.release()

    def _recommend(self, session_id: str, state: Query, lang: Lang, key: str) -> Reply:
        """Candidates, scores, order, reasons and words for the state of the dialogue."""
        self._swap()
        return self.answers.recommend(state, self.events(session_id), lang, key)


def _without(state: Query, condition: Constraint | int) -> Query | None:
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
    """True where a bound on the field is one that no item comes near."""
    if c.field != field.name or c.op not in ("lte", "gte"):
        return False
    return c.number < field.low if c.op == "lte" else c.number > field.high


def _asked(state: Query | None) -> tuple[object, ...]:
    """What two states are compared by."""
    return () if state is None else (state.text, state.constraints, state.sort, state.like)
