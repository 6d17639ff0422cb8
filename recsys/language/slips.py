"""What is taken back in the same breath: 三百升…哦不，三十升, 预算800，不，1000."""

import re
from dataclasses import replace

from recsys.language.quantities import Bound, quantity

SLIP = re.compile(
    r"actually,? no\b|(?<=[…。.，,])\s?不[，,]|(?<=[.,]) no,|哦不|啊不|不对|(?<=[…。.，,])\s?不是[，, ]|说错|写错|打错|算了[,，]?\s?(?:就|还是)|no,? wait|wait,? no|\bno,? let'?s\b|i mean|sorry|scratch that|make that|\bbut (?:nope|nah|no,)"
)


def instead(text: str, at: int, out: list[Bound]) -> Bound | None:
    """A number alone that takes the place of the one before: 预算800，不，1000."""
    said = quantity(text, at) if out and len(out[-1].constraints) == 1 else None
    if said is None or said.unit or not SLIP.search(text[out[-1].end : at]):
        return None
    return Bound(at, said.end, (replace(out[-1].constraints[0], value=said.value),))


def corrected(text: str, found: list[Bound]) -> list[Bound]:
    """Without what was taken back in the same breath: 三百升…哦不，三十升."""
    out: list[Bound] = []
    for bound in found:
        if out and SLIP.search(text[out[-1].end : max(bound.start, out[-1].end)]):
            fields = {c.field for c in bound.constraints}
            out = [b for b in out if not fields & {c.field for c in b.constraints}]
        out.append(bound)
    return out
