"""Everything around the main job: history, taste, keys, narrow and zoomed screens, dark, faults, uploads."""

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from drive import ANSWERED, PHONE, Visit, ask, card, ids, press, ready, texts, thumb, undisturbed
from playwright.sync_api import Browser, Page, expect

from recsys.settings import BUILTIN_CATALOG

pytestmark = pytest.mark.browser
NEED = "我想买一件连衣裙"


@pytest.fixture
def page(visit: Visit) -> Page:
    return visit.open()


def test_history_opens_renames_searches_and_deletes(page: Page) -> None:
    dresses = ask(page, NEED)
    page.click("#new")
    page.locator(".welcome").wait_for()
    ask(page, "我要一笔稳健的投资")
    page.click("[data-panel=history]")
    rows = page.locator(".sessions li")
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("当前")
    rows.nth(1).locator("[data-do=renaming]").click()
    page.keyboard.type("<b>裙子</b>")
    page.keyboard.press("Enter")
    expect(rows.nth(1).locator("b")).to_have_text("<b>裙子</b>")
    page.fill("#search", "裙子")
    expect(page.locator(".sessions li:visible")).to_have_count(1)
    page.fill("#search", "没有这样的")
    expect(page.locator("#sheet .none")).to_be_visible()
    page.fill("#search", "")
    rows.nth(1).locator(".title").click()
    expect(page.locator(".said")).to_contain_text(NEED)
    assert ids(page) == dresses
    page.click("[data-panel=history]")
    gone = rows.nth(0).locator("[data-do=delete]")
    gone.click()
    expect(gone).to_have_text("确定删除？")
    expect(rows).to_have_count(2)
    gone.click()
    expect(rows).to_have_count(1)


def test_a_deleted_current_conversation_makes_room_for_a_new_one(page: Page) -> None:
    ask(page, NEED)
    page.click("[data-panel=history]")
    for _ in range(2):
        page.locator(".sessions [data-do=delete]").click()
    expect(page.locator(".welcome")).to_be_visible()
    page.click("[data-panel=history]")
    expect(page.locator("#sheet")).to_contain_text("还没有对话")


def test_export_is_json_of_all_conversations(page: Page) -> None:
    ask(page, NEED)
    page.click("[data-panel=history]")
    with page.expect_download() as download:
        page.click("[data-do=export]")
    kept = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert NEED in [m["text"] for m in kept["messages"]]


def test_the_taste_map_follows_and_what_is_known_can_be_changed_and_deleted(page: Page) -> None:
    ask(page, NEED)
    page.click("[data-panel=taste]")
    expect(page.locator("#sheet")).to_contain_text("你的位置就会出现在图上")
    page.keyboard.press("Escape")
    thumb(page, 0, "like")
    press(page, "#toast [data-do=again]")
    thumb(page, 4, "dislike")
    page.click("[data-panel=taste]")
    assert page.locator(".map .dots").count() == 5
    expect(page.locator(".map .plus")).to_have_count(1)
    expect(page.locator(".map .minus")).to_have_count(1)
    expect(page.locator(".map circle.you")).to_have_count(1)
    expect(page.locator(".map .step")).to_have_count(1)
    expect(page.locator(".known li")).to_have_count(2)
    page.locator(".known li").first.locator("[data-kind=like]").click()
    expect(page.locator(".map .plus")).to_have_count(2)
    page.locator(".known li").first.locator("[data-do=forget]").click()
    page.locator(".known li").last.locator("[data-do=forget]").click()
    expect(page.locator(".known li")).to_have_count(1)


def test_everything_about_a_person_can_be_deleted(page: Page) -> None:
    ask(page, NEED)
    thumb(page, 0, "dislike")
    page.click("[data-panel=taste]")
    page.click("[data-do=forget_all]")
    page.click("[data-do=forget_all]")
    expect(page.locator(".welcome")).to_be_visible()
    page.click("[data-panel=history]")
    expect(page.locator("#sheet h2")).to_be_visible()
    expect(page.locator(".sessions li")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#sheet")).not_to_be_visible()
    assert len(ask(page, NEED)) == 10
    expect(card(page, 0).locator("[data-kind=dislike]")).to_have_attribute("aria-pressed", "false")


def test_keyboard_only(page: Page) -> None:
    expect(page.locator("#need")).to_be_focused()
    page.keyboard.type(NEED)
    page.keyboard.press("Shift+Enter")
    expect(page.locator(ANSWERED)).to_have_count(0)
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    expect(page.locator(ANSWERED)).to_have_count(1)
    expect(page.locator("#need")).to_be_focused()
    expect(page.locator("#need")).to_have_value("")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#need")).to_have_value(NEED)
    page.keyboard.press("Escape")  # not edited after all
    expect(page.locator("#need")).to_have_value("")
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(card(page, 2).locator("[data-kind=like]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+Digit2")
    expect(card(page, 1).locator("[data-kind=dislike]")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+Slash")
    expect(page.locator("#sheet h2")).to_have_text("设置与帮助")
    page.keyboard.press("1")  # not while something is open
    page.keyboard.press("Escape")
    expect(card(page, 0).locator("[data-kind=like]")).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("/")
    expect(page.locator("#need")).to_be_focused()
    page.keyboard.press("Shift+Tab")  # from the box back into the conversation, and through the cards by Tab
    page.locator(".turn.active .shelf").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the first chip goes
    expect(page.locator(ANSWERED)).to_have_count(2)
    assert page.evaluate("() => document.activeElement !== document.body")


def test_the_answer_is_read_out(page: Page) -> None:
    ask(page, NEED)
    expect(page.locator("#live[aria-live=polite]")).to_contain_text("10 个推荐")
    assert page.locator(".card button:not([aria-label])").count() == 0


def test_a_phone_has_one_column_and_a_strip_of_cards(browser: Browser, server) -> None:
    visit = Visit(browser, server.url, **PHONE)
    page = visit.open()
    undisturbed(page)
    ask(page, NEED)
    tops = page.eval_on_selector_all(".turn.active .card", "cards => cards.map(c => c.getBoundingClientRect().top)")
    assert len(set(tops)) == 1  # side by side, to be swiped
    answer = page.locator(".turn.active .answer").bounding_box()
    assert answer and answer["y"] < tops[0] < 844 - 200
    assert card(page, 0).locator("[data-kind=like]").bounding_box()["width"] >= 40
    page.locator(".turn.active .cards").evaluate(
        "strip => strip.scrollTo({left: strip.scrollWidth, behavior: 'instant'})"
    )
    expect(card(page, 9)).to_be_in_viewport()
    undisturbed(page)
    thumb(page, 9, "like")
    press(page, "#toast [data-do=again]")
    assert page.locator(".turn .cards").count() == 2  # the earlier strip is still there
    for panel in ("history", "taste", "more"):
        page.click(f"[data-panel={panel}]")
        expect(page.locator("#sheet h2")).to_be_visible()
        box = page.locator("#sheet").bounding_box()
        assert box and box["x"] >= 0 and box["x"] + box["width"] <= 390
        assert page.locator("#sheet .inside").evaluate("e => e.scrollWidth <= e.clientWidth")
        page.keyboard.press("Escape")
    visit.leave()


def test_at_200_per_cent_nothing_is_cut_off(browser: Browser, server) -> None:
    visit = Visit(browser, server.url, viewport={"width": 680, "height": 450}, device_scale_factor=2)
    page = visit.open()
    ask(page, NEED)
    undisturbed(page)
    for selector in ("#need", "#send", "#new", "#lang"):
        expect(page.locator(selector)).to_be_in_viewport(ratio=1)
    card(page, 0).locator("[data-do=similar]").scroll_into_view_if_needed()
    expect(card(page, 0).locator("[data-do=similar]")).to_be_in_viewport(ratio=1)
    visit.leave()


def test_the_theme_can_be_changed_and_is_remembered(page: Page) -> None:
    page.click("[data-panel=more]")
    page.click("[data-do=theme]")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    page.reload()
    ready(page)
    assert page.evaluate("() => document.body.classList.contains('dark')")
    assert page.evaluate(ground) == dark


def test_a_dead_end_says_so_and_offers_a_way_out(page: Page) -> None:
    ask(page, "100元以内的真丝连衣裙")
    expect(page.locator(".turn.active .nearest").first).to_be_visible()
    assert press(page, ".turn:last-of-type .quick button")
    expect(page.locator(".turn.active .nearest")).to_have_count(0)


@contextmanager
def loading(server) -> Iterator[None]:
    """Start the server; what it loads is not ready before the block ends: one of the files that it reads is a pipe."""
    pipe = server.home / "models" / BUILTIN_CATALOG / "current"
    pipe.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(pipe)
    server.start()
    try:
        yield
    finally:
        end = os.open(pipe, os.O_RDWR)  # waits for nobody, and lets go whoever waits
        pipe.unlink()
        os.close(end)


def test_a_server_that_stops_in_the_middle_of_a_turn_and_starts_again(visit: Visit, server) -> None:
    visit.forgiven = True  # the browser logs the lost connection itself
    page = visit.open()
    shown = ask(page, NEED)
    thumb(page, 0, "dislike")
    server.process.send_signal(signal.SIGSTOP)
    page.fill("#need", "不要红色")
    page.press("#need", "Enter")
    expect(page.locator(".turn.pending .said")).to_have_text("不要红色", timeout=500)  # what was said stands at once
    expect(page.locator(".turn.pending .ghost").first).to_be_visible()
    server.kill()
    expect(page.locator(".failed")).to_contain_text("没有收到回答")
    expect(page.locator("#offline")).to_be_visible()
    page.locator(".turn .peek").first.dispatch_event("click")
    assert ids(page) == shown  # the earlier answer can still be read
    with loading(server):
        other = visit.context.new_page()  # who comes while it starts sees how far it is
        other.goto(server.url)
        expect(other.locator(".starting progress")).to_be_visible()
        expect(other.locator(".starting [role=status]")).to_contain_text(re.compile("秒|马上"))
    expect(page.locator("#offline")).to_be_hidden(timeout=90_000)
    page.click("[data-do=retry]")
    expect(page.locator(ANSWERED)).to_have_count(2, timeout=90_000)
    expect(page.locator(".failed")).to_have_count(0)
    assert not any("红色" in t for t in texts(page, ".card .facts"))
    page.reload()  # and what was acknowledged is there
    ready(page)
    assert shown[0] not in ids(page)
    page.locator(".turn .peek").first.click()
    assert ids(page) == shown
    expect(card(page, 0).locator("[data-kind=dislike]")).to_have_attribute("aria-pressed", "true")
    ready(other)


def test_a_file_of_ones_own_becomes_a_catalogue_and_the_page_switches(page: Page, server) -> None:
    file = server.home / "teahouses.csv"
    odd = (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[茶](javascript:alert(1)) **粗**",
        "\u202e茶馆\u202c",
    )
    names = [f"{odd[n // 2] if n // 2 < len(odd) else '茶馆'} {n} & co" for n in range(12)]
    rows = "\n".join(
        f"{name},{'龙井' if n % 2 else '普洱'},{30 + n},{odd[n % 4]}杭州第{n}条巷子里的茶馆"
        for n, name in enumerate(names)
    )
    file.write_text(f"名称,茶,人均消费,简介\n{rows}\n", "utf-8")
    page.locator(".top input[type=file]").set_input_files(file)
    expect(page.locator("#catalog")).to_have_value("teahouses", timeout=60_000)
    shown = ask(page, "人均37以内的龙井")
    titles = page.eval_on_selector_all(".turn.active h3", "all => all.map(e => e.textContent)")
    read = {
        "1 & co",
        "3 & co",
        names[5],
        "茶馆 7 & co",
    }  # tags and direction marks go when the file is read, the rest is text
    assert set(titles) == read and len(shown) == 4
    assert (
        page.locator(".turn.active :is(script, img, a, h3 strong, .about strong)").count() == 0
    )  # a dialog that a script opens fails the visit
    card(page, 0).locator("button[data-do=why]").click()
    assert page.locator("#sheet h2").evaluate("e => e.textContent") == titles[0]
    page.keyboard.press("Escape")
    page.reload()
    ready(page)
    expect(page.locator("#catalog")).to_have_value("teahouses")
    page.select_option("#catalog", label="随心荐精选")
    expect(page.locator(".tile")).to_have_count(5)
    assert all(i.startswith("dress-") for i in ask(page, NEED))


def test_a_file_that_is_no_catalogue_says_what_to_do(page: Page, server) -> None:
    file = server.home / "broken.csv"
    file.write_bytes(b"")
    page.locator(".top input[type=file]").set_input_files(file)
    expect(page.locator("#toast")).to_contain_text(re.compile("broken.csv.*(空|empty)"))
    assert len(ask(page, NEED)) == 10
