"""Every JSON endpoint, through gradio_client and through plain HTTP as the README shows it."""

import json
import re
import shutil
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from drive import Visit
from gradio_client import Client
from typer.testing import CliRunner

from recsys.__main__ import app as cli
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.web.api import explanation_json

pytestmark = pytest.mark.browser
EVERY = {"/start", "/catalogs", "/chat", "/feedback", "/explain", "/history", "/reset", "/export", "/forget"}


def post(url: str, name: str, *values: object) -> Any:
    """A call in the two requests of Gradio: one to make it, one to read the answer."""
    request = urllib.request.Request(
        f"{url}/gradio_api/call{name}", json.dumps({"data": values}).encode(), {"content-type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{url}/gradio_api/call{name}/{event}", timeout=60) as stream:
        lines = stream.read().decode().splitlines()
    assert "event: complete" in lines, lines
    return json.loads(lines[lines.index("event: complete") + 1].removeprefix("data: "))[0]


def conversation(call: Any) -> None:
    """All endpoints, in the order of a conversation."""
    assert "attune" in call("/catalogs")["catalogs"]
    session = call("/start", "attune")["session_id"]
    first = call("/chat", session, "a red dress under 200", "")
    assert set(first) == {"text", "items", "query", "question", "notice", "comparison", "chips"}
    assert first["chips"] == ["price ≤ ¥200", "red", "dress"] and first["comparison"] is None
    item = first["items"][0]
    assert {"id", "title", "domain", "price", "currency", "image", "score", "reasons"} <= set(item)
    assert item["image"].startswith("data:image/svg+xml,")
    done = call("/feedback", session, item["id"], "dislike", None)
    assert done["ok"]
    second = call("/chat", session, "a red dress under 200", "")
    assert item["id"] not in [i["id"] for i in second["items"]]
    assert call("/explain", session, second["items"][0]["id"], "en", False)["parts"]
    call("/feedback", session, item["id"], "undo", done["undo_id"])
    third = call("/chat", session, "a red dress under 200", "")
    assert [(i["id"], i["score"]) for i in third["items"]] == [(i["id"], i["score"]) for i in first["items"]]
    assert [m["role"] for m in call("/history", session)["messages"]] == ["user", "assistant"] * 3
    assert call("/reset", session)["ok"]
    assert call("/export", session)["state"] is None
    assert call("/forget", session)["ok"]


def test_through_gradio_client(server) -> None:
    client = Client(server.url, verbose=False)
    assert set(client.view_api(return_format="dict")["named_endpoints"]) == EVERY
    conversation(lambda name, *values: client.predict(*values, api_name=name))
    with pytest.raises(Exception, match="conversation"):
        client.predict("nobody", api_name="/history")


def test_through_plain_http(server) -> None:
    conversation(lambda name, *values: post(server.url, name, *values))


def test_an_explanation_is_the_same_by_every_way(server, real_settings: Settings, real: Recommender) -> None:
    """Python, the endpoint, the command line's JSON and its table; events have other numbers and moments in each store."""
    need, liked = "a quiet film", [i.item.id for i in real.reply(real.start(), "a quiet film").items[:2]]

    def rounded(told: Any) -> Any:
        if isinstance(told, dict):
            return {name: rounded(value) for name, value in told.items()}
        if isinstance(told, list):
            return [rounded(value) for value in told]
        return round(told, 4) if isinstance(told, float) else told

    def by_order(told: dict[str, Any]) -> Any:
        numbers = {e: n for n, e in enumerate(sorted({e["event"] for e in told["effects"]}))}
        effects = [e | {"event": numbers[e["event"]]} for e in told["effects"]]
        ifs = [w | {"without": [numbers[e] for e in w["without"]]} for w in told["what_ifs"]]
        return rounded(told | {"effects": effects, "what_ifs": ifs})

    session = real.start()
    event = post(server.url, "/start", "attune")["session_id"]
    for item in liked:
        real.record(session, item, "like")
        post(server.url, "/feedback", event, item, "like", None)
    item = real.reply(session, need).items[1].item.id
    post(server.url, "/chat", event, need, "")
    in_python = explanation_json(real.explain(session, item, "en", words=True), "en")
    over_http = post(server.url, "/explain", event, item, "en", True)
    likes = [w for i in liked for w in ("--like", i)]
    command = ["explain", need, "--rank", "2", *likes]
    environment = {"RECSYS_HOME": str(real_settings.home), "COLUMNS": "160", "NO_COLOR": "1"}
    as_json, table = (CliRunner().invoke(cli, [*command, *more], env=environment).stdout for more in (["--json"], []))
    assert by_order(in_python) == by_order(over_http) == by_order(json.loads(as_json))
    assert in_python["words"] and in_python["effects"] and in_python["parts"]["diversity"] <= 0
    read = " ".join(table.split())  # of the command's own run, so to three digits
    for name, value in in_python["parts"].items():
        assert re.search(rf"{name} +│ +{re.escape(f'{value:+.3f}')}", table), name
    for w in in_python["words"]:
        assert f"{w['effect']:+.3f}" in table and w["word"] in table
    sentences = [in_python["counterfactual"], in_python["confidence"], *(w["text"] for w in in_python["what_ifs"])]
    for said in (in_python["title"], in_python["likeness"]["text"], *sentences):
        assert " ".join(said.split()) in read


def examples(kind: str, server: str) -> str:
    """The README's examples of one kind that talk to the server."""
    readme = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
    found = [b for b in re.findall(rf"```{kind}\n(.*?)```", readme, re.S) if "127.0.0.1:7860" in b]
    assert len(found) == 1
    return found[0].replace("http://127.0.0.1:7860", server)


def test_the_examples_of_the_readme_run(visit: Visit, server) -> None:
    told: dict[str, Any] = {}
    exec(examples("python", server.url), told)
    assert len(told["answer"]["items"]) > 1
    answer = visit.open().evaluate(f"async () => {{ {examples('js', server.url)}; return answer; }}")
    assert answer["items"] == told["answer"]["items"]
    if shutil.which("curl"):
        shown = subprocess.run(["bash", "-c", examples("bash", server.url)], capture_output=True, text=True, check=True)
        assert "session_id" in shown.stdout
