"""It, the other one, and what is described in other words than the catalogue's; and the order that is asked for."""

import numpy as np
import pytest

from recsys.catalog.schema import infer
from recsys.datamodels import Item, Query
from recsys.language.dialogue import spoken_of
from recsys.language.likeness import Likeness
from recsys.language.nearest import Nearest, texts
from recsys.language.ordering import ordered
from recsys.language.understanding import Understanding

ITEMS = (
    Item("a", "竖握鼠标", category="鼠标", price=199.0, rating=4.5, title_en="Vertical Mouse", description_en="Shaped like a handshake.", attributes={"color": "黑色", "weight_g": 120.0}),
    Item("b", "折叠鼠标", category="鼠标", price=99.0, rating=4.1, title_en="Folding Mouse", description_en="Bends flat for a pocket.", attributes={"color": "白色", "weight_g": 60.0}),
    Item("c", "静音鼠标", category="鼠标", price=59.0, rating=4.8, title_en="Quiet Mouse", description_en="Clicks that a library forgives.", attributes={"color": "红色", "weight_g": 90.0}),
)  # fmt: skip
FIELDS = {
    "price": {"zh": "价格", "en": "price", "unit": "元"}, "weight_g": {"zh": "重量", "en": "weight", "unit": "g"},
    "rating": {"zh": "评分", "en": "rating"}, "color": {"zh": "颜色", "en": "colour"},
}  # fmt: skip
SCHEMA = infer(ITEMS, {"fields": FIELDS, "labels": {"黑色": "black", "白色": "white", "红色": "red", "鼠标": "mouse"}})


@pytest.fixture(scope="module")
def understanding() -> Understanding:
    return Understanding(SCHEMA)


@pytest.mark.parametrize(
    ("text", "intent", "references"),
    [
        ("它多重", "explain", (2,)), ("bought it", "feedback", (2,)), ("save that one", "feedback", (2,)), ("这个不错", "feedback", (2,)),
        ("红的跟它比呢", "compare", (3, 2)), ("跟红的那个比一比呢", "compare", (3, 2)), ("compare it with the red one", "compare", (3, 2)),
        ("再来几个像它的", "similar", (2,)), ("lighter than that one", "refine", (2,)), ("第一个多重", "explain", (1,)),
        ("make it cheaper", "refine", ()), ("为什么给我推荐它", "explain", (2,)), ("put it side by side with the red one", "compare", (3, 2)), ("便宜一点的", "refine", ()), ("有红色的吗", "refine", ()), ("it's for my mum", "refine", ()),
    ],
)  # fmt: skip
def test_it_is_what_was_spoken_of_last(
    understanding: Understanding, text: str, intent: str, references: tuple[int, ...]
) -> None:
    turn = understanding.parse(text, understanding.parse("鼠标"), ITEMS, focus=("b",))
    assert (turn.intent, turn.references) == (intent, references)


@pytest.mark.parametrize(
    ("text", "references"),
    [
        ("那两个里评分高的那个收藏", (3,)), ("the lighter of those two, save it", (2,)), ("I like both of them", (2, 3)),
        ("is it heavier than the black one?", (1, 3)), ("它太重，看不上，还是白的那个吧，买了", (2, 3)),
        ("听着有点意思，先收藏", (3,)), ("末尾两个比一下", (2, 3)), ("second和third帮我compare一下", (2, 3)),
    ],
)  # fmt: skip
def test_those_spoken_of_last(understanding: Understanding, text: str, references: tuple[int, ...]) -> None:
    turn = understanding.parse(text, understanding.parse("鼠标"), ITEMS, focus=("b", "c"))
    assert tuple(sorted(r % 4 for r in turn.references)) == references


def test_without_a_focus_it_means_nothing(understanding: Understanding) -> None:
    assert understanding.parse("bought it", understanding.parse("鼠标"), ITEMS).references == ()


def test_the_other_one_is_the_one_not_spoken_of(understanding: Understanding) -> None:
    state = understanding.parse("鼠标")
    assert understanding.parse("the other one looks boring", state, ITEMS[:2], focus=("a",)).references == (2,)
    assert understanding.parse("另外两个不要", state, ITEMS, focus=("a",)).references == (2, 3)
    assert (
        understanding.parse("the other one looks boring", state, ITEMS, focus=("a",)).references == ()
    )  # of two others


def test_what_a_turn_leaves_in_focus() -> None:
    ids = [i.id for i in ITEMS]
    assert spoken_of(Query("", references=(2,)), ids, ("a",)) == ("a", "b")
    assert spoken_of(Query("", references=(-1,)), ids, ()) == ("c",)
    assert spoken_of(Query(""), ids, ("a",)) == ("a",)
    assert spoken_of(Query("", references=(1, 2)), ids, ("c",)) == (
        "a",
        "b",
        "",
    )  # which of them "it" would be, nobody knows
    assert spoken_of(Query("", references=(1,)), ids, ("a", "b", "")) == ("b", "a")
    assert spoken_of(Query("", references=(1, 2, 3)), ids, ("a",)) == ()


def test_the_two_spoken_of_last(understanding: Understanding) -> None:
    state = understanding.parse("鼠标")
    for text in ("它俩哪个轻", "of those two, which is lighter?", "这两个比一下"):
        assert set(understanding.parse(text, state, ITEMS, focus=("a", "c")).references) == {1, 3}
    assert understanding.parse("the other one looks nice", state, ITEMS, focus=("a", "c")).references == (1,)
    assert understanding.parse("它多重", state, ITEMS, focus=("a", "c", "")).references == ()


@pytest.mark.parametrize(
    ("text", "intent", "references"),
    [
        ("红的多重", "explain", (3,)), ("the folding mouse - how heavy?", "explain", (2,)), ("quiet one vs the black one?", "compare", (1, 3)),
        ("最下面那个喜欢", "feedback", (-1,)), ("the bottom one is nice", "feedback", (-1,)), ("the two cheaper ones, side by side", "compare", (3, 2)),
        ("最贵的和最便宜的两个比一下", "compare", (1, 3)), ("that 59 one, is it loud?", "explain", (3,)), ("就红的，收藏", "feedback", (3,)),
    ],
)  # fmt: skip
def test_an_item_is_known_by_what_it_alone_has(
    understanding: Understanding, text: str, intent: str, references: tuple[int, ...]
) -> None:
    turn = understanding.parse(text, understanding.parse("鼠标"), ITEMS)
    assert (turn.intent, set(turn.references)) == (intent, set(references))


_AXES = {"upright": 0, "黑色": 0, "竖握鼠标": 0, "tiny": 1, "折叠鼠标": 1}  # what means the same lies on one axis


def encode(text: str) -> np.ndarray:
    out = np.full(3, 0.01, np.float32)
    out[_AXES.get(text.split(maxsplit=1)[0], 2)] = 1.0
    return out / np.linalg.norm(out)


def test_the_language_model_finds_what_no_word_of_the_catalogue_says() -> None:
    nearest = Nearest(SCHEMA, np.stack([encode(t) for t in texts(SCHEMA)]), encode)
    likeness = Likeness(SCHEMA, nearest)
    assert likeness.most("upright", ITEMS) == [ITEMS[0]]
    assert likeness.most("tiny", ITEMS) == [ITEMS[1]]
    assert likeness.most("the one", ITEMS) == []  # says nothing
    assert likeness.most("upright", ITEMS[:1]) == []  # nothing to tell apart
    own = Understanding(SCHEMA, nearest)
    assert own.parse("the upright one looks good", own.parse("鼠标"), ITEMS).references == (1,)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("按价格从高到低排", ("price", True)), ("按价格排", ("price", False)), ("按评分排一下", ("rating", True)), ("按重量升序排", ("weight_g", False)),
        ("按价格排，便宜的在前", ("price", False)), ("价格由低到高", ("price", False)), ("从便宜到贵", ("price", False)), ("从重到轻", ("weight_g", True)),
        ("sort by price", ("price", False)), ("order them by weight, heaviest first", ("weight_g", True)), ("price high to low", ("price", True)),
        ("sort these by rating", ("rating", True)), ("价格低一点", None), ("a high price", None), ("从北京到上海", None),
    ],
)  # fmt: skip
def test_the_order_that_is_asked_for(text: str, order: tuple[str, bool] | None) -> None:
    found = ordered(text, SCHEMA, ("鼠标",))
    assert (found[:2] if found else None) == order
