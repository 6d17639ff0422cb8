"""`python -m recsys …`: one thin function a command. With --json one JSON object goes to stdout, all else to stderr."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from recsys.errors import RecsysError
from recsys.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Attune 随心荐: a conversational recommender that adjusts in real time.",
)
evaluations = typer.Typer(no_args_is_help=True, help="Measure on files of your own.")
app.add_typer(evaluations, name="evaluate")
err = Console(stderr=True)
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object on stdout")]
CatalogName = Annotated[
    str | None, typer.Option("--catalog", help="which catalogue; default: RECSYS_CATALOG or the built-in one")
]


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    """A spinner with the latest message on stderr; failures become a line and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        with err.status("…") as status:
            yield status.update
    except RecsysError as error:
        err.print(f"[red]error:[/red] {error}", highlight=False)
        raise typer.Exit(1) from error


def _print(data: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False))
    else:
        for key, value in data.items():
            typer.echo(
                f"{key:>14}  {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}"
            )


def _settings(catalog: str | None) -> Settings:
    return Settings(catalog=catalog) if catalog else Settings()


@app.command()
def understand(text: str, catalog: CatalogName = None, as_json: AsJson = False) -> None:
    """Show what a message is understood to ask."""
    with _progress():
        from recsys.catalog import Catalog
        from recsys.language.understanding import Understanding
        from recsys.loading import catalog_folder

        query = Understanding(Catalog.load(catalog_folder(_settings(catalog))).schema).parse(text).to_json()
    names = ("intent", "text", "constraints", "references", "sort", "sentiment", "topics", "entities", "lang")
    _print({n: query[n] for n in names}, as_json)


@app.command()
def recommend(text: str, catalog: CatalogName = None, as_json: AsJson = False) -> None:
    """Answer one need."""
    with _progress() as progress:
        from recsys.recommender import Recommender
        from recsys.store import SqliteStore

        recommender = Recommender.load(_settings(catalog), progress, store=SqliteStore(None))
        reply = recommender.reply(recommender.start(), text)
    if as_json:
        items = [{"id": r.item.id, "title": r.item.name(reply.query.lang), "domain": r.item.domain, "category": r.item.category, "price": r.item.price,
                  "currency": r.item.currency, "score": round(r.score, 4), "reasons": list(r.reasons), "nearest": r.nearest} for r in reply.items]  # fmt: skip
        _print({"text": reply.text, "items": items, "query": reply.query.to_json(), "notice": reply.notice}, True)
        return
    typer.echo(reply.text)
    for r in reply.items:
        typer.echo(
            f"{r.rank:>3}  {r.score:.2f}  {r.item.name(reply.query.lang)}  [{recommender.facts(r.item, reply.query.lang)}]  {' / '.join(r.reasons)}"
        )


@app.command()
def train(
    out: Annotated[
        Path | None, typer.Option(help="folder for weights and card; default: models/ under RECSYS_HOME")
    ] = None,
    people: Annotated[int, typer.Option(min=40, help="simulated people")] = 4000,
    epochs: Annotated[int, typer.Option(min=1, help="at most this many; training stops when it no longer helps")] = 20,
    seed: int = 0,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Train the behaviour model and the ranking weights on simulated people of a catalogue."""
    settings = _settings(catalog)
    with _progress() as progress:
        from recsys.evaluation.trainer import train_models
        from recsys.loading import load_parts

        parts = load_parts(settings, progress)
        figures = train_models(
            parts, settings, out or settings.models, people=people, epochs=epochs, seed=seed, progress=progress,
            report=lambda e: err.print(f"epoch {e.number:>2}  loss {e.loss:.4f}  held-out NDCG@10 {e.ndcg:.4f}"),
        )  # fmt: skip
    _print(figures, as_json)


@app.command()
def bench(
    rounds: Annotated[int, typer.Option(min=10)] = 200, catalog: CatalogName = None, as_json: AsJson = False
) -> None:
    """Measure speed: p50 and p99 of each step, and memory."""
    with _progress() as progress:
        import tempfile

        from recsys.evaluation.bench import bench as measure
        from recsys.recommender import Recommender
        from recsys.store import SqliteStore

        with tempfile.TemporaryDirectory() as folder:  # a real file: durable writes are part of a turn
            recommender = Recommender.load(_settings(catalog), progress, store=SqliteStore(Path(folder) / "bench.db"))
            figures = measure(recommender, rounds, progress)
    _print(figures, as_json)


@evaluations.command("retrieval")
def evaluate_retrieval(
    items: Annotated[Path, typer.Option(help="JSON Lines of {id, text}")],
    queries: Annotated[Path, typer.Option(help="JSON Lines of {qid, text, rel: {id: grade}}")],
    as_json: AsJson = False,
) -> None:
    """How well needs find items, beside dense search, BM25 and plain rank fusion."""
    with _progress() as progress:
        from recsys.evaluation.retrieval import evaluate
        from recsys.language.encoder import SentenceEncoder

        settings = Settings()
        encoder = SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
        figures = evaluate(items, queries, encoder, settings.cache, progress)
    _print(figures, as_json)


if __name__ == "__main__":
    app()
