"""What can be asked of a catalogue: its fields, and the words for their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from recsys.datamodels import Item, Lang

FieldKind = Literal["numeric", "categorical", "list", "text"]

# values of a field that is there or not
YES = frozenset({"有", "是", "可", "可以", "支持", "yes", "true", "y", "提供"})
NO = frozenset({"无", "没有", "否", "不可", "不支持", "no", "false", "n", "不提供"})


@dataclass(frozen=True, slots=True)
class Field:
    """One column of a catalogue as the understanding sees it."""

    name: str
    kind: FieldKind
    zh: str
    en: str
    unit: str = ""
    words: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0


@dataclass(frozen=True)
class Schema:
    """What can be asked of a catalogue.

    `lexicon` maps a phrase that people say (cleaned, lower case) to the (field, value) pairs it may mean;
    `support` maps such a pair to how many items of each category carry it; `labels` holds a value's English name;
    `compounds` maps a phrase that says several things at once to phrases of the lexicon: 韩剧 -> (韩国, 剧集). `items` can be named.
    """

    fields: Mapping[str, Field]
    lexicon: Mapping[str, tuple[tuple[str, str], ...]]
    support: Mapping[tuple[str, str], Mapping[str, int]]
    domains: Mapping[str, str]
    labels: Mapping[str, str] = field(default_factory=dict)
    currency: str = "CNY"
    compounds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    items: Sequence[Item] = ()

    @cached_property
    def kinds(self) -> Mapping[str, frozenset[str]]:
        """Field -> the categories whose items have it."""
        out: dict[str, set[str]] = {}
        for (name, _), support in self.support.items():
            out.setdefault(name, set()).update(support)
        return {name: frozenset(categories) for name, categories in out.items()}

    def label(self, value: str, lang: Lang) -> str:
        """A value as a person of this language would say it."""
        return self.labels.get(value, value) if lang == "en" else self.labels.get(f"zh:{value}", value)

    def field_label(self, name: str, lang: Lang) -> str:
        """A field as a person of this language would say it."""
        known = self.fields.get(name)
        return name if known is None else (known.en if lang == "en" else known.zh)
