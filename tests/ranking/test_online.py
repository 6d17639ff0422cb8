"""Weights that move with a person's reactions: they learn, stay bounded, go back where that does not pay, and are a function of the log."""

from collections.abc import Sequence

import numpy as np
import pytest

from recsys.datamodels import Event, EventKind, Reply
from recsys.loading import Parts
from recsys.ranking import PARTS
from recsys.ranking.online import REACTIONS, Head, Shown, adapted
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

BEHAVIOUR = PARTS.index("behaviour")
NEED = "连衣裙"


def log(lists: int, likes: Sequence[float], seed: int = 0) -> tuple[list[Shown], list[Event]]:
    """Lists of six in the order of their scores; in list n, of the first and the last by the behaviour part, the one that `likes` says pleased."""
    rng = np.random.default_rng(seed)
    shown, events = [], list[Event]()
    for n in range(lists):
        parts = np.full((6, len(PARTS)), 0.5)
        parts[:, BEHAVIOUR] = rng.uniform(0, 1, 6)
        parts[:, 0] = 1 - parts[:, BEHAVIOUR] + rng.normal(0, 0.05, 6)  # words say the opposite, about as loudly
        parts = parts[np.argsort(-parts.sum(axis=1))]
        items = tuple(f"i{n}-{k}" for k in range(6))
        shown.append(Shown(float(n), items, tuple(map(tuple, parts.tolist())), (1.0,) * 6))
        order = np.argsort(parts[:, BEHAVIOUR])
        kinds: tuple[EventKind, ...] = ("dislike", "like") if likes[n] > 0 else ("like", "dislike")
        for place, kind in zip((0, -1), kinds, strict=True):
            events.append(Event(len(events), "s", items[order[place]], kind, None, n + 0.5))
    return shown, events


def test_a_part_that_tells_what_pleases_gains_weight_within_bounds() -> None:
    head = adapted(*log(10, [1.0] * 10))
    assert head.moved and head.lists == 10 and head.reverted == 0
    assert head.scale[BEHAVIOUR] == max(head.scale) > 1.1
    assert head.reward > head.base_reward
    assert all(0.5 <= s <= 2 for s in head.scale)
    first = adapted(*log(1, [1.0]))
    assert max(abs(s - 1) for s in first.scale) <= 0.1


def test_what_does_not_pay_goes_back_to_the_base() -> None:
    """The taste turns round after five lists: what was learned costs likes, and the base serves again."""
    shown, events = log(10, [1.0] * 5 + [-1.0] * 5)
    heads = [adapted(shown[:n], events[: 2 * n]) for n in range(1, 11)]
    assert heads[4].reverted == 0 and heads[4].scale[BEHAVIOUR] > 1
    assert heads[-1].reverted > 0
    back = next(n for n in range(1, 10) if heads[n].reverted > heads[n - 1].reverted)
    assert abs(np.array(heads[back].scale) - 1).max() <= 0.1, "one step from the base"


def test_without_the_latest_event_it_is_what_it_was_before() -> None:
    shown, events = log(6, [1.0] * 6)
    before = [adapted(shown, events[:n]) for n in range(len(events) + 1)]
    assert before[0] == Head() and not before[1].moved, "one thumb alone compares nothing"
    assert [adapted(shown[::], events[:n]) for n in range(len(events) + 1)] == before


def test_only_the_latest_reactions_count() -> None:
    shown, events = log(20, [1.0] * 20)
    assert adapted(shown, events) == adapted(shown[-REACTIONS // 2 :], events)


def test_an_item_that_was_rarely_shown_counts_for_more() -> None:
    shown, events = log(1, [1.0])
    rare = [Shown(s.at, s.items, s.parts, (0.2,) * 6) for s in shown]
    assert adapted(rare, events).reward != adapted(shown, events).reward


@pytest.fixture
def answered(small_parts: Parts, settings: Settings) -> tuple[Recommender, str, Reply, list[int]]:
    """A person after three lists and thumbs by turns."""
    on = Settings(home=settings.home, adapt=True)
    recommender = Recommender(small_parts, SqliteStore(on.database), on)
    session, reply, events = recommender.start("somebody"), None, []
    for _ in range(3):
        reply = recommender.reply(session, NEED)
        for r in reply.items[:6]:
            events.append(recommender.record(session, r.item.id, "like" if r.rank % 2 else "dislike"))
    assert reply is not None
    return recommender, session, recommender.reply(session, NEED), events


def scores(reply: Reply | None) -> list[tuple[str, dict[str, float]]]:
    assert reply is not None
    return [(r.item.id, dict(r.parts)) for r in reply.items]


def test_the_moved_weights_are_a_part_of_the_score(answered: tuple[Recommender, str, Reply, list[int]]) -> None:
    recommender, session, *_ = answered
    scale = tuple(np.linspace(0.8, 1.3, len(PARTS)).tolist())
    earned, lost = Head(scale, reward=0.2, base_reward=0.1, lists=3), Head(scale, reward=0.1, base_reward=0.1, lists=3)
    recommender.pipeline._adapt = lambda shown, events: lost
    assert all("tuning" not in r.parts for r in recommender.reply(session, NEED).items), "not before it has earned more"
    recommender.pipeline._adapt = lambda shown, events: earned
    reply, head = recommender.reply(session, NEED), earned
    assert any(r.parts["tuning"] for r in reply.items)
    for r in reply.items:
        extra = sum((s - 1) * r.parts[n] for n, s in zip(PARTS, head.scale, strict=True))
        assert r.parts["tuning"] == pytest.approx(extra)
        assert recommender.explain(session, r.item.id).parts == pytest.approx(r.parts)
    told = recommender.history(session)["head"]
    assert (
        told["scale"]["feedback"] == pytest.approx(head.scale[PARTS.index("feedback")], abs=1e-6)
        and told["lists"] == head.lists
    )
    off = Recommender(recommender.parts, recommender.store, Settings(home=recommender.settings.home, adapt=False))
    assert all("tuning" not in r.parts for r in off.reply(session, NEED).items)


def test_undo_brings_the_weights_back_bit_for_bit_and_a_restart_keeps_them(
    answered: tuple[Recommender, str, Reply, list[int]],
) -> None:
    recommender, session, reply, _ = answered

    def head(r: Recommender) -> Head:
        return r.pipeline.head(r.events(session), r.dialogue.shown(session))

    before = head(recommender)
    event = recommender.record(session, reply.items[1].item.id, "dislike")
    recommender.refresh(session)
    assert head(recommender) != before
    recommender.record(session, "", "undo", event)
    recommender.refresh(session)
    assert head(recommender) == before
    again = Recommender(recommender.parts, SqliteStore(recommender.settings.database), recommender.settings)
    assert head(again) == before


def test_nobody_moves_the_weights_of_another(answered: tuple[Recommender, str, Reply, list[int]]) -> None:
    recommender, *_ = answered
    other = recommender.start("other")
    assert all("tuning" not in r.parts for r in recommender.reply(other, NEED).items)
    assert recommender.dialogue.shown(other) == ()
