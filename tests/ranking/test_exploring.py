"""Exploration: off by default, one marked place, propensities that are the frequencies with which things are shown."""

from collections import Counter

import numpy as np
import pytest

from recsys.ranking.exploring import Explored, explore
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

NEED = "我想买一件连衣裙"


def test_propensities_are_frequencies() -> None:
    rng, appeal = np.random.default_rng(0), np.array([3.0, 2.0, 1.0, 0.5, -1.0])
    drawn = [explore([0, 1], range(5), appeal, 0.4, rng) for _ in range(20000)]
    last = Counter(one.order[-1] for one in drawn)
    said = {one.order[-1]: one.propensity[-1] for one in drawn}
    assert set(last) == {1, 2, 3, 4} and sum(said.values()) == pytest.approx(1)
    for position, propensity in said.items():
        assert last[position] / len(drawn) == pytest.approx(propensity, abs=0.012)
    assert all(one.order[0] == 0 and one.propensity[0] == 1 and one.new == (one.order[-1] != 1) for one in drawn)


def test_nothing_is_explored_where_it_is_off_or_nothing_is_left() -> None:
    rng, appeal = np.random.default_rng(0), np.zeros(3)
    assert explore([2, 0], range(3), appeal, 0, rng) == Explored([2, 0], [1.0, 1.0])
    assert explore([2, 0, 1], range(3), appeal, 0.5, rng) == Explored([2, 0, 1], [1.0, 1.0, 1.0])


def test_something_new_is_marked_logged_and_off_by_default(small_parts, recommender: Recommender) -> None:
    assert all(r.propensity == 1 and not r.explored for r in recommender.reply(recommender.start(), NEED).items)
    curious = Recommender(small_parts, SqliteStore(None), Settings(explore=0.5, top_k=4))
    seen = []
    for item in curious.catalog.items[-8:]:
        session = curious.start()
        curious.record(session, item.id, "click")
        seen.append((curious.reply(session, NEED, "zh").items, curious.store.impressions(session)))
    assert {shown[-1].explored for shown, _ in seen} == {True, False}
    for shown, kept in seen:
        last = shown[-1]
        assert ("试试看" in last.reasons) == last.explored == ("something new" in last.tags["en"])
        assert last.propensity == 0.5 or (last.explored and last.propensity < 0.5)
        assert [k["propensity"] for k in kept] == [r.propensity for r in shown] and kept[-1][
            "explored"
        ] == last.explored
        assert not any(r.explored for r in shown[:-1])
