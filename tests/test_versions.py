"""Trained weights: published and rolled back in one step, and taken up by a running recommender."""

from pathlib import Path

import numpy as np
import pytest
import torch

from recsys import versions
from recsys.behavior import BehaviorModel
from recsys.behavior.network import Network
from recsys.errors import NotFound
from recsys.ranking import PARTS, Ranker
from recsys.recommender import Recommender


def made(folder: Path, seed: int = 1, bias: float = -2.0, encoder: str = "fake-bag-64", dim: int = 64) -> Path:
    torch.manual_seed(seed)
    BehaviorModel(Network(dim), encoder).save(folder / "behavior.safetensors")
    Ranker(dict.fromkeys(PARTS, 1.0), bias).save(folder / "ranker.json")
    return folder


def test_versions_are_numbered_served_and_rolled_back(tmp_path: Path) -> None:
    models = tmp_path / "models"
    assert versions.current(models) is None
    with pytest.raises(NotFound, match="shipped"):
        versions.rollback(models)
    stamps = [versions.stamp(models)]
    for number in (1, 2):
        assert versions.publish(models, made(tmp_path / "made")) == models / str(number) == versions.current(models)
        assert not (tmp_path / "made").exists() and (models / str(number) / "ranker.json").exists()
        stamps.append(versions.stamp(models))
    assert versions.rollback(models) == models / "1" == versions.current(models)
    stamps.append(versions.stamp(models))
    assert versions.publish(models, made(tmp_path / "made")) == models / "3"
    assert versions.rollback(models) == models / "2"
    assert [versions.rollback(models), versions.rollback(models)] == [models / "1", None]
    assert versions.current(models) is None and len(set(stamps)) == len(stamps)
    with pytest.raises(NotFound):
        versions.rollback(models)


def test_a_running_recommender_takes_up_new_weights_and_goes_back(recommender: Recommender, tmp_path: Path) -> None:
    models, session = recommender.settings.models, recommender.start()

    def ask() -> list[tuple[str, float]]:
        reply = recommender.reply(session, "红色的连衣裙")
        return [(r.item.id, r.parts["bias"]) for r in reply.items]

    recommender.record(session, "dress-03", "like")
    assert ask()[0][1] == -1.0
    versions.publish(models, made(tmp_path / "made"))
    before = recommender.pipeline.parts.behavior
    assert ask()[0][1] == -2.0 and recommender.pipeline.parts.behavior is not before
    now = recommender.pipeline
    ask()
    assert recommender.pipeline is now  # nothing new: nothing is read again
    versions.publish(models, made(tmp_path / "made", bias=-3.0))
    assert ask()[0][1] == -3.0
    versions.rollback(models)
    assert ask()[0][1] == -2.0


def test_weights_that_are_no_good_leave_the_others_in_place(recommender: Recommender, tmp_path: Path) -> None:
    session = recommender.start()
    bad = made(tmp_path / "made")
    (bad / "ranker.json").write_text('{"weights": {"magic": 1}, "bias": 0}', "utf-8")
    versions.publish(recommender.settings.models, bad)
    before = recommender.pipeline
    assert recommender.reply(session, "红色的连衣裙").items[0].parts["bias"] == -1.0
    assert recommender.pipeline is before


def test_known_items_are_scored_by_their_own_vectors(recommender: Recommender) -> None:
    torch.manual_seed(2)
    ids = [i.id for i in recommender.catalog.items]
    session = recommender.start()
    recommender.record(session, ids[0], "like")
    events, rows = recommender.events(session), np.arange(len(ids))
    network = Network(64, items=len(ids))
    plain = recommender.pipeline.with_models(BehaviorModel(network, "fake-bag-64"), recommender.parts.ranker)
    known = recommender.pipeline.with_models(BehaviorModel(network, "fake-bag-64", ids), recommender.parts.ranker)
    assert np.abs(plain.behaviour(events, rows) - known.behaviour(events, rows)).max() > 1e-3
