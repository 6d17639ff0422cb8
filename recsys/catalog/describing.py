"""What a catalogue says of itself: its fields in both languages, the words people use for them and for their values."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from recsys.catalog import headers
from recsys.catalog.columns import Column


def describe(name: str, source: Mapping[str, Any], columns: Sequence[Column]) -> dict[str, Any]:
    """The meta.json of an imported catalogue: title, fields, synonyms, and the file that it came from."""
    fields: dict[str, Any] = {}
    for column in columns:
        words = column.words
        entry = fields.setdefault(
            column.field,
            {"zh": words.zh, "en": words.en, "unit": column.unit, "words": list(words.words), "kind": column.kind},
        )
        if column.currency:
            entry["currency"] = column.currency
        if column.field in headers.FIELD_WORDS:
            entry["words"] = _spoken(entry, column)
    imported = {**source, "imported_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    return {"title": {"zh": name, "en": name}, "fields": fields, "synonyms": synonyms(columns), "source": imported}


def _spoken(entry: Mapping[str, Any], column: Column) -> list[str]:
    """A canonical field is also called what its column is called; 人均消费 is also called 人均."""
    label = column.header.label.lower()
    short = ["人均"] if label.startswith("人均") else []
    return list(dict.fromkeys(w for w in (*entry["words"], label, *short) if w not in (entry["zh"], entry["en"])))


def synonyms(understood: Iterable[Column]) -> dict[str, list[str]]:
    """Shorter forms of values: 朝阳 for 朝阳区 where nearly all values of a column end alike, and the Coen brothers."""
    out: dict[str, list[str]] = {}
    for column in understood:
        if column.kind not in ("categorical", "list"):
            continue
        values = list(column.distinct())
        endings = Counter(v[-1] for v in values if len(v) > 2 and not v.isascii())
        if endings and len(values) > 2:
            end, count = endings.most_common(1)[0]
            if count >= 0.8 * len(values):
                for v in values:
                    if v.endswith(end) and len(v) > 2:
                        out.setdefault(v, []).append(v[:-1])
        if column.words.entity:
            _families(values, out)
    return out


def _families(values: Sequence[str], out: dict[str, list[str]]) -> None:
    """People of one surname whom the same column names: "the Coen brothers"."""
    families: dict[str, list[str]] = {}
    for value in values:
        parts = value.split()
        if len(parts) == 2 and value.isascii():
            families.setdefault(parts[1].lower(), []).append(value)
    for surname, members in families.items():
        if len(members) == 2:
            for member in members:
                out.setdefault(member, []).extend(f"{surname} {kin}" for kin in ("brothers", "sisters"))
