"""The handlers of the page: plain values in, pieces of HTML out. All state is in the store; the browser keeps ids and the language."""

import logging
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from recsys.datamodels import Event, Explanation, Lang
from recsys.errors import CatalogError, InvalidInput, NotFound, RecsysError
from recsys.monitor import ERRORS
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.shelf import Shelf
from recsys.web import panels, shell, tasting, thread
from recsys.web.cards import Reaction, cards
from recsys.web.conversation import reactions_of, turns_of
from recsys.web.jobs import Job, Opening
from recsys.web.words import word

log = logging.getLogger("recsys.page")
Answer = dict[str, Any]
_WHOLE = 3  # latest turns that are sent with their cards; the cards of older ones come when they are looked at
_DONE = {"like": "liked", "dislike": "disliked", "favourite": "favourited"}
_MAX_ID = 200
_SIGNED_IN = "user:"


class Page:
    """One handler an action. Each takes what the browser sent and returns the pieces of the page that change."""

    def __init__(self, shelf: Shelf | Opening, uploads: Path) -> None:
        """`uploads` is the folder that the server puts uploaded files into; no other file is read."""
        self.opening, self.uploads = shelf, uploads
        self.shelf: Shelf = shelf  # type: ignore[assignment]  # whoever asks a shelf that is still opening waits
        self._imports: dict[str, Job[str]] = {}
        self._actions: dict[str, Callable[[Mapping[str, Any]], Answer]] = {
            "open": self.open, "sync": self.sync, "say": self.say, "again": self.again, "drop": self.drop, "similar": self.similar,
            "react": self.react, "undo": self.undo, "why": self.why, "cards": self.cards, "new": self.new, "switch": self.switch,
            "import": self.import_file, "panel": self.panel, "reopen": self.open, "rename": self.rename, "delete": self.delete,
            "export": self.export, "forget": self.forget, "forget_all": self.forget_all, "opine": self.opine, "unlearn": self.unlearn,
        }  # fmt: skip

    def call(self, sent: Any, user: str = "") -> Answer:
        """Anything the page asks for. `user` is who is signed in, if anybody. Errors come back as words, never as a traceback."""
        sent = sent if isinstance(sent, dict) else {}
        lang = _lang(sent)
        try:
            act = self._actions.get(str(sent.get("do")))
            if act is None:
                raise InvalidInput(word("unread", "en"), word("unread", "zh"))
            job = getattr(self.opening, "job", None)
            if job is not None and not job.done:
                return {"starting": shell.starting(job.message, job.seconds, job.estimate, lang)}
            named = _id(sent, "person")
            if not named or named.startswith(_SIGNED_IN):  # nobody becomes somebody by saying so
                named = secrets.token_urlsafe(18)
            person = f"{_SIGNED_IN}{user}" if user else named
            return act({**sent, "lang": lang, "person": person})
        except RecsysError as error:
            ERRORS.labels(type(error).__name__).inc()
            return {"error": error.zh if lang == "zh" else str(error), "gone": isinstance(error, NotFound)}
        except (KeyError, TypeError, ValueError):
            log.warning("a request that the page would not make", exc_info=True)
            return {"error": word("unread", lang)}
        except Exception:
            log.exception("a handler failed")
            ERRORS.labels("unexpected").inc()
            return {"error": word("error", lang)}

    # The frame

    def open(self, sent: Mapping[str, Any]) -> Answer:
        """A visit, a reload, another language, or an earlier conversation: the whole page."""
        session = _id(sent, "session")
        try:
            owner = self.shelf.store.session(session)["user_id"]
            r = self.shelf.of(session)
            if owner is None:
                r.sign_in(session, sent["person"])
            elif owner != sent["person"]:
                raise NotFound("")
        except NotFound:
            session = self.shelf.get().start(sent["person"])
        return self._frame(session, sent)

    def new(self, sent: Mapping[str, Any]) -> Answer:
        """A new conversation about the same catalogue; an empty one stays."""
        r, session = self._of(sent)
        if r.store.messages(session):
            session = r.start(sent["person"])
        return self._frame(session, sent)

    def switch(self, sent: Mapping[str, Any]) -> Answer:
        """A new conversation about another catalogue."""
        return self._frame(self.shelf.get(str(sent["catalog"])).start(sent["person"]), sent)

    def _frame(self, session: str, sent: Mapping[str, Any]) -> Answer:
        lang, r, settings = _lang(sent), self.shelf.of(session), self.shelf.settings
        turns = turns_of(r, session, lang)
        body = "".join(
            thread.turn(t, r.catalog, lang, n >= len(turns) - _WHOLE) for n, t in enumerate(turns)
        ) or thread.welcome(r.catalog, lang)  # fmt: skip
        frame = shell.shell(lang, self.shelf.names(), r.catalog.name, settings.uploads, lasting(settings), body)
        return {
            "session": session,
            "person": sent["person"],
            "lang": lang,
            "shell": frame,
            "title": word("title", lang),
        }

    # The conversation

    def say(self, sent: Mapping[str, Any]) -> Answer:
        """A message."""
        r, session = self._of(sent)
        if str(sent["text"]).strip():
            r.reply(session, str(sent["text"]), _lang(sent))
        return self.sync(sent)

    def again(self, sent: Mapping[str, Any]) -> Answer:
        """The last need, after newer feedback."""
        r, session = self._of(sent)
        r.refresh(session, _lang(sent))
        return self.sync(sent)

    def drop(self, sent: Mapping[str, Any]) -> Answer:
        """A chip is removed."""
        r, session = self._of(sent)
        r.drop(session, int(sent["position"]))
        return self.sync(sent)

    def similar(self, sent: Mapping[str, Any]) -> Answer:
        """More like one item: by its number where it is in the last answer, else by its title."""
        r, session, lang = *self._of(sent), _lang(sent)
        item = r.item(_id(sent, "id"))
        rank = next((i["rank"] for i in r.store.impressions(session) if i["item_id"] == item.id), None)
        text = word("more_like", lang, rank=rank) if rank else word("more_like_title", lang, title=item.title)
        r.reply(session, text, lang)
        return self.sync(sent)

    def sync(self, sent: Mapping[str, Any]) -> Answer:
        """The turns after the last one that the page has, and how every thumb stands."""
        r, session, lang = *self._of(sent), _lang(sent)
        turns = turns_of(r, session, lang, int(sent.get("after") or 0))
        live = (
            " ".join((turns[-1].text, turns[-1].cause, word("count", lang, n=len(turns[-1].shown.items))))
            if turns
            else ""
        )
        return {"turns": [thread.turn(t, r.catalog, lang) for t in turns], "live": live, **self._standing(r, session)}

    def cards(self, sent: Mapping[str, Any]) -> Answer:
        """The cards of an older answer."""
        r, session, lang = *self._of(sent), _lang(sent)
        found = next((t for t in turns_of(r, session, lang) if t.id == int(sent["turn"])), None)
        return {"cards": cards(found.shown, r.catalog, lang) if found else ""}

    # Feedback

    def react(self, sent: Mapping[str, Any]) -> Answer:
        """A thumb or a star; a second press takes it back."""
        r, session, lang = *self._of(sent), _lang(sent)
        item, kind = r.item(_id(sent, "id")), str(sent["kind"])
        if kind not in _DONE:
            raise InvalidInput(word("unread", "en"), word("unread", "zh"))
        if reactions_of(r, session).get(item.id, Reaction()).pressed(kind):
            kinds = ("favourite",) if kind == "favourite" else ("like", "dislike")
            self._take_back(r, [e for e in r.events(session) if e.item_id == item.id and e.kind in kinds])
            said = thread.toast(word("undone", lang), None, True, lang)
        else:
            event_id = r.record(session, item.id, kind)
            said = thread.toast(word(_DONE[kind], lang, title=item.name(lang)), event_id, True, lang)
        return {"toast": said, **self._standing(r, session)}

    def undo(self, sent: Mapping[str, Any]) -> Answer:
        """The way back in a toast."""
        r, session, lang = *self._of(sent), _lang(sent)
        self._take_back(r, [e for e in r.events(session) if e.id == int(sent["event"])])
        return {"toast": thread.toast(word("undone", lang), None, True, lang), **self._standing(r, session)}

    def _take_back(self, r: Recommender, events: list[Event]) -> None:
        for e in events:  # one of an earlier conversation is taken back there
            r.record(e.session_id, "", "undo", e.id)

    def _standing(self, r: Recommender, session: str) -> Answer:
        return {"reactions": {i: {"thumb": x.thumb, "star": x.star} for i, x in reactions_of(r, session).items()}}

    # What opens over the page

    def why(self, sent: Mapping[str, Any]) -> Answer:
        """Why an item stands where it stands. Looking at it is an event too."""
        r, session, lang = *self._of(sent), _lang(sent)
        item = r.item(_id(sent, "id"))
        try:
            told = r.explain(session, item.id, lang, words=True)
        except NotFound:  # it is of an earlier answer: as it was scored then
            kept = [
                i for m in r.store.messages(session) for i in r.store.impressions(session, m["id"]) if i["item_id"] == item.id
            ]  # fmt: skip
            score = kept[-1]["score"] if kept else 0.0
            told = Explanation(item, score, kept[-1]["parts"] if kept else {}, likely=score)
        if sent.get("look"):
            r.record(session, item.id, "click")
        return {"sheet": panels.why(told, item.about(lang), r.facts(item, lang, 12), lang)}

    def panel(self, sent: Mapping[str, Any]) -> Answer:
        """History, taste, or settings."""
        r, session, lang, name = *self._of(sent), _lang(sent), str(sent["panel"])
        if name == "history":
            kept = [s for s in r.store.sessions(sent["person"]) if s["title"] and not s["title"].startswith("⤓")]
            return {"sheet": panels.history(kept, session, lang)}
        if name == "taste":
            return {"sheet": tasting.sheet(r, session, lang)}
        return {"sheet": panels.more(lang, self.shelf.names(), r.catalog.name, self.shelf.settings.uploads)}

    def rename(self, sent: Mapping[str, Any]) -> Answer:
        """Another title for a conversation."""
        session = self._own(sent, "other")
        self.shelf.store.rename(session, str(sent["title"]).strip()[:60])
        return {
            "toast": thread.toast(word("renamed", _lang(sent)), None, False, _lang(sent)),
            **self.panel({**sent, "panel": "history"}),
        }

    def delete(self, sent: Mapping[str, Any]) -> Answer:
        """Delete a conversation; a deleted current one is followed by a new one."""
        other = self._own(sent, "other")
        r = self.shelf.of(other)
        r.forget(other)
        said = thread.toast(word("deleted", _lang(sent)), None, False, _lang(sent))
        if other == sent["session"]:
            return {**self._frame(r.start(sent["person"]), sent), "toast": said}
        return {"toast": said, **self.panel({**sent, "panel": "history"})}

    def export(self, sent: Mapping[str, Any]) -> Answer:
        """Everything about a person, as JSON to keep."""
        r, session = self._of(sent)
        ids = [str(s["id"]) for s in r.store.sessions(sent["person"])] or [session]
        return {"file": r.store.export(ids), "name": "attune.json"}

    def opine(self, sent: Mapping[str, Any]) -> Answer:
        """Another opinion on something that is remembered."""
        self.react(sent)
        r, session = self._of(sent)
        return {**self.panel({**sent, "panel": "taste"}), **self._standing(r, session)}

    def forget(self, sent: Mapping[str, Any]) -> Answer:
        """One thing that is remembered never happened."""
        r, session, lang = *self._of(sent), _lang(sent)
        r.forget_memory(session, int(sent["event"]))
        said = thread.toast(word("forgotten", lang), None, True, lang)
        return {"toast": said, **self.panel({**sent, "panel": "taste"}), **self._standing(r, session)}

    def unlearn(self, sent: Mapping[str, Any]) -> Answer:
        """A learned leaning is let go: in the taste panel it goes from there, as a chip the need is answered anew."""
        r, session, lang = *self._of(sent), _lang(sent)
        event_id = r.forget_leaning(session, str(sent["field"]), str(sent.get("value") or ""))
        said = {"toast": thread.toast(word("forgotten", lang), event_id, False, lang)}
        return {**(self.panel(sent) if sent.get("panel") else self.again(sent)), **said}

    def forget_all(self, sent: Mapping[str, Any]) -> Answer:
        """Nothing is kept of the person."""
        r, _ = self._of(sent)
        r.store.forget_user(sent["person"])
        said = thread.toast(word("forgotten_all", _lang(sent)), None, False, _lang(sent))
        return {**self._frame(r.start(sent["person"]), sent), "toast": said}

    # Catalogues

    def import_file(self, sent: Mapping[str, Any]) -> Answer:
        """An uploaded file becomes a catalogue. The first call starts it, the next ones ask how far it is."""
        lang, key = _lang(sent), str(sent["path"])
        path = Path(key).resolve()
        if not path.is_relative_to(self.uploads.resolve()) or not path.is_file():
            raise CatalogError(word("unread", "en"), word("unread", "zh"))
        job = self._imports.get(key)
        if job is None:
            job = self._imports[key] = Job(lambda progress: self.shelf.add(path, progress=progress))
        if not job.done:
            return {"importing": job.message or word("importing", lang)}
        self._imports.pop(key, None)
        return self.switch({**sent, "catalog": job.wait()})

    # Who asks

    def _of(self, sent: Mapping[str, Any]) -> tuple[Recommender, str]:
        session = self._own(sent, "session")
        return self.shelf.of(session), session

    def _own(self, sent: Mapping[str, Any], key: str) -> str:
        """A session of the person who asks.

        Raises:
            NotFound: there is none, or it is another's.
        """
        session = _id(sent, key)
        if self.shelf.store.session(session)["user_id"] not in (None, sent["person"]):
            self.shelf.store.session("")  # says that there is none
        return session


def lasting(settings: Settings) -> bool:
    """Whether what is kept outlives a restart: on Spaces only under /data."""
    return not settings.spaces or settings.home.resolve().is_relative_to("/data")


def _lang(sent: Mapping[str, Any]) -> Lang:
    return "en" if sent.get("lang") == "en" else "zh"


def _id(sent: Mapping[str, Any], key: str) -> str:
    return str(sent.get(key) or "")[:_MAX_ID]
