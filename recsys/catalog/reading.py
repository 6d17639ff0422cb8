"""Read a table from any file: CSV, TSV, JSON Lines, JSON, Parquet or Excel, told by its content, not by its name."""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from recsys.catalog.records import is_parquet, is_workbook, json_records, parquet_records, workbook_rows
from recsys.catalog.text_encoding import decode
from recsys.cleaning import clean
from recsys.errors import CatalogError
from recsys.settings import Settings

Cell = str | tuple[str, ...]  # a tuple is a list that the file itself holds
_DELIMITERS = (",", "\t", ";", "|", "，")
_SAMPLE = 200  # lines that tell the delimiter
_SAID = {"rows": "行数", "columns": "列数"}
_RECOVERIES = 1000  # stray quotes after which a file is given up
_SEP = re.compile(r"sep=(.)\s*$")
csv.field_size_limit(2**31 - 1)  # a longer cell is cut and reported, not refused


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place of a file. `line` counts from 1: the line of a text file, the row of a sheet or
    Parquet file, the element of a JSON array. `rejected` tells whether the row was left out."""

    line: int
    column: str
    reason: str
    value: str = ""
    rejected: bool = True


@dataclass
class Table:
    """Columns by name and rows of as many cells; `lines[i]` is where rows[i] stands in the file."""

    columns: list[str]
    rows: list[list[Cell]]
    lines: list[int]
    format: str
    encoding: str = ""
    delimiter: str = ""
    problems: list[Problem] = field(default_factory=list)


def read_table(path: Path, settings: Settings) -> Table:
    """Read a file whole.

    Raises:
        CatalogError: it is missing, empty, too large, or holds no table.
    """
    data = _bytes(path, settings.max_upload_mb)
    if is_parquet(data):
        table = _from_records(parquet_records(data, settings.max_rows, settings.max_cell), "parquet", settings)
    elif is_workbook(data):
        table = _from_rows(list(workbook_rows(data, settings)), "excel", settings)
    else:
        table = _from_text(path, data, settings)
    if not table.rows and not table.problems:
        raise CatalogError(
            f"{path.name} has a header but no rows; add at least one", f"{path.name} 只有表头没有内容；请至少加一行"
        )
    return _cut(table, settings.max_cell)


def _bytes(path: Path, limit: int) -> bytes:
    try:
        if path.is_dir():
            raise CatalogError(f"{path} is a folder; name one file", f"{path} 是文件夹；请选一个文件")
        size = path.stat().st_size
        if size > limit * 2**20:
            raise CatalogError(
                f"{path.name} has {size / 2**20:,.0f} MiB, the limit is {limit}; split it, or raise RECSYS_MAX_UPLOAD_MB",
                f"{path.name} 有 {size / 2**20:,.0f} MiB，上限是 {limit}；请拆分，或调大 RECSYS_MAX_UPLOAD_MB",
            )
        data = path.read_bytes()
    except OSError as error:
        raise CatalogError(
            f"cannot read {path}: {error.strerror}; check the path and the permissions",
            f"无法读取 {path}（{error.strerror}）；请检查路径和权限",
        ) from error
    if not data.strip():
        raise CatalogError(
            f"{path.name} is empty; choose a file with rows in it", f"{path.name} 是空文件；请换一个有内容的文件"
        )
    return data


def _from_text(path: Path, data: bytes, settings: Settings) -> Table:
    text, encoding, damaged = decode(data, path.name)
    records = json_records(text, settings.max_nesting) if text.lstrip()[:1] in ("[", "{") else None
    table = _delimited(text, settings) if records is None else _from_records(records, "json", settings)
    table.encoding = encoding
    if damaged:
        reason = f"{damaged} characters are not valid {encoding} and were replaced; save the file as UTF-8"
        table.problems.append(Problem(1, "", reason, rejected=False))
    return table


def _from_records(records: Iterator[tuple[int, dict[str, Cell] | str]], kind: str, settings: Settings) -> Table:
    """Records with any keys -> a table; columns stand in the order of their first appearance."""
    places: dict[str, int] = {}
    table = Table([], [], [], kind)
    for line, record in records:
        if isinstance(record, str):
            table.problems.append(Problem(line, "", record))
            continue
        row: list[Cell] = [""] * len(places)
        for key, value in record.items():
            if key not in places:
                places[key] = len(places)
                _check(len(places), settings.max_columns, "columns", "RECSYS_MAX_COLUMNS")
                row.append("")
            row[places[key]] = value
        table.rows.append(row)
        table.lines.append(line)
        _check(len(table.rows), settings.max_rows, "rows", "RECSYS_MAX_ROWS")
    for row in table.rows:
        row.extend([""] * (len(places) - len(row)))
    table.columns = list(places)
    return _named(table)


def _check(count: int, limit: int, what: str, variable: str) -> None:
    if count > limit:
        raise CatalogError(
            f"the file has more than {limit:,} {what}; split it, or raise {variable}",
            f"文件的{_SAID[what]}超过 {limit:,}；请拆分，或调大 {variable}",
        )


def _delimited(text: str, settings: Settings) -> Table:
    lines = list(io.StringIO(text.replace("\x00", ""), newline=""))
    told = _SEP.match(lines[0]) if lines else None  # what Excel writes to name the delimiter
    delimiter = told[1] if told else _delimiter(lines)
    table = _from_rows(_records(lines, delimiter, skip=bool(told)), "csv", settings)
    table.delimiter = delimiter
    table.format = "tsv" if delimiter == "\t" else "csv"
    return table


def _from_rows(rows: Sequence[tuple[int, list[str] | str]] | Iterator[tuple[int, list[str] | str]], kind: str, settings: Settings) -> Table:  # fmt: skip
    """A header and its rows -> a table; a row of another width, or a reason in place of a row, is a problem."""
    table = Table([], [], [], kind)
    width = 0
    for line, row in rows:
        if isinstance(row, str):
            table.problems.append(Problem(line, "", row))
        elif not any(cell.strip() for cell in row):
            continue
        elif not table.columns:
            table.columns, width = list(row), len(row)
            _check(width, settings.max_columns, "columns", "RECSYS_MAX_COLUMNS")
        else:
            if len(row) < width or any(row[width:]):
                reason = f"has {len(row)} cells where the header has {width}"
                table.problems.append(Problem(line, "", reason, " ".join(row)))
                continue
            table.rows.append(list(row[:width]))
            table.lines.append(line)
            _check(len(table.rows), settings.max_rows, "rows", "RECSYS_MAX_ROWS")
    return _named(table)


def _records(lines: list[str], delimiter: str, skip: bool) -> Iterator[tuple[int, list[str] | str]]:
    """(line, cells) of each record. A quote that is never closed costs its own line, not the rest of the file."""
    at, width = int(skip), 0
    for _ in range(_RECOVERIES):
        start = at
        reader = csv.reader(islice(lines, at, None), delimiter=delimiter)
        try:
            for cells in reader:
                end = at + reader.line_num
                if end - start > 1 and (
                    (width and len(cells) != width) or "".join(lines[start:end]).count('"') % 2 == 1
                ):
                    yield start + 1, "a quotation mark is opened and never closed"
                    break
                width = width or len(cells)
                yield start + 1, cells
                start = end
            else:
                return
        except csv.Error as error:
            yield start + 1, f"cannot be read ({error})"
        at = start + 1
    raise CatalogError(
        f'more than {_RECOVERIES} lines have stray quotation marks; write "" for a quote inside a cell',
        f'超过 {_RECOVERIES} 行有多余的引号；单元格里的引号请写成 ""',
    )


def _delimiter(lines: list[str]) -> str:
    """The delimiter under which the first lines have most alike widths; a comma where there is one column."""
    sample = [line for line in islice(lines, _SAMPLE) if line.strip()]
    if not sample:
        return ","
    best, winner = (0.0, 0), ","
    for delimiter in _DELIMITERS:
        if delimiter not in sample[0]:
            continue
        widths = [len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells]
        alike = widths.count(widths[0]) / len(widths)
        if widths[0] > 1 and (alike, widths[0]) > best:
            best, winner = (alike, widths[0]), delimiter
    return winner


def _named(table: Table) -> Table:
    """Clean the header; name what has no name, number what is there twice, drop columns without name and values."""
    if not table.columns:
        raise CatalogError(
            "the file holds no table; the first row must name the columns", "文件里没有表格；第一行必须是列名"
        )
    names = [clean(name)[:100] for name in table.columns]
    keep = [i for i, name in enumerate(names) if name or any(row[i] for row in table.rows)]
    seen: dict[str, int] = {}
    columns = []
    for i in keep:
        name = names[i] or f"column {i + 1}"
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            table.problems.append(Problem(1, name, "this column name is there twice", rejected=False))
            name = f"{name} ({seen[name]})"
        columns.append(name)
    if len(keep) < len(names):
        table.rows = [[row[i] for i in keep] for row in table.rows]
    table.columns = columns
    return table


def _cut(table: Table, limit: int) -> Table:
    for line, row in zip(table.lines, table.rows, strict=True):
        for i, cell in enumerate(row):
            if isinstance(cell, str) and len(cell) > limit:
                row[i] = cell[:limit]
                reason = f"has {len(cell):,} characters and was cut to {limit:,} (RECSYS_MAX_CELL)"
                table.problems.append(Problem(line, table.columns[i], reason, cell[:80], rejected=False))
    return table
