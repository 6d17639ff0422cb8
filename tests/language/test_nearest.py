"""Values without a word of their own, by a small encoder whose nearness is known."""

import numpy as np
import pytest

from recsys.catalog.schema import infer
from recsys.datamodels import Item
from recsys.language.nearest import Nearest, pairs, phrases, texts
from recsys.language.understanding import Understanding
from recsys.schema import Schema

_AXES = {"度假": 0, "海风": 0, "通勤": 1, "蓝色": 2, "红色": 3}  # a phrase and a value on one axis mean the same


def encode(text: str) -> np.ndarray:
    out = np.full(5, 0.01, np.float32)
    out[_AXES.get(text.split(maxsplit=1)[0], 4)] = 1.0
    return out / np.linalg.norm(out)


@pytest.fixture(scope="module")
def schema() -> Schema:
    rows = [("a", "度假", "蓝色"), ("b", "通勤", "红色"), ("c", "度假", "红色")]
    items = [Item(i, i, category="连衣裙", attributes={"occasion": o, "shade": s}) for i, o, s in rows]
    return infer([*items, Item("d", "d", category="茶叶", attributes={"taste": "清香"})], {})


@pytest.fixture(scope="module")
def nearest(schema: Schema) -> Nearest:
    return Nearest(schema, np.stack([encode(t) for t in texts(schema)]), encode)


def test_a_word_that_no_table_has_means_the_nearest_value(nearest: Nearest) -> None:
    assert nearest.value("海风", ["连衣裙"]) == ("occasion", "度假")


def test_nothing_is_invented(nearest: Nearest) -> None:
    assert nearest.value("量子", ["连衣裙"]) is None  # near nothing
    assert nearest.value("海风", ["茶叶"]) is None  # no tea is for the seaside


def test_it_reaches_the_query_only_where_it_is_handed_in(schema: Schema, nearest: Nearest) -> None:
    text = "海风的连衣裙"
    found = {(c.field, c.value) for c in Understanding(schema, nearest).parse(text).constraints}
    assert found == {("category", "连衣裙"), ("occasion", "度假")}
    plain = Understanding(schema).parse(text)
    assert [c.field for c in plain.constraints] == ["category"]
    assert plain.loose == ("海风",)


def test_names_and_codes_are_never_guessed(schema: Schema) -> None:
    assert {f for f, _ in pairs(schema)} == {"occasion", "shade", "taste"}


def test_phrases_leave_out_politeness_and_what_is_known() -> None:
    text = "请帮我找一件海边穿的连衣裙谢谢"
    assert [text[a:b] for a, b in phrases(text, [(text.index("连衣裙"), text.index("连衣裙") + 3)])] == ["海边"]


def test_the_name_of_a_number_means_no_value() -> None:
    rows = [("a", 5.0, "seats that are heated"), ("b", 7.0, "sunroof"), ("c", 4.0, "towbar")]
    cars = infer([Item(i, i, category="car", attributes={"seats": n, "extras": e}) for i, n, e in rows], {})

    def near(text: str) -> np.ndarray:
        return np.eye(3, dtype=np.float32)[0 if "seats" in text else 1 if "sunroof" in text else 2]

    nearest = Nearest(cars, np.stack([near(t) for t in texts(cars)]), near)
    assert nearest.value("seats", ["car"]) == ("extras", "seats that are heated")  # which it would be without its label
    assert {c.field for c in Understanding(cars, nearest).parse("car with 7 seats").constraints} == {
        "category",
        "seats",
    }


def test_where_things_are_of_no_kinds_the_phrases_of_a_value_speak_for_it() -> None:
    cars = infer(
        [Item("a", "a", attributes={"body": "convertible"}), Item("b", "b", attributes={"body": "wagon"})],
        {"synonyms": {"convertible": ["open top car"]}},
    )
    axes = {"open top car": 0, "the roof comes off": 0, "convertible": 1, "wagon": 2}

    def near(text: str) -> np.ndarray:
        return np.eye(4, dtype=np.float32)[axes.get(text, 3)]

    nearest = Nearest(cars, np.stack([near(t) for t in texts(cars)]), near)
    assert nearest.value("the roof comes off", ()) == ("body", "convertible")
    assert nearest.value("something else", ()) is None
