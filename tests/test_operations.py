"""Copies, export and forgetting as commands, with real files."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from recsys.settings import ROOT
from recsys.store import SqliteStore

WORDS = "只对你说的话-4417"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    store = SqliteStore(tmp_path / "attune.db")
    for person in ("ann", "bob"):
        session = store.start("attune", person)
        store.say(session, "user", f"{WORDS} {person}", {}, None)
        store.record(session, "dress-1", "like", None)
    store.close()
    return tmp_path


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "recsys", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False,
        timeout=120, env={**os.environ, "RECSYS_HOME": str(home), "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "COLUMNS": "200"},
    )  # fmt: skip


def said(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_forget_backup_and_restore_from_the_command_line(home: Path) -> None:
    kept = said(run(home, "export", "--user", "ann", "--json"))
    assert [m["text"] for m in kept["messages"]] == [f"{WORDS} ann"] and len(kept["events"]) == 1
    elsewhere = home / "elsewhere.db"
    assert said(run(home, "backup", str(elsewhere), "--json"))["backup"] == str(elsewhere)
    assert said(run(home, "forget", "--user", "ann", "--json")) == {"forgotten": 1}
    assert f"{WORDS} ann".encode() not in (home / "attune.db").read_bytes()
    done = run(home, "export", "--user", "ann")
    assert done.returncode == 1 and "'ann'" in done.stderr and "Traceback" not in done.stderr
    assert said(run(home, "restore", str(elsewhere), "--json"))["restored"] == str(elsewhere)
    assert said(run(home, "export", "--user", "ann", "--json"))["messages"] == kept["messages"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("forget",),
        ("export", "--session", "a", "--user", "b"),
        ("export", "--session", "no-such"),
        ("restore", "no-such.db"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_exit_1(home: Path, arguments: tuple[str, ...]) -> None:
    done = run(home, *arguments)
    assert (
        done.returncode == 1
        and done.stdout == ""
        and done.stderr.startswith("error:")
        and "Traceback" not in done.stderr
    )
