"""Numbers that bound nothing: pieces, counts, names, habits; and what somebody has to spend or to invest."""

import re

from recsys.language.units import UNITS

_PIECE = re.compile(
    r"(?![以之左上内下的多就到至钱出封起吧啊也都能行可呢吗或和还我])[\u4e00-\u9fff]"
)  # 一块表 is a watch
_AGED = re.compile(r"\bfor (?:ages? |kids |children )?$")
_NAME_OF = re.compile(r"\b(?:spf|ipx?|pa|rtx|gtx|usb|hdmi|wi-?fi|bluetooth|mk|gen|version|type) ?-?$")  # SPF 50
_SPAN_OF = re.compile(r"an? (?:day|hour|week|month|year)s? of (?!battery|life|use|charge|playback|juice|range)")
_EVERY = re.compile(r"\bevery $")  # cash in every three months
_CLOCK = re.compile(r"\s?(?:[ap]\.?m\b|o'?clock\b)")
_SCHOOL = re.compile(r"(?<![最更])[高初大研]$")  # 高三: a year at school
_HABIT = re.compile(
    r"\s?(?:(?:a|per|each|every) (?:day|week|month|year)\b|/天|(?<=[里次时])(?:每天|一天))"
)  # 40 miles a day is no range
_COMMUTE = re.compile(
    r"(?:来回|单程|往返|每天|一天|天天)(?:得?跑|要跑|开|骑|[坐挤][^,，。]{0,3})?(?:大概|大约|差不多)?\s?$"
)
_COUNTED = re.compile(
    r"\s?(?:个(?!小时|点|月|半)|人(?!均)|件|条|款|部|双|次|位|种|台|本|只|号|分[袖裤糖钟之]|代|楼|点|st\b|nd\b|rd\b|th\b|people\b|things\b|of\b)"
)
HAVE = re.compile(
    r"(?:我有|手里有|手(?:里头|[头上里])(?:就|只)?(?:有|剩)?(?:下|了)?|就有|有|闲钱|里(?:拿|取|挪|匀|抽)出?|open with|start with|begin with|get in with|i have|i've got|i've only got|i only have|i got|have|got|invest|put(?: in)?|投|存)\s*(?:个|笔|about |around |only |just )?$"
)
_TIME_LEFT = re.compile(
    r"(?:我们?(?:只|就)有|\b(?:i|we)(?:'ve| have)? (?:only |just )?(?:got|have)(?: only| just)?) ?(?:about |around )?$"
)
_WELCOME = re.compile(r"\s?也(?:ok|行|可以|没关系|没事|无所谓|不要紧|能接受|坐得住)")  # 超过两小时也ok
_VAGUE = frozenset({"分", "日", "月", "周", "星期"})  # too often no unit at all (七分袖, 5G) unless a bound is stated


def counts(text: str, ends: tuple[int, int], unit: str | None, value: float, rated: bool) -> bool:
    """True where a number only says how many things: 两件, a cup."""
    of_them = _COUNTED.match(text, ends[0]) or _COUNTED.match(text, ends[1])
    of_them = None if of_them and unit and of_them[0].strip() == "of" else of_them  # 32 gigs of memory
    return bool(of_them) or (unit in _VAGUE and not rated) or (unit in ("杯", "集") and value == 1)


def no_amount(text: str, at: int, ends: tuple[int, int], unit: str | None, value: float, kind: str) -> bool:
    """True for a piece of something (一块表), for how old people are (for 8+), for what is part of a name (SPF 50), and for more that
    is welcome. `ends` are where the number and the words around it end.
    """
    end = ends[0]
    if (
        _NAME_OF.search(text[:at])
        or _CLOCK.match(text, end)
        or (unit and _EVERY.search(text[:at]))
        or (kind == "gte" and _WELCOME.match(text, ends[1]))
    ):
        return True
    if not unit and value <= 4 and text[at] in "一二三四" and kind == "exact" and _SCHOOL.search(text[:at]):
        return True
    if _SPAN_OF.match(text, at) or (kind == "exact" and text[at : at + 2] == "半天"):  # 挑了半天, a day of meetings
        return True
    piece = unit == "块" and value < 10 and kind == "exact" and _PIECE.match(text, end)
    together = unit == "块" and value == 1 and kind == "exact" and "一块" in text[max(0, at - 1) : end]  # 能拼一块
    return bool(
        piece or together or (not unit and value < 20 and text[end : end + 1] == "+" and _AGED.search(text[:at]))
    )


def habit(text: str, at: int, end: int, kind: str) -> int:
    """Where a number at text[at:end] that tells what is done regularly ends: 40 miles a day; 0 where it tells none."""
    daily = _HABIT.match(text, end) if kind in ("exact", "near") else None
    return daily.end() if daily else end if _COMMUTE.search(text[:at]) else 0


def at_hand(before: str, unit: str) -> bool:
    """True after words of having, for what one has of money or time: 手上五万块, I've only got an hour."""
    own = {"元": HAVE, "h": _TIME_LEFT, "min": _TIME_LEFT}.get(UNITS[unit][0])
    return own is not None and bool(own.search(before))
