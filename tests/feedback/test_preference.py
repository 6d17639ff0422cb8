"""The preference is the closed form that its docstring names, and a function of the standing events alone."""

from collections.abc import Callable

import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Event, EventKind
from recsys.feedback import Preference, PreferenceSpace
from recsys.feedback.preference import HALF_LIFE, NOISE, TARGET
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
    return Preference.fit(space, events, [catalog.row[e.item_id] for e in events])


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


def test_the_dual_equals_ridge_regression_on_explicit_features(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    """Φ from the kernel's own factor: w = (ΦᵀN⁻¹Φ + I)⁻¹ ΦᵀN⁻¹ y, mean Φ*w, variance φ(ΦᵀN⁻¹Φ + I)⁻¹φᵀ."""
    values, basis = np.linalg.eigh(space.kernel(everything, everything))
    features = basis * np.sqrt(np.maximum(values, 0))  # (n, n), with features @ features.T the kernel
    rows = [small_catalog.row[e.item_id] for e in EVENTS]
    seen = features[rows]
    targets = np.array([1.0, -1.0, 0.3, 2 * 0.8 - 1, 1.2, 1.2])
    precision = np.diag(1 / np.array([NOISE[e.kind] for e in EVENTS]))
    inverse = np.linalg.inv(seen.T @ precision @ seen + np.eye(features.shape[1]))
    weights = inverse @ seen.T @ precision @ targets
    preference = fit(space, small_catalog, EVENTS)
    np.testing.assert_allclose(preference.score(everything), features @ weights, atol=1e-6)
    own = np.diag(space.kernel(everything, everything))
    ridge = np.einsum("nd,de,ne->n", features, inverse, features)
    np.testing.assert_allclose(preference.variance(everything), 1 - own + ridge, atol=1e-5)


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
        np.testing.assert_allclose(disliked, -liked, atol=1e-12)


def test_louder_events_say_more(space: PreferenceSpace, small_catalog: Catalog) -> None:
    row = np.array([small_catalog.row["dress-00"]])
    kinds: tuple[EventKind, ...] = ("dislike", "click", "like", "purchase")
    scores = [fit(space, small_catalog, [event(1, "dress-00", k)]).score(row)[0] for k in kinds]
    assert scores == sorted(scores) and scores[0] < 0 < scores[1]


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
    assert not preference.score(everything).any() and (preference.variance(everything) == 1).all()
    assert preference.contributions(everything).shape == (len(everything), 0)


def test_variance_shrinks_beside_what_is_known(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    preference = fit(space, small_catalog, [event(1, "dress-00", "like")])
    row = small_catalog.row["dress-00"]
    variance = preference.variance(everything)
    assert variance[row] == variance.min() and variance[row] < 0.3
    likeness = np.abs(space.kernel(everything, np.array([row]))[:, 0])
    assert variance[np.argsort(-likeness)[1:6]].mean() < variance[np.argsort(likeness)[:5]].mean()


def test_an_event_counts_for_half_after_a_half_life(space: PreferenceSpace, small_catalog: Catalog) -> None:
    """Age adds noise: after a half life an event is as unsure as one of twice its noise."""
    old, new = event(1, "dress-00", "like", at=1e9 - HALF_LIFE), event(2, "film-05", "like", at=1e9)
    rows = np.array([small_catalog.row[i] for i in ("dress-00", "film-05")])
    kernel = space.kernel(rows, rows)
    expected = kernel @ np.linalg.solve(kernel + np.diag([2 * NOISE["like"], NOISE["like"]]), np.ones(2))
    np.testing.assert_allclose(fit(space, small_catalog, [old, new]).score(rows), expected, atol=1e-9)


def test_age_counts_from_the_last_event_so_a_pause_alone_changes_nothing(
    space: PreferenceSpace, small_catalog: Catalog, everything: np.ndarray
) -> None:
    moved = [Event(e.id, "s", e.item_id, e.kind, e.value, e.at + 400 * DAY) for e in EVENTS]
    np.testing.assert_array_equal(
        fit(space, small_catalog, EVENTS).score(everything), fit(space, small_catalog, moved).score(everything)
    )


def test_the_kernel_is_one(space: PreferenceSpace, everything: np.ndarray) -> None:
    """Symmetric, positive semi-definite, at most 1: only then is the closed form a posterior."""
    kernel = space.kernel(everything, everything)
    np.testing.assert_allclose(kernel, kernel.T, atol=1e-6)
    assert kernel.max() <= 1 + 1e-5 and np.linalg.eigvalsh(kernel).min() > -1e-4


def test_attributes_shared_raise_the_kernel(space: PreferenceSpace, small_catalog: Catalog, small_parts) -> None:
    """Of two dresses as near in words, the one of the same colour and style is nearer."""
    same, other = space.kernel(
        np.array([small_catalog.row["dress-00"]]),
        np.array([small_catalog.row["dress-15"], small_catalog.row["dress-01"]]),
    )[0]
    assert same > other


def test_the_last_opinion_on_an_item_replaces_an_earlier_one(recommender: Recommender, everything: np.ndarray) -> None:
    pipeline = recommender.pipeline
    changed = pipeline.preference([event(1, "dress-00", "like"), event(2, "dress-00", "dislike")])
    only = pipeline.preference([event(2, "dress-00", "dislike")])
    np.testing.assert_array_equal(changed.score(everything), only.score(everything))
    both = pipeline.preference([event(1, "dress-00", "click"), event(2, "dress-00", "like")])  # a click is no opinion
    assert len(both.rows) == 2


def test_every_kind_of_event_has_a_target_and_a_noise() -> None:
    from recsys.datamodels import EVENT_KINDS

    assert set(TARGET) == set(NOISE) == set(EVENT_KINDS)
    assert all(n > 0 for n in NOISE.values())
