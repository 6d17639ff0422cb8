"""Whether what was learned serves is decided on the whole catalogue, by people whom training did not see."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys import tuning
from recsys.catalog.catalog import load_vectors
from recsys.errors import InvalidInput
from recsys.evaluation import pairs
from recsys.evaluation.pairs import Chosen, finding, split
from recsys.language import adapters
from recsys.language.adapters import Adapter
from recsys.settings import Settings


class Killed(BaseException):
    pass


class Counting:
    """The fake encoder, which counts the needs that it reads, and is killed at one of them."""

    def __init__(self, encoder, until: int = 10**9) -> None:
        self.name, self.dim, self.encode_items = encoder.name, encoder.dim, encoder.encode_items
        self._encoder, self.read, self.until = encoder, 0, until

    def encode_query(self, text: str):
        if self.read == self.until:
            raise Killed
        self.read += 1
        return self._encoder.encode_query(text)


@pytest.fixture
def tune(small_parts, settings: Settings, tmp_path: Path):
    file = tmp_path / "pairs.jsonl"
    lines = [
        {"query": f"{i.about('zh')} {n}", "item": i.id, "person": f"p{n // 2}"}
        for n, i in enumerate(small_parts.catalog.items)
    ]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")

    def run(parts=small_parts, use=True, epochs=20):
        return tuning.tune_and_apply(parts, settings, file, "", 0, epochs, 1.0, use, 0, lambda message: None)

    return run, settings


def _learned(monkeypatch: pytest.MonkeyPatch, matrix) -> None:
    """Training that comes to this map, and claims that it is better."""
    made = Adapter(
        "fake-bag-64", matrix.astype(np.float32), np.zeros(64, np.float32), {"ndcg@10_before": 0, "ndcg@10_after": 1}
    )
    monkeypatch.setattr(tuning, "_trained", lambda *args: made)


def test_better_everywhere_it_serves(tune, small_parts, monkeypatch) -> None:
    run, settings = tune
    turned = Counting(small_parts.encoder)
    turned.encode_query = lambda text: -small_parts.encoder.encode_query(text)
    _learned(monkeypatch, -2 * np.eye(64))  # back to what is meant
    figures = run(replace(small_parts, encoder=turned))
    assert figures["catalogue_after"]["dense"] > figures["catalogue_before"]["dense"]
    assert figures["better"] and figures["applied"] and adapters.history(settings.adapters) == [figures["adapter"]]
    assert figures["beside"] > figures["judged"] > 0


def test_worse_on_the_catalogue_it_is_refused_whatever_training_said(tune, monkeypatch) -> None:
    run, settings = tune
    _learned(monkeypatch, -2 * np.eye(64))  # away from what is meant
    figures = run()
    assert figures["catalogue_after"]["dense"] < figures["catalogue_before"]["dense"]
    assert not figures["better"] and not figures["applied"] and adapters.history(settings.adapters) == []


def test_killed_half_way_it_goes_on_where_it_was(tune, small_parts, monkeypatch) -> None:
    run, settings = tune
    monkeypatch.setattr(tuning, "_SAVED", 10)
    whole = run(use=False, epochs=2)
    path = next((settings.cache / "vectors").glob("*needs*"))
    path.unlink()
    killed = Counting(small_parts.encoder, until=57)
    with pytest.raises(Killed):
        run(replace(small_parts, encoder=killed), use=False, epochs=2)
    assert len(load_vectors([path])) == 50
    rest = Counting(small_parts.encoder)
    again = run(replace(small_parts, encoder=rest), use=False, epochs=2)
    assert again["adapter"] == whole["adapter"]
    fresh = Counting(small_parts.encoder)
    path.unlink()
    run(replace(small_parts, encoder=fresh), use=False, epochs=2)
    assert rest.read == fresh.read - 50


def test_too_few_pairs_are_told(small_parts, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "few.jsonl").write_text(json.dumps({"query": "红裙", "item": small_parts.catalog.items[0].id}), "utf-8")
    with pytest.raises(InvalidInput, match="too few"):
        tuning.tune_and_apply(
            small_parts, settings, tmp_path / "few.jsonl", "", 0, 1, 1.0, True, 0, lambda message: None
        )


def test_nobody_is_on_two_sides(small_catalog, small_parts) -> None:
    found = pairs.from_people(small_catalog, small_parts.centred[:], 200, 0)
    fitted, stop, judged = split(found, 0)
    assert len(found) == 200 and min(len(stop), len(judged)) >= 10
    assert max(np.unique([c.who for c in found], return_counts=True)[1]) > 1
    who = [{c.who for c in part} for part in (fitted, stop, judged)]
    assert not who[0] & who[1] and not who[0] & who[2] and not who[1] & who[2]


def test_what_was_meant_counts_by_its_rank(small_catalog, small_parts, encoder) -> None:
    item = small_catalog.items[3]
    held = [Chosen(small_catalog.texts()[3], 3, "a"), Chosen(item.title, 60, "b")]
    figures = finding(held, [held[0]], encoder.encode_query, small_parts.retriever)
    assert figures == {"dense": 0.5, "system": 0.5, "dense_new": 0.0}
