"""Numbers as people write them: 1,299 · 1.2万 · 3k · 三百 · 两千五 · three hundred · half a million."""

import re

import cn2an

_MULTIPLIER = {"万": 1e4, "w": 1e4, "千": 1e3, "k": 1e3, "百": 1e2, "亿": 1e8}
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = {"hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000}
_SMALL = (
    {w: float(i) for i, w in enumerate(_ONES)}
    | {w: 10.0 * (i + 2) for i, w in enumerate(_TENS)}
    | {"a": 1.0, "half": 0.5, "couple": 2.0}
)
_WORD, _SCALE = "|".join(sorted((*_ONES, *_TENS), key=len, reverse=True)), "|".join(_SCALES)
_ENGLISH = (
    rf"\b(?:(?:half a|a couple(?: of)?|a|{_WORD})[ -](?:{_SCALE})|{_WORD})(?:[ -](?:and )?(?:{_WORD}|{_SCALE}))*\b"
)
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?\s?(?:万(?![元块])|千(?![米克])|百|亿|[wk](?![a-z]))?"
NUMBER = rf"(?:{_DIGITS}|[零一二两三四五六七八九十百千万亿]+|{_ENGLISH})"


def number(text: str) -> float | None:
    """The value of such a number; None where it is none."""
    text = text.strip().lower().replace(",", "")
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([万千百亿wk])?", text)
    if match:
        return round(float(match[1]) * _MULTIPLIER.get(match[2] or "", 1), 6)
    return _english(text) if text.isascii() else _chinese(text.replace(" ", ""))


def _chinese(text: str) -> float | None:
    text = text.replace("两", "二")
    short = re.fullmatch(r"(.*)([万千百])([一二三四五六七八九])", text)  # 两千五 = 2500, but cn2an reads 2005
    try:
        if short:
            head, tail = float(cn2an.cn2an(short[1] + short[2], "smart")), float(cn2an.cn2an(short[3], "smart"))
            return head + tail * _MULTIPLIER[short[2]] / 10
        return float(cn2an.cn2an(text, "smart"))
    except ValueError:
        return None


def _english(text: str) -> float | None:
    tokens = re.sub(r"\ba (?=couple)|(?<=half) a\b|\bof\b|\band\b|-", " ", text).split()
    if not tokens or any(t not in _SMALL and t not in _SCALES for t in tokens):
        return None
    total = part = 0.0
    for token in tokens:
        if token in _SMALL:
            part += _SMALL[token]
        elif _SCALES[token] == 100:
            part = (part or 1) * 100
        else:
            total, part = total + (part or 1) * _SCALES[token], 0.0
    return total + part
