"""How a turn changes what the dialogue asks: conditions carry over, are replaced, widened, contradicted, or dropped with the topic."""

import re
from collections.abc import Sequence
from dataclasses import replace

from recsys.datamodels import Constraint, Query
from recsys.language.intents import AFRESH, RESET
from recsys.language.shortened import TYPES, WIDER
from recsys.language.smalltalk import indifferent
from recsys.language.titles import meets
from recsys.schema import Schema

_WIDEN = re.compile(
    r"也(?:行|可以|可|好|成|能?接受|ok|算(?!了)|能?考虑|[吃喝穿用]得[了来]|能[吃喝穿用开住]|(?:一起|一并|顺便)?(?:看看|瞧瞧|来点|加上))|再加上|\b(?:add|include|throw in) [a-z -]{2,30}? (?:too|as well)\b|\bput (?:the |my )?[a-z ]{2,20} back\b|还是(?:行|可以|能接受)|(?:放|加|拿|捡)回来|也(?:给我)?(?:放|算|加)进来|\b(?:is|are|'s) (?:also )?welcome\b|又(?:行|可以)了|\b(?:is|are|'s) (?:fine|ok|okay|allowed|acceptable) (?:after all|again|now)|\b(?:back in|put back|bring back|add back)\b|或者?.{0,8}(?:也|都)|都(?:行|可以)|\bor\b|\balso\b (?:fine|ok|okay)|(?:is|are|'s) (?:fine|ok|okay) too|too is fine|as well|\b(?:would be|will be|works?|will do|would do|sounds?)\b[a-z ]{0,16}\b(?:too|also)\b|\b(?:fine|ok|okay) (?:too|also)\b"
)
_LOOK = re.compile(r"也(?:一起|一并|顺便)?(?:看看|瞧瞧)")
_TOO = re.compile(
    r"\b(?:has to|have to|must|should|also) (?:also )?be\b[^,.;]*(?:as well|too)|还(?:得|要)是|同时(?:得|要)?是|又得"
)
_SWAP = re.compile(
    r"换成|换个|(?<=[\u4e00-\u9fff])换(?=[\u4e00-\u9fff]{2,})|变成|变为|换作|改成|改为|改|还是|不如|而是|instead|rather|wait|just anything|change|switch|make it|actually|on reflection|看腻|不对|不是|其实|再看看(?=[\u4e00-\u9fff])"
)
_REPLACED = re.compile(r"换成|改成|换为|\b(?:switch|swap|change)(?: [a-z]+)? (?:to|for)\b|\binstead\b")
_GIFT = re.compile(
    r"礼物|礼品|伴手礼|手信|见面礼|\b(?:gifts?|presents?) for\b|\bsomething for (?:my|our|his|her|him|them|their|mum|mom|dad|a friend)\b|\b(?:birthday|christmas|wedding|anniversary) (?:gifts?|presents?)\b"
)
_AS_GIFT = re.compile(
    r"(?:是|当作?|做|作为|算是|用来|拿来)[^,，。]{0,6}(?:礼物|礼品|手信)|\b(?:it'?s|as|this is|they'?re|will be) (?:an? )?(?:[a-z]+ )?(?:gift|present)|something for (?:the|this|that)"
)
_CLAUSES = re.compile(r"[,，;；]")
_ANYBODY = ("gender", "age", "color", "occasion")  # they tell no kind of thing from another
_ALWAYS = ("price", "rating", "category", "domain", "group")
_LIMIT = 400  # characters of the words that are kept


def follow(schema: Schema, states: Sequence[Query | None], turn: Query) -> Query | None:
    """The dialogue after a turn, from the states after each turn before: none after a reset, the one before after an undo."""
    state = states[-1] if states else None
    if turn.intent == "reset":
        return None
    if turn.intent == "undo":
        return states[-2] if len(states) > 1 else state
    if _afresh(schema, turn):
        return turn
    if turn.intent in ("recommend", "refine", "similar") and (
        turn.text or turn.constraints or turn.sort or turn.waived or turn.declined
    ):
        return merge(schema, state, turn)
    return turn if state is None and indifferent(turn.said) else state  # "surprise me" asks for anything


def spoken_of(turn: Query, shown: Sequence[str], before: Sequence[str]) -> tuple[str, ...]:
    """The ids of the one or two items that were spoken of last, the latest last, from those before a turn and the turn itself.

    After a turn that means two items nobody knows which of them "it" would be, and the last id is empty.
    """
    meant = list(dict.fromkeys(shown[r - 1 if r > 0 else r] for r in turn.references if 0 < abs(r) <= len(shown)))
    if len(meant) == 1:
        return (*[i for i in before if i and i != meant[0]][-1:], meant[0])
    return (*meant, "") if len(meant) == 2 else () if meant else tuple(before)


def anew(schema: Schema, state: Query | None, turn: Query) -> bool:
    """True where a need begins with nothing carried over: the first one, after a change of mind, or on another topic."""
    return state is None or _afresh(schema, turn) or new_topic(schema, state, turn)


def _afresh(schema: Schema, turn: Query) -> bool:
    """True where all is dropped; in passing only for another kind of thing: 换个思路，紫色 is of the same kind."""
    kind = "category" not in schema.fields or any(c.field in (*WIDER, *TYPES) for c in turn.constraints)
    return turn.intent == "recommend" and bool(RESET.search(turn.said) or (kind and AFRESH.search(turn.said)))


def categories(schema: Schema, state: Query) -> tuple[str, ...]:
    """The categories that the dialogue so far is about; that of a type that only one of them has, where none is named."""
    for c in state.constraints:
        if c.field == "category" and c.op in ("eq", "in"):
            return c.values
    wider = [c for c in state.constraints if c.field in ("group", "domain") and c.op == "eq"]
    wider.sort(key=lambda c: c.field != "group")  # the department says more than the domain
    if wider:
        return tuple(schema.support.get((wider[0].field, str(wider[0].value)), ()))
    own = {
        k
        for c in state.constraints
        if c.field in TYPES and c.op == "eq"
        for k in schema.support.get((c.field, str(c.value)), ())
    }
    return tuple(own) if len(own) == 1 else ()


def able(schema: Schema, state: Query) -> tuple[str, ...]:
    """The kinds of thing that can meet all that the dialogue asks for, else what it asked for first: of thrillers, films and books."""
    wanted = [c for c in state.constraints if c.op in ("eq", "in") and c.field not in _ANYBODY]
    kinds = [{k for v in c.values for k in schema.support.get((c.field, v), ())} for c in wanted]
    return tuple(sorted((set.intersection(*kinds) or kinds[0]) - {""})) if kinds else ()


def merge(schema: Schema, state: Query | None, turn: Query) -> Query:
    """The dialogue after this turn: constraints carry over, are replaced when contradicted, dropped on a new topic."""
    if state is None or turn.intent == "reset":
        return turn
    if new_topic(schema, state, turn):
        left = set(categories(schema, state))  # enough about boots: that they are not wanted goes without saying
        return replace(
            turn, constraints=tuple(c for c in turn.constraints if c.op != "not_in" or not set(c.values) & left)
        )
    settled = {c: _settled(c, state, turn) for c in turn.constraints}
    new = [c for c in settled.values() if c is not None]
    now = categories(schema, turn)
    standing = [c for c in state.constraints if c not in turn.waived]
    older = [c for c in standing if not now or categories(schema, state) or _carried(schema, c, now)]
    widened = {c.field for c in new if c not in turn.constraints}

    def said_of(old: Constraint) -> list[Constraint]:  # what is let in again replaces nothing
        return [c for c, left in settled.items() if old.op == "not_in" or left is not None]

    kept = [
        s for old in older
        if not (old.field in widened and old.op in ("eq", "in")) and (s := _survives(schema, old, said_of(old), turn.said)) is not None
    ]  # fmt: skip
    wide = [c for c in new if not _narrows(c, state.constraints)]
    now = categories(schema, replace(turn, constraints=tuple(wide))) or categories(schema, state)
    kept = [c for c in kept if _applies(schema, c, now)]
    kept = _of_type(schema, kept, state, wide)
    if _SWAP.search(turn.said) and any(c.field in ("category", "group") for c in wide):
        kept = [c for c in kept if _possible(schema, c, now)]  # 换成健身的: no cook among them
    text = state.text if not turn.text or turn.text in state.text else f"{state.text} {turn.text}".strip()
    return replace(
        turn, text=text[-_LIMIT:], constraints=tuple(dict.fromkeys([*kept, *wide])),
        entities=tuple(dict.fromkeys(state.entities + turn.entities)), sort=turn.sort or state.sort, waived=(),
        free=f"{state.free} {turn.free}".strip()[-_LIMIT:],
    )  # fmt: skip


def _applies(schema: Schema, c: Constraint, kinds: Sequence[str]) -> bool:
    """True where things of these kinds have the field at all."""
    if not kinds or c.field in WIDER:
        return True
    return not schema.kinds.get(c.field, frozenset()).isdisjoint(kinds)


def _of_type(schema: Schema, kept: list[Constraint], state: Query, new: Sequence[Constraint]) -> list[Constraint]:
    """What of the older conditions says something of another type of the same kind: how many a tent is for says nothing of sleeping bags."""
    types = [(c.field, v) for c in new if c.field in TYPES and c.op in ("eq", "in") for v in c.values]
    before = {v for c in state.constraints if c.field in TYPES and c.op in ("eq", "in") for v in c.values}
    if not types or not before or before & {v for _, v in types}:
        return kept
    items = [i for i in schema.items if any(v in i.values(f) for f, v in types)]
    gone = {c.field for c in kept if c.op != "not_in" and not any(meets(i, c) for i in items)}
    return [c for c in kept if c.field in _ALWAYS or c.field not in gone]


def _possible(schema: Schema, c: Constraint, kinds: Sequence[str]) -> bool:
    """True unless no thing of these kinds has what is asked."""
    if c.op not in ("eq", "in") or c.field in WIDER:
        return True
    return any(not set(kinds).isdisjoint(schema.support.get((c.field, v), ())) for v in c.values)


def new_topic(schema: Schema, state: Query, turn: Query) -> bool:
    """True where the turn names categories (or a domain) other than those the dialogue is about, or an item of another kind."""
    if turn.entities and any(c.field in WIDER and c.op in ("eq", "in") for c in turn.waived):
        return True
    before, now = set(categories(schema, state)), set(categories(schema, turn))
    gone = {v for c in turn.constraints if c.field == "category" and c.op == "not_in" for v in c.values}
    if before and before <= gone and len(turn.constraints) > 1:
        return True
    if not now and before and _GIFT.search(turn.said) and not _AS_GIFT.search(turn.said):
        return not _GIFT.search(state.said)  # a present for somebody is another need, whatever it will be
    if (
        now
        and before
        and _REPLACED.search(turn.said)
        and any(now | before <= set(k) for (f, _), k in schema.support.items() if f == "domain")
    ):
        return False  # 换成债券基金: of what was asked, what such funds have as well
    return bool(now) and bool(before) and not now & before


def _carried(schema: Schema, constraint: Constraint, kinds: Sequence[str]) -> bool:
    """True where things of one of these kinds can have the property, whatever its value."""
    return not schema.kinds.get(constraint.field, frozenset()).isdisjoint(kinds)


def _settled(new: Constraint, state: Query, turn: Query) -> Constraint | None:
    """A new constraint in the light of the old ones: "B is fine too" widens what was asked, or lifts an exclusion."""
    same = [c for c in state.constraints if c.field == new.field]
    if (
        new.op in ("gte", "lte")
        and _WIDEN.search(turn.said)
        and _exactly(turn, new.field)
        and _exactly(state, new.field)
    ):
        return replace(
            new, value=(min if new.op == "gte" else max)([new.number, *(c.number for c in same if c.op == new.op)])
        )
    too = _WIDEN.search(turn.said)
    if new.op not in ("eq", "in") or too is None or _TOO.search(turn.said):
        return new
    if new.field in TYPES and _LOOK.search(turn.said):
        return new  # 睡袋也看看, after tents
    if len(new.values) > 1 and _REPLACED.search(turn.said):
        return new  # linux or windows instead
    if any(c.op == "not_in" and set(new.values) & set(c.values) for c in same):
        return None
    if len(new.values) > 1 and _CLAUSES.search(turn.said, 0, too.start()):
        return new  # 中辣吧，微辣也行: one is wanted, and the other is as good
    old = tuple(v for c in same if c.op in ("eq", "in") for v in c.values)
    return Constraint(new.field, "in", tuple(dict.fromkeys(old + new.values))) if old else new


def widens(text: str) -> bool:
    """True where a message says that something is fine as well."""
    return bool(_WIDEN.search(text))


def _exactly(query: Query, name: str) -> bool:
    """True where a number is asked for exactly, or from the one to the other: four seats, of the nineties."""
    return {c.op for c in query.constraints if c.field == name} == {"gte", "lte"}


def _narrows(new: Constraint, old: Sequence[Constraint]) -> bool:
    """True for an exclusion that an inclusion already says: red or blue, then "not red", leaves blue."""
    if new.op != "not_in":
        return False
    return any(
        c.field == new.field and c.op == "in" and set(new.values) & set(c.values) and set(c.values) - set(new.values)
        for c in old
    )


def _survives(schema: Schema, old: Constraint, new: Sequence[Constraint], said: str) -> Constraint | None:
    """The older constraint as far as the newer ones leave it standing."""
    for c in new:
        if c.field != old.field:
            continue
        if (
            c.op in ("eq", "in")
            and old.op in ("eq", "in")
            and (_REPLACED.search(said) or not _both(schema, old, c, new, said))
        ):
            return None  # 木质的有点闷，换成花香吧
        if c.op in ("lte", "gte") and old.op in ("lte", "gte"):
            low, high = (c.number, old.number) if c.op == "gte" else (old.number, c.number)
            if c.op == old.op or low >= high or _SWAP.search(said):
                return None
        if c.op == "not_in" and old.op in ("eq", "in"):
            return _without(old, c)
        if c.op in ("eq", "in") and old.op == "not_in":
            only = schema.fields[old.field].kind == "categorical" and not _WIDEN.search(said)
            return None if only else _without(old, c)
    return old


def _without(old: Constraint, new: Constraint) -> Constraint | None:
    left = tuple(v for v in old.values if v not in new.values)
    if not left:
        return None
    return (
        replace(old, value=left)
        if old.op == "not_in"
        else replace(old, op="eq" if len(left) == 1 else "in", value=left[0] if len(left) == 1 else left)
    )


def _both(schema: Schema, old: Constraint, new: Constraint, turn: Sequence[Constraint], said: str) -> bool:
    """True where an item can carry both and nothing says that the new one replaces the old: a hood, then a zip."""
    field = schema.fields.get(old.field)
    lists = field is not None and field.kind == "list" and old.field not in ("color", "genre", "topic", "mood", "style")
    gone = any(c.op == "not_in" and c.field == old.field for c in turn)
    lists = lists or (
        field is not None and field.kind == "list" and bool(_TOO.search(said))
    )  # it has to be a romance as well
    return lists and not gone and not _SWAP.search(said) and old.op == new.op == "eq"
