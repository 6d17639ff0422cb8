"""Items come, change and go while people talk: every answer is one of the catalogue before or of the one after."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recsys.datamodels import Constraint, Item, Query
from recsys.feedback import PreferenceSpace
from recsys.loading import Parts
from recsys.recommender import Recommender
from recsys.retrieval import Columns, FlatIndex, LayeredIndex, LexicalIndex, Stacked
from recsys.settings import Settings
from recsys.store import SqliteStore

SILK = Item(
    "silk", "紫色真丝连衣裙", "ecommerce", "连衣裙", 260.0, brand="云裁", rating=4.9, popularity=0.9,
    title_en="Purple silk dress", attributes={"color": ("紫色",), "style": "法式"},
)  # fmt: skip


@pytest.fixture
def live(small_parts: Parts, tmp_path: Path) -> Iterator[Recommender]:
    store = SqliteStore(tmp_path / "live.db")
    yield Recommender(small_parts, store, Settings(home=tmp_path))
    store.close()


def shown(recommender: Recommender, session: str, text: str) -> list[str]:
    return [r.item.id for r in recommender.reply(session, text).items]


def test_a_new_item_is_found_by_its_words_its_values_and_its_price(live: Recommender) -> None:
    before = shown(live, live.start(), "紫色真丝连衣裙")
    live.update([SILK])
    assert "silk" not in before and shown(live, live.start(), "紫色真丝连衣裙")[0] == "silk"
    asked = live.reply(live.start(), "紫色的连衣裙，300以内")
    assert Constraint("color", "eq", "紫色") in asked.query.constraints  # a value that nothing had
    assert [r.item.id for r in asked.items] == ["silk"]


def test_what_is_removed_is_gone_from_every_answer(live: Recommender) -> None:
    session = live.start()
    first, *others = shown(live, session, "红色连衣裙")
    event = live.record(session, first, "like")
    live.update(remove=[first, "no-such-item"])
    again = shown(live, session, "红色连衣裙")
    assert event and first not in again and set(others) & set(again) and first not in live.catalog.row
    live.update([replace(SILK, id=first)])
    assert shown(live, live.start(), "紫色真丝连衣裙")[0] == first


def test_a_changed_item_is_as_it_is_now(live: Recommender) -> None:
    dress = live.item("dress-00")
    live.update([replace(dress, price=9999.0)])
    reply = live.reply(live.start(), "最贵的连衣裙")
    assert reply.items[0].item.id == "dress-00" and reply.items[0].item.price == 9999.0
    assert sum(i.id == "dress-00" for i in (r.item for r in live.reply(live.start(), "连衣裙").items)) <= 1
    assert live.pipeline.candidates.columns.everything.sum() == len(live.catalog.row) == 61


def test_what_was_liked_speaks_for_what_came_after(live: Recommender) -> None:
    session = live.start()
    for n in range(0, 18, 5):
        live.record(session, f"dress-{n:02}", "like")
    live.update([SILK])
    (row,) = (np.array([live.catalog.row["silk"]]),)
    preference = live.pipeline.preference(live.events(session))
    assert preference.score(row)[0] > 0 and np.isfinite(live.pipeline.behaviour(live.events(session), row)).all()
    assert live.explain(session, shown(live, session, "紫色真丝连衣裙")[0]).parts


def test_what_grew_is_what_would_have_been_built(live: Recommender, small_parts: Parts) -> None:
    """Features, columns and scores of the grown catalogue beside those made of all items at once."""
    items, half = small_parts.catalog.items, 40
    fields = ["color", "style", "brand", "genre", "mood", "risk", "use", "director"]
    vectors = np.asarray(small_parts.centred[:])
    grown = PreferenceSpace(items[:half], vectors[:half], fields).with_more(
        items[half:], Stacked(vectors[:half], vectors[half:])
    )
    every = np.arange(len(items))
    assert len(grown.features) == len(items) == len(grown.mean)
    assert set(grown.keys) == set(PreferenceSpace(items, vectors, fields).keys)
    values = grown.features[every][:, 2:].toarray()
    np.testing.assert_allclose(np.square(values[half:]).sum(axis=1), 0.25, atol=1e-9)
    np.testing.assert_array_equal(grown.features.tops[2:], values.max(axis=0))
    mixed = np.random.default_rng(0).permutation(every)  # old and new rows in any order
    np.testing.assert_array_equal(grown.features[mixed][:, 2:].toarray(), values[mixed])

    base, whole = Columns(items[:half]), Columns(items)
    for columns in (base, whole):
        columns.numbers("price"), columns.rows("color", "红色"), columns.ranges("price")
    more = base.updated(items, items[half:], [3])
    for c in (
        Constraint("price", "lte", 500.0),
        Constraint("color", "eq", "红色"),
        Constraint("genre", "in", ("剧情",)),
        Constraint("color", "not_in", ("红色",)),
    ):
        expected = whole.mask([c])
        expected[3] = False
        assert (more.mask([c]) == expected).all(), c

    plain = np.asarray(small_parts.vectors[:])
    layered = LayeredIndex(FlatIndex(plain[:half]), half, plain[half:])
    allowed = np.arange(len(plain)) % 3 != 0
    for mask in (None, allowed):
        rows, scores = layered.search(plain[50], 20, mask)
        exact, best = FlatIndex(plain).search(plain[50], 20, mask)
        np.testing.assert_allclose(scores, best, atol=1e-6)
        assert set(rows.tolist()) == set(exact.tolist())


def test_words_of_new_rows_weigh_as_those_of_old_ones() -> None:
    documents = [["red", "dress"], ["blue", "dress", "dress"], ["red", "coat"], ["green"]]
    index = LexicalIndex(documents)
    more = index.with_more([documents[1], ["red", "new"]])
    scores = more.scores(["dress", "red"])
    np.testing.assert_allclose(scores[4], scores[1], rtol=1e-5)
    assert scores[5] > 0 and more.scores(["new"]).argmax() == 5 and len(index.scores(["red"])) == 4


def test_queries_see_either_state_and_none_fails(live: Recommender) -> None:
    """People ask while a dress comes, gets dearer and goes, again and again."""
    stop, faults, states = threading.Event(), [], set()

    def ask() -> None:
        session = live.start()
        while not stop.is_set():
            try:
                reply = live.reply(session, "紫色真丝连衣裙")
                live.record(session, reply.items[0].item.id, "like")
                states.update((r.item.id, r.item.price) for r in reply.items if r.item.id == "silk")
                live.reset(session)
            except Exception as error:  # noqa: BLE001
                if "there is no item" not in str(error):  # it went between the answer and the thumb
                    faults.append(repr(error))

    people = [threading.Thread(target=ask) for _ in range(3)]
    for thread in people:
        thread.start()
    for n in range(12):
        live.update([replace(SILK, price=200.0 + n)])
        live.update(remove=["silk"])
    live.update([replace(SILK, price=300.0)])
    session = live.start()
    last = live.reply(session, "紫色真丝连衣裙")
    stop.set()
    for thread in people:
        thread.join()
    assert not faults and last.items[0].item.price == 300.0
    assert states <= {("silk", price) for price in (*np.arange(200.0, 212.0), 300.0)}


def test_the_state_before_an_update_stays_usable(live: Recommender) -> None:
    old = live.pipeline
    live.update([SILK], ["dress-01"])
    ids = {r.item.id for r in old.run(Query("连衣裙", free="连衣裙"), []).items}
    assert "silk" not in ids and "dress-01" in old.parts.catalog.row
