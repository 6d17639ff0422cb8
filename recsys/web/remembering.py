"""What is kept of a person, opened over the page: history, taste, settings. One function an action."""

from recsys.web import panels, talking, tasting
from recsys.web.visit import Answer, Visit, frame, standing


def panel(v: Visit) -> Answer:
    """History, taste, or settings."""
    return _opened(v, str(v.sent["panel"]))


def _opened(v: Visit, name: str) -> Answer:
    r, session, lang = v.recommender, v.session, v.lang
    if name == "history":
        kept = [s for s in r.store.sessions(v.person) if s["title"] and not s["title"].startswith("⤓")]
        return {"sheet": panels.history(kept, session, lang)}
    if name == "taste":
        return {"sheet": tasting.sheet(r, session, lang)}
    return {"sheet": panels.more(lang, v.places(session))}


def rename(v: Visit) -> Answer:
    """Another title for a conversation."""
    v.shelf.store.rename(v.own("other"), str(v.sent["title"]).strip()[:60])
    return {"toast": v.toast("renamed"), **_opened(v, "history")}


def delete(v: Visit) -> Answer:
    """Delete a conversation; a deleted current one is followed by a new one."""
    other = v.own("other")
    r = v.shelf.of(other)
    r.forget(other)
    if other == v.sent["session"]:
        return {**frame(v, r.start(v.person)), "toast": v.toast("deleted")}
    return {"toast": v.toast("deleted"), **_opened(v, "history")}


def export(v: Visit) -> Answer:
    """Everything about a person, as JSON to keep."""
    r = v.recommender
    ids = [str(s["id"]) for s in r.store.sessions(v.person)] or [v.session]
    return {"file": r.store.export(ids), "name": "attune.json"}


def opine(v: Visit) -> Answer:
    """Another opinion on something that is remembered."""
    talking.react(v)
    return {**_opened(v, "taste"), **standing(v)}


def forget(v: Visit) -> Answer:
    """One thing that is remembered never happened."""
    v.recommender.forget_memory(v.session, int(v.sent["event"]))
    return {"toast": v.toast("forgotten", again=True), **_opened(v, "taste"), **standing(v)}


def unlearn(v: Visit) -> Answer:
    """A learned leaning is let go: in the taste panel it goes from there, as a chip the need is answered anew."""
    event_id = v.recommender.forget_leaning(v.session, str(v.sent["field"]), str(v.sent.get("value") or ""))
    said = {"toast": v.toast("forgotten", event_id)}
    return {**(_opened(v, "taste") if v.sent.get("panel") else talking.again(v)), **said}


def forget_all(v: Visit) -> Answer:
    """Nothing is kept of the person."""
    r = v.recommender
    r.store.forget_user(v.person)
    return {**frame(v, r.start(v.person)), "toast": v.toast("forgotten_all")}
