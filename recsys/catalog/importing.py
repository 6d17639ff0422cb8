"""Import anybody's file as a catalogue: map the columns, read the cells, report what is wrong, swap the folder in whole."""

import csv
import json
import os
import re
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from recsys.catalog.building import Built, build, understand
from recsys.catalog.catalog import PICTURES, Catalog, recover
from recsys.catalog.columns import Column
from recsys.catalog.describing import describe
from recsys.catalog.reading import Problem, read_table
from recsys.cleaning import clean
from recsys.errors import CatalogError
from recsys.settings import BUILTIN_CATALOG, Settings

_NAME = re.compile(r"[\w\-]{1,64}")
_STALE = 3600  # seconds after which a folder that an import left behind is swept away
_MAX_PICTURE = 5 * 2**20  # bytes
_SHOWN = 100  # problems in the JSON report; report.csv has all
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass
class Report:
    """What an import came to. `columns` describe the schema; `problems` name line, column and reason."""

    name: str
    rows: int
    items: int
    format: str
    encoding: str
    delimiter: str
    columns: list[dict[str, Any]]
    problems: list[Problem]
    folder: str
    seconds: float = 0.0
    embedded: int | None = None
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def rejected(self) -> int:
        """Rows that were left out."""
        return sum(p.rejected for p in self.problems)

    def to_json(self) -> dict[str, Any]:
        """One object for `--json`, with the first problems; all of them are in report.csv."""
        data = {k: v for k, v in vars(self).items() if k != "problems"}
        shown = [asdict(p) for p in sorted(self.problems, key=lambda p: not p.rejected)[:_SHOWN]]
        return {**data, "rejected": self.rejected, "noted": len(self.problems) - self.rejected, "problems": shown}


def import_catalog(
    path: Path, name: str, settings: Settings, mapping: Mapping[str, str] | None = None, strict: bool = False,
    progress: Callable[[str], None] = lambda message: None,
) -> Report:  # fmt: skip
    """Read a file and put it in place as the catalogue `name`; the former one stays until the new one is complete.

    Raises:
        CatalogError: the file cannot be used as a catalogue; with `strict` also where any row is rejected.
    """
    began = time.perf_counter()
    check_name(name)
    progress(f"Reading {path.name} …")
    table = read_table(path, settings)
    rows = len(table.rows) + sum(p.rejected for p in table.problems)
    progress(f"Checking {rows:,} rows …")
    columns = understand(table, mapping or {})
    built = build(table, columns)
    table.problems.sort(key=lambda p: p.line)
    report = Report(
        name, rows, len(built.items), table.format, table.encoding, table.delimiter, [_column_json(c) for c in columns],
        table.problems, str(settings.catalogs / name), reasons=dict(Counter(_kind_of(p) for p in table.problems).most_common(20)),
    )  # fmt: skip
    pictures = _local_pictures(built, path.parent, report)
    _refuse(report, path, strict)
    progress("Writing …")
    source = {
        "file": path.name,
        "format": report.format,
        "encoding": report.encoding,
        "rows": rows,
        "items": report.items,
    }
    catalog = Catalog(name, built.items, describe(name, source, columns))
    _swap_in(catalog, settings.catalogs / name, built.raw, report, pictures)
    report.seconds = round(time.perf_counter() - began, 2)
    return report


def check_name(name: str) -> None:
    """Raise CatalogError unless `name` can be the name of an imported catalogue."""
    if not _NAME.fullmatch(name) or name == BUILTIN_CATALOG:
        raise CatalogError(
            f"{name!r} cannot name a catalogue; use up to 64 letters, digits, - and _, and not {BUILTIN_CATALOG!r}",
            f"目录不能叫 {name!r}；请用不超过 64 个字母、数字、- 或 _，且不能是 {BUILTIN_CATALOG!r}",
        )


def _refuse(report: Report, path: Path, strict: bool) -> None:
    first = next((p for p in report.problems if p.rejected), None)
    where = f"; the first: line {first.line} {first.column} {first.reason}" if first else ""
    if not report.items:
        raise CatalogError(f"{path.name} has no row that can be used{where}", f"{path.name} 里没有可用的行{where}")
    if strict and report.rejected:
        raise CatalogError(
            f"{path.name}: {report.rejected:,} of {report.rows:,} rows are wrong{where}; nothing was imported",
            f"{path.name}：{report.rows:,} 行中有 {report.rejected:,} 行有误{where}；什么都没有导入",
        )


def _kind_of(problem: Problem) -> str:
    """The reason without its numbers, to count by."""
    return re.sub(r"\d[\d,]*", "…", problem.reason)


def _column_json(column: Column) -> dict[str, Any]:
    values = column.distinct()
    return {
        "column": column.header.name, "field": column.field, "kind": column.kind, "unit": column.unit, "currency": column.currency,
        "filled": column.filled, "values": len(values), "examples": [v[:40] for v, _ in values.most_common(3)],
    }  # fmt: skip


def _local_pictures(built: Built, source: Path, report: Report) -> dict[str, Path]:
    """Where each picture file named in a cell lies; cells that name none, or one outside the file's folder, are emptied."""
    found: dict[str, Path] = {}
    for row, item in enumerate(built.items):
        if not item.image or ":" in item.image:
            continue
        file = (source / item.image).resolve()
        if file.is_relative_to(source.resolve()) and file.is_file() and file.stat().st_size <= _MAX_PICTURE:
            found[item.image] = file
        else:
            reason = f"is no picture file of at most {_MAX_PICTURE // 2**20} MB beside the catalogue"
            report.problems.append(Problem(built.lines[row], "image", reason, item.image, rejected=False))
            built.items[row] = replace(item, image="")
    return found


def _swap_in(
    catalog: Catalog, folder: Path, raw: Mapping[str, Any], report: Report, pictures: Mapping[str, Path]
) -> None:
    """Write beside the folder, then rename: whoever reads sees the whole old catalogue or the whole new one."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for left in folder.parent.glob(f".{folder.name}.new-*"):
        if time.time() - left.stat().st_mtime > _STALE:
            shutil.rmtree(left, ignore_errors=True)
    staging = folder.parent / f".{folder.name}.new-{os.getpid()}-{time.time_ns()}"
    try:
        catalog.save(staging)
        with (staging / "raw.jsonl").open("w", encoding="utf-8", errors="backslashreplace") as out:
            for item_id, cells in raw.items():
                out.write(json.dumps({"id": item_id, "raw": cells}, ensure_ascii=False) + "\n")
        write_problems(staging / "report.csv", report.problems)
        for name, file in pictures.items():
            (staging / PICTURES / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, staging / PICTURES / name)
        recover(folder)
        old = folder.parent / f".{folder.name}.old"
        if folder.exists():
            os.rename(folder, old)
        os.rename(staging, folder)
        shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        raise CatalogError(
            f"cannot write {folder}: {error.strerror}; check space and permissions, or set RECSYS_HOME",
            f"无法写入 {folder}（{error.strerror}）；请检查空间和权限，或设置 RECSYS_HOME",
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        recover(folder)


def write_problems(path: Path, problems: Iterable[Problem]) -> None:
    """A CSV of all problems, safe to open in a spreadsheet: no cell of it is taken for a formula."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("line", "column", "reason", "value", "rejected"))
        for p in problems:
            cells = (p.column, p.reason, clean(p.value[:200]))
            safe = ("'" + c if c.startswith(_FORMULA) else c for c in cells)
            writer.writerow((p.line, *safe, "yes" if p.rejected else "no"))


def catalogs(settings: Settings) -> list[dict[str, Any]]:
    """The imported catalogues by name, with where they came from."""
    out = []
    for folder in sorted(settings.catalogs.glob("[!.]*/items.jsonl")):
        meta_path = folder.parent / "meta.json"
        meta = json.loads(meta_path.read_text("utf-8")) if meta_path.exists() else {}
        out.append({"name": folder.parent.name, **meta.get("source", {})})
    return out


def remove(name: str, settings: Settings) -> None:
    """Delete an imported catalogue with its vectors.

    Raises:
        CatalogError: there is none of this name.
    """
    check_name(name)
    folder = settings.catalogs / name
    if not folder.is_dir():
        raise CatalogError(
            f"there is no imported catalogue {name!r}; see `python -m recsys catalogs`",
            f"没有导入过目录 {name!r}；可用 `python -m recsys catalogs` 查看",
        )
    shutil.rmtree(folder)
    for vectors in (settings.cache / "vectors").glob(f"{name}-*.npz"):
        vectors.unlink()
