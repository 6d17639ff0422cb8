"""`python -m recsys …`: one thin function a command. With --json one JSON object goes to stdout, all else to stderr."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from recsys import benching, learning, measuring, operations, tuning
from recsys.console import AsJson, CatalogName, err
from recsys.console import progress as _progress
from recsys.console import settings as _settings
from recsys.console import show as _print

if TYPE_CHECKING:
    from recsys.catalog.importing import Report

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Attune 随心荐: a conversational recommender that adjusts in real time.",
)
evaluations = typer.Typer(no_args_is_help=True, help="Measure on files of your own.")
app.add_typer(evaluations, name="evaluate")
for evaluation in (
    measuring.conversations,
    measuring.explanations,
    measuring.feedback,
    measuring.policy,
    learning.sequence,
):
    evaluations.command()(evaluation)
for measure in (benching.bench, measuring.explain, measuring.simulate, learning.train, learning.rollback):
    app.command()(measure)
for command in (operations.backup, operations.restore, operations.export, operations.forget):
    app.command()(command)
evaluations.command()(tuning.sentiment)
for lesson in (tuning.finetune, tuning.adapters, tuning.train_sentiment):
    app.command()(lesson)


@app.command()
def understand(text: str, catalog: CatalogName = None, as_json: AsJson = False) -> None:
    """Show what a message is understood to ask."""
    with _progress() as progress:
        from recsys.catalog import Catalog
        from recsys.language.encoder import SentenceEncoder
        from recsys.language.sentiment import praise, remarked, wants
        from recsys.language.understanding import Understanding
        from recsys.loading import catalog_folder, sentiment_head

        settings = _settings(catalog)
        turn = Understanding(Catalog.load(catalog_folder(settings)).schema).parse(text)
        heard = None
        if turn.said.strip() and not wants(turn):  # else the head has nothing to say, and loading it would take seconds
            encoder = SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
            heard = praise(sentiment_head(encoder.name), encoder)
        query = remarked(turn, heard).to_json()
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


@app.command("import")
def import_file(
    file: Path,
    name: Annotated[str, typer.Option(help="what to call the catalogue; serve it with RECSYS_CATALOG=NAME")],
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="say which column a field is")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="import nothing if any row is wrong")] = False,
    embed: Annotated[bool, typer.Option(help="encode the items now rather than at the first start")] = True,
    as_json: AsJson = False,
) -> None:
    """Import a catalogue: CSV, TSV, JSON, JSON Lines, Parquet or Excel."""
    mapping = dict(_pair(text) for text in map_ or ())
    with _progress() as progress:
        from recsys.catalog.importing import import_catalog

        settings = _settings(name)
        report = import_catalog(file, name, settings, mapping, strict, progress)
    if not as_json:
        _show(report)
    if embed:
        with _progress() as progress:
            from recsys.loading import embed_catalog

            report.embedded = embed_catalog(settings, progress)
    if as_json:
        _print(report.to_json(), True)


def _show(report: "Report") -> None:
    """The schema as a table, then what was wrong."""
    table = Table(
        title=f"{report.name}: {report.items:,} items of {report.rows:,} rows in {report.seconds} s",
        title_justify="left",
    )
    for heading in ("column", "field", "kind", "unit", "filled", "values", "examples"):
        table.add_column(heading, overflow="fold")
    for c in report.columns:
        cells = (
            c["column"],
            c["field"],
            c["kind"],
            c["unit"] or c["currency"],
            f"{c['filled']:,}",
            f"{c['values']:,}",
            " · ".join(c["examples"]),
        )
        table.add_row(*map(escape, cells))
    err.print(table)
    for reason, count in report.reasons.items():
        err.print(f"{count:>9,} × {reason}", markup=False, highlight=False)
    for p in [p for p in report.problems if p.rejected][:10]:
        err.print(f"  line {p.line} left out: {p.column} {p.reason} {p.value}", markup=False, highlight=False)
    err.print(
        f"All of it: {report.folder}/report.csv\nTo serve it: RECSYS_CATALOG={report.name}",
        markup=False,
        highlight=False,
    )


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals:
        raise typer.BadParameter(f"write --map FIELD=COLUMN, not {text!r}")
    return field.strip(), column.strip()


def _scale(text: str) -> tuple[float, float]:
    try:
        low, high = map(float, text.split(":"))
    except ValueError:
        raise typer.BadParameter(f"write --scale LOW:HIGH, for example 1:5, not {text!r}") from None
    return low, high


@app.command("import-events")
def import_events_file(
    file: Path,
    catalog: CatalogName = None,
    scale: Annotated[
        str | None, typer.Option(metavar="LOW:HIGH", help="the scale of the ratings; default: from the file")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Import what people did: user, item, kind, value, time as CSV, TSV, JSON Lines or Parquet."""
    limits = None if scale is None else _scale(scale)
    with _progress() as progress:
        from recsys.catalog import Catalog
        from recsys.catalog.events import read_events
        from recsys.catalog.importing import write_problems
        from recsys.loading import catalog_folder
        from recsys.store import SqliteStore

        settings = _settings(catalog)
        log = read_events(file, Catalog.load(catalog_folder(settings)), settings, limits, progress)
        stored = SqliteStore(settings.database).import_events(settings.catalog, log.events, progress)
        report = settings.home / "reports" / f"events-{settings.catalog}.csv"
        write_problems(report, log.problems)
    figures = {**log.to_json(), "stored": stored, "already_there": len(log.events) - stored, "report": str(report)}
    if not as_json:
        for p in figures.pop("problems")[:10]:
            err.print(f"line {p['line']}  {p['column']}  {p['reason']}  {p['value']}", markup=False, highlight=False)
    _print(figures, as_json)


@app.command()
def catalogs(
    remove: Annotated[str | None, typer.Option(metavar="NAME", help="delete this imported catalogue")] = None,
    as_json: AsJson = False,
) -> None:
    """List the imported catalogues, or remove one."""
    with _progress():
        from recsys.catalog import importing

        if remove is not None:
            importing.remove(remove, _settings())
        found = importing.catalogs(_settings())
    if as_json:
        _print({"catalogs": found}, True)
    for c in () if as_json else found:
        typer.echo(f"{c['name']:>20}  {c.get('items', 0):>9,} items  {c.get('file', '')}  {c.get('imported_at', '')}")


@evaluations.command("retrieval")
def evaluate_retrieval(
    items: Annotated[Path | None, typer.Option(help="JSON Lines of {id, text}")] = None,
    queries: Annotated[Path | None, typer.Option(help="JSON Lines of {qid, text, rel: {id: grade}}")] = None,
    across: Annotated[
        Path | None, typer.Option(help="measure across languages instead: JSON Lines of {text, catalog, constraints}")
    ] = None,
    catalog: CatalogName = None,
    as_json: AsJson = False,
) -> None:
    """How well needs find items, beside dense search, BM25 and plain rank fusion.

    With --across: how well needs in one language find what a bilingual catalogue says in the other.
    """
    if across is not None:
        return measuring.across(across, catalog, as_json)
    if items is None or queries is None:
        raise typer.BadParameter("give --items and --queries, or --across")
    with _progress() as progress:
        from recsys.evaluation.retrieval import evaluate
        from recsys.language.encoder import SentenceEncoder

        settings = _settings()
        encoder = SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
        figures = evaluate(items, queries, encoder, settings.cache, progress)
    _print(figures, as_json)


@evaluations.command("dialogue")
def evaluate_dialogue(
    catalog: Annotated[Path, typer.Option(help="the catalogue's file; it is imported as it is, and not kept")],
    turns: Annotated[Path, typer.Option(help="JSON Lines of {id, history: [{role, text}], gold: {item id: grade}}")],
    lines: Annotated[int, typer.Option(min=1, help="user lines that the baselines' query is made of")] = 3,
    shown: Annotated[Path | None, typer.Option(help="write what was shown at each moment here, JSON Lines")] = None,
    others: Annotated[
        bool, typer.Option("--others/--alone", help="what other conversations of the file mention is popular")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """How well conversations are answered, beside dense search, BM25 and plain rank fusion."""
    with _progress() as progress:
        from recsys.evaluation.dialogue import evaluate
        from recsys.language.encoder import SentenceEncoder

        settings = _settings()
        encoder = SentenceEncoder.load(settings.encoder, settings.cache, settings.threads, progress)
        figures, seen = evaluate(catalog, turns, settings, encoder, lines, progress, others)
    if shown is not None:
        shown.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in seen), "utf-8")
    _print(figures, as_json)


@evaluations.command("understanding")
def evaluate_understanding(
    folder: Annotated[
        Path, typer.Argument(help="annotated utterances and dialogues, see tests/understanding/README.md")
    ],
    wrong: Annotated[
        Path | None, typer.Option(help="write the wrong answers of the open half here, JSON Lines")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """How well messages are understood: intents, constraints, references, superlatives, and dialogues."""
    with _progress() as tell:
        from recsys.evaluation.understanding import evaluate
        from recsys.language.encoder import SentenceEncoder
        from recsys.language.sentiment import praise
        from recsys.loading import load_understanding, sentiment_head

        own = _settings()
        encoder = SentenceEncoder.load(own.encoder, own.cache, own.threads, tell)
        with measuring.annotated(folder) as of:
            heard = praise(sentiment_head(encoder.name), encoder)
            figures, missed = evaluate(folder, lambda name: load_understanding(of(name), encoder, tell), heard)
    if wrong is not None:
        wrong.write_text("".join(json.dumps(m, ensure_ascii=False) + "\n" for m in missed), "utf-8")
    _print(figures, as_json)


if __name__ == "__main__":
    app()
