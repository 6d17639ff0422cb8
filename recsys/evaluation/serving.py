"""The app itself under load and at its start: `app.py` in a process of its own, asked over HTTP on this machine."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from recsys.evaluation.bench import NEEDS, resident_mb
from recsys.settings import ROOT, Settings

Progress = Callable[[str], None]
_WAIT = 300.0  # seconds that a start may take


class Server:
    """`app.py` with a home of its own."""

    def __init__(self, home: Path, settings: Settings) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.address, self.began = f"http://127.0.0.1:{port}/gradio_api/run", time.perf_counter()
        env = {**os.environ, "RECSYS_HOME": str(home), "RECSYS_CATALOG": settings.catalog}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([sys.executable, "app.py", "--port", str(port)], cwd=ROOT, env=env, **quiet)  # type: ignore[call-overload]  # noqa: S603

    def rss_mb(self) -> float:
        """Resident memory of the server."""
        return resident_mb(self.process.pid)

    def stop(self) -> None:
        """End it as a keeper would."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()


@contextmanager
def serving(home: Path, settings: Settings) -> Iterator[Server]:
    """A server that ends with the block."""
    server = Server(home, settings)
    try:
        yield server
    finally:
        server.stop()


async def ask(client: httpx.AsyncClient, address: str, name: str, *data: object, tab: str = "bench") -> Any:
    """One call of an endpoint, as a tab that stays open makes it.

    Raises:
        httpx.HTTPError: the server answered with an error.
    """
    told = await client.post(f"{address}/{name}", json={"data": list(data), "session_hash": tab})
    return told.raise_for_status().json()["data"][0]


async def first_answer(server: Server) -> float:
    """Seconds from the start of the process to the first answer."""
    async with httpx.AsyncClient(timeout=_WAIT) as client:
        while time.perf_counter() - server.began < _WAIT and server.process.poll() is None:
            try:
                session = (await ask(client, server.address, "start", ""))["session_id"]
                await ask(client, server.address, "chat", session, NEEDS[0], "")
                return round(time.perf_counter() - server.began, 2)
            except (httpx.HTTPError, RuntimeError, KeyError):
                await asyncio.sleep(0.1)
    raise RuntimeError("the app did not start; try it by hand: python app.py")


def starts(settings: Settings, progress: Progress) -> dict[str, Any]:
    """Seconds to the first answer of the first start and of the second, and of `python -m recsys --help`."""
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as home:
        for name in ("first_s", "second_s"):
            progress(f"Measuring {name} …")
            with serving(Path(home), settings) as server:
                figures[name] = asyncio.run(first_answer(server))
    spent = []
    for _ in range(5):
        began = time.perf_counter()
        subprocess.run([sys.executable, "-m", "recsys", "--help"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        spent.append(time.perf_counter() - began)
    return {**figures, "help_s": round(float(np.median(spent)), 2)}


def crowd(people: int, seconds: int, settings: Settings, progress: Progress) -> dict[str, Any]:
    """People who talk at once, without a pause: turns a second, milliseconds of a turn, errors, and memory at the start and at the end."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / "cache").symlink_to(settings.cache)
        with serving(Path(home), settings) as server:
            progress("Starting the app …")
            asyncio.run(first_answer(server))
            return asyncio.run(_crowd(people, seconds, server, progress))


async def _crowd(people: int, seconds: int, server: Server, progress: Progress) -> dict[str, Any]:
    spent: list[float] = []
    errors: list[str] = []
    memory: list[float] = []
    began = time.perf_counter()
    limits = httpx.Limits(max_connections=people, max_keepalive_connections=people)
    async with httpx.AsyncClient(timeout=60, limits=limits) as client:
        talks = [
            asyncio.create_task(_talk(client, server.address, n, began + seconds, spent, errors)) for n in range(people)
        ]
        while time.perf_counter() - began < seconds:
            await asyncio.sleep(1)
            memory.append(server.rss_mb())
            progress(f"{len(spent):,} turns, {len(errors)} errors, {memory[-1]:,.0f} MB")
        await asyncio.gather(*talks)
    fifth = max(len(memory) // 5, 1)
    return {
        "people": people, "seconds": seconds, "turns": len(spent), "turns_per_s": round(len(spent) / (time.perf_counter() - began), 1),
        "p50_ms": round(float(np.percentile(spent, 50)) * 1e3), "p99_ms": round(float(np.percentile(spent, 99)) * 1e3),
        "errors": len(errors), "first_error": errors[0] if errors else "",
        "rss_mb": {"after_a_fifth": memory[fifth - 1], "most": max(memory), "end": float(np.median(memory[-fifth:]))},
    }  # fmt: skip


async def _talk(
    client: httpx.AsyncClient, address: str, number: int, until: float, spent: list[float], errors: list[str]
) -> None:
    """A person: needs one after the other, a thumb after every other answer, a new conversation after twelve turns."""
    turn, tab = number, f"person{number}"  # each begins elsewhere
    while time.perf_counter() < until:
        try:
            session = (await ask(client, address, "start", "", tab=tab))["session_id"]
            for _ in range(12):
                if time.perf_counter() > until:
                    return
                began = time.perf_counter()
                answer = await ask(client, address, "chat", session, f"{NEEDS[turn % len(NEEDS)]} {turn}", "", tab=tab)
                spent.append(time.perf_counter() - began)
                turn += 1
                if turn % 2 and answer["items"]:
                    item = answer["items"][turn % len(answer["items"])]
                    await ask(
                        client,
                        address,
                        "feedback",
                        session,
                        item["id"],
                        ("like", "dislike")[turn % 3 == 0],
                        None,
                        tab=tab,
                    )
        except (httpx.HTTPError, RuntimeError, KeyError) as error:
            errors.append(f"{type(error).__name__}: {error}")
