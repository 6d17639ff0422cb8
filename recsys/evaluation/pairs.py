"""Pairs to fine-tune the language model on: from a file, from what people chose, from simulated people, or from a catalogue alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from recsys.catalog import Catalog
from recsys.datamodels import Item, Lang
from recsys.errors import InvalidInput
from recsys.evaluation.retrieval import read_jsonl
from recsys.evaluation.simulator import Simulator, histories
from recsys.language.text import index_terms
from recsys.retrieval import Columns, HybridRetriever
from recsys.schema import Schema
from recsys.store import SqliteStore

_NEEDS = 4  # needs of one simulated person


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was said, the row of the item that was meant, and by whom; two needs of one person are never on both sides of a split."""

    said: str
    row: int
    who: str


Found = list[Chosen]


def from_file(path: Path, catalog: Catalog) -> Found:
    """JSON Lines of {query, item}, sometimes `person`; items that the catalogue does not have are left out.

    Raises:
        InvalidInput: it cannot be read, or no line names an item of the catalogue.
    """
    found = [(str(r.get("query", "")).strip(), catalog.row.get(str(r.get("item"))), r) for r in read_jsonl(path)]
    kept = [Chosen(q, row, str(r.get("person", q))) for q, row, r in found if q and row is not None]
    if not kept:
        raise InvalidInput(f"no line of {path} is {{query, item}} with an item of the catalogue {catalog.name!r}")
    return kept


def from_store(store: SqliteStore, catalog: Catalog) -> Found:
    """What was said last before an item was liked, bought or kept."""
    return [Chosen(q, catalog.row[i], who) for q, i, who in store.chosen(catalog.name) if i in catalog.row]


def from_people(catalog: Catalog, centred: npt.NDArray[np.float32], count: int, seed: int) -> Found:
    """Needs of simulated people, each with the item that the person likes best of all that they have not seen or chosen."""
    simulator, columns = Simulator(catalog.items, centred, seed), Columns(catalog.items)
    out: Found = []
    while len(out) < count:
        for person, history in histories(simulator, min(50, count)):
            who, seen = f"person {len(out)}", history.rows
            for _ in range(_NEEDS):
                query, utility = simulator.need(person, seen, catalog.schema)
                allowed = columns.mask(query.constraints)
                allowed[seen] = False
                if query.text and allowed.any():
                    row = int(np.where(allowed, utility, -np.inf).argmax())
                    seen = np.append(seen, row)
                    out.append(Chosen(query.text, row, who))
    return out[:count]


def from_catalog(catalog: Catalog, count: int, seed: int) -> Found:
    """A title, half of a description, or two attributes with the kind of thing, in a language of the catalogue, for the item that has them."""
    rng = np.random.default_rng(seed)
    out: Found = []
    for _ in range(4 * count):
        row = int(rng.integers(len(catalog.items)))
        query = said_of(catalog.items[row], catalog.schema, "en" if rng.random() < 0.5 else "zh", rng)
        if query:
            out.append(Chosen(query, row, query))
        if len(out) == count:
            break
    return list(dict.fromkeys(out))


def said_of(item: Item, schema: Schema, lang: Lang, rng: np.random.Generator) -> str:
    """A need for an item: its title, half of its description, or two of its attributes with the kind of thing."""
    draw = rng.random()
    if draw < 0.25:
        return item.name(lang)
    about = item.about(lang)
    if draw < 0.5 and about:
        half = len(about) // 2
        return about[:half] if rng.random() < 0.5 else about[half:]
    values = [
        schema.label(v, lang)
        for name, f in schema.fields.items()
        if f.kind in ("categorical", "list")
        for v in item.values(name)
    ]
    if len(values) < 2:
        return item.name(lang)
    chosen = rng.permutation(len(values))[:2]
    return " ".join((*(values[i] for i in chosen), schema.label(item.category, lang))).strip()


def one_language(item: Item, schema: Schema, lang: Lang) -> str:
    """What a catalogue of this language alone would say of an item."""
    facts = [
        schema.label(v, lang)
        for n, f in schema.fields.items()
        if f.kind in ("categorical", "list")
        for v in item.values(n)
    ]
    return "；".join(
        p
        for p in (item.name(lang), schema.label(item.brand, lang), " ".join(dict.fromkeys(facts)), item.about(lang))
        if p
    )


def split(found: Sequence[Chosen], seed: int, most: int = 500) -> tuple[Found, Found, Found]:
    """(to train on, to stop by, to judge by): a tenth of the people is behind each of the latter two, with up to `most` pairs."""
    people = list(dict.fromkeys(c.who for c in found))
    order, tenth = np.random.default_rng(seed).permutation(len(people)), max(1, len(people) // 10)
    part = {people[i]: 2 - min(place // tenth, 2) for place, i in enumerate(order.tolist())}
    fitted, stop, judged = ([c for c in found if part[c.who] == number] for number in range(3))
    return fitted, stop[:most], judged[:most]


def finding(
    held: Sequence[Chosen], fitted: Sequence[Chosen], encode: Callable[[str], npt.NDArray[np.float32]], retriever: HybridRetriever
) -> dict[str, Any]:  # fmt: skip
    """nDCG@10 of the item that was meant among all of the catalogue: by the need's vector alone (`dense`), by the whole of
    retrieval (`system`), and by the vector alone for what nobody said in training (`dense_new`).
    """
    known = {c.said for c in fitted}
    gains: dict[str, list[float]] = {"dense": [], "system": [], "dense_new": []}
    for c in held:
        vector = encode(c.said)
        near, _ = retriever.dense.search(vector, 10)
        gains["dense"].append(_gain(near, c.row))
        gains["system"].append(_gain(retriever.search(vector, index_terms(c.said), 200).rows[:10], c.row))
        gains["dense_new"] += [] if c.said in known else gains["dense"][-1:]
    return {name: round(float(np.mean(own)), 4) if own else None for name, own in gains.items()}


def _gain(rows: npt.NDArray[np.int64], wanted: int) -> float:
    at = np.flatnonzero(rows == wanted)
    return float(1 / np.log2(at[0] + 2)) if len(at) else 0.0
