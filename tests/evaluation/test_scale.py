"""The measuring sticks measure right: exponents, exact neighbours, variations."""

import numpy as np
import pytest

from recsys.evaluation import synthetic
from recsys.evaluation.growth import Watched, exponent
from recsys.recommender import Recommender


def test_the_exponent_of_a_curve() -> None:
    assert exponent({n: 3e-3 * n for n in (10, 100, 1000)}) == pytest.approx(1)
    assert exponent({0: 5.0, 1: 5.0, 1000: 5.0}) == pytest.approx(0)
    assert exponent({n: n**0.5 for n in (1, 100, 10_000)}) == pytest.approx(0.5)


def test_exact_neighbours_over_parts_are_those_over_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthetic, "_CHUNK", 100)
    rng = np.random.default_rng(1)
    base = rng.standard_normal((30, 16)).astype(np.float32)
    base /= np.linalg.norm(base, axis=1, keepdims=True)
    whole = np.concatenate([synthetic.vectors(base, a, b) for a, b in synthetic.chunks(250)])
    assert whole.shape == (250, 16) and np.allclose(np.linalg.norm(whole, axis=1), 1, atol=1e-5)
    allowed = rng.random(250) < 0.3
    for query, found in zip(base[:3], synthetic.nearest(base, 250, base[:3], allowed, 20), strict=True):
        scores = np.where(allowed, whole @ query, -9)
        assert set(found.tolist()) == set(np.argsort(-scores)[:20].tolist())


def test_the_store_is_timed_apart(recommender: Recommender) -> None:
    watched = Watched(recommender.store)  # type: ignore[arg-type]
    own = Recommender(recommender.parts, watched, recommender.settings)  # type: ignore[arg-type]
    reply = own.reply(own.start(), "红色连衣裙")
    assert reply.items and 0 < watched.seconds < 10
