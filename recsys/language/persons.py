"""Whom a thing is for, in numbers: how old a person is, for how many people a tent is."""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from recsys.datamodels import Constraint
from recsys.language.measures import Measured, numeric
from recsys.language.numbers import NUMBER, number
from recsys.language.quantities import INF, Bound, between
from recsys.schema import Schema

_OLD = re.compile(rf"({NUMBER})\s?周?岁(?:半|多|大)?的?|({NUMBER})[- ]?(?:years?|yrs?)[- ]?olds?\b")
_AGES = ((3, "婴儿"), (13, "儿童"), (18, "青少年"), (55, "成人"), (120, "中老年"))  # below so many years
FOR = re.compile(
    r"\b(?:for|(?:group|party|family|crowd|team) of|feeds?|serves?|seats?|seating|sleeps?|sleeping) (?:about |around |under |at least |up to )?$"
)
_PERSONS = re.compile(r"people|persons|seats|players|sleeps|人数|座位")
_PEOPLE = re.compile(
    r"\s?(?:个|口|位)?人(?![均民像头物造工])(?=[以用住坐睡吃喝玩的帐位座沙好能一就足,，。 ]|$)|\s?(?:people|persons)\b"
)
_PARTY = re.compile(rf"({NUMBER})\s?(?:个|口|位)?人(?![均民像头物造工])|\b({NUMBER}) (?:of us|people|persons|adults)\b")
_PARTY_OF = re.compile(r"([单双三四五六])人(?!床|间|房|餐|组|份|行)")
_TOTAL = re.compile(
    r"总共|一共|总预算|总价|加起来|拢共|一起花|\b(?:in total|total|altogether|in all|between us|for all of us)\b"
)
_A_HEAD = re.compile(r"人均|每人|每位|一位|\b(?:per|a|each) (?:head|person)\b|\beach\b|apiece")
_NOBODY = re.compile(r" ?-?(?!and |with |or |under |please)[a-z\d$%]")  # for two weeks, for 2 nights


def of_age(text: str, schema: Schema, categories: Collection[str]) -> list[Bound]:
    """送五岁男孩, for my 6 year old: things for people of that age, where the catalogue tells for whom its things are."""
    out = []
    for match in _OLD.finditer(text):
        years = number(match[1] or match[2])
        months = [n for n in numeric(schema, categories) if schema.fields[n].unit == "个月"] if categories else []
        if months and years is not None:  # a pram for one half a year old: from six months on, or sooner
            out.append(Bound(*match.span(), between(months[0], -INF, 12 * years)))
            continue
        group = next((name for below, name in _AGES if years is not None and years < below), "")
        kinds = schema.support.get(("age", group), {})
        if kinds and (not categories or not kinds.keys().isdisjoint(categories)):
            out.append(Bound(*match.span(), (Constraint("age", "eq", group),)))
    return out


def of_party(text: str, schema: Schema, categories: Collection[str]) -> list[Bound]:
    """双人帐篷: for how many people a thing is made, of what has that number."""
    match = _PARTY_OF.search(text)
    own = [n for n in numeric(schema, categories) if _PERSONS.search(n)] if match and categories else []
    count = float("_单双三四五六".index(match[1])) if match else 0.0
    return [Bound(*match.span(), between(own[0], count, count))] if match and own else []


def shared(text: str, bounds: Sequence[Bound], schema: Schema) -> list[Bound]:
    """A budget for all of a party, of what has a price a head: 四个人总共六百 is 150 each."""
    price, party = schema.fields.get("price"), _PARTY.search(text)
    each = "人均" in price.words if price is not None else False
    count = (
        number(next(filter(None, party.groups())))
        if party and each and _TOTAL.search(text) and not _A_HEAD.search(text)
        else None
    )
    if not count or count < 2:
        return list(bounds)
    return [
        replace(
            b,
            constraints=tuple(
                Constraint(c.field, c.op, c.number / count) if c.field == "price" else c for c in b.constraints
            ),
        )
        for b in bounds
    ]


def for_many(text: str, start: int, end: int, value: float, known: dict[str, int], schema: Schema) -> Measured | None:
    """A tent for four: how many people it is for, of what is made for so many."""
    heads = _PEOPLE.match(text, end)
    if not heads and (not FOR.search(text[:start]) or _NOBODY.match(text, end)):
        return None
    own = [n for n in known if _PERSONS.search(n) and schema.fields[n].low <= value <= schema.fields[n].high]
    own.sort(key=lambda n: -known[n])
    return Measured(own[0], 1.0, labelled=bool(heads)) if own else None
