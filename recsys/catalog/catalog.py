"""A catalogue: a folder with items.jsonl, meta.json and, where they were made, vectors.npz."""

import hashlib
import json
import os
import shutil
import tempfile
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from sys import intern
from typing import Any
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from recsys.catalog.schema import extended, infer
from recsys.datamodels import Item, Range, Value
from recsys.errors import CatalogError
from recsys.schema import Schema

Vectors = npt.NDArray[np.float32]
PICTURES = "pictures"  # the folder of an imported catalogue's own pictures
_COMMON = ("domain", "category", "currency", "brand", "shape")  # the same in many items
_PLAIN = (
    "id",
    "domain",
    "category",
    "currency",
    "brand",
    "description",
    "title",
    "title_en",
    "description_en",
    "image",
    "shape",
)


@dataclass(frozen=True, slots=True)
class Rows(Mapping[str, int]):
    """Item id -> row: those there from the start, less those `gone` or changed, then those that came since; an update copies the latter only."""

    base: Mapping[str, int]
    fresh: Mapping[str, int] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def updated(self, items: Sequence[Item], first: int, gone: Collection[str]) -> "Rows":
        """The same without the ids that are gone, and with these items from row `first` on."""
        fresh = {i: row for i, row in self.fresh.items() if i not in gone}
        fresh.update((item.id, row) for row, item in enumerate(items, first))
        return Rows(self.base, fresh, self.gone.union(i for i in (*gone, *fresh) if i in self.base))

    def __getitem__(self, item_id: str) -> int:
        """The row of an item; KeyError where it is not there."""
        rows = self.base if item_id in self.base and item_id not in self.gone else self.fresh
        return rows[item_id]

    def __iter__(self) -> Iterator[str]:
        """The ids of all that are there."""
        return chain((i for i in self.base if i not in self.gone), self.fresh)

    def __len__(self) -> int:
        """How many are there."""
        return len(self.base) - len(self.gone) + len(self.fresh)


@dataclass(frozen=True)
class Catalog:
    """Items in a fixed order: row i of every array is items[i]."""

    name: str
    items: Sequence[Item]
    meta: Mapping[str, Any]

    @cached_property
    def schema(self) -> Schema:
        """What can be asked of these items."""
        return infer(self.items, self.meta)

    @cached_property
    def row(self) -> Rows:
        """Item id -> row."""
        return Rows({item.id: i for i, item in enumerate(self.items)})

    def updated(self, items: Sequence[Item], gone: Iterable[str]) -> "Catalog":
        """The catalogue with these items behind the others: a row once given stays. An item of the same id is replaced.

        Items that are gone keep their row, so that all arrays stay as they are, but no id leads there any more.
        """
        made = Catalog(self.name, (*self.items, *items), self.meta)
        made.__dict__["row"] = self.row.updated(items, len(self.items), frozenset(gone))
        made.__dict__["schema"] = extended(self.schema, items)
        return made

    def texts(self) -> list[str]:
        """What the language model and BM25 read of each item: both languages, then the facts."""
        return list(self._read())

    def _read(self) -> Iterator[str]:
        order = {name: place for place, name in enumerate(self.schema.fields)}
        return (item_text(item, self.schema, order) for item in self.items)

    @cached_property
    def digest(self) -> str:
        """A short name of all that is read of the items: what was made of other texts has another."""
        total = hashlib.blake2b(digest_size=8)
        for text in self._read():
            total.update(text.encode() + b"\0")
        return total.hexdigest()

    @classmethod
    def load(cls, folder: Path) -> "Catalog":
        """Read a catalogue's folder.

        Raises:
            CatalogError: the folder is missing or a line is not an item.
        """
        path = folder / "items.jsonl"
        if not path.exists():
            recover(folder)
        if not path.exists():
            raise CatalogError(
                f"there is no catalogue {folder.name!r}; import one, or set RECSYS_CATALOG to another name",
                f"没有目录 {folder.name!r}；请先导入，或把 RECSYS_CATALOG 设为别的名称",
            )
        items, number, meta = [], 0, folder / "meta.json"
        shared: dict[Value, Value] = {}
        try:
            with path.open("rb") as lines:
                for number, line in enumerate(lines, 1):  # noqa: B007
                    items.append(_located(item_from_json(json.loads(line), shared), folder))
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _damaged(folder, f"{path.name} line {number} is not an item ({error})") from error
        if not items:
            raise _damaged(folder, f"{path.name} is empty")
        try:
            described = json.loads(meta.read_bytes()) if meta.exists() else {}
        except ValueError as error:
            raise _damaged(folder, f"{meta.name} cannot be read ({error})") from error
        return cls(folder.name, tuple(items), described)

    def save(self, folder: Path) -> None:
        """Write items and meta; a reader sees the old files or the new ones."""
        folder.mkdir(parents=True, exist_ok=True)
        _replace(
            folder / "items.jsonl", "".join(json.dumps(item_to_json(i), ensure_ascii=False) + "\n" for i in self.items)
        )
        _replace(folder / "meta.json", json.dumps(self.meta, ensure_ascii=False, indent=1, sort_keys=True) + "\n")


def recover(folder: Path) -> None:
    """Undo or finish the swap of an import that was killed between its two renames."""
    old = folder.parent / f".{folder.name}.old"
    if not old.is_dir():
        return
    if folder.exists():
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.rename(old, folder)


def _damaged(folder: Path, what: str) -> CatalogError:
    return CatalogError(
        f"the catalogue {folder.name!r} is damaged: {what}; import its file again under the same name",
        f"目录 {folder.name!r} 的文件已损坏；请用同一名称重新导入",
    )


def _located(item: Item, folder: Path) -> Item:
    """An item whose picture is a file of the catalogue's folder gets the whole path of it."""
    if not item.image or ":" in item.image:
        return item
    return replace(item, image=str((folder / PICTURES / item.image).resolve()))


def _replace(path: Path, text: str) -> None:
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as scratch:
        scratch.write(text)
    os.chmod(scratch.name, 0o644)
    os.replace(scratch.name, path)


def item_to_json(item: Item) -> dict[str, Any]:
    """An item without its empty fields; an empty currency stays, for the default is yuan."""
    fields = ((name, getattr(item, name)) for name in Item.__slots__ if name != "attributes")
    data = {k: v for k, v in fields if v not in ("", None) or k == "currency"}
    if not item.popularity:
        data.pop("popularity", None)
    ranges = {k: [v.low, v.high] for k, v in item.attributes.items() if isinstance(v, Range)}
    return {**data, "attributes": {**item.attributes, **ranges}}


def item_from_json(data: Mapping[str, Any], shared: dict[Value, Value] | None = None) -> Item:
    """The inverse of `item_to_json`; values that items of one file have in common are kept once, in `shared`."""
    kept = {} if shared is None else shared
    attributes = {intern(name): _once(_value(value), kept) for name, value in data.get("attributes", {}).items()}
    plain = {k: str(data[k]) for k in _PLAIN if k in data}
    plain |= {k: intern(plain[k]) for k in _COMMON if k in plain}
    numbers = {k: float(data[k]) for k in ("price", "rating", "popularity") if data.get(k) is not None}
    return Item(**plain, **numbers, attributes=attributes)  # type: ignore[arg-type]


def _once(value: Value, kept: dict[Value, Value]) -> Value:
    """The same object for the same words; numbers are as they are, for a range equals its middle."""
    return value if isinstance(value, float) else kept.setdefault(value, value)


def _value(value: Any) -> Value:
    """The value of an attribute: numbers become floats, lists tuples, and a list of two numbers a range."""
    if isinstance(value, list):
        numbers = len(value) == 2 and all(isinstance(v, int | float) for v in value)
        return Range(*map(float, value)) if numbers else tuple(map(str, value))
    return value if isinstance(value, str) else float(value)


def item_text(item: Item, schema: Schema, order: Mapping[str, int]) -> str:
    """Title, facts (in the order of their fields) and description of an item, in the languages that the catalogue has, as one passage."""
    facts: list[str] = []
    for name in ("category", *sorted(item.attributes, key=lambda n: order.get(n, len(order)))):
        field = schema.fields.get(name)
        if field is None or field.kind not in ("categorical", "list"):
            continue
        for value in item.values(name):
            facts.append(value)
            english = schema.label(value, "en")
            if item.title_en and english != value:
                facts.append(english)
    parts = (
        item.title,
        item.title_en,
        item.brand,
        " ".join(dict.fromkeys(facts)),
        item.description,
        item.description_en,
    )
    return "；".join(p for p in parts if p)


def load_vectors(paths: Iterable[Path]) -> dict[str, Vectors]:
    """fingerprint -> vector, from every file that exists and can be read; a broken cache is as good as none."""
    known: dict[str, Vectors] = {}
    for path in paths:
        try:
            with path.open("rb") as file, np.load(file) as data:
                known.update(zip(data["keys"].tolist(), data["vectors"].astype(np.float32), strict=True))
        except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
            continue
    return known


def save_vectors(path: Path, keys: Sequence[str], vectors: Vectors) -> None:
    """Write fingerprints and vectors (n, dim) as float16; unit vectors lose less than 0.001 of cosine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".npz", delete=False) as scratch:
        np.savez(scratch, keys=np.array(keys), vectors=vectors.astype(np.float16))
    os.chmod(scratch.name, 0o644)
    os.replace(scratch.name, path)


def embed(
    texts: Sequence[str], keys: Sequence[str], known: Mapping[str, Vectors], encode: Callable[[Sequence[str]], Vectors]
) -> tuple[Vectors, int]:
    """Vectors (n, dim) of all texts, and how many had to be encoded because `known` lacked their fingerprint."""
    missing = [i for i, key in enumerate(keys) if key not in known]
    fresh = encode([texts[i] for i in missing]) if missing else None
    dim = fresh.shape[1] if fresh is not None else len(next(iter(known.values())))
    out = np.zeros((len(texts), dim), np.float32)
    for i, key in enumerate(keys):
        if key in known:
            out[i] = known[key]
    if fresh is not None:
        out[missing] = fresh
    return out / np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-9), len(missing)
