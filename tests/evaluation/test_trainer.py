"""Training what is served: on simulated people, on a catalogue's own events, cut off and taken up again."""

import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch

from recsys.behavior import BehaviorModel
from recsys.behavior.histories import clean, history_of, numbered
from recsys.behavior.training import Epoch, Training
from recsys.datamodels import PastEvent
from recsys.errors import InvalidInput
from recsys.evaluation.card import KEPT
from recsys.evaluation.curves import curves
from recsys.evaluation.search import search
from recsys.evaluation.trainer import logged, train_models
from recsys.loading import Parts
from recsys.ranking import Ranker
from recsys.settings import Settings
from recsys.store import SqliteStore

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture
def own(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, catalog="small", threads=1)


def fill(parts: Parts, settings: Settings, people: int) -> None:
    """Everybody walks through the catalogue in the same order, leaves one item out, and dislikes every fourth."""
    ids, store = [i.id for i in parts.catalog.items], SqliteStore(settings.database)
    events = []
    for p in range(people):
        for step in range(7):
            kind = "dislike" if step % 4 == 3 else "like"
            events.append(
                PastEvent(f"p{p}", ids[(p + step + (step > p // len(ids))) % len(ids)], kind, None, 1e9 + step)
            )  # type: ignore[arg-type]
    store.import_events("small", events)
    store.close()


def quiet(_: object) -> None:
    pass


def test_simulated_people_where_there_are_no_events(small_parts: Parts, own: Settings, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "README.md").write_text(f"before\n{KEPT}\nmeasured by hand\n", "utf-8")
    figures = train_models(small_parts, own, out, people=40, epochs=1, seed=0, report=quiet, progress=quiet)
    assert figures["source"] == "simulated people" and figures["epochs"] == 1
    assert BehaviorModel.load(out / "behavior.safetensors", small_parts.encoder.name).known == ()
    assert Ranker.load(out / "ranker.json").weights == figures["weights"]
    card = (out / "README.md").read_text("utf-8")
    assert "Synthetic" in card and "measured by hand" in card and "before" not in card
    assert json.loads(card.split("```json\n")[1].split("\n```")[0]) == figures


def test_the_ranking_alone_is_learned_for_the_model_that_is_served(
    small_parts: Parts, own: Settings, tmp_path: Path
) -> None:
    learn = partial(
        train_models, settings=own, folder=tmp_path, people=40, epochs=1, seed=0, report=quiet, progress=quiet
    )
    figures = learn(small_parts, only_ranking=True)
    assert figures["epochs"] == 0 and figures["weights"] != dict(small_parts.ranker.weights)
    kept = BehaviorModel.load(tmp_path / "behavior.safetensors", small_parts.encoder.name).network.state_dict()
    assert small_parts.behavior is not None
    assert all(torch.equal(kept[k], v) for k, v in small_parts.behavior.network.state_dict().items())
    assert "train --only-ranking --seed 0" in (tmp_path / "README.md").read_text("utf-8")
    with pytest.raises(InvalidInput, match="without --only-ranking"):
        learn(replace(small_parts, behavior=None), only_ranking=True)


def test_its_own_events_where_there_are_enough(small_parts: Parts, own: Settings, tmp_path: Path) -> None:
    fill(small_parts, own, 260)
    told: list[Epoch] = []
    checkpoint = tmp_path / "run.pt"
    figures = train_models(
        small_parts, own, tmp_path / "out", people=60, epochs=8, seed=0, checkpoint=checkpoint, report=told.append, progress=quiet
    )  # fmt: skip
    assert figures["source"] == "its own events" and len(told) == figures["epochs"]
    assert figures["behaviour_ndcg@10"] > 2 * figures["popularity_ndcg@10"] and not checkpoint.exists()
    model = BehaviorModel.load(tmp_path / "out" / "behavior.safetensors", small_parts.encoder.name)
    assert set(model.known) == {i.id for i in small_parts.catalog.items}
    simulated = train_models(
        small_parts, own, tmp_path / "out", people=40, epochs=1, seed=0, simulate=True, report=quiet, progress=quiet
    )
    assert simulated["source"] == "simulated people"


def test_too_few_events_are_not_learned_from(small_parts: Parts, own: Settings) -> None:
    assert logged(small_parts, small_parts.centred, own, 0) is None
    fill(small_parts, own, 30)
    assert logged(small_parts, small_parts.centred, own, 0) is None


def test_the_log_is_by_person_in_order_and_without_what_was_undone(small_parts: Parts, own: Settings) -> None:
    store = SqliteStore(own.database)
    one, two, nobody = store.start("small", "ann"), store.start("small", "ann"), store.start("small", None)
    other = store.start("else", "ann")
    for session, item in (
        (one, "dress-00"),
        (two, "dress-01"),
        (nobody, "film-00"),
        (other, "dress-02"),
        (one, "dress-03"),
    ):
        event = store.record(session, item, "like", None)
    store.undo(one, event)
    assert [[e.item_id for e in person] for person in store.people("small")] in (
        [["dress-00", "dress-01"], ["film-00"]],
        [["film-00"], ["dress-00", "dress-01"]],
    )
    store.close()


def test_the_search_is_seeded_and_tries_the_given_settings_first(small_parts: Parts, own: Settings) -> None:
    fill(small_parts, own, 210)
    store = SqliteStore(own.database)
    histories, _ = clean([history_of(e, small_parts.catalog.row) for e in store.people("small")])
    store.close()
    ids, how, told = numbered(histories, len(small_parts.centred)), Training(epochs=1, hidden=64), list[str]()
    found = [search(2, histories, small_parts.centred, ids, 1, how, told.append) for _ in range(2)]
    assert found[0] == found[1] and found[0].epochs == 1
    assert any(t.startswith("Trial 2 of 2") for t in told)
    assert search(1, histories, small_parts.centred, ids, 1, how, told.append) == how


def test_curves_are_drawn(tmp_path: Path) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    told: list[Epoch] = []
    with curves(tmp_path / "logs", told.append) as report:
        for number in (1, 2):
            report(Epoch(number, 3.0 / number, 0.1 * number))
    drawn = EventAccumulator(str(tmp_path / "logs")).Reload()
    assert [(s.step, s.value) for s in drawn.Scalars("loss")] == [(1, 3.0), (2, 1.5)]
    np.testing.assert_allclose([s.value for s in drawn.Scalars("held-out NDCG@10")], [0.1, 0.2], rtol=1e-6)
    assert [e.number for e in told] == [1, 2]
    with curves(None, told.append) as report:
        report(Epoch(3, 1.0, 0.3))
    assert told[-1].number == 3
