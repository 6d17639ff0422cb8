"""The command line as a program that other programs call."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recsys.settings import ROOT


@pytest.fixture
def run(tmp_path: Path):
    def call(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "recsys", *arguments], cwd=ROOT, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120,
            env={**os.environ, "RECSYS_HOME": str(tmp_path), "PYTHONIOENCODING": "utf-8", "COLUMNS": "120", "NO_COLOR": "1", **environment},
        )  # fmt: skip

    return call


def test_understand_prints_one_json_object_and_nothing_else(run) -> None:
    done = run("understand", "200元以内的红色连衣裙，不要碎花", "--json")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    said = json.loads(done.stdout)
    assert set(said) >= {"intent", "text", "constraints", "references", "sentiment", "topics", "entities"}
    assert said["intent"] == "recommend" and "连衣裙" in said["text"]
    asked = {
        (c["field"], c["op"], tuple(c["value"]) if isinstance(c["value"], list) else c["value"])
        for c in said["constraints"]
    }
    assert asked == {
        ("price", "lte", 200.0),
        ("color", "eq", "红色"),
        ("category", "eq", "连衣裙"),
        ("pattern", "not_in", ("碎花",)),
    }


def test_understand_for_people(run) -> None:
    done = run("understand", "a red dress")
    assert done.returncode == 0 and "intent" in done.stdout and "红色" in done.stdout


def test_an_unknown_catalogue_is_a_message_and_exit_1(run) -> None:
    for done in (
        run("understand", "x", "--catalog", "no-such-catalogue", "--json"),
        run("understand", "x", "--json", RECSYS_CATALOG="no-such-catalogue"),
    ):
        assert done.returncode == 1
        assert done.stdout == ""
        assert "no-such-catalogue" in done.stderr and "import" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["understand"], ["no-such-command"], ["understand", "x", "--no-such-option"], ["recommend", "x", "--catalog"], ["evaluate", "nothing"], ["train", "--people", "few"]])  # fmt: skip
def test_wrong_usage_is_exit_2(run, arguments: list[str]) -> None:
    done = run(*arguments)
    assert done.returncode == 2 and done.stdout == "" and "Error" in done.stderr and "Traceback" not in done.stderr


def test_a_setting_out_of_range_is_a_message_and_no_traceback(run) -> None:
    done = run("understand", "x", "--json", RECSYS_TOP_K="-1")
    assert done.returncode in (1, 2) and done.stdout == ""
    assert "top_k" in done.stderr.lower() and "Traceback" not in done.stderr


def test_help_lists_the_commands(run) -> None:
    done = run("--help")
    assert done.returncode == 0
    for command in ("understand", "recommend", "import", "train", "evaluate", "bench"):
        assert command in done.stdout


@pytest.mark.encoder
def test_recommend_prints_one_json_object_and_nothing_else(run, real_settings) -> None:
    done = run("recommend", "a red dress under 200", "--json", RECSYS_HOME=str(real_settings.home))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1 and said["text"] and len(said["items"]) >= 5
    for item in said["items"]:
        assert {"id", "title", "domain", "category", "price", "currency", "score", "reasons"} <= set(item)
        assert item["category"] == "连衣裙" and item["price"] <= 200 and 0 < item["score"] < 1


def test_rollback_where_nothing_was_trained(run) -> None:
    done = run("rollback", "--json")
    assert done.returncode == 1 and done.stdout == ""
    assert "shipped weights are being served" in done.stderr and "Traceback" not in done.stderr
