"""Cleaning of any text that comes from outside: messages and catalogue cells alike."""

import html
import re
import unicodedata

_TAG = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?-->|</?[a-zA-Z][^<>]{0,500}>", re.S | re.I)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060\ud800-\udfff\ufeff\ufe0f]")
_SPACE = re.compile(r"\s+")
_MARKS = re.compile("([，。！？；：（）])")
_UNCLEAN = re.compile(r"[^ -~\u3400-\u9fff]|[<&]|  ")


def clean(text: str, keep_marks: bool = False) -> str:
    """Drop HTML and control characters, resolve entities, make full-width half-width, fold white space.

    `keep_marks` leaves Chinese punctuation as it is, for prose that people read.
    """
    if not _UNCLEAN.search(text):  # most cells of most files
        return text.strip()
    text = html.unescape(_TAG.sub(" ", text))
    text = _TAG.sub(" ", text)  # markup that was itself escaped
    parts = _MARKS.split(text) if keep_marks else [text]
    text = "".join(p if keep_marks and _MARKS.fullmatch(p) else unicodedata.normalize("NFKC", p) for p in parts)
    return _SPACE.sub(" ", _CONTROL.sub("", text)).strip()


def identifier(text: str) -> str:
    """An id as it is written, without what cannot be seen."""
    return "".join(c for c in text if c.isprintable()).strip()
