"""What is said on the page, and every thumb: one function an action, each returns the pieces of the page that change."""

from recsys.datamodels import Event
from recsys.errors import InvalidInput, NotFound
from recsys.explanation import Explanation
from recsys.feedback.preference import LONG
from recsys.recommender import Recommender
from recsys.web import panels, shell, thread
from recsys.web.cards import Reaction, cards
from recsys.web.conversation import domain_of, last_said, reactions_of, turn_ids, turns_of
from recsys.web.visit import Answer, Visit, standing
from recsys.web.words import word

_DONE = {"like": "liked", "dislike": "disliked", "favourite": "favourited"}


def say(v: Visit) -> Answer:
    """A message; with `instead`, the turn that it stands in for, which is taken back."""
    text, r, session = str(v.sent["text"]), v.recommender, v.session
    if text.strip():
        edits = int(v.sent.get("instead") or 0) == last_said(r, session) > 0
        (r.revise if edits else r.reply)(session, text, v.lang)
    return sync(v)


def again(v: Visit) -> Answer:
    """The last need, after newer feedback."""
    v.recommender.refresh(v.session, v.lang)
    return sync(v)


def drop(v: Visit) -> Answer:
    """A chip is removed."""
    v.recommender.drop(v.session, int(v.sent["position"]))
    return sync(v)


def similar(v: Visit) -> Answer:
    """More like one item: by its number where it is in the last answer, else by its title."""
    r, session, lang = v.recommender, v.session, v.lang
    item = r.item(v.id("id"))
    rank = next((i["rank"] for i in r.store.impressions(session) if i["item_id"] == item.id), None)
    text = word("more_like", lang, rank=rank) if rank else word("more_like_title", lang, title=item.title)
    r.reply(session, text, lang)
    return sync(v)


def domain(v: Visit) -> Answer:
    """Another domain, or all of them again."""
    r, lang, wanted = v.recommender, v.lang, v.id("domain")
    text = shell.asking(wanted, r.schema.label(wanted, lang), lang)
    if wanted:
        r.turn_to(v.session, wanted, text, lang)
    else:
        r.reply(v.session, text, lang)
    return sync(v)


def sync(v: Visit) -> Answer:
    """The turns after the last one that the page has, which turns there are, and how every thumb stands."""
    r, session, lang = v.recommender, v.session, v.lang
    turns = turns_of(r, session, lang, int(v.sent.get("after") or 0))
    live = ""
    if turns:
        live = " ".join((turns[-1].text, turns[-1].cause, word("count", lang, n=len(turns[-1].shown.items))))
    return {
        "turns": [thread.turn(t, r.catalog, lang) for t in turns], "ids": turn_ids(r, session), "live": live,
        "domain": domain_of(r, session), **standing(v),
    }  # fmt: skip


def older_cards(v: Visit) -> Answer:
    """The cards of an older answer."""
    r, lang = v.recommender, v.lang
    found = next((t for t in turns_of(r, v.session, lang) if t.id == int(v.sent["turn"])), None)
    return {"cards": cards(found.shown, r.catalog, lang) if found else ""}


def react(v: Visit) -> Answer:
    """A thumb or a star; a second press takes it back."""
    r, session, lang = v.recommender, v.session, v.lang
    item, kind = r.item(v.id("id")), str(v.sent["kind"])
    if kind not in _DONE:
        raise InvalidInput(word("unread", "en"), word("unread", "zh"))
    if reactions_of(r, session).get(item.id, Reaction()).pressed(kind):
        kinds = ("favourite",) if kind == "favourite" else ("like", "dislike")
        _take_back(r, [e for e in r.events(session) if e.item_id == item.id and e.kind in kinds])
        said = v.toast("undone", again=True)
    else:
        event_id = r.record(session, item.id, kind)
        said = v.toast(_DONE[kind], event_id, True, title=item.name(lang))
    return {"toast": said, **standing(v)}


def undo(v: Visit) -> Answer:
    """The way back in a toast."""
    r = v.recommender
    _take_back(r, [e for e in r.events(v.session) if e.id == int(v.sent["event"])])
    return {"toast": v.toast("undone", again=True), **standing(v)}


def _take_back(r: Recommender, events: list[Event]) -> None:
    for e in events:  # one of an earlier conversation is taken back there
        r.record(e.session_id, "", "undo", e.id)


def look(v: Visit) -> Answer:
    """How many seconds a card was looked at; more than are of use is not kept."""
    v.recommender.record(v.session, v.id("id"), "dwell", min(float(v.sent["seconds"]), LONG))
    return {}


def why(v: Visit) -> Answer:
    """Why an item stands where it stands. Looking at it is an event too."""
    r, session, lang = v.recommender, v.session, v.lang
    item = r.item(v.id("id"))
    try:
        told = r.explain(session, item.id, lang, words=True)
    except NotFound:  # it is of an earlier answer: as it was scored then
        shown = r.store.all_impressions(session).values()
        kept = next((i for under in reversed(shown) for i in under if i["item_id"] == item.id), None)
        told = Explanation(item, kept["score"] if kept else 0.0, kept["parts"] if kept else {}, likely=kept["score"] if kept else 0.0)  # fmt: skip
    if v.sent.get("look"):
        r.record(session, item.id, "click")
    return {"sheet": panels.why(told, item.about(lang), r.facts(item, lang, 12), lang)}
