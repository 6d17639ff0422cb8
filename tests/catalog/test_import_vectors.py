import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Item
from recsys.embedding import item_vectors
from recsys.settings import Settings


class FakeEncoder:
    """A vector by the length and the letters of a text; counts what it encodes and can be interrupted."""

    name, dim = "fake", 4

    def __init__(self, stop_after=None):
        self.encoded, self.stop_after = [], stop_after

    def encode_query(self, text):
        return self.encode_items([text])[0]

    def encode_items(self, texts, progress=None):
        if self.stop_after is not None and len(self.encoded) >= self.stop_after:
            raise KeyboardInterrupt
        self.encoded += texts
        return np.array([[len(t), sum(map(ord, t)) % 97, ord(t[0]), 1] for t in texts], np.float32)


@pytest.fixture
def vectors(tmp_path):
    def vectors(titles, encoder, said=lambda message: None):
        catalog = Catalog("shop", tuple(Item(id=str(i), title=t) for i, t in enumerate(titles)), {})
        return item_vectors(catalog, tmp_path / "shop", encoder, Settings(home=tmp_path), said)

    return vectors


def test_only_what_changed_is_encoded_again(vectors):
    titles = [f"item {i}" for i in range(100)]
    before = vectors(titles, FakeEncoder())
    encoder = FakeEncoder()
    after = vectors(["a new one", *titles[1:], "item 5"], encoder)
    assert encoder.encoded == ["a new one"]
    assert np.allclose(after[1:100], before[1:], atol=1e-3) and np.array_equal(after[5], after[100])
    assert np.allclose(np.linalg.norm(after, axis=1), 1, atol=1e-6)


def test_an_interrupted_encoding_goes_on_where_it_stopped(vectors):
    titles = [f"item {i}" for i in range(500)]
    with pytest.raises(KeyboardInterrupt):
        vectors(titles, FakeEncoder(stop_after=128))
    encoder = FakeEncoder()
    out = vectors(titles, encoder)
    assert len(encoder.encoded) == 500 - 128
    assert np.allclose(out, vectors(titles, FakeEncoder(stop_after=0)), atol=1e-3)


def test_what_is_done_is_saved_even_when_the_process_dies(vectors, monkeypatch):
    monkeypatch.setattr("recsys.embedding._SAVED", 128)
    saved = []
    monkeypatch.setattr("recsys.embedding.save_vectors", lambda path, keys, found: saved.append(len(keys)))
    vectors([f"item {i}" for i in range(500)], FakeEncoder())
    assert saved == [128, 256, 384, 500]


def test_the_progress_tells_how_many_how_fast_and_how_long_still(vectors):
    said = []
    vectors([f"item {i}" for i in range(100)], FakeEncoder(), said.append)
    assert (
        said[0].startswith("Encoding items 64 of 100 · ") and "/s · about " in said[0] and said[0].endswith(" s left")
    )
    assert said[-1].startswith("Encoding items 100 of 100")
