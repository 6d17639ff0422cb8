"""What need not hold any longer: 颜色无所谓了, 价格不限, "any brand is fine", "it doesn't have to be red"."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from recsys.datamodels import Constraint, Query
from recsys.language.measures import labels
from recsys.language.resolving import one_of
from recsys.language.shortened import HEADS
from recsys.language.values import Span
from recsys.schema import Field, Schema

_CUE = re.compile(
    r"所谓|当我没|不限|随便|随意|不重要|不要紧|不打紧|不管|不论|不要求|要求|强求|不挑|讲究|[都也](?:行|可以|好|成|能|ok)|没关系|放开|放宽|去掉|取消|拿掉|删|撤掉|不用|不需要|不必|没必要|不一定|非得|非要|不考虑|不卡|不看|在乎|在意|介意|不是问题|必须|必要|忽略|别管|可有可无|不差钱"
    r"|\b(?:any|anywhere|whatever|whichever|matters?|cares?|mind|object|issue|fussed|fussy|picky|bothered|worr\w+|concern\w*|drop|remove|ignore|forget|lose|lift|skip|scrap|scratch|undo|clear|delete|rid|without|preference|limit|flexible|irrelevant|unimportant|important|open|needn|need|needed|have to|has to|necessar\w+|must|optional|required|essential)\b"
)
_PART = r"\s?(?:那一?条|那项|那个|这一?条|这项|大小|高低|长短|多少|方面|这块|这项|上|的话|的?(?:条件|要求|限制|上限|范围)|什么的|啊|嘛|呢)*"
_OPEN = r"(?:(?:的事)?当我没(?:提|说)过?|无所谓|不限|随便|随意|不重要|不要紧|不打紧|不管|不论|不要求|不强求|不挑|不讲究|[都也](?:行|可以|好|成|ok)|没(?:有)?(?:要求|限制|关系|所谓|偏好|讲究)|放开|放宽(?!到)|去掉|取消|拿掉|删掉|撤掉|不用管|不用考虑|不考虑|不卡|不是问题|不在乎|不在意|不介意|看着办|不要了|[别甭]管)"
_NOUN = r"(?: (?:size|limits?|range|cap|ceiling|requirements?|filters?|restrictions?|constraints?|conditions?|preferences?|part|bit|thing))"
_IDLE = r"(?:matter|important|relevant|an issue|a (?:problem|concern|factor|deal[- ]?breaker|must|requirement)|a big deal|fixed|necessary|needed|required|essential)"
_NAMED = (
    rf"(?:{{label}}){_PART}(?:有没有|有无|带不带)?(?:我|就|也|都|倒|可以|其实|现在|已经)*{_OPEN}"
    rf"|(?:不限|不管|不论|不看|不在乎|不在意|不介意|不挑|不考虑|无所谓|去掉|取消|忽略|别管|不用管|不卡|放开|放宽|拿掉|删掉|撤掉)(?:什么|啥|哪个|哪种|任何|对|掉|了|那个)?(?:{{label}}){_PART}"
    rf"|(?:{{stem}})不(?:{{stem}}){_PART}(?:我|就|也|都)*{_OPEN}了?(?:[,，](?:这|那)一?[条项个](?:条件)?(?:去掉|不要|取消|撤|删)掉?了?)?"
    rf"|把(?:{{label}}){_PART}(?:也|都|给)?(?:去掉|取消|删|拿掉|放开|撤)掉?"
    rf"|(?:随便)?(?:什么|啥|哪个|哪种|哪家|哪|任何|任意|多少)(?:样的)?(?:{{stem}})的?[都也](?:行|可以|好|成|ok|能接受|没问题|要)?"
    rf"|(?:{{stem}})(?:哪|啥|什么)(?:儿|里|边)?[都也](?:行|可以|好|成|ok|没问题)"
    rf"|\b(?:any|whatever|whichever) (?:{{label}})s?\b(?= *(?:$|[,.;!?]|is\b|will\b|works?\b|goes\b|would\b|ok|at all|you|really|actually|now|then|i guess))(?: (?:is|will|works?|goes|would)\b(?: (?:be|do))?(?: (?:fine|ok|okay|good))?)?"
    rf"|\b(?:{{label}})s?{_NOUN}?(?:'s| (?:is|are|can be|does|do|did|really|just))*(?:n'?t| not| no longer)(?: really| that| so| at all| be)* {_IDLE}"
    rf"|\b(?:{{label}})s?{_NOUN}?(?:'s| is| are)(?: now)? (?:no (?:object|issue|problem|concern)|irrelevant|unimportant|whatever|up to you|open|flexible)"
    rf"|\b(?:{{label}})s? no longer matters?"
    rf"|(?:not|n'?t|no longer|stop|never)(?: really| that| particularly| be| so)* (?:care|caring|mind|worry(?:ing)?|worried|bothered?|fussed|fussy|picky|concerned)(?: much| too much)?(?: (?:about|which|what|for|on|with|over))?(?: the| any)? (?:{{label}})s?\b"
    rf"|\b(?:drop|remove|ignore|forget|lose|lift|skip|scrap|scratch|never ?mind|clear|delete|take (?:off|away|out)|get rid of|without)(?: about)?(?: the| my| that| any| your)?(?: [a-z]+)? (?:{{label}})s?\b{_NOUN}?"
    rf"|\bno (?:{{label}})s?{_NOUN}|\bno{_NOUN}(?: on| for| about| regarding| as to)(?: the)? (?:{{label}})s?\b"
)
_PLACES = re.compile(r"城市|区域|地区|商圈|国家|地点|位置|city|region|area|district|country|location", re.I)
_ANYWHERE = "哪儿|哪里|地点|地段|位置|地方"
_ANYWHERE_OPEN = re.compile(
    rf"(?:{_ANYWHERE}){_PART}的?(?:就|都|也)*{_OPEN}|\banywhere(?: (?:is|will|works?|goes)(?: (?:fine|ok|okay|do))?)?(?= *(?:$|[,.;!?]))"
)
_MONEY = ("钱", "预算", "money", "budget")
_NO_MONEY = re.compile(r"不差钱|多贵[都也](?:行|可以|要)")
_BEFORE_VALUE = re.compile(
    r"(?:不一定(?:非)?(?:要|得)?|不用(?:非)?|不需要|不必|没必要|不?非得|不?是?非要|不要求|去掉|取消|拿掉)(?:是|要|有|带|买|穿|那种)?(?:那个)?$"
    r"|(?:n'?t|\bnot|\bno longer)(?: really| necessarily| actually)* (?:need|have|has|necessarily)(?: to)?(?: be| have)?(?: an?| the| any| in)? $"
    r"|\b(?:drop|remove|lose|lift|scrap|scratch|undo|ditch|never ?mind|forget|skip|leave out|take off|get rid of|cancel)(?: about)?(?: the| my| that)? $"
)
_AFTER_VALUE = re.compile(
    rf"(?:的|色的?|[这那]个|[这那]一?条)?(?:条件|要求|限制)?(?:可以|也|就)?(?:不用了(?=$|[,，。!！])|不限了?|不是必须|不是必要|不必须|无所谓|不重要|去掉|取消|拿掉|不要求|可有可无|不强求)|(?:(?:'s| is| are)(?:n'?t| not| no longer)|n'?t)(?: really| so)* {_IDLE}|(?: is| are|'s) optional| does(?:n'?t| not) (?:really )?matter"
)
_ONE = re.compile(r" one\b")
_LEAD = re.compile(
    r"(?:\b(?:i|it|we|you|they|can|could|please|just|let'?s|do|does|actually|ok|okay|so|then) )+$|(?:那|就|其实|算了|嗯)+$|\b(?:i|it) do(?:es)?$"
)
_TAIL = re.compile(
    rf"{_NOUN}?(?:[ ,]*(?:any ?more|actually|now|then|really|for me|with me))*|[了吧啊啦呢的]*(?=$|[,，。!！;；])"
)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Conditions of the dialogue that need not hold, the fields that are left open, and where the message says so."""

    constraints: tuple[Constraint, ...] = ()
    fields: tuple[str, ...] = ()
    ranges: tuple[tuple[int, int], ...] = ()
    left: tuple[Constraint, ...] = ()  # what of the conditions stays: wool, of "wool or cashmere" without cashmere


def waived(text: str, schema: Schema, state: Query | None, find: Callable[[str], Sequence[Span]]) -> Waiver:
    """What a message lets go: conditions by the name of their field or by their value. `find` finds values in a text."""
    if state is None or not _CUE.search(text):
        return Waiver()
    asked = {c.field for c in state.constraints}
    spans = find(text)
    fields, ranges = _fields(text, schema, asked, spans)
    gone = [c for c in state.constraints if c.field in fields]
    left: list[Constraint] = []
    for span in spans:
        own = [c for c in state.constraints if _says(c, span)]
        at = _let_go(text, span) if own else None
        if at is not None and not any(a <= span.start < b for a, b in ranges):
            gone += own
            left += [
                one_of(c.field, rest)
                for c in own
                if (rest := tuple(v for v in c.values if (c.field, v) not in span.pairs))
            ]
            ranges.append(at)
    whole = tuple(_whole(text, a, b) for a, b in ranges)
    return Waiver(tuple(dict.fromkeys(gone)), tuple(fields), whole, tuple(left))


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    """The stretch with the small words around it."""
    before, after = _LEAD.search(text[:start]), _TAIL.match(text, end)
    return before.start() if before else start, after.end() if after else end


def _fields(
    text: str, schema: Schema, asked: Collection[str], spans: Sequence[Span]
) -> tuple[list[str], list[tuple[int, int]]]:
    """The fields that the message leaves open, those that the dialogue asks for first, and where it says so."""
    found, ranges = list[str](), list[tuple[int, int]]()
    if match := _ANYWHERE_OPEN.search(text):
        places = [n for n in asked if n in schema.fields and _PLACES.search(f"{n} {schema.fields[n].zh}")]
        found, ranges = places, [match.span()] if places else []
    if (match := _NO_MONEY.search(text)) and "price" in schema.fields:
        found, ranges = [*found, "price"], [*ranges, match.span()]
    for name in sorted(schema.fields, key=lambda n: n not in asked):
        field = schema.fields[name]
        if name in HEADS or name in found or not any(w in text for w in (*_names(field), *_stems(field))):
            continue
        match = _named(field).search(text)
        if match and any(name in s.fields() and 0 <= match.start() - s.end <= 2 for s in spans):
            continue  # Nike 这牌子不考虑 refuses that one brand
        if match and any(s.end == match.start() for s in spans) and re.search("也(?:行|可以|成|好)", match[0]):
            continue  # 香港拍的也行 lets that in
        if match and not any(a < match.end() and match.start() < b for a, b in ranges):
            found.append(name)
            ranges.append(match.span())
    return found, ranges


def _names(field: Field) -> tuple[str, ...]:
    return (*labels(field), *(_MONEY if field.name == "price" else ()))


def _stems(field: Field) -> tuple[str, ...]:
    """菜系 as in 什么菜都行."""
    return tuple(w[:-1] for w in _names(field) if len(w) == 2 and w[1] in "系型度类式地向")


@lru_cache(maxsize=512)
def _named(field: Field) -> re.Pattern[str]:
    """One character is a label only where it begins a word: not the 色 of 黑色白色都行."""
    names = [rf"(?<![\u3400-\u9fff]){w}" if len(w) == 1 else re.escape(w) for w in _names(field)]
    stems = [re.escape(w) for w in (*_names(field), *_stems(field))]
    return re.compile(_NAMED.format(label="|".join(names), stem="|".join(stems)))


def _says(c: Constraint, span: Span) -> bool:
    """True where a phrase means a value that is asked for."""
    return c.op in ("eq", "in") and c.field not in HEADS and any(f == c.field and v in c.values for f, v in span.pairs)


def _let_go(text: str, span: Span) -> tuple[int, int] | None:
    """Where the message says that a value need not be."""
    word = re.escape(text[span.start : span.end])
    if again := re.compile(rf"的?(?:还是)?不(?:是)?{word}的?[都也]?(?:行|可以|无所谓|没关系)?").match(text, span.end):
        return span.start, again.end()
    if needless := re.compile(
        rf"\bno {word}s? (?:needed|necessary|required)|不(?:用|需要|必)(?:有|带)?{word}了?"
        rf"|不(?:是|在)?{word}的?[都也](?:行|可以|好|成|没关系|无所谓)|不(?:局?限|限定|拘泥)(?:于|在)?{word}了?|\b(?:not|non)[- ]{word} (?:is|would be) (?:fine|ok|okay|alright)(?: too)?"
    ).search(text):
        return needless.span()
    before = _BEFORE_VALUE.search(text[: span.start])
    if before and not _ONE.match(text, span.end):  # "forget the red one" speaks of a thing
        return before.start(), span.end
    after = _AFTER_VALUE.match(text[span.end :])
    return (span.start, span.end + after.end()) if after else None
