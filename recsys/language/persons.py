"""Whom a thing is for, in numbers: how old a person is, for how many people a tent is."""

import re
from collections.abc import Collection

from recsys.datamodels import Constraint
from recsys.language.measures import Measured
from recsys.language.numbers import NUMBER, number
from recsys.language.quantities import Bound
from recsys.schema import Schema

_OLD = re.compile(rf"({NUMBER})\s?周?岁(?:半|多|大)?的?|({NUMBER})[- ]?(?:years?|yrs?)[- ]?olds?\b")
_AGES = ((3, "婴儿"), (13, "儿童"), (18, "青少年"), (55, "成人"), (120, "中老年"))  # below so many years
FOR = re.compile(r"\b(?:for|(?:group|party|family|crowd|team) of) (?:about |around |under |at least |up to )?$")
_PERSONS = re.compile(r"people|persons|seats|players|sleeps|人数|座位")
_PEOPLE = re.compile(r"\s?(?:个|口|位)?人(?![均民像头物造工])(?=[用住坐睡的帐位座,，。 ]|$)|\s?(?:people|persons)\b")
_NOBODY = re.compile(r" ?-?(?!and |with |or |under |please)[a-z\d$%]")  # for two weeks, for 2 nights


def of_age(text: str, schema: Schema, categories: Collection[str]) -> list[Bound]:
    """送五岁男孩, for my 6 year old: things for people of that age, where the catalogue tells for whom its things are."""
    out = []
    for match in _OLD.finditer(text):
        years = number(match[1] or match[2])
        group = next((name for below, name in _AGES if years is not None and years < below), "")
        kinds = schema.support.get(("age", group), {})
        if kinds and (not categories or not kinds.keys().isdisjoint(categories)):
            out.append(Bound(*match.span(), (Constraint("age", "eq", group),)))
    return out


def for_many(text: str, start: int, end: int, value: float, known: dict[str, int], schema: Schema) -> Measured | None:
    """A tent for four: how many people it is for, of what is made for so many."""
    heads = _PEOPLE.match(text, end)
    if not heads and (not FOR.search(text[:start]) or _NOBODY.match(text, end)):
        return None
    own = [n for n in known if _PERSONS.search(n) and schema.fields[n].low <= value <= schema.fields[n].high]
    return Measured(own[0], 1.0, labelled=bool(heads)) if own else None
