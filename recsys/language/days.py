"""Days of things that have a date: 今天的, this week's, 最近三天的, 上个月的, since October."""

import calendar
import re
from collections.abc import Callable, Collection
from datetime import date, timedelta

from recsys.datamodels import Constraint
from recsys.language.numbers import NUMBER, number
from recsys.language.quantities import Bound
from recsys.schema import Schema

Days = tuple[date, date | None]  # the first and the last; None: up to now


def _monday(today: date) -> date:
    return today - timedelta(today.weekday())


def _ago(today: date, days: int) -> Days:
    return today - timedelta(days), today - timedelta(days)


def _month_before(today: date) -> Days:
    last = today.replace(day=1) - timedelta(1)
    return last.replace(day=1), last


_SAID: tuple[tuple[str, str, Callable[[date], Days]], ...] = (
    ("今天|今日|当天", "today", lambda today: (today, None)),
    ("昨天|昨日", "yesterday", lambda today: _ago(today, 1)),
    ("前天", "the day before yesterday", lambda today: _ago(today, 2)),
    ("这周|本周|这个?星期|这个?礼拜", "this week", lambda today: (_monday(today), None)),
    ("上周|上个?星期|上个?礼拜", "last week", lambda today: (_monday(today) - timedelta(7), _monday(today) - timedelta(1))),
    ("这个月|本月|当月", "this month", lambda today: (today.replace(day=1), None)),
    ("上个?月", "last month", _month_before),
    ("今年", "this year", lambda today: (today.replace(month=1, day=1), None)),
)  # fmt: skip
_LENGTH = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "day": 1, "week": 7, "month": 30}
_MONTHS = {m.lower(): n for n, m in enumerate(calendar.month_name) if m}
_OF_ZH = r"(?:的|(?:发布|报道|刊登|发|出|更新)的?|(?=新闻|资讯|报道|文章|头条|消息))"
_CUE_EN = r"(?:from|published|posted|dated|within|only|just) "
_NAMED = tuple((re.compile(rf"(?:{zh}){_OF_ZH}|\b(?:{en})'s|\b{_CUE_EN}(?:{en})\b"), days) for zh, en, days in _SAID)
_RECENT = re.compile(
    rf"(?:最近|近|过去|这)(?:的)?(?P<zh>{NUMBER}|几)?个?(?P<of>天|日|周|星期|礼拜|月)(?:内|以内|之内)?{_OF_ZH}"
    rf"|\b(?:{_CUE_EN}|of |in )(?:the )?(?:last|past) (?P<en>{NUMBER}|few|couple of)? ?(?P<unit>day|week|month)s?\b"
)
_MONTH = re.compile(
    rf"(?P<zh>\d{{1,2}}|十[一二]?|[一二三四五六七八九])月(?:份)?(?:(?P<since>以来|以后|之后|起)(?:的)?|{_OF_ZH})"
    rf"|\b(?P<cue>from|in|since|after|of) (?P<en>{'|'.join(_MONTHS)})\b|\b(?P<own>{'|'.join(_MONTHS)})'s\b"
)
_ONLY = re.compile(r"只[看要读想]|新闻|资讯|报道|文章|头条|消息|\bonly\b|\bnews\b|stor(?:y|ies)\b|headlines?|articles?")


def find(text: str, schema: Schema, categories: Collection[str], today: date | None = None) -> list[Bound]:
    """The days that a lower-case sentence asks for, where items of these categories have a date; counted back from `today`."""
    name = next((n for n in ("date", "日期") if n in schema.kinds and schema.fields[n].kind == "categorical"), "")
    if not name or not (schema.kinds[name] & set(categories) if categories else _ONLY.search(text)):
        return []
    now = today or date.today()
    for pattern, days in _NAMED:
        if match := pattern.search(text):
            return [_bound(name, match, days(now))]
    if match := _RECENT.search(text):
        count = number(match["zh"] or match["en"] or "1") or 3  # a few
        return [_bound(name, match, (now - timedelta(count * _LENGTH[match["of"] or match["unit"]]), None))]
    match = _MONTH.search(text)
    month = _month(match) if match else None
    return [_bound(name, match, _of_month(month, match, now))] if match and month else []


def _month(match: re.Match[str]) -> int | None:
    said = int(number(match["zh"]) or 0) if match["zh"] else _MONTHS[match["en"] or match["own"]]
    return said if 1 <= said <= 12 else None


def _of_month(month: int, match: re.Match[str], today: date) -> Days:
    """The latest month of this number that has begun, or the days since."""
    first = date(today.year - (month > today.month), month, 1)
    if match["since"] or match["cue"] in ("since", "after"):
        return first, None
    return first, first.replace(day=calendar.monthrange(first.year, month)[1])


def _bound(name: str, match: re.Match[str], days: Days) -> Bound:
    first, last = days
    upper = (Constraint(name, "lte", last.isoformat()),) if last else ()
    return Bound(*match.span(), (Constraint(name, "gte", first.isoformat()), *upper))
