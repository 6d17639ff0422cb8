"""The pre-trained language model f: words x -> semantic vector u(x), unit length."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from recsys.errors import EncoderUnavailable
from recsys.language.unpack import VERSION, Progress, packed_file, unpack

HUB_ID = "intfloat/multilingual-e5-small"
Vectors = npt.NDArray[np.float32]
_REMEMBERED = 512  # utterances whose vectors are kept: people repeat themselves, and so do pages


class Encoder(Protocol):
    """Turns words into unit vectors. `name` names the model, so vectors of two models never mix."""

    name: str
    dim: int

    def encode_query(self, text: str) -> Vectors:
        """One utterance -> (dim,)."""
        ...

    def encode_items(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Item texts -> (n, dim)."""
        ...


class SentenceEncoder:
    """Any sentence-transformers model, with its own prefixes."""

    def __init__(self, model: Any, name: str, query_prefix: str = "query: ", item_prefix: str = "passage: ") -> None:
        self._model, self.name = model, name
        self.dim = int(model.get_embedding_dimension())
        self._query_prefix, self._item_prefix = query_prefix, item_prefix
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Vectors] = OrderedDict()

    @classmethod
    def load(
        cls, name: str, cache: Path, threads: int = 2, progress: Progress = lambda message: None
    ) -> "SentenceEncoder":
        """Load 'builtin' (unpacked into `cache` at the first start), a local folder, or a hub id.

        Raises:
            EncoderUnavailable: nothing can be loaded under this name.
        """
        import torch
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()
        torch.set_num_threads(threads)
        if name == "builtin" and packed_file() is not None:
            folder = unpack(cache / f"e5-small-v{VERSION}", progress)
            progress("Loading the language model …")
            return cls(_opened(folder), f"e5-small-q4-v{VERSION}")
        if name == "builtin":
            name = HUB_ID
            progress(f"This platform has no wheel of the offline model: downloading {HUB_ID} (0.5 GB) once …")
        progress("Loading the language model …")
        from sentence_transformers import SentenceTransformer

        try:
            model = SentenceTransformer(name, device="cpu").eval()
        except Exception as error:
            raise EncoderUnavailable(
                f"cannot load the language model {name!r}: {error}; set RECSYS_ENCODER to 'builtin', a folder or a hub id"
            ) from error
        prompts = model.prompts or {}
        if "e5" in Path(name).name.lower():
            prompts = {"query": "query: ", "document": "passage: ", **{k: v for k, v in prompts.items() if v}}
        return cls(model, name, prompts.get("query", ""), prompts.get("document", prompts.get("passage", "")))

    def encode_query(self, text: str) -> Vectors:
        """One utterance -> (dim,), from memory if it was encoded lately."""
        with self._lock:
            if text in self._recent:
                self._recent.move_to_end(text)
                return self._recent[text]
        vector: Vectors = self._encode([self._query_prefix + text])[0]
        with self._lock:
            self._recent[text] = vector
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return vector

    def encode_items(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Item texts -> (n, dim). Batches of like length waste no padding; results come back in the given order."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        out = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(order), 64):
            rows = order[start : start + 64]
            out[rows] = self._encode([self._item_prefix + texts[i] for i in rows])
            if progress is not None:
                progress(f"Encoding items {min(start + 64, len(order)):,} of {len(order):,}")
        return out

    def _encode(self, texts: list[str]) -> Vectors:
        """Texts with their prefix -> (n, dim), unit length."""
        import torch

        with torch.inference_mode():
            features = self._model.preprocess(texts)
            vectors = self._model(features)["sentence_embedding"]  # (n, dim)
            out: Vectors = torch.nn.functional.normalize(vectors, dim=-1).float().numpy()
        return out


def _opened(folder: Path) -> Any:
    from recsys.language.bert import MeanPooledBert

    try:
        return MeanPooledBert(folder)
    except Exception as error:
        raise EncoderUnavailable(
            f"the unpacked language model in {folder} is broken ({error}); delete that folder and start again"
        ) from error


def fingerprint(encoder_name: str, text: str) -> str:
    """A short name for (model, text): the vector of one is the vector of the other only if these are equal."""
    return hashlib.blake2b(f"{encoder_name}\x00{text}".encode(), digest_size=8).hexdigest()
