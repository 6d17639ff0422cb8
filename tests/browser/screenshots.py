"""`python tests/browser/screenshots.py [KIND…]`: every screen, in both languages and themes, wide and on a phone, into screenshots/."""

import json
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conftest import CHROMIUM, Server, fresh_home
from drive import PHONE, Visit, ask, press, ready, thumb
from playwright.sync_api import Browser, Page, sync_playwright

from recsys.web.shell import starting

OUT = Path(__file__).parents[2] / "screenshots"
KINDS = {
    "zh-light": ("zh-CN", {}), "en-dark": ("en-GB", {"color_scheme": "dark"}),
    "zh-dark-phone": ("zh-CN", {**PHONE, "color_scheme": "dark"}), "en-light-phone": ("en-GB", PHONE),
}  # fmt: skip
SAID = {
    "zh-CN": ("200元以内的红色连衣裙", "我想买一件连衣裙", "第一个和第三个比一下", "100元以内的真丝连衣裙", "安静一点的电影，像帕特森那样", "我要一笔稳健的投资"),
    "en-GB": ("a red dress under 200", "I want to buy a dress", "compare the first and the third", "a silk dress under 100", "a quiet film like Paterson", "a safe investment"),
}  # fmt: skip


class Tour:
    """One person's way through the screens of one kind."""

    def __init__(self, page: Page, kind: str) -> None:
        self.page, self.kind, self.said = page, kind, SAID[KINDS[kind][0]]

    def shot(self, name: str) -> None:
        self.page.wait_for_timeout(350)  # for the eye: scrolling and opening end here
        self.page.screenshot(path=OUT / f"{name}-{self.kind}.png")

    def sheet(self, opener: str, name: str) -> None:
        """What opens over the page; a long one from its end as well."""
        self.page.locator(opener).first.click()
        self.page.locator("#sheet h2").wait_for()
        self.shot(name)
        if self.page.locator("#sheet .inside").evaluate("e => e.scrollHeight > e.clientHeight + 40"):
            self.page.locator("#sheet .inside").evaluate("e => e.scrollTo(0, e.scrollHeight)")
            self.shot(f"{name}-end")
        self.page.keyboard.press("Escape")

    def quiet(self) -> None:
        self.page.locator("#toast").evaluate("box => { box.hidden = true; }")

    def dresses(self) -> None:
        """The main job, what changed, why, compared, edited, a dead end."""
        page, said = self.page, self.said
        self.shot("01-welcome")
        ask(page, said[1])
        self.shot("02-need")
        thumb(page, 0, "dislike")
        self.shot("03-toast")
        thumb(page, 2, "like")
        press(page, "#toast [data-do=again]")
        self.quiet()
        self.shot("04-what-changed")
        self.sheet(".turn.active .card button[data-do=why]", "05-why")
        ask(page, said[2])
        self.shot("06-compare")
        page.press("#need", "ArrowUp")
        self.shot("07-editing")
        page.press("#need", "Escape")
        ask(page, said[0])
        self.shot("08-conditions")
        ask(page, said[3])
        self.shot("09-dead-end")

    def others(self) -> None:
        """Other domains, and what is kept."""
        page, said = self.page, self.said
        page.click("#new")
        page.locator(".welcome").wait_for()
        ask(page, said[4])
        thumb(page, 0, "like")
        press(page, "#toast [data-do=again]")
        self.quiet()
        self.shot("10-films")
        ask(page, said[5])
        self.shot("11-finance")
        for n, name in enumerate(("taste", "history", "more"), 12):
            self.sheet(f"[data-panel={name}]", f"{n}-{name}")

    def faults(self) -> None:
        """Starting, waiting, no answer, a file that is none."""
        page, lang = self.page, "zh" if self.kind.startswith("zh") else "en"
        loading = {"starting": starting("Reading the language model", 12.0, 45.0, lang)}
        page.route("**/component_server/**", lambda route: route.fulfill(json=loading))
        page.reload()
        page.locator(".starting").wait_for()
        self.shot("18-starting")
        page.unroute_all(behavior="ignoreErrors")
        ready(page)
        page.route("**/component_server/**", lambda route: None)
        page.fill("#need", self.said[0])
        page.press("#need", "Enter")
        self.shot("15-waiting")
        page.unroute_all(behavior="ignoreErrors")
        page.reload()
        ready(page)
        page.route("**/component_server/**", lambda route: route.abort())
        page.fill("#need", self.said[0])
        page.press("#need", "Enter")
        page.locator(".failed").wait_for()
        self.shot("16-no-answer")
        page.unroute_all(behavior="ignoreErrors")
        page.reload()
        ready(page)
        page.locator("input[type=file]").first.set_input_files(
            {"name": "broken.csv", "mimeType": "text/csv", "buffer": b""}
        )
        page.locator("#toast", has_text="broken.csv").wait_for()
        page.wait_for_timeout(500)
        self.shot("17-bad-file")


def space(browser: Browser, folder: Path) -> None:
    """As on Spaces: storage that does not last, too many requests."""
    server = Server(fresh_home(folder), SPACE_ID="somebody/attune", RECSYS_RATE_LIMIT="60/minute")
    server.start()
    try:
        for kind, (lang, more) in KINDS.items():
            visit = Visit(
                browser, server.url, lang=lang, **more, extra_http_headers={"x-forwarded-for": f"203.0.113.{len(kind)}"}
            )
            visit.forgiven = True
            page = visit.context.new_page()
            page.goto(server.url)
            tour = Tour(page, kind)
            while "catalogs" not in json.load(urllib.request.urlopen(f"{server.url}/health")):
                time.sleep(0.2)
            ready(page)
            tour.shot("19-space")
            page.evaluate(
                "() => Promise.all([...Array(60)].map(() => fetch('gradio_api/component_server/', {method: 'POST'})))"
            )
            page.fill("#need", tour.said[0])
            page.press("#need", "Enter")
            page.locator(".failed").wait_for()
            tour.shot("20-busy")
            visit.leave()
    finally:
        server.kill()


def main() -> None:
    """All kinds, or those named, on a server of its own."""
    OUT.mkdir(exist_ok=True)
    kinds = sys.argv[1:] or [*KINDS, "space"]
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other, sync_playwright() as playwright:
        server = Server(fresh_home(Path(one)))
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            for kind in (k for k in kinds if k in KINDS):
                visit = Visit(browser, server.url, lang=KINDS[kind][0], **KINDS[kind][1])
                visit.forgiven = True  # the faults are among the screens
                tour = Tour(visit.open(), kind)
                tour.dresses()
                tour.others()
                tour.faults()
                visit.leave()
            if "space" in kinds:
                space(browser, Path(other))
        finally:
            browser.close()
            server.kill()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}")


if __name__ == "__main__":
    main()
