"""Which stretches of a sentence say what is not wanted: 不要红色, 除了黑色, 黑色除外, anything but black, non-floral."""

import re
from collections.abc import Sequence

from recsys.language.values import Span

Range = tuple[int, int]
_CUE = re.compile(
    r"(?<!想)(?:不要|不想要|不想看|不想|不喜欢|不需要|不用|不含|不带|不是|不碰|不买|不吃|不看|不考虑|不选|拒绝|别要|别给我|别推荐|别(?!的|人|针|致|样|墅|称)"
    r"|除了|除去|排除|非(?!常|洲|农|凡)|(?<!有)没有|讨厌|对(?=.{1,8}过敏)"
    r"|anything but|other than|except(?: for)?|without|don'?t want|do not want|don'?t like|do not like|don'?t show(?: me)?|hate|avoid|skip|free of"
    r"|had enough of|sick of|tired of|allergic to|neither|isn'?t|aren'?t|not too|\bnot(?! only)\b|\bno\b|\bnon-)"
)
_END = re.compile(
    r"[,，。.;；!！?？]| (?:but|though|instead)\b|但是|但|而是|而要|都行|都可以|以外|之外|除外|只要|(?<![不别需主重])要(?![求不])|(?<!不)想要|(?<!不)想看|\bi (?:want|need|like)\b|\bplease\b"
)
_AFTER = re.compile(
    r"除外|以外|之外|(?:的)?就?(?:算了|别推|不要|不用|免了|不考虑)|(?:都)?(?:看过|看腻|吃腻)|过敏|-free\b"
)
_CLAUSE_START = re.compile(r"[,，。.;；!！?？]|\b(?:but|and)\b|但是|但")
_HEAD = frozenset({"category", "domain", "group"})


def ranges(text: str, spans: Sequence[Span]) -> list[Range]:
    """(start, end) of each stretch that is not wanted: from its cue to the end of the clause, or the clause before a late cue."""
    out: list[Range] = []
    for cue in _CUE.finditer(text):
        if any(a <= cue.start() < b for a, b in out) or any(
            s.start <= cue.start() and cue.end() < s.end for s in spans
        ):
            continue
        end = _END.search(text, cue.end())
        out.append((cue.start(), end.start() if end else len(text)))
    for cue in _AFTER.finditer(text):
        if any(a <= cue.start() <= b for a, b in out):
            continue
        starts = [m.end() for m in _CLAUSE_START.finditer(text, 0, cue.start())]
        out.append((starts[-1] if starts else 0, cue.end()))
    return sorted(out)


def negated(spans: Sequence[Span], unwanted: Sequence[Range], text: str) -> set[Span]:
    """The spans that are not wanted. A negation covers the modifiers, not the head noun: "no leather shoes" still wants shoes,
    and 别太残酷的战争片 a film of war; the kind of thing itself is unwanted only where nothing else is named.
    """
    out: set[Span] = set()
    for start, end in unwanted:
        inside = [s for s in spans if start <= s.start and s.end <= end]
        modifiers = [s for s in inside if not s.fields() & _HEAD]
        if not modifiers:
            out.update(inside)
            continue
        de = text.find("的", modifiers[0].end, end)
        before_head = [s for s in modifiers if de < 0 or s.end <= de + 1 or all(m.end <= de + 1 for m in modifiers)]
        out.update(before_head)
    return out
