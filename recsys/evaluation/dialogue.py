"""How well whole conversations are answered: each history is replayed, and the items of the last reply are scored."""

import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.catalog import Catalog
from recsys.catalog.catalog import embed, load_vectors, save_vectors
from recsys.catalog.importing import import_catalog
from recsys.datamodels import Reply
from recsys.errors import InvalidInput
from recsys.evaluation.metrics import mean, ranking
from recsys.evaluation.retrieval import rank_fusion, read_jsonl
from recsys.language.encoder import Encoder, fingerprint
from recsys.language.text import index_terms
from recsys.loading import Parts, assemble, load_models
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

METRICS = ("ndcg@10", "recall@10", "mrr@10", "hit@1")
_DEPTH = 200
_TALKED = 2.5  # how much it counts that others speak of an item: on four fifths of ReDial at a time 2 to 3 is best, see the README
Moment = Mapping[str, Any]
Progress = Callable[[str], None]


def load(file: Path, settings: Settings, encoder: Encoder, progress: Progress) -> Parts:
    """The parts over a catalogue's file, imported as it is into a temporary home; vectors are kept in the cache between runs."""
    with tempfile.TemporaryDirectory() as home:
        scratch = Settings(home=Path(home))
        import_catalog(file, "evaluated", scratch, progress=progress)
        catalog = Catalog.load(scratch.catalogs / "evaluated")
    texts = catalog.texts()
    keys = [fingerprint(encoder.name, t) for t in texts]
    path = settings.cache / "evaluation" / f"{file.parent.name}-{encoder.name.replace('/', '_')}.npz"
    vectors, fresh = embed(texts, keys, load_vectors([path]), lambda t: encoder.encode_items(t, progress))
    if fresh:
        save_vectors(path, keys, vectors)
    return assemble(catalog, encoder, vectors, *load_models(settings, encoder.name))


def replay(recommender: Recommender, moment: Moment) -> Reply:
    """The answer to the last line of a history. What a human recommender showed are the `mentioned` items that the line names.

    Raises:
        InvalidInput: the history does not end with the user.
    """
    *before, last = moment["history"]
    if last["role"] != "user":
        raise InvalidInput(f"the history of {moment['id']!r} ends with {last['role']!r}; it must end with the user")
    session = recommender.start()
    mentioned = [i for i in dict.fromkeys(moment.get("mentioned", ())) if i in recommender.catalog.row]
    for line in before:
        items = []
        if line["role"] == "assistant":
            items = [i for i in mentioned if recommender.item(i).title.lower() in line["text"].lower()]
        recommender.remember(session, line["role"], line["text"], items)
    return recommender.reply(session, last["text"])


def talk(moments: Sequence[Moment], row: Mapping[str, int]) -> Callable[[Moment], npt.NDArray[np.float64]]:
    """Moment -> how popular each item is (n,): by the logarithm of how many of the other conversations speak of it.

    A conversation is what the id of a moment says before its last point: of its own nothing is counted, nor is any gold.
    """
    spoken: dict[str, set[int]] = {}
    for m in moments:
        own = spoken.setdefault(m["id"].rpartition(".")[0] or m["id"], set())
        own |= {row[i] for i in m.get("mentioned", ()) if i in row}
    counts = np.bincount([r for own in spoken.values() for r in own] or [0], minlength=len(row))
    counts[0] -= not any(spoken.values())

    def others(moment: Moment) -> npt.NDArray[np.float64]:
        left = counts.copy()
        left[list(spoken[moment["id"].rpartition(".")[0] or moment["id"]])] -= 1
        out: npt.NDArray[np.float64] = _TALKED * np.log1p(left)
        return out

    return others


def precision(shown: Iterable[tuple[Reply, Moment]]) -> float | None:
    """Share of the items shown as fitting that are in gold; None where none were. Nearest offers, marked as such, do not count."""
    right = [m["gold"].get(r.item.id, 0) > 0 for reply, m in shown for r in reply.items if not r.nearest]
    return sum(right) / len(right) if right else None


def _ranked(parts: Parts, text: str) -> dict[str, npt.NDArray[np.int64]]:
    """Rows by each half of retrieval and by their plain fusion, for a query without any understanding."""
    if not text:
        return dict.fromkeys(("dense", "bm25", "rrf"), np.empty(0, np.int64))
    lexical = parts.retriever.lexical
    dense, _ = parts.retriever.dense.search(parts.encoder.encode_query(text), _DEPTH)
    bm25, _ = lexical.top(lexical.scores(index_terms(text)), _DEPTH)
    return {"dense": dense, "bm25": bm25, "rrf": rank_fusion([dense, bm25])}


def _figures(scored: Sequence[Mapping[str, float]]) -> dict[str, float]:
    averages = mean(scored)
    return {name: round(averages.get(name, 0.0), 4) for name in METRICS}


def evaluate(
    catalog: Path,
    turns: Path,
    settings: Settings,
    encoder: Encoder,
    lines: int,
    progress: Progress,
    others: bool = True,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Figures of the system, of the `baselines` (whose query is the last `lines` user lines), and what was shown at each moment.

    `others`: what the other conversations speak of is popular; without it each conversation is alone in the world.
    """
    moments = [m for m in read_jsonl(turns) if any(g > 0 for g in m["gold"].values())]
    parts = load(catalog, settings, encoder, progress)
    recommender = Recommender(parts, SqliteStore(None), settings)
    scored: dict[str, list[dict[str, float]]] = {"system": [], "dense": [], "bm25": [], "rrf": []}
    answers: list[tuple[Reply, Moment]] = []
    seen: list[dict[str, Any]] = []
    popular = (
        talk(moments, parts.catalog.row) if others and not recommender.pipeline.candidates.popularity.any() else None
    )
    for n, moment in enumerate(moments, 1):
        if popular is not None:
            recommender.pipeline.candidates.take_popularity(popular(moment))
        reply = replay(recommender, moment)
        answers.append((reply, moment))
        ids = [r.item.id for r in reply.items]
        scored["system"].append(ranking(ids, moment["gold"]))
        said = [m["text"] for m in moment["history"] if m["role"] == "user"]
        for name, rows in _ranked(parts, " ".join(said[-lines:]).strip()).items():
            scored[name].append(ranking([parts.catalog.items[r].id for r in rows.tolist()], moment["gold"]))
        seen.append(
            {
                "id": moment["id"],
                "shown": ids,
                "nearest": any(r.nearest for r in reply.items),
                "ndcg@10": scored["system"][-1]["ndcg@10"],
                "query": reply.query.to_json(),
            }
        )
        progress(f"Conversations {n} of {len(moments)}")
    right = precision(answers)
    figures: dict[str, Any] = {
        **_figures(scored.pop("system")),
        "shown_precision": None if right is None else round(right, 4),
        "violations": None if right is None else round(1 - right, 4),
        "n": len(moments),
        "baseline_query": f"last {lines} user lines",
        "baselines": {name: _figures(rows) for name, rows in scored.items()},
    }
    return figures, seen
