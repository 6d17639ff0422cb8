"""Adapters: named by their contents, refused where they do not belong, applied and rolled back by one pointer, taken up by a running recommender."""

import logging
from pathlib import Path

import numpy as np
import pytest

from recsys.errors import ModelMismatch, NotFound
from recsys.language import adapters
from recsys.language.adapters import Adapter
from recsys.recommender import Recommender

BASE, DIM = "fake-bag-64", 64  # the encoder of the tests


def _adapter(seed: int = 0, base: str = BASE) -> Adapter:
    rng = np.random.default_rng(seed)
    matrix, offset = rng.normal(0, 0.3, (DIM, DIM)), rng.normal(0, 0.1, DIM)
    return Adapter(base, matrix.astype(np.float32), offset.astype(np.float32), {"pairs": 5})


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    saved = _adapter()
    path = saved.save(tmp_path)
    again = Adapter.load(path, BASE)
    assert again.name == saved.name == path.stem and again.figures == {"pairs": 5}
    np.testing.assert_allclose(again.matrix, saved.matrix, atol=1e-3)


def test_it_moves_a_need_and_keeps_its_length() -> None:
    vector, adapter = np.eye(DIM, dtype=np.float32)[0], _adapter()
    moved = vector + adapter.matrix[:, 0] + adapter.offset
    np.testing.assert_allclose(adapter(vector), moved / np.linalg.norm(moved), atol=1e-6)
    nothing = Adapter(BASE, np.zeros((DIM, DIM), np.float32), np.zeros(DIM, np.float32))
    np.testing.assert_array_equal(nothing(vector), vector)


def test_one_of_another_base_model_is_refused(tmp_path: Path) -> None:
    name = _adapter(base="another-model").save(tmp_path).stem
    with pytest.raises(ModelMismatch, match="another-model"):
        adapters.apply(tmp_path, name, BASE)
    assert adapters.history(tmp_path) == []


DAMAGE = [lambda b: b[:200], lambda b: b"", lambda b: b[:-9] + bytes([b[-9] ^ 255]) + b[-8:]]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_leaves_the_one_before_serving(tmp_path: Path, damage, caplog) -> None:
    first, second = (_adapter(seed).save(tmp_path) for seed in (0, 1))
    adapters.apply(tmp_path, first.stem, BASE)
    whole = second.read_bytes()
    second.write_bytes(damage(whole))
    with pytest.raises(ModelMismatch, match="damaged"):
        adapters.apply(tmp_path, second.stem, BASE)
    assert adapters.history(tmp_path) == [first.stem]
    second.write_bytes(whole)
    adapters.apply(tmp_path, second.stem, BASE)
    second.write_bytes(damage(whole))  # damaged after it was applied
    with caplog.at_level(logging.WARNING, "recsys"):
        serving = adapters.applied(tmp_path, BASE)
    assert serving is not None and serving.name == first.stem
    assert "damaged" in caplog.text


def test_apply_and_roll_back_and_back_to_the_base(tmp_path: Path) -> None:
    first, second = (_adapter(seed).save(tmp_path).stem for seed in (0, 1))
    for name in (first, second, first):
        adapters.apply(tmp_path, name, BASE)
    assert adapters.history(tmp_path) == [second, first]
    assert adapters.roll_back(tmp_path) == second
    assert adapters.roll_back(tmp_path) == ""
    assert adapters.applied(tmp_path, BASE) is None
    with pytest.raises(NotFound):
        adapters.roll_back(tmp_path)
    with pytest.raises(NotFound):
        adapters.apply(tmp_path, "nothing", BASE)


def test_a_running_recommender_takes_it_up_and_gives_it_back_at_the_next_turn(recommender: Recommender) -> None:
    folder = recommender.settings.adapters

    def shown() -> list[str]:
        return [r.item.id for r in recommender.reply(recommender.start(), "想看一部安静的电影").items]

    def serving() -> str:
        adapter = recommender.parts.adapter
        return adapter.name if adapter else ""

    plain = shown()
    first, second = (_adapter(seed).save(folder) for seed in (0, 1))
    adapters.apply(folder, first.stem, BASE)
    assert shown() != plain and serving() == first.stem
    adapters.apply(folder, second.stem, BASE)
    shown()
    assert serving() == second.stem
    second.write_bytes(b"damaged")
    adapters.apply(folder, first.stem, BASE)
    adapters.roll_back(folder)  # to the one that is damaged now
    shown()
    assert serving() == ""
    adapters.apply(folder, first.stem, BASE)
    foreign = _adapter(base="another-model").save(folder).stem
    with pytest.raises(ModelMismatch):
        adapters.apply(folder, foreign, BASE)
    shown()
    assert serving() == first.stem
    while adapters.history(folder):
        adapters.roll_back(folder)
    assert shown() == plain and serving() == ""
