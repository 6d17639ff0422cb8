"""The words of an answer: what was found, dead ends, superlatives, comparisons, small talk. Facts are the catalogue's."""

from collections import Counter
from collections.abc import Sequence
from functools import cache

from recsys.datamodels import Comparison, Constraint, Item, Lang, Query, Question, Reply
from recsys.facts import UNCOMPARED, fact, facts, facts_table
from recsys.language.inquiring import Inquiry
from recsys.language.smalltalk import indifferent, talk
from recsys.pipeline import Pipeline, Turn
from recsys.ranking.asking import asked
from recsys.ranking.reasons import YES_NO, amount, describe
from recsys.relaxing import Relaxation
from recsys.texts import UNITS, say

_HEADS = ("category", "domain")


class Answers:
    """Answers over one catalogue; every method is a pure function of what it is given."""

    def __init__(self, pipeline: Pipeline) -> None:
        self.pipeline, self.schema = pipeline, pipeline.schema
        self.example, self.kinds = cache(self._example), cache(self._kinds)

    def recommend(self, state: Query, turn: Turn, lang: Lang, key: str = "found") -> Reply:
        """What a turn came to, for the state of the dialogue; `key` is the sentence where nothing special happened."""
        if not turn.items:
            left_out = say("hidden", lang, n=turn.hidden, unit="个") if turn.hidden else ""
            text = say("nothing", lang, asked=self._asked(state.constraints, lang) or state.text)
            return Reply(text, (), state, notice=left_out)
        unit = UNITS.get(turn.items[0].item.domain, "个")
        if turn.ways:
            return self._dead_end(state, turn, unit, lang)
        what = self._what(state, lang)
        if what == say("what_any", lang):
            unit = UNITS.get("", "个")
        shown = len(turn.items)
        text = say(key, lang, n=shown, what=what, unit=unit, matches=_matches(shown))
        notices = [say("seen_all", lang)] * turn.again
        if turn.left is not None:
            text = say("found_more", lang, n=shown, what=what, unit=unit)
        elif state.sort and turn.best:
            text = self._sorted(state.sort, turn, what, unit, lang)
            notices += [
                say("lacking", lang, n=turn.best.lacking, unit=unit, field=self.schema.field_label(state.sort[0], lang))
            ] * bool(turn.best.lacking)
            notices += [say("hidden", lang, n=turn.hidden, unit=unit)] * bool(turn.hidden)
        elif state.sort:
            notices.append(say("unsortable", lang, field=self.schema.field_label(state.sort[0], lang)))
        if not turn.spoken and not indifferent(state.text):
            notices.append(say("guessed", lang, text=state.text[:40]))
        if turn.left is not None and turn.left <= shown:
            notices.append(say("last_ones", lang))
        elif turn.matching < self.pipeline.settings.top_k and not turn.again:
            notices.append(say("few", lang, n=turn.matching, unit=unit, matches=_matches(turn.matching)))
        ask = asked(turn.ask.field, turn.ask.choices, self.schema, lang) if turn.ask else None
        return Reply(text, turn.shown(lang), state, ask, " ".join(notices))

    def _sorted(self, sort: tuple[str, bool], turn: Turn, what: str, unit: str, lang: Lang) -> str:
        """The superlative by name and value, with those level with it."""
        assert turn.best is not None
        name, descending = sort
        first = turn.items[0].item
        tied = say("tied", lang, n=turn.best.tied - 1, unit=unit) if turn.best.tied > 1 else ""
        field = self.schema.field_label(name, lang)
        return say(
            "found_sorted", lang, what=what, matches=_matches(turn.matching), field=field, title=first.name(lang), tied=tied,
            order=say("descending" if descending else "ascending", lang), most=self._most(name, descending, lang), value=self._value(first, name, lang),
        )  # fmt: skip

    def _order(self, name: str, descending: bool, lang: Lang) -> str:
        pair = ("oldest_first", "newest_first") if self._dated(name) else ("ascending", "descending")
        return say(pair[descending], lang)

    def _most(self, name: str, descending: bool, lang: Lang) -> str:
        pair = (
            ("earliest", "latest")
            if self._dated(name)
            else ("cheapest", "dearest")
            if name == "price"
            else ("lowest", "highest")
        )
        return say(pair[descending], lang, field=self.schema.field_label(name, lang))

    def _dated(self, name: str) -> bool:
        return self.schema.fields[name].unit == "年" or name in ("date", "日期")

    def _dead_end(self, state: Query, turn: Turn, unit: str, lang: Lang) -> Reply:
        """The tight condition, the nearest offer, and the steps out as answers that can be clicked."""
        ways = say("ways", lang).join(self._way(way, unit, lang) for way in turn.ways)
        loose = [c for c in state.constraints if c.field not in _HEADS] or list(state.constraints)
        text = say("dead_end", lang, asked=self._asked(loose, lang), what=self._what(state, lang), ways=ways)
        ask = asked("", tuple(w.choice for w in turn.ways), self.schema, lang)
        return Reply(
            text, turn.shown(lang), state, ask, say("hidden", lang, n=turn.hidden, unit=unit) if turn.hidden else ""
        )

    def _way(self, way: Relaxation, unit: str, lang: Lang) -> str:
        dropped, bound = self._asked(way.choice.drop, lang), way.nearest
        if bound is None:
            return say("way", lang, dropped=dropped, n=way.choice.count, unit=unit)
        pair = ("way_early", "way_late") if self._dated(bound.field) else ("way_low", "way_high")
        value = amount(bound.field, bound.number, self.schema, lang)
        return say(pair[bound.op == "gte"], lang, dropped=dropped, value=value)

    def _asked(self, constraints: Sequence[Constraint], lang: Lang) -> str:
        return say("and", lang).join(describe(c, self.schema, lang) for c in constraints)

    def _what(self, state: Query, lang: Lang) -> str:
        for name in _HEADS:
            for c in state.constraints:
                if c.field == name and c.op in ("eq", "in"):
                    return say("and", lang).join(self.schema.label(v, lang) for v in c.values[:3])
        return say("what_any", lang)

    def chips(self, state: Query | None, lang: Lang) -> tuple[str, ...]:
        """All that the dialogue asks for, in words: each condition, then the order, then the item to be like."""
        if state is None:
            return ()
        out = [describe(c, self.schema, lang) for c in state.constraints]
        if state.sort:
            order = self._order(*state.sort, lang)
            out.append(say("chip_sorted", lang, field=self.schema.field_label(state.sort[0], lang), order=order))
        row = self.pipeline.parts.catalog.row.get(state.like)
        return (
            (*out, say("chip_like", lang, title=self.pipeline.items[row].name(lang))) if row is not None else tuple(out)
        )

    def compare(self, items: Sequence[Item], turn: Query, lang: Lang) -> Reply:
        """Two or three items side by side, as a table and in words; what differs comes first."""
        if len(items) < 2:
            return Reply(say("compare_few", lang), (), turn)
        notice, items = (say("compare_many", lang) if len(items) > 3 else ""), items[:3]
        rows = [
            (self.schema.field_label(n, lang), cells, apart)
            for n, cells, apart in facts_table(items, self.schema, lang)
        ]
        rows.sort(key=lambda row: not row[2])
        table = Comparison(tuple(items), tuple(rows))
        ways = dict.fromkeys((*((turn.sort,) if turn.sort else ()), ("price", False), ("rating", True)))
        found = [p for name, up in ways if (p := self._contrast(items, name, up, lang))]
        of = {item.id: (item, [point for i, point in found if i is item]) for item, _ in found}
        points = [
            say("contrast", lang, title=item.name(lang), points=self._listed(own, lang)) for item, own in of.values()
        ]
        contrast = say("of_these", lang, points=say("comma", lang).join(points)) if points else ""
        return Reply(
            f"{say('compare', lang, contrast=contrast).strip()}\n\n{markdown(table, lang)}",
            (),
            turn,
            notice=notice,
            comparison=table,
        )

    def _listed(self, points: Sequence[str], lang: Lang) -> str:
        """The lightest, the cheapest and the best rated."""
        *first, last = points
        return say("as_well", lang).join((say("and", lang).join(first), last)) if first else last

    def _contrast(self, items: Sequence[Item], name: str, up: bool, lang: Lang) -> tuple[Item, str] | None:
        """The one item that is cheapest, or rated highest, and the words for it; None where two are level or one has no number."""
        values = [v for i in items if isinstance(v := i.get(name), float)]
        best = (max if up else min)(values) if len(values) == len(items) else None
        if best is None or values.count(best) > 1:
            return None
        item = items[values.index(best)]
        return item, say("contrast_point", lang, most=self._most(name, up, lang), value=self._value(item, name, lang))

    def _value(self, item: Item, name: str, lang: Lang) -> str:
        return fact(item, name, self.schema, lang)

    def inform(self, item: Item, asked_: Inquiry, lang: Lang) -> str:
        """What the catalogue says of an item to a question, and no more than that."""
        title, about = item.name(lang), item.about(lang) or facts(item, self.schema, lang, 6)
        if asked_.pairs:
            return self._whether(item, asked_.pairs, lang)
        known = [n for n in asked_.fields if item.get(n) is not None]
        if known:
            return say("told", lang, title=title, facts=self._told(item, known, lang))
        if asked_.fields:
            return say("untold", lang, title=title, field=self.schema.field_label(asked_.fields[0], lang))
        return say("unsaid" if asked_.yes_no else "told_about", lang, title=title, about=about)

    def _whether(self, item: Item, pairs: Sequence[tuple[str, str]], lang: Lang) -> str:
        """Whether it has a value: what the catalogue gives in that field."""
        held = [f for f, v in pairs if v in item.values(f)]
        if held:
            return say("has", lang, title=item.name(lang), facts=self._told(item, held, lang))
        name, value = next(((f, v) for f, v in pairs if item.get(f) is not None), pairs[0])
        if item.get(name) is None:
            return say("untold", lang, title=item.name(lang), field=self.schema.field_label(name, lang))
        told, label = self._told(item, [name], lang), self.schema.label(value, lang)
        return say("has_not", lang, title=item.name(lang), facts=told, asked=label)

    def _told(self, item: Item, names: Sequence[str], lang: Lang) -> str:
        told = (
            say("told_one", lang, field=self.schema.field_label(n, lang), value=self._value(item, n, lang))
            for n in dict.fromkeys(names)
        )
        return say("comma", lang).join(told)

    def chat(self, turn: Query, lang: Lang) -> Reply:
        """Small talk, short, with what can be asked here."""
        return Reply(say(talk(turn.said), lang, kinds=self.kinds(lang), example=self.example(lang)), (), turn)

    def empty(self, turn: Query, lang: Lang) -> Reply:
        """A message that says nothing."""
        return Reply(say("empty", lang, example=self.example(lang)), (), turn)

    def _kinds(self, lang: Lang) -> str:
        """What the catalogue holds, in its own words."""
        for name in ("domain", "category"):
            values = Counter(i.get(name) for i in self.pipeline.items if i.get(name))
            if len(values) > 1 or (name == "category" and values):
                return say("and", lang).join(self.schema.label(str(v), lang) for v, _ in values.most_common(5))
        return say("kinds_any", lang, n=len(self.pipeline.items))

    def _example(self, lang: Lang) -> str:
        """A need that this catalogue can meet: its commonest category with a value of it."""
        items = self.pipeline.items
        category = Counter(i.category for i in items if i.category).most_common(1)
        own = [i for i in items if not category or i.category == category[0][0]]
        words = [self.schema.label(category[0][0], lang)] if category else []
        for name, field in self.schema.fields.items():
            if field.kind not in ("categorical", "list") or name in (*_HEADS, *UNCOMPARED, "brand") or len(words) == 2:
                continue
            values = Counter(v for i in own for v in i.values(name)[:1] if v.lower() not in YES_NO)
            if len(values) > 1 and sum(values.values()) > 0.7 * len(own):
                value = values.most_common(1)[0][0]
                words.insert(0, self.schema.label(value, lang))
                own = [i for i in own if value in i.values(name)]
        return ("的" if lang == "zh" else " ").join(words) if words else items[0].name(lang)


def markdown(table: Comparison, lang: Lang) -> str:
    """The comparison as a Markdown table; what differs stands out."""
    lines = [
        "| | " + " | ".join(_cell(i.name(lang)) for i in table.items) + " |",
        "|---" * (len(table.items) + 1) + "|",
    ]
    for label, cells, differs in table.rows:
        lines.append(
            f"| {_cell(label)} | "
            + " | ".join(f"**{_cell(c)}**" if differs and c else _cell(c) or "–" for c in cells)
            + " |"
        )
    return "\n".join(lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _matches(count: int) -> str:
    return "1 match" if count == 1 else f"{count} matches"


def answered(text: str, asked_: Question) -> int | None:
    """The position of the choice that a message takes by its words, with or without the count beside it."""
    said = _bare(text)
    for position, option in enumerate(asked_.options):
        if said and said in (_bare(option), _bare(option.rsplit(" · ", 1)[0])):
            return position
    return None


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum() or c in "≤≥.%")
