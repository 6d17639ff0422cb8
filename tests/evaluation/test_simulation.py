"""The simulator is seeded, honest about what never may happen, and feedback helps in it."""

import pytest

from recsys.evaluation import simulation
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore


@pytest.fixture
def fresh(small_parts, monkeypatch: pytest.MonkeyPatch) -> Recommender:
    monkeypatch.setattr(simulation, "_LEAST", 12)
    return Recommender(small_parts, SqliteStore(None), Settings(top_k=5))


def test_feedback_helps_and_nothing_forbidden_happens(fresh: Recommender) -> None:
    figures = simulation.simulate(fresh, 6, 3)
    turns = figures["turns"]
    assert figures["people"] == 6 and [t["turn"] for t in turns] == [1, 2, 3, 4, 5, 6]
    assert figures["returned"] == 0 and figures["violations"] == 0
    assert turns[0]["on"] == turns[0]["off"] and turns[0]["gain"] == 0
    assert turns[-1]["on"] > turns[-1]["off"] and turns[-1]["regret_on"] < turns[-1]["regret_off"]
    assert all(t["ci95"][0] <= t["gain"] <= t["ci95"][1] for t in turns)


def test_the_same_seed_draws_the_same_people(small_parts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulation, "_LEAST", 12)
    drawn = [simulation.Simulation(Recommender(small_parts, SqliteStore(None), Settings()), 5).visitor() for _ in "ab"]
    assert drawn[0].says == drawn[1].says and (drawn[0].before == drawn[1].before).all()
    other = simulation.Simulation(Recommender(small_parts, SqliteStore(None), Settings()), 6).visitor()
    assert (other.before != drawn[0].before).any()


def test_true_grades_follow_the_utility_and_the_shift_of_mood(fresh: Recommender) -> None:
    visitor = simulation.Simulation(fresh, 1).visitor()
    grades = visitor.grades(1)
    ordered = sorted(grades, key=lambda r: -visitor.before[r])
    assert [grades[r] for r in ordered] == sorted(grades.values(), reverse=True) and grades[ordered[0]] == 3
    assert (visitor.before != visitor.after).any()
    assert (
        visitor.utility(simulation.SHIFT - 1) is visitor.before and visitor.utility(simulation.SHIFT) is visitor.after
    )
