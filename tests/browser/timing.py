"""`python tests/browser/timing.py`: how long a person waits, measured in a real Chromium; one JSON object on stdout."""

import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from conftest import CHROMIUM, Server
from drive import Visit, ask
from playwright.sync_api import sync_playwright

from recsys.settings import Settings

ROUNDS, READY = 30, 7
NEEDS = ("我想买一件连衣裙", "200元以内的红色连衣裙", "安静一点的电影", "我要一笔稳健的投资", "最近的环保新闻", "讲历史的博主", "降噪耳机", "a quiet film", "running shoes", "environment news")  # fmt: skip
# From the key to the first frame that shows the answer's text, and to the one that shows the last card.
MEASURE = """text => new Promise(done => {
  const box = document.querySelector('#need'), before = document.querySelectorAll('.turn:not(.pending):not(.welcome)').length;
  box.value = text;
  let first = 0;
  const begin = performance.now();
  const look = () => {
    const turns = [...document.querySelectorAll('.turn:not(.pending):not(.welcome)')], turn = turns[before], now = performance.now() - begin;
    if (turn && !first) first = now;
    if (turn && turn.querySelectorAll('.card').length >= Number(turn.dataset.count)) done([first, now]); else requestAnimationFrame(look);
  };
  box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}));
  requestAnimationFrame(look);
})"""


def main() -> None:
    """A warm server, a fresh conversation a round for the page, one conversation for the messages."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        (home / "cache").symlink_to(Settings().cache)
        server = Server(home)
        server.start()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            visit = Visit(browser, server.url)
            page = visit.open()
            ask(page, NEEDS[0])
            times = [page.evaluate(MEASURE, f"{NEEDS[n % len(NEEDS)]}{' ' * (n // len(NEEDS))}") for n in range(ROUNDS)]
            ready = []
            for _ in range(READY):
                opened = Visit(browser, server.url)
                tab = opened.open()
                ready.append(tab.evaluate("() => performance.now()"))
                opened.leave()
            visit.leave()
        finally:
            browser.close()
            server.kill()
    told = {
        "first_text_ms_p50": round(statistics.median(t[0] for t in times)), "all_cards_ms_p50": round(statistics.median(t[1] for t in times)),
        "all_cards_ms_p95": round(sorted(t[1] for t in times)[int(0.95 * ROUNDS)]), "ready_ms_p50": round(statistics.median(ready)),
        "rounds": ROUNDS, "load_average": os.getloadavg()[0], "cores": os.cpu_count(),
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
