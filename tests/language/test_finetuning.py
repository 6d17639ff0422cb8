"""Fine-tuning on a model of 32 dimensions: it learns pairs, resumes to the same weights, and stops when told."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from transformers import BertConfig, BertModel

from recsys.language.adapters import Adapter
from recsys.language.finetuning import Pair, Step, Trainee, batches, held_out, loss_of, tune

WORDS = ["<pad>", "<unk>", "query", "passage", ":", *(f"q{i}" for i in range(24)), *(f"t{i}" for i in range(24))]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("tiny")
    folder = root / "e5-small-v1"
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(WORDS),
        hidden_size=32,
        num_hidden_layers=12,
        num_attention_heads=2,
        intermediate_size=48,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder)
    tokenizer = Tokenizer(WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="<unk>"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "modules.json").write_text(json.dumps([]))
    return root


def _pairs(count: int, seed: int) -> list[Pair]:
    rng = np.random.default_rng(seed)
    numbers = rng.integers(0, 24, count)
    return [Pair(f"q{n} q{rng.integers(24)}", f"t{n}", f"t{(n + 1) % 24}") for n in numbers]


def _tune(cache: Path, state: Path, report=lambda step: None, **more) -> Adapter:
    settings = {"epochs": 3, "batch": 16, "rate": 2e-2, "every": 5, "patience": 99} | more
    return tune(cache, "tiny", _pairs(160, 0), held=_pairs(40, 1), state=state, report=report, **settings)


@pytest.fixture(scope="module")
def whole(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Adapter, list[Step]]:
    steps: list[Step] = []
    state = tmp_path_factory.mktemp("whole") / "state.pt"
    adapter = _tune(cache, state, steps.append)
    assert not state.exists()
    return adapter, steps


def test_it_learns_the_pairs_and_says_what_it_brought(whole: tuple[Adapter, list[Step]]) -> None:
    adapter, steps = whole
    before, after = adapter.figures["ndcg@10_before"], adapter.figures["ndcg@10_after"]
    assert after > before + 0.1
    assert after == pytest.approx(max(s.ndcg for s in steps if s.ndcg is not None), abs=1e-4)
    assert {name.split(".")[0] for name in adapter.factors} == {f"l{n}" for n in range(9, 12)}
    assert adapter.factors["l9.fi.w"][0].shape == (48, 8) and adapter.factors["l9.fi.w"][1].shape == (8, 32)


def test_killed_half_way_it_goes_on_to_the_same_weights(
    cache: Path, tmp_path: Path, whole: tuple[Adapter, list[Step]]
) -> None:
    def kill(step: Step) -> None:
        if step.number == 13:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _tune(cache, tmp_path / "killed.pt", kill)
    rest: list[Step] = []
    resumed = _tune(cache, tmp_path / "killed.pt", rest.append)
    assert rest[0].number == 11  # the last measurement was at 10
    assert resumed.name == whole[0].name


def test_a_state_that_cannot_be_read_begins_anew(cache: Path, tmp_path: Path) -> None:
    (tmp_path / "state.pt").write_bytes(b"not a state")
    steps: list[Step] = []
    _tune(cache, tmp_path / "state.pt", steps.append, minutes=0)
    assert steps[0].number == 0


def test_what_does_not_help_stops_early_and_changes_nothing(cache: Path, tmp_path: Path) -> None:
    adapter = _tune(cache, tmp_path / "state.pt", rate=1e-12, patience=2)
    assert adapter.figures["ndcg@10_after"] == adapter.figures["ndcg@10_before"]
    assert adapter.figures["steps"] == 10
    assert all(not b.any() for b, _ in adapter.factors.values())


def test_the_time_limit_holds(cache: Path, tmp_path: Path) -> None:
    assert _tune(cache, tmp_path / "state.pt", minutes=0).figures["steps"] == 0


def test_the_same_text_twice_in_a_batch_is_not_its_own_negative(cache: Path) -> None:
    trainee = Trainee(cache / "e5-small-v1", 0)
    pair = Pair("q1", "t1")
    assert float(loss_of(trainee, [pair, pair]).detach()) == pytest.approx(0, abs=1e-6)
    assert 0 <= held_out(trainee, [pair, Pair("q2", "t2")]) <= 1


def test_a_pair_stands_beside_one_that_was_meant_with_its_negative() -> None:
    line = batches(_pairs(160, 0), 16, np.random.default_rng(0))
    flat = [p for batch in line for p in batch]
    assert [len(b) for b in line] == [16] * 10 and sorted(p.query for p in flat) == sorted(
        p.query for p in _pairs(160, 0)
    )
    inside = np.mean([any(q.text == p.negative for q in b) for b in line for p in b])
    blind = np.mean([any(q.text == p.negative for q in flat[k::10]) for k in range(10) for p in flat[k::10]])
    assert inside > blind + 0.1


@pytest.mark.parametrize("layer", [9, 11])
def test_the_factors_are_what_the_network_adds(cache: Path, tmp_path: Path, layer: int) -> None:
    """Merged by hand into the base they give the vectors of the tuned network."""
    trainee = Trainee(cache / "e5-small-v1", 0)
    with torch.no_grad():
        for weight in trainee.weights.values():
            weight.normal_(0, 0.1)
    tuned = trainee.embed(["query: q1"]).detach()
    factors = trainee.adapter("tiny", {}).factors
    plain = Trainee(cache / "e5-small-v1", 0)
    names = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "ao": "attention.output.dense", "fi": "intermediate.dense", "fo": "output.dense"}  # fmt: skip
    with torch.no_grad():
        for name, (b, a) in factors.items():
            at, short, _ = name.split(".")
            module = plain.network.get_submodule(f"layer.{int(at[1:]) - 9}.{names[short]}").base_layer
            module.weight += torch.from_numpy(b.astype(np.float32) @ a.astype(np.float32))
    torch.testing.assert_close(plain.embed(["query: q1"]).detach(), tuned, atol=2e-3, rtol=0)
    assert f"l{layer}.v.w" in factors
