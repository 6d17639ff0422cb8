"""The model card: what was learned from what, by which command, and how good it is."""

import json
from pathlib import Path
from typing import Any

KEPT = "<!-- what follows is written by hand, and stays when the card is written anew -->"


def write_card(path: Path, encoder: str, figures: dict[str, Any]) -> None:
    """Write the card; what a former card at `path` has below the line `KEPT` stays."""
    _, mark, by_hand = path.read_text("utf-8").partition(KEPT) if path.exists() else ("", "", "")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_card(encoder, figures) + (f"\n{mark}{by_hand}" if mark else ""), "utf-8")


def _data(f: dict[str, Any]) -> str:
    if f["source"] == "simulated people":
        return f"""Synthetic: {f["people"]:,} simulated people on the catalogue "{f["catalog"]}" ({f["items"]:,} items), drawn by
`recsys/evaluation/simulator.py`, which documents how. No real person's behaviour is in these weights, and what they know of real
people is no more than the simulator assumes. Terms: as the project (Apache-2.0)."""
    noise = f["noise"]
    return f"""What {f["people"]:,} people did in the catalogue "{f["catalog"]}" ({f["items"]:,} items), after {noise["repeats"]:,} double steps,
{noise["copies"]:,} copied histories and {noise["bots"]:,} that no human left were put aside. The needs that the ranking was weighed by are synthetic.
Terms: those of these events."""


def _card(encoder: str, f: dict[str, Any]) -> str:
    by_part = "\n".join(f"| {n} | {auc:.3f} | {f['weights'][n]:.3f} |" for n, auc in f["auc_by_part"].items())
    return f"""# Model card: behaviour model and ranking weights

**What.** `behavior.safetensors` is an LSTM ({f["how"]["hidden"]} units) with attention over a person's events; it gives v(y), a direction in
the space of the item vectors of `{encoder}`. `ranker.json` holds the weights of r(z) = σ(b + Σ w·part), learned on people that the LSTM
was not trained on.

**Data.** {_data(f)}

**Command.** `python -m recsys train{" --only-ranking" if f["only_ranking"] else ""} --seed {f["seed"]} --out DIR` ({f["seconds"]:.0f} s).

**Figures**, on people that training did not see: next liked item among all items, NDCG@10 {f["behaviour_ndcg@10"]:.3f}
(popularity {f["popularity_ndcg@10"]:.3f}); liked or not among the items shown for a need, mean AUC of a list {f["ranker_auc"]:.3f}.

| part | AUC alone | weight |
| --- | --- | --- |
{by_part}

**Limits.** {"Simulated tastes are simpler than people's. Retrain on your own logs where you have them." if f["source"] == "simulated people" else "It knows this catalogue and these people; retrain as they change."}

```json
{json.dumps(f, ensure_ascii=False)}
```
"""
