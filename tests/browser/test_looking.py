"""How long a card is looked at reaches the server as a weak event; a pointer that only passes, or lies still, does not."""

import json
from typing import Any

from drive import Visit, ask, card
from playwright.sync_api import Page, Request, expect

CLOCK = """() => { window.ahead = 0; const now = performance.now.bind(performance); performance.now = () => now() + window.ahead; }"""


def of_look(request: Request) -> bool:
    return "component_server" in request.url and '"do":"look"' in (request.post_data or "")


def looks(page: Page) -> list[Any]:
    """What is sent of looks from now on, as it is sent."""
    sent: list[Any] = []

    def keep(request: Request) -> None:
        if of_look(request):
            sent.append(json.loads(request.post_data or "{}")["data"])

    page.on("request", keep)
    return sent


def rest(page: Page, position: int, seconds: int) -> None:
    """Point at a card and move on it a little each second, on a clock that runs ahead."""
    box = card(page, position).bounding_box()
    assert box is not None
    for second in range(seconds + 1):
        page.mouse.move(box["x"] + 30 + second % 5, box["y"] + 30)
        page.evaluate("window.ahead += 1000")


def test_a_long_look_is_sent_once_and_a_passing_one_is_not(visit: Visit) -> None:
    page = visit.open()
    page.evaluate(CLOCK)
    shown = ask(page, "连衣裙")
    sent = looks(page)
    rest(page, 0, 2)  # passes by
    rest(page, 1, 0)
    page.evaluate("window.ahead += 3600000")  # lies still for an hour
    rest(page, 2, 8)
    with page.expect_response(lambda r: of_look(r.request)):
        page.mouse.move(2, 2)
    rest(page, 2, 8)
    page.mouse.move(2, 2)
    card(page, 3).locator("[data-do=why]").last.click()
    page.locator("#sheet .inside").hover()
    for step in range(60):
        page.mouse.move(640 + step % 7, 450)
        page.evaluate("window.ahead += 1000")
    page.locator("#sheet [data-do=close]").click()
    with page.expect_response(lambda r: of_look(r.request)):
        page.mouse.move(2, 2)
    assert [one["id"] for one in sent] == [shown[2], shown[3]]
    assert 8 <= sent[0]["seconds"] < 12 and sent[1]["seconds"] == 30
    page.locator("header [data-panel=taste]").click()
    expect(page.locator("#sheet").get_by_text("细看")).to_have_count(2)
