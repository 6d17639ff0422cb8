"""Adapters: named by their contents, refused where they do not belong, applied and rolled back by one pointer."""

import logging
from pathlib import Path

import numpy as np
import pytest

from recsys.errors import ModelMismatch, NotFound
from recsys.language import adapters
from recsys.language.adapters import Adapter, Tuned
from recsys.language.encoder import BUILTIN, SentenceEncoder
from recsys.language.packed import Packed, packed_file


def _adapter(seed: int = 0, base: str = BUILTIN, size: float = 0.01) -> Adapter:
    rng = np.random.default_rng(seed)
    pair = (rng.normal(0, size, (384, 8)).astype(np.float16), rng.normal(0, size, (8, 384)).astype(np.float16))
    return Adapter(base, {"l11.q.w": pair, "l11.v.w": pair}, {"pairs": 5})


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    saved = _adapter()
    path = saved.save(tmp_path)
    again = Adapter.load(path, BUILTIN)
    assert again.name == saved.name == path.stem and again.figures == {"pairs": 5}
    np.testing.assert_array_equal(again.factors["l11.q.w"][0], saved.factors["l11.q.w"][0])


def test_one_of_another_base_model_is_refused(tmp_path: Path) -> None:
    name = _adapter(base="another-model").save(tmp_path).stem
    with pytest.raises(ModelMismatch, match="another-model"):
        adapters.apply(tmp_path, name, BUILTIN)
    assert adapters.history(tmp_path) == []


@pytest.mark.parametrize("damage", [lambda b: b[:200], lambda b: b"", lambda b: b[:-9] + bytes([b[-9] ^ 255]) + b[-8:]])
def test_a_damaged_file_leaves_the_one_before_serving(tmp_path: Path, damage, caplog) -> None:
    first, second = (_adapter(seed).save(tmp_path) for seed in (0, 1))
    adapters.apply(tmp_path, first.stem, BUILTIN)
    whole = second.read_bytes()
    second.write_bytes(damage(whole))
    with pytest.raises(ModelMismatch, match="damaged"):
        adapters.apply(tmp_path, second.stem, BUILTIN)
    assert adapters.history(tmp_path) == [first.stem]
    second.write_bytes(whole)
    adapters.apply(tmp_path, second.stem, BUILTIN)
    second.write_bytes(damage(whole))  # damaged after it was applied
    with caplog.at_level(logging.WARNING, "recsys"):
        serving = adapters.applied(tmp_path, BUILTIN)
    assert serving is not None and serving.name == first.stem
    assert "damaged" in caplog.text


def test_apply_and_roll_back_and_back_to_the_base(tmp_path: Path) -> None:
    first, second = (_adapter(seed).save(tmp_path).stem for seed in (0, 1))
    for name in (first, second, first):
        adapters.apply(tmp_path, name, BUILTIN)
    assert adapters.history(tmp_path) == [second, first]
    assert adapters.roll_back(tmp_path) == second
    assert adapters.roll_back(tmp_path) == ""
    assert adapters.applied(tmp_path, BUILTIN) is None
    with pytest.raises(NotFound):
        adapters.roll_back(tmp_path)
    with pytest.raises(NotFound):
        adapters.apply(tmp_path, "nothing", BUILTIN)


@pytest.mark.encoder
def test_merged_matrices_are_base_plus_product() -> None:
    adapter, base = _adapter(), Packed(packed_file())
    tuned = Tuned(packed_file(), adapter)
    b, a = (f.astype(np.float32) for f in adapter.factors["l11.q.w"])
    np.testing.assert_allclose(tuned.floats("l11.q.w"), base.floats("l11.q.w") + (b @ a).ravel(), atol=1e-6)
    np.testing.assert_array_equal(tuned.floats("l10.q.w"), base.floats("l10.q.w"))


@pytest.mark.encoder
def test_the_served_encoder_has_the_adapter_and_another_name(real_settings, real_encoder, tmp_path: Path) -> None:
    adapter = _adapter(size=0.2)
    adapters.apply(tmp_path, adapter.save(tmp_path).stem, BUILTIN)
    tuned = SentenceEncoder.load("builtin", real_settings.cache, adapters=tmp_path)
    assert tuned.name == f"{BUILTIN}+{adapter.name}" != real_encoder.name
    assert float(tuned.encode_query("红色连衣裙") @ real_encoder.encode_query("红色连衣裙")) < 0.999
    adapters.roll_back(tmp_path)
    back = SentenceEncoder.load("builtin", real_settings.cache, adapters=tmp_path)
    np.testing.assert_array_equal(back.encode_query("红色连衣裙"), real_encoder.encode_query("红色连衣裙"))
