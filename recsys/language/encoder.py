"""The pre-trained language model f: words x -> semantic vector u(x), unit length."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from recsys.errors import EncoderUnavailable
from recsys.language.packed import VERSION, Packed, packed_file

Progress = Callable[[str], None]
BUILTIN = f"e5-small-q4-v{VERSION}"
HUB_ID = "intfloat/multilingual-e5-small"
Vectors = npt.NDArray[np.float32]
_AT_ONCE = 1024  # item texts between two words of progress
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


class Model(Protocol):
    """What makes vectors of texts: (n texts) -> (n, dim), unit length."""

    dim: int

    def __call__(self, texts: Sequence[str]) -> Vectors: ...  # noqa: D102


class Transformers:
    """A sentence-transformers model."""

    def __init__(self, folder: str) -> None:
        from sentence_transformers import SentenceTransformer

        self.model = SentenceTransformer(folder, device="cpu").eval()
        self.dim = int(self.model.get_embedding_dimension())

    def __call__(self, texts: Sequence[str]) -> Vectors:
        """See `Model`."""
        out: Vectors = self.model.encode(list(texts), batch_size=64, normalize_embeddings=True, show_progress_bar=False)
        return out


class SentenceEncoder:
    """A model with the prefixes that it was trained with. `name` is that of the weights, whatever they are computed in."""

    def __init__(self, model: Model, name: str, query_prefix: str = "query: ", item_prefix: str = "passage: ") -> None:
        self._model, self.name, self.dim = model, name, model.dim
        self._query_prefix, self._item_prefix = query_prefix, item_prefix
        self._lock = threading.Lock()
        self._recent: OrderedDict[str, Vectors] = OrderedDict()

    @classmethod
    def load(
        cls, name: str, cache: Path, threads: int = 2, progress: Progress = lambda message: None
    ) -> "SentenceEncoder":
        """Load 'builtin' (made ready in `cache` at the first start), a local folder, or a hub id.

        Raises:
            EncoderUnavailable: nothing can be loaded under this name.
        """
        if name == "builtin" and packed_file() is not None:
            return cls(_builtin(cache, threads, progress), BUILTIN)
        if name == "builtin":
            name = HUB_ID
            progress(f"This platform has no wheel of the offline model: downloading {HUB_ID} (0.5 GB) once …")
        progress("Loading the language model …")
        try:
            model = Transformers(name)
        except Exception as error:
            raise EncoderUnavailable(
                f"cannot load the language model {name!r}: {error}; set RECSYS_ENCODER to 'builtin', a folder or a hub id"
            ) from error
        prompts = model.model.prompts or {}
        if "e5" in Path(name).name.lower():
            prompts = {"query": "query: ", "document": "passage: ", **{k: v for k, v in prompts.items() if v}}
        return cls(model, name, prompts.get("query", ""), prompts.get("document", prompts.get("passage", "")))

    def encode_query(self, text: str) -> Vectors:
        """One utterance -> (dim,), from memory if it was encoded lately."""
        with self._lock:
            if text in self._recent:
                self._recent.move_to_end(text)
                return self._recent[text]
        vector: Vectors = self._model([self._query_prefix + text])[0]
        with self._lock:
            self._recent[text] = vector
            if len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
        return vector

    def encode_items(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Item texts -> (n, dim), in the given order."""
        out = np.zeros((len(texts), self.dim), np.float32)
        for start in range(0, len(texts), _AT_ONCE):
            stop = min(start + _AT_ONCE, len(texts))
            out[start:stop] = self._model([self._item_prefix + text for text in texts[start:stop]])
            if progress is not None:
                progress(f"Encoding items {stop:,} of {len(texts):,}")
        return out


def _builtin(cache: Path, threads: int, progress: Progress) -> Model:
    from recsys.language.bert import Int8Bert, prepare

    packed, folder = Packed(packed_file()), cache / f"e5-small-int8-v{VERSION}"
    if not folder.exists():
        progress("Preparing the language model (once, 27 MB) …")
    try:
        return Int8Bert(packed, prepare(packed, folder), threads)
    except EncoderUnavailable:
        raise
    except Exception as error:
        raise EncoderUnavailable(
            f"the language model in {folder} is broken ({error}); delete that folder and start again"
        ) from error


def fingerprint(encoder_name: str, text: str) -> str:
    """A short name for (model, text): the vector of one is the vector of the other only if these are equal."""
    return hashlib.blake2b(f"{encoder_name}\x00{text}".encode(), digest_size=8).hexdigest()
