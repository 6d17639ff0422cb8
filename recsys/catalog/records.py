"""JSON, Parquet and Excel as records of text: numbers, dates and nested values become what a CSV would hold."""

import io
import json
import math
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from recsys.errors import CatalogError
from recsys.settings import Settings

Cell = str | tuple[str, ...]
_BATCH = 1000  # rows of a Parquet file in memory at once
_UNPACKED = 10  # an archive may unpack to this many times the upload limit
_FLAT = ("attributes", "属性")  # objects whose keys are columns in their own right
_AROUND = (
    "items",
    "data",
    "records",
    "results",
    "rows",
    "products",
    "list",
    "商品",
    "数据",
)  # keys that hold the array
_VALUES = 100_000_000  # cells of a Parquet file, those of nested lists included


def cell(value: Any) -> Cell:
    """Any value as text; a flat list stays a list."""
    if isinstance(value, list | tuple) and not any(isinstance(v, list | tuple | dict) for v in value):
        return tuple(str(c) for c in map(cell, value) if c)
    if value is None:
        return ""
    written = next((write(value) for kind, write in _SCALARS if isinstance(value, kind)), None)
    return json.dumps(value, ensure_ascii=False, default=str) if written is None else written


def _integer(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # more than 4,300 digits
        return ""


def _float(value: float) -> str:
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


_SCALARS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (str, str),
    (bool, lambda v: "true" if v else "false"),
    (int, _integer),
    (float, _float),
    (Decimal, lambda v: format(v, "f")),
    (datetime, lambda v: str(v.isoformat(" ").removesuffix(" 00:00:00"))),
    (date, lambda v: str(v.isoformat())),
    (bytes, lambda v: str(v.decode("utf-8", "replace"))),
)


def flat(record: Mapping[str, Any]) -> dict[str, Cell]:
    """One record; the keys of an object inside become `outer.inner`, those of `attributes` plain columns."""
    out: dict[str, Cell] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value:
            for inner, v in value.items():
                name = str(inner) if key in _FLAT and inner not in record else f"{key}.{inner}"
                out[name] = cell(v)
        else:
            out[str(key)] = cell(value)
    return out


def json_records(text: str, nesting: int) -> Iterator[tuple[int, dict[str, Cell] | str]] | None:
    """JSON Lines, an array of objects, or an object that holds one; None where the text is no JSON at all.

    An object that nests deeper than `nesting` becomes a reason.

    Raises:
        CatalogError: it is JSON, but nothing that could be a table.
    """
    lines = [(i, line) for i, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) > 1 and any(isinstance(_loads(line), dict) for _, line in lines[:3]):
        return _json_lines(lines, nesting)
    try:
        data = json.loads(text)
    except RecursionError as error:
        raise CatalogError(
            "the JSON is nested too deeply; write one flat object per item", "JSON 嵌套太深；请每个条目写一个扁平的对象"
        ) from error
    except ValueError as error:
        if any(mark in lines[0][1] for mark in (",", "\t", ";")) and not lines[0][1].lstrip().startswith(("{", "[{")):
            return None
        raise CatalogError(
            f"the JSON is broken: {error}; write an array of objects, or one object a line",
            f"JSON 有错误（{error}）；请写成对象数组，或每行一个对象",
        ) from error
    if isinstance(data, dict):
        inside = [v for k, v in data.items() if k.lower() in _AROUND and isinstance(v, list)]
        data = inside[0] if len(inside) == 1 else [data]
    return _elements(data, nesting)


def _loads(line: str) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None


def _json_lines(lines: Iterable[tuple[int, str]], nesting: int) -> Iterator[tuple[int, dict[str, Cell] | str]]:
    for number, line in lines:
        try:
            data = json.loads(line)
        except RecursionError:
            yield number, "is nested too deeply"
        except ValueError as error:
            yield number, f"is not JSON ({error})"
        else:
            yield number, _record(data, nesting)


def _elements(data: Iterable[Any], nesting: int) -> Iterator[tuple[int, dict[str, Cell] | str]]:
    for number, element in enumerate(data, 1):
        yield number, _record(element, nesting)


def _record(data: Any, nesting: int) -> dict[str, Cell] | str:
    if not isinstance(data, dict):
        return "is not an object"
    inside: list[Any] = [data]
    for _ in range(nesting):
        inside = [v for outer in inside for v in (outer.values() if isinstance(outer, dict) else outer)]
        inside = [v for v in inside if isinstance(v, dict | list)]
    return f"is nested more than {nesting} deep (RECSYS_MAX_NESTING)" if inside else flat(data)


def is_parquet(data: bytes) -> bool:
    """Told by the magic number."""
    return data[:4] == b"PAR1"


def parquet_records(data: bytes, max_rows: int, max_cell: int) -> Iterator[tuple[int, dict[str, Cell] | str]]:
    """Rows of a Parquet file. Text columns are read as dictionaries, so a small file cannot unpack into a huge table.

    Raises:
        CatalogError: it cannot be read, or has more values than are allowed.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        head = pq.read_metadata(io.BytesIO(data))
        if head.num_rows > max_rows:
            raise CatalogError(
                f"the file has more than {max_rows:,} rows; split it, or raise RECSYS_MAX_ROWS",
                f"文件超过 {max_rows:,} 行；请拆分，或调大 RECSYS_MAX_ROWS",
            )
        groups = [head.row_group(g) for g in range(head.num_row_groups)]
        if sum(g.column(c).num_values for g in groups for c in range(g.num_columns)) > _VALUES:
            raise CatalogError(
                f"the file has more than {_VALUES:,} values; split it", f"文件超过 {_VALUES:,} 个值；请拆分"
            )
        schema = pq.read_schema(io.BytesIO(data))
        texts = [f.name for f in schema if pa.types.is_string(f.type) or pa.types.is_binary(f.type)]
        file = pq.ParquetFile(io.BytesIO(data), read_dictionary=texts)
        names = [n for n in file.schema_arrow.names if not n.startswith("__index_level_")]
        at = 0
        for batch in file.iter_batches(_BATCH, columns=names, use_threads=False):
            columns = [_values(batch.column(n), max_cell) for n in range(batch.num_columns)]
            for row in zip(*columns, strict=True):
                at += 1
                yield at, flat(dict(zip(batch.schema.names, row, strict=True)))
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise CatalogError(
            f"the Parquet file cannot be read ({error}); write it again, or use CSV",
            f"无法读取这个 Parquet 文件（{error}）；请重新导出，或改用 CSV",
        ) from error


def _values(column: Any, max_cell: int) -> list[Any]:
    """A column as Python values; a long text is cut one character past the limit, and rows that share one share it."""
    import pyarrow as pa

    if not isinstance(column, pa.DictionaryArray):
        return list(column.to_pylist())
    words = [_head(column.dictionary[i], max_cell) for i in range(len(column.dictionary))]
    return [None if i is None else words[i] for i in column.indices.to_pylist()]


def _head(scalar: Any, max_cell: int) -> str:
    value = scalar.as_py()
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return text[: max_cell + 1]


def is_workbook(data: bytes) -> bool:
    """A zip archive with a workbook inside."""
    if data[:4] != b"PK\x03\x04":
        return False
    try:
        return any(name.startswith("xl/") for name in zipfile.ZipFile(io.BytesIO(data)).namelist())
    except zipfile.BadZipFile:
        return False


def workbook_rows(data: bytes, settings: Settings) -> Iterator[tuple[int, list[str] | str]]:
    """Rows of the first sheet that has any; what stands above the first row with two or more cells is a heading.

    Raises:
        CatalogError: it cannot be read, or unpacks to too much.
    """
    limit = settings.max_upload_mb * 2**20 * _UNPACKED
    if sum(entry.file_size for entry in zipfile.ZipFile(io.BytesIO(data)).infolist()) > limit:
        raise CatalogError(
            f"the workbook unpacks to more than {limit / 2**20:,.0f} MiB; save the table as CSV",
            f"工作簿解压后超过 {limit / 2**20:,.0f} MiB；请另存为 CSV",
        )
    try:
        import openpyxl

        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = list(_sheet_rows(sheet, settings.max_rows))
            if rows:
                yield from _below_heading(rows)
                return
    except Exception as error:  # whatever a damaged archive makes of a foreign parser
        if isinstance(error, CatalogError):
            raise
        raise CatalogError(
            f"the workbook cannot be read ({error}); save the table as CSV",
            f"无法读取这个工作簿（{error}）；请另存为 CSV",
        ) from error


def _sheet_rows(sheet: Any, max_rows: int) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
        if number > max_rows + 1:
            raise CatalogError(
                f"the sheet has more than {max_rows:,} rows; split it, or raise RECSYS_MAX_ROWS",
                f"工作表超过 {max_rows:,} 行；请拆分，或调大 RECSYS_MAX_ROWS",
            )
        row = [str(cell(v)) for v in values]
        while row and not row[-1]:
            row.pop()
        if row:
            yield number, row


def _below_heading(rows: list[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str] | str]]:
    """Rows from the header on, each as wide as the header or wider."""
    start = next((i for i, (_, row) in enumerate(rows) if sum(map(bool, row)) > 1), 0)
    width = len(rows[start][1])
    for number, row in rows[start:]:
        yield number, row + [""] * (width - len(row))
