"""The preference is the closed form that its docstring names, and a function of the standing events alone."""

from collections.abc import Callable

import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Event, EventKind, Item
from recsys.feedback import Preference, PreferenceSpace
from recsys.feedback.preference import HALF_LIFE, LASTING, NOISE, target_of
from recsys.feedback.space import BASE
from recsys.recommender import Recommender

DAY = 86400.0
Make = Callable[..., Event]


@pytest.fixture(scope="module")
def space(small_catalog: Catalog, small_parts) -> PreferenceSpace:
    categorical = [n for n, f in small_catalog.schema.fields.items() if f.kind in ("categorical", "list")]
    return PreferenceSpace(small_catalog.items, small_parts.centred, categorical)


def event(number: int, item_id: str, kind: EventKind, value: float | None = None, at: float = 1e9) -> Event:
    return Event(number, "s", item_id, kind, value, at)


def fit(space: PreferenceSpace, catalog: Catalog, events: list[Event]) -> Preference:
    return Preference.fit(space, events, [catalog.row.get(e.item_id, -1) for e in events])


EVENTS = [
    event(1, "dress-00", "like"),
    event(2, "dress-03", "dislike"),
    event(3, "pack-02", "click"),
    event(4, "film-05", "rate", 0.8),
    event(5, "dress-07", "purchase"),
    event(6, "fund-01", "favourite"),
]


@pytest.fixture
def everything(small_catalog: Catalog) -> np.ndarray:
    return np.arange(len(small_catalog.items))


def explicit(space: PreferenceSpace, everything: np.ndarray) -> np.ndarray:
    """Features (n, d) whose products are the covariances of all items, from an eigendecomposition."""
    values, basis = np.linalg.eigh(space.kernel(everything, everything))
    return basis * np.sqrt(np.maximum(values, 0))


def test_the_dual_equals_ridge_regression_on_explicit_features(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    """w = (ΦᵀN⁻¹Φ + I)⁻¹ ΦᵀN⁻¹ (y − mean), mean Φ*w, variance φ(ΦᵀN⁻¹Φ + I)⁻¹φᵀ; judged items are their judgement."""
    features = explicit(space, everything)
    rows = [small_catalog.row[e.item_id] for e in EVENTS]
    seen = features[rows]
    targets = np.array([1.0, -1.0, 0.3, 2 * 0.8 - 1, 1.0, 1.0]) - space.mean[rows]
    precision = np.diag(1 / np.array([NOISE[e.kind] for e in EVENTS]))
    inverse = np.linalg.inv(seen.T @ precision @ seen + np.eye(features.shape[1]))
    weights = inverse @ seen.T @ precision @ targets
    preference = fit(space, small_catalog, EVENTS)
    others = np.setdiff1d(everything, [r for r, e in zip(rows, EVENTS, strict=True) if e.kind != "click"])
    np.testing.assert_allclose(preference.score(others), (features @ weights)[others], atol=1e-6)
    ridge = np.einsum("nd,de,ne->n", features, inverse, features)
    np.testing.assert_allclose(preference.variance(everything), ridge, atol=1e-5)


def test_of_a_judged_item_the_judgement_is_what_is_expected(space: PreferenceSpace, small_catalog: Catalog) -> None:
    rows = np.array([small_catalog.row[e.item_id] for e in EVENTS])
    np.testing.assert_allclose(fit(space, small_catalog, EVENTS).score(rows)[[0, 1, 3, 4, 5]], [1, -1, 0.6, 1, 1])


def test_a_like_raises_what_is_like_it_and_a_dislike_lowers_it(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    for item in small_catalog.items[::7]:
        row = small_catalog.row[item.id]
        likeness = space.kernel(everything, np.array([row]))[:, 0]
        near = np.argsort(-likeness)[1:6]
        far = np.argsort(likeness)[:5]
        liked = fit(space, small_catalog, [event(1, item.id, "like")]).score(everything)
        disliked = fit(space, small_catalog, [event(1, item.id, "dislike")]).score(everything)
        assert (liked[near] > 0).all() and liked[row] == liked.max() and liked[near].mean() > liked[far].mean()
        assert (
            (disliked[near] < 0).all()
            and disliked[row] == disliked.min()
            and disliked[near].mean() < disliked[far].mean()
        )


def test_louder_events_say_more(space: PreferenceSpace, small_catalog: Catalog) -> None:
    row = np.array([small_catalog.row["dress-00"]])
    kinds: tuple[EventKind, ...] = ("dislike", "click", "like", "purchase")
    scores = [fit(space, small_catalog, [event(1, "dress-00", k)]).score(row)[0] for k in kinds]
    assert scores == sorted(scores) and scores[0] < 0 < scores[1]
    twin = np.array([small_catalog.row["dress-15"]])
    scores = [fit(space, small_catalog, [event(1, "dress-00", k)]).score(twin)[0] for k in kinds]
    assert scores[0] < 0 < scores[1] < scores[2] < scores[3]


@pytest.mark.parametrize(("value", "sign"), [(0.0, -1), (0.2, -1), (0.5, 0), (0.8, 1), (1.0, 1)])
def test_a_rating_speaks_by_its_distance_from_the_middle(
    space: PreferenceSpace, small_catalog: Catalog, value: float, sign: int
) -> None:
    score = fit(space, small_catalog, [event(1, "dress-00", "rate", value)]).score(
        np.array([small_catalog.row["dress-00"]])
    )[0]
    assert np.sign(np.round(score, 9)) == sign


def test_without_an_event_it_is_bit_for_bit_what_it_was(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    before = fit(space, small_catalog, EVENTS[:4]).score(everything)
    changed = fit(space, small_catalog, EVENTS[:5]).score(everything)
    assert not np.array_equal(before, changed)
    assert np.array_equal(fit(space, small_catalog, [e for e in EVENTS[:5] if e.id != 5]).score(everything), before)


def test_contributions_sum_to_the_score(space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray) -> None:
    preference = fit(space, small_catalog, EVENTS)
    parts = preference.contributions(everything)
    assert parts.shape == (len(everything), len(EVENTS))
    np.testing.assert_allclose(parts.sum(axis=1), preference.score(everything), atol=1e-12)


def test_nothing_known_means_zero_and_unsure(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    preference = fit(space, small_catalog, [])
    assert not preference.score(everything).any()
    np.testing.assert_allclose(preference.variance(everything), space.prior(everything))
    assert preference.contributions(everything).shape == (len(everything), 0) and preference.leanings() == []


def test_variance_shrinks_beside_what_is_known(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    row = small_catalog.row["dress-00"]
    left = fit(space, small_catalog, [event(1, "dress-00", "like")]).variance(everything) / space.prior(everything)
    likeness = space.kernel(everything, np.array([row]))[:, 0]
    assert left[row] == left.min() and left[row] < 0.6
    assert left[np.argsort(-likeness)[1:6]].mean() < left[np.argsort(likeness)[:5]].mean()


def test_tastes_drift_with_time_and_between_sessions(space: PreferenceSpace, small_catalog: Catalog) -> None:
    """What an event says of a neighbour now: halved in a half-life, and lessened in another session; its base rate lasts."""
    twin = np.array([small_catalog.row["dress-15"]])

    def carried(gap: float, session: str) -> float:
        old = Event(1, session, "dress-00", "like", None, 1e9 - gap)
        now = event(2, "fund-01", "click")
        return float((fit(space, small_catalog, [old, now]).kernel(twin)[0, 0]) - BASE)

    here = carried(0, "s")
    assert carried(HALF_LIFE, "s") == pytest.approx(here / 2)
    assert carried(0, "before") == pytest.approx(here * LASTING)


def test_age_counts_from_the_last_event_so_a_pause_alone_changes_nothing(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    moved = [Event(e.id, "s", e.item_id, e.kind, e.value, e.at + 400 * DAY) for e in EVENTS]
    np.testing.assert_array_equal(
        fit(space, small_catalog, EVENTS).score(everything), fit(space, small_catalog, moved).score(everything)
    )


def test_the_covariance_is_one(space: PreferenceSpace, everything: np.ndarray) -> None:
    """Symmetric, positive semi-definite, at most 1: only then is the closed form a posterior."""
    kernel = space.kernel(everything, everything)
    np.testing.assert_allclose(kernel, kernel.T, atol=1e-6)
    np.testing.assert_allclose(np.diag(kernel), space.prior(everything), atol=1e-5)
    assert kernel.max() <= 1 + 1e-5 and np.linalg.eigvalsh(kernel).min() > -1e-4


def test_attributes_shared_raise_the_covariance(space: PreferenceSpace, small_catalog: Catalog) -> None:
    """Of two dresses as near in words, the one of the same colour and style is nearer."""
    rows = np.array([small_catalog.row[i] for i in ("dress-00", "dress-15", "dress-01")])
    kernel = space.kernel(rows, rows)
    assert kernel[0, 1] > kernel[0, 2]


def leanings(space: PreferenceSpace, catalog: Catalog, events: list[Event]) -> dict[tuple[str, str], int]:
    return {(one.field, one.value): one.sign for one in fit(space, catalog, events).leanings()}


def reds(catalog: Catalog) -> list[str]:
    return [i.id for i in catalog.items if "红色" in i.values("color")]


def test_one_red_dress_does_not_ban_red_but_three_reds_push_red_down(
    space: PreferenceSpace, small_catalog: Catalog
) -> None:
    disliked = [event(n, item_id, "dislike") for n, item_id in enumerate(reds(small_catalog)[:3], 1)]
    red = np.array([small_catalog.row[i] for i in reds(small_catalog)[3:]])
    assert ("color", "红色") not in leanings(space, small_catalog, disliked[:1])
    assert ("color", "红色") not in leanings(space, small_catalog, disliked[:2])
    assert leanings(space, small_catalog, disliked)["color", "红色"] == -1
    scores = [fit(space, small_catalog, disliked[:n]).score(red).mean() for n in (1, 2, 3)]
    assert 0 > scores[0] > scores[1] > scores[2] > -1 and scores[0] > -0.4


def test_a_leaning_can_be_forgotten_and_comes_back_only_by_new_judgements(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    disliked = [event(n, item_id, "dislike") for n, item_id in enumerate(reds(small_catalog)[:3], 1)]
    forget = Event(4, "s", "", "forget", None, 1e9, "color", "红色")
    before, after = (fit(space, small_catalog, e) for e in (disliked, [*disliked, forget]))
    assert ("color", "红色") not in {(one.field, one.value) for one in after.leanings()}
    red = np.array([small_catalog.row[i] for i in reds(small_catalog)[3:]])
    assert after.score(red).mean() > before.score(red).mean()
    again = [event(n, item_id, "dislike") for n, item_id in enumerate(reds(small_catalog)[3:6], 5)]
    assert leanings(space, small_catalog, [*disliked, forget, *again])["color", "红色"] == -1


def test_a_leaning_said_in_words_counts_at_once(space: PreferenceSpace, small_catalog: Catalog) -> None:
    dear = Event(1, "s", "", "lean", -1.0, 1e9, "price", "")
    preference = fit(space, small_catalog, [dear])
    dresses = np.array([small_catalog.row[f"dress-{i:02}"] for i in range(18)])  # priced in this order
    scores = preference.score(dresses)
    assert (np.diff(scores) < 0).all() and scores[0] > 0 > scores[-1]
    assert leanings(space, small_catalog, [dear]) == {("price", ""): -1}


def test_the_last_opinion_on_an_item_replaces_an_earlier_one(recommender: Recommender, everything: np.ndarray) -> None:
    pipeline = recommender.pipeline
    changed = pipeline.preference([event(1, "dress-00", "like"), event(2, "dress-00", "dislike")])
    only = pipeline.preference([event(2, "dress-00", "dislike")])
    np.testing.assert_array_equal(changed.score(everything), only.score(everything))
    both = pipeline.preference([event(1, "dress-00", "click"), event(2, "dress-00", "like")])  # a click is no opinion
    assert len(both.rows) == 2


def test_every_kind_of_event_on_an_item_has_a_target_and_a_noise() -> None:
    from recsys.datamodels import ACTIONS

    assert all(-1 <= target_of(event(1, "dress-00", kind)) <= 1 and NOISE[kind] > 0 for kind in ACTIONS)


def test_how_far_one_event_moves_the_liking_of_its_item(space: PreferenceSpace, small_catalog: Catalog) -> None:
    """target / (1 + noise), as the strengths are argued for; a longer look says more, up to half a minute."""
    found = {
        kind: target_of(event(1, "dress-00", kind, 60.0)) / (1 + NOISE[kind])
        for kind in ("dislike", "click", "dwell", "like", "purchase")
    }
    assert list(found.values()) == sorted(found.values())
    assert found["dwell"] == pytest.approx(2 * found["click"]) and found["click"] == pytest.approx(
        found["like"] / 8, abs=0.01
    )
    row = np.array([small_catalog.row["dress-00"]])
    looks = [
        fit(space, small_catalog, [event(1, "dress-00", "dwell", x)]).score(row)[0]
        for x in (0.0, 5.0, 20.0, 30.0, 900.0)
    ]
    assert looks == sorted(looks) and looks[2] < looks[3] == looks[4]
    assert fit(space, small_catalog, [event(1, "dress-00", "click")]).score(row)[0] < looks[-1]


@pytest.fixture
def for_whom() -> PreferenceSpace:
    """Four pairs of twins that differ by nothing but whom they are for."""
    vectors = np.repeat(np.eye(4, dtype=np.float32), 2, axis=0)
    ages = [("成人",), ("儿童",)] * 4
    items = [Item(str(n), str(n), attributes={"age": age}) for n, age in enumerate(ages)]
    return PreferenceSpace(items, vectors, ["age"])


@pytest.mark.parametrize("kinds", [("like",), ("like", "dislike", "like"), ("favourite", "dislike", "dislike")])
def test_what_is_for_others_does_not_rise_by_thumbs(for_whom: PreferenceSpace, kinds: tuple[EventKind, ...]) -> None:
    """Judged are adults' items alone: what their thumbs say of the rest is for adults, and dislikes say nothing against adults."""
    events = [event(n, str(2 * n), kind) for n, kind in enumerate(kinds)]
    preference = Preference.fit(for_whom, events, [2 * n for n in range(len(kinds))])
    grown, small = preference.score(np.array([6, 7]))
    assert grown > small + 0.05
    disliked = Preference.fit(for_whom, [event(1, "0", "dislike")], [0])
    grown, small = disliked.score(np.array([6, 7]))
    assert grown == pytest.approx(small) and grown < 0
    assert preference.leanings() == []
