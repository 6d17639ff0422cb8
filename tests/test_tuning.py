"""Whether a fine-tuned adapter serves is decided on the whole catalogue, by people whom training did not see."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys import tuning
from recsys.evaluation import pairs
from recsys.evaluation.pairs import Chosen, finding, split
from recsys.language import adapters
from recsys.language.adapters import Adapter
from recsys.language.encoder import BUILTIN
from recsys.retrieval import FlatIndex, HybridRetriever
from recsys.settings import Settings


class Named:
    """The fake encoder under the built-in one's name."""

    name = BUILTIN

    def __init__(self, encoder) -> None:
        self.dim, self.encode_query, self.encode_items = encoder.dim, encoder.encode_query, encoder.encode_items


@pytest.fixture
def tuned(small_parts, settings: Settings, encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Fine-tuning whose training is skipped: the adapter's vectors are those of `texts`."""
    parts = replace(small_parts, encoder=Named(encoder))
    file = tmp_path / "pairs.jsonl"
    lines = [{"query": i.about("zh"), "item": i.id, "person": f"p{n // 2}"} for n, i in enumerate(parts.catalog.items)]
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    pair = (np.ones((384, 8), np.float16), np.ones((8, 384), np.float16))
    adapter = Adapter(BUILTIN, {"l11.q.w": pair}, {"ndcg@10_before": 0.1, "ndcg@10_after": 0.2})
    monkeypatch.setattr(tuning, "_trained", lambda *args: adapter)

    def run(texts: list[str]):
        vectors = encoder.encode_items(texts)
        retriever = HybridRetriever(FlatIndex(vectors), parts.retriever.lexical, vectors)
        monkeypatch.setattr(tuning, "ready", lambda *args: (encoder, retriever))
        return tuning.tune_and_apply(parts, settings, file, "", 0, 1, 1.0, True, 0, lambda message: None)

    return run, parts.catalog, settings


def test_better_everywhere_it_serves(tuned) -> None:
    run, catalog, settings = tuned
    figures = run([i.about("zh") for i in catalog.items])
    assert figures["catalogue_after"]["dense"] > figures["catalogue_before"]["dense"]
    assert figures["applied"] and adapters.history(settings.adapters) == [figures["adapter"]]


def test_worse_on_the_catalogue_it_is_refused_whatever_training_said(tuned) -> None:
    run, catalog, settings = tuned
    figures = run([i.about("zh") for i in reversed(catalog.items)])
    assert figures["catalogue_after"]["dense"] < figures["catalogue_before"]["dense"]
    assert not figures["better"] and not figures["applied"] and adapters.history(settings.adapters) == []


def test_nobody_is_on_both_sides(small_catalog, small_parts) -> None:
    found = pairs.from_people(small_catalog, small_parts.centred[:], 200, 0)
    fitted, held = split(found, 0)
    assert len(found) == 200 and len(held) >= 10 and max(np.unique([c.who for c in found], return_counts=True)[1]) > 1
    assert not {c.who for c in fitted} & {c.who for c in held}


def test_what_was_meant_counts_by_its_rank(small_catalog, small_parts, encoder) -> None:
    item = small_catalog.items[3]
    held = [Chosen(small_catalog.texts()[3], 3, "a"), Chosen(item.title, 60, "b")]
    figures = finding(held, [held[0]], encoder, small_parts.retriever)
    assert figures == {"dense": 0.5, "system": 0.5, "dense_new": 0.0}
