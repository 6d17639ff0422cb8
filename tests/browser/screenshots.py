"""`python tests/browser/screenshots.py`: every screen, in both languages and themes, wide and on a phone, into screenshots/."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conftest import CHROMIUM, Server
from drive import PHONE, Visit, ask, card, press, thumb
from playwright.sync_api import Page, sync_playwright

from recsys.settings import Settings

OUT = Path(__file__).parents[2] / "screenshots"
KINDS = {
    "zh-light": ("zh-CN", {}), "en-dark": ("en-GB", {"color_scheme": "dark"}),
    "zh-dark-phone": ("zh-CN", {**PHONE, "color_scheme": "dark"}), "en-light-phone": ("en-GB", PHONE),
}  # fmt: skip
SAID = {
    "zh-CN": ("200元以内的红色连衣裙", "我想买一件连衣裙", "第一个和第三个比一下", "100元以内的真丝连衣裙", "安静一点的电影，像帕特森那样", "我要一笔稳健的投资"),
    "en-GB": ("a red dress under 200", "I want to buy a dress", "compare the first and the third", "a silk dress under 100", "a quiet film like Paterson", "a safe investment"),
}  # fmt: skip


def tour(page: Page, kind: str, said: tuple[str, ...]) -> None:
    """One person's way through every screen."""

    def shot(name: str) -> None:
        page.wait_for_timeout(350)  # for the eye: scrolling and opening end here
        page.screenshot(path=OUT / f"{name}-{kind}.png")

    shot("1-welcome")
    ask(page, said[1])
    shot("2-need")
    thumb(page, 0, "dislike")
    shot("3-toast")
    thumb(page, 2, "like")
    press(page, "#toast [data-do=again]")
    page.locator("#toast").evaluate("box => { box.hidden = true; }")
    shot("4-what-changed")
    card(page, 0).locator("button[data-do=why]").click()
    page.locator("#sheet h2").wait_for()
    shot("5-why")
    page.keyboard.press("Escape")
    page.fill("#need", said[2])
    page.press("#need", "Enter")
    page.locator(".turn table").wait_for()
    shot("6-compare")
    ask(page, said[0])
    shot("7-conditions")
    ask(page, said[3])
    shot("7-dead-end")
    page.click("#new")
    page.locator(".welcome").wait_for()
    ask(page, said[4])
    thumb(page, 0, "like")
    press(page, "#toast [data-do=again]")
    page.locator("#toast").evaluate("box => { box.hidden = true; }")
    shot("8-films")
    ask(page, said[5])
    shot("9-finance")
    for name in ("taste", "history", "more"):
        page.click(f"[data-panel={name}]")
        page.locator("#sheet h2").wait_for()
        shot(f"a-{name}")
        page.keyboard.press("Escape")


def main() -> None:
    """All kinds, on a server of its own."""
    OUT.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        Settings().cache.mkdir(parents=True, exist_ok=True)
        (home / "cache").symlink_to(Settings().cache)
        server = Server(home)
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            for kind, (lang, more) in KINDS.items():
                visit = Visit(browser, server.url, lang=lang, **more)
                tour(visit.open(), kind, SAID[lang])
                visit.leave()
        finally:
            browser.close()
            server.kill()
    print(f"{len(list(OUT.glob('*.png')))} pictures in {OUT}")


if __name__ == "__main__":
    main()
