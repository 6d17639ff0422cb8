"""The JSON endpoints: plain values in, plain values out, the same calls as in Python."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from types import NoneType
from typing import Any

from recsys.catalog.pictures import address
from recsys.datamodels import Choice, Comparison, Lang, Question, Recommendation, Reply
from recsys.errors import InvalidInput
from recsys.explanation import Explanation
from recsys.ranking.asking import asked
from recsys.schema import Schema
from recsys.shelf import Shelf

_MOST = 2**53  # whole numbers that JSON readers agree on


def item_json(r: Recommendation, lang: Lang) -> dict[str, Any]:
    """A recommended item."""
    item = r.item
    attributes = {k: list(v) if isinstance(v, tuple) else v for k, v in item.attributes.items()}
    return {
        "id": item.id, "title": item.name(lang), "domain": item.domain, "category": item.category, "price": item.price, "currency": item.currency,
        "brand": item.brand, "rating": item.rating, "description": item.about(lang), "attributes": attributes, "image": address(item),
        "rank": r.rank, "score": round(r.score, 4), "reasons": list(r.reasons), "nearest": r.nearest,
    }  # fmt: skip


def reply_json(reply: Reply, lang: Lang) -> dict[str, Any]:
    """An answer."""
    question = (
        {"text": reply.question.text, "field": reply.question.field, "options": list(reply.question.options)}
        if reply.question
        else None
    )
    return {
        "text": reply.text,
        "items": [item_json(r, lang) for r in reply.items],
        "query": reply.query.to_json(),
        "question": question,
        "notice": reply.notice,
        "comparison": _comparison(reply.comparison, lang),
    }


def _comparison(table: Comparison | None, lang: Lang) -> dict[str, Any] | None:
    if table is None:
        return None
    rows = [{"label": label, "values": list(values), "differs": differs} for label, values, differs in table.rows]
    return {"items": [{"id": i.id, "title": i.name(lang)} for i in table.items], "rows": rows}


def explanation_json(e: Explanation, lang: Lang) -> dict[str, Any]:
    """An explanation, the same through Python, the command line and HTTP."""
    alike = e.likeness
    return {
        "item_id": e.item.id, "title": e.item.name(lang), "rank": e.rank, "score": e.score, "parts": dict(e.parts),
        "history": [{"item_id": i.id, "kind": kind, "effect": round(effect, 6)} for i, kind, effect in e.history],
        "effects": [{"event": x.event.id, "kind": x.event.kind, "about": x.about, "feedback": round(x.feedback, 6),
                     "behaviour": round(x.behaviour, 6)} for x in e.effects],
        "counterfactual": e.counterfactual,
        "what_ifs": [{"text": w.text, "rank": w.rank, "without": list(w.events), "change": w.change.to_json() if w.change else None}
                     for w in e.what_ifs],
        "likely": round(e.likely, 4), "confidence": e.confidence, "varied": e.varied,
        "likeness": None if alike is None else {
            "item_id": alike.liked.id, "text": alike.text, "shared": [list(s) for s in alike.shared], "differs": [list(d) for d in alike.differs]},
        "need": e.need, "words": [{"word": w.word, "start": w.start, "end": w.end, "effect": round(w.effect, 6)} for w in e.words],
    }  # fmt: skip


def question_of(message: dict[str, Any], schema: Schema, lang: Lang) -> Question | None:
    """The question that a kept message asked, in a language."""
    kept = message["detail"].get("question")
    if not kept or "choices" not in kept:
        return None
    return asked(kept["field"], tuple(Choice.from_json(c) for c in kept["choices"]), schema, lang)


def language_of(lang: str) -> Lang | None:
    """zh or en; None leaves it to the message.

    Raises:
        InvalidInput: any other language.
    """
    if lang not in ("", "zh", "en"):
        raise InvalidInput(f"unknown language {lang!r}; use 'zh', 'en', or '' for the message's own")
    return "zh" if lang == "zh" else "en" if lang == "en" else None


def endpoints(shelf: Shelf) -> dict[str, Callable[..., dict[str, Any]]]:
    """Name -> function; gradio reads the parameters from the signatures."""

    def start(catalog: str = "") -> dict[str, Any]:
        """Open a session on a catalogue, by default on that of the server."""
        return {"session_id": shelf.get(catalog).start()}

    def catalogs() -> dict[str, Any]:
        """The catalogues that this server has."""
        return {"catalogs": shelf.names()}

    def chat(session_id: str, message: str, lang: str = "") -> dict[str, Any]:
        """Say a need, get items."""
        recommender = shelf.of(session_id)
        reply = recommender.reply(session_id, message, language_of(lang))
        spoken = language_of(lang) or reply.query.lang
        return {**reply_json(reply, spoken), "chips": list(recommender.chips(reply.state, spoken))}

    def feedback(session_id: str, item_id: str, action: str, value: float | None = None) -> dict[str, Any]:
        """like, dislike, click, dwell (value: seconds), rate (value 0..5), favourite, purchase; undo takes back event `value`, or the last on the item."""
        return {"ok": True, "undo_id": shelf.of(session_id).record(session_id, item_id, action, value)}

    def explain(session_id: str, item_id: str, lang: str = "", words: bool = False) -> dict[str, Any]:
        """Why an item of the last answer stands where it stands; `words` adds what each word of the need does."""
        spoken = language_of(lang) or "zh"
        return explanation_json(shelf.of(session_id).explain(session_id, item_id, spoken, words), spoken)

    def history(session_id: str) -> dict[str, Any]:
        """All that is kept of a session."""
        return shelf.of(session_id).history(session_id)

    def reset(session_id: str) -> dict[str, Any]:
        """Forget what was asked; what was liked stays."""
        shelf.of(session_id).reset(session_id)
        return {"ok": True}

    def export(session_id: str) -> dict[str, Any]:
        """The same as history, to take along."""
        return shelf.of(session_id).history(session_id)

    def forget(session_id: str) -> dict[str, Any]:
        """Delete a session and all that belongs to it."""
        shelf.of(session_id).forget(session_id)
        return {"ok": True}

    return {f.__name__: _checked(f) for f in (start, catalogs, chat, feedback, explain, history, reset, export, forget)}


_KINDS: dict[str, tuple[Any, str]] = {"value": ((float, int, NoneType), "number"), "words": (bool, "yes or no")}


def _checked(endpoint: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """The same endpoint; an argument that is no text, or no number where one is due, is told. Gradio hands on what comes."""

    @wraps(endpoint)
    def checked(*args: Any, **kwargs: Any) -> dict[str, Any]:
        for name, given in signature(endpoint).bind(*args, **kwargs).arguments.items():
            wanted, kind = _KINDS.get(name, (str, "text"))
            if not isinstance(given, wanted) or (isinstance(given, bool) and wanted is not bool):
                raise InvalidInput(f"{name} must be a {kind}, not {given!r}", f"{name} 的类型不对：{given!r}")
            if isinstance(given, float | int) and not abs(given) < _MOST:
                raise InvalidInput(
                    f"{name} is out of range: {given!r}; give a usual number", f"{name} 超出范围：{given!r}"
                )
        return endpoint(*args, **kwargs)

    return checked
