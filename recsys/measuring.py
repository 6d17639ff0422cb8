"""`python -m recsys evaluate …` for what a recommender answers and explains."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from recsys.console import AsJson, progress, settings, show
from recsys.settings import Settings


def conversations(
    folder: Annotated[
        Path, typer.Argument(help="annotated utterances and dialogues, see tests/understanding/README.md")
    ],
    wrong: Annotated[
        Path | None, typer.Option(help="write the wrong answers of the open half here, JSON Lines")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What is shown in conversations: items that do not fit, superlatives, dead ends, questions."""
    with progress() as tell:
        from functools import cache

        from recsys.evaluation.conversations import evaluate
        from recsys.language.encoder import SentenceEncoder
        from recsys.recommender import Recommender
        from recsys.store import SqliteStore

        own = settings()
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
        with annotated(folder) as of:
            find = cache(lambda name: Recommender.load(of(name), tell, encoder, SqliteStore(None)))
            figures, missed = evaluate(folder, find, tell)
    if wrong is not None:
        wrong.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in missed), "utf-8")
    show(figures, as_json)


@contextmanager
def annotated(folder: Path) -> Iterator[Callable[[str], Settings]]:
    """Settings by the name of a catalogue: a CSV beside the annotations is imported for the time being, others are there already."""
    import tempfile

    from recsys.catalog.importing import import_catalog

    with tempfile.TemporaryDirectory() as home:

        def of(name: str) -> Settings:
            file = folder / f"{name}.csv"
            if not file.exists():
                return settings(name)
            there = Settings(home=Path(home), catalog=name)
            import_catalog(file, name, there)
            return there

        yield of
