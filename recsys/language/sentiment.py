"""Does a message praise or complain? A linear head over the encoder's vector of the message and its n-grams.

The vector carries what no list of words can ("the zip gave up after a week"), the n-grams what the vector blurs (negations,
set phrases); one logistic regression weighs all of them. There is no second model: the vector is the one that finding uses.
"""

import itertools
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from zlib import crc32

import numpy as np
import numpy.typing as npt
from safetensors import safe_open
from safetensors.numpy import save_file

from recsys.cleaning import clean
from recsys.datamodels import EventKind, Query
from recsys.errors import ModelMismatch
from recsys.language.encoder import Encoder
from recsys.language.intents import needs
from recsys.language.opinions import price_level
from recsys.language.text import CJK, simplify, words

VERSION = 1
_BUCKETS = 16384  # n-grams are hashed, so that no vocabulary needs to be shipped
_DECAY = 0.25  # L2 on the weights, in units of one sentence's loss
_SURE = 0.6  # how far from 0 a score must be to be taken for an event
_REMARKS = ("recommend", "refine", "feedback")
_OTHER = ("similar", "compare", "explain", "undo", "reset", "chat")
Array = npt.NDArray[np.float64]


def grams(text: str) -> Array:
    """What the words alone say (2, 16384): words and pairs of them, and runs of one to three Chinese characters, 1 where present."""
    text = simplify(clean(text)).lower()
    segmented = words(text)
    of_words = [*segmented, *(f"{a} {b}" for a, b in itertools.pairwise(segmented))]
    runs = re.findall(rf"{CJK.pattern}+", text)
    of_characters = [r[i : i + n] for r in runs for n in (1, 2, 3) for i in range(len(r) - n + 1)]
    out = np.zeros((2, _BUCKETS))
    for row, found in zip(out, (of_words, of_characters), strict=True):
        row[[crc32(g.encode()) % _BUCKETS for g in found]] = 1
    return out


def _weighed(present: Array, idf: Array) -> Array:
    """Grams (…, 2, 16384) by how rare they are, each kind of unit length, side by side (…, 32768)."""
    out = present * idf
    out /= np.maximum(np.linalg.norm(out, axis=-1, keepdims=True), 1e-9)
    return out.reshape(*present.shape[:-2], -1)


def wants(turn: Query) -> bool:
    """True where a message asks for something: of a need the head, which knows praise and complaint alone, has nothing to say."""
    return bool(turn.constraints or turn.sort or turn.like or needs(turn.said)) or turn.intent in _OTHER


def remarked(turn: Query, score: Callable[[str], float] | None) -> Query:
    """A turn with the remarks in it: a finding about prices is feedback, and so is a remark in which `score` hears praise or complaint."""
    if turn.intent == "refine" and not turn.constraints and price_level(turn.said):
        return replace(turn, intent="feedback")
    if score is None or not turn.said.strip() or wants(turn):
        return turn
    return felt(turn, score(turn.said))


def felt(turn: Query, score: float) -> Query:
    """A turn with the head's reading of it: a remark about shown items that holds no word of opinion is feedback all the same."""
    if turn.references and not turn.opinions and abs(score) > _SURE and turn.intent in _REMARKS:
        kind: EventKind = "like" if score > 0 else "dislike"
        turn = replace(turn, intent="feedback", opinions=tuple((rank, kind) for rank in turn.references))
    plain = turn.intent != "feedback" and abs(score) <= _SURE
    return turn if plain else replace(turn, sentiment=round(score, 3))


class SentimentHead:
    """The learned weights (dim + 32768,), the rarity of grams (2, 16384) and the bias, with the encoder that they belong to."""

    def __init__(self, weights: Array, idf: Array, bias: float, encoder: str) -> None:
        self.weights, self.idf, self.bias, self.encoder = weights, idf, bias, encoder

    def score(self, text: str, vector: npt.NDArray[np.float32]) -> float:
        """A message with its vector (dim,) -> -1 complains … +1 praises; 2·p - 1 of the probability of praise."""
        logit = self.bias + float(self.weights @ np.concatenate([vector, _weighed(grams(text), self.idf)]))
        return float(np.tanh(logit / 2))

    @classmethod
    def fit(
        cls, texts: Sequence[str], vectors: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], encoder: str
    ) -> "SentimentHead":
        """Logistic regression by LBFGS; `vectors` (n, dim) are scaled so that all of them count as much as all n-grams."""
        import torch

        mean, spread = vectors.mean(axis=0), vectors.std(axis=0) * np.sqrt(vectors.shape[1]) + 1e-9
        present = np.stack([grams(t) for t in texts])  # (n, 2, buckets)
        idf = np.log((1 + len(texts)) / (1 + present.sum(axis=0))) + 1
        x = np.hstack([(vectors - mean) / spread, _weighed(present, idf)])
        size, turn = np.linalg.eigh(x @ x.T)  # the weights lie in the span of the few sentences: n numbers, not 33,000
        turn, size = turn[:, size > 1e-9], np.sqrt(size[size > 1e-9])
        inputs, target = torch.tensor(turn * size), torch.tensor(labels, dtype=torch.float64)
        weights = torch.zeros(len(size), dtype=torch.float64, requires_grad=True)
        bias = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([weights, bias], max_iter=200, line_search_fn="strong_wolfe")

        def closure() -> torch.Tensor:
            optimizer.zero_grad()
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                inputs @ weights + bias, target, reduction="sum"
            )
            loss = loss + _DECAY / 2 * weights.square().sum()
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        optimizer.step(closure)  # type: ignore[no-untyped-call]
        learned: Array = x.T @ (turn / size @ weights.detach().numpy())
        learned[: len(mean)] /= spread
        offset = float(learned[: len(mean)] @ mean)
        return cls(learned, idf, float(bias.detach()[0]) - offset, encoder)

    def save(self, path: Path) -> None:
        """Write weights, encoder and version in one file."""
        meta = {"encoder": self.encoder, "version": str(VERSION), "bias": json.dumps(self.bias)}
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({"weights": self.weights.astype(np.float16), "idf": self.idf.astype(np.float16)}, path, metadata=meta)

    @classmethod
    def load(cls, path: Path, encoder: str) -> "SentimentHead":
        """Read what `save` wrote.

        Raises:
            ModelMismatch: it was trained on the vectors of another encoder, or by another version.
        """
        with safe_open(path, "np") as file:
            meta = file.metadata() or {}
            weights, idf = (file.get_tensor(name).astype(np.float64) for name in ("weights", "idf"))
        if meta.get("encoder") != encoder or meta.get("version") != str(VERSION):
            raise ModelMismatch(
                f"the sentiment head {path.name} was trained for {meta.get('encoder')}, not for {encoder}; "
                "train one with: python -m recsys train-sentiment"
            )
        return cls(weights, idf, json.loads(meta["bias"]), encoder)


def praise(head: SentimentHead | None, encoder: Encoder) -> Callable[[str], float] | None:
    """What scores a message with a head, -1 complains … +1 praises; None without one."""
    return None if head is None else lambda said: head.score(said, encoder.encode_query(said))
