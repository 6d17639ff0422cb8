"""The behaviour model learns an order where there is one and none where there is none (after spotlight's own tests)."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor, nn
from walks import walk

from recsys.behavior import BehaviorModel, Steps
from recsys.behavior.histories import History, Piece, batches, clean, history_of, numbered
from recsys.behavior.network import Network
from recsys.behavior.scoring import Items, logits, next_item_ndcg
from recsys.behavior.steps import centred
from recsys.behavior.training import Epoch, Training, _since, _wanted, train
from recsys.datamodels import Event
from recsys.errors import ModelMismatch, RecsysError

N, LENGTH = 24, 10
ITEMS = np.eye(N, dtype=np.float32)
CHANCE = float((1 / np.arange(1, N - LENGTH + 2)).mean())  # the MRR of a random order of what a person lacks, 0.221

pytestmark = pytest.mark.usefixtures("one_thread")


def chain(rng: np.random.Generator, follow: npt.NDArray[np.int64] | None) -> History:
    """A walk: along `follow` (item -> next item), or at random."""
    rows = [int(rng.integers(N))]
    while len(rows) < LENGTH:
        rows.append(int(rng.integers(N) if follow is None else follow[rows[-1]]))
    return walk(*rows)


def steps(history: History, until: int) -> Steps:
    return Steps(ITEMS[history.rows[:until]], history.kinds[:until], history.values[:until], history.gaps[:until])


def mrr(model: BehaviorModel, histories: list[History]) -> float:
    ranks = []
    for h in histories:
        if h.rows[-1] in h.rows[:-1]:
            continue
        scores = model.score(model.wanted(steps(h, LENGTH - 1)), ITEMS)
        scores[h.rows[:-1]] = -np.inf  # what the person has is not asked for
        ranks.append(int((scores > scores[h.rows[-1]]).sum()) + 1)
    return float(np.mean(1 / np.array(ranks)))


def fitted(follow: npt.NDArray[np.int64] | None, epochs: int) -> tuple[BehaviorModel, list[Epoch], list[History]]:
    rng = np.random.default_rng(1)
    model, report = train([chain(rng, follow) for _ in range(400)], ITEMS, "fake", seed=1, how=Training(epochs=epochs))
    return model, report, [chain(rng, follow) for _ in range(200)]


@pytest.fixture(scope="module")
def cycle() -> npt.NDArray[np.int64]:
    order = np.random.default_rng(0).permutation(N)
    follow = np.empty(N, np.int64)
    follow[order] = np.roll(order, -1)
    return follow


@pytest.fixture(scope="module")
def learned(cycle: npt.NDArray[np.int64]) -> tuple[BehaviorModel, list[Epoch], list[History]]:
    return fitted(cycle, 8)


@pytest.fixture(scope="module")
def untrained() -> BehaviorModel:
    torch.manual_seed(3)
    network = Network(N)
    for weight in (network.kind.weight, network.scalars.weight, network.rated.weight, network.look.weight):
        nn.init.normal_(weight, std=0.1)  # they begin at zero
    return BehaviorModel(network, "fake")


def test_a_markov_chain_is_learned(learned: tuple[BehaviorModel, list[Epoch], list[History]]) -> None:
    model, report, unseen = learned
    assert mrr(model, unseen) > 0.95
    assert report[-1].loss < report[0].loss


def test_a_random_chain_stays_at_chance() -> None:
    model, _, unseen = fitted(None, 3)
    assert mrr(model, unseen) < CHANCE + 0.06


def test_before_training_it_knows_nothing(
    untrained: BehaviorModel, learned: tuple[BehaviorModel, list[Epoch], list[History]]
) -> None:
    assert mrr(untrained, learned[2]) < CHANCE + 0.12


def test_the_same_seed_gives_the_same_weights(cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(5)
    histories = [chain(rng, cycle) for _ in range(60)]
    one, two, other = (
        train(histories, ITEMS, "fake", seed=s, how=Training(epochs=1))[0].network.state_dict() for s in (7, 7, 8)
    )
    assert all(torch.equal(one[k], two[k]) for k in one)
    assert not all(torch.equal(one[k], other[k]) for k in one)


def test_training_stops_when_it_no_longer_helps_and_keeps_the_best_epoch() -> None:
    rng = np.random.default_rng(2)
    histories = [chain(rng, None) for _ in range(200)]
    model, report = train(histories, ITEMS, "fake", seed=2, how=Training(epochs=50, patience=1))
    assert len(report) < 20 and report[-1].ndcg <= report[-2].ndcg == max(e.ndcg for e in report)
    order = np.random.default_rng(2).permutation(200)
    held, kept = [histories[i] for i in order[:20]], [histories[i] for i in order[20:]]
    assert next_item_ndcg(
        model, held, Items.of(ITEMS, None, np.bincount(np.concatenate([h.rows for h in kept]), minlength=N))
    ) == pytest.approx(report[-2].ndcg)


def test_a_history_without_a_like_teaches_nothing_and_breaks_nothing(cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(4)
    histories = [chain(rng, cycle) for _ in range(40)]
    unliked = [replace(h, liked=np.zeros(LENGTH, bool)) for h in histories]
    model, report = train([*histories[:20], *unliked[20:]], ITEMS, "fake", seed=0, how=Training(epochs=1, batch=1))
    assert all(bool(torch.isfinite(w).all()) for w in model.network.state_dict().values())
    assert np.isfinite(report[0].loss)


def test_saved_and_loaded_scores_are_equal(
    tmp_path: Path, learned: tuple[BehaviorModel, list[Epoch], list[History]]
) -> None:
    model, _, unseen = learned
    path = tmp_path / "deep" / "behavior.safetensors"
    model.save(path)
    loaded = BehaviorModel.load(path, "fake")
    for history in unseen[:20]:
        np.testing.assert_allclose(
            loaded.score(loaded.wanted(steps(history, 6)), ITEMS),
            model.score(model.wanted(steps(history, 6)), ITEMS),
            atol=1e-6,
        )


def test_another_encoder_is_refused(tmp_path: Path, untrained: BehaviorModel) -> None:
    path = tmp_path / "behavior.safetensors"
    untrained.save(path)
    with pytest.raises(ModelMismatch, match="python -m recsys train") as error:
        BehaviorModel.load(path, "another")
    assert isinstance(error.value, RecsysError) and "fake" in str(error.value) and "another" in str(error.value)


def test_another_version_is_refused(tmp_path: Path, untrained: BehaviorModel, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "behavior.safetensors"
    untrained.save(path)
    monkeypatch.setattr("recsys.behavior.model.VERSION", 999)
    with pytest.raises(ModelMismatch, match="999"):
        BehaviorModel.load(path, "fake")


def test_the_order_of_a_history_counts(learned: tuple[BehaviorModel, list[Epoch], list[History]]) -> None:
    model, _, unseen = learned
    there = steps(unseen[0], 6)
    back = Steps(there.vectors[::-1].copy(), there.kinds, there.values, there.gaps)
    assert np.abs(model.score(model.wanted(there), ITEMS) - model.score(model.wanted(back), ITEMS)).max() > 0.1


def test_kinds_values_and_gaps_count(untrained: BehaviorModel) -> None:
    base = Steps(ITEMS[:3], np.zeros(3, np.int64), np.zeros(3, np.float32), np.zeros(3, np.float32))
    v = untrained.represent(base)
    for other in (
        Steps(base.vectors, np.array([0, 1, 0]), base.values, base.gaps),
        Steps(base.vectors, base.kinds, np.array([0, 1, 0], np.float32), base.gaps),
        Steps(base.vectors, base.kinds, base.values, np.array([0, 9, 0], np.float32)),
    ):
        assert np.abs(untrained.represent(other) - v).max() > 1e-4


def directions(model: BehaviorModel, vectors: Tensor, *rest: Tensor) -> Tensor:
    """v(y) after every step (B, T, D)."""
    query, echo = model.network(model.network.items(vectors), *rest)
    return nn.functional.normalize(query @ model.network.adapter.weight + echo @ vectors, dim=-1)


def test_kinds_and_values_that_training_never_saw_change_nothing(
    learned: tuple[BehaviorModel, list[Epoch], list[History]],
) -> None:
    model, _, unseen = learned
    base = steps(unseen[0], 5)
    purchases = np.full(5, 5)
    for other in (
        Steps(base.vectors, base.kinds, np.ones(5, np.float32), base.gaps),
        Steps(base.vectors, purchases, base.values, base.gaps),
    ):
        cosine = float(model.represent(other) @ model.represent(base))
        assert cosine > 0.95


def test_padding_never_leaks(untrained: BehaviorModel) -> None:
    """A history's v(y) is the same alone as in a batch beside a longer one."""
    rng = np.random.default_rng(6)
    short, long = 3, 9
    vectors = torch.zeros(2, long, N)
    kinds, values, gaps = torch.zeros(2, long, dtype=torch.int64), torch.zeros(2, long), torch.zeros(2, long)
    for row, length in enumerate((short, long)):
        vectors[row, :length] = torch.from_numpy(ITEMS[rng.integers(N, size=length)])
        gaps[row, :length] = torch.from_numpy(rng.random(length).astype(np.float32))
    with torch.inference_mode():
        batch = directions(untrained, vectors, kinds, values, gaps)
    for row, length in enumerate((short, long)):
        alone = untrained.represent(
            Steps(
                vectors[row, :length].numpy(),
                kinds[row, :length].numpy(),
                values[row, :length].numpy(),
                gaps[row, :length].numpy(),
            )
        )
        np.testing.assert_allclose(batch[row, length - 1].numpy(), alone, atol=1e-6)


def test_the_future_never_leaks(untrained: BehaviorModel) -> None:
    """v(y) after step t is the same whatever comes later."""
    rows = np.arange(8)
    zeros = np.zeros(8, np.float32)
    with torch.inference_mode():
        whole = directions(
            untrained, *(torch.from_numpy(a)[None] for a in (ITEMS[rows], zeros.astype(np.int64), zeros, zeros))
        )
    for t in range(1, 9):
        part = untrained.represent(Steps(ITEMS[rows[:t]], zeros[:t].astype(np.int64), zeros[:t], zeros[:t]))
        np.testing.assert_allclose(whole[0, t - 1].numpy(), part, atol=1e-6)


def test_no_history_scores_nothing(untrained: BehaviorModel) -> None:
    empty = Steps.of([], np.empty((0, N), np.float32))
    assert not untrained.score(untrained.wanted(empty), ITEMS).any()


def test_v_has_unit_length(untrained: BehaviorModel) -> None:
    v = untrained.represent(Steps(ITEMS[:4], np.zeros(4, np.int64), np.zeros(4, np.float32), np.zeros(4, np.float32)))
    assert v.shape == (N,) and np.linalg.norm(v) == pytest.approx(1, abs=1e-5)


def test_steps_of_events() -> None:
    events = [
        Event(1, "s", "a", "like", None, 100.0),
        Event(2, "s", "b", "rate", 1.0, 100.0 + np.e - 1),
        Event(3, "s", "c", "rate", 0.25, 50.0),
    ]
    made = Steps.of(events, ITEMS[:3])
    assert made.kinds.tolist() == [0, 3, 3]
    np.testing.assert_allclose(made.values, [0, 1, -0.5])
    np.testing.assert_allclose(made.gaps, [0, 1, 0], atol=1e-6)  # a clock that went back counts as no time at all


def test_centred_vectors_have_unit_length_about_their_mean() -> None:
    vectors = np.random.default_rng(0).standard_normal((50, 8)).astype(np.float32) + 5
    moved = centred(vectors, vectors.mean(axis=0))
    np.testing.assert_allclose(np.linalg.norm(moved, axis=1), 1, atol=1e-5)
    assert np.linalg.norm(moved.mean(axis=0)) < 0.2
    assert np.isfinite(centred(np.ones((2, 8), np.float32), np.ones(8, np.float32))).all()


def test_with_ids_the_chain_of_items_without_words_is_learned(cycle: npt.NDArray[np.int64]) -> None:
    """All language vectors are equal, so only the items' own vectors can tell them apart."""
    rng = np.random.default_rng(8)
    same = np.ones_like(ITEMS) / np.float32(np.sqrt(N))
    walks, unseen = ([chain(rng, cycle) for _ in range(n)] for n in (400, 100))
    ids = numbered(walks, N)
    model, _ = train(walks, same, "fake", ids=ids, seed=0, how=Training(epochs=20, patience=20))
    assert next_item_ndcg(model, unseen, Items.of(same, ids)) > 0.95
    blind, _ = train(walks, same, "fake", seed=0, how=Training(epochs=2))
    assert next_item_ndcg(blind, unseen, Items.of(same)) < 0.5


def test_an_item_that_was_not_in_training_counts_by_its_words_alone(cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(9)
    walks = [chain(rng, cycle) for _ in range(60)]
    ids = numbered(walks, N + 5)
    assert ids[:N].tolist() == list(range(1, N + 1)) and not ids[N:].any()
    network = train(walks, ITEMS, "fake", ids=ids[:N], seed=0, how=Training(epochs=2))[0].network
    vectors = torch.from_numpy(ITEMS[:2])
    with torch.inference_mode():
        unknown = network.items(vectors, torch.zeros(2, dtype=torch.int64))
        assert torch.equal(unknown, network.items(vectors))
        assert not torch.equal(unknown, network.items(vectors, torch.tensor([1, 2])))


def test_a_model_with_ids_is_saved_whole(tmp_path: Path, cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(10)
    walks = [chain(rng, cycle) for _ in range(60)]
    ids = numbered(walks, N)
    model, _ = train(walks, ITEMS, "fake", ids=ids, seed=0, how=Training(epochs=1))
    model.save(tmp_path / "behavior.safetensors")
    loaded = BehaviorModel.load(tmp_path / "behavior.safetensors", "fake")
    assert next_item_ndcg(loaded, walks, Items.of(ITEMS, ids)) == next_item_ndcg(model, walks, Items.of(ITEMS, ids))


@pytest.mark.parametrize("length", [3, 9, 100])
def test_every_step_is_learned_from_once(length: int) -> None:
    rng = np.random.default_rng(11)
    walks = [chain(rng, None) for _ in range(20)]
    pieces = [p for batch in batches(walks, 20, length, rng) for p in batch]
    steps_of = {id(w): sorted(t for p in pieces if p.history is w for t in range(p.start, p.stop)) for w in walks}
    assert all(found == list(range(LENGTH - 1)) for found in steps_of.values())
    assert all(0 < p.stop - p.start <= length for p in pieces)


def test_what_a_person_has_is_no_target_again() -> None:
    """a b a b … can only teach that b follows a once: afterwards the person has both."""
    piece = Piece(walk(0, 1, 0, 1, 0, 1), 0, 5)
    since = _since([piece], 5, np.arange(N) != 3)
    assert since[0, :4].tolist() == [0, 1, 5, 0]  # item 3 is in no history
    assert _wanted([piece], since, 5, 2)[0].tolist() == [[1, -1], *[[-1, -1]] * 4]


class Killed(Exception):
    pass


def test_a_resumed_run_equals_an_uninterrupted_one(tmp_path: Path, cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(12)
    walks = [chain(rng, cycle) for _ in range(80)]
    ids, how, file = numbered(walks, N), Training(epochs=4, batch=200), tmp_path / "deep" / "run.pt"

    def killed(epoch: Epoch) -> None:
        if epoch.number == 2:
            raise Killed

    with pytest.raises(Killed):
        train(walks, ITEMS, "fake", ids=ids, seed=3, how=how, checkpoint=file, report=killed)
    told: list[Epoch] = []
    resumed, again = train(walks, ITEMS, "fake", ids=ids, seed=3, how=how, checkpoint=file, report=told.append)
    whole, epochs = train(walks, ITEMS, "fake", ids=ids, seed=3, how=how)
    assert again == epochs == told and len(epochs) == 4
    one, other = resumed.network.state_dict(), whole.network.state_dict()
    assert all(torch.equal(one[k], other[k]) for k in other)


def test_a_checkpoint_of_another_run_is_left_aside(tmp_path: Path, cycle: npt.NDArray[np.int64]) -> None:
    rng = np.random.default_rng(13)
    walks, file = [chain(rng, cycle) for _ in range(40)], tmp_path / "run.pt"
    how = Training(epochs=1)
    train(walks, ITEMS, "fake", seed=3, how=how, checkpoint=file)
    told: list[Epoch] = []
    after_another, _ = train(walks[1:], ITEMS, "fake", seed=3, how=how, checkpoint=file, report=told.append)
    fresh, epochs = train(walks[1:], ITEMS, "fake", seed=3, how=how)
    assert told == epochs
    one, other = after_another.network.state_dict(), fresh.network.state_dict()
    assert all(torch.equal(one[k], other[k]) for k in other)
    file.write_bytes(b"torn")
    assert train(walks, ITEMS, "fake", seed=3, how=how, checkpoint=file)[1]


def test_new_items_get_as_many_places_as_they_are_wanted(cycle: npt.NDArray[np.int64]) -> None:
    """A fifth of the known items, taken for new, fill about the share of the first ten that their share of targets is."""
    rng = np.random.default_rng(14)
    walks = [chain(rng, cycle) for _ in range(300)]
    ids = numbered(walks, N)
    model, _ = train(walks, ITEMS, "fake", ids=ids, seed=5, how=Training(epochs=3))
    new = np.random.default_rng([5, 10**6]).random(N) < 0.2
    held = [h for h in walks if h.rows[-1] not in h.rows[:-1]]
    table = logits(model.network, [h[:-1] for h in held], Items.of(ITEMS, np.where(new, 0, ids))).numpy()
    for h, scores in zip(held, table, strict=True):
        scores[h.rows[:-1]] = -np.inf
    places = new[np.argsort(-table, axis=1)[:, :10]].mean()
    wanted = np.mean([new[h.rows[-1]] for h in held])
    assert 0 < wanted < 0.5 and places == pytest.approx(wanted, abs=0.1)


def test_an_item_with_a_vector_of_its_own_is_scored_by_it(tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = BehaviorModel(Network(N, items=2), "fake", ("a", "b"))
    model.save(tmp_path / "behavior.safetensors")
    loaded = BehaviorModel.load(tmp_path / "behavior.safetensors", "fake")
    assert loaded.known == ("a", "b") and loaded.numbers(["b", "x", "a"]).tolist() == [2, 0, 1]
    base = Steps(ITEMS[:3], np.zeros(3, np.int64), np.zeros(3, np.float32), np.zeros(3, np.float32))
    same = np.repeat(ITEMS[:1], 3, axis=0)
    plain, own = loaded.score(loaded.wanted(base), same), loaded.score(loaded.wanted(base), same, np.array([0, 1, 2]))
    assert plain[0] == own[0] and len({round(float(s), 6) for s in own}) == 3
    known = Steps(base.vectors, base.kinds, base.values, base.gaps, np.array([1, 0, 2]))
    assert np.abs(loaded.represent(known) - loaded.represent(base)).max() > 1e-4


def test_other_kinds_of_events_are_refused(
    tmp_path: Path, untrained: BehaviorModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "behavior.safetensors"
    untrained.save(path)
    monkeypatch.setattr("recsys.behavior.model.EVENT_KINDS", ("like", "share"))
    with pytest.raises(ModelMismatch, match=r"kinds of events .*share.*python -m recsys train"):
        BehaviorModel.load(path, "fake")


def test_a_torn_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "behavior.safetensors"
    path.write_bytes(b"torn")
    with pytest.raises(ModelMismatch, match="cannot be read"):
        BehaviorModel.load(path, "fake")


def test_events_become_a_history() -> None:
    events = [
        Event(1, "s", "a", "rate", 0.2, 0.0),
        Event(2, "s", "gone", "like", None, 5.0),
        Event(3, "s", "b", "dislike", None, np.e - 1),
        Event(4, "s", "c", "rate", 1.0, 9.0),
    ]
    h = history_of(events, {"a": 4, "b": 5, "c": 6})
    assert h.rows.tolist() == [4, 5, 6] and h.liked.tolist() == [False, False, True]
    np.testing.assert_allclose(h.values, [-0.6, 0, 1], atol=1e-6)
    np.testing.assert_allclose(h.gaps[:2], [0, 1], atol=1e-6)


def test_noise_is_left_out() -> None:
    people = [walk(*range(i, i + 6)) for i in range(20)]
    double, copy, short = walk(1, 1, 2, 2, 2, 1), walk(*range(3, 9)), walk(0, 1)
    fast, stuck = walk(*range(700)), walk(*[i % 5 for i in range(250)])
    kept, noise = clean([*people, double, copy, short, short, fast, stuck])
    assert [h.rows.tolist() for h in kept] == [*(p.rows.tolist() for p in people), [1, 2, 1], [0, 1], [0, 1]]
    assert (noise.repeats, noise.copies, noise.bots) == (3, 1, 2)
    again, nothing = clean(kept)
    assert len(again) == len(kept) and (nothing.repeats, nothing.copies, nothing.bots) == (0, 0, 0)
    assert clean([]) == ([], nothing)


def test_abroad_the_echo_carries_over(learned: tuple[BehaviorModel, list[Epoch], list[History]]) -> None:
    """In another domain v(y) stays within what the steps themselves are, the latest of them the loudest."""
    model, _, unseen = learned
    weights = {k: v.clone() for k, v in model.network.state_dict().items()}
    foreign, rows = model.abroad(), np.unique(unseen[0].rows)[:4]
    v = foreign.represent(Steps(ITEMS[rows], np.zeros(4, np.int64), np.zeros(4, np.float32), np.zeros(4, np.float32)))
    assert (v[rows] > 0).all() and v[rows].argmax() == 3 and not np.delete(v, rows).any()
    assert all(torch.equal(weights[k], v) for k, v in model.network.state_dict().items())
