"""Numbers as people write them: 1,299 · 1.2万 · 3k · 三百 · 两千五 · 一个半 · 百分之三 · three hundred · half a million."""

import re

import cn2an

from recsys.language.units import MEASURED

_MULTIPLIER = {
    "万": 1e4,
    "w": 1e4,
    "千": 1e3,
    "k": 1e3,
    "百": 1e2,
    "亿": 1e8,
    "hundred": 1e2,
    "thousand": 1e3,
    "grand": 1e3,
    "million": 1e6,
}
_ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SCALES = {"dozen": 12, "hundred": 100, "thousand": 1000, "grand": 1000, "million": 1_000_000}
_SMALL = (
    {w: float(i) for i, w in enumerate(_ONES)}
    | {w: 10.0 * (i + 2) for i, w in enumerate(_TENS)}
    | {"a": 1.0, "an": 1.0, "half": 0.5, "couple": 2.0, "few": 3.0}
)
_WORD, _SCALE = "|".join(sorted((*_ONES, *_TENS), key=len, reverse=True)), "|".join(_SCALES)
_MEASURED = (
    rf"(?= ?-?(?:{'|'.join(MEASURED)}|quarter(?! of| hour| mile| pound)|hrs?|kg|[tgm]b|lbs?|oz|km|ml|per cent)\b)"
)
_ENGLISH = (
    rf"(?<![a-z])(?:(?:half an?|a couple(?: of)?|a few|a|{_WORD})[ -](?:{_SCALE})|{_WORD})(?:(?:[ -]|(?:(?<=hundred)|(?<=thousand)|(?<=million)) and )(?:{_WORD}|{_SCALE}))*(?: and a half)?(?![a-z])"
    rf"|(?<![a-z])(?:(?:an? )?quarter|three quarters|(?:an?|one|two) thirds?) of an? (?:million(?![a-z])|{_MEASURED})"
    rf"|(?<![a-z])(?:half an?|half(?=[ -])|an?|a couple(?: of)?|a dozen)[ -]{_MEASURED}"
)
_DIGITS = r"(?:\d+[万千]\d(?![\d.])|(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?(?:万(?![元块])|千(?![米克瓦])|百|亿|[wk](?![a-z']))| (?:thousand|grand|million)\b)?)"
_CHINESE = r"(?:(?!(?<=[百千][二三四五六七八九])一[位人晚]|(?<=[百千万])一[位人晚])[零一二三四五六七八九十百千万亿]|两(?=[百千万亿])|(?<![零一二三四五六七八九十百千万几半\d])两)+(?:点[零一二三四五六七八九]+)?"  # 四两 is a weight
NUMBER = rf"(?:[二三四五六]分之[一二三四五]|[百千]分之[零一二三四五六七八九十百点\d.]+|{_DIGITS}个?半(?=小时|个?钟头|个?月)|{_DIGITS}(?: and a half(?= (?:kilos?|kg|hours?|litres?|inch(?:es)?|miles?|years?|months?|stars?|cm|feet)\b))?|{_CHINESE}个半|{_CHINESE}|半(?=(?:周?岁)|个?(?:小时|钟头|月|年|斤|公斤|天|升|公里|米|两|尺|英里|磅|tb?(?![a-z])))|{_ENGLISH})"

_MOST = 1e15


def number(text: str) -> float | None:
    """The value of such a number; None where it is none, or one that nobody means (a thousand million million and more)."""
    value = _value(text)
    return value if value is not None and value < _MOST else None


def _value(text: str) -> float | None:
    text = text.strip().lower().replace(",", "").removeprefix("百分之")
    if text.startswith("千分之"):
        tenths = number(text.removeprefix("千分之"))
        return None if tenths is None else round(tenths / 10, 6)
    if part := re.fullmatch(r"([二三四五六])分之([一二三四五])", text):
        return "零一二三四五六".index(part[2]) / "零一二三四五六".index(part[1])
    if text == "半":
        return 0.5
    if text.endswith("半"):
        whole = number(text.removesuffix("半").removesuffix("个"))
        return None if whole is None else whole + 0.5
    match = re.fullmatch(r"(\d+)([万千])(\d)", text)  # 2万5
    if match:
        return (int(match[1]) + int(match[3]) / 10) * _MULTIPLIER[match[2]]
    if text.endswith(" and a half") and (whole := number(text.removesuffix(" and a half"))) is not None:
        return whole + 0.5
    match = re.fullmatch(r"(\d+(?:\.\d+)?) ?([万千百亿wk]|thousand|grand|million)?", text)
    if match:
        return round(float(match[1]) * _MULTIPLIER.get(match[2] or "", 1), 6)
    return _english(text) if text.isascii() else _chinese(text.replace(" ", ""))


def scale(text: str) -> float:
    """What the last word of a number multiplies by (万: 10000), 1 where it has none: "25 to 35 thousand" scales both."""
    match = re.search(r"(?:(?<=\d)|(?<=[\da-z] ))([万千百亿wk]|hundred|thousand|grand|million)$", text.strip().lower())
    return _MULTIPLIER[match[1]] if match else 1.0


def _chinese(text: str) -> float | None:
    text = text.replace("两", "二")
    text = f"一{text}" if text[0] in "百千万" else text  # 千元以内
    short = re.fullmatch(r"(.*)([万千百])([一二三四五六七八九])", text)  # 两千五 = 2500, but cn2an reads 2005
    try:
        if short:
            head, tail = float(cn2an.cn2an(short[1] + short[2], "smart")), float(cn2an.cn2an(short[3], "smart"))
            return head + tail * _MULTIPLIER[short[2]] / 10
        return float(cn2an.cn2an(text, "smart"))
    except ValueError:
        return None


def _english(text: str) -> float | None:
    if share := re.match(r"(?:(an?|one|two|three) )?(quarter|third)s? of an?(?: (million))?$", text.strip()):
        times = {"two": 2, "three": 3}.get(share[1] or "", 1)
        return times / (4 if share[2] == "quarter" else 3) * (_SCALES["million"] if share[3] else 1)
    text, half = re.sub(r" and a half$", "", text), 0.5 if text.endswith(" and a half") else 0.0
    tokens = re.sub(r"\ban? (?=couple|few|dozen)|(?<=half) an?\b|\bof\b|\band\b|-", " ", text).split()
    if not tokens or any(t not in _SMALL and t not in _SCALES for t in tokens):
        return None
    total = part = 0.0
    for token in tokens:
        if token in _SMALL:
            part = part * 100 if 0 < part < 10 <= _SMALL[token] else part  # two-fifty
            part += _SMALL[token]
        elif _SCALES[token] <= 100:
            part = (part or 1) * _SCALES[token]
        else:
            total, part = total + (part or 1) * _SCALES[token], 0.0
    return total + part + half
