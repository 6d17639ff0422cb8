"""Commands for what a recommender answers and explains: `explain`, `evaluate conversations`, `evaluate explanations`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from recsys.console import AsJson, CatalogName, progress, settings, show

if TYPE_CHECKING:
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


def across(needs: Path, catalog: str | None, as_json: bool) -> None:
    """What finding keeps when needs and texts are of different languages."""
    with progress() as tell:
        from recsys.catalog import Catalog
        from recsys.evaluation.across import evaluate
        from recsys.language.encoder import SentenceEncoder
        from recsys.loading import catalog_folder

        own = settings(catalog)
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
        figures = evaluate(needs, Catalog.load(catalog_folder(own)), encoder, 1500, 0, tell)
    show(figures, as_json)


def feedback(
    file: Annotated[Path, typer.Option(help="JSON Lines of {liked, disliked, target, label}")], as_json: AsJson = False
) -> None:
    """Will a person like a title, given titles they liked and disliked: the shipped preference, beside a mere count."""
    with progress() as tell:
        from recsys.evaluation.feedback import evaluate
        from recsys.language.encoder import SentenceEncoder

        own = settings()
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
        figures = evaluate(file, encoder, own.cache, tell)
    show(figures, as_json)


def policy(
    ranker: Annotated[Path, typer.Argument(help="weights of another ranker, a ranker.json as `train` writes it")],
    bias: Annotated[float, typer.Option(min=0, max=2, help="rank r is seen with probability r^-bias")] = 0.5,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """What another ranker would have earned on the lists that were logged here: IPS, SNIPS and doubly robust."""
    with progress():
        from recsys.evaluation.policy import evaluate, read_log
        from recsys.loading import served
        from recsys.ranking import Ranker
        from recsys.store import SqliteStore

        own = settings(catalog)
        present = Ranker.load(served(own) / "ranker.json")
        figures = evaluate(read_log(SqliteStore(own.database), own.catalog), present, Ranker.load(ranker), bias)
    show(figures, as_json)


def simulate(
    people: Annotated[int, typer.Option(min=2, help="simulated people, each with feedback and without")] = 500,
    seed: int = 0,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Does feedback help? People with hidden tastes talk to the recommender, with thumbs and without."""
    with progress() as tell:
        from recsys.evaluation.simulation import simulate as run
        from recsys.recommender import Recommender
        from recsys.store import SqliteStore

        recommender = Recommender.load(settings(catalog), tell, store=SqliteStore(None))
        figures = run(recommender, people, seed, tell)
    show(figures, as_json)


@contextmanager
def annotated(folder: Path) -> "Iterator[Callable[[str], Settings]]":
    """Settings by the name of a catalogue: a CSV beside the annotations is imported for the time being, others are there already."""
    import tempfile

    from recsys.catalog.importing import import_catalog
    from recsys.settings import Settings

    with tempfile.TemporaryDirectory() as home:

        def of(name: str) -> "Settings":
            file = folder / f"{name}.csv"
            if not file.exists():
                return settings(name)
            there = Settings(home=Path(home), catalog=name)
            import_catalog(file, name, there)
            return there

        yield of


def explanations(
    people: Annotated[int, typer.Option(min=20, help="simulated people")] = 600,
    cases: Annotated[int, typer.Option(min=10, help="words and events to leave out")] = 200,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Whether explanations are true: words, events, what-ifs, facts and confidence, on simulated people."""
    with progress() as tell:
        from recsys.evaluation.explanations import evaluate
        from recsys.loading import load_parts
        from recsys.pipeline import Pipeline

        own = settings(catalog)
        figures = evaluate(Pipeline(load_parts(own, tell), own), people, cases, progress=tell)
    show(figures, as_json)


def explain(
    text: str,
    rank: Annotated[int, typer.Option(min=1, help="which of the items shown")] = 1,
    like: Annotated[list[str] | None, typer.Option(metavar="ID", help="items that were liked before")] = None,
    dislike: Annotated[list[str] | None, typer.Option(metavar="ID", help="items that were disliked before")] = None,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """Why an item is shown for a need: parts, words, events, what-ifs, likeness and confidence."""
    with progress() as tell:
        from recsys.errors import NotFound
        from recsys.recommender import Recommender
        from recsys.store import SqliteStore
        from recsys.web.api import explanation_json

        recommender = Recommender.load(settings(catalog), tell, store=SqliteStore(None))
        session = recommender.start()
        for kind, ids in (("like", like or ()), ("dislike", dislike or ())):
            for item_id in ids:
                recommender.record(session, item_id, kind)
        reply = recommender.reply(session, text)
        if len(reply.items) < rank:
            raise NotFound(
                f"{len(reply.items)} items are shown for this; use --rank {len(reply.items)} or less, or other words"
            )
        lang = reply.query.lang
        told = explanation_json(recommender.explain(session, reply.items[rank - 1].item.id, lang, words=True), lang)
    if as_json:
        show(told, True)
    else:
        _table(told)


def _table(told: dict[str, Any]) -> None:
    """An explanation for people: parts and words with their effects, then the sentences."""
    table = Table(title=f"{told['rank']}. {escape(told['title'])}", title_justify="left")
    for heading in ("", "what", "effect"):
        table.add_column(heading, justify="right" if heading == "effect" else "left")
    rows = [("part", name, value) for name, value in told["parts"].items()]
    rows.append(("score", f"{told['score']:.1%}", sum(told["parts"].values())))
    rows += [("word", w["word"], w["effect"]) for w in told["words"]]
    rows += [(e["kind"], e["about"], e["feedback"] + e["behaviour"]) for e in told["effects"]]
    for kind, what, effect in rows:
        table.add_row(kind, escape(what), f"{effect:+.3f}")
    out = Console()
    out.print(table)
    told_of = dict.fromkeys((told["counterfactual"], *(w["text"] for w in told["what_ifs"])))
    lines = [told["likeness"]["text"] if told["likeness"] else "", *told_of]
    out.print(
        "\n".join(filter(None, [f"{told['confidence']} ({told['likely']:.0%})", *lines])), markup=False, highlight=False
    )
