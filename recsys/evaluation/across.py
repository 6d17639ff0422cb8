"""Does a need in one language find items that are written in the other? A bilingual catalogue is cut into two of one language each."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recsys.catalog import Catalog
from recsys.catalog.schema import glossary
from recsys.datamodels import LANGS, Constraint, Item
from recsys.errors import InvalidInput
from recsys.evaluation.metrics import mean, ranking
from recsys.evaluation.pairs import one_language
from recsys.evaluation.retrieval import read_jsonl
from recsys.language.encoder import Encoder
from recsys.language.text import index_terms, language
from recsys.language.translating import Translator, names
from recsys.retrieval import Columns, FlatIndex, HybridRetriever, LexicalIndex

Need = tuple[str, Mapping[str, float]]  # what is said, and the items that meet it


def evaluate(
    needs: Path, catalog: Catalog, encoder: Encoder, count: int, seed: int, progress: Callable[[str], None]
) -> dict[str, Any]:
    """nDCG@10 by language of the need and of the text, and the share that is `kept` across languages.

    `needs` are annotated messages {text, catalog, constraints}: what meets the constraints is relevant. `count` items of the catalogue
    that exist in both languages are searched, without filters, so that finding alone is measured.

    Raises:
        InvalidInput: no message of the file is about the catalogue.
    """
    both = [i for i in catalog.items if i.title_en and i.description_en]
    order = np.random.default_rng(seed).permutation(len(both))[:count]
    items = [both[r] for r in order.tolist()]
    asked = _needs(needs, catalog, items)
    if not asked:
        raise InvalidInput(
            f"no message of {needs} asks for items of {catalog.name!r}; each line is {{text, catalog, constraints}}"
        )
    translator = Translator(names(glossary(), catalog.schema.labels))
    found: dict[str, dict[str, float]] = {}
    for written in LANGS:
        texts = [one_language(i, catalog.schema, written) for i in items]
        vectors = encoder.encode_items(texts, progress)
        retriever = HybridRetriever(FlatIndex(vectors), LexicalIndex([index_terms(t) for t in texts]), vectors)
        for said in LANGS:
            own = [n for n in asked if language(n[0]) == said]
            found[f"{said} over {written}"] = _found(own, items, retriever, encoder, translator)
    pairs = (("zh", "en"), ("en", "zh"))
    kept = {f"{a} over {b}": _share(found[f"{a} over {b}"], found[f"{a} over {a}"]) for a, b in pairs}
    count_of = {lang: sum(language(text) == lang for text, _ in asked) for lang in LANGS}
    return {"ndcg@10": found, "kept": kept, "items": len(items), "needs": count_of}


def _share(across: Mapping[str, float], within: Mapping[str, float]) -> dict[str, float]:
    return {name: round(across[name] / max(within[name], 1e-9), 4) for name in across}


def _needs(file: Path, catalog: Catalog, items: Sequence[Item]) -> list[Need]:
    columns, out = Columns(items), list[Need]()
    for line in read_jsonl(file):
        wanted = [Constraint.from_json(c) for c in line.get("constraints", ())]
        if line.get("catalog") != catalog.name or not wanted or line.get("intent") != "recommend":
            continue
        relevant = {items[r].id: 1.0 for r in np.flatnonzero(columns.mask(wanted)).tolist()}
        if relevant:
            out.append((str(line["text"]), relevant))
    return out


def _found(
    asked: Sequence[Need], items: Sequence[Item], retriever: HybridRetriever, encoder: Encoder, translator: Translator
) -> dict[str, float]:
    """nDCG@10 of the whole of retrieval, and of the language model alone."""
    scored: dict[str, list[dict[str, float]]] = {"system": [], "dense": []}
    for text, relevant in asked:
        vector = encoder.encode_query(text)
        ranked = {
            "system": retriever.search(vector, translator.terms(text, retriever.lexical.knows), 200).rows,
            "dense": retriever.dense.search(vector, 10)[0],
        }
        for name, rows in ranked.items():
            scored[name].append(ranking([items[r].id for r in rows.tolist()], relevant))
    return {name: round(mean(rows).get("ndcg@10", 0.0), 4) for name, rows in scored.items()}
