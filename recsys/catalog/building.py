"""From a table to items: which column is which field, what each cell says, and which rows cannot be used."""

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from recsys.catalog import columns as kinds
from recsys.catalog import headers
from recsys.catalog.columns import Column
from recsys.catalog.reading import Cell, Problem, Table
from recsys.cleaning import clean, identifier
from recsys.datamodels import Item, Value

_CATEGORIES = ("category", "domain", "brand")
_NUMBERS = ("price", "rating", "popularity")
_LONGEST_ID = 200
_SHORT = 48  # columns of type up to which a text cell is shown after its column's name


def understand(table: Table, mapping: Mapping[str, str]) -> list[Column]:
    """Every column of the table with its field, kind and values.

    Raises:
        CatalogError: there is no title, or the mapping names what does not exist.
    """
    assigned = headers.assign(table.columns, mapping)
    raw = {name: [row[i] for row in table.rows] for i, name in enumerate(table.columns)}
    out = [column for name, found in assigned.items() for column in _canonical(name, found, raw)]
    canonical = {c.header.name: c.field for c in out}
    reserved = {*headers.HEADERS, "shape", "attributes"}
    for name in table.columns:
        if name in canonical and (canonical[name] != "popularity" or name == "popularity"):
            continue
        header = headers.parse(name)
        column = kinds.attribute(header, kinds.cleaned(raw[name]))  # sales are also kept as they are
        if column.kind == "text":
            column = kinds.text(header, name, kinds.cleaned(raw[name], kinds.prose))
        if column.field in reserved:
            column.field = f"{name}_{column.kind}"
        out.append(column)
    return out + _domain_as_category(out)


def _domain_as_category(columns: Sequence[Column]) -> list[Column]:
    """Where a file has kinds of things but no categories, the kinds are the categories too."""
    fields = {c.field: c for c in columns}
    domain = fields.get("domain")
    if domain is None or "category" in fields:
        return []
    return [replace(domain, field="category", words=headers.FIELD_WORDS["category"])]


def _canonical(name: str, candidates: Sequence[str], raw: Mapping[str, Sequence[Cell]]) -> list[Column]:
    """The column of a canonical field; several for a price that different kinds of rows keep in different columns."""
    found: list[Column] = []
    for candidate in candidates:
        column = _read(name, headers.parse(candidate), raw[candidate])
        if column is None or any(_overlap(column, other) for other in found):
            continue
        found.append(column)
        if name != "price":
            break
    return found


def _read(name: str, header: headers.Header, raw: Sequence[Cell]) -> Column | None:
    """A column as one canonical field; None where its cells are nothing of the kind."""
    cleaner = identifier if name == "id" else kinds.prose if name.startswith("description") else clean
    cells = kinds.cleaned(raw, cleaner)
    if name in _NUMBERS:
        return kinds.number(header, name, cells)
    if name in _CATEGORIES:
        return kinds.category(header, name, cells)
    return kinds.image(header, cells) if name == "image" else kinds.text(header, name, cells)


def _overlap(a: Column, b: Column) -> bool:
    return any(x is not None and y is not None for x, y in zip(a.values, b.values, strict=True))


@dataclass
class Built:
    """Items with the line of each, and what their cells said where that differs from what was read."""

    items: list[Item] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    raw: dict[str, dict[str, Any]] = field(default_factory=dict)


def build(table: Table, columns: Sequence[Column]) -> Built:
    """Items from understood columns; what is wrong is added to the table's problems."""
    by_field: dict[str, list[Column]] = {}
    for column in columns:
        by_field.setdefault(column.field, []).append(column)
    attributes = [c for c in columns if c.field not in headers.HEADERS]
    place = {name: i for i, name in enumerate(table.columns)}
    wrong = _unread(table, columns, place)
    _scale_popularity(by_field.get("popularity", ()))
    currency = _currency(by_field.get("price", ()))
    named = {name: found[0].header.name for name, found in by_field.items()}
    built = Built()
    seen: dict[str, int] = {}
    for row, (line, cells) in enumerate(zip(table.lines, table.rows, strict=True)):
        got = {name: _first(found, row) for name, found in by_field.items() if name in headers.HEADERS}
        got["id"] = item_id = str(got.get("id") or _hash(cells))
        reason = wrong.get(row) or _missing(got, item_id) or _repeated(item_id, seen, "id" in by_field)
        if reason is not None:
            name = named.get(reason[0], reason[0])
            value = str(cells[place[name]])[:80] if name in place else ""
            table.problems.append(Problem(line, name, reason[1], value))
            continue
        seen[item_id] = line
        sign = next((c.currencies[row] for c in by_field.get("price", ()) if row in c.currencies), currency)
        built.items.append(_item(row, got, attributes, sign))
        built.lines.append(line)
        differing = _raw(cells, columns, place, row)
        if differing:
            built.raw[item_id] = differing
    _note_alike(built, table.problems)
    return built


def _item(row: int, got: Mapping[str, Value | None], attributes: Sequence[Column], currency: str) -> Item:
    own: dict[str, Value] = {}
    more: list[str] = []
    for column in attributes:
        value = column.values[row]
        if value is not None:
            own[column.field] = value
            if column.kind == "text":  # free text is searched, and read, as part of the description
                short = kinds.width(str(value)) <= _SHORT
                more.append(f"{column.header.label}: {value}" if short else str(value))
    plain = {k: str(v) for k, v in got.items() if k not in _NUMBERS and v is not None}
    plain["description"] = " · ".join(filter(None, (plain.get("description", ""), *more)))
    plain["currency"] = plain.get("currency", "").upper()[:8] or currency
    numbers = {k: float(v) for k in _NUMBERS if isinstance(v := got.get(k), float)}
    return Item(**plain, **numbers, attributes=own)  # type: ignore[arg-type]


def _scale_popularity(found: Sequence[Column]) -> None:
    """Popularity as 0..1: as it is where the column already is, else on a logarithmic scale up to the highest."""
    for column in found:
        top = max((v for v in column.values if isinstance(v, float)), default=0.0)
        for row, value in enumerate(column.values):
            if isinstance(value, float):
                shared = value if top <= 1 else round(math.log1p(max(value, 0.0)) / math.log1p(top), 4)
                column.values[row] = max(shared, 0.0)


def _currency(prices: Sequence[Column]) -> str:
    """The currency of prices without a sign: that of most signs, yuan under a Chinese header, or none."""
    said = next((c.currency for c in prices if c.currency), "")
    return said or ("CNY" if any(not c.header.name.isascii() for c in prices) else "")


def _first(found: Sequence[Column], row: int) -> Value | None:
    return next((c.values[row] for c in found if c.values[row] is not None), None)


def _unread(table: Table, understood: Sequence[Column], place: Mapping[str, int]) -> dict[int, tuple[str, str]]:
    """Rows whose price or rating cannot be read; other unreadable cells are noted and left out."""
    wrong: dict[int, tuple[str, str]] = {}
    for column in understood:
        name = column.header.name
        if column.field in ("price", "rating"):
            wrong |= dict.fromkeys(column.unread, (name, f"is not a {column.field} of 0 or more"))
            continue
        reason = (
            "is no web address and no picture file beside the catalogue"
            if column.kind == "image"
            else "is not a number"
        )
        for row in column.unread:
            value = str(table.rows[row][place[name]])[:80]
            table.problems.append(Problem(table.lines[row], name, f"{reason}; left out", value, rejected=False))
    return wrong


def _missing(got: Mapping[str, Value | None], item_id: str) -> tuple[str, str] | None:
    if not got.get("title"):
        return "title", "has no title"
    return ("id", f"has an id of more than {_LONGEST_ID} characters") if len(item_id) > _LONGEST_ID else None


def _repeated(item_id: str, seen: Mapping[str, int], named: bool) -> tuple[str, str] | None:
    if item_id not in seen:
        return None
    return "id", f"has the id of line {seen[item_id]}" if named else f"is the same as line {seen[item_id]}"


def _hash(row: Sequence[Cell]) -> str:
    """An id that the same row gets in every import."""
    text = json.dumps(row, ensure_ascii=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _raw(cells: Sequence[Cell], understood: Sequence[Column], place: Mapping[str, int], row: int) -> dict[str, Any]:
    out = {}
    for column in understood:
        said, value = cells[place[column.header.name]], column.values[row]
        if isinstance(value, float):
            same = said == f"{value:g}"
        elif isinstance(value, tuple):
            same = said == value or said == column.separator.join(value)
        else:
            same = said == (value or "")
        if not same:
            out[column.header.name] = said
    return out


def _note_alike(built: Built, problems: list[Problem]) -> None:
    """Note items that share title and category but for case and spaces; they stay."""
    seen: dict[tuple[str, str], int] = {}
    for item, line in zip(built.items, built.lines, strict=True):
        alike = ("".join(item.title.casefold().split()), "".join(item.category.casefold().split()))
        if alike in seen:
            reason = f"has the title and category of line {seen[alike]}; both were kept"
            problems.append(Problem(line, "title", reason, item.title[:80], rejected=False))
        seen.setdefault(alike, line)
