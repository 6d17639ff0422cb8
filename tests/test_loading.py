"""A large catalogue is served from a file of codes, with the same answers as a small one from memory."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from recsys import loading
from recsys.catalog import Catalog
from recsys.recommender import Recommender
from recsys.retrieval import FlatIndex, IvfIndex, dense
from recsys.settings import Settings
from recsys.store import SqliteStore


class Counting:
    """An encoder that counts the items it encodes."""

    def __init__(self, encoder) -> None:
        self.encoder, self.name, self.dim, self.items = encoder, encoder.name, encoder.dim, 0

    def encode_query(self, text: str):
        return self.encoder.encode_query(text)

    def encode_items(self, texts: Sequence[str], progress: object = None):
        self.items += len(texts)
        return self.encoder.encode_items(texts)


def answers(settings: Settings, encoder) -> list[list[str]]:
    recommender = Recommender.load(settings, encoder=encoder, store=SqliteStore(None))
    session, shown = recommender.start(), []
    for text in ("红色连衣裙", "300以内", "安静的电影", "R2 债券基金"):
        reply = recommender.reply(session, text)
        shown.append([r.item.id for r in reply.items])
        recommender.record(session, reply.items[0].item.id, "like")
        recommender.explain(session, reply.items[-1].item.id)
    return shown


@pytest.fixture
def stored(small_catalog: Catalog, tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path, catalog="small")
    small_catalog.save(settings.catalogs / "small")
    return settings


def test_both_kinds_of_index_give_the_same_answers(stored: Settings, encoder, monkeypatch: pytest.MonkeyPatch) -> None:
    small = loading.load_parts(stored, print, encoder)
    assert isinstance(small.retriever.dense, FlatIndex)
    exact = answers(stored, encoder)
    monkeypatch.setattr(dense, "FLAT_LIMIT", 20)
    large = loading.load_parts(stored, print, encoder)
    assert isinstance(large.retriever.dense, IvfIndex) and len(large.vectors) == len(small.vectors)
    rows = np.arange(len(small.vectors))
    assert (large.centred[rows] * small.centred[rows]).sum(axis=1).min() > 0.99
    same = [len(set(a) & set(b)) / len(a) for a, b in zip(exact, answers(stored, encoder), strict=True)]
    assert min(same) >= 0.8


def test_a_large_catalogue_is_encoded_and_sorted_once(
    stored: Settings, encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "FLAT_LIMIT", 20)
    first, second = Counting(encoder), Counting(encoder)
    loading.load_parts(stored, print, first)
    (path,) = (stored.cache / "dense").iterdir()
    made = path.stat().st_mtime_ns
    (stored.cache / "vectors" / f"small-{encoder.name}.npz").unlink()  # not read any more
    loading.load_parts(stored, print, second)
    assert first.items >= 61 and second.items == 0 and path.stat().st_mtime_ns == made
    path.write_bytes(b"torn")
    loading.load_parts(stored, print, second)
    assert second.items >= 61 and path.stat().st_size > 61 * encoder.dim


def test_another_catalogue_of_the_name_gets_an_index_of_its_own(
    stored: Settings, small_catalog: Catalog, encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense, "FLAT_LIMIT", 20)
    loading.load_parts(stored, print, encoder)
    before = [p.name for p in (stored.cache / "dense").iterdir()]
    Catalog("small", small_catalog.items[:40], small_catalog.meta).save(stored.catalogs / "small")
    assert len(loading.load_parts(stored, print, encoder).vectors) == 40
    after = [p.name for p in (stored.cache / "dense").iterdir()]
    assert len(before) == len(after) == 1 and before != after


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECSYS_HOME", "")
    monkeypatch.setenv("RECSYS_TOP_K", "")
    assert Settings().home.is_absolute() and Settings().top_k == 10


def test_memory_decides_how_exactly_vectors_are_kept(
    stored: Settings, encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [dense.bits(n, 384, 650) for n in (3_000, 50_000, 50_001, 1_000_000, 2_000_000)] == [32, 32, 8, 8, 4]
    assert [dense.bits(50_000, 384, mb) for mb in (77, 76, 19, 10)] == [32, 8, 4, 4]
    tight = stored.model_copy(update={"vector_memory_mb": 61 * encoder.dim * 0.6e-6})
    assert isinstance(loading.load_parts(tight, print, encoder).retriever.dense, IvfIndex)
    (path,) = (stored.cache / "dense").iterdir()
    assert path.stem.endswith("-4")
    assert min(map(len, answers(tight, encoder))) > 0
    monkeypatch.setattr(dense, "FLAT_LIMIT", 20)
    loading.load_parts(stored, print, encoder)
    (path,) = (stored.cache / "dense").iterdir()
    assert path.stem.endswith("-8")  # with more room it is made anew
