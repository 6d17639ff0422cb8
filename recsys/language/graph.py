"""The twelve layers of the packed BERT as an ONNX graph of 8-bit integers, and its vocabulary for sentencepiece: 27 MB made once.

The 4-bit weights become 8-bit ones with a scale for each output; activations are quantised as they come. A few channels of
the activations are fifty times as large as the others and would leave these no bits: each channel is divided by the root of
its range, and its weights are multiplied by that (Xiao et al., SmoothQuant, 2023, with α = 0.5 and the weights' own range left
out). Weights use 7 of the 8 bits: processors without VNNI add products in 16 bits, which would overflow otherwise. Word
embeddings stay in the packed file.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sentencepiece import sentencepiece_model_pb2

from recsys.language.packed import Floats, Packed

_FUSED = "com.microsoft"  # onnxruntime's own operators
_RANGE = 64  # weights are -64..64


class _Graph:
    """Nodes and weights as they are added."""

    def __init__(self, packed: Packed, ranges: Mapping[str, Floats]) -> None:
        self.packed, self.ranges = packed, ranges
        self.nodes: list[Any] = []
        self.weights: list[Any] = []
        self.eps = float(packed.config["layer_norm_eps"])

    def weight(self, name: str, values: Any) -> str:
        self.weights.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, inputs: list[str], outputs: list[str], domain: str = _FUSED, **attributes: Any) -> None:
        self.nodes.append(helper.make_node(kind, inputs, outputs, domain=domain, **attributes))

    def linear(self, x: str, parts: list[str], out: str) -> str:
        """x (n, t, in) -> out (n, t, Σ out), the outputs of several layers side by side."""
        bias = np.concatenate([self.packed.floats(f"{p}.b") for p in parts])
        matrix: Floats = np.concatenate([self.packed.floats(f"{p}.w") for p in parts]).reshape(
            len(bias), -1
        )  # (out, in)
        if x in self.ranges:
            spread = np.sqrt(np.maximum(self.ranges[x], np.median(self.ranges[x]) / 5)).astype(np.float32)
            self.add("Mul", [x, self.weight(f"{out}.even", 1 / spread)], [f"{out}.x"], domain="")
            x, matrix = f"{out}.x", matrix * spread
        scale = np.maximum(np.abs(matrix).max(axis=1), 1e-9) / _RANGE
        codes = np.round(matrix / scale[:, None]).astype(np.int8)
        self.add("DynamicQuantizeMatMul", [
            x, self.weight(f"{out}.w", codes.T), self.weight(f"{out}.scale", scale.astype(np.float32)),
            self.weight(f"{out}.zero", np.zeros(len(bias), np.int8)), self.weight(f"{out}.b", bias)], [out])  # fmt: skip
        return out

    def skip_norm(self, x: str, beside: str, norm: str, out: str) -> str:
        """LayerNorm(x + beside)."""
        weights = [self.weight(f"{norm}.{w}", self.packed.floats(f"{norm}.{w}")) for w in "wb"]
        self.add("SkipLayerNormalization", [x, beside, *weights], [out], epsilon=self.eps)
        return out

    def layer(self, x: str, name: str) -> str:
        """One layer of BERT: (n, t, dim) -> (n, t, dim)."""
        together = self.linear(x, [f"{name}.{p}" for p in "qkv"], f"{name}.qkv")
        heads = [f"{name}.{p}.out" for p in "qkv"]
        self.add("Split", [together, "thirds"], heads, domain="", axis=-1)
        heads_count = int(self.packed.config["num_attention_heads"])
        self.add("MultiHeadAttention", [*heads, "", "mask"], [f"{name}.att"], num_heads=heads_count)
        attended = self.linear(f"{name}.att", [f"{name}.ao"], f"{name}.ao.out")
        x = self.skip_norm(attended, x, f"{name}.aln", f"{name}.mid")
        self.add("Gelu", [self.linear(x, [f"{name}.fi"], f"{name}.fi.out")], [f"{name}.gelu"])
        return self.skip_norm(
            self.linear(f"{name}.gelu", [f"{name}.fo"], f"{name}.fo.out"), x, f"{name}.oln", f"{name}.end"
        )


def uneven(packed: Packed) -> list[str]:
    """The activations whose channels are of unlike size."""
    return [f"l{n}.{part}" for n in range(int(packed.config["num_hidden_layers"])) for part in ("mid", "gelu")]


def write_model(packed: Packed, path: Path, ranges: Mapping[str, Floats] | None = None) -> None:
    """Write the graph: sums of embeddings `x` (n, t, dim) and `mask` (n, t) -> the last layer (n, t, dim).

    `ranges` are the largest sizes that the channels of the uneven activations take; without them these are outputs too,
    so that they can be measured.
    """
    graph, dim = _Graph(packed, ranges or {}), int(packed.config["hidden_size"])
    graph.weight("thirds", np.full(3, dim, np.int64))
    norm = [graph.weight(f"emb.ln.{w}", packed.floats(f"emb.ln.{w}")) for w in "wb"]
    graph.add("LayerNormalization", ["x", *norm], ["entered"], domain="", axis=-1, epsilon=graph.eps)
    x = "entered"
    for n in range(int(packed.config["num_hidden_layers"])):
        x = graph.layer(x, f"l{n}")
    inputs = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", "t", dim]),
        helper.make_tensor_value_info("mask", TensorProto.INT32, ["n", "t"]),
    ]
    names = [x] if ranges else [x, *uneven(packed)]
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", "t", None]) for name in names]
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid(_FUSED, 1)]
    body = helper.make_graph(graph.nodes, "e5-small", inputs, outputs, graph.weights)
    onnx.save(helper.make_model(body, opset_imports=opsets, ir_version=9), path)


def write_vocabulary(packed: Packed, path: Path) -> None:
    """Write the unigram vocabulary in sentencepiece's form; texts are normalised before they reach it."""
    model = sentencepiece_model_pb2.ModelProto()
    special = {str(k)[:3]: int(v) for k, v in packed.config.items() if str(k).endswith("_token_id")}
    for i, (piece, score) in enumerate(packed.vocabulary):
        kind = "UNKNOWN" if i == special["unk"] else "CONTROL" if not score else "NORMAL"  # the marks have no score
        model.pieces.add(piece=piece, score=score, type=model.SentencePiece.Type.Value(kind))
    trained = model.trainer_spec
    trained.model_type, trained.vocab_size = trained.ModelType.Value("UNIGRAM"), len(packed.vocabulary)
    for name, i in special.items():
        setattr(trained, f"{name}_id", i)
        setattr(trained, f"{name}_piece", packed.vocabulary[i][0])
    model.normalizer_spec.MergeFrom(
        sentencepiece_model_pb2.NormalizerSpec(name="identity", add_dummy_prefix=True, remove_extra_whitespaces=False)
    )
    path.write_bytes(model.SerializeToString())
