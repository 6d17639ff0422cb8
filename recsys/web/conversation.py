"""A conversation as it is kept, made ready to be shown: its turns with their cards, marks of movement and causes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from recsys.datamodels import Lang, Query, Recommendation
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
            between = [e for e in events if since < e.at <= m["at"]] if set(now) & set(before) else []
            why = cause(between, {e.id: r.pipeline.about(e, lang) for e in between}, lang)
            shown = Shown(items, reactions, moves(now, before) if why else {}, fields)
            out.append(_turn(r, m, said, why, shown, lang))
            said, before, since = "", now or before, m["at"] if now else since
    if out:  # the last one also says what is understood and learned so far
        state = r.store.session(session)["state"]
        out[-1] = replace(out[-1], understood=r.chips(state, lang), leanings=tasting.learned(r, session, lang))
    return out


def _last_shown(r: Recommender, session: str, messages: Sequence[Mapping[str, Any]]) -> tuple[list[str], float]:
    """The items of the last of these answers that showed any, and when that was."""
    for m in reversed(messages):
        found = r.store.impressions(session, m["id"]) if m["role"] == "assistant" else []
        if found:
            return [str(i["item_id"]) for i in found], float(m["at"])
    return [], 0.0


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
    return [
        Recommendation(
            r.item(i["item_id"]), i["score"], i["rank"], i["parts"], tuple(i["reasons"].get(lang, ())), bool(i["nearest"]), explored=bool(i["explored"])
        )
        for i in r.store.impressions(session, message_id)
        if i["item_id"] in r.catalog.row
    ]  # fmt: skip


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
