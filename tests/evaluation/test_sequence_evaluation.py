"""The evaluation on real logs: the protocol on files small enough to count by hand."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from walks import walk

from recsys.behavior.histories import History
from recsys.behavior.training import Epoch, Training
from recsys.errors import InvalidInput
from recsys.evaluation.sequence import evaluate, evaluate_zero_shot, measure, read_logs
from recsys.evaluation.strategies import (
    Blend,
    Content,
    Factorisation,
    LastItem,
    Level,
    Neighbours,
    Popularity,
    Rows,
    Strategy,
    candidates_of,
)

N, PEOPLE, LENGTH = 30, 60, 8
QUICK = Training(epochs=20, patience=20, batch=100, hidden=32)


pytestmark = pytest.mark.usefixtures("one_thread")


class Words:
    """A fake encoder: the vector of "word 7" is the seventh of fixed random directions."""

    name, dim = "fake-words", 16

    def encode_query(self, text: str) -> np.ndarray:
        return np.random.default_rng(int(text.split()[1])).standard_normal(self.dim).astype(np.float32)

    def encode_items(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        return np.stack([self.encode_query(t) for t in texts])


def write(folder: Path, name: str, header: str, lines: Sequence[Sequence[object]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join([header, *("\t".join(map(str, line)) for line in lines)])
    (folder / f"{name}.tsv").write_text(text + "\n", "utf-8")


def logs(folder: Path, *, names: str = "i", rating: object = 5) -> Path:
    """Everybody walks through the items in the same order, each from a place of their own."""
    write(folder, "items", "item\ttitle", [(f"{names}{i}", f"word {i}") for i in range(N)])
    parts: dict[str, list[Sequence[object]]] = {"train": [], "valid": [], "test": []}
    for user in range(PEOPLE):
        for step in range(LENGTH):
            part = {LENGTH - 2: "valid", LENGTH - 1: "test"}.get(step, "train")
            parts[part].append(
                (f"u{user}", f"{names}{(user + step) % N}", rating, 100)
            )  # equal times: lines are the order
    for part, lines in parts.items():
        write(folder, part, "user\titem\trating\ttimestamp", lines)
    return folder


def test_the_order_of_lines_is_the_sequence(tmp_path: Path) -> None:
    read = read_logs(logs(tmp_path / "a"))
    assert [len(h.rows) for h in (read.train[0], read.valid[0], read.test[0])] == [LENGTH - 2, LENGTH - 1, LENGTH]
    assert read.test[3].rows.tolist() == [3, 4, 5, 6, 7, 8, 9, 10]
    assert len(read.test) == PEOPLE and read.texts[2] == "word 2"


def test_ratings_become_values_and_may_be_absent(tmp_path: Path) -> None:
    folder = logs(tmp_path / "a")
    lines = [("u", "i0", 1, 0), ("u", "i1", 3, 0), ("u", "i2", 5, 0)]
    write(folder, "train", "user\titem\trating\ttimestamp", lines)
    read = read_logs(folder)
    assert read.train[0].values.tolist() == [-1, 0, 1] and set(read.train[0].kinds.tolist()) == {3}
    bare = read_logs(logs(tmp_path / "b", rating=""))
    assert not bare.test[0].values.any() and set(bare.test[0].kinds.tolist()) == {2}


@pytest.mark.parametrize("line", ["u1\ti0\t5", "u1\tnowhere\t5\t1", "u1\ti0\tfive\t1"])
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    folder = logs(tmp_path / "a")
    (folder / "valid.tsv").write_text(f"user\titem\trating\ttimestamp\n{line}\n", "utf-8")
    with pytest.raises(InvalidInput, match=r"valid\.tsv line 2"):
        read_logs(folder)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"items\.tsv"):
        read_logs(tmp_path)


def test_the_history_is_no_candidate_and_the_target_is() -> None:
    assert candidates_of(walk(0, 1, 2), 5).tolist() == [2, 3, 4]


def test_what_comes_again_is_not_asked_for(tmp_path: Path) -> None:
    folder = logs(tmp_path / "a")
    write(folder, "test", "user\titem\trating\ttimestamp", [("u0", "i0", 5, 100), ("u1", "i20", 5, 100)])
    assert [h.rows[-1] for h in read_logs(folder).test] == [20]


class Fixed:
    def __init__(self, scores: Sequence[float]) -> None:
        self.scores = np.array(scores)

    def score(self, history: History, candidates: Rows) -> np.ndarray:
        return self.scores[candidates]


def figures(strategy: Strategy, *held: History, n: int) -> dict[str, float]:
    return measure({"it": strategy}, held, n)["it"]


def test_metrics_by_hand() -> None:
    better = np.zeros(30)
    better[5:8] = 1  # three in front of the target, one of which the person has
    better[9] = 0.5
    third = {"hr@10": 1.0, "ndcg@10": round(1 / np.log2(4), 4), "mrr@10": round(1 / 3, 4)}
    assert figures(Fixed(better.tolist()), walk(5, 9), n=30) == third
    assert figures(Fixed([0.0] * 30), walk(5, 9), n=30)["hr@10"] == 0  # 29 tied: the fifteenth place
    assert figures(Fixed([0.0] * 10), walk(5, 9), n=10)["mrr@10"] == 0.2  # 9 tied: the fifth
    ways: dict[str, Strategy] = {"for": Fixed(better.tolist()), "against": Fixed((-better).tolist())}
    mixed = Blend(list(ways.values()), np.array([1.0, 3.0]))
    found = measure(ways, [walk(5, 9)], 30, mixed)
    assert found["for"] == third and found["blend"] == figures(mixed, walk(5, 9), n=30) != found["for"]


def test_strategies_by_hand() -> None:
    past = [walk(0, 1, 2), walk(0, 1), walk(3, 1)]
    every = np.arange(5)
    np.testing.assert_allclose(Popularity(past, 5).score(walk(0), every), np.log1p([2, 3, 1, 1, 0]), rtol=1e-6)
    np.testing.assert_allclose(LastItem(past, 5).score(walk(4, 0), every), np.log1p([0, 2, 0, 0, 0]), rtol=1e-6)
    alike = Neighbours(past, 5).score(walk(0), every)
    np.testing.assert_allclose(alike, [1, 2 / np.sqrt(6), 1 / np.sqrt(2), 0, 0], rtol=1e-5)
    vectors = np.eye(5, dtype=np.float32)
    np.testing.assert_allclose(Content(vectors).score(walk(1, 3), every), [0, 0.5, 0, 0.5, 0])


def test_a_level_means_the_same_in_every_catalogue() -> None:
    """Ten steps: one item has six of them, two have two each, one has none."""
    past = [walk(0, 1, 2), walk(0, 1, 2), *[walk(0)] * 4]
    level = Level(past, 4)
    np.testing.assert_allclose(level.levels, [0.4, -0.6, -0.6, -1])
    np.testing.assert_allclose(level.score(walk(0), np.arange(4)), 0.4 * level.levels)
    assert level.score(walk(3, 1), np.arange(4)).argmax() == 3  # who has what nobody has may want more of it
    np.testing.assert_allclose(Level([*past, *past], 4).levels, level.levels)


def test_factorisation_finds_the_two_halves() -> None:
    rng = np.random.default_rng(0)
    past = [walk(*(rng.permutation(10)[:6] + 10 * (i % 2))) for i in range(60)]
    scores = Factorisation(past, 20, rank=4, rounds=4).score(walk(11, 14), np.arange(20))
    assert scores[10:].min() > scores[:10].max()


def test_the_blend_learns_whom_to_trust() -> None:
    rng = np.random.default_rng(1)
    held = [walk(*rng.permutation(20)[:3]) for _ in range(80)]

    class Knowing:
        def score(self, history: History, candidates: Rows) -> np.ndarray:
            return (candidates == (history.rows[-1] + 1) % 20).astype(float)

    held = [walk(*h.rows[:2], (h.rows[1] + 1) % 20) for h in held]
    held = [h for h in held if len(set(h.rows.tolist())) == 3]
    blend = Blend.learned([Fixed(rng.standard_normal(20).tolist()), Knowing()], held, 20)
    assert blend.weights[1] > 5 * abs(blend.weights[0])
    assert figures(blend, *held, n=20)["hr@10"] == 1


def test_a_walk_is_learned_and_reported(tmp_path: Path) -> None:
    figures = evaluate(logs(tmp_path / "a"), Words(), tmp_path, lambda message: None, seeds=2, how=QUICK)
    assert figures["n"] == PEOPLE and figures["items"] == N
    assert figures["baselines"]["last_item"]["mrr@10"] == 1 and figures["baselines"]["popularity"]["mrr@10"] < 0.5
    assert figures["hr@10"] > 0.9 and figures["blend"]["mrr@10"] > 0.9
    of_seeds = [seed["mrr@10"] for seed in figures["by_seed"]["lstm"]]
    assert figures["sd"]["mrr@10"] == pytest.approx(abs(of_seeds[0] - of_seeds[1]) / np.sqrt(2)) and len(of_seeds) == 2
    assert set(figures["blend_weights"]) == {"lstm", *figures["baselines"]}


def test_a_measurement_that_was_cut_off_goes_on(tmp_path: Path) -> None:
    folder, kept = logs(tmp_path / "a"), tmp_path / "kept"
    how = Training(epochs=3, batch=100, hidden=32)

    def killed(epoch: Epoch) -> None:
        if epoch.number == 2:
            raise KeyboardInterrupt

    measured = partial(evaluate, folder, Words(), tmp_path, lambda message: None, seeds=1, how=how)
    with pytest.raises(KeyboardInterrupt):
        measured(checkpoints=kept, report=killed)
    on, whole = measured(checkpoints=kept), measured()
    assert on.pop("train_cpu_seconds") >= 0 <= whole.pop("train_cpu_seconds") and on == whole
    trained: list[float] = []
    again = measured(checkpoints=kept, report=lambda epoch: trained.append(epoch.seconds))
    assert sum(trained) == pytest.approx(again["train_cpu_seconds"], abs=0.1) and len(trained) == 3


def test_hidden_items_are_the_only_targets_and_never_in_training(tmp_path: Path) -> None:
    figures = evaluate(logs(tmp_path / "a"), Words(), tmp_path, lambda message: None, seeds=1, how=QUICK, hide=0.2)
    hidden = np.random.default_rng(0).random(N) < 0.2
    assert figures["n"] == 2 * hidden.sum()  # every item is the target of two people
    assert figures["baselines"]["last_item"]["hr@10"] == 0
    assert figures["chance_hr@10"] == pytest.approx(10 / (N - LENGTH + 1), abs=1e-4)
    with pytest.raises(InvalidInput, match="larger share"):
        evaluate(logs(tmp_path / "a"), Words(), tmp_path, lambda message: None, hide=1e-9)


class Circle(Words):
    """The vector of "word 7" is the seventh place of thirty on a circle: what follows in a walk is like what went before."""

    name = "fake-circle"

    def encode_query(self, text: str) -> np.ndarray:
        turn = 2 * np.pi * int(text.split()[1]) / N
        return np.array([np.cos(turn), np.sin(turn), *[0] * (self.dim - 2)], np.float32)


def test_what_was_learned_on_one_folder_serves_another(tmp_path: Path) -> None:
    """The other folder has its own ids; what carries over is that the next item is like the last ones."""
    there, here = logs(tmp_path / "a"), logs(tmp_path / "b", names="x")
    figures = evaluate_zero_shot(
        there, here, Circle(), tmp_path, lambda message: None, seeds=1, how=Training(epochs=6, batch=100)
    )
    assert figures["hr@10"] == 1 and figures["mrr@10"] > 0.9 and figures["baselines"]["popularity"]["mrr@10"] < 0.5
    assert set(figures["blend_weights"]) == {"lstm", "popularity", "level"}
