"""Ten simulated people talk and press thumbs on the real page: nothing disliked comes back, no condition is broken."""

from typing import Any

import numpy as np
import pytest
from drive import Visit, ask, thumb
from playwright.sync_api import Browser, Page

from recsys.evaluation.simulation import Simulation, Visitor
from recsys.recommender import Recommender

pytestmark = [pytest.mark.browser, pytest.mark.encoder]
PEOPLE, TURNS = 10, 3


def converse(page: Page, simulation: Simulation, person: Visitor, rng: Any) -> int:
    """Say and press what the person would; returns how many thumbs that were."""
    row, disliked, pressed = simulation.catalog.row, set[str](), 0
    for turn in range(1, TURNS + 1):
        shown = ask(page, person.says[turn - 1])
        nearest = page.eval_on_selector_all(
            ".turn.active .card:has(.nearest)", "cards => cards.map(card => card.dataset.id)"
        )
        assert shown and not disliked & set(shown)
        assert not [i for i in shown if i not in nearest and row[i] not in set(person.rows.tolist())], person.says
        for item, kind in simulation.thumbs(person, [row[i] for i in shown], turn, rng):
            name = simulation.catalog.items[item].id
            thumb(page, shown.index(name), kind)
            disliked |= {name} if kind == "dislike" else set()
            pressed += 1
    return pressed


def test_ten_conversations_through_the_page(browser: Browser, server, real: Recommender) -> None:
    simulation, pressed = Simulation(real, 7), 0
    for n in range(PEOPLE):
        person = simulation.visitor()
        visit = Visit(browser, server.url, lang="zh-CN" if person.lang == "zh" else "en-GB")
        pressed += converse(visit.open(), simulation, person, np.random.default_rng(n))
        visit.leave()
    assert pressed > 2 * PEOPLE
