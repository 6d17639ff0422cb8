"""Simulated people: synthetic histories of a catalogue, for when there are no logs. Nothing here is a real person.

A person has one to two domains of interest, in each a few favourite categories, a weight for some attribute values, a
price level, and a direction of taste in the space of item vectors (the mean of three items). The utility of an item is
the sum of these matches. At each step the person looks at ten items of the category in focus (half of them popular),
picks one by a softmax over utility, and reacts by how much it pleases: purchase, favourite, like, click or dislike.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from recsys.behavior.histories import History
from recsys.datamodels import EVENT_KINDS, Constraint, EventKind, Item, Lang, Query
from recsys.schema import Schema

_SLATE = 10
_ELSEWHERE = 2.0  # how much less an item of no favourite category pleases
_MEANT = 6.0  # how much an item pleases for being like the one in mind
_STAYS = 0.75  # chance that the next step looks at the same category


@dataclass(frozen=True)
class Person:
    """A synthetic person: utility (n,) of every item, and the categories (with weights) that they look at."""

    utility: npt.NDArray[np.float64]
    categories: tuple[str, ...]
    shares: npt.NDArray[np.float64]


class Simulator:
    """Draws people and their histories, seeded."""

    def __init__(self, items: Sequence[Item], vectors: npt.NDArray[np.float32], seed: int = 0) -> None:
        """`vectors` (n, dim) are centred and of unit length."""
        self.items, self.vectors = items, vectors
        self.rng = np.random.default_rng(seed)
        self._rows: dict[str, npt.NDArray[np.int64]] = {}
        for category in dict.fromkeys(i.category for i in items):
            self._rows[category] = np.array([r for r, i in enumerate(items) if i.category == category], np.int64)
        self._domains: dict[str, list[str]] = {}
        for item in items:
            known = self._domains.setdefault(item.domain, [])
            if item.category not in known:
                known.append(item.category)
        self._popularity = np.array([i.popularity for i in items])
        self._values: dict[tuple[str, str], list[int]] = {}
        for row, item in enumerate(items):
            for name in ("brand", *item.attributes):
                value = item.get(name)
                if isinstance(value, str | tuple):
                    for v in item.values(name):
                        self._values.setdefault((name, v), []).append(row)
        self._level = self._price_levels()

    def _price_levels(self) -> npt.NDArray[np.float64]:
        """The quantile of each price within its category, 0.5 where there is none."""
        level = np.full(len(self.items), 0.5)
        for rows in self._rows.values():
            prices = np.array([self.items[r].price or np.nan for r in rows])
            if not np.isnan(prices).any():
                level[rows] = prices.argsort().argsort() / max(len(rows) - 1, 1)
        return level

    def person(self) -> Person:
        """Draw a person."""
        rng = self.rng
        domains = rng.choice(list(self._domains), size=min(int(rng.integers(1, 3)), len(self._domains)), replace=False)
        categories = [c for d in domains for c in rng.permutation(self._domains[d])[: rng.integers(2, 5)]]
        utility = 0.4 * self._popularity + rng.gumbel(0, 0.25, len(self.items))
        mine = np.concatenate([self._rows[c] for c in categories])
        seeds = rng.choice(mine, size=3)
        taste = self.vectors[seeds].mean(axis=0)
        utility += 2.5 * (self.vectors @ (taste / np.linalg.norm(taste)))
        own = sorted({k for s in seeds for k in self._keys(int(s))})
        for position in rng.permutation(len(own))[: rng.integers(3, 9)]:
            utility[self._values[own[position]]] += rng.normal(0.8, 0.5)
        utility -= 1.2 * np.abs(self._level - rng.random())
        elsewhere = np.ones(len(self.items), bool)
        elsewhere[mine] = False
        utility[elsewhere] -= _ELSEWHERE
        return Person(utility, tuple(map(str, categories)), rng.dirichlet(np.ones(len(categories))))

    def need(
        self, person: Person, seen: npt.NDArray[np.int64], schema: Schema
    ) -> tuple[Query, npt.NDArray[np.float64]]:
        """What the person asks for, and the utility (n,) of every item for that.

        The item in mind is the person's best unseen one of a category.
        """
        category = str(self.rng.choice(person.categories, p=person.shares))
        rows = np.setdiff1d(self._rows[category], seen)
        target = int(rows[person.utility[rows].argmax()]) if len(rows) else None
        query, described = self.words(category, target, schema)
        return query, person.utility + (_MEANT * (self.vectors @ self.vectors[target]) if described else 0)

    def words(self, category: str, target: int | None, schema: Schema) -> tuple[Query, bool]:
        """A need in words, and whether it describes the item in mind, `target`.

        Half of the needs name a category and describe the item by two attributes or by a piece of its description, a
        third name the category only, a sixth are open: a domain.
        """
        rng, draw = self.rng, float(self.rng.random())
        lang: Lang = "en" if rng.random() < 0.5 else "zh"
        if draw < 1 / 6 or target is None:
            domain = self.items[self._rows[category][0]].domain
            return Query(
                text=schema.label(domain, lang), constraints=(Constraint("domain", "eq", domain),), lang=lang
            ), False
        text, constraints = schema.label(category, lang), (Constraint("category", "eq", category),)
        if draw < 0.5:
            return Query(text=text, constraints=constraints, lang=lang), False
        if rng.random() < 0.5:
            words = self.items[target].about(lang)
            text = f"{text} {words[: len(words) // 2]}"
        else:
            keys = self._keys(target)
            chosen = [keys[i] for i in rng.permutation(len(keys))[:2]]
            text = " ".join([*(schema.label(v, lang) for _, v in chosen), text])
        return Query(text=text, constraints=constraints, lang=lang), True

    def _keys(self, row: int) -> list[tuple[str, str]]:
        item = self.items[row]
        return [
            (n, v) for n in ("brand", *item.attributes) if isinstance(item.get(n), str | tuple) for v in item.values(n)
        ]

    def history(self, person: Person, length: int) -> History:
        """A history of up to `length` steps; no item comes twice."""
        rng, seen = self.rng, set[int]()
        rows, kinds, gaps = [], [], []
        focus = str(rng.choice(person.categories, p=person.shares))
        level = np.quantile(
            person.utility[np.concatenate([self._rows[c] for c in person.categories])], [0.5, 0.8, 0.93]
        )
        for _ in range(length):
            if rng.random() > _STAYS:
                focus = str(rng.choice(person.categories, p=person.shares))
            pool = np.array([r for r in self._rows[focus] if r not in seen], np.int64)
            if not len(pool):
                continue
            popular = pool[np.argsort(-self._popularity[pool])[:20]]
            slate = np.unique(np.concatenate([rng.choice(pool, _SLATE // 2), rng.choice(popular, _SLATE // 2)]))
            weights = np.exp(2 * (person.utility[slate] - person.utility[slate].max()))
            row = int(rng.choice(slate, p=weights / weights.sum()))
            seen.add(row)
            rows.append(row)
            kinds.append(EVENT_KINDS.index(self._reaction(float(person.utility[row]), level)))
            gaps.append(float(np.log1p(rng.exponential(60) if rng.random() < 0.9 else rng.exponential(86400))))
        kind_array = np.array(kinds, np.int64)
        values = np.zeros(len(rows), np.float32)
        return History(
            np.array(rows, np.int64),
            kind_array,
            values,
            np.array(gaps, np.float32),
            kind_array != EVENT_KINDS.index("dislike"),
        )

    def _reaction(self, utility: float, level: npt.NDArray[np.float64]) -> EventKind:
        if utility > level[2]:
            return self.rng.choice(np.array(["purchase", "favourite", "like"]), p=[0.3, 0.3, 0.4])  # type: ignore[no-any-return]
        if utility > level[1]:
            return "like" if self.rng.random() < 0.5 else "click"
        if utility > level[0]:
            return "click"
        return "dislike" if self.rng.random() < 0.6 else "click"


def histories(simulator: Simulator, people: int, lengths: tuple[int, int] = (6, 40)) -> list[tuple[Person, History]]:
    """People with their histories, those of fewer than three steps left out."""
    out = []
    for _ in range(people):
        person = simulator.person()
        history = simulator.history(person, int(simulator.rng.integers(*lengths)))
        if len(history.rows) >= 3:
            out.append((person, history))
    return out
