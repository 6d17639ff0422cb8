"""Find the values of a catalogue's categorical fields in a sentence: exact forms, synonyms and English labels."""

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from recsys.datamodels import Schema
from recsys.language.text import CJK, words

# When a phrase may mean several fields, the earlier one is meant.
PRIORITY = ("category", "domain", "risk", "color", "brand", "genre", "season", "gender", "group")
_WORD = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Span:
    """A phrase at text[start:end] and the (field, value) pairs it may mean."""

    start: int
    end: int
    pairs: tuple[tuple[str, str], ...]

    def fields(self) -> set[str]:
        """The fields it may mean."""
        return {f for f, _ in self.pairs}


class Lexicon:
    """The phrases of a schema, looked up by length: a sentence costs len × longest dictionary look-ups."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._longest = max((len(p) for p in schema.lexicon), default=0)

    def find(self, text: str, categories: Collection[str] = (), heads: bool = False) -> list[Span]:
        """Non-overlapping spans of a cleaned, lower-case sentence, the longest at each place.

        With `categories` only values that items of these carry; with `heads` only what names a category or domain.
        """
        tokens = _token_spans(text)
        spans: list[Span] = []
        at = 0
        while at < len(text):
            span = self._at(text, at, tokens, frozenset(categories), heads)
            if span is None:
                at += 1
            else:
                spans.append(span)
                at = span.end
        return spans

    def _at(self, text: str, at: int, tokens: dict[int, str], categories: frozenset[str], heads: bool) -> Span | None:
        if _inside_word(text, at):
            return None
        for length in range(min(self._longest, len(text) - at), 0, -1):
            phrase = text[at : at + length]
            pairs = self.schema.lexicon.get(phrase) or self._singular(phrase)
            pairs = pairs and self._fitting(pairs, categories, heads)
            if pairs and not _inside_word(text, at + length) and self._stands_alone(phrase, at, tokens):
                return Span(at, at + length, pairs)
        return None

    def _fitting(
        self, pairs: tuple[tuple[str, str], ...], categories: frozenset[str], heads: bool
    ) -> tuple[tuple[str, str], ...]:
        """The readings of a phrase that are of use here."""
        if heads:
            return pairs if any(f in ("category", "domain") for f, _ in pairs) else ()
        if not categories:
            return pairs
        support = self.schema.support
        return tuple(
            p for p in pairs if p[0] in ("category", "domain") or not categories.isdisjoint(support.get(p, ()))
        )

    def _singular(self, phrase: str) -> tuple[tuple[str, str], ...] | None:
        if len(phrase) > 3 and phrase.isascii() and phrase.endswith("s"):
            return self.schema.lexicon.get(phrase[:-1]) or (
                self.schema.lexicon.get(phrase[:-2]) if phrase.endswith("es") else None
            )
        return None

    def _stands_alone(self, phrase: str, at: int, tokens: dict[int, str]) -> bool:
        """One Chinese character counts only as a word, or joined to another known phrase: 红裙子, not 口红."""
        if len(phrase) > 1 or not CJK.match(phrase):
            return True
        for start, token in tokens.items():
            if start <= at < start + len(token):
                rest = token.replace(phrase, "", 1).removesuffix("的").removesuffix("色")
                edge = at in (start, start + len(token) - 1)
                return token == phrase or (edge and (not rest or rest in self.schema.lexicon))
        return False


def _inside_word(text: str, at: int) -> bool:
    """True where text[at-1] and text[at] are letters of one Latin word."""
    return 0 < at < len(text) and bool(_WORD.match(text[at - 1])) and bool(_WORD.match(text[at]))


def _token_spans(text: str) -> dict[int, str]:
    at, out = 0, {}
    for token in words(text):
        found = text.find(token, at)
        if found >= 0:
            out[found] = token
            at = found + len(token)
    return out


def scope(schema: Schema, spans: Iterable[Span]) -> tuple[str, ...]:
    """The categories that the spans name, directly or through their domain."""
    named: list[str] = []
    domains: list[str] = []
    for span in spans:
        named += [v for f, v in span.pairs if f == "category"]
        domains += [v for f, v in span.pairs if f == "domain"]
    if named:
        return tuple(dict.fromkeys(named))
    return tuple(c for d in domains for c in schema.support.get(("domain", d), {}))


def resolve(
    schema: Schema, pairs: Sequence[tuple[str, str]], categories: Collection[str]
) -> tuple[str, tuple[str, ...]] | None:
    """The one field, and its values, that a phrase means among items of these categories (all, where none is given).

    Returns None where no such item carries any of the pairs.
    """

    def weight(pair: tuple[str, str]) -> int:
        support = schema.support.get(pair, {})
        return sum(support.values()) if not categories else sum(support.get(c, 0) for c in categories)

    by_field: dict[str, list[str]] = {}
    totals: dict[str, int] = {}
    for name, value in pairs:
        if weight((name, value)):
            by_field.setdefault(name, []).append(value)
            totals[name] = totals.get(name, 0) + weight((name, value))
    if not by_field:
        return None
    best = min(by_field, key=lambda f: (PRIORITY.index(f) if f in PRIORITY else len(PRIORITY), -totals[f]))
    return best, tuple(dict.fromkeys(by_field[best]))
