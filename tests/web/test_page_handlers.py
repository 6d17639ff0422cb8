"""The page's handlers without a browser: who may see what, what is escaped, and what is refused."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from recsys.errors import NotFound
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.web.jobs import Job, Opening
from recsys.web.page import Page
from recsys.web.shell import progress
from recsys.web.visit import lasting

NEED = "红色连衣裙"


@pytest.fixture
def page(recommender: Recommender, tmp_path: Path) -> Page:
    def of(session: str) -> Recommender:
        recommender.store.session(session)
        return recommender

    shelf: Any = SimpleNamespace(
        settings=recommender.settings, store=recommender.store, get=lambda name="": recommender, of=of, names=lambda: [recommender.catalog.name]
    )  # fmt: skip
    return Page(shelf, tmp_path)


class Person:
    """A browser: it sends its ids with everything."""

    def __init__(self, page: Page, lang: str = "zh") -> None:
        self.page = page
        opened = page.call({"do": "open", "lang": lang})
        self.ids = {k: opened[k] for k in ("session", "person", "lang")}
        self.shell = opened["shell"]

    def __call__(self, do: str, **more: Any) -> dict[str, Any]:
        got = self.page.call({"do": do, **self.ids, **more})
        self.ids |= {k: got[k] for k in ("session",) if k in got}
        return got


def first_id(got: dict[str, Any]) -> str:
    html = got["turns"][-1]
    return html.split('class="card" data-id="')[1].split('"')[0]


def test_a_message_is_answered_with_cards_and_reload_brings_them_back(page: Page) -> None:
    me = Person(page)
    got = me("say", text=NEED)
    assert len(got["turns"]) == 1 and 'class="card"' in got["turns"][0]
    assert first_id(got) in me("open")["shell"]
    assert me("sync", after=10**9)["turns"] == []


def test_another_persons_conversation_is_closed(page: Page) -> None:
    me, other = Person(page), Person(page)
    item = first_id(me("say", text=NEED))
    for do, more in (
        ("sync", {}), ("say", {"text": "x"}), ("react", {"id": item, "kind": "like"}), ("panel", {"panel": "taste"}), ("export", {}), ("why", {"id": item})
    ):  # fmt: skip
        got = page.call({"do": do, **other.ids, "session": me.ids["session"], **more})
        assert got.get("gone"), (do, got)
    stolen = page.call({"do": "open", **other.ids, "session": me.ids["session"]})
    assert stolen["session"] != me.ids["session"] and NEED not in stolen["shell"]
    for do, more in (("rename", {"title": "mine"}), ("delete", {})):
        assert other(do, other=me.ids["session"], **more).get("gone")
    assert NEED in me("open")["shell"]


def test_only_uploaded_files_are_read(page: Page, tmp_path: Path) -> None:
    me = Person(page)
    for path in ("/etc/passwd", str(tmp_path / ".." / "elsewhere.csv"), str(tmp_path), ""):
        assert "error" in me("import", path=path)


@pytest.mark.parametrize("sent", [None, [], "x", {}, {"do": "nothing"}, {"do": "__init__"}, {"do": "say"}, {"do": "drop", "position": "x"}, {"do": "react", "id": [], "kind": {}}])  # fmt: skip
def test_what_the_page_would_not_send_is_refused_in_words(page: Page, sent: Any) -> None:
    me = Person(page)
    got = page.call({**me.ids, **sent} if isinstance(sent, dict) else sent)
    assert got["error"] and "Traceback" not in got["error"]


def test_errors_speak_the_language_of_the_page(page: Page) -> None:
    assert "这段对话" in Person(page, "zh")("sync", session="nobody")["error"]
    assert "conversation" in Person(page, "en")("sync", session="nobody")["error"]


def test_titles_and_messages_are_escaped_everywhere(page: Page) -> None:
    me = Person(page)
    text = '<img src=x onerror=alert(1)>"红色连衣裙'
    me("say", text=text)
    everything = me("open")["shell"] + me("panel", panel="history")["sheet"] + me("panel", panel="taste")["sheet"]
    assert "<img" not in everything and "&lt;img" in everything
    me("rename", other=me.ids["session"], title="<script>x</script>")
    assert "<script" not in me("panel", panel="history")["sheet"]


def test_a_person_keeps_their_dislikes_in_a_new_conversation(page: Page) -> None:
    me = Person(page)
    item = first_id(me("say", text=NEED))
    me("react", id=item, kind="dislike")
    me("new")
    got = me("say", text=NEED)
    assert f'data-id="{item}"' not in got["turns"][-1]
    assert got["reactions"][item]["thumb"] == "dislike"
    me("react", id=item, kind="dislike")  # taken back, though it was pressed in the earlier conversation
    assert item not in me("sync")["reactions"]


def test_a_new_conversation_is_not_made_while_this_one_is_empty(page: Page) -> None:
    me = Person(page)
    session = me.ids["session"]
    assert me("new")["session"] == session
    me("say", text=NEED)
    assert me("new")["session"] != session


def test_who_is_signed_in_has_their_own_history_on_every_machine(page: Page) -> None:
    opened = page.call({"do": "open"}, "lin")
    page.call({"do": "say", "session": opened["session"], "text": NEED}, "lin")
    elsewhere = page.call({"do": "open"}, "lin")
    assert NEED in page.call({"do": "panel", "panel": "history", "session": elsewhere["session"]}, "lin")["sheet"]
    for sent, user in (({}, "zhou"), ({"person": "user:lin"}, ""), ({"person": opened["person"]}, "")):
        assert page.call({"do": "sync", "session": opened["session"], **sent}, user).get("gone")


def test_while_it_loads_the_page_says_how_far_it_is(tmp_path: Path) -> None:
    def load(progress: Any) -> Any:
        progress("Encoding items 64 of 128")
        raise NotFound("no such catalogue", "没有这个目录")

    job: Job[Any] = Job(load, 30.0)
    with pytest.raises(NotFound):
        job.wait()
    assert (
        "没有这个目录"
        in Page(Opening(Settings(home=tmp_path), job), tmp_path).call({"do": "open", "lang": "zh"})["error"]
    )
    slow: Job[Any] = Job(lambda progress: __import__("threading").Event().wait(30), 30.0)
    told = Page(Opening(Settings(home=tmp_path), slow), tmp_path).call({"do": "open", "lang": "zh"})["starting"]
    assert "<progress" in told and "秒" in told
    assert progress("Encoding items 64 of 1,280", "zh") == "已处理 64 / 1,280 项"
    assert progress("Encoding items 64 of 1,280", "en") == "Encoding items 64 of 1,280"
    assert progress("Reading shop.csv …", "zh") == ""


def test_storage_that_does_not_last_is_said(page: Page, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert "会丢失" not in Person(page).shell
    monkeypatch.setenv("SPACE_ID", "somebody/attune")
    assert not lasting(Settings(home=tmp_path)) and lasting(Settings(home=Path("/data/attune")))
    assert "会丢失" in Person(page).shell


def last_turn(got: dict[str, Any]) -> int:
    return int(got["turns"][-1].split('data-turn="')[1].split('"')[0])


def test_an_edited_message_replaces_its_turn_and_another_that_came_meanwhile_is_left_alone(page: Page) -> None:
    me = Person(page)
    first = last_turn(me("say", text=NEED))
    second = me("say", text="蓝色连衣裙", instead=first, after=first)
    assert first not in second["ids"] and last_turn(second) in second["ids"] and len(second["ids"]) == 1
    third = me("say", text="黑色连衣裙", instead=first)  # what it means to replace is no longer the last
    assert len(third["ids"]) == 2


def test_compared_items_stand_as_cards_over_the_table(page: Page) -> None:
    me = Person(page)
    me("say", text="连衣裙")
    turn = me("say", text="第一个和第三个比一下")["turns"][-1]
    assert turn.count('class="card"') == 2 and 'data-rank="1"' in turn and 'data-rank="3"' in turn
    assert turn.index('class="shelf"') < turn.index("<table")
    assert me("open")["shell"].count("<table") == 1


def test_where_nothing_is_asked_for_there_are_needs_to_try(page: Page) -> None:
    me = Person(page)
    assert 'class="tiles"' in me("say", text="你好")["turns"][-1]
    assert 'class="tiles"' not in me("say", text=NEED)["turns"][-1]
    assert 'class="tiles"' in me("say", text="重新开始")["turns"][-1]


def test_the_domain_can_be_switched_and_the_switch_follows_the_conversation(page: Page) -> None:
    me = Person(page)
    assert '<option value="film"' in me.shell and '<option value="" data-said="重新开始" selected' in me.shell
    assert me("say", text=NEED)["domain"] == "ecommerce"
    got = me("domain", domain="film")
    assert got["domain"] == "film" and "推荐一些影视" in got["turns"][-1]
    assert '<option value="film" data-said="推荐一些影视" selected' in me("open")["shell"]
    assert me("domain", domain="")["domain"] == ""
    assert "error" in me("domain", domain="boats")


def test_a_look_is_kept_as_seconds_up_to_a_bound_and_an_undo_in_words_passes_it_by(
    page: Page, recommender: Recommender
) -> None:
    me = Person(page)
    item = first_id(me("say", text=NEED))
    me("react", id=item, kind="like")
    assert me("look", id=item, seconds=9.5) == {} and me("look", id=item, seconds=1e9) == {}
    kept = [(e.kind, e.value) for e in recommender.events(me.ids["session"])]
    assert kept == [("like", None), ("dwell", 9.5), ("dwell", 30.0)]
    for wrong in ("nan", -1, "long", None):
        assert me("look", id=item, seconds=wrong)["error"]
    me("say", text="撤销")
    assert [e.kind for e in recommender.events(me.ids["session"])] == ["dwell", "dwell"]
    for told in [m for m in recommender.memories(me.ids["session"], "zh") if m.event_id is not None]:
        me("forget", event=told.event_id)
    assert recommender.events(me.ids["session"]) == []
