"""The frame of the page: header, composer, and the places that the rest goes into."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType

from recsys.datamodels import Lang
from recsys.settings import ASSETS, BUILTIN_CATALOG
from recsys.web.thread import edit_button
from recsys.web.words import titled, word

_LINES = {
    "history": '<path d="M4 12a8 8 0 1 0 2.4-5.7M4 4v4h4M12 8v4.5l3 2"/>',
    "taste": '<path d="M4 19V5M4 19h16"/><circle cx="9" cy="14" r="1.4"/><circle cx="13" cy="9" r="1.4"/><circle cx="17.5" cy="12" r="1.4"/>',
    "more": '<circle cx="5" cy="12" r="1.2"/><circle cx="12" cy="12" r="1.2"/><circle cx="19" cy="12" r="1.2"/>',
    "new": '<path d="M12 5v14M5 12h14"/>',
    "send": '<path d="M5 12h13M12.5 6l6 6-6 6"/>',
}
_SCRIPTED = ("busy", "uploading", "upload_failed")  # texts that the page says without the server


@dataclass(frozen=True, slots=True)
class Places:
    """What the page can switch to: catalogues, and the domains of this one with their names."""

    catalogs: Sequence[str]
    catalog: str
    uploads: bool = False
    domains: Mapping[str, str] | None = None
    domain: str = ""


def line(name: str) -> str:
    """An icon of the header."""
    return f'<svg viewBox="0 0 24 24" aria-hidden="true">{_LINES[name]}</svg>'


def script() -> str:
    """What the page does."""
    return "\n".join((ASSETS / name).read_text("utf-8") for name in ("page.js", "looking.js"))


def door() -> str:
    """What stands there first: the skeleton, and the few texts that are needed where the server does not answer."""
    pairs = (
        (lang, json.dumps({k: word(k, lang, n="{n}", name="{name}") for k in _SCRIPTED}, ensure_ascii=False))
        for lang in ("zh", "en")
    )
    texts = " ".join(f'data-{lang}="{escape(told)}"' for lang, told in pairs)
    return f'<div id="attune" class="attune" {texts}>{skeleton()}</div>'


def skeleton() -> str:
    """What stands there before the first word from the server: the same frame without words."""
    bars = "".join(f'<div class="bone" style="width:{w}%"></div>' for w in (62, 84, 46))
    return (
        '<header class="top"><div class="brand"><span class="mark" aria-hidden="true">✦</span><b>随心荐 Attune</b></div></header>'
        f'<div class="stage"><section class="talk"><div class="thread"><article class="turn full welcome active"><div class="answer">{bars}</div>'
        f'<div class="shelf">{ghosts(8)}</div></article></div><div class="ask"></div></section></div>'
    )


def ghosts(count: int = 8) -> str:
    """Cards that are still to come."""
    one = '<div class="card ghost" aria-hidden="true"><div class="picture"></div><div class="body"><div class="bone" style="width:70%"></div><div class="bone" style="width:40%"></div><div class="bone" style="width:90%"></div></div></div>'
    return f'<div class="cards">{one * count}</div>'


def shell(lang: Lang, places: Places, lasting: bool, thread: str) -> str:
    """The whole frame in a language, with the conversation in it."""
    banner = "" if lasting else f'<p class="banner" role="note">{word("storage", lang)}</p>'
    return (
        f'<a class="skip" href="#need">{word("skip", lang)}</a>{_header(lang, places)}{banner}'
        f'<p class="banner offline" id="offline" role="status" hidden>{word("offline", lang)}</p>'
        f'<div class="stage"><section class="talk">'
        f'<div class="thread" id="thread" tabindex="0" role="region" aria-label="{word("chat", lang)}">{thread}</div>{_composer(lang)}</section></div>'
        f'<div id="toast" class="toast" role="status" hidden></div><div id="live" class="unseen" aria-live="polite"></div>'
        f'<dialog id="sheet" class="sheet" aria-labelledby="sheet-title"></dialog><template id="ghosts">{_waiting(lang)}</template>'
    )


def _waiting(lang: Lang) -> str:
    """The turn that is being answered."""
    dots = f'<span class="dots" role="img" aria-label="{word("thinking", lang)}"><i></i><i></i><i></i></span>'
    return (
        f'<article class="turn full pending"><p class="said" dir="auto"></p>{edit_button(lang)}<div class="answer">{dots}</div><div class="shelf">{ghosts()}</div></article>'
        f'<div class="failed" role="alert"><p>{word("lost", lang)}</p><button type="button" data-do="retry">{word("retry", lang)}</button></div>'
    )


def _header(lang: Lang, places: Places) -> str:
    tools = "".join(
        f'<button type="button" class="tool" data-do="panel" data-panel="{name}" aria-label="{word(name, lang)}" title="{word(name, lang)}">'
        f"{line(name)}<span>{word(name, lang)}</span></button>"
        for name in ("history", "taste")
    )
    return (
        f'<header class="top"><div class="brand"><span class="mark" aria-hidden="true">✦</span><div><h1>{word("title", lang)}</h1>'
        f'<p>{word("tagline", lang)}</p></div></div><nav class="tools" aria-label="{word("more_title", lang)}">'
        f'<span class="wide">{choose(lang, places, "catalog")}{choose_domain(lang, places, "domain")}{upload(lang) if places.uploads else ""}</span>{tools}'
        f'<button type="button" class="tool" id="lang" data-do="speak" lang="{"en" if lang == "zh" else "zh-CN"}" title="{word("switch_language", lang)}">{word("other_language", lang)}</button>'
        f'<button type="button" class="tool" data-do="panel" data-panel="more" aria-label="{word("more", lang)}" title="{word("more", lang)}">{line("more")}</button>'
        f'<button type="button" class="tool strong" id="new" data-do="new" aria-label="{word("new", lang)}" title="{word("new", lang)}">{line("new")}<span>{word("new", lang)}</span></button></nav></header>'
    )


def choose(lang: Lang, places: Places, element: str) -> str:
    """The switch of catalogues."""
    names = {n: word("builtin", lang) if n == BUILTIN_CATALOG else n for n in places.catalogs}
    return _select(element, "switch", word("catalog", lang), names, places.catalog)


def choose_domain(lang: Lang, places: Places, element: str) -> str:
    """The switch of domains, where the catalogue has several."""
    if not places.domains or len(places.domains) < 2:
        return ""
    names = {"": word("all_domains", lang), **{d: titled(name) for d, name in places.domains.items()}}
    said = {d: asking(d, name, lang) for d, name in (("", ""), *places.domains.items())}
    return _select(element, "domain", word("domain", lang), names, places.domain, said)


def asking(domain: str, name: str, lang: Lang) -> str:
    """What somebody says who goes to a domain, or back to all."""
    return word("any_of", lang, value=name) if domain else word("start_over", lang)


def _select(
    element: str,
    change: str,
    label: str,
    names: Mapping[str, str],
    chosen: str,
    said: Mapping[str, str] = MappingProxyType({}),
) -> str:
    options = "".join(
        f'<option value="{escape(key)}" data-said="{escape(said.get(key, ""))}"{" selected" if key == chosen else ""}>{escape(name)}</option>'
        for key, name in names.items()
    )
    return f'<select id="{element}" data-change="{change}" aria-label="{label}">{options}</select>'


def upload(lang: Lang) -> str:
    """The button that takes a file."""
    return (
        f'<label class="tool upload" title="{word("upload_hint", lang)}"><input type="file" data-change="upload" class="unseen" '
        f'accept=".csv,.tsv,.json,.jsonl,.ndjson,.parquet,.xlsx">{word("upload", lang)}</label>'
    )


def _composer(lang: Lang) -> str:
    return (
        f'<form class="ask" id="ask"><p class="editing" id="editing" role="status" hidden>{word("editing", lang)}'
        f'<button type="button" data-do="leave">{word("cancel", lang)}</button></p><textarea id="need" rows="1" aria-label="{word("message", lang)}" placeholder="{word("placeholder", lang)}" '
        f'autocomplete="off" enterkeyhint="send"></textarea><button type="submit" id="send" aria-label="{word("send", lang)}" title="{word("send", lang)}">{line("send")}</button></form>'
    )


def progress(message: str, lang: Lang) -> str:
    """A line of progress, which the log has in English: in Chinese what it counts, if it counts."""
    if lang == "en":
        return message
    counted = re.search(r"([\d,]+) of ([\d,]+)", message)
    return word("counted", lang, done=counted[1], all=counted[2]) if counted else ""


def starting(message: str, seconds: float, estimate: float, lang: Lang) -> str:
    """The first page while the server is still loading: what it does, and about how long it will take."""
    left = round(estimate - seconds)
    when = word("starting_left", lang, n=left) if left > 1 else word("starting_soon", lang)
    share = min(seconds / max(estimate, 1), 0.97)
    first = f"<p>{word('starting_first', lang)}</p>" if estimate > 20 else ""
    return (
        f'<div class="starting"><span class="mark" aria-hidden="true">✦</span><h1>{word("title", lang)}</h1><p role="status">{word("starting", lang)} {when}</p>'
        f'<progress max="1" value="{share:.2f}" aria-label="{word("starting", lang)}"></progress><p class="hint">{escape(progress(message, lang))}</p>{first}</div>'
    )
