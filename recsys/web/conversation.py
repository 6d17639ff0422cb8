"""A conversation as it is kept, made ready to be shown: its turns with their cards, marks of movement and causes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from recsys.datamodels import Lang, Query, Recommendation
from recsys.memories import about
from recsys.recommender import Recommender
from recsys.web import api, tasting
from recsys.web.cards import Reaction, Shown
from recsys.web.thread import Turn, cause, moves


def turns_of(r: Recommender, session: str, lang: Lang, after: int = 0) -> list[Turn]:
    """The turns after message `after`, oldest first. What is shown is what was kept; an answer that follows a reaction says how
    its items moved since the answer before."""
    out: list[Turn] = []
    messages, events, reactions = r.store.messages(session), r.events(session), reactions_of(r, session)
    before, since = _last_shown(r, session, [m for m in messages if m["id"] <= after])
    said, fields = "", []  # type: tuple[str, list[str]]
    for m in messages:
        if m["role"] == "user":
            said, fields = m["text"], [c["field"] for c in (m["detail"].get("state") or {}).get("constraints", ())]
        elif m["text"] and m["id"] <= after:
            said = ""
        elif m["text"]:
            items = shown_under(r, session, m["id"], lang)
            now = [i.item.id for i in items]
            items = items or _compared(r, session, m, lang)
            between = [e for e in events if since < e.at <= m["at"]] if set(now) & set(before) else []
            why = cause(between, {e.id: about(r.pipeline, e, lang) for e in between}, lang)
            shown = Shown(items, reactions, moves(now, before) if why else {}, fields, len(now) >= r.settings.top_k)
            out.append(_turn(r, m, said, why, shown, lang))
            said, before, since = "", now or before, m["at"] if now else since
    if out:  # the last one also says what is understood and learned so far
        state = r.store.session(session)["state"]
        leanings = tasting.learned(r, session, lang)
        fresh = state is None and not out[-1].shown.items
        out[-1] = replace(out[-1], understood=r.chips(state, lang), leanings=leanings, fresh=fresh)
    return out


def _last_shown(r: Recommender, session: str, messages: Sequence[Mapping[str, Any]]) -> tuple[list[str], float]:
    """The items of the last of these answers that showed any, and when that was."""
    for m in reversed(messages):
        found = r.store.impressions(session, m["id"]) if m["role"] == "assistant" else []
        if found:
            return [str(i["item_id"]) for i in found], float(m["at"])
    return [], 0.0


def _compared(r: Recommender, session: str, message: Mapping[str, Any], lang: Lang) -> list[Recommendation]:
    """The items that an answer sets side by side, as they were last shown."""
    wanted = message["detail"].get("compared") or ()
    shown = [i for m, under in r.store.all_impressions(session).items() if wanted and m < message["id"] for i in under]
    latest = {i["item_id"]: i for i in shown}
    return [_recommended(r, latest[i], lang) for i in wanted if i in latest and i in r.catalog.row]


def turn_ids(r: Recommender, session: str) -> list[int]:
    """Which turns there are: one that was edited away is not."""
    return [m["id"] for m in r.store.messages(session, "assistant") if m["text"]]


def last_said(r: Recommender, session: str) -> int:
    """The turn that answers the last message of the person, 0 where there is none."""
    said = r.store.messages(session, "user", latest=1)
    return next((i for i in turn_ids(r, session) if said and i > said[0]["id"]), 0)


def domain_of(r: Recommender, session: str) -> str:
    """The domain that the conversation is in, an empty string where it is in several or in none."""
    if r.store.session(session)["state"] is None:
        return ""
    shown = r.store.impressions(session)
    found = {r.item(i["item_id"]).domain for i in shown if i["item_id"] in r.catalog.row}
    return found.pop() if len(found) == 1 else ""


def _turn(r: Recommender, message: Mapping[str, Any], said: str, why: str, shown: Shown, lang: Lang) -> Turn:
    detail = message["detail"]
    compared = [r.item(i) for i in detail.get("compared", ()) if i in r.catalog.row]
    table = r.answers.compare(compared, Query(""), lang).comparison if len(compared) > 1 else None
    question = api.question_of(dict(message), r.schema, lang)
    kept = (message["text"], detail.get("notice") or "")
    text, notice = detail.get("other") or kept if detail.get("lang") not in (None, lang) else kept
    return Turn(message["id"], said, text, notice, why, shown, question=question, comparison=table)  # fmt: skip


def shown_under(r: Recommender, session: str, message_id: int, lang: Lang) -> list[Recommendation]:
    """The items of one answer, as they were shown."""
    shown = r.store.impressions(session, message_id)
    return [_recommended(r, i, lang) for i in shown if i["item_id"] in r.catalog.row]


def _recommended(r: Recommender, i: Mapping[str, Any], lang: Lang) -> Recommendation:
    return Recommendation(
        r.item(i["item_id"]), i["score"], i["rank"], i["parts"], tuple(i["reasons"].get(lang, ())), bool(i["nearest"]), explored=bool(i["explored"])
    )  # fmt: skip


def reactions_of(r: Recommender, session: str) -> dict[str, Reaction]:
    """Item id -> what stands for it, over all conversations of the person."""
    out: dict[str, Reaction] = {}
    for e in r.events(session):
        old = out.get(e.item_id, Reaction())
        if e.kind in ("like", "dislike"):
            out[e.item_id] = Reaction(e.kind, old.star)
        elif e.kind == "favourite":
            out[e.item_id] = Reaction(old.thumb, True)
    return out
