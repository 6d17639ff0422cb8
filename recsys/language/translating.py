"""Words of the other language for phrases of which a catalogue has no word: a need in one language, texts in the other."""

import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence

from recsys.language.text import CJK, index_terms, pieces

_LONGEST = 6  # words of a phrase


class Translator:
    """Other names of things, by the phrases that people say."""

    def __init__(self, names: Iterable[Sequence[str]]) -> None:
        """Each of `names` are the names of one thing, in both languages."""
        self._others: dict[str, list[frozenset[str]]] = {}  # those of one group are shared by its names
        for group in names:
            said = frozenset(n.lower() for n in group if n)
            chinese = frozenset(n for n in said if not n.isascii() and CJK.search(n))
            english = said - chinese
            for name in said if chinese and english else ():
                self._others.setdefault(name, []).append(english if name in chinese else chinese)

    def terms(self, text: str, knows: Callable[[str], bool]) -> list[str]:
        """Index terms of a need: its own, and those of the other names of the longest phrases that the index does not know."""
        own, at = index_terms(text), 0
        lowered, edges = text.lower(), pieces(text)
        while at < len(edges):
            ends = range(min(len(edges), at + _LONGEST), at, -1)
            end = next((e for e in ends if lowered[edges[at][0] : edges[e - 1][1]] in self._others), at)
            if end > at:
                phrase = lowered[edges[at][0] : edges[end - 1][1]]
                if not any(knows(t) for t in index_terms(phrase) if len(t) > 1):
                    own += [t for other in sorted(frozenset().union(*self._others[phrase])) for t in index_terms(other)]
            at = max(end, at + 1)
        return own


def names(glossary: Mapping[str, Sequence[str]], labels: Mapping[str, str]) -> Iterable[Sequence[str]]:
    """The groups of names of a glossary and of a catalogue's own labels."""
    return itertools.chain(
        dict.fromkeys(map(tuple, glossary.values())),
        ((value.removeprefix("zh:"), name) for value, name in labels.items()),
    )
