"""The plots are pure functions: what goes in can be read from what comes out."""

import re

import numpy as np

from recsys.web.plots import Place, TasteMap, bars, taste_map, waterfall


def test_the_plane_keeps_the_two_directions_of_greatest_spread() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((500, 2)) * [3, 2]
    axes = np.linalg.qr(rng.standard_normal((16, 2)))[0]
    vectors = (hidden @ axes.T + 0.01 * rng.standard_normal((500, 16))).astype(np.float32)
    seen = Place.fit(vectors).of(vectors)
    for k in range(2):
        assert abs(np.corrcoef(seen[:, k], hidden[:, k])[0, 1]) > 0.99
    assert np.array_equal(Place.fit(vectors).of(vectors), seen)


def test_the_map_draws_every_item_the_marks_and_the_trail() -> None:
    dots = np.random.default_rng(1).standard_normal((300, 2))
    groups = ["a" if n % 3 else "b" for n in range(300)]
    m = TasteMap(dots, groups, {"a": "甲<", "b": "乙"}, dots[:4], [("好<b>", dots[5])], [("坏", dots[6])])
    svg = taste_map(m, "图", "你")
    assert svg.count("h0") == 300
    assert (
        svg.count('class="step"') == 3 and svg.count('class="mark plus"') == 1 and svg.count('class="mark minus"') == 1
    )
    assert "甲&lt;" in svg and "好&lt;b&gt;" in svg
    numbers = [float(x) for x in re.findall(r"c[xy]=\"([\d.-]+)\"", svg)]
    assert min(numbers) >= 0 and max(numbers) <= 400
    assert "circle" not in taste_map(TasteMap(dots[:0], [], {}), "图", "你")


def test_each_bar_of_the_waterfall_begins_where_the_one_before_it_ended() -> None:
    html = waterfall([("a", -2.0), ("b", 1.0), ("c", 0.5)], "sum")
    placed = [(float(a), float(b)) for a, b in re.findall(r"left:([\d.]+)%;width:([\d.]+)%", html)]
    assert placed == [(0.0, 100.0), (0.0, 50.0), (50.0, 25.0), (75.0, 25.0)]
    assert [float(v) for v in re.findall(r"<b>([+-][\d.]+)</b>", html)] == [-2.0, 1.0, 0.5, -0.5]


def test_leanings_go_both_ways_from_the_middle() -> None:
    html = bars([("more", 2.0, ""), ("less", -1.0, "")])
    assert re.findall(r"left:([\d.]+)%;width:([\d.]+)%", html) == [("50.0", "50.0"), ("25.0", "25.0")]
