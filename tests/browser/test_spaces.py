"""As on Hugging Face Spaces without /data, behind a proxy: what does not last is said, and who asks too much is told for how long."""

import json
import re
import time
import urllib.request
from collections.abc import Iterator

import pytest
from conftest import Server, fresh_home
from drive import ANSWERED, Visit, card
from playwright.sync_api import Browser, expect

pytestmark = pytest.mark.browser
LIMIT = 30
FLOOD = f"() => Promise.all([...Array({LIMIT})].map(() => fetch('gradio_api/component_server/', {{method: 'POST'}})))"


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = fresh_home(tmp_path_factory.mktemp("space"))
    running = Server(home, SPACE_ID="somebody/attune", RECSYS_RATE_LIMIT=f"{LIMIT}/minute")
    running.start()
    while "catalogs" not in json.load(urllib.request.urlopen(f"{running.url}/health", timeout=90)):
        time.sleep(0.2)
    yield running
    running.kill()


@pytest.mark.parametrize(
    ("lang", "storage", "busy"),
    [("zh-CN", "重启后对话和反馈会丢失", "请等 (\\d+) 秒"), ("en-GB", "lost when it restarts", "please wait (\\d+) s")],
)
def test_what_is_lost_and_how_long_to_wait(browser: Browser, space: Server, lang: str, storage: str, busy: str) -> None:
    visit = Visit(
        browser, space.url, lang=lang, extra_http_headers={"x-forwarded-for": f"203.0.113.{len(lang + storage)}"}
    )
    visit.forgiven = True  # the browser logs the refusals itself
    page = visit.open()
    expect(page.locator(".banner:not(.offline)")).to_contain_text(storage)
    expect(page.locator(".upload")).to_have_count(0)  # every visitor would see what one brings
    page.route("**/component_server/**", lambda route: route.abort())
    page.fill("#need", "a dress")
    page.press("#need", "Enter")
    expect(page.locator(".failed")).to_be_visible()
    expect(page.locator(".turn.active .tile")).to_have_count(5)  # a first message without an answer leaves needs to try
    expect(page.locator(".turn.active .tile").first).to_be_visible()
    page.unroute_all()
    page.click("[data-do=retry]")
    expect(page.locator(".failed")).to_have_count(0)
    expect(page.locator(ANSWERED)).to_have_count(1)
    page.evaluate(FLOOD)
    page.fill("#need", "200")
    page.press("#need", "Enter")
    expect(page.locator(".failed")).to_contain_text(re.compile(busy))
    told = re.search(busy, page.locator(".failed").inner_text())
    assert told and 1 <= int(told[1]) <= 60
    expect(page.locator("#offline")).to_be_hidden()  # the server is there
    like = card(page, 0).locator("[data-kind=like]")
    like.click()
    expect(page.locator("#toast")).to_contain_text(re.compile(busy))
    expect(like).to_have_attribute("aria-pressed", "false")
    visit.context.set_extra_http_headers({"x-forwarded-for": "198.51.100.7"})  # a minute later, or somebody else
    page.click("[data-do=retry]")
    expect(page.locator(ANSWERED)).to_have_count(2)
    visit.leave()
