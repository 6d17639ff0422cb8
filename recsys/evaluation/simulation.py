"""Does feedback help? Simulated people talk to the recommender itself, once with their thumbs and once without.

A person (`Simulator.person`) has a hidden taste over real items of the catalogue: a direction of language vectors, weights of
attribute values, a price that suits, and what no feature explains. They ask for one kind of thing in words, sometimes with a budget or
a property, and look down the list with position bias: rank r is seen with probability r^-0.5. What is seen gets a thumb if it is in the best or
the worst third of what matches, and one thumb in ten is wrong. From the fourth turn on their mood has shifted: one more value pleases,
one no longer does. Both arms hear the same words; in the arm without feedback no thumb is pressed.

An item's true grade is 3 in the best twentieth by utility of what matches, 2 in the best seventh, 1 in the best third, else 0.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.datamodels import Constraint, EventKind, Lang, Reply
from recsys.evaluation.metrics import ndcg
from recsys.evaluation.simulator import Simulator
from recsys.recommender import Recommender

TURNS = 6
SHIFT = 4  # the turn at which the mood is another
WRONG = 0.1  # share of thumbs that say the opposite
BIAS = 0.5  # rank r is looked at with probability r^-BIAS
_LEAST = 25  # items that a kind of thing must have
_GRADES = ((0.05, 3.0), (1 / 7, 2.0), (1 / 3, 1.0))
_SAYS: dict[Lang, tuple[str, ...]] = {
    "zh": ("我想要{value}{what}", "推荐几个{what}", "再看看{what}", "还有什么{what}", "找{what}", "{what}有哪些"),
    "en": ("I want {value} {what}", "recommend some {what}", "show me {what}", "find {what}", "any other {what}", "more {what}"),
}  # fmt: skip
_BUDGET: dict[Lang, str] = {"zh": "，{price}元以内", "en": " under {price}"}
Array = npt.NDArray[np.float64]


@dataclass
class Visitor:
    """One person with one need: what they say at each turn, what matches, and the utility (n,) before and after the shift."""

    lang: Lang
    says: tuple[str, ...]
    wants: tuple[Constraint, ...]
    rows: npt.NDArray[np.int64]
    before: Array
    after: Array

    def grades(self, turn: int) -> dict[int, float]:
        """Row -> true grade at a turn, of what matches."""
        utility = self.utility(turn)[self.rows]
        best = np.argsort(-utility, kind="stable")
        out = dict.fromkeys(self.rows.tolist(), 0.0)
        for share, grade in reversed(_GRADES):
            out |= dict.fromkeys(self.rows[best[: max(1, round(share * len(best)))]].tolist(), grade)
        return out

    def utility(self, turn: int) -> Array:
        """How much every item pleases at a turn (n,)."""
        return self.before if turn < SHIFT else self.after


@dataclass
class Tally:
    """What one arm came to: per turn nDCG@10 and regret of each person; what must never happen, counted."""

    ndcg: list[list[float]] = field(default_factory=list)
    regret: list[list[float]] = field(default_factory=list)
    returned: int = 0
    violations: int = 0


class Simulation:
    """People who talk to a recommender, seeded."""

    def __init__(self, recommender: Recommender, seed: int = 0) -> None:
        self.recommender, self.catalog = recommender, recommender.catalog
        self.simulator = Simulator(
            self.catalog.items, recommender.parts.centred[np.arange(len(recommender.parts.centred))], seed
        )
        self.rng = np.random.default_rng(seed)

    def visitor(self) -> Visitor:
        """Draw a person with a need of a kind that the catalogue has enough of."""
        rng, schema = self.rng, self.catalog.schema
        while True:
            person = self.simulator.person()
            category = str(rng.choice(person.categories, p=person.shares))
            wants: tuple[Constraint, ...] = (Constraint("category", "eq", category),)
            rows = np.flatnonzero(self.recommender.pipeline.candidates.columns.mask(wants))
            if len(rows) < _LEAST:
                continue
            lang: Lang = "zh" if rng.random() < 0.5 else "en"
            value, budget, draw = "", "", rng.random()
            prices = [p for r in rows.tolist() if (p := self.catalog.items[r].price) is not None]
            favourite = self.catalog.items[int(rows[person.utility[rows].argmax()])]
            if draw < 0.3 and len(prices) == len(rows):
                price = float(np.ceil(max(np.quantile(prices, 0.5 + rng.random() / 2), favourite.price or 0)))
                budget = _BUDGET[lang].format(price=f"{price:.0f}")
                wants = (*wants, Constraint("price", "lte", price))
            elif draw < 0.5 and favourite.values("color"):
                wants = (*wants, Constraint("color", "eq", favourite.values("color")[0]))
                value = schema.label(favourite.values("color")[0], lang)
            matching = np.flatnonzero(self.recommender.pipeline.candidates.columns.mask(wants))
            if len(matching) < _LEAST // 2:
                continue
            what = schema.label(category, lang)
            says = [text.format(value=value, what=what).replace("  ", " ") for text in _SAYS[lang]]
            says[0] += budget
            shifted = self._shifted(person.utility, matching)
            return Visitor(lang, tuple(says), wants, matching, person.utility, shifted)

    def _shifted(self, utility: Array, rows: npt.NDArray[np.int64]) -> Array:
        """The utility in another mood: one value of what matches pleases more, one less."""
        items = self.catalog.items
        names = [n for n, f in self.catalog.schema.fields.items() if f.kind in ("categorical", "list")]
        values = sorted({(n, v) for r in rows for n in names if n in items[r].attributes for v in items[r].values(n)})
        out = utility.copy()
        for change in (0.8, -0.8):
            if values:
                name, value = values[int(self.rng.integers(len(values)))]
                out[self.recommender.pipeline.candidates.columns.rows(name, value)] += change
        return out

    def converse(self, visitor: Visitor, thumbs: bool, seed: int, tally: Tally) -> None:
        """One whole conversation, with or without feedback."""
        rng = np.random.default_rng(seed)
        session = self.recommender.start()
        disliked: set[int] = set()
        gains, regrets = [], []
        for turn in range(1, TURNS + 1):
            reply = self.recommender.reply(session, visitor.says[turn - 1], visitor.lang)
            rows = [self.catalog.row[r.item.id] for r in reply.items]
            grades = visitor.grades(turn)
            gains.append(ndcg([grades.get(r, 0.0) for r in rows], list(grades.values())))
            regrets.append(self._regret(visitor, rows, turn))
            tally.returned += len(disliked & set(rows))
            tally.violations += self._violations(visitor, reply)
            for row, kind in self.thumbs(visitor, rows, turn, rng) if thumbs else ():
                self.recommender.record(session, self.catalog.items[row].id, kind)
                disliked |= {row} if kind == "dislike" else set()
        tally.ndcg.append(gains)
        tally.regret.append(regrets)

    def _violations(self, visitor: Visitor, reply: Reply) -> int:
        """Items shown as fitting that are not what was asked."""
        matching = set(visitor.rows.tolist())
        return sum(not r.nearest and self.catalog.row[r.item.id] not in matching for r in reply.items)

    def _regret(self, visitor: Visitor, rows: list[int], turn: int) -> float:
        """How much less the items shown please, on average, than the best as many would, in spreads of what matches."""
        own = visitor.utility(turn)
        best = np.sort(own[visitor.rows])[::-1][: max(len(rows), 1)].mean()
        shown = own[rows].mean() if rows else own[visitor.rows].min()
        return float((best - shown) / max(own[visitor.rows].std(), 1e-9))

    def thumbs(
        self, visitor: Visitor, rows: Sequence[int], turn: int, rng: np.random.Generator
    ) -> list[tuple[int, EventKind]]:
        """What a person presses on a list: thumbs on what is seen and is clearly good or bad, as (row, kind)."""
        own = visitor.utility(turn)
        low, high = np.quantile(own[visitor.rows], [1 / 3, 2 / 3])
        out = list[tuple[int, EventKind]]()
        for rank, row in enumerate(rows, 1):
            if rng.random() > rank**-BIAS or low < own[row] < high:
                continue
            liked = bool(own[row] >= high) != bool(rng.random() < WRONG)
            out.append((row, "like" if liked else "dislike"))
        return out


def simulate(
    recommender: Recommender, people: int, seed: int, progress: Callable[[str], None] = lambda message: None
) -> dict[str, Any]:
    """True-utility nDCG@10 by turn with feedback on and off, paired over people, with bootstrap intervals of 95 %."""
    simulation = Simulation(recommender, seed)
    on, off = Tally(), Tally()
    for n in range(people):
        visitor = simulation.visitor()
        simulation.converse(visitor, True, seed * 1_000_003 + n, on)
        simulation.converse(visitor, False, seed * 1_000_003 + n, off)
        progress(f"Simulated people {n + 1:,} of {people:,}")
    return summary(on, off, seed)


def summary(on: Tally, off: Tally, seed: int) -> dict[str, Any]:
    """Means by turn, their relative gain with a paired bootstrap interval, and what must never happen."""
    people = len(on.ndcg)
    rng = np.random.default_rng(seed)
    with_thumbs, without = np.array(on.ndcg), np.array(off.ndcg)  # (people, turns)
    draws = rng.integers(people, size=(2000, people))
    turns = []
    for t in range(TURNS):
        ratio = with_thumbs[draws, t].mean(axis=1) / np.maximum(without[draws, t].mean(axis=1), 1e-9) - 1
        turns.append({
            "turn": t + 1, "on": round(float(with_thumbs[:, t].mean()), 4), "off": round(float(without[:, t].mean()), 4),
            "gain": round(float(with_thumbs[:, t].mean() / max(without[:, t].mean(), 1e-9) - 1), 4),
            "ci95": [round(float(q), 4) for q in np.quantile(ratio, [0.025, 0.975])],
            "regret_on": round(float(np.mean([r[t] for r in on.regret])), 4),
            "regret_off": round(float(np.mean([r[t] for r in off.regret])), 4),
        })  # fmt: skip
    return {"people": people, "seed": seed, "turns": turns, "returned": on.returned,
            "violations": on.violations + off.violations, "never_below": bool((with_thumbs.mean(axis=0) >= without.mean(axis=0)).all())}  # fmt: skip
