"""What must hold whatever people do: undo, order, monotony, privacy and replay, on events drawn by hypothesis."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.catalog import Catalog
from recsys.datamodels import EVENT_KINDS, Constraint, Event, EventKind, Query
from recsys.pipeline import Pipeline
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

ITEMS = [f"dress-{i:02}" for i in range(6)] + ["pack-01", "film-03", "fund-02"]
VALUES = [("color", "红色"), ("style", "法式"), ("price", "")]
DRESS = Query("连衣裙", constraints=(Constraint("category", "eq", "连衣裙"),), lang="zh")
MANY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@st.composite
def events(draw: st.DrawFn, least: int = 0) -> list[Event]:
    """A log of one person over a few sessions, the times ascending."""
    out: list[Event] = []
    at = 1e9
    for number in range(draw(st.integers(least, 12))):
        at += draw(st.floats(0, 90 * 86400))
        session = draw(st.sampled_from("ab"))
        kind: EventKind = draw(st.sampled_from((*EVENT_KINDS, "lean", "forget")))
        value = (
            draw(st.floats(0, 1)) if kind == "rate" else draw(st.sampled_from([-1.0, 1.0])) if kind == "lean" else None
        )
        if kind in EVENT_KINDS:
            out.append(Event(number, session, draw(st.sampled_from(ITEMS)), kind, value, at))
        else:
            out.append(Event(number, session, "", kind, value, at, *draw(st.sampled_from(VALUES))))
    return out


@pytest.fixture(scope="module")
def pipeline(small_parts, tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    return Pipeline(small_parts, Settings(home=tmp_path_factory.mktemp("home")))


def scores(pipeline: Pipeline, log: Sequence[Event]) -> np.ndarray:
    pipeline._fit.cache_clear()
    return pipeline.preference(log).score(np.arange(len(pipeline.items)))


def answer(pipeline: Pipeline, log: Sequence[Event]) -> list[tuple[str, float, dict[str, float]]]:
    """What is shown after these events, with every part of its score."""
    pipeline._fit.cache_clear()
    pipeline._follow.cache_clear()
    return [(r.item.id, r.score, dict(r.parts)) for r in pipeline.run(DRESS, log).items]


def do(recommender: Recommender, session: str, what: str, kind: str) -> int:
    """One event, on an item or of a value."""
    if kind == "lean":
        return recommender.lean(session, "color", "红色", -1)
    if kind == "forget":
        return recommender.forget_leaning(session, "color", "红色")
    return recommender.record(session, what, kind, {"rate": 4.0, "dwell": 20.0}.get(kind))


@MANY
@given(log=events(), item=st.sampled_from(ITEMS), gap=st.floats(0, 90 * 86400))
def test_a_like_never_lowers_its_item_and_a_dislike_never_raises_it(
    pipeline: Pipeline, small_catalog: Catalog, log: list[Event], item: str, gap: float
) -> None:
    row = small_catalog.row[item]
    at = (log[-1].at if log else 1e9) + gap
    before = scores(pipeline, log)[row]
    liked = Event(99, "a", item, "like", None, at)
    assert scores(pipeline, [*log, liked])[row] >= before - 1e-9
    assert scores(pipeline, [*log, replace(liked, kind="dislike")])[row] <= before + 1e-9


@MANY
@given(log=events(), cut=st.integers(0, 12))
def test_the_state_is_a_function_of_the_events_that_stand(pipeline: Pipeline, log: list[Event], cut: int) -> None:
    """Bounded, and the same bits however it is come by: from memory or anew, and whatever was computed in between."""
    remembered = pipeline.preference(log).score(np.arange(len(pipeline.items)))
    scores(pipeline, log[:cut])
    again = scores(pipeline, list(log))
    assert np.array_equal(remembered, again) and (np.abs(again) <= 1 + 1e-9).all()


@st.composite
def doings(draw: st.DrawFn) -> list[tuple[str, str, str]]:
    """(person, item, kind) of two people, in any order."""
    one = st.tuples(
        st.sampled_from(["ann", "bob"]),
        st.sampled_from(ITEMS),
        st.sampled_from((*EVENT_KINDS, "lean", "forget")),
    )
    return draw(st.lists(one, min_size=1, max_size=8))


@FEW
@given(done=doings(), order=st.randoms(use_true_random=False))
def test_undo_is_an_inverse_in_any_order_and_two_people_never_meet(
    small_parts, done: list[tuple[str, str, str]], order
) -> None:
    recommender = Recommender(small_parts, SqliteStore(None), Settings())
    sessions = {who: recommender.start(who) for who in ("ann", "bob", "cem")}
    standing: list[tuple[str, int]] = []
    states: dict[str, list[tuple[frozenset[int], list]]] = {who: [] for who in sessions}

    def look() -> None:
        for who, session in sessions.items():
            log = recommender.events(session)
            known = [scores(recommender.pipeline, log).tolist(), answer(recommender.pipeline, log)]
            states[who].append((frozenset(e.id for e in log), known))

    look()
    for who, item, kind in done:
        standing.append((who, do(recommender, sessions[who], item, kind)))
        look()
    order.shuffle(standing)
    for who, event in standing:
        assert recommender.record(sessions[who], "", "undo", event) == event
        look()
    for seen in states.values():
        before: dict[frozenset[int], list] = {}
        for (
            ids,
            state,
        ) in seen:  # the same events standing: the same bits, whatever was done and undone between, by anybody
            assert before.setdefault(ids, state) == state
        assert seen[-1][0] == frozenset()
    assert all(ids == frozenset() for ids, _ in states["cem"])
    recommender.store.close()


@FEW
@given(done=doings())
def test_replaying_the_log_rebuilds_the_same_state(small_parts, done: list[tuple[str, str, str]]) -> None:
    first = Recommender(small_parts, SqliteStore(None), Settings())
    session = first.start("ann")
    for _, item, kind in done:
        do(first, session, item, kind)
    log = first.events(session)
    second = Recommender(small_parts, SqliteStore(None), Settings())
    replayed = second.start("ann")
    for e in log:
        do(second, replayed, e.item_id, e.kind)
    moved = [replace(e, session_id=session, at=old.at) for e, old in zip(second.events(replayed), log, strict=True)]
    assert np.array_equal(scores(second.pipeline, moved), scores(first.pipeline, log))
    assert answer(second.pipeline, moved) == answer(first.pipeline, log)
    first.store.close()
    second.store.close()
