"""The hub: one turn is one straight line through the five steps."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Any

from recsys import monitor
from recsys.datamodels import NAMED, Constraint, Item, Lang, Query, Recommendation, Reply
from recsys.dialogue import without
from recsys.errors import InvalidInput, NotFound
from recsys.explanation import Explanation
from recsys.facts import facts
from recsys.language.encoder import Encoder
from recsys.language.text import language, prepare
from recsys.loading import Parts, Read, load_parts
from recsys.reactions import Reactions
from recsys.responding import Responder, Spoken, Words
from recsys.settings import Settings
from recsys.store import SqliteStore, Store
from recsys.texts import say

log = logging.getLogger("recsys.turn")
_OTHER: dict[Lang, Lang] = {"zh": "en", "en": "zh"}


class Recommender(Reactions):
    """Say a need, get items, react, and the next answer changes."""

    def __init__(self, parts: Parts, store: Store, settings: Settings) -> None:
        super().__init__(parts, store, settings)
        self.responder = Responder(store, self.dialogue, self.serving)

    @classmethod
    def load(
        cls, settings: Settings | None = None, progress: Callable[[str], None] = lambda message: None, encoder: Encoder | None = None,
        store: Store | None = None,
    ) -> "Recommender":  # fmt: skip
        """Everything from disk; the first time the language model is prepared."""
        settings = settings or Settings()
        threading.Thread(target=prepare, daemon=True).start()  # beside the language model, so that neither waits
        return cls(load_parts(settings, progress, encoder), store or SqliteStore(settings.database), settings)

    def warm(self) -> None:
        """Read what no first answer needs and later ones do, before anybody has to wait for it."""
        self.serving.understanding.warm()
        getattr(self.parts.behavior, "network", None)

    def update(self, items: Sequence[Item] = (), remove: Collection[str] = ()) -> None:
        """Add items, or change those of the same ids, and remove others, while people talk: each turn sees all of it or nothing.

        They are encoded first, which is what takes the time. It lasts until the next start: what is to stay is imported.
        """
        self.serving.update(Read.of(items, self.parts), set(remove))

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
            limit, dialogue = self.settings.max_message, self.dialogue
            open_question = dialogue.open_question(session_id)
            choice = dialogue.chosen(text[:limit], state, open_question)
            turn = dialogue.understand(session_id, text[:limit], state, open_question)
            if choice is not None:
                turn = replace(
                    turn, text="", intent="refine", constraints=choice.add, sort=None, like="", references=()
                )
            if not any(c.isalnum() for c in text) and state:
                turn = replace(turn, lang=state.lang)
            takes_back = turn.intent == "undo" and dialogue.takes_back(session_id, state)
            after = state if takes_back else dialogue.next_state(session_id, state, turn, open_question, choice)
            spoken = self.understanding.spoken(text[:limit])
            after = self._keep_spoken(session_id, spoken, turn, after)
            self._keep_user(session_id, text[:limit], turn, state, after)
            words = self.responder.respond(session_id, turn, after, takes_back, spoken)
            words = words if len(text) <= limit else _cut(words, limit)
            return self._keep(session_id, words, after, lang or turn.lang)

    def revise(self, session_id: str, text: str, lang: Lang | None = None) -> Reply:
        """Answer a message in the place of the last one, which is taken back with its answer and all that it did.

        Raises:
            NotFound: there is no such session.
        """
        with self._locks[session_id]:
            said = self.store.messages(session_id, "user", latest=1)
            if said and "before" in said[0]["detail"]:  # not one of an older version, which did not keep it
                before = said[0]["detail"]["before"]
                self.store.unsay(session_id, said[0]["id"], Query.from_json(before) if before else None)
            return self.reply(session_id, text, lang)

    def turn_to(self, session_id: str, domain: str, text: str, lang: Lang) -> Reply:
        """Ask for one domain and nothing else, whatever was asked before; `text` is how the person said it.

        Raises:
            NotFound: there is no such session, or the catalogue has no such domain.
        """
        if domain not in self.schema.domains:
            raise NotFound(
                f"the catalogue {self.catalog.name!r} has no domain {domain!r}; it has: {', '.join(self.schema.domains)}",
                f"目录里没有领域 {domain!r}；现有：{'、'.join(self.schema.domains)}",
            )
        with self._locks[session_id]:
            before: Query | None = self.store.session(session_id)["state"]
            after = Query(text, constraints=(Constraint("domain", "eq", domain),), lang=lang)
            self._keep_user(session_id, text, after, before, after)
            return self._keep(session_id, self.responder.recommend(session_id, after), after, lang)

    def explain(self, session_id: str, item_id: str, lang: Lang = "zh", words: bool = False) -> Explanation:
        """Why an item that was shown stands where it stands; with `words` also what each word of the need does, which takes longer.

        Raises:
            NotFound: unknown session, or the item is not in the last answer.
        """
        session = self.store.session(session_id)
        shown = {i["item_id"]: i for i in self.store.impressions(session_id)}
        explainer = self.serving.explainer
        catalog = explainer.pipeline.parts.catalog
        if item_id not in shown or item_id not in catalog.row or session["state"] is None:
            raise NotFound(f"the item {item_id!r} is not in the last answer", "这一项不在最近一次推荐里，请先刷新推荐")
        events, reacted = self.dialogue.events(session_id, catalog), self.dialogue.shown(session_id)
        return explainer.explain(catalog.row[item_id], session["state"], events, lang, words, reacted)

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
                question = self.dialogue.open_question(session_id)
                turn = self.dialogue.understand(session_id, text[: self.settings.max_message], state, question)
                after = self.dialogue.next_state(session_id, state, turn, question, None)
                after = self._keep_spoken(session_id, self.understanding.spoken(text), turn, after)
                self._keep_user(session_id, text, turn, state, after)
                return
            known = self.dialogue.items({"item_id": i} for i in items)
            shown = [Recommendation(item, 0.0, rank, {}) for rank, item in enumerate(known, 1)]
            detail: dict[str, Any] = {"lang": language(text)}
            if asked in self.schema.fields:
                detail["question"] = {"field": asked, "choices": []}
            self.store.say(session_id, role, text, detail, state, shown)
            for item in known:
                if item.title.lower() in text.lower():  # told of by name, so known from now on
                    self.store.record(session_id, item.id, "click", None, label=NAMED)

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
            after = None if state is None else without(state, condition)
            if after is None:
                return None
            return self._keep(session_id, self.responder.recommend(session_id, after), after, after.lang)

    def refresh(self, session_id: str, lang: Lang | None = None) -> Reply | None:
        """The last need answered anew, after newer feedback; None where nothing was asked yet."""
        with self._locks[session_id]:
            state: Query | None = self.store.session(session_id)["state"]
            if state is None:
                return None
            words = self.responder.recommend(session_id, state, "updated")
            return self._keep(session_id, words, state, lang or state.lang)

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
        return {"session_id": session_id, "title": session["title"], "messages": messages, "state": state, "head": self.head(session_id),
                "events": [{"id": e.id, "item_id": e.item_id, "kind": e.kind, "value": e.value, "at": e.at} for e in events]}  # fmt: skip

    def forget(self, session_id: str) -> None:
        """Delete a session and all that belongs to it."""
        with self._locks[session_id]:
            self.store.session(session_id)
            self.store.forget(session_id)
        self._locks.pop(session_id, None)

    def _keep(self, session_id: str, words: Words, state: Query | None, lang: Lang) -> Reply:
        """Say and keep an answer, and its words in the other language: whoever switches reads all of it."""
        answer, other = replace(words(lang), state=state), words(_OTHER[lang])
        ask = answer.question
        question = {"field": ask.field, "choices": [c.to_json() for c in ask.choices]} if ask else None
        compared = [i.id for i in answer.comparison.items] if answer.comparison else []
        detail = {"lang": lang, "notice": answer.notice, "question": question, "compared": compared}
        detail |= {"other": [other.text, other.notice]}
        self.store.say(session_id, "assistant", answer.text, detail, state, answer.items)
        return answer

    def _keep_spoken(self, session_id: str, spoken: Spoken, turn: Query, after: Query | None) -> Query | None:
        """What a message says of items by their titles is history like a thumb; it is older than the message, which an undo looks at.

        Returns the dialogue after it: naming what one likes is a need.
        """
        for item, kind in spoken:
            self.store.record(session_id, item.id, kind, None, label=NAMED)
        return Query(text="", intent="recommend", lang=turn.lang) if spoken and after is None else after

    def _keep_user(self, session_id: str, text: str, turn: Query, before: Query | None, after: Query | None) -> None:
        detail: dict[str, Any] = {
            "query": turn.to_json(),
            "lang": turn.lang,
            "state": after.to_json() if after else None,
            "before": before.to_json() if before else None,
            "focus": self.dialogue.spoken_of(session_id, turn),
        }
        self.store.say(session_id, "user", text, detail, after)

    def facts(self, item: Item, lang: Lang, limit: int = 6) -> str:
        """The catalogue's facts of an item in one line."""
        return facts(item, self.schema, lang, limit)

    def chips(self, state: Query | None, lang: Lang) -> tuple[str, ...]:
        """All that the dialogue asks for, in words; `drop` takes away the chip at a position."""
        return self.serving.answers.chips(state, lang)


def _cut(words: Words, limit: int) -> Words:
    """The same answer with the remark that the message was cut."""

    def cut(lang: Lang) -> Reply:
        reply = words(lang)
        return replace(reply, notice=f"{say('cut', lang, n=limit)} {reply.notice}".strip())

    return cut
