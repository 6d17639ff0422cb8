"""What is told of why an item stands where it stands: plain dataclasses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recsys.datamodels import Choice, Event, EventKind, Item


@dataclass(frozen=True, slots=True)
class Effect:
    """What one event does to an item's logit: by the preference, exactly, and by v(y), as the difference that leaving it out makes."""

    event: Event
    about: str  # the item or value it is about, in words
    feedback: float
    behaviour: float

    @property
    def total(self) -> float:
        """Both together."""
        return self.feedback + self.behaviour


@dataclass(frozen=True, slots=True)
class WhatIf:
    """A change and what it brings: without these events, or with this change of conditions, the item has this rank; None: it is not shown."""

    text: str
    rank: int | None
    events: tuple[int, ...] = ()
    change: Choice | None = None


@dataclass(frozen=True, slots=True)
class WordEffect:
    """What a word of the need, text[start:end], does to an item's logit."""

    word: str
    start: int
    end: int
    effect: float


@dataclass(frozen=True, slots=True)
class Likeness:
    """An item beside one that the person liked: `shared` are (what, value), `differs` are (what, the liked one's, this one's)."""

    liked: Item
    shared: tuple[tuple[str, str], ...]
    differs: tuple[tuple[str, str, str], ...]
    text: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an item stands where it stands. The parts, `bias` included, add up to the logit of the score.

    `history` is (item, kind, what it adds to the feedback feature); `effects` has all events in logits, the strongest first.
    `likely` is the calibrated probability that the person will like it, `confidence` the same in words; `varied` says that the item
    stands there for variety. `words` is filled on demand; their effects add up to the parts "words" and "lexical".
    """

    item: Item
    score: float
    parts: Mapping[str, float]
    history: Sequence[tuple[Item, EventKind, float]] = ()
    counterfactual: str = ""
    rank: int | None = None
    effects: Sequence[Effect] = ()
    what_ifs: Sequence[WhatIf] = ()
    likely: float = 0.0
    confidence: str = ""
    varied: bool = False
    likeness: Likeness | None = None
    need: str = ""
    words: Sequence[WordEffect] = ()
