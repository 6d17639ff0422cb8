"""Told to end while people press: everything that was answered is kept, the database is closed, the exit is clean."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recsys.settings import ROOT, Settings
from recsys.store import SqliteStore
from recsys.web.keeping import expire, for_host


def call(base: str, name: str, *data: Any) -> Any:
    """One endpoint over plain HTTP."""
    request = urllib.request.Request(
        f"{base}/gradio_api/run/{name}", json.dumps({"data": data}).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"][0]


@pytest.mark.encoder
def test_what_was_answered_before_the_end_is_kept(tmp_path: Path, real_encoder: object) -> None:
    (tmp_path / "cache").symlink_to(Settings().cache.resolve(), target_is_directory=True)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    server = subprocess.Popen(
        [sys.executable, "app.py", "--port", str(port)], cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "RECSYS_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert server.stderr is not None
    assert any("items ready" in line for line in server.stderr)
    session = call(base, "start", "")["session_id"]
    item = call(base, "chat", session, "我想买一件连衣裙", "")["items"][0]["id"]
    kept: list[int] = []
    started = threading.Event()

    def press() -> None:
        while True:
            try:
                kept.append(call(base, "feedback", session, item, "click", None)["undo_id"])
            except (OSError, KeyError, json.JSONDecodeError):
                return  # the server is gone, or said no: nothing was promised
            if len(kept) > 20:
                started.set()

    people = [threading.Thread(target=press) for _ in range(4)]
    for person in people:
        person.start()
    assert started.wait(60)
    server.send_signal(signal.SIGTERM)
    assert server.wait(30) == 0
    for person in people:
        person.join()
    with closing(sqlite3.connect(tmp_path / "attune.db")) as db:
        assert {r[0] for r in db.execute("SELECT id FROM events")} >= set(kept)
    assert not (tmp_path / "attune.db-wal").exists()


def test_old_conversations_expire_only_where_a_setting_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "attune.db")
    old, new = store.start("attune", None), store.start("attune", None)
    store._db.execute("UPDATE sessions SET updated_at = ? WHERE id = ?", [time.time() - 40 * 86_400, old])
    for days, left in ((None, {old, new}), (30, {new})):
        shelf: Any = SimpleNamespace(settings=Settings(home=tmp_path, retention_days=days), store=store)
        assert expire(shelf) == 2 - len(left)
        assert {r["id"] for r in store._read("SELECT id FROM sessions")} == left
    store.close()


@pytest.mark.parametrize(
    ("host", "shared", "uploads"),
    [("127.0.0.1", False, True), ("localhost", False, True), ("::1", False, True), ("0.0.0.0", False, False), ("192.0.2.1", False, False), ("127.0.0.1", True, False)],
)  # fmt: skip
def test_uploads_are_off_where_others_reach_the_port(host: str, shared: bool, uploads: bool, monkeypatch: Any) -> None:
    monkeypatch.delenv("RECSYS_UPLOADS", raising=False)
    assert for_host(Settings(), host, shared).uploads is uploads
    monkeypatch.setenv("RECSYS_UPLOADS", "true")
    assert for_host(Settings(), host, shared).uploads is True
