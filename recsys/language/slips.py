"""What is taken back, or gives way to something else, in the same breath: 三百升…哦不，三十升, 预算800，不，1000, pink instead of red."""

import re
from dataclasses import replace

from recsys.language import opinions
from recsys.language.quantities import Bound, quantity
from recsys.language.shortened import TYPES, WIDER
from recsys.language.text import blank
from recsys.language.values import Lexicon

SLIP = re.compile(
    r"actually,? no\b|(?<=[…。.，,])\s?不[，,]|(?<=[.,]) no,|哦不|啊不|不对|(?<=[…。.，,])\s?不是[，, ]|口误|说错|写错|打错|算了[,，]?\s?(?:就|还是)|no,? wait|wait,? no|\bno,? let'?s\b|i mean|sorry|手滑了?[,，]|scratch that|make that|\bbut (?:nope|nah|no,)"
)

_SWAPPED = re.compile(r"的?(?:换成|换为|改成|改为|变成)(?=[^,，。]{0,8}[\u4e00-\u9fff])")
_INSTEAD = re.compile(
    r"\b(?:instead of|in place of|(?:replace|swap(?: out)?|switch|trade)(?=[^,.;!?]* (?:with|for|by)\b)|ditch)(?: the| that| an?)? "
)
_FROM_TO = re.compile(r"\b(?:switch|change|move|swap)(?: over)? from ([^,.;!?]{2,40}?) to\b")
_CLAUSE = re.compile(r"[,.;!?，。；！？]| (?:with|for|to|and|but)\b")
_LEFT = re.compile(
    r"[,，。]\s?(?:那?就|还是)(?:要|选|买|来)?(?=[\u4e00-\u9fff]{1,3}(?:色|的)?[吧了]?$)|[,，。]\s?(?:还是|那就?|就|要不)?[换改](?=(?:成|到|去|送|买|看|要|吃|租|住|用)?[\u4e00-\u9fff]{2,4}[吧的]?$)|[,;]\s?(?:let's )?(?:switch|swap|change) to\b"
)


def settled(text: str, lexicon: Lexicon) -> str:
    """Without what was taken back in the same breath: of 羽绒被… 不对，羽绒服, the jacket, of 静安太贵，换闵行 the latter; positions stay."""
    left = _LEFT.search(text)
    if left and opinions.kind(text[: left.start()]) == "dislike":
        return " " * left.start() + text[left.start() :]
    text = _replaced(text, lexicon)
    found = [m.end() for m in SLIP.finditer(text)] or ([left.end()] if left else [])
    if not found:
        return text
    at = found[-1]
    now = {_kind(f) for s in lexicon.find(text[at:]) for f in s.fields()}
    old = [s for s in lexicon.find(text[:at]) if {_kind(f) for f in s.fields()} <= now]
    return blank(text, [(s.start, s.end) for s in old])


def _replaced(text: str, lexicon: Lexicon) -> str:
    """Without what something else takes the place of: 绿茶换成红茶, pink instead of red; positions stay."""
    spans = lexicon.find(text)
    swaps = [m.start() for m in _SWAPPED.finditer(text)]
    begins = {s.start: s.fields() for s in spans}
    swaps += [s.end for s in spans if text[s.end : s.end + 1] == "换" and s.fields() & begins.get(s.end + 1, set())]
    gone = [(s.start, s.end) for s in spans if any(0 <= at - s.end < 2 for at in swaps)]
    if away := _FROM_TO.search(text):  # from electric cars to used ones
        gone += [(s.start, s.end) for s in spans if away.start(1) <= s.start < away.end(1)]
    for match in _INSTEAD.finditer(text):
        end = next((m.start() for m in _CLAUSE.finditer(text, match.end())), len(text))
        gone += [(s.start, s.end) for s in spans if match.end() <= s.start < end]
    return blank(text, gone)


def _kind(field: str) -> str:
    """A field, those that name a kind of thing being one."""
    return "category" if field in (*WIDER, *TYPES) else field


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
            fields, value = {c.field for c in bound.constraints}, quantity(text, bound.start)
            out = [b for b in out if not fields & {c.field for c in b.constraints}]
            last = quantity(text, out[-1].start) if out else None
            if last and value and last.digits.strip() == value.digits.strip():  # 二十公斤？打错了，二十寸
                out = out[:-1]
        out.append(bound)
    return out
