"""Commands for who keeps a server: copies of the database, and what a person may ask for."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from recsys import console
from recsys.console import AsJson
from recsys.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from recsys.store import SqliteStore

Session = Annotated[str, typer.Option("--session", help="the id of one conversation")]
User = Annotated[str, typer.Option("--user", help="the id of a person: all their conversations")]


def backup(
    file: Annotated[
        Path | None, typer.Argument(help="where to; default: the folder of copies beside the database")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Copy the database, also while the server runs."""
    with console.progress():
        done = _store().backup(file)
    console.show({"backup": str(done), "bytes": done.stat().st_size}, as_json)


def restore(file: Annotated[Path, typer.Argument(help="a copy that `backup` made")], as_json: AsJson = False) -> None:
    """Bring a copy back, also while the server runs; what stood there is copied first."""
    with console.progress():
        from recsys.store import files

        before = files.restore(file, console.settings().database)
    console.show({"restored": str(file), "before": str(before) if before else None}, as_json)


def export(session: Session = "", user: User = "", as_json: AsJson = False) -> None:
    """Print all that is kept of a conversation or a person."""
    with console.progress():
        store = _store()
        rows = store.export(_sessions(store, session, user))
    console.show(dict(rows), as_json)


def forget(session: Session = "", user: User = "", as_json: AsJson = False) -> None:
    """Delete all that is kept of a conversation or a person, copies included."""
    with console.progress():
        store = _store()
        found = _sessions(store, session, user)
        if user:
            store.forget_user(user)
        else:
            store.forget(session)
    console.show({"forgotten": len(found)}, as_json)


def _store() -> "SqliteStore":
    from recsys.store import SqliteStore

    return SqliteStore(console.settings().database)


def _sessions(store: "SqliteStore", session: str, user: str) -> list[str]:
    """The conversations that the options name.

    Raises:
        InvalidInput: neither or both are named.
        NotFound: nothing is kept of them.
    """
    if bool(session) == bool(user):
        raise InvalidInput("name one conversation with --session, or one person with --user")
    if session:
        return [str(store.session(session)["id"])]
    found = [str(s["id"]) for s in store.sessions(user)]
    if not found:
        raise NotFound(f"nothing is kept of the person {user!r}; nothing was done")
    return found
