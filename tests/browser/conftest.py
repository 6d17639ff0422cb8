"""A real server process over the built-in catalogue, and a real Chromium."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from drive import Visit
from playwright.sync_api import Browser, expect, sync_playwright

from recsys.settings import ROOT, Settings

expect.set_options(timeout=20_000)  # a busy machine is not a broken page
CHROMIUM = next((p for p in map(shutil.which, ("chromium", "chromium-browser", "google-chrome")) if p), None)


class Server:
    """`python app.py` on a free port; it can be killed and started again over the same home."""

    def __init__(self, home: Path, **environment: str) -> None:
        self.home, self.environment = home, environment
        with socket.socket() as s:
            s.bind(("127.0.0.1", 0))
            self.port = s.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = {**os.environ, "RECSYS_HOME": str(self.home), **self.environment}
        log = (self.home / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "app.py", "--port", str(self.port)], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        deadline = time.monotonic() + 150
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.home / "server.log").read_text()
            try:
                urllib.request.urlopen(self.url, timeout=2).close()
                return
            except OSError:
                time.sleep(0.3)
        raise AssertionError("the server did not start:\n" + (self.home / "server.log").read_text())

    def kill(self) -> None:
        """No goodbye: what was acknowledged must be on disk."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()


def fresh_home(folder: Path) -> Path:
    """A home of its own; the unpacked language model is shared, nothing else."""
    cache = Settings().cache
    cache.mkdir(parents=True, exist_ok=True)
    (folder / "cache").symlink_to(cache)
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(fresh_home(tmp_path_factory.mktemp("home")))
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine; on Debian: apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def machine(browser: Browser, server: Server) -> Iterator[Visit]:
    """One browser with a warm cache, which one person after another sits down at."""
    opened = Visit(browser, server.url)
    yield opened
    opened.context.close()


@pytest.fixture
def visit(machine: Visit) -> Iterator[Visit]:
    """A person's browser on the page. It must not have met an error, nor asked any other server for anything."""
    yield machine
    machine.get_up()
