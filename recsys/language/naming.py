"""Which of the shown items a message names: by a piece of a title that no other one has, or a word of a description."""

import re
from collections.abc import Sequence

from recsys.datamodels import Item
from recsys.language.nearest import telling
from recsys.language.text import words

_WEAK = frozenset(
    [
        "with",
        "from",
        "that",
        "this",
        "like",
        "than",
        "good",
        "great",
        "nice",
        "more",
        "most",
        "less",
        "best",
        "the",
        "one",
        "last",
        "first",
        "second",
        "third",
        "一个",
        "第一",
        "不是",
        "喜欢",
        "好看",
        "可以",
        "这个",
        "那个",
        "为什么",
        "什么",
        "一款",
        "便宜",
        "推荐",
        "一点",
        "分钟",
        "inch",
        "inches",
        "hour",
        "hours",
        "minute",
        "minutes",
        "小时",
    ]
)  # say nothing by themselves


def evident(text: str, shown: Sequence[Item], described: bool = False) -> list[tuple[int, tuple[int, int]]]:
    """(rank, (start, end)) of the words that the title of one shown item alone has, or where it is `described` its description: the van."""
    more = [f"{i.description} {i.description_en}" if described else "" for i in shown]
    known = [f"{i.title} {i.title_en} {own}".lower() for i, own in zip(shown, more, strict=True)]
    out, at = [], 0
    for word in words(text):
        start = text.find(word, at)
        at = max(at, start + len(word))
        if start < 0 or len(word) < (3 if word.isascii() else 2) or not telling(word) or word in _WEAK:
            continue
        stem = re.compile(rf"\b{re.escape(word.removesuffix('s'))}" if word.isascii() else re.escape(word))
        have = [rank for rank, text_ in enumerate(known, 1) if stem.search(text_)]
        out += [(have[0], (start, at))] if len(have) == 1 else []
    return out


def told(phrase: str, shown: Sequence[Item]) -> list[Item]:
    """The one item whose title or description has the words of the phrase: the one for bikes."""
    ranks = {rank for rank, _ in evident(phrase, shown, described=True)}
    return [shown[rank - 1] for rank in ranks] if len(ranks) == 1 else []


def named(text: str, shown: Sequence[Item]) -> list[Item]:
    """Items of whose titles a piece stands in the text that no other shown item has."""
    return [i for i in shown if where(text, i, shown)[1]]


def where(text: str, item: Item, shown: Sequence[Item] = ()) -> tuple[int, int]:
    """(start, end) of a piece of an item's title that no other shown item has; (0, 0) where there is none."""
    others = " ".join(f"{o.title} {o.title_en}".lower() for o in shown if o is not item)
    for title in (item.title.lower(), item.title_en.lower()):
        for piece in _pieces(title):
            at = text.find(piece)
            if at < 0 or piece in others:
                continue
            if not piece.isascii() or re.search(rf"\b{re.escape(piece)}(?:r|s|er|rs|ers|es)?\b", text):
                return at, at + len(piece)
    return 0, 0


def _pieces(title: str) -> list[str]:
    """The pieces of a title that may stand for it, the longest first: two or more Chinese characters, words of four letters."""
    pieces = [w.rstrip("'") for w in re.findall(r"[a-zà-ÿ][a-zà-ÿ'\-]{3,}|\d[\d.:]{2,}\d", title) if w not in _WEAK]
    pieces += [w[:-1] for w in pieces if len(w) > 5 and w.endswith("s")]
    pieces += [w[:-2] for w in pieces if len(w) > 6 and w.endswith("'s")]
    pieces += [title] if len(title) > 3 else []
    words = [w for w in re.findall(r"[a-z0-9'\-]+", title) if w not in _WEAK]
    pieces += [" ".join(words[i : i + n]) for n in range(len(words), 1, -1) for i in range(len(words) - n + 1)]
    for run in re.findall(r"[\u3400-\u9fff]{2,}", title):
        pieces += [
            run[i : i + n]
            for n in range(len(run), 1, -1)
            for i in range(len(run) - n + 1)
            if run[i : i + n] not in _WEAK
        ]
    return sorted(dict.fromkeys(pieces), key=len, reverse=True)
