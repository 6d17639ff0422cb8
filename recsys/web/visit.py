"""One request of the page: who asks, about which conversation, in which language; and the frame that most answers fill."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from recsys.datamodels import Lang
from recsys.errors import NotFound
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.shelf import Shelf
from recsys.store.files import GONE
from recsys.web import shell, thread
from recsys.web.conversation import domain_of, reactions_of, turns_of
from recsys.web.words import word

Answer = dict[str, Any]
_WHOLE = 3  # latest turns that are sent with their cards; the cards of older ones come when they are looked at
_MAX_ID = 200
_SIGNED_IN = "user:"


@dataclass(frozen=True)
class Visit:
    """What the browser sent, and the person that it is from."""

    shelf: Shelf
    sent: Mapping[str, Any]
    person: str

    @classmethod
    def of(cls, shelf: Shelf, sent: Mapping[str, Any], user: str) -> "Visit":
        """`user` is who is signed in, if anybody; nobody becomes somebody by saying so."""
        named = str(sent.get("person") or "")[:_MAX_ID]
        if not named or named.startswith(_SIGNED_IN):
            named = secrets.token_urlsafe(18)
        return cls(shelf, sent, f"{_SIGNED_IN}{user}" if user else named)

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return language_of(self.sent)

    @cached_property
    def session(self) -> str:
        """The conversation that is open; raises what `own` raises."""
        return self.own("session")

    @cached_property
    def recommender(self) -> Recommender:
        """The one that this conversation talks to."""
        return self.shelf.of(self.session)

    def id(self, key: str) -> str:
        """An id that was sent, or an empty string."""
        return str(self.sent.get(key) or "")[:_MAX_ID]

    def own(self, key: str) -> str:
        """A session of the person who asks.

        Raises:
            NotFound: there is none, or it is another's.
        """
        session = self.id(key)
        if self.shelf.store.session(session)["user_id"] not in (None, self.person):
            raise NotFound(*GONE)
        return session

    def places(self, session: str) -> shell.Places:
        """What there is to switch to from a conversation."""
        r = self.shelf.of(session)
        domains = {d: r.schema.label(d, self.lang) for d in r.schema.domains}
        return shell.Places(
            self.shelf.names(), r.catalog.name, self.shelf.settings.uploads, domains, domain_of(r, session)
        )

    def toast(self, key: str, undo_id: int | None = None, again: bool = False, **facts: object) -> str:
        """What was just done, in words, with a way back and a way on."""
        return thread.toast(word(key, self.lang, **facts), undo_id, again, self.lang)


def language_of(sent: Mapping[str, Any]) -> Lang:
    """The language that the page speaks."""
    return "en" if sent.get("lang") == "en" else "zh"


def frame(v: Visit, session: str) -> Answer:
    """The whole page around a conversation."""
    lang, r = v.lang, v.shelf.of(session)
    turns = turns_of(r, session, lang)
    body = "".join(
        thread.turn(t, r.catalog, lang, n >= len(turns) - _WHOLE) for n, t in enumerate(turns)
    ) or thread.welcome(r.catalog, lang)
    return {
        "session": session, "person": v.person, "lang": lang, "title": word("title", lang),
        "shell": shell.shell(lang, v.places(session), lasting(v.shelf.settings), body),
    }  # fmt: skip


def standing(v: Visit) -> Answer:
    """How every thumb and star stands."""
    found = reactions_of(v.recommender, v.session)
    return {"reactions": {i: {"thumb": x.thumb, "star": x.star} for i, x in found.items()}}


def lasting(settings: Settings) -> bool:
    """Whether what is kept outlives a restart: on Spaces only under /data."""
    return not settings.spaces or settings.home.resolve().is_relative_to("/data")
