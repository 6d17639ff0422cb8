"""Fine-tune the language model on pairs of an utterance and the item that was meant: LoRA by peft, contrastive loss.

InfoNCE (van den Oord et al., 2018) over the items of the batch, at the temperature that e5 was trained with times five: items of
one catalogue are closer than web pages. Half of a batch are hard negatives of the other half, with needs of their own. Lower layers stay as they are: what a word is
does not change with the catalogue, what counts as near does. So each text goes through them once, however often it is trained on.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from recsys.errors import EncoderUnavailable
from recsys.language.adapters import Adapter, Factors
from recsys.language.unpack import unpack

RANK, ALPHA = 8, 16
_TEMPERATURE = 0.05
_LENGTH = 48  # tokens of a text in training
_AT_ONCE = 64  # texts that go through the frozen layers together
_FROZEN = 9  # layers from below that stay as they are
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


class Upper(nn.Module):
    """The layers that are trained."""

    def __init__(self, layers: nn.ModuleList) -> None:
        super().__init__()
        self.layer = layers

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """What the frozen layers made (n, t, dim) and which tokens count (n, t) -> (n, t, dim)."""
        for layer in self.layer:
            hidden = layer(hidden, mask[:, None, None, :])
        return hidden


class Trainee:
    """The unpacked model with LoRA in its upper layers, and what the lower ones made of the texts so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        """`folder` is what `unpack` wrote.

        Raises:
            EncoderUnavailable: the folder is broken, or peft is missing.
        """
        try:
            from peft import LoraConfig, inject_adapter_in_model
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
            self._lower = BertModel.from_pretrained(folder, local_files_only=True, add_pooling_layer=False).eval()
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise EncoderUnavailable(
                f"the unpacked model in {folder} is broken ({error}); delete that folder"
            ) from error
        self._tokenizer.enable_truncation(_LENGTH)
        self._tokenizer.enable_padding(pad_id=int(self._lower.config.pad_token_id), pad_token="<pad>")  # noqa: S106
        upper = Upper(self._lower.encoder.layer[_FROZEN:]).eval()  # without dropout: early stopping does its work
        self._lower.encoder.layer = self._lower.encoder.layer[:_FROZEN]
        config = LoraConfig(r=RANK, lora_alpha=ALPHA, target_modules=list(_MODULES))
        self.network: Any = inject_adapter_in_model(config, upper)
        self._made: dict[str, Tensor] = {}

    @property
    def weights(self) -> dict[str, Tensor]:
        """What is trained, by name."""
        return {name: p for name, p in self.network.named_parameters() if p.requires_grad}

    @torch.inference_mode()
    def read(self, texts: Sequence[str], progress: Callable[[str], None] = lambda message: None) -> None:
        """Take texts through the frozen layers, those of like length together, unless that was done already."""
        fresh = sorted({t for t in texts if t not in self._made}, key=lambda t: (len(t), t))
        for start in range(0, len(fresh), _AT_ONCE):
            batch = fresh[start : start + _AT_ONCE]
            encoded = self._tokenizer.encode_batch(batch)
            ids, mask = (torch.tensor([getattr(e, of) for e in encoded]) for of in ("ids", "attention_mask"))
            hidden = self._lower(input_ids=ids, attention_mask=mask).last_hidden_state.half()  # (n, t, dim)
            self._made.update((t, h[: int(m.sum())].clone()) for t, h, m in zip(batch, hidden, mask, strict=True))
            progress(f"Reading the pairs {start + len(batch):,} of {len(fresh):,}")

    def embed(self, texts: Sequence[str]) -> Tensor:
        """Texts with their prefix -> (n, dim), unit length."""
        self.read(texts)
        made = [self._made[t] for t in texts]
        hidden = nn.utils.rnn.pad_sequence(made, batch_first=True).float()  # (n, t, dim)
        mask = torch.arange(hidden.shape[1]) < torch.tensor([len(m) for m in made])[:, None]  # (n, t)
        hidden, wide = self.network(hidden, mask), mask[:, :, None]
        return nn.functional.normalize((hidden * wide).sum(1) / wide.sum(1), dim=-1)

    def adapter(self, base: str, figures: dict[str, Any]) -> Adapter:
        """The factors under the names of the packed matrices; the scale α/r goes into B."""
        factors: Factors = {}
        for name, a in self.weights.items():
            if ".lora_A." not in name:
                continue
            layer, _, module = name.split("layer.")[1].partition(".")
            b = self.weights[name.replace(".lora_A.", ".lora_B.")].detach() * (ALPHA / RANK)
            short = _MODULES[module.split(".lora_A.")[0]]
            factors[f"l{_FROZEN + int(layer)}.{short}.w"] = (
                b.numpy().astype(np.float16),
                a.detach().numpy().astype(np.float16),
            )
        return Adapter(base, factors, figures)


def batches(pairs: Sequence[Pair], size: int, rng: np.random.Generator) -> list[list[Pair]]:
    """All pairs once in batches (up to the last of fewer than `size`), a pair beside one that was meant with its hard negative."""
    waiting: dict[str, list[int]] = {}
    order = rng.permutation(len(pairs)).tolist()
    for i in order:
        waiting.setdefault(pairs[i].text, []).append(i)
    line: dict[int, None] = {}
    for i in order:
        for one in (i, next((j for j in waiting.get(pairs[i].negative, ()) if j not in line), i)):
            line.setdefault(one)
    placed = [pairs[i] for i in line]
    return [placed[k : k + size] for k in range(0, len(placed) - size + 1, size)]


def loss_of(trainee: Trainee, batch: Sequence[Pair]) -> Tensor:
    """Cross-entropy of each query's own item among all items of the batch."""
    texts = list(dict.fromkeys(p.text for p in batch))
    queries = trainee.embed([f"query: {p.query}" for p in batch])  # (b, dim)
    items = trainee.embed([f"passage: {t}" for t in texts])  # (texts, dim)
    place = {t: n for n, t in enumerate(texts)}
    return nn.functional.cross_entropy(queries @ items.T / _TEMPERATURE, torch.tensor([place[p.text] for p in batch]))


@torch.inference_mode()
def held_out(trainee: Trainee, pairs: Sequence[Pair], batch: int = 64) -> float:
    """nDCG@10 of each query's own item among all items of these pairs, negatives included."""
    texts = list(dict.fromkeys([p.text for p in pairs] + [p.negative for p in pairs if p.negative]))
    queries = [f"query: {p.query}" for p in pairs]
    passages = [f"passage: {t}" for t in texts]
    a, b = (torch.cat([trainee.embed(x[i : i + batch]) for i in range(0, len(x), batch)]) for x in (queries, passages))
    scores, place = a @ b.T, {t: i for i, t in enumerate(texts)}
    own = scores[torch.arange(len(pairs)), [place[p.text] for p in pairs]]
    ranks = (scores > own[:, None]).sum(1) + 1
    return float(torch.where(ranks <= 10, 1 / torch.log2(ranks + 1.0), 0.0).mean())


def tune(
    cache: Path, base: str, pairs: Sequence[Pair], *, held: Sequence[Pair], state: Path, seed: int = 0, epochs: int = 1, batch: int = 64,
    rate: float = 1e-3, every: int = 20, patience: int = 4, minutes: float = 14, threads: int = 2, report: Callable[[Step], None] = lambda step: None,
    progress: Callable[[str], None] = lambda message: None,
) -> Adapter:  # fmt: skip
    """Train on `pairs`, measure on `held` every few steps, keep the best, stop when it no longer helps or the time is over.

    Everything needed to go on is written to the file `state` at each measurement: the same call after a kill resumes there.
    `figures` of the adapter hold nDCG@10 on the held-out pairs before and after.
    """
    began = time.monotonic()
    torch.set_num_threads(threads)
    trainee = Trainee(unpack(cache / "e5-small-v1", progress), seed)
    said = [f"query: {p.query}" for p in (*pairs, *held)]
    texts = [*(p.text for p in (*pairs, *held)), *(p.negative for p in held if p.negative)]
    trainee.read([*said, *(f"passage: {t}" for t in texts)], progress)
    optimizer = torch.optim.AdamW(trainee.weights.values(), lr=rate)
    whole = max(1, len(pairs) // batch)  # batches of an epoch
    steps = epochs * whole
    key = blake2b(repr((base, pairs, held, seed, epochs, batch, rate)).encode(), digest_size=8).hexdigest()
    at: dict[str, Any] = _resume(state, key, trainee, optimizer) or {"step": 0, "spent": 0.0, "stale": 0, "losses": []}
    if "before" not in at:
        at["before"] = at["best"] = held_out(trainee, held)
        at["weights"] = {n: w.detach().clone() for n, w in trainee.weights.items()}
        report(Step(0, steps, 0.0, at["before"]))
    began -= at["spent"]
    line: list[list[Pair]] = []
    while at["step"] < steps and at["stale"] < patience and at["spent"] < 60 * minutes:
        epoch, position = divmod(at["step"], whole)
        if not position or not line:
            line = batches(pairs, min(batch, len(pairs)), np.random.default_rng((seed, epoch)))
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (at["step"] + 1) / 10) * (1 - at["step"] / steps)
        loss = loss_of(trainee, line[position])
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        at["step"] += 1
        at["losses"].append(float(loss.detach()))
        at["spent"] = time.monotonic() - began
        if at["step"] % every and at["step"] < steps and at["spent"] < 60 * minutes:
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
