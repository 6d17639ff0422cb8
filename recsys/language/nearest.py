"""A value without a word of its own: which value of a catalogue a phrase means, by the language model."""

import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Schema
from recsys.language.text import CJK, STOP_EN, STOP_ZH, words
from recsys.language.values import Span

Vectors = npt.NDArray[np.float32]
Pair = tuple[str, str]
_NAMES = frozenset(
    {"brand", "director", "cast", "author", "city", "region", "issuer", "date", "title", "domain", "category"}
)
_MOST = 4000  # more values than this are names or numbers, not properties
_CLOSE, _AHEAD = (
    0.45,
    0.05,
)  # cosine around the mean that is close enough, and how far the next field's best must be behind
_PHRASES = 3  # encoded in a message at most
_PASSING = frozenset(
    [
        "想",
        "看看",
        "一点",
        "那种",
        "最好",
        "就行",
        "别",
        "不要",
        "帮忙",
        "求",
        "来",
        "谢谢",
        "好",
        "好看",
        "东西",
        "一下",
        "不错",
        "便宜",
        "贵",
        "找",
        "挑",
        "选",
        "整",
        "弄",
        "搞",
        "预算",
        "价格",
        "什么",
        "哪些",
        "觉得",
        "需要",
        "送",
        "麻烦",
        "不",
        "没",
        "会",
        "用",
        "穿",
        "戴",
        "做",
        "说",
        "去",
        "到",
        "让",
        "被",
        "把",
        "拿",
        "放",
        "还是",
        "但是",
        "因为",
        "所以",
        "而且",
        "挺",
        "真",
        "超",
        "特别",
        "只",
        "才",
        "又",
        "再",
        "几",
        "两",
        "三",
        "大概",
        "差不多",
        "上",
        "下",
        "里",
        "中",
        "不能",
        "不想",
        "也行",
        "家",
        "店",
        "类",
        "种",
        "喜欢",
        "漂亮",
        "实用",
        "质量",
        "舒服",
        "合适",
        "朋友",
        "今天",
        "明天",
        "最近",
        "现在",
        "hi",
        "hello",
        "hey",
        "please",
        "thanks",
        "pls",
        "just",
        "got",
        "anything",
        "thing",
        "things",
        "good",
        "nice",
        "really",
        "kind",
        "sort",
        "bit",
        "lot",
        "something's",
        "im",
        "i'm",
        "i've",
        "i'd",
        "don't",
        "can't",
        "that's",
        "it's",
        "what's",
        "if",
        "so",
        "also",
        "too",
        "very",
        "maybe",
        "budget",
        "price",
        "cheap",
        "max",
        "min",
        "per",
        "person",
        "someone",
        "wanna",
        "gonna",
        "ones",
        "all",
        "which",
        "who",
        "when",
        "where",
        "what",
        "how",
        "why",
        "yes",
        "ok",
        "time",
        "day",
        "today",
        "tonight",
        "use",
        "using",
        "go",
        "make",
        "take",
        "let",
        "know",
        "think",
        "say",
        "tell",
        "help",
        "idea",
        "ideas",
        "best",
        "decent",
        "comfortable",
        "quality",
        "beautiful",
        "pretty",
    ]
)


def pairs(schema: Schema) -> list[Pair]:
    """The (field, value) pairs that a phrase may mean without naming them: no names, codes, yes or no."""
    own = [
        (f, v) for f, v in schema.support
        if len(v) > 1 and f not in _NAMES and schema.fields[f].kind in ("categorical", "list") and not re.search(r"\d", v)
    ]  # fmt: skip
    return own if len(own) <= _MOST else []


def texts(schema: Schema) -> list[str]:
    """The values as they are encoded: in both languages, where they have two."""
    return [f"{v} {schema.labels.get(v, '')}".strip() for _, v in pairs(schema)]


def phrases(text: str, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """(start, end) of the stretches of content words that no span has taken; words of politeness and vague praise are none."""
    open_ = list(text)
    for start, end in taken:
        open_[start:end] = "\n" * (min(end, len(open_)) - start)
    left, out, at = "".join(open_), list[tuple[int, int]](), 0
    for word in words(left):
        start = left.find(word, at)
        at = max(at, start + len(word))
        idle = (
            word in STOP_ZH
            or word in STOP_EN
            or word in _PASSING
            or word.isdigit()
            or (len(word) == 1 and bool(CJK.match(word)))
        )
        if start < 0 or idle:
            continue
        joined = out and re.fullmatch(r"的?|[ -]", left[out[-1][1] : start])
        out = [*out[:-1], (out[-1][0], at)] if joined else [*out, (start, at)]
    return [(a, b) for a, b in out if b - a > 1]


class Nearest:
    """Looks phrases up among the vectors of the values (n, dim); `encode` turns a phrase into a unit vector (dim,)."""

    def __init__(self, schema: Schema, vectors: Vectors, encode: Callable[[str], Vectors]) -> None:
        self.schema, self.pairs, self._encode = schema, pairs(schema), encode
        self._mean = vectors.mean(axis=0) if len(vectors) else np.zeros(1, np.float32)
        self._rows = lru_cache(maxsize=256)(self._rows_of)
        centred = vectors - self._mean
        self._vectors = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)  # (n, dim)

    def _rows_of(self, categories: tuple[str, ...]) -> list[int]:
        """The pairs that items of these categories carry."""
        support = self.schema.support
        return [n for n, p in enumerate(self.pairs) if any(c in support[p] for c in categories)]

    def value(self, phrase: str, categories: Collection[str]) -> Pair | None:
        """The one value of these categories that the phrase is close to; None where none is, or two are."""
        rows = self._rows(tuple(categories))
        if not rows:
            return None
        vector = self._encode(phrase) - self._mean
        scores = self._vectors[rows] @ (vector / max(float(np.linalg.norm(vector)), 1e-9))  # (rows,)
        order = np.argsort(-scores)
        best = self.pairs[rows[order[0]]]
        rival = next((float(scores[n]) for n in order[1:] if self.pairs[rows[n]][1] != best[1]), -1.0)
        return best if scores[order[0]] >= _CLOSE and scores[order[0]] - rival >= _AHEAD else None

    def spans(self, text: str, taken: Iterable[tuple[int, int]], categories: Collection[str]) -> list[Span]:
        """A span for each phrase of the text that means a value by the language model alone."""
        found = []
        for start, end in phrases(text, taken)[:_PHRASES] if categories else ():
            pair = self.value(text[start:end], categories)
            found += [Span(start, end, (pair,))] if pair else []
        return found
