"""The page's only door: what the browser asks for goes to the function that does it. All state is in the store."""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from recsys.errors import CatalogError, InvalidInput, NotFound, RecsysError
from recsys.monitor import ERRORS
from recsys.shelf import Shelf
from recsys.web import remembering, shell, talking
from recsys.web.jobs import Job, Opening
from recsys.web.visit import Answer, Visit, frame, language_of
from recsys.web.words import word

log = logging.getLogger("recsys.page")


def enter(v: Visit) -> Answer:
    """A visit, a reload, another language, or an earlier conversation: the whole page."""
    session = v.id("session")
    try:
        owner = v.shelf.store.session(session)["user_id"]
        r = v.shelf.of(session)
        if owner is None:
            r.sign_in(session, v.person)
        elif owner != v.person:
            raise NotFound("")
    except NotFound:
        session = v.shelf.get().start(v.person)
    return frame(v, session)


def new(v: Visit) -> Answer:
    """A new conversation about the same catalogue; an empty one stays."""
    r, session = v.recommender, v.session
    if r.store.messages(session):
        session = r.start(v.person)
    return frame(v, session)


def switch(v: Visit) -> Answer:
    """A new conversation about another catalogue."""
    return frame(v, v.shelf.get(str(v.sent["catalog"])).start(v.person))


class Page:
    """Takes what the browser sent, and answers with the pieces of the page that change."""

    def __init__(self, shelf: Shelf | Opening, uploads: Path) -> None:
        """`uploads` is the folder that the server puts uploaded files into; no other file is read."""
        self.opening, self.uploads = shelf, uploads
        self.shelf: Shelf = shelf  # type: ignore[assignment]  # whoever asks a shelf that is still opening waits
        self._imports: dict[str, Job[str]] = {}
        self._actions: dict[str, Callable[[Visit], Answer]] = {
            "open": enter, "reopen": enter, "new": new, "switch": switch, "import": self.import_file,
            **{f.__name__: f for f in (talking.say, talking.again, talking.drop, talking.similar, talking.domain, talking.sync)},
            **{f.__name__: f for f in (talking.react, talking.undo, talking.why, talking.look)}, "cards": talking.older_cards,
            **{f.__name__: f for f in (remembering.panel, remembering.rename, remembering.delete, remembering.export)},
            **{f.__name__: f for f in (remembering.opine, remembering.forget, remembering.unlearn, remembering.forget_all)},
        }  # fmt: skip

    def call(self, sent: Any, user: str = "") -> Answer:
        """Anything the page asks for. `user` is who is signed in, if anybody. Errors come back as words, never as a traceback."""
        sent = sent if isinstance(sent, dict) else {}
        lang = language_of(sent)
        try:
            act = self._actions.get(str(sent.get("do")))
            if act is None:
                raise InvalidInput(word("unread", "en"), word("unread", "zh"))
            job = getattr(self.opening, "job", None)
            if job is not None and not job.done:
                return {"starting": shell.starting(job.message, job.seconds, job.estimate, lang)}
            return act(Visit.of(self.shelf, sent, user))
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

    def import_file(self, v: Visit) -> Answer:
        """An uploaded file becomes a catalogue. The first call starts it, the next ones ask how far it is."""
        key = str(v.sent["path"])
        path = Path(key).resolve()
        if not path.is_relative_to(self.uploads.resolve()) or not path.is_file():
            raise CatalogError(word("unread", "en"), word("unread", "zh"))
        job = self._imports.get(key)
        if job is None:
            job = self._imports[key] = Job(lambda progress: self.shelf.add(path, progress=progress))
        if not job.done:
            return {"importing": shell.progress(job.message, v.lang) or word("importing", v.lang)}
        self._imports.pop(key, None)
        return frame(v, v.shelf.get(job.wait()).start(v.person))
