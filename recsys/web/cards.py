"""Cards as HTML: what an item looks like when it is recommended."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import takewhile

from recsys.catalog import Catalog
from recsys.catalog.pictures import address, main_colour, picture
from recsys.datamodels import CANONICAL, Item, Lang, Recommendation
from recsys.schema import Schema
from recsys.settings import BUILTIN_CATALOG
from recsys.texts import money, plain, say, unit
from recsys.web.words import word

_FACTS = 3
_TELLING = frozenset({"年", "min", "英寸", "GB", "mAh"})  # units that need no name of the field beside them
_HIDDEN = frozenset({"group", "age", "gender"})
_HAND = "M7 11v9H4v-9zM7 11l4-7c1.6 0 2.5 1.2 2.2 2.8L12.6 10H18c1.4 0 2.3 1.2 2 2.5l-1.4 6c-.2.9-1 1.5-1.9 1.5H7"
_ICONS = {
    "like": f'<path d="{_HAND}"/>',
    "dislike": f'<path d="{_HAND}" transform="rotate(180 12 12)"/>',
    "favourite": '<path d="M12 3.5l2.6 5.4 5.9.8-4.3 4.1 1.1 5.9L12 16.9l-5.3 2.8 1.1-5.9L3.5 9.7l5.9-.8z"/>',
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What stands for an item: a thumb ("like", "dislike" or "") and a star."""

    thumb: str = ""
    star: bool = False

    def pressed(self, action: str) -> bool:
        """Whether the button of this action is down."""
        return self.star if action == "favourite" else self.thumb == action


@dataclass(frozen=True, slots=True)
class Shown:
    """One answer's items with what the person thought of them, how they moved (places up, None: new), what was asked for, and whether
    there may be more.
    """

    items: Sequence[Recommendation]
    reactions: Mapping[str, Reaction] = field(default_factory=dict)
    moves: Mapping[str, int | None] = field(default_factory=dict)
    asked: Sequence[str] = ()  # fields, the ones that matter for the need first
    more: bool = False


def cards(shown: Shown, catalog: Catalog, lang: Lang) -> str:
    """A list of cards: a grid on a wide screen, a strip to swipe on a narrow one."""
    if not shown.items:
        return ""
    body = "".join(card(r, shown, catalog.schema, lang) for r in shown.items)
    demo = f'<p class="demo">{word("demo", lang)}</p>' if catalog.name == BUILTIN_CATALOG else ""
    others = word("next", lang)
    more = f'<div class="next"><button type="button" data-do="say" data-text="{others}">{others}</button></div>'
    return f'<ul class="cards" aria-label="{word("cards", lang)}">{body}</ul>{more if shown.more else ""}{demo}'


def card(r: Recommendation, shown: Shown, schema: Schema, lang: Lang) -> str:
    """One item."""
    item, title, reaction = r.item, escape(r.item.name(lang)), shown.reactions.get(r.item.id, Reaction())
    rated = say("reason_rating", lang, rating=plain(item.rating)) if item.rating is not None else ""
    tags = [t for t in r.reasons if t != rated]  # the stars beside the price say it already
    listed = "".join(f"<li>{escape(t)}</li>" for t in tags)
    badge = "nearest" if r.nearest else "explored" if r.explored else ""
    nearest = f'<span class="nearest">{word(badge, lang)}</span>' if badge else ""
    poster = " poster" if item.domain == "film" else ""
    return (
        f'<li class="card" data-id="{escape(item.id)}" data-rank="{r.rank}" data-thumb="{reaction.thumb}"><article aria-label="{r.rank}. {title}">'
        f'<div class="picture{poster}" style="--tint:{main_colour(item)}" data-do="why" data-id="{escape(item.id)}">{_picture(item, lang)}'
        f'<span class="rank">{r.rank}</span>{_move(shown, item.id, lang)}{nearest}</div>'
        f'<div class="body"><h3 title="{title}" dir="auto">{title}</h3>{_price(item, lang)}'
        f'<p class="about" dir="auto">{escape(item.about(lang))}</p><p class="facts">{escape(facts(item, schema, lang, shown.asked, tags))}</p>'
        f"{f'<ul class=tags>{listed}</ul>' if listed else ''}</div>"
        f'<div class="actions">{_buttons(item, title, reaction, lang)}</div></article></li>'
    )


def _move(shown: Shown, item_id: str, lang: Lang) -> str:
    """How an item moved since the answer before the feedback."""
    if item_id not in shown.moves:
        return ""
    places = shown.moves[item_id]
    if places is None:
        return f'<span class="move new" title="{word("fresh_long", lang)}">{word("fresh", lang)}</span>'
    if not places:
        return ""
    way, arrow = ("up", "↑") if places > 0 else ("down", "↓")
    label = word(way, lang, n=abs(places))
    return f'<span class="move {way}" title="{label}"><span aria-hidden="true">{arrow}{abs(places)}</span><span class="unseen">{label}</span></span>'


def _picture(item: Item, lang: Lang) -> str:
    if item.image:
        return f'<img src="{escape(address(item))}" alt="" loading="lazy" referrerpolicy="no-referrer">'
    return picture(item, "page", lang)


def _price(item: Item, lang: Lang) -> str:
    price = f"<strong>{escape(money(item.price, item.currency))}</strong>" if item.price is not None else ""
    rated = say("reason_rating", lang, rating=plain(item.rating)) if item.rating is not None else ""
    rating = f'<span class="rating" role="img" aria-label="{escape(rated)}">★ {plain(item.rating)}</span>' if item.rating is not None else ""  # fmt: skip
    return f'<p class="price">{price}{rating}</p>' if price or rating else ""


def icon(name: str) -> str:
    """A line drawing of 24 × 24."""
    return f'<svg viewBox="0 0 24 24" aria-hidden="true">{_ICONS[name]}</svg>'


def _buttons(item: Item, title: str, reaction: Reaction, lang: Lang) -> str:
    out, key = "", escape(item.id)
    for action in _ICONS:
        pressed, label = str(reaction.pressed(action)).lower(), word(action, lang)
        out += (
            f'<button type="button" class="round" data-do="react" data-kind="{action}" data-id="{key}" aria-pressed="{pressed}" '
            f'aria-label="{label}: {title}" title="{label}">{icon(action)}</button>'
        )
    for action, text in (("similar", "similar_short"), ("why", "why")):
        out += (
            f'<button type="button" class="text" data-do="{action}" data-id="{key}" aria-label="{word(action, lang)}: {title}" '
            f'title="{word(action, lang)}">{word(text, lang)}</button>'
        )
    return out


def facts(item: Item, schema: Schema, lang: Lang, asked: Sequence[str] = (), said: Iterable[str] = ()) -> str:
    """The few attributes that matter: those asked for first, then in the catalogue's order; what the tags say is left out."""
    names = [n for n in item.attributes if n in schema.fields and n not in CANONICAL and n not in _HIDDEN]
    names.sort(key=lambda n: asked.index(n) if n in asked else len(asked))
    told, out = " ".join(said), []
    for name in names:
        text = "" if schema.fields[name].kind == "text" else _spanned(item, name, schema, lang)
        if text and text not in told:
            out.append(text)
        if len(out) == _FACTS:
            break
    return " · ".join(out)


def _spanned(item: Item, name: str, schema: Schema, lang: Lang) -> str:
    """One attribute in words; the ends of a span (x_low, x_high) are one fact, told where the lower is."""
    stem = name.removesuffix("_low").removesuffix("_high")
    ends = (f"{stem}_low", f"{stem}_high")
    if name not in ends or not all(end in item.attributes and end in schema.fields for end in ends):
        return fact(item, name, schema, lang)
    if name == ends[1]:
        return ""
    labels = [schema.field_label(end, lang) for end in ends]
    told = [fact(item, end, schema, lang).removeprefix(f"{label} ") for end, label in zip(ends, labels, strict=True)]
    return f"{_shared(*labels)} {'–'.join(told)}"


def _shared(a: str, b: str) -> str:
    """What two labels begin with, or else end with: 参考收益下限 and 参考收益上限 -> 参考收益."""
    return (_prefix(a, b) or _prefix(a[::-1], b[::-1])[::-1]).strip()


def _prefix(a: str, b: str) -> str:
    return "".join(x for x, _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))


def fact(item: Item, name: str, schema: Schema, lang: Lang) -> str:
    """One attribute in words."""
    known, value = schema.fields[name], item.attributes[name]
    if not isinstance(value, float):
        return "/".join(schema.label(v, lang) for v in item.values(name)[:2])
    named = "" if known.unit in _TELLING else f"{schema.field_label(name, lang)} "
    if known.unit == "元":
        return named + money(value, item.currency)
    return f"{named}{plain(value)}{unit(known.unit, lang)}"


def shape(name: str) -> str:
    """A drawing that stands for a whole domain."""
    return picture(Item(name, name, shape=name), "page")


def plain_text(text: str) -> str:
    """A sentence of ours as HTML: escaped, with its line breaks."""
    return re.sub(r"\n+", "<br>", escape(text))
