"""What a question about a shown item asks: why it stands there, which fact of it, or what it is."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from recsys.language import pointing
from recsys.language.text import blank, places
from recsys.language.values import Lexicon
from recsys.schema import Schema

_WHY = re.compile(r"为什么|为啥|为何|干嘛|怎么会|理由|凭什么|凭啥|\bwhy\b|\breasons?\b|how come|what makes you")
_YES_NO = re.compile(
    r"吗|(?<![什怎那这多])么[?？]?$|有没有|是不是|能不能|可不可以|支不支持|防不防|^(?:is|are|does|do|did|has|have|can|was|will)\b|(?<! much)(?<! many)(?<! big)(?<! heavy)(?<! long)(?<! old),? (?:is|does|has) (?:it|that|this)\b"
)
_ASKED: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), tuple(fields.split()))
    for pattern, fields in (
        (r"多少钱|几钱|几块|(?:啥|什么)价|\bhow much\b(?! (?:time|storage|memory|space|ram|does (?:it|the \w+(?: one)?) (?:weigh|hold)))|\bprice\b|what.{1,20}\bcost", "price"),
        (r"谁.{0,3}(?:导|拍)|\bwho (?:directed|made|shot)\b|\bdirector\b", "director"),
        (r"谁(?!.{0,2}导).{0,2}演|有谁|哪些演员|\bwho(?:'s| is| are| was)? (?:in|star|acts?|play)|\bstarring\b", "cast"),
        (r"谁.{0,2}写|\bwho wrote\b", "author"),
        (r"哪一?年|几几年|(?:什么|啥)时候(?:的|拍|上映|出)|\bwhat year\b|\bwhen (?:was|did|is)\b|\bhow old is\b", "year date"),
        (r"多长|多久|几(?:个)?小时|几分钟|\bhow long\b", "runtime_min term_days read_min battery_h length"),
        (r"哪(?:个|家)?(?:牌|厂)|谁家|\bwho makes\b", "brand"),
        (r"多重|几斤|\bhow heavy\b|\bweigh", "weight_g"),
        (r"多大|\bhow big\b|\bwhat size\b", "size screen_in capacity_l area_m2"),
        (r"哪国|哪个国家|\bwhat country\b|\bwhere (?:is|was) .{1,20}(?:made|from|shot)\b", "country origin"),
        (r"哪家(?:银行|公司|机构)", "issuer"),
        (r"(?:在|是|来自)?(?:哪里|哪儿|什么地方)(?:的|人)?|\bwhere (?:is|are|does)\b.*\b(?:from|based|live)\b", "city region country origin"),
        (r"几集|\bhow many episodes\b", "episodes"),
        (r"几分(?!钟)|\brated\b", "rating"),
    )
)  # fmt: skip
_NOT_NOUNS = frozenset(
    {"made", "long", "read", "following", "stars", "charge", "charging", "spend", "start with", "entry", "type", "kind"}
)


@dataclass(frozen=True, slots=True)
class Inquiry:
    """`why`: for the reasons. `fields`: for these facts. `pairs`: whether it has one of these values. None of all: what it is."""

    why: bool = False
    fields: tuple[str, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    yes_no: bool = False


def inquire(text: str, schema: Schema, lexicon: Lexicon, have: Collection[str]) -> Inquiry:
    """A lower-case question about items that have the fields `have`."""
    if _WHY.search(text):
        return Inquiry(why=True)
    text = blank(text, pointing.spans(text))
    yes_no = bool(_YES_NO.search(text.strip()))
    pairs: list[tuple[str, str]] = []
    if yes_no:
        for span in lexicon.find(text):
            known = [p for p in span.pairs if p[0] in have]
            pairs += known or span.pairs[:1]
    named = [f for pattern, fields in _ASKED if pattern.search(text) for f in fields if f in schema.fields]
    fields = [*_first(named, have), *(_labelled(text, schema, have) if not pairs else ())]
    return Inquiry(False, tuple(dict.fromkeys(fields)), tuple(dict.fromkeys(pairs)), yes_no)


def _first(fields: list[str], have: Collection[str]) -> list[str]:
    """Of fields that one question word may mean those that the items have, else the first."""
    return [f for f in fields if f in have] or fields[:1]


def _labelled(text: str, schema: Schema, have: Collection[str]) -> list[str]:
    """The fields whose names stand in the text, the longest names first; of fields with one name those that the items have."""
    by_label: dict[str, list[str]] = {}
    for name, field in schema.fields.items():
        if field.kind != "text" and name not in ("domain", "group"):
            for label in {w.lower() for w in (field.zh, field.en, *field.words)} - _NOT_NOUNS:
                by_label.setdefault(label, []).append(name)
    out: list[str] = []
    for label in sorted(by_label, key=len, reverse=True):
        found = places(text, label) if label.isascii() or len(label) > 1 else []
        if found:
            out += _first(by_label[label], have)
            text = blank(text, found[:1])
    return out
