"""Where the words begin that tell what a number is of: those of its clause, or of the one before."""

import re

from recsys.language.measures import labels
from recsys.language.numbers import NUMBER
from recsys.language.text import PICTURES
from recsys.schema import Schema

CLAUSE = re.compile(
    rf"[,，。;；、！!？?{PICTURES}]|(?<!\d)\.(?!\d)| and (?!up|above|under|below|a half)| but |但|而且|并且"
)
_MUCH = re.compile(r"[大小长短高低多少重轻久快](?:一?[点些]|$)")


def named_before(text: str, clause: int, at: int, value: float, known: dict[str, int], schema: Schema) -> int:
    """Where the clause of a number begins; the one before it, where that names what the number is of: 电池大点，五千以上."""
    start = max((m.end() for m in CLAUSE.finditer(text, 0, max(clause - 1, 0))), default=0)
    before = text[start : max(clause - 1, 0)]
    if text[clause:at].strip() or not _MUCH.search(before) or re.search(NUMBER, before):
        return clause
    own = [f for n in known if n != "price" and (f := schema.fields[n]).low <= value <= f.high]
    return start if any(w in before for f in own for w in labels(f) if len(w) > 1) else clause


def share_of(text: str, clause: int, at: int, value: float, known: dict[str, int], schema: Schema) -> int:
    """Where the clause of a share begins; an earlier one, where only that says what is shared: 手续费1.5%太贵，千分之五以内."""
    words = {w for n in known if schema.fields[n].unit == "%" for w in labels(schema.fields[n]) if len(w) > 1}
    if any(w in text[clause : at + 24] for w in words):
        return clause
    return (
        max((text.rfind(w, 0, clause) for w in words), default=-1) if any(w in text[:clause] for w in words) else clause
    )
