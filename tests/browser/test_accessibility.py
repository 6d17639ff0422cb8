"""axe-core on every screen, in both themes, both languages, wide and on a phone; colour contrast is among its rules."""

import json
import signal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from drive import ANSWERED, PHONE, Visit, ask, card, press, thumb
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SAID = {
    "zh-CN": ("200元以内的红色连衣裙", "第一个和第三个比一下", "100元以内的真丝连衣裙", "你好"),
    "en-GB": ("a red dress under 200", "compare the first and the third", "a silk dress under 100", "hello"),
}
AXE = """options => axe.run(options).then(found => [
    found.violations.filter(v => ['serious', 'critical'].includes(v.impact))
        .map(v => [v.id, v.impact, v.nodes.slice(0, 3).map(n => [n.html.slice(0, 160), n.failureSummary])]),
    document.getAnimations().length])"""
KINDS = {
    "light": ("zh-CN", {}), "dark": ("en-GB", {"color_scheme": "dark"}), "dark-phone": ("zh-CN", {**PHONE, "color_scheme": "dark"}),
}  # fmt: skip


def accessible(page: Page, screen: str) -> None:
    """axe finds nothing serious or critical, and nothing moves for who asked for calm."""
    grave, moving = page.evaluate(AXE, {"runOnly": RULES, "resultTypes": ["violations"]})
    assert not grave, screen + json.dumps(grave, indent=1, ensure_ascii=False)
    assert not moving, screen


@pytest.mark.parametrize("kind", KINDS)
def test_no_screen_shuts_anybody_out(browser: Browser, server, kind: str) -> None:
    lang, more = KINDS[kind]
    visit = Visit(browser, server.url, lang=lang, reduced_motion="reduce", **more)
    visit.forgiven = True  # the browser logs the lost connection itself
    visit.context.add_init_script(AXE_SCRIPT)
    page = visit.open()
    assert page.evaluate("() => document.body.classList.contains('dark')") is ("dark" in kind)
    accessible(page, "welcome")
    ask(page, SAID[lang][3])
    accessible(page, "small talk")
    ask(page, SAID[lang][0])
    thumb(page, 0, "dislike")
    thumb(page, 1, "like")
    thumb(page, 2, "favourite")
    accessible(page, "cards and a toast")
    press(page, "#toast [data-do=again]")
    accessible(page, "what changed")
    for panel in ("history", "taste", "more"):
        page.click(f"[data-panel={panel}]")
        expect(page.locator("#sheet h2")).to_be_visible()
        accessible(page, panel)
        if panel == "history":
            page.locator("[data-do=renaming]").first.click()
            page.locator("[data-do=delete]").first.click()
            accessible(page, "renaming and deleting")
        page.keyboard.press("Escape")
    card(page, 1).locator("button[data-do=why]").click()
    expect(page.locator("#sheet .waterfall")).to_be_visible()
    accessible(page, "why")
    page.keyboard.press("Escape")
    ask(page, SAID[lang][1])
    expect(page.locator(".turn table")).to_be_visible()
    accessible(page, "compare")
    page.locator("#need").press("ArrowUp")
    accessible(page, "editing")
    page.locator("#need").press("Escape")
    ask(page, SAID[lang][2])
    expect(page.locator(".turn.active .nearest").first).to_be_visible()
    accessible(page, "dead end")
    page.route("**/component_server/**", lambda route: route.abort())
    page.fill("#need", SAID[lang][0])
    page.press("#need", "Enter")
    expect(page.locator(".failed")).to_be_visible()
    expect(page.locator("#offline")).to_be_visible()
    accessible(page, "no answer, offline")
    page.unroute_all()
    expect(page.locator("#offline")).to_be_hidden()
    server.process.send_signal(signal.SIGSTOP)
    page.click("[data-do=retry]")
    expect(page.locator(".turn.pending")).to_be_visible()
    try:
        accessible(page, "waiting")
    finally:
        server.process.send_signal(signal.SIGCONT)
    expect(page.locator(".failed")).to_have_count(0)
    expect(page.locator(ANSWERED)).to_have_count(6)
    visit.leave()
