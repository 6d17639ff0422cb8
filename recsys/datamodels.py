"""The nouns of the project: plain dataclasses that the rooms hand to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, ...] = ("zh", "en")
Intent = Literal["recommend", "refine", "similar", "compare", "feedback", "explain", "undo", "reset", "chat"]
Op = Literal["eq", "in", "not_in", "lte", "gte"]
EventKind = Literal["like", "dislike", "click", "rate", "favourite", "purchase", "dwell", "lean", "forget"]
EVENT_KINDS: tuple[EventKind, ...] = (
    "like",
    "dislike",
    "click",
    "rate",
    "favourite",
    "purchase",
)  # those that a behaviour model tells apart
ACTIONS: tuple[EventKind, ...] = (*EVENT_KINDS, "dwell")  # all that can be done with an item
PASSING = ("click", "dwell")  # they say that an item was looked at, and are no opinion
NAMED = "named"
Value = str | float | tuple[str, ...]


class Range(float):
    """A number that the catalogue gives as a range, 1–2 h; wherever one number is needed it is the middle."""

    low: float
    high: float

    def __new__(cls, low: float, high: float) -> Self:
        """The number from `low` to `high`."""
        made = super().__new__(cls, round((low + high) / 2, 6))
        made.low, made.high = low, high
        return made

    def __getnewargs__(self) -> tuple[float, float]:  # type: ignore[override]
        """What a copy is made of."""
        return self.low, self.high


class Table(Protocol):
    """Vectors by row: an array (n, dim), or something that reads the rows asked for from a file."""

    def __len__(self) -> int: ...  # noqa: D105
    def __getitem__(self, rows: Any, /) -> "npt.NDArray[np.float32]": ...  # noqa: D105


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that can be recommended. `title_en` and `description_en` are empty where the catalogue has one language."""

    id: str
    title: str
    domain: str = "item"
    category: str = ""
    price: float | None = None
    currency: str = "CNY"
    brand: str = ""
    rating: float | None = None
    popularity: float = 0.0
    description: str = ""
    title_en: str = ""
    description_en: str = ""
    image: str = ""
    shape: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)

    def get(self, name: str) -> Value | None:
        """The value of a canonical field or of an attribute; None where the item has none."""
        if name in CANONICAL:
            value = getattr(self, name)
            return None if value == "" else value
        return self.attributes.get(name)

    def values(self, name: str) -> tuple[str, ...]:
        """The value of a categorical field as a tuple, whatever its kind."""
        value = self.get(name)
        if value is None:
            return ()
        return value if isinstance(value, tuple) else (str(value),)

    def name(self, lang: Lang) -> str:
        """The title in a language, or in the one that exists."""
        return (self.title_en or self.title) if lang == "en" else self.title

    def about(self, lang: Lang) -> str:
        """The description in a language, or in the one that exists."""
        return (self.description_en or self.description) if lang == "en" else self.description


CANONICAL = ("domain", "category", "brand", "price", "rating", "popularity", "title")


@dataclass(frozen=True, slots=True)
class Constraint:
    """One exact condition on an item; `in` and `not_in` hold a tuple, `lte` and `gte` a number or an ISO date."""

    field: str
    op: Op
    value: Value

    @property
    def values(self) -> tuple[str, ...]:
        """The value or values as a tuple of strings."""
        return self.value if isinstance(self.value, tuple) else (str(self.value),)

    @property
    def number(self) -> float:
        """The value of a bound; of a day (an ISO date) its number in the calendar."""
        if isinstance(self.value, str):
            return float(date.fromisoformat(self.value).toordinal())
        return float(self.value)  # type: ignore[arg-type]

    def at(self, number: float) -> "Constraint":
        """The same bound at another number."""
        dated = isinstance(self.value, str)
        return replace(self, value=date.fromordinal(int(number)).isoformat() if dated else number)

    def to_json(self) -> dict[str, Any]:
        """The form of the command line and of the endpoints."""
        return {
            "field": self.field,
            "op": self.op,
            "value": list(self.value) if isinstance(self.value, tuple) else self.value,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Constraint":
        """The inverse of `to_json`."""
        value = data["value"]
        return cls(data["field"], data["op"], tuple(value) if isinstance(value, list) else value)


@dataclass(frozen=True, slots=True)
class Query:
    """What a message was understood to ask. `text` is the positive part, the part that is encoded."""

    text: str
    intent: Intent = "recommend"
    constraints: tuple[Constraint, ...] = ()
    references: tuple[int, ...] = ()
    sort: tuple[str, bool] | None = None  # (field, descending)
    sentiment: float = 0.0
    topics: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    lang: Lang = "zh"
    like: str = ""  # the item to be like: its title in a turn, its id in the state of a dialogue
    said: str = ""  # the message as it was read: corrected, lower case
    unmet: tuple[str, ...] = ()  # bounds on what no field of the catalogue tells
    loose: tuple[str, ...] = ()  # phrases that no condition came of; they only weigh in the search by meaning
    free: str = ""  # the words that neither became conditions nor are small talk: only these can order what fits
    opinions: tuple[tuple[int, EventKind], ...] = ()  # (rank, what the message says of the item shown there)
    declined: tuple[str, ...] = ()  # fields that were asked about and left open: they are not asked again
    waived: tuple[Constraint, ...] = ()  # conditions of the dialogue that the message lets go
    passed: tuple[str, ...] = ()  # ids of items shown before, where more are asked for, the latest last

    def to_json(self) -> dict[str, Any]:
        """The form of the command line and of the endpoints."""
        out = {name: getattr(self, name) for name in self.__slots__}
        for name in ("constraints", "waived"):
            out[name] = [c.to_json() for c in out[name]]
        return {k: list(v) if isinstance(v, tuple) else v for k, v in out.items()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Query":
        """The inverse of `to_json`."""
        known: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in data.items() if k in cls.__slots__
        }
        for name in ("constraints", "waived"):
            known[name] = tuple(Constraint.from_json(c) for c in data.get(name, ()))
        known["opinions"] = tuple((int(rank), kind) for rank, kind in data.get("opinions", ()))
        return cls(**known)


_VERDICTS = {"like": 1, "favourite": 1, "purchase": 1, "dislike": -1}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing a person did. `value` is a rating in 0..1 for `rate`, seconds for `dwell`; `at` is in Unix seconds.

    A `lean` says something of a value of an attribute (`field`, `label`) instead of an item: `value` is -1 or 1. A `forget`
    silences what the events before it say of that value. For the price level, the label is empty. Of an item, the label is `NAMED`
    where a conversation spoke of it by its title.
    """

    id: int
    session_id: str
    item_id: str
    kind: EventKind
    value: float | None
    at: float
    field: str = ""
    label: str = ""

    @property
    def verdict(self) -> int | None:
        """Whether the item pleased: 1 or -1; 0 where a rating says neither; None where no judgement was passed."""
        if self.kind == "rate":
            stars = 0.5 if self.value is None else self.value
            return int(stars >= 0.6) - int(stars < 0.4)
        return _VERDICTS.get(self.kind)


@dataclass(frozen=True, slots=True)
class PastEvent:
    """One line of an imported log; `value` is a rating in 0..1, `at` is in Unix seconds."""

    user_id: str
    item_id: str
    kind: EventKind
    value: float | None
    at: float


@dataclass(frozen=True, slots=True)
class Recommendation:
    """An item as shown: `score` is r(z) in 0..1, the sigmoid of the sum of `parts`.

    `reasons` are in the language of the answer, `tags` are the same in every language.
    """

    item: Item
    score: float
    rank: int
    parts: Mapping[str, float]
    reasons: tuple[str, ...] = ()
    nearest: bool = False
    tags: Mapping[Lang, tuple[str, ...]] = field(default_factory=dict)
    propensity: float = 1.0  # the probability that the item was shown at this rank
    explored: bool = False  # shown to learn something new


@dataclass(frozen=True, slots=True)
class Choice:
    """An answer that can be clicked or said: conditions to take away, conditions to set; neither says that it is all the same.

    `count` is how many items it leads to, 0 where nobody counted.
    """

    drop: tuple[Constraint, ...] = ()
    add: tuple[Constraint, ...] = ()
    count: int = 0

    def to_json(self) -> dict[str, Any]:
        """The form that is kept with a message."""
        return {"drop": [c.to_json() for c in self.drop], "add": [c.to_json() for c in self.add], "count": self.count}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Choice":
        """The inverse of `to_json`."""
        drop, add = (tuple(Constraint.from_json(c) for c in data[k]) for k in ("drop", "add"))
        return cls(drop, add, data["count"])


@dataclass(frozen=True, slots=True)
class Question:
    """The one question worth asking next, with answers that can be clicked; `field` is "" where it asks what to relax."""

    text: str
    field: str
    options: tuple[str, ...]  # the choices in words
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Items side by side: `rows` are (what is compared, one value an item, whether they differ)."""

    items: tuple[Item, ...]
    rows: tuple[tuple[str, tuple[str, ...], bool], ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to one message. `state` is what the dialogue asks for after it: `chips` says it, and the filters do just that."""

    text: str
    items: Sequence[Recommendation]
    query: Query
    question: Question | None = None
    notice: str = ""
    comparison: Comparison | None = None
    state: Query | None = None
