"""Will a person like a title, given titles they liked and disliked? The shipped preference answers, from the titles alone."""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.behavior.steps import centred
from recsys.catalog.catalog import embed, load_vectors, save_vectors
from recsys.datamodels import Event, Item
from recsys.errors import InvalidInput
from recsys.evaluation.metrics import auc
from recsys.evaluation.retrieval import read_jsonl
from recsys.feedback import Preference, PreferenceSpace
from recsys.language.encoder import Encoder, fingerprint

_YEAR = re.compile(r"\((1[89]\d\d|20\d\d)\)")
_SAME = 0.7  # two lines in a row that share so many of their titles are of one person
Array = npt.NDArray[np.float64]


def evaluate(file: Path, encoder: Encoder, cache: Path, progress: Callable[[str], None]) -> dict[str, Any]:
    """`auc` of the expected liking, `auc_likes_only`, and intervals of 95 % over lines and over people.

    Raises:
        InvalidInput: the file cannot be read, or a line lacks one of liked, disliked, target, label.
    """
    lines = read_jsonl(file)
    missing = {n for n in ("liked", "disliked", "target", "label") if not all(n in line for line in lines)}
    if missing or not lines:
        raise InvalidInput(
            f"{file} lacks {', '.join(sorted(missing)) or 'lines'}; a line is {{liked, disliked, target, label}}"
        )
    titles = sorted({t for line in lines for t in (*line["liked"], *line["disliked"], line["target"])})
    keys = [fingerprint(encoder.name, t) for t in titles]
    path = cache / "evaluation" / f"{file.stem}-{encoder.name.replace('/', '_')}.npz"
    vectors, fresh = embed(titles, keys, load_vectors([path]), lambda t: encoder.encode_items(t, progress))
    if fresh:
        save_vectors(path, keys, vectors)
    space = PreferenceSpace([_item(t) for t in titles], centred(vectors, vectors.mean(axis=0)), ())
    row = {title: n for n, title in enumerate(titles)}
    labels = np.array([float(line["label"]) for line in lines])
    both = np.array([_expected(space, row, line, line["disliked"]) for line in lines])
    likes = np.array([_expected(space, row, line, ()) for line in lines])
    people = _people(lines)
    rng = np.random.default_rng(0)
    by_line = [auc(both[d], labels[d]) for d in rng.integers(len(lines), size=(2000, len(lines)))]
    members = [np.flatnonzero(people == p) for p in range(people.max() + 1)]
    by_person = [
        auc(both[d], labels[d])
        for drawn in rng.integers(len(members), size=(2000, len(members)))
        for d in [np.concatenate([members[p] for p in drawn])]
    ]
    count = np.array([len(line["liked"]) - len(line["disliked"]) for line in lines], np.float64)
    return {
        "auc": round(auc(both, labels), 4), "auc_likes_only": round(auc(likes, labels), 4), "ci95": _interval(by_line),
        "n": len(lines), "people": len(members), "ci95_people": _interval(by_person), "auc_count": round(auc(count, labels), 4),
    }  # fmt: skip


def _item(title: str) -> Item:
    year = _YEAR.search(title)
    return Item(title, title, "film", "film", attributes={"year": float(year[1])} if year else {})


def _expected(space: PreferenceSpace, row: dict[str, int], line: dict[str, Any], disliked: Sequence[str]) -> float:
    """How much the person of a line is expected to like its target."""
    events = [Event(n, "s", t, "like", None, 0.0) for n, t in enumerate(line["liked"])]
    events += [Event(len(events) + n, "s", t, "dislike", None, 0.0) for n, t in enumerate(disliked)]
    preference = Preference.fit(space, events, [row[e.item_id] for e in events])
    return float(preference.expected(np.array([row[line["target"]]]))[0])


def _people(lines: Sequence[dict[str, Any]]) -> npt.NDArray[np.int64]:
    """The person of each line (n,), told by what consecutive lines share: lines of one person are not independent."""
    out, before, person = [], set[str](), -1
    for line in lines:
        known = {f"+{t}" for t in line["liked"]} | {f"-{t}" for t in line["disliked"]}
        if len(known & before) < _SAME * max(len(known), 1):
            person += 1
        out.append(person)
        before = known
    return np.array(out, np.int64)


def _interval(values: Sequence[float]) -> list[float]:
    return [round(float(q), 4) for q in np.quantile(values, [0.025, 0.975])]
