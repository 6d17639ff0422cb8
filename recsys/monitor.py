"""What is counted while serving, and what goes on when one part fails."""

import logging
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

from prometheus_client import Counter, Gauge, Histogram

log = logging.getLogger("recsys")
T = TypeVar("T")
_RECENT = 300.0  # seconds for which a failure makes the service a degraded one

TURNS = Histogram(
    "attune_turn_seconds", "Time of a turn, from message to answer", ["intent"],
    buckets=(0.01, 0.02, 0.03, 0.05, 0.08, 0.12, 0.2, 0.4, 0.8, 1.5, 3, 6),
)  # fmt: skip
FEEDBACK = Counter("attune_feedback_total", "Events that people left", ["kind"])
ERRORS = Counter("attune_errors_total", "Faults told to a person", ["kind"])
HEADS = Counter(
    "attune_ranking_heads_total", "Turns by whose ranking weights they had: base, moved, reverted", ["head"]
)
FAILURES = Counter("attune_part_failures_total", "Parts that failed and were gone without", ["part"])
ITEMS = Gauge("attune_items", "Items that are indexed", ["catalog"])
TURN_ID: ContextVar[str] = ContextVar("turn", default="")
_last: dict[str, float] = {}


def attempt(part: str, call: Callable[[], T], instead: Callable[[], T]) -> T:
    """What a part says; where it fails, that is logged and counted, and the answer is made without it."""
    try:
        return call()
    except Exception:
        log.exception("%s failed; the answer is made without it", part)
        FAILURES.labels(part).inc()
        _last[part] = time.monotonic()
        return instead()


def failing() -> list[str]:
    """The parts that failed in the last five minutes."""
    now = time.monotonic()
    return sorted(part for part, at in _last.items() if now - at < _RECENT)


def short(session_id: str) -> str:
    """As much of a session's id as a log may know: enough to follow one, too little to enter it."""
    return session_id[:4] + "…"


class WithTurn(logging.Filter):
    """Gives every line of the log the id of the turn that it was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True."""
        record.turn = TURN_ID.get()
        return True


def log_to_stderr(form: str, level: str) -> None:
    """Send the log to stderr, as lines of text or as one JSON object a line."""
    handler = logging.StreamHandler()
    handler.addFilter(WithTurn())
    fields = "%(asctime)s %(levelname)s %(name)s %(turn)s %(message)s"
    if form == "json":
        from pythonjsonlogger.json import JsonFormatter

        handler.setFormatter(JsonFormatter(fields, rename_fields={"asctime": "at", "levelname": "level"}))
    else:
        handler.setFormatter(logging.Formatter(fields))
    root: Any = logging.getLogger("recsys")
    root.handlers, root.propagate = [handler], False
    root.setLevel(level.upper())
