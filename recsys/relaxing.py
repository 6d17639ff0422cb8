"""Dead ends: which condition is the tight one, what the nearest offer is, and which steps lead out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Choice, Constraint
from recsys.retrieval import Columns

Mask = npt.NDArray[np.bool_]
_HEADS = ("category", "domain")  # what kind of thing is meant: never given up
_NEAR = 1.0  # a number off by more than this share of what was asked is no near offer
_WAYS = 3
_DIGITS = 32  # conditions that are compared at once


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A smallest set of conditions to give up, the rows that are left then, and the step as an answer that can be clicked.

    Where a single bound is given up, `choice` moves it just to the nearest row, and `gap` says how far that is as a share of what was
    asked; else the conditions go, and `gap` is infinite.
    """

    rows: npt.NDArray[np.int64]
    choice: Choice
    gap: float = np.inf

    @property
    def nearest(self) -> Constraint | None:
        """The bound as moved."""
        return self.choice.add[0] if self.choice.add else None

    def rank(self) -> tuple[int, float]:
        """For sorting: a number that is near, then what leaves most, then a number that is far."""
        if not self.choice.add:
            return 1, -len(self.rows)
        return (0, self.gap) if self.gap <= _NEAR else (2, self.gap)


def relaxations(constraints: Sequence[Constraint], columns: Columns, allowed: Mask) -> tuple[Relaxation, ...]:
    """The ways out, the most natural first; none where no row is of the kind that is meant.

    A row breaks some conditions; the fewest that any row breaks are the fewest that can be given up, and the patterns in which
    they are broken are the ways out.
    """
    hard = [c for c in constraints if c.field in _HEADS]
    loose = [c for c in constraints if c.field not in _HEADS]
    found = _smallest(loose, columns.mask(hard) & allowed, columns)
    far = [c for r in found for c in r.choice.drop if r.rank()[0] == 2]
    if len(far) == len(
        found
    ):  # only by a number far from what was asked: rather more conditions go, and the number stays
        rest = [c for c in loose if c not in far]
        found = [*_smallest(rest, columns.mask([*hard, *far]) & allowed, columns), *found]
    return tuple(sorted(found, key=Relaxation.rank)[:_WAYS])


def _smallest(constraints: Sequence[Constraint], allowed: Mask, columns: Columns) -> list[Relaxation]:
    """The ways out among the allowed rows; none where there is no such row or nothing to give up."""
    rows = np.flatnonzero(allowed)
    if not constraints or not len(rows):
        return []
    broken = np.stack([~columns.mask([c])[rows] for c in constraints])  # (conditions, rows)
    fewest = broken.sum(axis=0) == broken.sum(axis=0).min()
    broken, rows = broken[:, fewest], rows[fewest]
    codes, first = _patterns(broken)
    out = []
    for code, column in enumerate(first.tolist()):
        dropped = tuple(c for c, gone in zip(constraints, broken[:, column], strict=True) if gone)
        out.append(_relaxation(dropped, rows[codes == code], columns))
    return out


def _patterns(broken: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The number of each column's pattern, in order, and the first column of each: (c, rows) -> (rows,), (patterns,).

    Columns are compared as whole numbers, a few digits after the other, so that a million are told apart at once.
    """
    codes, first = np.zeros(broken.shape[1], np.int64), np.zeros(1, np.int64)
    for start in range(0, len(broken), _DIGITS):
        part = broken[start : start + _DIGITS]
        numbers = (codes << len(part)) + (1 << np.arange(len(part))[::-1]) @ part
        _, first, codes = np.unique(numbers, return_index=True, return_inverse=True)
    return codes, first


def _relaxation(dropped: tuple[Constraint, ...], rows: npt.NDArray[np.int64], columns: Columns) -> Relaxation:
    plain = Relaxation(rows, Choice(dropped, (), len(rows)))
    if len(dropped) != 1 or dropped[0].op not in ("lte", "gte"):
        return plain
    bound, asked = dropped[0], dropped[0].number
    numbers = columns.numbers(bound.field)[rows]
    if np.isnan(numbers).all():
        return plain
    value = float(np.nanmin(numbers) if bound.op == "lte" else np.nanmax(numbers))
    choice = Choice(dropped, (bound.at(value),), int((numbers == value).sum()))
    return Relaxation(rows[~np.isnan(numbers)], choice, abs(value - asked) / max(abs(asked), 1e-9))
