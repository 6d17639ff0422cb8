"""Histories as arrays: from events, cleaned of noise, cut into batches."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from recsys.behavior.steps import Numbers, Steps
from recsys.datamodels import EVENT_KINDS, Event

_COPIES = 5  # steps from which on two people with the same history are one
_BOT_STEPS, _BOT_TIMES, _BOT_NEW = 200, 30, 0.05


@dataclass(frozen=True, slots=True)
class History:
    """One history: rows of the catalogue with kinds, values, gaps, and whether each step was liked; all (t,)."""

    rows: Numbers
    kinds: Numbers
    values: npt.NDArray[np.float32]
    gaps: npt.NDArray[np.float32]
    liked: npt.NDArray[np.bool_]

    def __getitem__(self, part: slice) -> "History":
        """Some of the steps."""
        return History(self.rows[part], self.kinds[part], self.values[part], self.gaps[part], self.liked[part])

    def only(self, which: npt.NDArray[np.bool_]) -> "History":
        """The steps that are True in `which` (t,)."""
        return History(self.rows[which], self.kinds[which], self.values[which], self.gaps[which], self.liked[which])


def history_of(events: Sequence[Event], row: Mapping[str, int]) -> History:
    """One person's events, oldest first, as a history; items that the catalogue no longer has are left out.

    A rating is between -1 and 1 whatever its scale was; an item is liked unless it was disliked or rated below the middle.
    """
    events = [e for e in events if e.item_id in row]
    rows = np.array([row[e.item_id] for e in events], np.int64)
    s = Steps.of(events, np.zeros((len(events), 0), np.float32))
    liked = (s.kinds != EVENT_KINDS.index("dislike")) & (s.values >= 0)
    return History(rows, s.kinds, s.values, s.gaps, liked)


@dataclass(frozen=True, slots=True)
class Noise:
    """What `clean` left out: steps that repeat the one before, histories that copy another, and those of no human."""

    repeats: int = 0
    copies: int = 0
    bots: int = 0


def clean(histories: Sequence[History]) -> tuple[list[History], Noise]:
    """Histories without noise, in their order.

    A step on the same item as the one before, of the same kind, is a double click. Of several people with the same five
    steps or more, one counts. No human has two hundred steps that are thirty times the median, or that are nearly
    all on the same few items.
    """
    kept, repeats = [], 0
    for h in histories:
        fresh = np.ones(len(h.rows), bool)
        fresh[1:] = (h.rows[1:] != h.rows[:-1]) | (h.kinds[1:] != h.kinds[:-1])
        repeats += int((~fresh).sum())
        kept.append(h.only(fresh))
    usual = float(np.median([len(h.rows) for h in kept])) if kept else 0.0
    people = [h for h in kept if not _is_bot(h, usual)]
    seen: Counter[bytes] = Counter()
    own = []
    for h in people:
        key = h.rows.tobytes()
        seen[key] += 1
        if seen[key] == 1 or len(h.rows) < _COPIES:
            own.append(h)
    return own, Noise(repeats, len(people) - len(own), len(kept) - len(people))


def _is_bot(h: History, usual: float) -> bool:
    steps = len(h.rows)
    return steps >= _BOT_STEPS and (steps > _BOT_TIMES * usual or len(np.unique(h.rows)) < _BOT_NEW * steps)


def numbered(sequences: Sequence[History], n: int) -> Numbers:
    """The number (n,) of each row of the catalogue that the histories have, from 1; 0 for the others."""
    known = np.unique(np.concatenate([s.rows for s in sequences]))
    ids = np.zeros(n, np.int64)
    ids[known] = np.arange(1, len(known) + 1)
    return ids


@dataclass(frozen=True, slots=True)
class Piece:
    """The steps `start` to `stop` of a history, each of which has a step after it."""

    history: History
    start: int
    stop: int


def batches(sequences: Sequence[History], steps: int, length: int, rng: np.random.Generator) -> Iterator[list[Piece]]:
    """All histories once, long ones cut into pieces at places that differ each time; pieces of like length together."""
    pieces = []
    for s in sequences:
        last = len(s.rows) - 1
        first = int(rng.integers(length)) if last > length else 0
        cuts = [0, *range(first or length, last, length), last]
        pieces += [Piece(s, a, b) for a, b in pairwise(cuts)]
    lengths = np.array([p.stop - p.start for p in pieces])
    for chunk in _split(rng.permutation(len(pieces)), lengths, 8 * steps):
        groups = _split(chunk[np.argsort(lengths[chunk], kind="stable")], lengths, steps)
        for g in rng.permutation(len(groups)):
            yield [pieces[i] for i in groups[g]]


def _split(order: Numbers, lengths: Numbers, steps: int) -> list[Numbers]:
    """The order in parts of about so many steps."""
    part = np.cumsum(lengths[order]) // steps
    return np.split(order, np.flatnonzero(np.diff(part)) + 1)


def padded(histories: Sequence[History]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Rows, kinds, values and gaps of histories, each (B, T), zeros behind the shorter ones."""
    shape = (len(histories), max(len(h.rows) for h in histories))
    rows, kinds = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    values, gaps = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    for i, h in enumerate(histories):
        t = len(h.rows)
        rows[i, :t], kinds[i, :t], values[i, :t], gaps[i, :t] = h.rows, h.kinds, h.values, h.gaps
    return torch.from_numpy(rows), torch.from_numpy(kinds), torch.from_numpy(values), torch.from_numpy(gaps)
