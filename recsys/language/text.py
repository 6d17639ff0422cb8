"""Simplifying, segmenting and counting words: everything before meaning."""

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Any

from recsys.cleaning import clean
from recsys.datamodels import Lang

CJK = re.compile(r"[\u3400-\u9fff]")
PICTURES = "\U0001f300-\U0001faff\u2728\u2764\u263a"  # emoji, which end a clause as a comma does; no ★
_LATIN = re.compile(r"[a-z0-9]+(?:[.'\-][a-z0-9]+)*")
_PUNCTUATION = re.compile(r"[^\w\u3400-\u9fff]+")

STOP_ZH = frozenset(
    [
        "的",
        "了",
        "吗",
        "呢",
        "吧",
        "啊",
        "呀",
        "嘛",
        "哦",
        "我",
        "你",
        "他",
        "她",
        "它",
        "我们",
        "你们",
        "请",
        "帮",
        "帮我",
        "给",
        "给我",
        "想",
        "想要",
        "想买",
        "要",
        "买",
        "有",
        "没有",
        "有没有",
        "一",
        "一个",
        "一件",
        "一条",
        "一款",
        "一双",
        "一部",
        "一本",
        "一下",
        "一些",
        "一笔",
        "个",
        "件",
        "条",
        "款",
        "双",
        "部",
        "是",
        "在",
        "和",
        "与",
        "或",
        "或者",
        "也",
        "都",
        "就",
        "还",
        "很",
        "太",
        "最",
        "比较",
        "能",
        "可以",
        "可不可以",
        "推荐",
        "介绍",
        "看看",
        "什么",
        "哪些",
        "怎么",
        "这",
        "那",
        "这个",
        "那个",
        "这些",
        "那些",
        "点",
        "一点",
        "有点",
        "适合",
        "左右",
        "以内",
        "以下",
        "以上",
        "之间",
        "元",
        "块",
        "钱",
        "块钱",
    ]
)
STOP_EN = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "me",
        "my",
        "we",
        "you",
        "your",
        "it",
        "its",
        "is",
        "are",
        "was",
        "be",
        "been",
        "am",
        "do",
        "does",
        "did",
        "can",
        "could",
        "would",
        "should",
        "will",
        "shall",
        "to",
        "of",
        "in",
        "on",
        "for",
        "with",
        "at",
        "by",
        "from",
        "and",
        "or",
        "but",
        "not",
        "no",
        "any",
        "some",
        "something",
        "one",
        "that",
        "this",
        "these",
        "those",
        "there",
        "please",
        "want",
        "need",
        "looking",
        "look",
        "find",
        "show",
        "get",
        "give",
        "buy",
        "like",
        "under",
        "over",
        "about",
        "around",
        "less",
        "more",
        "than",
        "recommend",
        "suggest",
    ]
)


@cache
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@cache
def _segmenter() -> Any:
    import logging

    import jieba

    jieba.setLogLevel(logging.WARNING)
    jieba.initialize()
    return jieba


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english")


def simplify(text: str) -> str:
    """Traditional to simplified Chinese; other text is returned as it is."""
    return str(_converter().convert(text)) if CJK.search(text) else text


def language(text: str) -> Lang:
    """zh where any Chinese character is found, else en."""
    return "zh" if CJK.search(text) else "en"


def words(text: str) -> list[str]:
    """Segment: jieba for Chinese, runs of letters and digits for the rest; lower case, with stop words."""
    return list(_segmented(text.lower()))


@lru_cache(maxsize=256)  # the parser looks at one message again and again
def _segmented(lowered: str) -> tuple[str, ...]:
    if not CJK.search(lowered):
        return tuple(_LATIN.findall(lowered))
    return tuple(w for w in (_PUNCTUATION.sub("", t) for t in _segmenter().lcut(lowered)) if w)


def pieces(text: str) -> list[tuple[int, int]]:
    """(start, end) of the words of a text: jieba for Chinese, runs of letters and digits for the rest."""
    if not CJK.search(text):
        return [m.span() for m in _LATIN.finditer(text.lower())]
    return [(a, b) for word, a, b in _segmenter().tokenize(text) if _PUNCTUATION.sub("", word)]


def is_word(text: str) -> bool:
    """True where the dictionary of the segmenter has it."""
    return bool(_segmenter().dt.FREQ.get(text))


def is_rare(word: str) -> bool:
    """True for a word that the segmenter's dictionary has seen less than 500 times, of some sixty million."""
    return int(_segmenter().dt.FREQ.get(word) or 0) < 500


def prepare() -> None:
    """Read the dictionaries now rather than at the first message."""
    _segmenter()
    _converter()


TERMS = "terms-2"  # to be changed with `index_terms`, so that an index of other terms is not taken from a cache


def index_terms(text: str) -> list[str]:
    """Terms for BM25: Chinese words, character bigrams and, once each, characters; English stems; no stop words.

    People shorten and reorder Chinese names of things in ways that no dictionary lists, so every character is a term too.
    """
    text = simplify(clean(text)).lower()
    out: list[str] = []
    characters: dict[str, None] = {}
    for word in words(text):
        if not CJK.search(word):
            if word not in STOP_EN:
                out.append(str(_stemmer().stemWord(word)))
        elif word not in STOP_ZH:
            characters |= dict.fromkeys(CJK.findall(word))
            out += [word] if len(word) > 1 else []
    for run in re.findall(r"[\u3400-\u9fff]+", text):
        out += [run[i : i + 2] for i in range(len(run) - 1) if len(run) > 2]
    return [*out, *characters]


def places(text: str, word: str) -> list[tuple[int, int]]:
    """(start, end) of each place where a lower-case word stands, by itself where it is Latin."""
    if word not in text:
        return []
    pattern = rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
    return [m.span() for m in re.finditer(pattern, text)]


def blank(text: str, ranges: Sequence[tuple[int, int]]) -> str:
    """The text with these stretches replaced by spaces, so that positions stay."""
    for start, end in ranges:
        text = text[:start] + " " * (end - start) + text[end:]
    return text
