"""Files that are cut, scribbled over or empty: what can be made again is made again, the rest is said, nothing is overwritten."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from recsys.behavior import BehaviorModel
from recsys.behavior.network import Network
from recsys.catalog.importing import import_catalog
from recsys.errors import RecsysError
from recsys.recommender import Recommender
from recsys.settings import DATA, Settings
from recsys.versions import publish

Spoil = Callable[[bytes], bytes]
SPOILS: dict[str, Spoil] = {
    "cut": lambda data: data[: len(data) // 2],
    "scribbled": lambda data: data[:16] + np.random.default_rng(1).bytes(max(len(data) - 16, 1)),
    "empty": lambda data: b"",
}
spoilt = pytest.mark.parametrize("spoil", SPOILS.values(), ids=SPOILS)


@pytest.fixture
def own(tmp_path: Path, encoder) -> Settings:
    """A home with an imported catalogue, its caches, and weights of its own."""
    rows = "".join(f"red thing {n},{n + 1},shop {n % 3}\n" for n in range(40))
    (tmp_path / "shop.csv").write_text("title,price,brand\n" + rows, "utf-8")
    settings = Settings(home=tmp_path, catalog="shop")
    import_catalog(tmp_path / "shop.csv", "shop", settings)
    (tmp_path / "made").mkdir()
    shutil.copy(DATA / "models" / "ranker.json", tmp_path / "made")
    BehaviorModel(Network(encoder.dim), encoder.name).save(tmp_path / "made" / "behavior.safetensors")
    assert publish(settings.models, tmp_path / "made") == settings.models / "1"
    assert answers(settings, encoder)
    return settings


def answers(settings: Settings, encoder) -> list[str]:
    recommender = Recommender.load(settings, encoder=encoder)
    shown = [r.item.title for r in recommender.reply(recommender.start(), "red thing under 5").items]
    recommender.store.close()
    return shown


def spoil_all(folder: Path, pattern: str, spoil: Spoil) -> int:
    found = [p for p in folder.rglob(pattern) if p.is_file()]
    for path in found:
        path.write_bytes(spoil(path.read_bytes()))
    return len(found)


@spoilt
@pytest.mark.parametrize("pattern", ["vectors/*.npz", "lexical/*/*"])
def test_a_damaged_cache_is_made_again(own: Settings, encoder, spoil: Spoil, pattern: str) -> None:
    before = answers(own, encoder)
    folder, name = own.cache / pattern.split("/", maxsplit=1)[0], pattern.rsplit("/", maxsplit=1)[-1]
    assert spoil_all(folder, name, spoil)
    assert answers(own, encoder) == before
    assert answers(own, encoder) == before  # and what was made is whole


@spoilt
@pytest.mark.parametrize("name", ["ranker.json", "behavior.safetensors"])
def test_damaged_weights_give_way_to_the_shipped_ones(own: Settings, encoder, spoil: Spoil, name: str) -> None:
    damaged = spoil((own.models / "1" / name).read_bytes())
    (own.models / "1" / name).write_bytes(damaged)
    assert answers(own, encoder)
    assert (own.models / "1" / name).read_bytes() == damaged


@spoilt
@pytest.mark.parametrize("name", ["items.jsonl", "meta.json"])
def test_a_damaged_catalogue_is_told_and_left_as_it_is(own: Settings, encoder, spoil: Spoil, name: str) -> None:
    path = own.catalogs / "shop" / name
    damaged = spoil(path.read_bytes())
    path.write_bytes(damaged)
    with pytest.raises(RecsysError, match="import") as told:
        answers(own, encoder)
    assert "shop" in str(told.value)
    assert path.read_bytes() == damaged


def test_weights_of_another_version_are_left_out(own: Settings, encoder, caplog: pytest.LogCaptureFixture) -> None:
    ranker = json.loads((own.models / "1" / "ranker.json").read_text())
    (own.models / "1" / "ranker.json").write_text(json.dumps({**ranker, "weights": {"no such part": 1.0}}))
    assert answers(own, encoder)
    assert any("ranker.json" in r.message for r in caplog.records)


@pytest.mark.encoder
@pytest.mark.parametrize("name", ["model.onnx", "vocabulary.model", "checksum"])
def test_a_damaged_language_model_is_made_again(tmp_path: Path, real_encoder, name: str) -> None:
    from recsys.language.encoder import VERSION, SentenceEncoder

    made = Settings().cache / f"e5-small-int8-v{VERSION}"
    shutil.copytree(made, tmp_path / made.name)
    path = tmp_path / made.name / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF  # one bit of damage would answer, and wrongly
    path.write_bytes(data)
    again = SentenceEncoder.load("builtin", tmp_path)
    assert path.read_bytes() != bytes(data)
    same = again.encode_query("红色连衣裙") @ real_encoder.encode_query("红色连衣裙")
    assert same > 0.9999
