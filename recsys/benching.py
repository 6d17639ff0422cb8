"""`bench`: how fast, how large, how many at once."""

from pathlib import Path
from typing import Annotated, Any

import typer

from recsys.console import AsJson, CatalogName, progress, settings, show

Flag = typer.Option


def bench(
    rounds: Annotated[int, Flag(min=10, help="turns of each kind")] = 200,
    items: Annotated[int | None, Flag(min=1000, help="turns over so many synthetic items, with filters")] = None,
    growth: Annotated[
        bool, Flag("--growth", help="turn time against catalogue, history and store, with exponents")
    ] = False,
    index: Annotated[
        bool, Flag("--index", help="what each kind of vector index costs and finds, for --items vectors")
    ] = False,
    encode: Annotated[
        bool, Flag("--encode", help="the language model beside sentence-transformers in float32")
    ] = False,
    http: Annotated[bool, Flag("--http", help="people at once against the app on this machine")] = False,
    people: Annotated[int, Flag(min=1, help="with --http")] = 32,
    seconds: Annotated[int, Flag(min=5, help="with --http; 600 for a soak")] = 60,
    live: Annotated[
        bool, Flag("--live", help="items added, changed and removed while turns run; part of --items")
    ] = False,
    start: Annotated[bool, Flag("--start", help="seconds to the first answer of app.py, and to --help")] = False,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Measure speed; without a flag p50 and p99 of each step of a turn, and memory."""
    own = settings(catalog)
    with progress() as tell:
        if start:
            from recsys.evaluation.serving import starts

            figures: dict[str, Any] = starts(own, tell)
        elif http:
            from recsys.evaluation.serving import crowd

            figures = crowd(people, seconds, own, tell)
        elif index:
            from recsys.evaluation.indexes import compare

            figures = compare(items or 100_000, own, tell)
        elif encode:
            from recsys.evaluation.encoding import compare as beside

            figures = beside(own, tell)
        elif growth:
            from recsys.evaluation.growth import grown

            figures = grown(rounds, items or 1_000_000, own, tell)
        elif items is not None:
            from recsys.evaluation.scale import scaled

            figures = scaled(items, rounds, own, tell)
        else:
            import tempfile

            from recsys.evaluation.bench import bench as measure
            from recsys.evaluation.live import live as updating
            from recsys.recommender import Recommender
            from recsys.store import SqliteStore

            with tempfile.TemporaryDirectory() as folder:  # a real file: durable writes are part of a turn
                recommender = Recommender.load(own, tell, store=SqliteStore(Path(folder) / "bench.db"))
                figures = updating(recommender) if live else measure(recommender, rounds, tell)
    show(figures, as_json)
