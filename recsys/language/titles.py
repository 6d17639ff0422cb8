"""Items named in a message: by all of it, in quotes, or after "like", also by the first words of their titles."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile
from unicodedata import normalize

from recsys.datamodels import Constraint, Item, Query
from recsys.language.text import STOP_EN, STOP_ZH, words

_LIKE = re.compile(r"\blike\b|similar|类似|相似|像|差不多")
_LIKE_IT = re.compile(
    r"\b(?:like|similar to|along the lines of|in the (?:vein|style) of|close to) (?:it|that(?: one)?|this(?: one)?)\b|(?:类似|相似|差不多|同类型?|[这那]样|[这那]种)的?(?:片子?|电影|剧|书|作品)?(?:还?有|来|吗|么|$|[,，。?？])|像[它这那]"
)
_CUE = re.compile(
    r"《([^》]{1,60})》|\"([^\"]{2,60})\"|“([^”]{1,60})”"
    r"|(?:\blike (?:the )?|similar to (?:the )?|\b(?:al)?on(?:g)? the lines of (?:the )?|in the (?:vein|style|spirit) of (?:the )?|类似于?|像|(?:跟|和|与)(?=.{2,20}(?:差不多|类似|相似|一路子|一个路子|比|哪)))\s?[《“]?(.{1,60})"
)
_IN_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]$")
_LOOKED_AT = 500  # titles that begin alike


_YEAR = re.compile(r"\((?:19|20)\d\d\)")
_QUOTED = re.compile(r"《([^》]{1,60})》|“([^”]{1,60})”")
_QUOTES = '《》“”"'
_LONGEST = 80  # characters of a title
_CUT = re.compile(r"[a-z0-9][a-z0-9]")  # inside a word
_KNOWN = re.compile(
    r"(?:看|读|听|追|刷)(?:过|完)了?|除了|除去|不要|别推荐?|不想看|不看|\b(?:seen|watched|read|finished|except(?: for)?|other than|besides|apart from|anything but|(?<!why )not)\b"
)
_LIKED = re.compile(  # a film like Paterson says nothing of Paterson
    r"喜欢(?:看|读|听)?|爱看|\b(?:liked|loved?|enjoyed|hated|adored?|(?:i|we|they|he|she|you|really|also|both|do|did|don'?t|didn'?t) like)\b"
)
_ENDS = re.compile(r"[》”\"\s]*(?:$|[,，.。;；!！?？和跟与、了]|and\b|but\b|because\b|so\b)")
_NEXT = re.compile(r"[》”\"了\s]*(?:,|，|、|和|跟|与|还有|\band\b|&)\s*")
_ASKED = re.compile(  # what may stand before it: a request, and no word of what is thought of it
    r"(?:请|麻烦|那|嗯|哦|好的?|还是|就|再|你|我|帮|给|替|想|需?要|打算|买|找|看|来|推荐|有没有|有|一下|[一两几]?[这那]?[个部本件款条双只把张位支篇首](?:叫|名为)?)*"
    r"|(?:(?:please|can|could|would like|you|i'?d like|i'?m|i|we|looking for|want|need|to|buy|find|watch|read|see|get|show|me|recommend|give|do|have|is|there|an?|the|some|film|movie|book|series)\b\s*)*"
)
_AFTER = re.compile(
    r"(?:[\s?？!！。.,，]|有吗|吧|呢|吗|\b(?:please|again)\b)*$"
)  # what may follow a title that is all of a message


class Titles:
    """The titles of a catalogue in order, so that one is found whole or by its beginning; a million take a few megabytes."""

    def __init__(self, items: Sequence[Item]) -> None:
        names = sorted(_names(items))
        self._items, self._names, self._rows = items, [n for n, _, _ in names], [row for _, _, row in names]

    def categories(self, titles: Iterable[str]) -> tuple[str, ...]:
        """The categories of items by their titles."""
        found = (self.named(t) for t in titles)
        return tuple(dict.fromkeys(i.category for i in found if i is not None and i.category))

    def named(self, title: str) -> Item | None:
        """The first item of this title."""
        title = title.lower()
        at = bisect_left(self._names, title)
        return self._items[self._rows[at]] if at < len(self._names) and self._names[at] == title else None

    def _starting(self, part: str) -> Item | None:
        """The first item whose title begins with these words."""
        at = bisect_left(self._names, part)
        same = takewhile(lambda n: self._names[n].startswith(part), range(at, min(at + _LOOKED_AT, len(self._names))))
        rows = [self._rows[n] for n in same if len(part) in _breaks(self._names[n])]
        return self._items[min(rows)] if rows else None

    def spoken(self, text: str) -> Iterator[tuple[int, int, Item]]:
        """Titles that cannot be other words, with their year or in quotation marks: (start, end, item)."""
        for quoted in _QUOTED.finditer(text):
            item = self.named(quoted[1] or quoted[2])
            if item is not None:
                yield *quoted.span(), item
        for year in _YEAR.finditer(text):
            begin = max(0, year.start() - _LONGEST)
            for word in re.finditer(r"\S+", text[begin : year.end()]):
                item = self.named(text[begin + word.start() : year.end()])
                if item is not None:
                    yield begin + word.start(), year.end(), item
                    break

    def known(self, text: str) -> Iterator[tuple[int, int, Item]]:
        """Titles before or behind words that say they are known, the words before them included: 看过龙猫和大鱼, 龙猫看过了, "seen Up and Shrek"."""
        for cue in _KNOWN.finditer(text):
            first, found = cue.start(), self._behind(text, cue.end())
            while found is not None:
                yield first, *found[1:]
                more = _NEXT.match(text, found[1])
                first = more.end() if more else len(text)
                found = self._behind(text, first)
            begin = max(0, cue.start() - _LONGEST)
            for start in range(begin, cue.start()):
                item = self._called(text[start : cue.start()]) if _begins(text, start) else None
                if item is not None:
                    yield start, cue.start(), item
                    break

    def liked(self, text: str) -> Iterator[tuple[int, int, Item]]:
        """Titles that stand alone behind words of liking or disliking: we loved Before Sunrise."""
        for cue in _LIKED.finditer(text):
            found = self._behind(text, cue.end())
            if found is not None and _ENDS.match(text, found[1]):
                yield found

    def _behind(self, text: str, at: int) -> tuple[int, int, Item] | None:
        """The longest title that begins at a place, but for a space or a quotation mark."""
        start = at + len(text[at:]) - len(text[at:].lstrip(_QUOTES + " "))
        for end in range(min(len(text), start + _LONGEST), start, -1):
            item = self._called(text[start:end])
            if item is not None and not _CUT.match(text, end - 1):
                return start, end, item
        return None

    def _called(self, title: str) -> Item | None:
        title = title.strip(_QUOTES + " ")
        item = self.named(title)
        return item if item is not None and _says(title) else None  # few are titles, and segmenting takes longer

    def whole(self, text: str) -> tuple[int, int, Item] | None:
        """A title that is all of a message but for the words of a request: 想看龙猫 -> (start, end, item)."""
        if len(text) > 2 * _LONGEST:  # says more
            return None
        for end in dict.fromkeys((len(text), len(_AFTER.sub("", text)))):
            for start in range(max(0, end - _LONGEST), end):
                item = self.named(text[start:end].strip(_QUOTES)) if _begins(text, start) else None
                if item is not None and _ASKED.fullmatch(text[:start]) and _says(text[start:end]):
                    return start, end, item
        return None

    def find(self, text: str) -> tuple[int, int, str, bool] | None:
        """A title that the message names: (start, end, title, whether something like it is wanted)."""
        for cue in _CUE.finditer(text):
            group = next(i for i, g in enumerate(cue.groups(), 1) if g)
            phrase, start = cue.group(group), cue.start(group)
            for length in range(len(phrase), 1 if group == 4 else 0, -1):
                part = phrase[:length].strip(_QUOTES + " ") if _begins(phrase, length) else ""  # like 2000: no "2001"
                item = (self.named(part) or (self._starting(part) if group == 4 else None)) if part else None
                if item is not None:
                    return start, start + length, item.title, bool(group == 4 or _LIKE.search(text))
        return self._like_it(text)

    def _like_it(self, text: str) -> tuple[int, int, str, bool] | None:
        """What more of is wanted, by a pronoun: loved Interstellar, anything like it?"""
        named = [*self.liked(text), *self.known(text)] if _LIKE_IT.search(text) else []
        return (*named[-1][:2], named[-1][2].title, True) if named else None


def against(item: Item, state: Query | None) -> tuple[Constraint, ...]:
    """What stands against an item that is asked for by its name: whoever wants it wants it as it is."""
    return tuple(c for c in state.constraints if not meets(item, c)) if state else ()


def meets(item: Item, c: Constraint) -> bool:
    """True where an item has a number on the right side of a bound, one of the values, or none that is not wanted."""
    if c.op in ("lte", "gte"):
        own = item.get(c.field)
        return isinstance(own, float) and (own <= c.number if c.op == "lte" else own >= c.number)
    return any(v in c.values for v in item.values(c.field)) == (c.op != "not_in")


def _names(items: Sequence[Item]) -> Iterator[tuple[str, bool, int]]:
    """(title in lower case, whether it is a part, row): titles, and a film without its year, a shop without its branch."""
    for row, item in enumerate(items):
        for title in {item.title, item.title_en} - {""}:
            lowered = normalize("NFKC", title).lower()  # as messages are read
            yield (title if lowered == title else lowered), False, row
            if title.endswith((")", "）")) and (bare := _IN_BRACKETS.sub("", lowered)):
                yield bare, True, row


def _begins(text: str, at: int) -> bool:
    """True where a word may begin."""
    return not 0 < at < len(text) or not (text[at - 1 : at + 1].isascii() and text[at - 1 : at + 1].isalnum())


def _says(title: str) -> bool:
    """True unless it is a word that any sentence may have: Her, It."""
    return len(title) > (3 if title.isascii() else 1) and any(
        w not in STOP_EN and w not in STOP_ZH for w in words(title)
    )


def _breaks(title: str) -> list[int]:
    """Where the beginning of a title may end: after two words or more, after three Chinese characters or more."""
    if title.isascii():
        return [m.start() for m in re.finditer(r"(?<=\w)[ :]", title)][1:]
    return [n for n in range(3, len(title)) if _begins(title, n)]
