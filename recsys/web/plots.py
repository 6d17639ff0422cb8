"""Plots as inline SVG: pure functions of numbers and words, readable on a phone, in the page's own colours."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.floating]
_SIDE, _MARGIN = 400, 22
_MOST = 4000  # dots drawn; more would only be grey
_MIN_TRAIL = 2
_LABEL = (60, 18)  # width and height that a label needs


@dataclass(frozen=True)
class Place:
    """The catalogue in two dimensions: the mean (dim,) and the two directions (2, dim) in which items differ the most."""

    mean: npt.NDArray[np.float64]
    axes: npt.NDArray[np.float64]

    @classmethod
    def fit(cls, vectors: npt.NDArray[np.float32], most: int = 20_000) -> "Place":
        """Principal components (Pearson 1901) of at most `most` vectors (n, dim), evenly picked."""
        sample = vectors[:: max(1, len(vectors) // most)].astype(np.float64)
        mean = sample.mean(axis=0)
        _, vecs = np.linalg.eigh(np.cov(sample - mean, rowvar=False)) if len(sample) > 1 else (None, np.eye(len(mean)))
        axes = vecs[:, ::-1][:, :2].T  # (2, dim)
        axes = axes * np.sign(axes[np.arange(2), np.abs(axes).argmax(axis=1)])[:, None]  # the same way up every time
        return cls(mean, axes)

    def of(self, vectors: npt.NDArray[np.floating]) -> Points:
        """Where these vectors (n, dim) lie -> (n, 2)."""
        out: Points = (vectors - self.mean) @ self.axes.T
        return out


@dataclass(frozen=True)
class TasteMap:
    """What the map shows: dots by group, the person's trail (oldest first), and items liked and disliked by title."""

    dots: Points  # (n, 2)
    groups: Sequence[str]  # of each dot
    names: Mapping[str, str]  # of each group, in the order of their colours
    trail: Points = field(default_factory=lambda: np.empty((0, 2)))
    liked: Sequence[tuple[str, Points]] = ()
    disliked: Sequence[tuple[str, Points]] = ()


def taste_map(m: TasteMap, label: str, you: str) -> str:
    """The map. Each group of dots is one path, so that thousands of items cost a few kilobytes."""
    step = max(1, len(m.dots) // _MOST)
    low, high = (m.dots.min(axis=0), m.dots.max(axis=0)) if len(m.dots) else (np.zeros(2), np.ones(2))
    span = np.maximum(high - low, 1e-9)

    def at(points: Points) -> Points:
        scaled = np.clip((points - low) / span, 0, 1)
        out: Points = _MARGIN + scaled * (_SIDE - 2 * _MARGIN)
        return out

    groups = np.array(list(m.groups))[::step]
    dots = at(m.dots)[::step]
    paths, places = "", []
    for n, (key, name) in enumerate(m.names.items()):
        own = dots[groups == key]
        if not len(own):
            continue
        path = "".join(f"M{x:.0f} {y:.0f}h0" for x, y in own)
        paths += f'<path class="dots g{n % 6}" d="{path}"/>'
        places.append((*np.median(own, axis=0), name))
    labels = "".join(
        f'<text class="group" x="{x:.0f}" y="{y:.0f}">{escape(name)}</text>' for x, y, name in _apart(places)
    )
    marks = _marks(m.disliked, at, "minus") + _marks(m.liked, at, "plus")
    return f'<svg class="map" viewBox="0 0 {_SIDE} {_SIDE}" role="img" aria-label="{escape(label)}">{paths}{labels}{marks}{_trail(at(m.trail), you)}</svg>'


def _apart(places: Sequence[tuple[float, float, str]]) -> list[tuple[float, float, str]]:
    """Labels that would lie on each other, one below the other."""
    out: list[tuple[float, float, str]] = []
    for x, y, name in sorted(places, key=lambda p: p[1]):
        close = [b for a, b, _ in out if abs(a - x) < _LABEL[0] and abs(b - y) < _LABEL[1]]
        out.append((x, max(close) + _LABEL[1] if close else y, name))
    return out


def _marks(items: Sequence[tuple[str, Points]], at: object, kind: str) -> str:
    out = ""
    for title, point in items:
        x, y = at(point)  # type: ignore[operator]
        sign = f"M{x - 3.5:.1f} {y:.1f}h7" + (f"M{x:.1f} {y - 3.5:.1f}v7" if kind == "plus" else "")
        out += f'<g class="mark {kind}"><title>{escape(title)}</title><circle cx="{x:.1f}" cy="{y:.1f}" r="7"/><path d="{sign}"/></g>'
    return out


def _trail(points: Points, you: str) -> str:
    if not len(points):
        return ""
    x, y = points[-1]
    line = "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in points) if len(points) >= _MIN_TRAIL else ""
    steps = "".join(f'<circle class="step" cx="{a:.1f}" cy="{b:.1f}" r="3"/>' for a, b in points[:-1])
    above = y > _SIDE / 2
    return (
        f'<g class="trail"><path class="way" d="{line}"/>{steps}<circle class="you" cx="{x:.1f}" cy="{y:.1f}" r="8"/>'
        f'<text class="you" x="{min(max(x, 30), _SIDE - 30):.1f}" y="{y - 14 if above else y + 24:.1f}">{escape(you)}</text></g>'
    )


def waterfall(parts: Sequence[tuple[str, float]], total: str) -> str:
    """Each part begins where the one before it ended; the last bar is the sum of all. A list, so that it can be read aloud too."""
    steps = np.concatenate([[0.0], np.cumsum([value for _, value in parts])]) if parts else np.zeros(1)
    low, high = float(steps.min()), float(steps.max())
    span = max(high - low, 1e-9)
    rows = ""
    for n, (name, value) in enumerate(parts):
        begin, end = sorted((steps[n], steps[n + 1]))
        rows += _bar(name, value, (begin - low) / span, (end - begin) / span, "plus" if value >= 0 else "minus")
    begin, end = sorted((0.0, float(steps[-1])))
    rows += _bar(total, float(steps[-1]), (begin - low) / span, (end - begin) / span, "sum")
    return f'<ul class="waterfall" style="--zero:{-low / span:.3f}">{rows}</ul>'


def bars(values: Sequence[tuple[str, float, str]]) -> str:
    """Leanings: to the right what is wanted more, to the left what is wanted less; the third of each is HTML after the bar."""
    widest = max((abs(v) for _, v, _ in values), default=1.0) or 1.0
    rows = ""
    for name, value, after in values:
        share = 0.5 * abs(value) / widest
        rows += _bar(name, value, 0.5 if value >= 0 else 0.5 - share, share, "plus" if value >= 0 else "minus", after)
    return f'<ul class="waterfall leanings" style="--zero:.5">{rows}</ul>'


def _bar(name: str, value: float, left: float, width: float, kind: str, after: str = "") -> str:
    return (
        f'<li class="{kind}"><span class="name" dir="auto">{escape(name)}</span><span class="track" aria-hidden="true">'
        f'<i style="left:{100 * left:.1f}%;width:{100 * width:.1f}%"></i></span><b>{value:+.2f}</b>{after}</li>'
    )
