"""What each word of a need does to an item's score: Shapley values over the words (Shapley, 1953), by leaving words out.

A word's value is what it adds on average when words join one by one. Each order of joining telescopes from no words to all, so the
values add up to what the need does in all, whatever the language model is. Few words are tried in every order; more in a few orders,
each with its reverse (Mitchell et al., Sampling Permutations for Shapley Value Estimation, 2022).
"""

from collections.abc import Callable, Sequence
from itertools import permutations

import numpy as np

from recsys.explanation import WordEffect
from recsys.language.text import pieces

_ALL_ORDERS = 3  # words; more of them are sampled
_PAIRS = 2  # orders sampled, each with its reverse
_MOST = 12  # pieces; a longer need is cut into as many stretches of words


def word_effects(score: Callable[[str], float], text: str) -> tuple[WordEffect, ...]:
    """The words of a text with their effects on `score`, in order; `score("")` is the score without any."""
    spans = _grouped(pieces(text))
    if not spans:
        return ()
    known = {frozenset(range(len(spans))): score(text)}  # all words: the text as it stands, punctuation included

    def value(chosen: frozenset[int]) -> float:
        if chosen not in known:
            known[chosen] = score(kept(text, [spans[n] for n in sorted(chosen)]))
        return known[chosen]

    effects = np.zeros(len(spans))
    orders = _orders(len(spans))
    for order in orders:
        joined = frozenset[int]()
        for n in order:
            effects[n] += value(joined | {n}) - value(joined)
            joined |= {n}
    effects /= len(orders)
    return tuple(WordEffect(text[a:b], a, b, float(e)) for (a, b), e in zip(spans, effects, strict=True))


def kept(text: str, spans: Sequence[tuple[int, int]]) -> str:
    """The text with these stretches only; what stood apart stays apart."""
    out, last = "", 0
    for start, end in spans:
        out += (" " if out and (start > last or " " in text[last:start]) else "") + text[start:end]
        last = end
    return out


def _orders(n: int) -> list[tuple[int, ...]]:
    if n <= _ALL_ORDERS:
        return list(permutations(range(n)))
    rng = np.random.default_rng(n)
    forward = [tuple(range(n)), *(tuple(int(i) for i in rng.permutation(n)) for _ in range(_PAIRS - 1))]
    return [order for f in forward for order in (f, f[::-1])]


def _grouped(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """At most `_MOST` stretches, neighbours joined."""
    parts = np.array_split(np.arange(len(spans)), min(len(spans), _MOST)) if len(spans) else []
    return [(spans[int(p[0])][0], spans[int(p[-1])][1]) for p in parts]
