"""Cards, chips, quick replies and the why panel as HTML."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape

from recsys.catalog import Catalog
from recsys.catalog.pictures import address, main_colour, picture
from recsys.datamodels import CANONICAL, Explanation, Item, Lang, Question, Recommendation, Schema
from recsys.settings import BUILTIN_CATALOG
from recsys.texts import money, plain, say
from recsys.web.words import EXAMPLES, word

_FACTS = 3
_TELLING = frozenset({"年", "min", "英寸", "GB", "mAh"})  # units that need no name of the field beside them
_HIDDEN = frozenset({"group", "age", "gender"})
_HAND = "M7 11v9H4v-9zM7 11l4-7c1.6 0 2.5 1.2 2.2 2.8L12.6 10H18c1.4 0 2.3 1.2 2 2.5l-1.4 6c-.2.9-1 1.5-1.9 1.5H7"
_ICONS = {
    "like": f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_HAND}"/></svg>',
    "dislike": f'<svg viewBox="0 0 24 24" aria-hidden="true"><path d="{_HAND}" transform="rotate(180 12 12)"/></svg>',
    "favourite": '<svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9L12 16.9l-5.3 2.8 1.1-5.9L3.5 9.7l5.9-.8z"/></svg>',
}


def cards(items: Sequence[Recommendation], reactions: Mapping[str, str], catalog: Catalog, lang: Lang) -> str:
    """The panel of cards; `reactions` maps an item's id to the event that stands for it."""
    if not items:
        return (
            f'<div class="empty"><div class="empty-mark">✦</div><p>{escape(word("empty_cards", lang))}</p>'
            f'<p class="hint">{escape(word("empty_hint", lang))}</p></div>'
        )
    body = "".join(card(r, reactions.get(r.item.id, ""), catalog.schema, lang) for r in items)
    demo = f'<p class="demo">{escape(word("demo", lang))}</p>' if catalog.name == BUILTIN_CATALOG else ""
    return f'<div class="cards" role="list">{body}</div>{demo}'


def card(r: Recommendation, reaction: str, schema: Schema, lang: Lang) -> str:
    """One item."""
    item, title = r.item, escape(r.item.name(lang))
    tags = "".join(f"<li>{escape(reason)}</li>" for reason in r.reasons)
    nearest = f'<span class="nearest">{escape(word("nearest", lang))}</span>' if r.nearest else ""
    return (
        f'<article class="card" role="listitem" data-id="{escape(item.id)}" data-rank="{r.rank}">'
        f'<div class="picture{" poster" if item.domain == "film" else ""}" style="--tint:{main_colour(item)}" data-action="open" data-id="{escape(item.id)}">'
        f'{_picture(item)}<span class="rank">{r.rank}</span>{nearest}</div>'
        f'<div class="body"><h3 title="{title}" data-action="open" data-id="{escape(item.id)}">{title}</h3><p class="about">{escape(item.about(lang))}</p>'
        f'<p class="facts">{escape(facts(item, schema, lang))}</p>{_price(item, lang)}<ul class="tags">{tags}</ul></div>'
        f'<div class="actions">{_buttons(item, title, reaction, lang)}</div></article>'
    )


def _picture(item: Item) -> str:
    if item.image:
        return f'<img src="{escape(address(item))}" alt="" loading="lazy" referrerpolicy="no-referrer">'
    return picture(item, "page")


def _price(item: Item, lang: Lang) -> str:
    rating = f'<span class="rating">★ {plain(item.rating)}</span>' if item.rating is not None else ""
    price = f"<strong>{escape(money(item.price, item.currency))}</strong>" if item.price is not None else ""
    return f'<p class="price">{price}{rating}</p>' if price or rating else ""


def _buttons(item: Item, title: str, reaction: str, lang: Lang) -> str:
    out = ""
    for action, icon in _ICONS.items():
        pressed = reaction == action
        label = f"{escape(word(action, lang))}: {title}"
        out += (
            f'<button type="button" data-action="{action}" data-id="{escape(item.id)}" aria-pressed="{str(pressed).lower()}" '
            f'aria-label="{label}" title="{escape(word(action, lang))}">{icon}</button>'
        )
    for action in ("similar", "why"):
        out += f'<button type="button" class="text" data-action="{action}" data-id="{escape(item.id)}" aria-label="{escape(word(action, lang))}: {title}">{escape(word(action, lang))}</button>'
    return out


def facts(item: Item, schema: Schema, lang: Lang) -> str:
    """The first attributes of an item, in the catalogue's own words."""
    out = []
    for name in item.attributes:
        field = schema.fields.get(name)
        if field is None or name in CANONICAL or name in _HIDDEN or field.kind == "text":
            continue
        value = item.attributes[name]
        if isinstance(value, float):
            named = "" if field.unit in _TELLING else f"{schema.field_label(name, lang)} "
            out.append(f"{named}{plain(value)}{field.unit}")
        else:
            out.append("/".join(schema.label(v, lang) for v in item.values(name)[:2]))
        if len(out) == _FACTS:
            break
    return " · ".join(out)


def verbatim(text: str) -> str:
    """What a person typed, as Markdown that shows just that."""
    return re.sub(r"([\\`*_{}\[\]()#+\-.!|~$])", r"\\\1", escape(text))


def chips(labels: Sequence[str], lang: Lang) -> str:
    """What was understood, each with a button that removes it."""
    if not labels:
        return ""
    body = ""
    for position, text in enumerate(labels):
        body += (
            f'<span class="chip">{escape(text)}<button type="button" data-action="drop" data-position="{position}" '
            f'aria-label="{escape(word("remove", lang, what=text))}">×</button></span>'
        )
    return f'<div class="chips" aria-label="{escape(word("understood", lang))}"><span class="label">{escape(word("understood", lang))}</span>{body}</div>'


def examples(catalog: Catalog, lang: Lang) -> tuple[str, ...]:
    """Needs to try: written ones for the built-in catalogue, else the most frequent categories."""
    if catalog.name == BUILTIN_CATALOG:
        return EXAMPLES[lang]
    schema = catalog.schema
    telling = [
        n for n, f in schema.fields.items() if f.kind in ("categorical", "list") and n not in ("domain", "brand")
    ]
    name = "category" if "category" in telling else next(iter(telling), "")
    common = Counter(v for item in catalog.items for v in item.values(name)[:1]).most_common(5) if name else []
    return tuple(word("any_of", lang, value=schema.label(v, lang)) for v, _ in common)


def quick_replies(question: Question | None, tries: Sequence[str], lang: Lang) -> str:
    """The next question with its answers, or needs to try before the first message."""
    label = question.text if question is not None else word("try", lang)
    options = question.options if question is not None else tries
    if not options:
        return ""
    buttons = "".join(
        f'<button type="button" data-action="say" data-text="{escape(o)}">{escape(o)}</button>' for o in options
    )
    return f'<div class="quick"><span class="label">{escape(label)}</span>{buttons}</div>'


def toast(text: str, undo_id: int | None, lang: Lang) -> str:
    """What just happened, with a way back and a way on."""
    undo = (
        f'<button type="button" data-action="undo" data-event="{undo_id}">{escape(word("undo", lang))}</button>'
        if undo_id is not None
        else ""
    )
    again = f'<button type="button" data-action="again">{escape(word("again", lang))}</button>'
    return f'<div class="toast" role="status"><span>{escape(text)}</span>{undo}{again}</div>'


def why(explanation: Explanation, line: str, lang: Lang) -> str:
    """An item's facts (`line`), the parts of its score as bars, the events that moved it, and what would be without the strongest."""
    widest = max((abs(v) for v in explanation.parts.values()), default=1.0) or 1.0
    bars = ""
    for name, value in sorted(explanation.parts.items(), key=lambda p: -abs(p[1])):
        side, width = ("plus" if value >= 0 else "minus"), 50 * abs(value) / widest
        left = 50 if value >= 0 else 50 - width
        bars += (
            f'<div class="bar"><span>{escape(word(name, lang))}</span><i class="{side}" style="width:{width:.1f}%;margin-left:{left:.1f}%"></i>'
            f"<b>{value:+.2f}</b></div>"
        )
    lines = "".join(
        f"<li>{escape(word('history_line', lang, title=item.name(lang), kind=say(kind, lang)))} <b>{effect:+.2f}</b></li>"
        for item, kind, effect in explanation.history
        if abs(effect) >= 0.01
    )
    head = (
        f"{escape(explanation.item.name(lang))} · {escape(word('score', lang, score=round(100 * explanation.score)))}"
    )
    return (
        f'<section class="why" aria-label="{escape(word("because", lang))}"><header><strong>{head}</strong>'
        f'<button type="button" data-action="close" aria-label="{escape(word("close", lang))}">×</button></header>'
        f'<p>{escape(line)}</p><p class="label">{escape(word("because", lang))}</p>{bars}<ul>{lines}</ul><p>{escape(explanation.counterfactual)}</p></section>'
    )
