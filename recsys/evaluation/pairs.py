"""Pairs to fine-tune the language model on: from a file, from what people chose, from simulated people, or from a catalogue alone."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from recsys.catalog import Catalog
from recsys.datamodels import Item, Lang, Schema
from recsys.errors import InvalidInput
from recsys.evaluation.retrieval import read_jsonl
from recsys.evaluation.simulator import Simulator, histories
from recsys.language.finetuning import Pair
from recsys.store import SqliteStore

Found = list[tuple[str, int]]  # (what was said, row of the item that was meant)
_NEAR = (3, 20)  # ranks that a hard negative is drawn from: nearer ones are too often right as well


def from_file(path: Path, catalog: Catalog) -> Found:
    """JSON Lines of {query, item}; items that the catalogue does not have are left out.

    Raises:
        InvalidInput: it cannot be read, or no line names an item of the catalogue.
    """
    found = [(str(r.get("query", "")).strip(), catalog.row.get(str(r.get("item")))) for r in read_jsonl(path)]
    kept = [(query, row) for query, row in found if query and row is not None]
    if not kept:
        raise InvalidInput(f"no line of {path} is {{query, item}} with an item of the catalogue {catalog.name!r}")
    return kept


def from_store(store: SqliteStore, catalog: Catalog) -> Found:
    """What was said last before an item was liked, bought or kept."""
    return [(q, catalog.row[i]) for q, i in store.chosen(catalog.name) if i in catalog.row]


def from_people(catalog: Catalog, centred: npt.NDArray[np.float32], count: int, seed: int) -> Found:
    """Needs of simulated people with the item that each likes best of all that they have not seen."""
    simulator = Simulator(catalog.items, centred, seed)
    out: Found = []
    while len(out) < count:
        for person, history in histories(simulator, min(200, count)):
            query, utility = simulator.need(person, history.rows, catalog.schema)
            allowed = np.array([all(c.value == i.get(c.field) for c in query.constraints) for i in catalog.items])
            allowed[history.rows] = False
            if query.text and allowed.any():
                out.append((query.text, int(np.where(allowed, utility, -np.inf).argmax())))
    return out[:count]


def from_catalog(catalog: Catalog, count: int, seed: int) -> Found:
    """A title, half of a description, or two attributes with the kind of thing, in a language of the catalogue, for the item that has them."""
    rng = np.random.default_rng(seed)
    out: Found = []
    for _ in range(4 * count):
        row = int(rng.integers(len(catalog.items)))
        query = _said_of(catalog.items[row], catalog.schema, "en" if rng.random() < 0.5 else "zh", rng)
        if query:
            out.append((query, row))
        if len(out) == count:
            break
    return list(dict.fromkeys(out))


def _said_of(item: Item, schema: Schema, lang: Lang, rng: np.random.Generator) -> str:
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
    return "；".join(p for p in (item.name(lang), item.brand, " ".join(dict.fromkeys(facts)), item.about(lang)) if p)


def with_negatives(found: Found, catalog: Catalog, vectors: npt.NDArray[np.float32], seed: int) -> list[Pair]:
    """Pairs with a hard negative each: an item near to the one that was meant. A quarter of the items is read in one language only,
    so that a need in one finds items that are written in the other.
    """
    rng = np.random.default_rng(seed)
    texts, low, high = catalog.texts(), min(_NEAR[0], len(catalog.items) - 1), min(_NEAR[1], len(catalog.items) - 1)
    out = []
    for query, row in found:
        near = np.argsort(-(vectors @ vectors[row]))[: high + 1]
        others = [int(r) for r in near[low:] if r != row]
        negative = texts[int(rng.choice(others))] if others else ""
        item, text = catalog.items[row], texts[row]
        if item.title_en and rng.random() < 0.25:
            text = one_language(item, catalog.schema, "en" if rng.random() < 0.5 else "zh")
        out.append(Pair(query, text, negative))
    return out


def split(pairs: Sequence[Pair], seed: int, most: int = 300) -> tuple[list[Pair], list[Pair]]:
    """(to train on, held out): a tenth of the utterances, at most `most`, is held out, with all that was chosen for them."""
    said = list(dict.fromkeys(p.query for p in pairs))
    order = np.random.default_rng(seed).permutation(len(said))
    held = {said[i] for i in order[: max(1, min(most, len(said) // 10))]}
    return [p for p in pairs if p.query not in held], [p for p in pairs if p.query in held][:most]
