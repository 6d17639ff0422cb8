"""How well praise is told from complaint, and the training of the head that ships."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.errors import InvalidInput
from recsys.evaluation.retrieval import read_jsonl
from recsys.language.encoder import SentenceEncoder
from recsys.language.opinions import sentiment
from recsys.language.sentiment import SentimentHead
from recsys.settings import DATA

SENTENCES = DATA / "sources" / "sentiment.psv"
HEAD = DATA / "models" / "sentiment.safetensors"
Progress = Callable[[str], None]
Scores = npt.NDArray[np.float64]


def own_sentences() -> tuple[list[str], npt.NDArray[np.int64]]:
    """The sentences written for this project, with 1 for praise and 0 for complaint."""
    rows = [line.split("|", 1) for line in SENTENCES.read_text("utf-8").splitlines() if line]
    return [text for _, text in rows], np.array([int(label) for label, _ in rows])


def evaluate(file: Path, encoder: SentenceEncoder, folds: int, seed: int, progress: Progress) -> dict[str, Any]:
    """Accuracy on {text, label}: of the shipped head, or, with `folds`, of the same learner trained within the file.

    `word_list` is the accuracy of counting words of opinion; a message that has none, or as many of each, counts half.

    Raises:
        InvalidInput: the file has no such lines, or fewer than folds.
    """
    rows = read_jsonl(file)
    if not rows or any("text" not in r or r.get("label") not in (0, 1) for r in rows) or len(rows) < folds:
        raise InvalidInput(f"{file} must hold lines of {{text, label}} with label 0 or 1, at least as many as folds")
    texts, labels = [str(r["text"]) for r in rows], np.array([int(r["label"]) for r in rows])
    vectors = _vectors(texts, encoder, progress)
    if folds:
        scores = cross_validated(texts, vectors, labels, encoder.name, folds, seed, progress)
    else:
        head = SentimentHead.load(HEAD, encoder.name)
        scores = np.array([head.score(t, v) for t, v in zip(texts, vectors, strict=True)])
    return {
        "accuracy": round(_accuracy(scores, labels), 4),
        "n": len(rows),
        "cv": folds or None,
        "head": "trained within the file" if folds else HEAD.name,
        "word_list": round(_accuracy(np.array([sentiment(t.lower()) for t in texts]), labels), 4),
    }


def cross_validated(
    texts: list[str], vectors: npt.NDArray[np.float32], labels: npt.NDArray[np.int64], encoder: str, folds: int, seed: int,
    progress: Progress,
) -> Scores:  # fmt: skip
    """The score (n,) of each message by a head that was trained without its fold; folds are drawn within each class."""
    fold = np.empty(len(labels), np.int64)
    rng = np.random.default_rng(seed)
    for label in (0, 1):
        own = rng.permutation(np.flatnonzero(labels == label))
        fold[own] = np.arange(len(own)) % folds
    scores = np.zeros(len(labels))
    for number in range(folds):
        progress(f"Fold {number + 1} of {folds}")
        fitted = np.flatnonzero(fold != number)
        head = SentimentHead.fit([texts[i] for i in fitted], vectors[fitted], labels[fitted], encoder)
        for i in np.flatnonzero(fold == number):
            scores[i] = head.score(texts[i], vectors[i])
    return scores


def train_head(encoder: SentenceEncoder, folder: Path, seed: int, progress: Progress) -> dict[str, Any]:
    """Train the head on the project's own sentences; writes weights and card to `folder`, returns the figures."""
    began = time.time()
    texts, labels = own_sentences()
    vectors = _vectors(texts, encoder, progress)
    held = cross_validated(texts, vectors, labels, encoder.name, 10, seed, progress)
    SentimentHead.fit(texts, vectors, labels, encoder.name).save(folder / HEAD.name)
    figures = {
        "accuracy": round(_accuracy(held, labels), 4),
        "word_list": round(_accuracy(np.array([sentiment(t.lower()) for t in texts]), labels), 4),
        "n": len(texts),
        "seed": seed,
        "seconds": round(time.time() - began, 1),
    }
    (folder / "sentiment.md").write_text(_card(encoder.name, figures), "utf-8")
    return figures


def _vectors(texts: list[str], encoder: SentenceEncoder, progress: Progress) -> npt.NDArray[np.float32]:
    out = []
    for n, text in enumerate(texts, 1):
        out.append(encoder.encode_query(text))
        progress(f"Reading {n} of {len(texts)}")
    return np.stack(out)


def _accuracy(scores: Scores, labels: npt.NDArray[np.int64]) -> float:
    right = np.where(scores == 0, 0.5, (scores > 0) == (labels == 1))
    return float(right.mean())


def _card(encoder: str, figures: dict[str, Any]) -> str:
    return f"""# Model card: sentiment head

**What.** `sentiment.safetensors` is one logistic regression over the vector of `{encoder}`, and hashed n-grams
(`recsys/language/sentiment.py`): does a message praise or complain? There is no second model behind it.

**Data.** {figures["n"]} sentences written for this project, in Chinese and English, in the manner of reviews and of remarks in a
conversation: `data/sources/sentiment.psv`. They are invented; nobody's review is among them. Terms: as the project (Apache-2.0).

**Command.** `python -m recsys train-sentiment --seed {figures["seed"]} --out DIR` ({figures["seconds"]:.0f} s on two cores).

**Figures**, ten-fold cross-validation on these sentences: accuracy {figures["accuracy"]:.3f} (the list of words of opinion {figures["word_list"]:.3f}).
`python -m recsys evaluate sentiment --file F` measures it on reviews of your own.

**Limits.** Invented sentences are clearer than people's. It tells praise from complaint and knows no middle.

```json
{json.dumps(figures, ensure_ascii=False)}
```
"""
