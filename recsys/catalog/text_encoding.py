"""Bytes to text: byte order marks, UTF-8, UTF-16 without a mark, GB18030, then a statistical guess."""

import codecs
import re

from charset_normalizer import from_bytes

from recsys.errors import CatalogError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 200_000  # bytes or characters that a guess looks at
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_BINARY = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_MAGIC = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls); save it as .xlsx or CSV",
    b"\x1f\x8b": "compressed (gzip); unpack it first",
    b"PK\x03\x04": "a zip archive; unpack it first",
    b"%PDF": "a PDF; save the table as CSV or Excel",
    b"SQLite format 3": "an SQLite database; export the table as CSV",
    b"\x89PNG": "a picture; a table is needed",
    b"\xff\xd8\xff": "a picture; a table is needed",
}


def decode(data: bytes, name: str) -> tuple[str, str, int]:
    """(text, encoding, how many characters could not be read and were replaced).

    Raises:
        CatalogError: it is a known kind of file that is not text, or no encoding fits.
    """
    for magic, what in _MAGIC.items():
        if data.startswith(magic):
            raise CatalogError(f"{name} is {what}", f"{name} 不是可以读取的表格；请另存为 CSV、Excel、JSON 或 Parquet")
    encoding = next((e for mark, e in _MARKS if data.startswith(mark)), None) or _wide(data)
    for candidate in (encoding,) if encoding else ("utf-8", "gb18030"):
        text = data.decode(candidate, "replace")
        damaged = text.count("\ufffd")
        foreign = len(_FOREIGN.findall(text[:_SAMPLE]))
        if encoding or damaged == 0 or damaged * 20 < foreign:
            if candidate == "gb18030" and not _looks_chinese(text):
                continue
            return _printable(text, name), candidate, damaged
    guess = from_bytes(data[:_SAMPLE]).best()
    if guess is None:
        raise CatalogError(
            f"the text encoding of {name} cannot be told; save it as UTF-8", f"认不出 {name} 的文字编码；请另存为 UTF-8"
        )
    text = data.decode(guess.encoding, "replace")
    return _printable(text, name), guess.encoding, text.count("\ufffd")


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark: the zero bytes of its Latin letters and line ends stand on one side."""
    sample = data[:_SAMPLE]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if even + odd < max(2, len(sample) // 100):
        return None
    if odd > 20 * even:
        return "utf-16-le"
    return "utf-16-be" if even > 20 * odd else None


def _looks_chinese(text: str) -> bool:
    """Most foreign characters are among the 3,755 common ones of GB 2312 or its punctuation."""
    found = _FOREIGN.findall(text[:_SAMPLE])
    codes = "".join(found).encode("gb2312", "replace")
    common = sum(0xA1 <= codes[i] <= 0xD7 for i in range(len(codes) - 1) if codes[i] >= 0x80) / 2
    return common >= 0.6 * len(found)


def _printable(text: str, name: str) -> str:
    if len(_BINARY.findall(text[:_SAMPLE])) > 0.02 * len(text[:_SAMPLE]):
        raise CatalogError(
            f"{name} is not a text file; save the table as CSV, Excel, JSON or Parquet",
            f"{name} 不是文本文件；请把表格另存为 CSV、Excel、JSON 或 Parquet",
        )
    return text
