"""`python -m recsys finetune`, `adapters`, `train-sentiment`, `evaluate sentiment`: what finding and the head of opinions learn."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from recsys.console import AsJson, CatalogName, err, progress, settings, show
from recsys.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recsys.embedding import Progress
    from recsys.evaluation.pairs import Found
    from recsys.language.adapters import Adapter
    from recsys.language.finetuning import Epoch
    from recsys.loading import Parts
    from recsys.settings import Settings

_BESIDE = 2  # pairs of the catalogue alone for each of what people chose: few choices must not mislead
_SAVED = 500  # needs encoded between two savings


def finetune(
    pairs: Annotated[
        Path | None, typer.Option(help="JSON Lines of {query, item}, sometimes person; default: see --source")
    ] = None,
    source: Annotated[str, typer.Option(help="catalog, store (what people chose here) or simulator")] = "catalog",
    count: Annotated[int, typer.Option(min=20, help="pairs to make of the catalogue or of simulated people")] = 5000,
    epochs: Annotated[int, typer.Option(min=1, help="at most this many; training stops when it no longer helps")] = 20,
    minutes: Annotated[float, typer.Option(min=0.1, help="training stops after this time")] = 12,
    use: Annotated[
        bool, typer.Option("--apply/--keep", help="serve the adapter if it is better on held-out pairs")
    ] = True,
    seed: int = 0,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Teach finding a catalogue; what is better serves from the next turn on. Killed half-way, the same command goes on where it was."""
    with progress() as tell:
        from recsys.loading import load_parts

        own = settings(catalog)
        figures = tune_and_apply(load_parts(own, tell), own, pairs, source, count, epochs, minutes, use, seed, tell)
    show(figures, as_json)


def tune_and_apply(
    parts: "Parts", own: "Settings", file: Path | None, source: str, count: int, epochs: int, minutes: float, use: bool, seed: int,
    tell: "Progress",
) -> dict[str, Any]:  # fmt: skip
    """Make pairs, train, keep the adapter, and serve it if what was held out is found better in the whole catalogue; its figures.

    Raises:
        InvalidInput: there are too few pairs.
    """
    from recsys.evaluation.pairs import finding, from_catalog, split
    from recsys.language.adapters import Adapter, apply

    tell("Making pairs …")
    fitted, stop, judged = split(_pairs(parts, own, file, source, count, seed), seed)
    if len(fitted) < 32 or not stop or not judged:
        raise InvalidInput(f"{len(fitted)} pairs are too few to learn from; give 40 or more, or use --source catalog")
    chosen = bool(file) or source != "catalog"
    beside = from_catalog(parts.catalog, _BESIDE * len(fitted), seed + 1) if chosen else []
    made = _trained([*fitted, *beside], stop, parts, own, epochs, minutes, seed, tell)
    adapter = Adapter.load(made.save(own.adapters), parts.encoder.name)  # what is judged is what would serve
    tell("Measuring on the whole catalogue …")
    encode = parts.encoder.encode_query
    before = finding(judged, fitted, encode, parts.retriever)
    after = finding(judged, fitted, lambda said: adapter(encode(said)), parts.retriever)
    better = after["dense"] > before["dense"] and after["system"] >= before["system"]
    if better and use:
        apply(own.adapters, adapter.name, parts.encoder.name)
    figures = {"adapter": adapter.name, **adapter.figures, "beside": len(beside), "judged": len(judged)}
    return {
        **figures,
        "catalogue_before": before,
        "catalogue_after": after,
        "better": better,
        "applied": better and use,
    }


def _trained(
    fitted: "Found", stop: "Found", parts: "Parts", own: "Settings", epochs: int, minutes: float, seed: int, tell: "Progress"
) -> "Adapter":  # fmt: skip
    """Train with a board of curves and a line at each measurement."""
    from torch.utils.tensorboard import SummaryWriter

    from recsys.language.finetuning import Pairs, tune

    vectors = need_vectors([c.said for c in (*fitted, *stop)], parts, own, tell)
    rows = np.array([c.row for c in (*fitted, *stop)], np.int64)
    many = len(fitted)
    with SummaryWriter(own.home / "runs" / time.strftime("%Y%m%d-%H%M%S")) as board:

        def report(epoch: "Epoch") -> None:
            board.add_scalar("loss", epoch.loss, epoch.number)
            board.add_scalar("held-out nDCG@10", epoch.ndcg, epoch.number)
            tell(f"Epoch {epoch.number} · loss {epoch.loss:.3f}")
            err.print(f"epoch {epoch.number:>2}  loss {epoch.loss:.4f}  held-out nDCG@10 {epoch.ndcg:.4f}")

        return tune(
            parts.encoder.name, Pairs(vectors[:many], rows[:many]), Pairs(vectors[many:], rows[many:]), parts.vectors,
            seed=seed, epochs=epochs, minutes=minutes, threads=own.threads, report=report,
        )  # fmt: skip


def need_vectors(said: "Sequence[str]", parts: "Parts", own: "Settings", tell: "Progress") -> npt.NDArray[np.float32]:
    """The vectors (n, dim) of needs; they are kept every few hundred, for they are what takes the time."""
    from recsys.catalog.catalog import load_vectors, save_vectors
    from recsys.language.encoder import fingerprint

    encoder = parts.encoder
    path = own.cache / "vectors" / f"{parts.catalog.name}-needs-{encoder.name.replace('/', '_')}.npz"
    keys = [fingerprint(encoder.name, f"need: {text}") for text in said]
    wanted, before = dict(zip(keys, said, strict=True)), load_vectors([path])
    known = {key: before[key] for key in wanted if key in before}
    missing = [key for key in wanted if key not in known]
    for number, key in enumerate(missing, 1):
        known[key] = encoder.encode_query(wanted[key])
        if not number % _SAVED or number == len(missing):
            save_vectors(path, list(known), np.stack(list(known.values())))
            tell(f"Reading the needs {number:,} of {len(missing):,}")
    return np.stack([known[key] for key in keys]).astype(np.float16).astype(np.float32)  # as they are kept


def _pairs(parts: "Parts", own: "Settings", file: Path | None, source: str, count: int, seed: int) -> "Found":
    from recsys.evaluation import pairs
    from recsys.store import SqliteStore

    if file is not None:
        return pairs.from_file(file, parts.catalog)
    if source == "store":
        return pairs.from_store(SqliteStore(own.database), parts.catalog)
    if source == "simulator":
        return pairs.from_people(parts.catalog, parts.centred[:], count, seed)
    if source == "catalog":
        return pairs.from_catalog(parts.catalog, count, seed)
    raise InvalidInput(f"unknown source {source!r}; use catalog, store or simulator")


def adapters(
    serve: Annotated[
        str | None, typer.Option("--apply", metavar="NAME", help="serve this adapter from the next turn on")
    ] = None,
    back: Annotated[bool, typer.Option("--roll-back", help="serve the one before, or the base model")] = False,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """List what finding was taught for a catalogue, serve one of it, or go back to the one before."""
    with progress() as tell:
        from recsys.language.adapters import apply, history, roll_back
        from recsys.language.encoder import SentenceEncoder

        own = settings(catalog)
        if back:
            roll_back(own.adapters)
        elif serve is not None:
            encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
            apply(own.adapters, serve, encoder.name)
        serving = history(own.adapters)
        found = sorted(p.stem for p in own.adapters.glob("*.safetensors"))
    show({"adapters": found, "serving": serving[-1] if serving else "", "before": serving[:-1]}, as_json)


def sentiment(
    file: Annotated[Path, typer.Option(help="JSON Lines of {text, label}, label 1 for praise and 0 for complaint")],
    cv: Annotated[int, typer.Option(help="train and test within the file, in this many folds")] = 0,
    seed: int = 0,
    as_json: AsJson = False,
) -> None:
    """How well praise is told from complaint: by the shipped head, or by one trained within the file."""
    with progress() as tell:
        from recsys.evaluation.sentiment import evaluate
        from recsys.language.encoder import SentenceEncoder

        own = settings()
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
        figures = evaluate(file, encoder, cv, seed, tell)
    show(figures, as_json)


def train_sentiment(
    out: Annotated[Path, typer.Option(help="folder for weights and card")], seed: int = 0, as_json: AsJson = False
) -> None:
    """Train the sentiment head on the project's own sentences."""
    with progress() as tell:
        from recsys.evaluation.sentiment import train_head
        from recsys.language.encoder import SentenceEncoder

        own = settings()
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
        figures = train_head(encoder, out, seed, tell)
    show(figures, as_json)
