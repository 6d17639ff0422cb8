"""What the commands share: progress and errors on stderr, results on stdout."""

import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from recsys.errors import RecsysError

if TYPE_CHECKING:
    from recsys.settings import Settings

err = Console(stderr=True)
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON object on stdout")]
CatalogName = Annotated[
    str | None, typer.Option("--catalog", help="which catalogue; default: RECSYS_CATALOG or the built-in one")
]


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A spinner with the latest message on stderr; failures become a line and exit code 1."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s")
    try:
        with err.status("…") as status:
            yield status.update
    except RecsysError as error:
        err.print(f"[red]error:[/red] {error}", highlight=False)
        raise typer.Exit(1) from error


def show(data: dict[str, Any], as_json: bool) -> None:
    """A result: one JSON object, or a line a key."""
    if as_json:
        typer.echo(json.dumps(data, ensure_ascii=False))
    else:
        for key, value in data.items():
            typer.echo(
                f"{key:>14}  {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}"
            )


def settings(catalog: str | None = None) -> "Settings":
    """The settings of the environment; a value out of range is a line and exit code 1."""
    from pydantic import ValidationError

    from recsys.settings import Settings

    try:
        return Settings(catalog=catalog) if catalog else Settings()
    except ValidationError as error:
        for e in error.errors():
            err.print(f"[red]error:[/red] RECSYS_{str(e['loc'][0]).upper()}: {e['msg']}", highlight=False)
        raise typer.Exit(1) from error
