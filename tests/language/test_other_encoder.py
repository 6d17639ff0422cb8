"""Another sentence-transformers model in the place of the built-in one: its prefixes, its dimension, vectors of its own."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel

from recsys.catalog import Catalog
from recsys.language.encoder import SentenceEncoder
from recsys.loading import load_parts
from recsys.settings import Settings

WORDS = ["<pad>", "<unk>", "ask", "say", ":", "red", "blue", "dress", "film"]


def tiny(folder: Path, dim: int, prompts: dict[str, str], seed: int = 0) -> Path:
    """A model of random weights, as sentence-transformers saves one."""
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(WORDS), hidden_size=dim, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer(WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "pad_token": "<pad>", "unk_token": "<unk>"})
    )
    kinds = ("", "Transformer"), ("1_Pooling", "Pooling")
    modules = [
        {"idx": i, "name": str(i), "path": p, "type": f"sentence_transformers.models.{k}"}
        for i, (p, k) in enumerate(kinds)
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": dim, "pooling_mode_mean_tokens": True})
    )
    (folder / "config_sentence_transformers.json").write_text(json.dumps({"prompts": prompts}))
    return folder  # fmt: skip


def test_prefixes_are_those_that_the_model_names(tmp_path: Path) -> None:
    prompted = SentenceEncoder.load(str(tiny(tmp_path / "a", 16, {"query": "ask : ", "document": "say : "})), tmp_path)
    plain = SentenceEncoder.load(str(tiny(tmp_path / "b", 16, {})), tmp_path)  # the same weights
    np.testing.assert_allclose(prompted.encode_query("red dress"), plain.encode_query("ask : red dress"), atol=1e-6)
    np.testing.assert_allclose(
        prompted.encode_items(["red dress"])[0], plain.encode_items(["say : red dress"])[0], atol=1e-6
    )
    assert not np.allclose(prompted.encode_query("red dress"), plain.encode_query("red dress"), atol=1e-3)


def test_a_folder_named_like_e5_has_its_prefixes(tmp_path: Path) -> None:
    e5 = SentenceEncoder.load(str(tiny(tmp_path / "my-e5-base", 16, {})), tmp_path)
    assert (e5._query_prefix, e5._item_prefix) == ("query: ", "passage: ")


def test_changing_the_model_makes_its_own_vectors_and_never_mixes(
    small_catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small_catalog.save(tmp_path / "catalogs" / "small")
    encoded: list[int] = []
    real = SentenceEncoder.encode_items
    monkeypatch.setattr(
        SentenceEncoder, "encode_items", lambda self, texts, *more: encoded.append(len(texts)) or real(self, texts, *more)
    )  # fmt: skip

    def load(name: str):
        encoded.clear()
        return load_parts(Settings(home=tmp_path, catalog="small", encoder=name), lambda message: None), sum(encoded)

    one, two = (str(tiny(tmp_path / name, dim, {}, seed)) for name, dim, seed in (("one", 16, 0), ("two", 24, 1)))
    first, of_first = load(one)
    second, of_second = load(two)
    again, of_again = load(one)
    assert first.vectors.shape == (61, 16) and second.vectors.shape == (61, 24)
    assert of_first >= 61 and of_second >= 61 and of_again == 0
    np.testing.assert_allclose(again.vectors, first.vectors, atol=1e-3)  # they are kept in half precision
    assert second.behavior is None and second.sentiment is None  # what was trained on other vectors is left out
    assert len(second.retriever.dense.search(second.encoder.encode_query("red dress"), 5)[0]) == 5
