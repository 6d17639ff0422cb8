"""What a message means of the items that are shown: ranks said or described, the best of them, and none of those."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from recsys.datamodels import Constraint, Item
from recsys.language import bounds, comparison, describing, intents, opinions, pointing
from recsys.language.describing import Matchers
from recsys.language.likeness import Likeness
from recsys.language.measures import labels
from recsys.language.naming import evident
from recsys.language.text import blank, places
from recsys.language.titles import meets
from recsys.language.values import Lexicon
from recsys.schema import Schema

_ASKING = ("recommend", "refine")
_WITHOUT = re.compile(r"没有?|无|不带|不含|without |no ")  # 没电梯那套
_MOST_OF_ALL = re.compile(r"[^,，。]{1,6}最[^,，。]{1,4}的那[家个款件部台本]")
_KEEP_IT = re.compile(
    r"^[^,，。]{0,8}[,，]?(?:那|我|就|先)*(?:收藏|存着|留着|买了|下单)了?[吧!！。]*$"
)  # 听着有点意思，先收藏
_LOVES_IT = re.compile(r"[,，] ?(?:i )?(?:love|like|hate) it[.!]*$|[,，](?:我)?(?:好|很|超)?喜欢[.!！。]*$")
_KEPT = ("purchase", "favourite")
_ASKED = re.compile(  # what is asked of something named before
    r"什么(?!都)|啥|多少|多[大重长久高厚]|几(?:[个年月寸升斤集页天米瓦杯层座口码]|点|分钟|小时)|哪|怎么|是[^,，。]{1,6}还是|([\u4e00-\u9fff])不\1|\b(?:what|which|where|when|how)\b|吗[?？]?$"
)
_EXISTS = re.compile(r"有|没|\b(?:any|anything|got|have|is there|are there|ones? (?:who|that|which|with))\b")
_OTHER = re.compile(r"换|其他|其它|别的|另|除了|\b(?:another|other|different|any|all)\b")
_BUT = re.compile(r"除了|\b(?:but|except|other than|apart from)\b")
_REFUSES = re.compile(r"不要|别要|不考虑|免了|算了|[别甭](?:给我[看推]|推)|\bnot? ")
_NOT_ITS = r"(?:那|这)?(?:个|家)?的?(?:{label})(?:的)?(?:我|都|也|就)*(?:不要|别要|不考虑|免了|算了|[别甭]给我[看推]|[别甭]推|不看)|\bnot? (?:that|its|this|more of that) (?:{label})\b"
_BUT_ANY = r"除了.{{0,10}}(?:{label})|\b(?:any|all|other|every) (?:other )?(?:{label})s?\b"
_ANOTHER = (
    r"(?:{label})(?:能不能|可以|也|再)?换(?:一)?(?:个|下|种|家|换)|(?:换(?:个|一个|些|种|家)?|其他|其它|别的|另外的?|另一(?:个|种|家))(?:{label})(?!里|中)"
    r"|\b(?:another|a different|other|different) (?:{label})s?\b"
)
_PARTS = re.compile(r"[^,，。;；和跟与]+?(?=$|[,，。;；和跟与]|\bvs\b|\band\b)")
_IT_AND = re.compile(r"它[跟和与]|[跟和与]它")
_WHY = re.compile(r"凭[啥什]|为什么|为啥|怎么会|\bwhy\b")
_WHICH_OF = re.compile(r"([\u4e00-\u9fff]{1,6})的")
_COLOUR = ("颜色", "色", "colour", "color")
_COMMON = {"brand": ("牌子", "品牌", "brand", "maker", "make"), "color": _COLOUR, "colour": _COLOUR}


def excepts(text: str) -> bool:
    """True where the message leaves something out: any brand but that one's, that brand not."""
    return bool(_BUT.search(text) or _REFUSES.search(text))


@dataclass(frozen=True, slots=True)
class Pointed:
    """What a message says of the items that are shown."""

    ranks: tuple[int, ...]
    placed: tuple[pointing.Placed, ...]


class Pointer:
    """Finds what messages point at, with the phrases of one schema."""

    def __init__(self, schema: Schema, lexicon: Lexicon, likeness: Likeness | None) -> None:
        self._schema, self._lexicon, self._likeness = schema, lexicon, likeness

    def pointed(self, text: str, shown: Sequence[Item], focus: Sequence[int] = ()) -> Pointed:
        """The ranks that the message says or describes; `focus` are those of the items spoken of last, the last of which "it" means, 0 for none."""
        if shown and (one := self._of_two(text, shown, [r for r in focus if r][-2:])):
            return one
        if pointing.these(text, len(shown)):
            return Pointed(tuple(range(1, len(shown) + 1)), ())
        titles = [
            at for i in shown for name in {i.title.lower(), i.title_en.lower()} - {""} for at in places(text, name)
        ]
        free = [at for at in self.spans(text) if not any(a <= at[0] and at[1] <= b for a, b in titles)]
        said = [p for p in pointing.said(text, len(shown)) if p[1] in free]
        placed = list(said)
        if shown:
            by = Matchers(self._carriers(shown), self._extremes(shown), self._likest)
            placed += describing.numbered_or_described(text, shown, by, bool(said))
            placed = placed if said or pointing.points(text) or opinions.kind(text) else self._named(text, placed)
            placed = [] if not said and self._asks_for_most(text) else placed
        if shown and pointing.compared(text):
            both = self._compared(text, shown)
            placed = (
                both
                if len({r for r, _ in both}) > len({r for r, _ in placed})
                else self._with_best(text, shown, placed)
            )
            placed = self._with_evident(text, shown, placed)
        if not placed and pointing.pair(text):
            placed = pointing.others(text, len(shown), focus)
        placed += [(r, (0, 0)) for r in pointing.everything(text, len(shown))] if not placed and len(shown) else []
        if shown and not placed:
            placed = self._carrier(text, shown) if _WHY.search(text) else self._meant(text, shown)
        if not placed and focus and pointing.elliptic(text):
            pair = self._alone(text, shown)
            placed = pair if len({r for r, _ in pair}) == 2 else []
        placed = placed or pointing.others(text, len(shown), focus)
        placed += self._with_it(text, placed, focus[-1] if focus else 0, shown)
        return Pointed(tuple(dict.fromkeys(r for r, _ in placed)), tuple(placed))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the message says a rank; 七号皿 is a brand, and 第二个工作日 when money is back."""
        found = pointing.spans(text)
        names = self._lexicon.find(text) if found else []
        return [(a, b) for a, b in found if not any(s.start <= a and b < s.end for s in names)]

    def _of_two(self, text: str, shown: Sequence[Item], pair: Sequence[int]) -> Pointed | None:
        """The one of the two items spoken of last that is meant: 那两辆里评分高的那辆, the shorter of those two."""
        among = pointing.of_two(text) if len(pair) == 2 and not pointing.compared(text) else None
        if among is None:
            return None
        both = [shown[r - 1] for r in pair]
        if among[1]:
            found = [both.index(i) + 1 for i in self._extremes(both)(among[1])[:1]]
        else:
            rest = blank(text, [among.span()])
            told = _WHICH_OF.search(rest)  # 评分高的收藏
            first = self._extremes(both)(f"{told[1][:-1]}最{told[1][-1]}")[:1] if told else []
            found = [both.index(i) + 1 for i in first] or list(self.pointed(rest, both).ranks)
        return Pointed((pair[found[0] - 1],), ((pair[found[0] - 1], among.span()),)) if len(found) == 1 else None

    def _carrier(self, text: str, shown: Sequence[Item]) -> list[pointing.Placed]:
        """摇椅凭啥这么贵: the one item that a value is of."""
        return self._evident(text, shown)[:1]

    def _with_it(
        self, text: str, placed: Sequence[pointing.Placed], focus: int, shown: Sequence[Item]
    ) -> list[pointing.Placed]:
        """The item spoken of last, where the message speaks of it: alone, or beside the one that it is compared with."""
        ranks = {r for r, _ in placed}
        at = pointing.it(text)
        if at is None and 0 < focus <= len(shown) and shown[focus - 1].domain == "people":
            at = pointing.person(text)
        if not focus or focus in ranks or len(ranks) > 1:
            return []
        if ranks:
            if at and _IT_AND.search(text):  # 它跟暗夜那篇都不要
                return [(focus, at)]
            if pointing.compared(text) and (at or pointing.against_it(text)):
                return [(focus, at or (0, 0))]
            return [(focus, at)] if at and self._judged_apart(text, at, placed) else []
        if at is None and _KEEP_IT.search(text):
            return [(focus, (0, 0))]
        if at is None or not (comparison.relative(text[: at[0]]) or self._of_it(text, at[0])):
            return []
        return [(focus, at)]

    def _judged_apart(self, text: str, at: tuple[int, int], placed: Sequence[pointing.Placed]) -> bool:
        """True where a clause before all others says what is thought of it: 它评分太低，还是宽楦的那双吧."""
        start, end = next((c for c in opinions.clauses(text) if c[0] <= at[0] < c[1]), (0, 0))
        return opinions.kind(text[start:end]) is not None and all(a >= end for _, (a, _) in placed)

    def _of_it(self, text: str, at: int) -> bool:
        """True where a message does something with an item, and the clause that says "it" asks for nothing."""
        if intents.intent(text, True, True) in ("compare", "explain", "similar"):
            return True
        if opinions.kind(text) in _KEPT:
            return True  # 那部帮我收藏一下
        if intents.needs(next((text[a:b] for a, b in opinions.clauses(text) if a <= at < b), text)):
            return False
        return pointing.of_it(text) or opinions.kind(text) is not None or intents.asks(text)

    def _of_one(self, clause: str) -> bool:
        """True where a clause keeps something, asks what, which or how of it, or compares "it" with it."""
        act = intents.intent(clause, True, True)
        return (
            opinions.kind(clause) in _KEPT
            or bool(_ASKED.search(clause))
            or act == "explain"
            or (act == "compare" and pointing.it(clause) is not None)
        )

    def _evident(self, text: str, shown: Sequence[Item]) -> list[pointing.Placed]:
        """Each value, and each word of a title or description, that one shown item alone has."""
        return sorted([*self._alone(text, shown), *evident(text, shown)], key=lambda p: p[1])

    def _with_evident(self, text: str, shown: Sequence[Item], placed: list[pointing.Placed]) -> list[pointing.Placed]:
        """What is compared with the one item that is placed: wooden tripod versus the paper one."""
        if len({r for r, _ in placed}) != 1 or _WHY.search(text):
            return placed
        free = [p for p in self._evident(text, shown) if not any(a < p[1][1] and p[1][0] < b for _, (a, b) in placed)]
        return [*placed, *free] if len({r for r, _ in free} - {r for r, _ in placed}) == 1 else placed

    def _meant(self, text: str, shown: Sequence[Item]) -> list[pointing.Placed]:
        """The item that a clause asks something of, or keeps: 灰的啥料子, korean place - which metro stop, save the crepe place."""
        out: list[pointing.Placed] = []
        for start, end in opinions.clauses(text):
            clause = text[start:end]
            if pointing.it(clause) and clause.rstrip("?？").endswith("吗"):
                continue
            if _EXISTS.search(clause) or intents.needs(clause) or not self._of_one(clause):
                continue
            if comparison.superlative(clause, self._schema, ()):  # of all there are
                continue
            asked = _ASKED.search(clause)
            found = [p for p in self._evident(clause, shown) if asked is None or p[1][0] < asked.start()]
            out += [(r, (a + start, b + start)) for r, (a, b) in _agreed(found)]
        if not out and _LOVES_IT.search(text):  # a hotpot just for one, love it
            out = _agreed(self._evident(text, shown))
        if not out and opinions.kind(text) in _KEPT and not _EXISTS.search(text):  # 就蓝的，收藏
            out = _agreed(self._evident(text, shown))
        return out

    def _alone(self, text: str, shown: Sequence[Item]) -> list[pointing.Placed]:
        """The items that alone have a value that is said, in the order of the message."""
        spans = self._lexicon.find(text)
        own = [((s.start, s.end), [any(v in i.values(f) for f, v in s.pairs) for i in shown]) for s in spans]
        counted = [
            b
            for b in bounds.find(text, self._schema, ())
            if not any(s.start < b.end and b.start < s.end for s in spans)
        ]
        own += [((b.start, b.end), [all(meets(i, c) for c in b.constraints) for i in shown]) for b in counted]
        return [(have.index(True) + 1, at) for at, have in sorted(own) if have.count(True) == 1]

    def _asks_for_most(self, text: str) -> bool:
        """True for "and the lightest?": the lightest there is, not of those shown, unless the message points or says something of it."""
        asks = pointing.of_all(text) or intents.intent(text, True, True) in _ASKING
        clauses = [text[a:b] for a, b in opinions.clauses(text)]
        last = len(clauses) > 1 and self._lexicon.find(clauses[0]) and not pointing.singles_out(clauses[0])
        if last and _MOST_OF_ALL.fullmatch(clauses[-1]):  # 朝阳区的，座位最多的那家
            return True
        if pointing.singles_out(text) or opinions.kind(text) or not asks:
            return False
        return comparison.superlative(text, self._schema, ()) is not None

    def _named(self, text: str, placed: list[pointing.Placed]) -> list[pointing.Placed]:
        """Without the words of a title that are values as well: 马拉松的 asks for marathons, though one shown has it in its title."""
        if not placed or intents.intent(text, True, True) not in _ASKING:
            return placed
        said = [(s.start, s.end) for s in self._lexicon.find(text)]
        said += [(b.start, b.end) for b in bounds.find(text, self._schema, ())]
        return [
            p for p in placed
            if comparison.relative(text[: p[1][0]]) or not any(a <= p[1][0] < b for a, b in said)
        ]  # fmt: skip

    def _with_best(self, text: str, shown: Sequence[Item], placed: list[pointing.Placed]) -> list[pointing.Placed]:
        """最贵的跟第一家比: one item is compared with the one that a superlative picks out."""
        best = comparison.superlative(text, self._schema, ()) if len(placed) == 1 else None
        order = _in_order(shown, best[:2]) if best else []
        return [*placed, (shown.index(order[0]) + 1, best[2:])] if best and order else placed

    def _compared(self, text: str, shown: Sequence[Item]) -> list[pointing.Placed]:
        """红色的和黑色的哪个好: of what is compared, the items that alone have the value said."""
        out = [*self._alone(text, shown), *describing.of_price(text, shown)]
        for part in _PARTS.finditer(text) if not out else ():  # the dearest and the cheapest
            best = self._extremes(shown)(part[0])
            out += [(shown.index(best[0]) + 1, part.span())] if best else []
        return out if len(out) > 1 else []

    def _carriers(self, shown: Sequence[Item]) -> describing.Matcher:
        """The shown items that carry every value a phrase names."""

        def carriers(phrase: str) -> list[Item]:
            spans = self._lexicon.find(phrase)
            without = bool(_WITHOUT.match(phrase))
            numbers = [] if spans else [c for b in bounds.find(phrase, self._schema, ()) for c in b.constraints]
            exact = [i for i in shown if numbers and all(i.get(c.field) == c.number for c in numbers)]
            if len(exact) == 1:  # of 两万起购的那个, not one that asks for less
                return exact
            return [
                i for i in shown
                if (spans or numbers)
                and all(any(v in i.values(f) for f, v in s.pairs) != without for s in spans)
                and all(meets(i, c) for c in numbers)
            ]  # fmt: skip

        return carriers

    def _extremes(self, shown: Sequence[Item]) -> describing.Matcher:
        """The shown items in the order of a superlative or comparative that a phrase says."""

        def ordered(phrase: str) -> list[Item]:
            asked = comparison.most(phrase)
            best = comparison.superlative(asked, self._schema, ())
            part = best is not None and not phrase.isascii() and "最" not in phrase and best[3] < len(asked) - 1
            return _in_order(shown, best[:2]) if best and not part else []  # 大宁路小区 is no 最大

        return ordered

    def _likest(self, phrase: str, items: Sequence[Item], alike: bool) -> list[Item]:
        """The one of the items that a phrase describes in words of its own; the closest of those that are `alike` in what it names."""
        if self._likeness is None:
            return []
        return self._likeness.most(phrase, items, 0.0) if alike else self._likeness.most(phrase, items)

    def others(self, text: str, shown: Sequence[Item], ranks: Sequence[int]) -> list[Constraint]:
        """Another brand, other colours: none of those shown; any brand but the second one's, or that brand not: not that one."""
        own = [shown[r - 1 if r > 0 else r] for r in ranks if 0 < abs(r) <= len(shown)]
        asks = [(_BUT_ANY, own)] if own and _BUT.search(text) else [(_ANOTHER, shown)] if _OTHER.search(text) else []
        asks += [(_NOT_ITS, own)] if own and _REFUSES.search(text) else []
        for name, field in self._schema.fields.items() if shown and asks else ():
            known = (*labels(field), *_COMMON.get(name, ())) if field.kind in ("categorical", "list") else ()
            words = "|".join(map(re.escape, known))
            of = next((items for ask, items in asks if words and re.search(ask.format(label=words), text)), None)
            if of is not None:
                values = tuple(dict.fromkeys(v for i in of for v in i.values(name)))
                return [Constraint(name, "not_in", values)] if values else []
        return []


def _agreed(found: list[pointing.Placed]) -> list[pointing.Placed]:
    """The first of what speaks of one item; none where it speaks of several."""
    return found[:1] if len({r for r, _ in found}) == 1 else []


def _in_order(shown: Sequence[Item], by: tuple[str, bool]) -> list[Item]:
    """The shown items that have a field, in its order: (field, descending)."""
    have = [i for i in shown if i.get(by[0]) is not None]
    return sorted(have, key=lambda i: i.get(by[0]), reverse=by[1])  # type: ignore[arg-type,return-value]
