"""Killed at any moment: what was acknowledged is there, the files are whole, the next start serves."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from recsys.catalog import Catalog
from recsys.settings import ROOT, Settings
from recsys.store import SqliteStore

VICTIM = Path(__file__).with_name("victim.py")
Acknowledged = list[dict[str, Any]]


def kill_once(home: Path, seed: int) -> Acknowledged:
    """Let the victim write for a random while, kill it, and return what it said was kept."""
    process = subprocess.Popen(
        [sys.executable, str(VICTIM), str(home), str(seed)], cwd=ROOT, stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert process.stdout is not None
    first = process.stdout.readline()
    assert json.loads(first)["kind"] == "ready"
    time.sleep(random.Random(seed).uniform(0.0, 0.6))
    process.kill()
    rest, _ = process.communicate()
    return [json.loads(line) for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]


def missing(home: Path, said: Acknowledged) -> Acknowledged:
    """Those acknowledged things that are not in the files."""
    with closing(sqlite3.connect(home / "attune.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = {
            "session": dict(db.execute("SELECT id, 1 FROM sessions")),
            "message": dict(db.execute("SELECT id, text FROM messages")),
            "event": dict(db.execute("SELECT id, item_id FROM events")),
            "undone": dict(db.execute("SELECT id, 1 FROM events WHERE undone_at IS NOT NULL")),
            "log": dict(
                db.execute("SELECT s.user_id, count(*) FROM events e JOIN sessions s ON s.id = e.session_id GROUP BY 1")
            ),
        }
    wanted = {"session": lambda a: 1, "message": lambda a: a["text"], "event": lambda a: a["item"], "undone": lambda a: 1, "log": lambda a: a["events"]}  # fmt: skip
    return [
        a
        for a in said
        if a["kind"] in wanted and found[a["kind"]].get(a.get("id", a.get("user"))) != wanted[a["kind"]](a)
    ]


def survive(home: Path, kills: int) -> int:
    """Kill `kills` times over the same home; returns how many acknowledged things there were."""
    said: Acknowledged = []
    for seed in range(kills):
        said += kill_once(home, seed)
        assert missing(home, said) == []
        imports = [a["price"] for a in said if a["kind"] == "catalog"]
        if imports:
            prices = {item.price for item in Catalog.load(Settings(home=home).catalogs / "shop").items}
            assert len(prices) == 1, "half of one import and half of another"
    store = SqliteStore(home / "attune.db")
    session = store.start("attune", None)
    assert store.damaged is None and store.session(session)["id"] == session
    store.close()
    return len(said)


def test_killed_three_times_under_load(tmp_path: Path) -> None:
    assert survive(tmp_path, 3) > 10


@pytest.mark.long
def test_killed_two_hundred_times_under_load(tmp_path: Path, record_property: Any) -> None:
    said = survive(tmp_path, 200)
    record_property("acknowledged", said)
    print(f"200 kills, {said} acknowledged writes, 0 lost")
    assert said > 1000
