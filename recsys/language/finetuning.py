"""Fine-tune the language model on pairs of an utterance and the item that was meant: LoRA by peft, contrastive loss.

InfoNCE (van den Oord et al., 2018) over the other items of the batch and one hard negative a pair, at the temperature that
e5 was trained with times five: items of one catalogue are closer than web pages. Lower layers stay as they are, which halves
the work: what a word is does not change with the catalogue, what counts as near does.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from recsys.errors import EncoderUnavailable
from recsys.language.adapters import Adapter, Factors
from recsys.language.unpack import unpack

RANK, ALPHA = 8, 16
_TEMPERATURE = 0.05
_LENGTH = 64  # tokens of a text in training
_LAYERS = range(6, 12)
_MODULES = {
    "attention.self.query": "q", "attention.self.key": "k", "attention.self.value": "v", "attention.output.dense": "ao",
    "intermediate.dense": "fi", "output.dense": "fo",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Pair:
    """What was said, the text of the item that was meant, and the text of one that was near and not meant, or ""."""

    query: str
    text: str
    negative: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """How far a run is: steps done of all, the loss since the last report, nDCG@10 on the held-out pairs where it was taken."""

    number: int
    of: int
    loss: float
    ndcg: float | None = None


class Trainee:
    """The unpacked model with LoRA in its upper layers."""

    def __init__(self, folder: Path, seed: int) -> None:
        """`folder` is what `unpack` wrote.

        Raises:
            EncoderUnavailable: the folder is broken, or peft is missing.
        """
        try:
            from peft import LoraConfig, get_peft_model
            from tokenizers import Tokenizer
            from transformers import BertModel
            from transformers.utils.logging import disable_progress_bar, set_verbosity_error
        except ImportError as error:
            raise EncoderUnavailable(
                f"fine-tuning needs one more package; install it with: pip install peft ({error})"
            ) from error
        torch.manual_seed(seed)
        disable_progress_bar()
        set_verbosity_error()
        try:
            bert = BertModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False)
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise EncoderUnavailable(
                f"the unpacked model in {folder} is broken ({error}); delete that folder"
            ) from error
        self._tokenizer.enable_truncation(_LENGTH)
        self._tokenizer.enable_padding(pad_id=int(bert.config.pad_token_id), pad_token="<pad>")  # noqa: S106
        config = LoraConfig(
            r=RANK, lora_alpha=ALPHA, lora_dropout=0.05, target_modules=list(_MODULES), layers_to_transform=list(_LAYERS),
            layers_pattern="layer",
        )  # fmt: skip
        self.network: Any = get_peft_model(bert, config)

    @property
    def weights(self) -> dict[str, Tensor]:
        """What is trained, by name."""
        return {name: p for name, p in self.network.named_parameters() if p.requires_grad}

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Texts with their prefix -> (n, dim), unit length."""
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([e.ids for e in encoded])
        mask = torch.tensor([e.attention_mask for e in encoded])
        hidden = self.network(input_ids=ids, attention_mask=mask).last_hidden_state  # (n, t, dim)
        wide = mask.unsqueeze(-1).to(hidden.dtype)
        return torch.nn.functional.normalize((hidden * wide).sum(1) / wide.sum(1), dim=-1)

    def adapter(self, base: str, figures: dict[str, Any]) -> Adapter:
        """The factors under the names of the packed matrices; the scale α/r goes into B."""
        factors: Factors = {}
        for name, a in self.weights.items():
            if ".lora_A." not in name:
                continue
            layer, _, module = name.split("encoder.layer.")[1].partition(".")
            b = self.weights[name.replace(".lora_A.", ".lora_B.")].detach() * (ALPHA / RANK)
            short = _MODULES[module.split(".lora_A.")[0]]
            factors[f"l{layer}.{short}.w"] = (b.numpy().astype(np.float16), a.detach().numpy().astype(np.float16))
        return Adapter(base, factors, figures)


def loss_of(trainee: Trainee, batch: Sequence[Pair]) -> Tensor:
    """Cross-entropy of each query's own item among all items of the batch; the same text twice is not its own negative."""
    texts = [p.text for p in batch] + [p.negative for p in batch if p.negative]
    queries = trainee.embed([f"query: {p.query}" for p in batch])  # (b, dim)
    items = trainee.embed([f"passage: {t}" for t in texts])  # (b + negatives, dim)
    logits = queries @ items.T / _TEMPERATURE
    same = torch.tensor([[a.text == t and i != j for j, t in enumerate(texts)] for i, a in enumerate(batch)])
    return torch.nn.functional.cross_entropy(logits.masked_fill(same, -1e9), torch.arange(len(batch)))


@torch.inference_mode()
def held_out(trainee: Trainee, pairs: Sequence[Pair], batch: int = 64) -> float:
    """nDCG@10 of each query's own item among all items of these pairs, negatives included."""
    trainee.network.eval()
    texts = list(dict.fromkeys([p.text for p in pairs] + [p.negative for p in pairs if p.negative]))
    queries = [f"query: {p.query}" for p in pairs]
    passages = [f"passage: {t}" for t in texts]
    a, b = (torch.cat([trainee.embed(x[i : i + batch]) for i in range(0, len(x), batch)]) for x in (queries, passages))
    scores, place = a @ b.T, {t: i for i, t in enumerate(texts)}
    own = scores[torch.arange(len(pairs)), [place[p.text] for p in pairs]]
    ranks = (scores > own[:, None]).sum(1) + 1
    trainee.network.train()
    return float(torch.where(ranks <= 10, 1 / torch.log2(ranks + 1.0), 0.0).mean())


def tune(
    cache: Path, base: str, pairs: Sequence[Pair], *, held: Sequence[Pair], state: Path, seed: int = 0, epochs: int = 1, batch: int = 32,
    rate: float = 5e-4, every: int = 25, patience: int = 4, minutes: float = 14, report: Callable[[Step], None] = lambda step: None,
    progress: Callable[[str], None] = lambda message: None,
) -> Adapter:  # fmt: skip
    """Train on `pairs`, measure on `held` every few steps, keep the best, stop when it no longer helps or the time is over.

    Everything needed to go on is written to the file `state` at each measurement: the same call after a kill resumes there.
    `figures` of the adapter hold nDCG@10 on the held-out pairs before and after.
    """
    trainee = Trainee(unpack(cache / "e5-small-v1", progress), seed)
    optimizer = torch.optim.AdamW(trainee.weights.values(), lr=rate)
    steps = max(1, epochs * (len(pairs) // batch))
    key = blake2b(repr((base, pairs, held, seed, epochs, batch, rate)).encode(), digest_size=8).hexdigest()
    at: dict[str, Any] = _resume(state, key, trainee, optimizer) or {"step": 0, "spent": 0.0, "stale": 0, "losses": []}
    if "before" not in at:
        at["before"] = at["best"] = held_out(trainee, held)
        at["weights"] = {n: w.detach().clone() for n, w in trainee.weights.items()}
        report(Step(0, steps, 0.0, at["before"]))
    began = time.monotonic() - at["spent"]
    trainee.network.train()
    while at["step"] < steps and at["stale"] < patience and at["spent"] < 60 * minutes:
        epoch, position = divmod(at["step"], max(1, len(pairs) // batch))
        order = np.random.default_rng((seed, epoch)).permutation(len(pairs))[position * batch : (position + 1) * batch]
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (at["step"] + 1) / 10) * (1 - at["step"] / steps)
        loss = loss_of(trainee, [pairs[i] for i in order])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        at["step"] += 1
        at["losses"].append(float(loss.detach()))
        at["spent"] = time.monotonic() - began
        if at["step"] % every and at["step"] < steps:
            report(Step(at["step"], steps, at["losses"][-1]))
            continue
        ndcg = held_out(trainee, held)
        better = ndcg > at["best"]
        if better:
            at["best"], at["weights"] = ndcg, {n: w.detach().clone() for n, w in trainee.weights.items()}
        at["stale"] = 0 if better else at["stale"] + 1
        report(Step(at["step"], steps, float(np.mean(at["losses"][-every:])), ndcg))
        _keep(state, key, trainee, optimizer, at)
    with torch.no_grad():
        for name, weight in trainee.weights.items():
            weight.copy_(at["weights"][name])
    state.unlink(missing_ok=True)
    return trainee.adapter(base, {
        "ndcg@10_before": round(at["before"], 4), "ndcg@10_after": round(at["best"], 4), "held_out": len(held), "pairs": len(pairs),
        "steps": at["step"], "seconds": round(at["spent"], 1), "seed": seed, "loss": round(float(np.mean(at["losses"][-every:])), 4) if at["losses"] else None,
    })  # fmt: skip


def _keep(state: Path, key: str, trainee: Trainee, optimizer: torch.optim.Optimizer, at: dict[str, Any]) -> None:
    state.parent.mkdir(parents=True, exist_ok=True)
    written = state.with_suffix(".part")
    now = {n: w.detach() for n, w in trainee.weights.items()}
    torch.save(
        {"key": key, "at": at, "now": now, "optimizer": optimizer.state_dict(), "rng": torch.get_rng_state()}, written
    )
    written.replace(state)


def _resume(state: Path, key: str, trainee: Trainee, optimizer: torch.optim.Optimizer) -> dict[str, Any] | None:
    """Where a killed run of the same pairs and settings was; None where there is none."""
    try:
        kept = torch.load(state, weights_only=True)
        if kept["key"] != key:
            return None
        with torch.no_grad():
            for name, weight in trainee.weights.items():
                weight.copy_(kept["now"][name])
        optimizer.load_state_dict(kept["optimizer"])
        torch.set_rng_state(kept["rng"])
    except Exception:  # noqa: BLE001 (whatever is wrong with it, the answer is to begin anew)
        return None
    at: dict[str, Any] = kept["at"]
    return at
