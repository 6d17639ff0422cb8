"""The door: headers, the limit of one client, /health and /metrics."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from recsys import monitor
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.web.guard import app_kwargs


@pytest.fixture
def shelf(recommender: Recommender) -> Any:
    """As much of a shelf as the door needs, over a real recommender."""
    return SimpleNamespace(
        settings=recommender.settings, store=recommender.store, get=lambda: recommender, loaded=lambda: [recommender]
    )


@contextmanager
def client(shelf: Any, peer: str = "203.0.113.9") -> Iterator[TestClient]:
    kwargs = app_kwargs(shelf)
    kwargs["routes"] += [Route("/", lambda request: PlainTextResponse("page"), methods=["GET", "POST"])]
    with TestClient(Starlette(**kwargs), client=(peer, 40000)) as opened:
        yield opened


def limited(shelf: Any, limit: str = "3/minute", **more: Any) -> Any:
    shelf.settings = Settings(home=shelf.settings.home, rate_limit=limit, **more)
    return shelf


def test_every_answer_carries_the_headers(shelf: Any) -> None:
    with client(shelf) as c:
        for path in ("/", "/health", "/metrics", "/nowhere"):
            given = c.get(path).headers
            assert "default-src 'self'" in given["content-security-policy"]
            assert "object-src 'none'" in given["content-security-policy"]
            assert "frame-ancestors 'self'" in given["content-security-policy"]
            assert given["x-content-type-options"] == "nosniff" and given["referrer-policy"] == "same-origin"


def test_pictures_of_other_hosts_only_where_the_settings_allow_them(shelf: Any) -> None:
    for allowed in (True, False):
        with client(limited(shelf, remote_pictures=allowed)) as c:
            policy = c.get("/").headers["content-security-policy"]
            assert ("img-src 'self' data: blob: https:" in policy) is allowed


def test_one_client_is_limited_and_another_is_not(shelf: Any) -> None:
    kwargs = app_kwargs(limited(shelf))
    kwargs["routes"] += [Route("/", lambda request: PlainTextResponse("page"), methods=["GET", "POST"])]
    app = Starlette(**kwargs)
    first, second, here = (TestClient(app, client=(ip, 1)) for ip in ("203.0.113.9", "203.0.113.10", "127.0.0.1"))
    codes = [first.post("/").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    refused = first.post("/")
    wait = int(refused.headers["retry-after"])
    assert (
        1 <= wait <= 60 and f"请等 {wait} 秒" in refused.json()["error"] and f"wait {wait} s" in refused.json()["error"]
    )
    assert "content-security-policy" in refused.headers
    assert 1 <= first.get("/wait").json()["wait"] <= wait
    assert [c.get("/wait").json()["wait"] for c in (second, here)] == [0, 0]
    assert first.get("/").status_code == 200  # the page can still be read
    assert second.post("/").status_code == 200
    assert [here.post("/").status_code for _ in range(6)] == [200] * 6


def test_a_forwarded_address_counts_only_behind_a_known_proxy(shelf: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def codes() -> list[int]:
        with client(limited(shelf, "1/minute")) as c:
            return [
                c.post("/", headers={"x-forwarded-for": f"198.51.100.{n}, 192.0.2.{n}"}).status_code for n in range(3)
            ]

    assert codes() == [200, 429, 429]  # anybody can write such a header
    monkeypatch.setenv("SPACE_ID", "somebody/attune")
    assert codes() == [200, 200, 200]


def test_health_is_ok_then_degraded_then_down(shelf: Any, recommender: Recommender, monkeypatch: Any) -> None:
    monkeypatch.setattr(monitor, "_last", {})
    with client(shelf) as c:
        assert c.get("/health").json() == {
            "status": "ok", "without": [], "database": "ok", "set_aside": None, "catalogs": {"small": 61},
        }  # fmt: skip

        def broken(*arguments: Any) -> None:
            raise RuntimeError("weights of another shape")

        session = recommender.start()
        monkeypatch.setattr(recommender.pipeline, "behaviour", broken)
        recommender.record(session, "dress-01", "like")
        assert recommender.reply(session, "红色连衣裙").items  # answered from the other parts
        told = c.get("/health").json()
        assert told["status"] == "degraded" and told["without"] == ["behaviour"]
        recommender.store._db.execute("PRAGMA query_only = 1")
        told = c.get("/health")
        assert told.status_code == 503 and told.json()["status"] == "down" and "written" in told.json()["database"]


def test_a_failing_preference_leaves_an_answer_and_a_failing_step_counts(
    recommender: Recommender, monkeypatch: Any
) -> None:
    monkeypatch.setattr(monitor, "_last", {})
    session = recommender.start()
    recommender.record(session, "dress-01", "like")
    well = recommender.reply(session, "红色连衣裙")

    def broken(*arguments: Any) -> None:
        raise ValueError("a singular matrix")

    monkeypatch.setattr("recsys.pipeline.Preference.score", broken)
    ill = recommender.reply(session, "红色连衣裙")
    assert ill.items and {r.parts["feedback"] for r in ill.items} == {0.0} != {r.parts["feedback"] for r in well.items}
    assert monitor.failing() == ["preference"]


def test_metrics_count_turns_and_feedback(shelf: Any, recommender: Recommender) -> None:
    def value(text: str, name: str) -> float:
        return next((float(line.split()[-1]) for line in text.splitlines() if line.startswith(name)), 0.0)

    with client(shelf) as c:
        before = c.get("/metrics").text
        session = recommender.start()
        shown = recommender.reply(session, "红色连衣裙").items
        recommender.record(session, shown[0].item.id, "like")
        after = c.get("/metrics").text
    for name in ('attune_turn_seconds_count{intent="recommend"}', 'attune_feedback_total{kind="like"}'):
        assert value(after, name) == value(before, name) + 1
    assert session not in after
    assert value(after, 'attune_items{catalog="small"}') == 61


def test_the_log_of_a_turn_has_an_id_and_no_session_to_enter(
    recommender: Recommender, capsys: pytest.CaptureFixture[str]
) -> None:
    monitor.log_to_stderr("json", "info")
    session = recommender.start()
    recommender.reply(session, "红色连衣裙")
    import json
    import logging

    line = json.loads(capsys.readouterr().err.strip().splitlines()[-1])
    logging.getLogger("recsys").handlers.clear()
    logging.getLogger("recsys").propagate = True
    assert len(line["turn"]) == 8 and session[:4] in line["message"] and session not in json.dumps(line)
