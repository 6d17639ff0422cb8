"""What a person does with the page, as short as it can be said."""

from typing import Any

from playwright.sync_api import Browser, Page, expect

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
ANSWERED = ".turn:not(.pending):not(.welcome)"


class Visit:
    """A browser of one person; `open` gives a tab on the page, ready to be used."""

    def __init__(self, browser: Browser, url: str, lang: str = "zh-CN", **more: Any) -> None:
        self.url, self.problems, self.strangers, self.forgiven = url, [], [], False
        self.context = browser.new_context(**{"locale": lang, "viewport": {"width": 1360, "height": 900}, **more})
        self.context.set_default_timeout(30_000)
        self.context.set_default_navigation_timeout(90_000)  # two tabs at once, on a machine that does other things too

    def open(self) -> Page:
        page = self.context.new_page()
        page.on("console", lambda m: self.problems.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda e: self.problems.append(str(e)))
        page.on("dialog", lambda d: self.problems.append(f"script ran: {d.message}"))
        page.on("request", lambda r: None if r.url.startswith((self.url, "data:", "blob:")) else self.strangers.append(r.url))  # fmt: skip
        page.goto(self.url, wait_until="commit")
        ready(page)
        return page

    def leave(self) -> None:
        """Close the browser, having looked whether all was well."""
        try:
            self.get_up()
        finally:
            self.context.close()

    def get_up(self) -> None:
        """Make room for another person: nothing of this one stays but the cache. All must have been well."""
        problems, strangers, self.problems, self.strangers = self.problems, self.strangers, [], []
        forgiven, self.forgiven, jumped = self.forgiven, False, []
        for page in self.context.pages:
            if page.locator("#attune[data-ready]").count():
                jumped += [] if forgiven else disturbed(page)
            page.evaluate("() => localStorage.clear()")
            page.close()
        assert not strangers, strangers
        assert not jumped, jumped
        assert forgiven or not problems, problems


def ready(page: Page) -> None:
    page.locator("#attune[data-ready]").wait_for(timeout=90_000)


def ask(page: Page, text: str) -> list[str]:
    """Send a message; the ids of the cards once the answer to it is there."""
    before = page.locator(ANSWERED).count()
    page.fill("#need", text)
    page.press("#need", "Enter")
    return answered(page, before)


def answered(page: Page, before: int) -> list[str]:
    expect(page.locator(ANSWERED)).to_have_count(before + 1)
    expect(page.locator(".turn.filling")).to_have_count(0)  # the last cards
    return ids(page)


def press(page: Page, selector: str) -> list[str]:
    """Click something that is answered by a new turn."""
    before = page.locator(ANSWERED).count()
    page.locator(selector).first.click()
    return answered(page, before)


def ids(page: Page) -> list[str]:
    """The items on the table, in order."""
    return page.eval_on_selector_all(".turn.active .card", "cards => cards.map(card => card.dataset.id)")


def card(page: Page, position: int) -> Any:
    return page.locator(".turn.active .card").nth(position)


def thumb(page: Page, position: int, kind: str) -> None:
    """Press a thumb, and wait until it is on disk."""
    with page.expect_response(lambda r: "component_server" in r.url):
        card(page, position).locator(f"[data-kind={kind}]").click()


def texts(page: Page, selector: str) -> list[str]:
    return page.locator(f".turn.active {selector}").all_inner_texts()


def disturbed(page: Page) -> list[str]:
    """Whether the page scrolls sideways, and whether anything has jumped."""
    shifts = """() => new Promise(done => { let sum = 0, told = [];
        new PerformanceObserver(l => l.getEntries().forEach(e => { if (e.hadRecentInput) return; sum += e.value;
          told.push(e.value.toFixed(3) + ' ' + e.sources.map(s => s.node?.className || s.node?.nodeName).join(', ')); })).observe({type: 'layout-shift', buffered: true});
        requestAnimationFrame(() => requestAnimationFrame(() => done(sum > 0.05 ? told : []))); })"""
    wide = page.evaluate("() => document.documentElement.scrollWidth > window.innerWidth")
    return [*(["it scrolls sideways"] if wide else []), *page.evaluate(shifts)]


def undisturbed(page: Page) -> None:
    assert not disturbed(page)
