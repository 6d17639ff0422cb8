"""The main job as a person does it: say a need, see items, press a thumb, see the next answer change."""

import re
from collections.abc import Iterator

import pytest
from gradio_client import Client
from playwright.sync_api import Browser, BrowserContext, Page, expect

pytestmark = pytest.mark.browser
NEED = "我想买一件连衣裙"


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context(locale="zh-CN", viewport={"width": 1360, "height": 900})
    opened.set_default_timeout(30_000)
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, server) -> Page:
    return visit(context, server.url)


def visit(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    page.locator("#quick button, .card").first.wait_for()
    return page


def ask(page: Page, text: str) -> list[str]:
    """Send a message; returns the ids of the cards once the answer to it is there."""
    answers = page.locator("#chat .bot").count()
    page.fill("#need textarea", text)
    page.press("#need textarea", "Enter")
    expect(page.locator("#chat .user", has_text=text).last).to_be_visible()
    page.wait_for_function("n => document.querySelectorAll('#chat .bot').length > n", arg=answers)
    return ids(page)


def ids(page: Page) -> list[str]:
    return page.eval_on_selector_all(".card", "cards => cards.map(card => card.dataset.id)")


def press(page: Page, action: str, card: int = 0) -> None:
    page.locator(".card").nth(card).locator(f"[data-action={action}]").last.click()


def titles(page: Page) -> list[str]:
    return page.locator(".card h3").all_inner_texts()


def test_ten_dresses_with_picture_price_and_reasons(page: Page) -> None:
    shown = ask(page, NEED)
    assert len(shown) == 10
    assert all(i.startswith("dress-") for i in shown)
    assert page.locator(".card .picture svg").count() == 10
    assert all(re.fullmatch(r"¥[\d,]+", t) for t in page.locator(".card .price strong").all_inner_texts())
    assert all(page.locator(".card").nth(n).locator(".tags li").count() >= 1 for n in range(3))


def test_constraints_hold_on_every_card_and_carry_over(page: Page, server) -> None:
    shown = ask(page, "200元以内的红色连衣裙")
    prices = [int(t[1:].replace(",", "")) for t in page.locator(".card .price strong").all_inner_texts()]
    assert prices and max(prices) <= 200
    assert all("红" in f for f in page.locator(".card .facts").all_inner_texts())
    assert page.locator(".chip").count() == 3
    after = ask(page, "不要红色")
    assert after and not set(after) & set(shown)
    assert all(i.startswith("dress-") for i in after)
    assert not any("红色" in f for f in page.locator(".card .facts").all_inner_texts())


def test_safe_investment_is_low_risk(page: Page) -> None:
    ask(page, "我要一笔稳健的投资")
    facts = page.locator(".card .facts").all_inner_texts()
    assert facts and all("R1" in f or "R2" in f or "低风险" in f for f in facts), facts


def test_a_dislike_changes_the_next_answer_and_undo_brings_the_former_order_back(page: Page) -> None:
    before = ask(page, NEED)
    press(page, "dislike")
    expect(page.locator(".toast")).to_be_visible()
    expect(page.locator(".card").first.locator("[data-action=dislike]")).to_have_attribute("aria-pressed", "true")
    after = ask(page, NEED)
    assert before[0] not in after
    assert after != before
    page.locator("[data-action=undo]").wait_for(state="detached")
    page.evaluate("() => window.scrollTo(0, 0)")
    ask(page, "撤销")
    assert ask(page, NEED) == before


def test_undo_in_the_toast(page: Page) -> None:
    before = ask(page, NEED)
    press(page, "dislike", 2)
    page.locator(".toast [data-action=undo]").click()
    expect(page.locator(".card").nth(2).locator("[data-action=dislike]")).to_have_attribute("aria-pressed", "false")
    assert ask(page, NEED) == before


def test_likes_pull_their_kind_up(page: Page, server) -> None:
    ask(page, "连衣裙")
    red = next(n for n, f in enumerate(page.locator(".card .facts").all_inner_texts()) if "红" in f)
    liked = ids(page)[red]
    press(page, "like", red)
    expect(page.locator(".toast")).to_be_visible()
    page.locator("[data-action=again]").click()
    expect(page.locator("#chat .bot")).to_have_count(2)
    assert ids(page).index(liked) <= red


def test_reload_keeps_the_conversation_and_a_new_one_is_empty(page: Page) -> None:
    shown = ask(page, NEED)
    page.reload()
    expect(page.locator("#chat .user", has_text=NEED)).to_be_visible()
    expect(page.locator(".card")).to_have_count(len(shown))
    assert ids(page) == shown
    page.click("#new")
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator("#chat .user")).to_have_count(0)


def test_language_switch_covers_the_page(page: Page) -> None:
    ask(page, NEED)
    page.get_by_label("English").check()
    expect(page.locator("#send")).to_have_text("Send")
    expect(page.locator(".brand h1")).to_have_text("Attune")
    shown = "".join(page.locator(".card h3, .card .about, .card .facts, .chips, .demo").all_inner_texts())
    assert not re.search(r"[\u4e00-\u9fff]", shown), shown
    page.reload()
    expect(page.locator("#send")).to_have_text("Send")


def test_why_opens_and_closes(page: Page) -> None:
    ask(page, NEED)
    press(page, "why")
    expect(page.locator(".why .bar")).to_have_count(6)
    page.locator(".why [data-action=close]").click()
    expect(page.locator(".why")).to_have_count(0)


def test_a_chip_can_be_removed(page: Page) -> None:
    ask(page, "200元以内的红色连衣裙")
    page.locator(".chip", has_text="红色").locator("button").click()
    expect(page.locator(".chip")).to_have_count(2)
    assert not all("红" in f for f in page.locator(".card .facts").all_inner_texts())


def test_two_people_never_see_each_other(browser: Browser, server) -> None:
    contexts = [browser.new_context(locale="zh-CN") for _ in range(2)]
    first, second = (visit(c, server.url) for c in contexts)
    assert all(i.startswith("dress-") for i in ask(first, NEED))
    assert all(i.startswith("finance-") for i in ask(second, "我要一笔稳健的投资"))
    press(first, "dislike")
    expect(first.locator(".toast")).to_be_visible()
    expect(second.locator(".toast")).to_have_count(0)
    second.reload()
    expect(second.locator(".card")).to_have_count(10)
    assert all(i.startswith("finance-") for i in ids(second))
    assert second.locator("[aria-pressed=true]").count() == 0
    assert second.locator("#chat", has_text="连衣裙").count() == 0
    for c in contexts:
        c.close()


def test_what_people_type_is_shown_as_text(page: Page) -> None:
    page.on("dialog", lambda dialog: pytest.fail(f"script ran: {dialog.message}"))
    ask(page, "<img src=x onerror=alert(1)>连衣裙")
    assert page.locator("#chat img[src='x']").count() == 0
    assert page.locator("#shelf img[src='x']").count() == 0


def test_a_thumb_survives_a_kill(browser: Browser, server) -> None:
    context = browser.new_context(locale="zh-CN")
    context.set_default_timeout(30_000)
    page = visit(context, server.url)
    shown = ask(page, NEED)
    press(page, "dislike")
    expect(page.locator(".toast")).to_be_visible()
    server.restart()
    page.goto(server.url)
    expect(page.locator(".card")).to_have_count(len(shown))
    expect(page.locator(".card").first.locator("[data-action=dislike]")).to_have_attribute("aria-pressed", "true")
    assert shown[0] not in ask(page, NEED)
    context.close()


def test_the_json_endpoints(server) -> None:
    client = Client(server.url, verbose=False)
    session = client.predict(api_name="/start")["session_id"]
    first = client.predict(session, "a red dress under 200", api_name="/chat")
    assert set(first) == {"text", "items", "query", "question", "notice", "comparison", "chips"}
    assert first["chips"] == ["price ≤ ¥200", "red", "dress"] and first["comparison"] is None
    item = first["items"][0]
    assert {"id", "title", "domain", "price", "currency", "image", "score", "reasons"} <= set(item)
    assert item["image"].startswith("data:image/svg+xml,")
    done = client.predict(session, item["id"], "dislike", None, api_name="/feedback")
    assert done["ok"]
    second = client.predict(session, "a red dress under 200", api_name="/chat")
    assert item["id"] not in [i["id"] for i in second["items"]]
    explained = client.predict(session, second["items"][0]["id"], api_name="/explain")
    assert explained["parts"]
    client.predict(session, item["id"], "undo", done["undo_id"], api_name="/feedback")
    third = client.predict(session, "a red dress under 200", api_name="/chat")
    assert [(i["id"], i["score"]) for i in third["items"]] == [(i["id"], i["score"]) for i in first["items"]]
    kept = client.predict(session, api_name="/history")
    assert [m["role"] for m in kept["messages"]] == ["user", "assistant"] * 3
    assert client.predict(session, api_name="/reset")["ok"]
    assert client.predict(session, api_name="/export")["state"] is None
    assert client.predict(session, api_name="/forget")["ok"]
    with pytest.raises(Exception, match="conversation"):
        client.predict(session, api_name="/history")


def test_a_file_of_ones_own_becomes_a_catalogue_and_the_page_switches(page: Page, server) -> None:
    file = server.home / "teahouses.csv"
    rows = "\n".join(f"茶馆{n},{'龙井' if n % 2 else '普洱'},{30 + n},杭州第{n}条巷子里的茶馆" for n in range(12))
    file.write_text(f"名称,茶,人均消费,简介\n{rows}\n", "utf-8")
    with page.expect_file_chooser() as chooser:
        page.click("#upload")
    chooser.value.set_files(file)
    expect(page.locator("#catalog input")).to_have_value("teahouses", timeout=60_000)
    shown = ask(page, "人均35以内的龙井")
    assert {t.split("\n")[0] for t in titles(page)} == {"茶馆1", "茶馆3", "茶馆5"}
    assert len(shown) == 3
    page.reload()
    expect(page.locator("#catalog input")).to_have_value("teahouses")
    page.locator("#catalog input").click()
    page.get_by_role("option", name="随心荐精选").click()
    expect(page.locator(".card")).to_have_count(0)
    assert all(i.startswith("dress-") for i in ask(page, NEED))


def test_a_file_that_is_no_catalogue_says_what_to_do(page: Page, server) -> None:
    file = server.home / "broken.csv"
    file.write_bytes(b"")
    with page.expect_file_chooser() as chooser:
        page.click("#upload")
    chooser.value.set_files(file)
    expect(page.locator(".toast-body, .toast-wrap").first).to_be_visible(timeout=30_000)
    assert len(ask(page, NEED)) == 10
