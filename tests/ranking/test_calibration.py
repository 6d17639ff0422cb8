"""Platt scaling finds the scale it was drawn from, and the error of what it says is small."""

from pathlib import Path

import numpy as np
import pytest

from recsys.ranking import Ranker
from recsys.ranking.calibration import Calibration, calibration_error, reliability


def test_it_finds_slope_and_offset_and_makes_scores_hold() -> None:
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, 20000)
    liked = (rng.random(20000) < 1 / (1 + np.exp(-(0.5 * logits - 1)))).astype(float)
    found = Calibration.fit(logits, liked)
    assert found.slope == pytest.approx(0.5, abs=0.03) and found.offset == pytest.approx(-1, abs=0.05)
    before, after = (np.array([c.likely(x) for x in logits]) for c in (Calibration(), found))
    assert calibration_error(before, liked) > 0.1 > 0.02 > calibration_error(after, liked)
    assert sum(n for *_, n in reliability(after, liked)) == 20000


def test_the_error_of_one_bin_is_its_gap() -> None:
    assert calibration_error(np.full(10, 0.7), np.array([1.0] * 5 + [0.0] * 5)) == pytest.approx(0.2)
    assert calibration_error(np.empty(0), np.empty(0)) == 0


def test_a_ranker_keeps_its_calibration(tmp_path: Path) -> None:
    weights = {"words": 1.0, "lexical": 1.0, "behaviour": 1.0, "feedback": 1.0, "popularity": 1.0}
    Ranker(weights, -1.0, Calibration(0.8, 0.3)).save(tmp_path / "ranker.json")
    assert Ranker.load(tmp_path / "ranker.json").calibration == Calibration(0.8, 0.3)
