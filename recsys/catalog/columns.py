"""Tell what kind of column each one is from all of its cells, and turn the cells into values."""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from recsys.catalog import cells, headers
from recsys.catalog.cells import Quantity
from recsys.catalog.headers import Header, Words
from recsys.catalog.reading import Cell
from recsys.cleaning import clean
from recsys.datamodels import Value

Kind = Literal["numeric", "categorical", "list", "text", "image", "url"]
NUMERIC_SHARE = 0.9  # of the filled cells, for an attribute
_NETWORK = re.compile(r"[2-7]G")  # of a phone, no weight
_NAMED_SHARE = 0.5  # for a column whose header says price or rating: its other cells are mistakes
_FEW = 50  # so many different values are categories however many rows there are
_WIDE = 48  # columns of type; a Chinese character takes two
_PIECE = 24  # the same, for a piece of a list that `|` does not mark
_URL = re.compile(r"(?:https?:)?//[^\s/]+\.[^\s]+", re.I)
_FILE = re.compile(r"(?![/~\\])[^:*?\"<>|\\\x00-\x1f]{1,200}\.(?:png|jpe?g|webp|gif)", re.I)
_PICTURE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif|svg)(?:\?.*)?$", re.I)


@dataclasses.dataclass
class Column:
    """One column of a file, understood. `values` has one entry a row, None where there is none; `unread` are the rows
    whose cell is filled but says nothing that this kind of column can hold."""

    header: Header
    field: str
    kind: Kind
    words: Words
    values: list[Value | None]
    unit: str = ""
    currency: str = ""
    currencies: dict[int, str] = dataclasses.field(default_factory=dict)
    separator: str = ""
    unread: list[int] = dataclasses.field(default_factory=list)

    @property
    def filled(self) -> int:
        """How many rows have a value."""
        return sum(v is not None for v in self.values)

    def distinct(self) -> Counter[str]:
        """Each value with the number of rows that have it."""
        return Counter(
            f"{v:g}" if isinstance(v, float) else v for value in self.values if value is not None for v in _each(value)
        )


def cleaned(raw: Sequence[Cell], cleaner: Callable[[str], str] = clean) -> list[Cell]:
    """Cells without markup, control characters and the words that stand for nothing."""
    known: dict[str, str] = {}

    def one(text: str) -> str:
        if text not in known:
            value = cleaner(text)
            known[text] = "" if value.lower() in cells.EMPTY else value
        return known[text]

    return [one(c) if isinstance(c, str) else tuple(filter(None, map(one, c))) for c in raw]


def prose(text: str) -> str:
    """Cleaned for reading: Chinese punctuation stays."""
    return clean(text, keep_marks=True)


def text(header: Header, name: str, raw: Sequence[Cell]) -> Column:
    """A column that is kept as text: title, description, id."""
    values = [" ".join(c) if isinstance(c, tuple) else c for c in raw]
    words = headers.FIELD_WORDS.get(name) or headers.words(header)
    return Column(header, name, "text", words, [v or None for v in values])


def category(header: Header, name: str, raw: Sequence[Cell]) -> Column | None:
    """A canonical field with one value a row; None where the column holds lists."""
    if any(isinstance(c, tuple) or "|" in c for c in raw):
        return None
    return Column(header, name, "categorical", headers.FIELD_WORDS[name], [str(c) or None for c in raw])


def number(header: Header, name: str, raw: Sequence[Cell]) -> Column | None:
    """A canonical numeric field; None where half of the cells are no numbers."""
    read = cells.score if name == "rating" else lambda cell: cells.quantity(cell, multiples=True)
    if name == "price":
        raw = ["0" if str(c).lower() in cells.FREE else "" if str(c).lower() in cells.NO_PRICE else c for c in raw]
    column = _numeric(header, name, raw, _NAMED_SHARE, read, headers.FIELD_WORDS[name])
    if column is not None and name != "popularity":
        for row, value in enumerate(column.values):
            if isinstance(value, float) and value < 0:
                column.values[row] = None
                column.unread.append(row)
    return column


def image(header: Header, raw: Sequence[Cell]) -> Column:
    """Web addresses, inline pictures, and files beside the catalogue's own file (the import checks that they are there)."""
    values: list[Value | None] = [None] * len(raw)
    column = Column(header, "image", "image", headers.words(header), values)
    for row, c in enumerate(raw):
        first = (c[0] if c else "") if isinstance(c, tuple) else c
        if _URL.fullmatch(first):
            values[row] = "https:" + first if first.startswith("//") else first
        elif (_FILE.fullmatch(first) and ".." not in first) or re.match(
            r"data:image/(?:png|jpeg|webp|gif);base64,[\w+/=]+$", first
        ):
            values[row] = first
        elif first:
            column.unread.append(row)
    return column


def attribute(header: Header, raw: Sequence[Cell]) -> Column:
    """Any other column, by what its cells look like."""
    words, name = headers.words(header), header.name
    filled = [c for c in raw if c]
    if any(isinstance(c, tuple) for c in filled):
        return _list(header, raw, "|", words)
    strings = [str(c) for c in filled]
    if strings and sum(bool(_URL.fullmatch(s)) for s in strings) >= NUMERIC_SHARE * len(strings):
        kind: Kind = "image" if sum(bool(_PICTURE.search(s)) for s in strings) > len(strings) / 2 else "url"
        return Column(header, name, kind, words, [str(c) or None for c in raw])
    if strings and all(_NETWORK.fullmatch(s) for s in strings):
        return Column(header, name, "categorical", words, [str(c) or None for c in raw])
    numeric = _numeric(header, name, raw, NUMERIC_SHARE, cells.quantity, words)
    if numeric is not None:
        return numeric
    separator = _separator(strings)
    if separator:
        return _list(header, raw, separator, words)
    kind = "categorical" if _are_categories(strings, words.entity) else "text"
    return Column(header, name, kind, words, [str(c) or None for c in raw])


def _each(value: Value) -> tuple[str | float, ...]:
    return value if isinstance(value, tuple) else (value,)


def _list(header: Header, raw: Sequence[Cell], separator: str, words: Words) -> Column:
    parts = [c if isinstance(c, tuple) else cells.split(c, separator) for c in raw]
    return Column(header, header.name, "list", words, [p or None for p in parts], separator=separator)


def _numeric(
    header: Header, name: str, raw: Sequence[Cell], share: float, read: Callable[[str], Quantity | None], words: Words
) -> Column | None:
    """The column as numbers of one unit, where at least this share of its filled cells are such."""
    found = [read(c) if c and isinstance(c, str) else None for c in raw]
    filled = sum(bool(c) for c in raw)
    if not filled or sum(q is not None for q in found) < share * filled:
        return None
    units = Counter(q.unit for q in found if q is not None and q.unit)
    unit = words.unit if words.unit in units or header.unit else units.most_common(1)[0][0] if units else words.unit
    values: list[Value | None] = [None if q is None else _in_unit(q, unit) for q in found]
    good = sum(v is not None for v in values)
    if good < share * filled:
        return None
    money = Counter(q.currency for q in found if q is not None and q.currency)
    currency = header.currency or (money.most_common(1)[0][0] if money else "")
    if currency == "CNY" and not unit:
        unit = "元"
    own = {i: q.currency for i, q in enumerate(found) if q is not None and q.currency}
    unread = [i for i, c in enumerate(raw) if c and values[i] is None]
    return Column(header, name, "numeric", words, values, unit, currency, own, unread=unread)


def _in_unit(q: Quantity, unit: str) -> float | None:
    """The value in the column's unit; None where its own unit measures something else."""
    if not q.unit or q.unit == unit:
        return q.value
    here, there = cells.DIMENSION.get(q.unit), cells.DIMENSION.get(unit)
    return cells.convert(q.value, q.unit, unit) if here and there and here[0] == there[0] else None


def _separator(strings: Sequence[str]) -> str:
    """What divides the cells into short values, or "" where nothing clearly does."""
    for separator in ("|", "、", "；", ";", "/", ",", "，"):
        having = sum(separator in s for s in strings)
        if having < (1 if separator == "|" else max(2, 0.3 * len(strings))):
            continue
        pieces = [p for s in strings for p in cells.split(s, separator)]
        limit = _WIDE if separator == "|" else _PIECE
        if sum(width(p) <= limit for p in pieces) < 0.95 * len(pieces):
            continue
        # a comma or a slash also stands inside names and addresses: in a list the same values come back
        if separator in "|、" or len(set(pieces)) <= 0.6 * len(pieces):
            return separator
    return ""


def _are_categories(strings: Sequence[str], entity: bool) -> bool:
    if sum(width(s) > _WIDE for s in strings) > 0.1 * len(strings):
        return False
    kinds = len(set(strings))
    return entity or kinds <= _FEW or kinds <= 0.5 * len(strings)


def width(string: str) -> int:
    """Columns of type: Chinese, Japanese and Korean characters take two."""
    return len(string) + sum(c >= "\u2e80" for c in string)
