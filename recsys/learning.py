"""`python -m recsys train`, `rollback` and `evaluate sequence`: what learns from what people did."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys.console import AsJson, CatalogName, err, progress, settings, show
from recsys.errors import InvalidInput

if TYPE_CHECKING:
    from recsys.behavior.training import Epoch


def _epoch(e: "Epoch") -> None:
    err.print(
        f"epoch {e.number:>2}  loss {e.loss:.4f}  held-out NDCG@10 {e.ndcg:.4f}  {e.seconds:.0f} s of the processor"
    )


def train(
    out: Annotated[
        Path | None, typer.Option(help="folder for weights and card; default: serve them at once, see rollback")
    ] = None,
    simulate: Annotated[
        bool, typer.Option("--simulate", help="simulated people, even where events are enough")
    ] = False,
    people: Annotated[int, typer.Option(min=40, help="simulated people")] = 4000,
    epochs: Annotated[int, typer.Option(min=1, help="at most this many; training stops when it no longer helps")] = 20,
    only_ranking: Annotated[
        bool,
        typer.Option("--only-ranking", help="keep the behaviour model that is served, learn the ranking weights anew"),
    ] = False,
    trials: Annotated[int, typer.Option("--search", min=0, help="first try so many ways to train, with Optuna")] = 0,
    logs: Annotated[Path | None, typer.Option(help="folder for TensorBoard's curves")] = None,
    seed: int = 0,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Train the behaviour model and the ranking weights on a catalogue's own events, or on simulated people.

    Where it was cut off, the same command goes on. What is trained is served from the next turn on, without a restart.
    """
    own = settings(catalog)
    with progress() as tell:
        from recsys.evaluation.curves import curves
        from recsys.evaluation.trainer import train_models
        from recsys.loading import load_parts
        from recsys.versions import publish

        parts, made = load_parts(own, tell), out or own.models / "made"
        with curves(logs, _epoch) as report:
            figures = train_models(
                parts, own, made, people=people, epochs=epochs, seed=seed, simulate=simulate, trials=trials, only_ranking=only_ranking,
                checkpoint=own.home / "checkpoints" / f"{own.catalog}.pt", report=report, progress=tell,
            )  # fmt: skip
        figures["folder"] = str(out or publish(own.models, made))
    show(figures, as_json)


def rollback(catalog: CatalogName = None, as_json: AsJson = False) -> None:
    """Serve the weights that were served before the last training, from the next turn on."""
    with progress():
        from recsys import versions

        folder = versions.rollback(settings(catalog).models)
    show({"folder": None if folder is None else str(folder), "shipped": folder is None}, as_json)


def sequence(
    data: Annotated[Path, typer.Option(help="folder of train.tsv, valid.tsv, test.tsv and items.tsv")],
    source: Annotated[Path | None, typer.Option("--train", help="with --zero-shot: the folder to train on")] = None,
    zero_shot: Annotated[bool, typer.Option(help="learn nothing from the histories of --data")] = False,
    hide: Annotated[
        float,
        typer.Option(
            "--hide-items", min=0, max=0.9, help="share of items that training never sees, and the test asks for"
        ),
    ] = 0.0,
    seeds: Annotated[int, typer.Option(min=1)] = 3,
    epochs: Annotated[int, typer.Option(min=1)] = 20,
    checkpoints: Annotated[
        Path | None, typer.Option(help="folder where training is kept: cut off, the same command goes on")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How well the next item of real logs is found: leave one out, every item ranked."""
    with progress() as tell:
        from dataclasses import replace

        from recsys.behavior.training import REAL
        from recsys.evaluation.sequence import evaluate, evaluate_zero_shot
        from recsys.language.encoder import SentenceEncoder

        if (source is not None) != zero_shot or (zero_shot and hide):
            raise InvalidInput("--train and --zero-shot go together, without --hide-items; give both or neither")
        own, how = settings(), replace(REAL, epochs=epochs)
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
        run = (encoder, own.cache, tell)
        if source is not None:
            figures = evaluate_zero_shot(
                source, data, *run, seeds=seeds, how=how, report=_epoch, checkpoints=checkpoints
            )
        else:
            figures = evaluate(data, *run, seeds=seeds, how=how, hide=hide, report=_epoch, checkpoints=checkpoints)
    show(figures, as_json)
