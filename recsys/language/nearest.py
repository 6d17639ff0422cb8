"""A value without a word of its own: which value of a catalogue a phrase means, by the language model."""

import re
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from recsys.language.text import CJK, STOP_EN, STOP_ZH, words
from recsys.language.values import Span
from recsys.schema import NO, YES, Schema

Vectors = npt.NDArray[np.float32]
Pair = tuple[str, str]
_NAMES = frozenset({"brand", "director", "cast", "author", "issuer", "date", "title", "domain", "category"})
_PLACES = re.compile(
    r"城市|区域|地区|国家|商圈|车站|地铁|city|region|country|area|district|neighbourhood|station", re.I
)
_HALF = re.compile(r"[要想能会可就][读看听用做]|不[了起到得][\u4e00-\u9fff]*")  # 要|读, 装|不了
_MOST = 4000  # more values than this are names or numbers, not properties
_CLOSE, _AHEAD = 0.44, 0.05  # cosine about the mean that is close enough, and how far behind the next value must be
_SHORT = 0.04  # closer than that for one short word
_SAID = 0.21  # phrases are this much closer to the phrases of their value than to the value
_FEW = 1000  # phrases: of more, the values alone do as well
_PHRASES = 3  # encoded in a message at most
_PASSING = frozenset(
    re.findall(
        r"\S+",
        "想 看看 一点 那种 最好 就行 别 不要 帮忙 求 来 谢谢 好 好看 东西 一下 不错 便宜 贵 找 挑 选 整 弄 搞 预算 价格 什么 哪些 觉得 需要 送 麻烦 不 没 会 用 穿 戴 做 说 去 到 让 被 把 拿 放 还是 "
        "聚餐 吃饭 但是 因为 所以 而且 挺 真 超 特别 只 才 又 再 几 两 三 大概 差不多 上 下 里 中 不能 不想 也行 家 店 类 种 喜欢 漂亮 实用 质量 舒服 合适 朋友 今天 明天 最近 现在 hi hello hey "
        "please thanks pls just got anything thing things good nice really kind sort bit lot something's im i'm i've i'd don't "
        "can't that's it's what's if so also too very maybe budget price cheap max min per person someone wanna gonna ones all "
        "which who when where what how why yes ok time day today tonight use using go make take let know think say tell help "
        "lunch dinner breakfast pick idea ideas best decent comfortable quality beautiful pretty",
    )
)


def pairs(schema: Schema) -> list[Pair]:
    """The (field, value) pairs that a phrase may mean without naming them: no names, no codes, nothing that is not there."""
    fields = {
        n
        for n, f in schema.fields.items()
        if f.kind in ("categorical", "list") and n not in _NAMES and not _PLACES.search(f"{n} {f.zh} {f.en}")
    }
    own = [
        (f, v) for f, v in schema.support
        if f in fields and v.lower() not in NO and (v.lower() in YES or (len(v) > 1 and not re.search(r"\d", v)))
    ]  # fmt: skip
    return own if len(own) <= _MOST else []


def sayings(schema: Schema) -> list[tuple[str, Pair]]:
    """Phrases of two words, or three characters, that mean one of these values and no other; none where a catalogue has many."""
    known = set(pairs(schema))
    own = [(p, pairs_[0]) for p, pairs_ in schema.lexicon.items() if len(pairs_) == 1 and _long(p)]
    own = [(p, pair) for p, pair in own if pair in known]
    return own if len(own) <= _FEW else []


def texts(schema: Schema) -> list[str]:
    """The values as they are encoded, in both languages where they have two, then the phrases that are said for them."""
    return [*(_named(schema, *p) for p in pairs(schema)), *(p for p, _ in sayings(schema))]


def _named(schema: Schema, name: str, value: str) -> str:
    """A value, or the name of its field where it only says that something is there."""
    field = schema.fields[name]
    said = (
        (field.zh, field.en if field.en != field.zh else "")
        if value.lower() in YES
        else (value, schema.labels.get(value, ""))
    )
    return " ".join(said).strip()


def _long(phrase: str) -> bool:
    """True for more than one short word, which says too little by itself."""
    return bool(re.search(r"[ -]", phrase)) if phrase.isascii() else len(phrase) > 2


def telling(word: str) -> bool:
    """True for a word that says what a thing is or is like: none of politeness, vague praise or grammar."""
    idle = word in STOP_ZH or word in STOP_EN or word in _PASSING or word.isdigit()
    return not (idle or (len(word) == 1 and bool(CJK.match(word))) or _HALF.fullmatch(word))


def phrases(text: str, taken: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """(start, end) of the stretches of content words that no span has taken; words of politeness and vague praise are none."""
    open_ = list(text)
    for start, end in taken:
        open_[start:end] = "\n" * (min(end, len(open_)) - start)
    left, out, at = "".join(open_), list[tuple[int, int]](), 0
    for word in words(left):
        start = left.find(word, at)
        at = max(at, start + len(word))
        if start < 0 or not telling(word):
            continue
        joined = out and re.fullmatch(r"的?|[ -]", left[out[-1][1] : start])
        out = [*out[:-1], (out[-1][0], at)] if joined else [*out, (start, at)]
    return [(a, b) for a, b in out if b - a > 1]


class Nearest:
    """Looks phrases up among the vectors of `texts` (n, dim); `encode` turns a phrase into a unit vector (dim,)."""

    def __init__(self, schema: Schema, vectors: Vectors, encode: Callable[[str], Vectors]) -> None:
        self.schema, self.pairs, self.encode = schema, pairs(schema), encode
        self._place = place = {p: n for n, p in enumerate(self.pairs)}
        self._raw = vectors
        self._of = np.array(
            [place[p] for _, p in sayings(schema)], np.intp
        )  # the row of the pair that each phrase means
        self._values = _Centred(vectors[: len(self.pairs)], vectors[: len(self.pairs)])
        self._phrases = _Centred(vectors[len(self.pairs) :], vectors[: len(self.pairs)])
        self._plain = "category" not in schema.fields
        self._rows = lru_cache(maxsize=256)(self._rows_of)

    def _rows_of(self, categories: tuple[str, ...]) -> list[int]:
        """The pairs that items of these categories carry; all, where things are of no kinds."""
        support = self.schema.support
        return [
            n
            for n, p in enumerate(self.pairs)
            if (self._plain and not categories) or any(c in support[p] for c in categories)
        ]

    def value(self, phrase: str, categories: Collection[str]) -> Pair | None:
        """The one value of these categories that the phrase is close to; None where none is, or two are."""
        rows = self._rows(tuple(categories))
        if not rows:
            return None
        vector = self.encode(phrase)
        scores = self._values.near(vector)  # (pairs,)
        if _long(phrase) and len(self._of):
            np.maximum.at(scores, self._of, self._phrases.near(vector) - _SAID)
        order = sorted(rows, key=lambda n: -scores[n])
        best = self.pairs[order[0]]
        rival = next(
            (float(scores[n]) for n in order[1:] if self.pairs[n][1] != best[1] or best[1].lower() in YES), -1.0
        )
        close = _CLOSE + (0 if _long(phrase) else _SHORT)
        return best if scores[order[0]] >= close and scores[order[0]] - rival >= _AHEAD else None

    def of(self, pairs: Iterable[Pair], vector: Vectors) -> list[float]:
        """The cosines of a unit vector (dim,) with those of these values that have one."""
        rows = [self._place[p] for p in pairs if p in self._place]
        return [float(c) for c in self._raw[rows] @ vector]

    def spans(self, text: str, taken: Iterable[tuple[int, int]], categories: Collection[str]) -> list[Span]:
        """A span for each phrase of the text that means a value by the language model alone."""
        found = []
        for start, end in phrases(text, taken)[:_PHRASES] if categories or self._plain else ():
            pair = self.value(text[start:end], categories)
            found += [Span(start, end, (pair,))] if pair else []
        return found


class _Centred:
    """Unit vectors (n, dim) about the mean of others, the values: phrases added for one value move none of the rest."""

    def __init__(self, vectors: Vectors, about: Vectors) -> None:
        self._mean = about.mean(axis=0) if len(about) else np.zeros(1, np.float32)
        centred = vectors - self._mean
        self._vectors = centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)

    def near(self, vector: Vectors) -> Vectors:
        """The cosines (n,) of a vector (dim,) with them."""
        centred = vector - self._mean
        out: Vectors = self._vectors @ (centred / max(float(np.linalg.norm(centred)), 1e-9))
        return out
