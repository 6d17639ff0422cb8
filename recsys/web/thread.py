"""The conversation as HTML: what was said, what was answered, and beside it what was understood and the cards."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from recsys.catalog import Catalog
from recsys.datamodels import PASSING, Comparison, Event, Lang, Question
from recsys.feedback.preference import Leaning
from recsys.schema import Schema
from recsys.settings import BUILTIN_CATALOG
from recsys.web.cards import Shown, cards, icon, plain_text, shape
from recsys.web.words import STARTER_SHAPES, STARTERS, titled, word

_NAMED = 2  # causes that are named; the others are counted


@dataclass(frozen=True, slots=True)
class Learned:
    """A leaning in words, with what it takes to forget it."""

    text: str
    leaning: Leaning

    @property
    def weight(self) -> float:
        """Positive for more of it, negative for less."""
        return self.leaning.sign * abs(self.leaning.weight)

    def button(self, css: str, lang: Lang) -> str:
        """The button that lets it go."""
        label = word("unlearn", lang, what=escape(self.text))
        field, value = escape(self.leaning.field), escape(self.leaning.value)
        return f'<button type="button" class="{css}" data-do="unlearn" data-field="{field}" data-value="{value}" aria-label="{label}">×</button>'


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and the answer to it."""

    id: int
    said: str
    text: str
    notice: str = ""
    cause: str = ""
    shown: Shown = field(default_factory=lambda: Shown(()))
    understood: Sequence[str] = ()
    leanings: Sequence[Learned] = ()
    question: Question | None = None
    comparison: Comparison | None = None
    fresh: bool = False  # nothing is asked for: needs to try stand in the place of the cards


def turn(t: Turn, catalog: Catalog, lang: Lang, whole: bool = True) -> str:
    """One turn; without `whole` its cards are left for later."""
    said = ""
    if t.said:
        said = (
            f'<p class="said" dir="auto"><span class="unseen">{word("you_said", lang)}: </span>{escape(t.said)}</p>'
            + edit_button(lang)
        )
    notice = f'<p class="notice">{escape(t.notice)}</p>' if t.notice else ""
    cause = f'<p class="cause" dir="auto">{_thumbs(t.cause)}</p>' if t.cause else ""
    count = len(t.shown.items)
    peek = (
        f'<button type="button" class="peek" data-do="peek" data-turn="{t.id}">{word("show_cards", lang, n=count)}</button>'
        if count
        else ""
    )
    later = f'<div class="later" data-turn="{t.id}" style="--n:{count}"></div>'
    table = _table(t.comparison, lang)
    shelf = (cards(t.shown, catalog, lang) if whole else later) + table
    understood = chips(t.understood, t.leanings, lang)
    beside = understood
    if count or t.fresh:
        label, body = ("cards", shelf) if count else ("try", starters(catalog, lang))
        beside = (
            f'<div class="shelf" tabindex="0" role="region" aria-label="{word(label, lang)}">{understood}{body}</div>'
        )
    full = " full" if count or t.fresh else ""
    return (
        f'<article class="turn{full}" data-turn="{t.id}" data-count="{count}" tabindex="-1">{said}'
        f'<div class="answer"><span class="unseen">{word("answer", lang)}: </span><p dir="auto">{_sentence(t)}</p>{"" if count else table}{notice}{cause}{peek}</div>'
        f"{beside}{quick(t.question)}</article>"
    )


def edit_button(lang: Lang) -> str:
    """What opens the last message to be edited; the page shows it under that one only."""
    return f'<button type="button" class="edit" data-do="edit" aria-label="{word("edit_last", lang)}">{word("edit", lang)}</button>'


def _sentence(t: Turn) -> str:
    """The answer; the table that a comparison carries as text is shown as a table."""
    return plain_text(t.text.split("\n\n|")[0] if t.comparison else t.text)


def _table(c: Comparison | None, lang: Lang) -> str:
    if c is None:
        return ""
    heads = "".join(f'<th scope="col" dir="auto">{escape(i.name(lang))}</th>' for i in c.items)
    rows = "".join(
        f'<tr{" class=differs" if differs else ""}><th scope="row">{escape(label)}</th>{"".join(f"<td>{escape(v)}</td>" for v in values)}</tr>'
        for label, values, differs in c.rows
    )
    return f'<div class="wide-table" tabindex="0" role="region" aria-label="{word("comparison", lang)}"><table><thead><tr><td></td>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'


def _thumbs(text: str) -> str:
    """A sentence with its thumbs as the drawings of the buttons: not every machine has a font for them."""
    return escape(text).replace("👍", icon("like")).replace("👎", icon("dislike"))


def quick(question: Question | None) -> str:
    """The next question with its answers."""
    if question is None or not question.options:
        return ""
    buttons = "".join(f'<button type="button" data-do="say" data-text="{escape(o)}">{escape(o)}</button>' for o in question.options)  # fmt: skip
    return f'<div class="quick" role="group" aria-label="{escape(question.text)}"><span class="label">{escape(question.text)}</span>{buttons}</div>'


def chips(understood: Sequence[str], leanings: Sequence[Learned], lang: Lang) -> str:
    """What was understood and what was learned, each with a button that removes it."""
    conditions = "".join(
        _chip(
            text,
            f'<button type="button" data-do="drop" data-position="{n}" aria-label="{word("remove", lang, what=escape(text))}">×</button>',
        )
        for n, text in enumerate(understood)
    )
    learned = "".join(_chip(x.text, x.button("", lang), "learned") for x in leanings)
    out = _row("understood", conditions, lang) + _row("learned", learned, lang)
    return f'<div class="chips">{out}</div>' if out else ""


def _row(label: str, body: str, lang: Lang) -> str:
    text = word(label, lang)
    return (
        f'<div class="row" role="group" aria-label="{text}"><span class="label">{text}</span>{body}</div>'
        if body
        else ""
    )


def _chip(text: str, button: str, kind: str = "") -> str:
    return f'<span class="chip {kind}"><span dir="auto">{escape(text)}</span>{button}</span>'


def welcome(catalog: Catalog, lang: Lang) -> str:
    """Before the first message: a greeting, and needs to try."""
    return (
        f'<article class="turn full welcome" data-turn="0" tabindex="-1"><div class="answer"><p>{word("hello_hint", lang)}</p>'
        f'<p class="notice">{word("tagline", lang)}</p></div>'
        f'<div class="shelf" tabindex="0" role="region" aria-label="{word("try", lang)}"><h2>{word("hello", lang)}</h2>{starters(catalog, lang)}</div></article>'
    )


def starters(catalog: Catalog, lang: Lang) -> str:
    """Needs to try, by domain where the catalogue has written ones."""
    if catalog.name == BUILTIN_CATALOG:
        tiles = "".join(_tile(domain, catalog.schema, lang) for domain in STARTERS)
    else:
        buttons = "".join(_starter(text) for text in examples(catalog, lang))
        tiles = f'<section class="tile"><h3>{word("try", lang)}</h3>{buttons}</section>' if buttons else ""
    return f'<div class="tiles">{tiles}</div>'


def _tile(domain: str, schema: Schema, lang: Lang) -> str:
    name = escape(schema.label(domain, lang))
    buttons = "".join(_starter(text) for text in STARTERS[domain][0 if lang == "zh" else 1])
    return (
        f'<section class="tile {domain}"><h3>{shape(STARTER_SHAPES[domain])}'
        f'<button type="button" data-do="domain" data-domain="{domain}" data-said="{word("any_of", lang, value=name)}">{titled(name)} <span aria-hidden="true">›</span></button></h3>{buttons}</section>'
    )


def _starter(text: str) -> str:
    return f'<button type="button" class="starter" data-do="say" data-text="{escape(text)}">{escape(text)}</button>'


def examples(catalog: Catalog, lang: Lang) -> tuple[str, ...]:
    """Needs to try in any catalogue: its most frequent categories."""
    schema = catalog.schema
    telling = [
        n for n, f in schema.fields.items() if f.kind in ("categorical", "list") and n not in ("domain", "brand")
    ]
    name = "category" if "category" in telling else next(iter(telling), "")
    common = Counter(v for item in catalog.items for v in item.values(name)[:1]).most_common(5) if name else []
    return tuple(word("any_of", lang, value=schema.label(v, lang)) for v, _ in common)


def moves(now: Sequence[str], before: Sequence[str]) -> dict[str, int | None]:
    """Item id -> places it went up since the list before (negative: down); None where it was not there."""
    ranks = {item_id: rank for rank, item_id in enumerate(before)}
    return {item_id: ranks[item_id] - rank if item_id in ranks else None for rank, item_id in enumerate(now)}


def cause(events: Sequence[Event], names: Mapping[int, str], lang: Lang) -> str:
    """In one line, which reactions an answer follows, the latest first; `names` says what each event is about."""
    last = {(e.item_id, e.field, e.label): e for e in events if e.kind not in PASSING}
    acts = [word(f"cause_{e.kind}", lang, title=names[e.id]) for e in sorted(last.values(), key=lambda e: -e.id)]
    if not acts:
        return ""
    more = [word("cause_more", lang, n=len(acts) - _NAMED, total=len(acts))] if len(acts) > _NAMED else []
    joined = word("and", lang).join(acts[:_NAMED]) + "".join(" " + m if lang == "en" else m for m in more)
    return word("cause", lang, acts=joined)


def toast(text: str, undo_id: int | None, again: bool, lang: Lang) -> str:
    """What just happened, with a way back and a way on."""
    undo = f'<button type="button" data-do="undo" data-event="{undo_id}">{word("undo", lang)}</button>' if undo_id is not None else ""  # fmt: skip
    on = f'<button type="button" data-do="again">{word("again", lang)}</button>' if again else ""
    return f"<span>{escape(text)}</span>{undo}{on}"
