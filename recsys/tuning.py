"""`python -m recsys finetune`, `adapters`, `train-sentiment`, `evaluate sentiment`: what the language model and its head learn."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from recsys.console import AsJson, CatalogName, err, progress, settings, show
from recsys.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recsys.evaluation.pairs import Found
    from recsys.language.adapters import Adapter
    from recsys.language.encoder import Encoder
    from recsys.language.finetuning import Pair, Step
    from recsys.loading import Parts, Progress
    from recsys.retrieval import HybridRetriever
    from recsys.settings import Settings


def finetune(
    pairs: Annotated[
        Path | None, typer.Option(help="JSON Lines of {query, item}, sometimes person; default: see --source")
    ] = None,
    source: Annotated[str, typer.Option(help="catalog, store (what people chose here) or simulator")] = "catalog",
    count: Annotated[int, typer.Option(min=20, help="pairs to make of the catalogue or of simulated people")] = 5000,
    epochs: Annotated[int, typer.Option(min=1)] = 2,
    minutes: Annotated[float, typer.Option(min=0.1, help="training stops after this time")] = 12,
    use: Annotated[
        bool, typer.Option("--apply/--keep", help="serve the adapter if it is better on held-out pairs")
    ] = True,
    seed: int = 0,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Fine-tune the language model for a catalogue. Killed half-way, the same command goes on where it was."""
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
        RecsysError: there are too few pairs, or the encoder is not the built-in one.
    """
    from recsys.evaluation.pairs import finding, split, with_negatives
    from recsys.language.adapters import apply
    from recsys.language.encoder import BUILTIN

    if not parts.encoder.name.startswith(BUILTIN):
        raise InvalidInput(
            f"fine-tuning is for the built-in encoder, not for {parts.encoder.name}; set RECSYS_ENCODER=builtin"
        )
    tell("Making pairs …")
    found = split(_pairs(parts, own, file, source, count, seed), seed)
    fitted, held = (with_negatives(some, parts.catalog, parts.vectors[:], seed) for some in found)
    if len(fitted) < 32:
        raise InvalidInput(f"{len(fitted)} pairs are too few to learn from; give 40 or more, or use --source catalog")
    adapter = _trained(fitted, held, own, epochs, minutes, seed, tell)
    adapter.save(own.adapters)
    figures: dict[str, Any] = {"adapter": adapter.name, **adapter.figures}
    better = adapter.figures["ndcg@10_after"] > adapter.figures["ndcg@10_before"]
    if better:
        tell("Measuring on the whole catalogue …")
        before = finding(found[1], found[0], parts.encoder, parts.retriever)
        after = finding(found[1], found[0], *ready(parts, own, adapter.name, tell))
        figures |= {"catalogue_before": before, "catalogue_after": after}
        better = after["dense"] > before["dense"] and after["system"] >= before["system"]
    if better and use:
        apply(own.adapters, adapter.name, BUILTIN)
    return {**figures, "better": better, "applied": better and use}


def _trained(
    fitted: "Sequence[Pair]", held: "Sequence[Pair]", own: "Settings", epochs: int, minutes: float, seed: int, tell: "Progress"
) -> "Adapter":  # fmt: skip
    """Train with a board of curves and a line at each measurement."""
    from torch.utils.tensorboard import SummaryWriter

    from recsys.language.encoder import BUILTIN
    from recsys.language.finetuning import tune

    with SummaryWriter(own.home / "runs" / time.strftime("%Y%m%d-%H%M%S")) as board:

        def report(step: "Step") -> None:
            board.add_scalar("loss", step.loss, step.number)
            tell(f"Step {step.number} of {step.of} · loss {step.loss:.3f}")
            if step.ndcg is not None:
                board.add_scalar("held-out nDCG@10", step.ndcg, step.number)
                err.print(f"step {step.number:>4} of {step.of}  loss {step.loss:.4f}  held-out nDCG@10 {step.ndcg:.4f}")

        return tune(
            own.cache, BUILTIN, fitted, held=held, state=own.adapters / "unfinished.pt", seed=seed, epochs=epochs,
            minutes=minutes, threads=own.threads, report=report, progress=tell,
        )  # fmt: skip


def ready(parts: "Parts", own: "Settings", name: str, tell: "Progress") -> "tuple[Encoder, HybridRetriever]":
    """Make the served model and the item vectors of an adapter; only when all are there may it be applied."""
    from recsys.language.adapters import Adapter
    from recsys.language.encoder import BUILTIN, SentenceEncoder
    from recsys.loading import catalog_folder, dense_index
    from recsys.retrieval import HybridRetriever

    adapter = Adapter.load(own.adapters / f"{name}.safetensors", BUILTIN)
    encoder = SentenceEncoder.tuned(adapter, own.cache, own.threads, tell)
    dense, vectors = dense_index(parts.catalog, catalog_folder(own), encoder, own, tell)
    return encoder, HybridRetriever(dense, parts.retriever.lexical, vectors)


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
        str | None, typer.Option("--apply", metavar="NAME", help="serve this adapter from the next start on")
    ] = None,
    back: Annotated[bool, typer.Option("--roll-back", help="serve the one before, or the base model")] = False,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """List the adapters of the language model, serve one, or go back to the one before."""
    with progress() as tell:
        from recsys.language.adapters import Adapter, apply, history, roll_back
        from recsys.language.encoder import BUILTIN

        own = settings(catalog)
        if back:
            roll_back(own.adapters)
        elif serve is not None:
            from recsys.loading import load_parts

            Adapter.load(own.adapters / f"{serve}.safetensors", BUILTIN)
            ready(load_parts(own, tell), own, serve, tell)
            apply(own.adapters, serve, BUILTIN)
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
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell, own.adapters)
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
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell, own.adapters)
        figures = train_head(encoder, out, seed, tell)
    show(figures, as_json)
