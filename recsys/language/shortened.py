"""What people shorten values to: 推理 of 悬疑推理, 合租 of 合租单间, the green of green tea."""

import re
from collections import Counter

from recsys.language.text import CJK, is_rare, is_word, words
from recsys.schema import Schema

HEADS = ("category", "domain")  # what names a kind of thing
WIDER = (*HEADS, "group")  # those, and a department of several kinds
TYPES = ("type", "kind")  # what names a sort within one
_ALIKE = 4  # values of a field that end alike: 红茶, 绿茶, 白茶, 花茶
_DEGREES = frozenset("大小高中低长短新老多少前后一二三四五六七八九十")
_MANY = 20  # values of a field of names: dishes, not occasions
_COMMON = frozenset({"third", "second", "first", "number", "level", "style", "large", "small", "extra", "front", "inner", "other", "house", "white", "black", "sport", "light", "super", "world", "right", "power", "space", "private", "place", "table", "water", "north", "south"})  # fmt: skip
_ROOMS = re.compile(r"[一二两三四五六]\S[一二两三四五六]\S$")  # 两室一厅


def parts(schema: Schema) -> dict[str, list[tuple[str, str]]]:
    """What people shorten values to -> the values: half of four Chinese characters, where it is a phrase of this or any catalogue.

    Where no kind of thing narrows the choice, also a rare word that qualifies one value alone: 合租 of 合租单间, "fingerprint" of
    "fingerprint reader".
    """
    out: dict[str, list[tuple[str, str]]] = {}
    plain = "category" not in schema.fields
    counts = Counter(name for name, _ in schema.support)
    for name, value in schema.support:
        if len(value) != 4 or name in HEADS or not all(CJK.match(c) for c in value):
            continue
        for half in (value[:2], value[2:]):
            dish = plain and half == value[2:] and counts[name] > _MANY and is_word(half)
            if half in schema.lexicon or dish:
                out.setdefault(half, []).append((name, value))
    for name, value in schema.support if plain else ():
        for word in _pieces(value) if name not in HEADS and schema.fields[name].kind in ("categorical", "list") else ():
            if word not in schema.lexicon and (name, value) not in out.get(word, ()):
                out.setdefault(word, []).append((name, value))
    return out


def before_heads(schema: Schema) -> dict[str, list[tuple[str, str]]]:
    """What stands before the name of a kind -> what the whole phrase says beside the kind: green of green tea, 红 of 红茶."""
    out: dict[str, list[tuple[str, str]]] = {}
    ends = Counter((f, v[-1]) for f, v in schema.support if v and CJK.match(v[-1]))
    for name, value in schema.support:
        if 1 < len(value) < 4 and name not in HEADS and ends[name, value[-1]] >= _ALIKE and value[0] not in _DEGREES:
            out.setdefault(value[:-1], []).append((name, value))
    for phrase, pairs in schema.lexicon.items():
        before, _, head = phrase.rpartition(" ")
        own = [p for p in pairs if p[0] not in WIDER]
        kinds = {
            v for f, v in schema.lexicon.get(head, schema.lexicon.get(head.removesuffix("s"), ())) if f == "category"
        }
        if before.isascii() and len(before) > 2 and own and any(kinds & set(schema.support.get(p, ())) for p in own):
            out.setdefault(before, []).extend(own)
    return out


def _pieces(value: str) -> list[str]:
    """What may stand for a value: rare words that qualify its last, and the counts of rooms."""
    if not CJK.search(value):
        found = re.findall(r"[a-z]+", value.lower())
        return [w for w in found[:-1] if len(w) > 4 and w not in _COMMON]
    halves = [value[:2], value[2:]] if _ROOMS.match(value) else []
    return [*halves, *(w for w in words(value)[:-1] if len(w) > 1 and CJK.match(w) and is_rare(w))]
