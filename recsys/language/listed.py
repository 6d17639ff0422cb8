"""Several values of one field that a message names: any of them, or all."""

import re

from recsys.datamodels import Constraint
from recsys.language import scales
from recsys.language.resolving import one_of
from recsys.language.shortened import TYPES
from recsys.language.values import PEOPLE, Span
from recsys.schema import Schema

_OR = re.compile(r"或|还是|要么|就(?:得|要|该)?是|/|\bor\b|\beither\b")
_ANY = re.compile(
    r"\s?[的,，]?(?:(?:都|也|均|全)(?:行|可以|可|好|想|能(?![用穿戴吃喝去聚坐住装放开走])|成|中|要得|ok|追|看|爱|喜欢|吃|听|感兴趣|接受|考虑)|[两三四二]?选一|随便|哪[个种]|谁|任[选意]|有一[样个种家]就?(?:成|行|可以|好|够))"
)
_BOTH = re.compile(r"\bas well as\b|\balong with\b|\bcombined with\b|同时(?:有|含|带)|兼(?:有|具|顾)|又(?:有|含|带)")
_EACH = re.compile(r"各(?:来|要|推|选|看|挑|找)|\b(?:one|some|a few) of each\b")
_ALL = re.compile(
    r"\s?(?:这些|全|通通|统统|[两三]样|[两三]个|俩)?(?:都|全)(?:要(?!得)|得|需要|必须|带|含|具备|齐|有)|缺一不可|一个都?不能少|[两三]样都?得?占|样样|齐全"
)
_EVERY = re.compile(
    r"[两三]样(?:都|全)(?:有|要|得)|两[头边](?:都|全)|\bboth of them\b|缺一不可|\bhas? both\b|\bhave both\b"
)  # 哪家两样都有
_TOGETHER = re.compile(r"合作|联手|搭档|一起|一块|同框|对手戏|\b(?:together|both|co-?star\w*)\b")
_ONLY = re.compile(r"(?:只要|只看|只想要|就要|\bonly)(?: the| an?)? ?$")
_WISHED = re.compile(r"一?[点些][,，]")
_TO = re.compile(r"\s?(?:到|至|-|~|–|to|through)\s?")


def joined(
    schema: Schema, text: str, name: str, found: list[tuple[Span, tuple[str, ...]]], banned: list[str]
) -> list[Constraint]:
    """Several values of a field: any of them, or, for fields that hold lists and unless "or" is said, all of them."""
    found = _by_name(schema, text, found) if name in TYPES else _instead(schema, text, found)
    only = [f for f in found if _ONLY.search(text[: f[0].start])]
    found = only or found  # 入耳的戴久了疼，only 头戴式
    groups = [tuple(v for v in values if v not in banned) for _, values in found]
    if name in TYPES:  # 擦玻璃的机器人 is none that sweeps
        said = [text[s.start : s.end] for s, _ in found]
        groups = [
            g for g, p in zip(groups, said, strict=True)
            if not any(o and o != g and len(p) > 1 and all(p in v for v in o) and p not in g for o in groups)
        ]  # fmt: skip
    plain = name in TYPES or not _OR.search(text)  # leather必须是牛皮
    groups = [g for g in groups if g and not (plain and any(set(o) < set(g) for o in groups if o))]
    if not groups:
        return []
    between = text[found[0][0].end : found[-1][0].start] if len(found) > 1 else ""
    if len(groups) == 2 and _TO.fullmatch(between):
        first, last = groups[0][0], groups[1][-1]  # R1 to R3
        groups = [scales.between(schema, name, first, last) or (*groups[0], *groups[1])]
    tail = text[found[-1][0].end : found[-1][0].end + 8]
    anyone = _ANY.match(tail) or _ANY.search(re.split("[,，。;；]", tail)[0])  # 防盗，黑的灰的都行 speaks of colours
    several = (schema.fields[name].kind == "list" and name != "color") or bool(_BOTH.search(between))
    every = bool(_EVERY.search(text))
    either = (_OR.search(between) or _EACH.search(text)) and not _ALL.match(tail)
    if name in (*PEOPLE, "country") and len(groups) > 1 and not _TOGETHER.search(text):
        either = either or not any(all(set(g) & set(i.values(name)) for g in groups) for i in schema.items)
    either = either or (name == "country" and len({(s.start, s.end) for s, _ in found}) == 1)  # 英美剧
    if several and len(groups) > 1 and not either and (every or not anyone):
        return [one_of(name, g) for g in dict.fromkeys(groups)]
    return [one_of(name, tuple(dict.fromkeys(v for g in groups for v in g)))]


def _instead(
    schema: Schema, text: str, found: list[tuple[Span, tuple[str, ...]]]
) -> list[tuple[Span, tuple[str, ...]]]:
    """Where what is wished for is then named, the names alone: 更新勤一点，日更或者周更都行."""
    first = found[0][0]
    named = [f for f in found[1:] if _called(schema, text, f)]
    told = text[first.start : first.end] not in {v.lower() for v in found[0][1]} and _WISHED.match(text, first.end)
    return named if told and len(named) > 1 and len(named) == len(found) - 1 else found


def _by_name(
    schema: Schema, text: str, found: list[tuple[Span, tuple[str, ...]]]
) -> list[tuple[Span, tuple[str, ...]]]:
    """The sorts that are called by their names, where others are told by what they do: of 砂锅，炖排骨, no stewing pot besides."""
    called = [f for f in found if _called(schema, text, f)]
    between = text[found[0][0].end : found[-1][0].start]
    listed = _OR.search(between) or "、" in between or _ANY.match(text, found[-1][0].end)
    return called if called and not listed else found


def _called(schema: Schema, text: str, found: tuple[Span, tuple[str, ...]]) -> bool:
    """True where a value is called by its name in either language."""
    span, values = found
    return any(text[span.start : span.end] in (v.lower(), schema.labels.get(v, "").lower()) for v in values)
