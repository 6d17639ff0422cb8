"""The last message can be edited: the new one stands in its place, in every tab."""

import pytest
from drive import ANSWERED, Visit, answered, ask, card, ids, ready, texts, thumb
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
NEED = "我想买一件连衣裙"


def said(page: Page) -> list[str]:
    return page.eval_on_selector_all(".turn:not([hidden]) .said", "all => all.map(e => e.lastChild.textContent)")


def test_the_edited_message_replaces_the_last_one_in_every_tab(visit: Visit) -> None:
    page, other = visit.open(), visit.open()
    dresses = ask(page, NEED)
    thumb(page, 0, "like")
    red = ask(page, "红色")
    answered(other, 1)
    page.press("#need", "ArrowUp")
    expect(page.locator("#need")).to_have_value("红色")
    expect(page.locator("#editing")).to_be_visible()
    page.press("#need", "Escape")
    expect(page.locator("#editing")).to_be_hidden()
    expect(page.locator("#need")).to_have_value("")
    page.press("#need", "ArrowUp")
    page.fill("#need", "蓝色")
    page.press("#need", "Enter")
    expect(page.locator(".said").last).to_contain_text("蓝色")
    expect(page.locator(".turn:is(.pending, .filling)")).to_have_count(0)
    blue = ids(page)
    assert said(page) == [NEED, "蓝色"] and blue and not set(blue) & set(red)
    assert all("蓝" in t for t in texts(page, ".card .body"))
    expect(other.locator(".said").last).to_contain_text("蓝色")
    expect(other.locator(".turn.filling")).to_have_count(0)
    assert said(other) == [NEED, "蓝色"] and ids(other) == blue
    page.reload()
    ready(page)
    assert said(page) == [NEED, "蓝色"] and ids(page) == blue
    page.locator(".turn .peek").first.click()
    assert ids(page) == dresses
    expect(card(page, 0).locator("[data-kind=like]")).to_have_attribute("aria-pressed", "true")


def test_a_message_that_got_no_answer_is_edited_too_and_the_page_says_so_in_its_language(
    browser: Browser, server
) -> None:
    visit = Visit(browser, server.url, lang="en-GB", viewport={"width": 390, "height": 844})
    visit.forgiven = True  # the browser logs the lost connection itself
    page = visit.open()
    ask(page, "a dress")
    page.route("**/component_server/**", lambda route: route.abort())
    page.route("**/wait", lambda route: route.abort())
    page.fill("#need", "a rde one")
    page.press("#need", "Enter")
    expect(page.locator(".failed")).to_contain_text("No answer came.")
    expect(page.locator("#offline")).to_contain_text("reconnecting")
    page.unroute_all()
    page.locator(".edit:visible").click()  # a phone has no arrow keys
    expect(page.locator("#need")).to_have_value("a rde one")
    page.fill("#need", "a red one")
    page.click("#send")
    expect(page.locator(ANSWERED)).to_have_count(2)
    expect(page.locator(".failed")).to_have_count(0)
    assert said(page) == ["a dress", "a red one"]
    expect(page.locator("#offline")).to_be_hidden()
    visit.leave()
