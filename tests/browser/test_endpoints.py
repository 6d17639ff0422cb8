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

pytestmark = pytest.mark.browser
EVERY = {"/start", "/catalogs", "/chat", "/feedback", "/explain", "/history", "/reset", "/export", "/forget"}


def post(url: str, name: str, *values: object) -> Any:
    """What `curl` does in the README: one request to call, one to read the answer."""
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
