"""Attune in a network namespace of its own: with no way out it answers, and nothing tries to find one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from recsys.settings import ROOT, Settings

LIVE = """
import json, socket, sys
tried = []
def watch(event, arguments):
    if event == "socket.connect":
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else str(address)
        if host not in ("127.0.0.1", "::1", "localhost"):
            tried.append(str(address))
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "localhost", "0.0.0.0", "::1", None):
        tried.append(str(arguments[0]))
sys.addaudithook(watch)
import app
from recsys.settings import Settings
from recsys.shelf import Shelf
shelf = Shelf(Settings())
demo = app.build(shelf).queue()
demo.launch(prevent_thread_lock=True, quiet=True, ssr_mode=False, server_name="127.0.0.1")
import httpx
base = f"http://127.0.0.1:{demo.server_port}"
page = httpx.get(base, timeout=60).status_code
r = shelf.get()
items = len(r.reply(r.start(), "我想买一件连衣裙").items)
demo.close()
print(json.dumps({"page": page, "items": items, "tried": tried}))
"""


@pytest.mark.encoder
def test_the_page_and_a_turn_without_any_way_out(tmp_path: Path, real_encoder: object) -> None:
    alone = [] if shutil.which("unshare") is None or not _may_unshare() else ["unshare", "--net", "sh", "-c", 'ip link set lo up 2>/dev/null; exec "$0" "$@"']  # fmt: skip
    (tmp_path / "cache").symlink_to(Settings().cache.resolve(), target_is_directory=True)
    done = subprocess.run(
        [*alone, sys.executable, "-c", LIVE], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
        env={**os.environ, "RECSYS_HOME": str(tmp_path), "PYTHONPATH": str(ROOT), "GRADIO_ANALYTICS_ENABLED": "True"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    assert json.loads(done.stdout.strip().splitlines()[-1]) == {"page": 200, "items": 10, "tried": []}


def _may_unshare() -> bool:
    return subprocess.run(["unshare", "--net", "sh", "-c", "ip link set lo up"], capture_output=True, check=False).returncode == 0  # fmt: skip
