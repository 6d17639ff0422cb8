"""The offline language model as it is served: 8-bit integers in ONNX Runtime, sentencepiece, and embeddings read from the packed file."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime
import sentencepiece
from tokenizers import Regex, normalizers

from recsys.errors import EncoderUnavailable
from recsys.language.packed import Packed, dequantize

Vectors = npt.NDArray[np.float32]
_TOKENS = 1024  # of a batch, padding included: more would only take memory
_TEXTS = (  # of every kind that the model reads; which channels are large hardly depends on them
    "query: 我想买一件连衣裙", "query: a quiet film like Paterson", "query: 200元以内的降噪耳机，续航30小时以上", "query: best rated running shoes",
    "passage: 手工羊毛围巾；Hand-woven wool scarf；灰色 grey 冬季 winter；柔软保暖，长 180 厘米，适合送礼。",
    "passage: 稳健一号债券基金；风险等级 R2，三年期，起投 1,000 元，近一年收益 3.2%。", "passage: 铁皮月亮；Tin Moon；科幻 sci-fi；讲一个孩子和一台旧机器的公路电影。",
    "passage: Carry-on backpack, 28 L, water-repellent, with a padded sleeve for a 15-inch laptop and two bottle pockets (black).",
    "passage: 城市更新三年行动方案公布；新建公园 40 座，步道 120 公里。", "passage: HDMI 2.1 cable 3m 8K@60Hz 48Gbps; USB-C hub 7-in-1",
)  # fmt: skip
MODEL, VOCABULARY, CHECKSUM = "model.onnx", "vocabulary.model", "checksum"


def normalizer() -> normalizers.Normalizer:
    """What the model's texts went through in its training."""
    return normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])


def prepare(packed: Packed, folder: Path) -> Path:
    """Write graph and vocabulary to `folder` unless they are there and whole; the folder appears whole or not at all.

    Raises:
        EncoderUnavailable: the disk refuses the folder.
    """
    if _whole(folder):
        return folder
    from recsys.language.graph import uneven, write_model, write_vocabulary

    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            whole = Path(scratch) / "model"
            whole.mkdir()
            write_vocabulary(packed, whole / VOCABULARY)
            write_model(packed, whole / MODEL)
            write_model(packed, whole / MODEL, Int8Bert(packed, whole, 1).ranges(uneven(packed)))
            (whole / CHECKSUM).write_text(_checksum(whole), "ascii")
            shutil.rmtree(folder, ignore_errors=True)
            try:
                os.replace(whole, folder)
            except OSError:  # another process finished first
                if not _whole(folder):
                    raise
    except OSError as error:
        raise EncoderUnavailable(
            f"cannot write the language model to {folder}: {error.strerror}; free 30 MB there or set RECSYS_HOME"
        ) from error
    return folder


def _checksum(folder: Path) -> str:
    total = hashlib.blake2b(digest_size=16)
    for name in (MODEL, VOCABULARY):
        total.update((folder / name).read_bytes())
    return total.hexdigest()


def _whole(folder: Path) -> bool:
    """Whether what was written is still what is there: a model with a damaged weight would answer, and wrongly."""
    try:
        return (folder / CHECKSUM).read_text("ascii") == _checksum(folder)
    except (OSError, ValueError):
        return False


class Int8Bert:
    """A BERT whose sentence vector is the mean over its tokens, of unit length."""

    def __init__(self, packed: Packed, folder: Path, threads: int) -> None:
        self.dim = int(packed.config["hidden_size"])
        self._words = packed.blocks("emb.word", self.dim)
        positions = packed.floats("emb.pos").reshape(-1, self.dim)
        self._positions = (
            positions + packed.floats("emb.type")[: self.dim]
        )  # (512, dim): every token is of the first type
        self._begin, self._end, self._pad = (int(packed.config[f"{n}_token_id"]) for n in ("bos", "eos", "pad"))
        self._normalizer = normalizer()
        self._vocabulary = sentencepiece.SentencePieceProcessor(model_file=str(folder / VOCABULARY))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.enable_cpu_mem_arena = False  # it would keep what the longest batch took
        options.add_session_config_entry(
            "session.intra_op.allow_spinning", "0"
        )  # idle threads leave the cores to others
        self._session = onnxruntime.InferenceSession(str(folder / MODEL), options, providers=["CPUExecutionProvider"])

    def tokenize(self, texts: Sequence[str]) -> list[list[int]]:
        """Texts -> token ids between the marks of beginning and end, cut at the longest that the model takes."""
        inner = len(self._positions) - 2
        pieces = [self._vocabulary.encode(self._normalizer.normalize_str(text))[:inner] for text in texts]
        return [[self._begin, *ids, self._end] for ids in pieces]

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """Texts -> (n, dim). Texts of like length are computed together, so that hardly anything is padding."""
        tokens = self.tokenize(texts)
        order = sorted(range(len(tokens)), key=lambda i: len(tokens[i]), reverse=True)
        out = np.empty((len(texts), self.dim), np.float32)
        while order:
            count = max(1, _TOKENS // len(tokens[order[0]]))
            batch, order = order[:count], order[count:]
            out[batch] = self._mean([tokens[i] for i in batch])
        out /= np.linalg.norm(out, axis=1, keepdims=True)
        return out

    def _mean(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        """Token ids, the longest first -> the mean of the last layer over the tokens (n, dim)."""
        x, mask = self._entered(tokens)
        hidden = self._session.run(None, {"x": x, "mask": mask})[0]
        weights = mask / mask.sum(axis=1, keepdims=True)  # (n, t)
        out: Vectors = np.einsum("ntd,nt->nd", hidden, weights)
        return out

    def _entered(self, tokens: Sequence[Sequence[int]]) -> tuple[Vectors, npt.NDArray[np.int32]]:
        """Token ids, the longest first -> sums of embeddings (n, t, dim) and mask (n, t)."""
        ids = np.full((len(tokens), len(tokens[0])), self._pad)  # (n, t)
        for row, own in enumerate(tokens):
            ids[row, : len(own)] = own
        x = dequantize(self._words[ids]) + self._positions[: ids.shape[1]]
        return x, (ids != self._pad).astype(np.int32)

    def ranges(self, names: Sequence[str]) -> dict[str, Vectors]:
        """The largest size that each channel of these activations takes over some texts."""
        seen = []
        for text in _TEXTS:
            x, mask = self._entered(self.tokenize([text]))
            seen.append([np.abs(y[0]).max(axis=0) for y in self._session.run(names, {"x": x, "mask": mask})])
        return {name: np.max([one[n] for one in seen], axis=0) for n, name in enumerate(names)}
