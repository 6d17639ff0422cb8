"""What opens over the page: why, history, taste with what is known, settings and help. All of it HTML from plain values."""

import time
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from recsys.datamodels import Lang
from recsys.explanation import Explanation
from recsys.memories import Memory
from recsys.texts import say
from recsys.web.cards import icon
from recsys.web.plots import TasteMap, bars, taste_map, waterfall
from recsys.web.shell import Places, choose, choose_domain, upload
from recsys.web.thread import Learned
from recsys.web.words import word

_SEEN = 0.005  # a part below it would be a bar of no width and +0.00
_LEAST = 0.01  # effects below it are not worth a line
_KEYS = (
    ("Enter", "key_enter"), ("Shift Enter", "key_shift_enter"), ("↑", "key_up"), ("/", "key_slash"), ("1 – 9", "key_digit"),
    ("Shift 1 – 9", "key_shift_digit"), ("Esc", "key_escape"), ("?", "key_help"),
)  # fmt: skip


def sheet(title: str, body: str, lang: Lang) -> str:
    """The frame of anything that opens."""
    return (
        f'<header><h2 id="sheet-title" dir="auto">{escape(title)}</h2><button type="button" class="round" data-do="close" '
        f'aria-label="{word("close", lang)}">×</button></header><div class="inside" tabindex="0" role="group" aria-labelledby="sheet-title">{body}</div>'
    )


def why(explanation: Explanation, about: str, facts: str, lang: Lang) -> str:
    """An item's facts, how likely it is to please, the parts of its score, the words and events that moved it, and what if."""
    item = explanation.item
    said = [(name, value) for name, value in explanation.parts.items() if name == "bias" or abs(value) >= _SEEN]
    parts = sorted(said, key=lambda p: (p[0] != "bias", -abs(p[1])))
    body = f'<p dir="auto">{escape(about)}</p><p class="facts" dir="auto">{escape(facts)}</p>'
    if parts:
        body += (
            f'<h3>{word("because", lang)}</h3><p class="big">{word("score", lang, score=round(100 * explanation.likely))}'
            f'<span class="hint"> · {escape(explanation.confidence)}</span></p>{_words(explanation, lang)}'
            f"{waterfall([(_part(name, lang), value) for name, value in parts], word('total', lang))}"
            f'<p class="hint">{word("scale_hint", lang)}</p>'
        )
    lines = "".join(
        f'<li dir="auto">{escape(word("history_line", lang, title=other.name(lang), kind=say(kind, lang)))} <b>{effect:+.2f}</b></li>'
        for other, kind, effect in explanation.history
        if abs(effect) >= _LEAST
    )
    if lines:
        body += f'<h3>{word("moved_by", lang)}</h3><ul class="lines">{lines}</ul>'
    what_if = dict.fromkeys((explanation.counterfactual, *(w.text for w in explanation.what_ifs)))
    if explanation.likeness is not None:
        what_if = dict.fromkeys((explanation.likeness.text, *what_if))
    body += "".join(f'<p dir="auto">{escape(text)}</p>' for text in what_if if text)
    return sheet(item.name(lang), body, lang)


def _words(explanation: Explanation, lang: Lang) -> str:
    """The need with each word as bright as what it does for this item; what speaks against it is struck through."""
    if not explanation.words:
        return ""
    most = max(abs(w.effect) for w in explanation.words) or 1.0
    out, at = "", 0
    for w in explanation.words:
        share = round(100 * abs(w.effect) / most)
        kind = "against" if w.effect < 0 else "for"
        out += f'{escape(explanation.need[at : w.start])}<mark class="{kind}" style="--share:{share}%">{escape(w.word)}</mark>'
        at = w.end
    return f'<p class="need" dir="auto">{word("your_words", lang)} {out}{escape(explanation.need[at:])}</p>'


def _part(name: str, lang: Lang) -> str:
    try:
        return word(name, lang)
    except KeyError:  # a part that is newer than this page
        return name


def history(sessions: Sequence[Mapping[str, Any]], current: str, lang: Lang) -> str:
    """Past conversations, the latest first."""
    rows = ""
    for s in sessions:
        key, title = escape(str(s["id"])), escape(str(s["title"]))
        here = f'<span class="now">{word("current", lang)}</span>' if s["id"] == current else ""
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(s["updated_at"]))
        rows += (
            f'<li data-session="{key}" data-title="{title.lower()}"><button type="button" class="title" data-do="reopen" data-session="{key}" '
            f'aria-label="{word("open_named", lang, title=title)}"><b dir="auto">{title}</b>{here}<time>{when}</time></button>'
            f'<form class="rename" data-session="{key}" hidden><input maxlength="60" value="{title}" aria-label="{word("new_name", lang)}"><button type="submit">{word("save", lang)}</button></form>'
            f'<span class="acts"><button type="button" data-do="renaming" aria-label="{word("rename_named", lang, title=title)}">{word("rename", lang)}</button>'
            f'<button type="button" data-do="delete" data-session="{key}" data-sure="{word("sure", lang)}" aria-label="{word("delete_named", lang, title=title)}">{word("delete", lang)}</button></span></li>'
        )
    if not rows:
        body = f'<p class="hint">{word("no_history", lang)}</p>'
    else:
        body = (
            f'<input type="search" id="search" placeholder="{word("search_history", lang)}" aria-label="{word("search_history", lang)}">'
            f'<ul class="sessions">{rows}</ul><p class="hint none" hidden>{word("no_match", lang)}</p>'
        )
    body += f'<p><button type="button" class="plain" data-do="export">{word("export", lang)}</button></p>'
    return sheet(word("history_title", lang), body, lang)


def taste(
    m: TasteMap, leanings: Sequence[Learned], known: Sequence[Memory], thumbs: Mapping[str, str], lang: Lang
) -> str:
    """The map, the leanings as bars, and everything that is remembered, to change or delete."""
    legend = "".join(
        f'<li class="{kind}"><i aria-hidden="true"></i>{word(text, lang)}</li>'
        for kind, text in (("plus", "legend_liked"), ("minus", "legend_disliked"), ("trail", "legend_trail"))
    )
    empty = "" if len(m.trail) else f'<p class="hint">{word("map_empty", lang)}</p>'
    rows = [(x.text, x.weight, x.button("round", lang)) for x in leanings]
    leaning = bars(rows) if rows else f'<p class="hint">{word("no_leanings", lang)}</p>'
    body = (
        f'<figure>{taste_map(m, word("map_label", lang), word("you", lang))}<figcaption><ul class="legend">{legend}</ul></figcaption></figure>{empty}'
        f"<h3>{word('leanings', lang)}</h3>{leaning}<h3>{word('known', lang)}</h3>{_known(known, thumbs, lang)}"
        f'<p><button type="button" class="plain danger" data-do="forget_all" data-sure="{word("forget_all_sure", lang)}">{word("forget_all", lang)}</button></p>'
    )
    return sheet(word("taste_title", lang), body, lang)


def _known(known: Sequence[Memory], thumbs: Mapping[str, str], lang: Lang) -> str:
    """The events that stand; on an item, the thumb can be turned."""
    rows = ""
    for m in known:
        if m.event_id is None:  # a leaning: its bar is above
            continue
        text, key = escape(m.text), escape(m.item_id)
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(m.at)) if m.at else ""
        buttons = "".join(
            f'<button type="button" class="round" data-do="opine" data-kind="{kind}" data-id="{key}" aria-pressed="{str(thumbs.get(m.item_id) == kind).lower()}" '
            f'aria-label="{word(kind, lang)}: {text}">{icon(kind)}</button>'
            for kind in (("like", "dislike") if m.item_id else ())
        )
        rows += (
            f'<li><span><b dir="auto">{text}</b> <time>{when}</time></span><span class="acts">{buttons}'
            f'<button type="button" data-do="forget" data-event="{m.event_id}" aria-label="{word("forget_named", lang, title=text)}">{word("forget", lang)}</button></span></li>'
        )
    if not rows:
        return f'<p class="hint">{word("known_none", lang)}</p>'
    return f'<p class="hint">{word("known_hint", lang)}</p><ul class="known">{rows}</ul>'


def more(lang: Lang, places: Places) -> str:
    """Catalogue, domain, language, theme, keyboard, and what is kept."""
    keys = "".join(f"<div><dt><kbd>{key}</kbd></dt><dd>{word(text, lang)}</dd></div>" for key, text in _KEYS)
    body = (
        f'<p class="choices"><label>{word("catalog", lang)} {choose(lang, places, "catalog-more")}</label>{_domains(lang, places)}{upload(lang) if places.uploads else ""}'
        f'<button type="button" class="plain" data-do="speak">{word("switch_language", lang)}</button>'
        f'<button type="button" class="plain" data-do="theme">{word("theme", lang)}</button></p>'
        f'<section class="keyboard"><h3>{word("help", lang)}</h3><dl class="keys">{keys}</dl></section><p class="hint">{word("kept", lang)}</p>'
    )
    return sheet(word("more_title", lang), body, lang)


def _domains(lang: Lang, places: Places) -> str:
    chosen = choose_domain(lang, places, "domain-more")
    return f"<label>{word('domain', lang)} {chosen}</label>" if chosen else ""
