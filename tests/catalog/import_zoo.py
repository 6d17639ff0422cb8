"""Awkward files, each made by code: name -> (file name, bytes, whether it must give items; None where either will do)."""

import io
import json
import zipfile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq

Animal = tuple[str, bytes, bool | None]
PLAIN = "id,名称,价格\r\n1,红裙子,99\r\n2,蓝裙子,120\r\n"


def parquet(columns: dict[str, object]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out)
    return out.getvalue()


def workbook(rows: list[list[object]], sheets: int = 1) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for _ in range(sheets - 1):
        book.create_sheet()
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 50 * 2**20)
    return out.getvalue()


def text(name: str, content: str, items: bool | None = True, encoding: str = "utf-8") -> Animal:
    return name, content.encode(encoding), items


def json_file(data: object, items: bool | None = True) -> Animal:
    return "a.json", json.dumps(data).encode(), items


ZOO: dict[str, Animal] = {
    "utf-8": text("a.csv", PLAIN),
    "utf-8 with a mark": text("a.csv", PLAIN, encoding="utf-8-sig"),
    "gb18030": text("a.csv", PLAIN, encoding="gb18030"),
    "utf-16 with a mark": text("a.csv", PLAIN, encoding="utf-16"),
    "utf-16-le without a mark": text("a.csv", PLAIN, encoding="utf-16-le"),
    "utf-16-be without a mark": text("a.csv", PLAIN, encoding="utf-16-be"),
    "utf-32": text("a.csv", PLAIN, encoding="utf-32"),
    "big5": text("a.csv", "名稱,價格\n" + "紅色連衣裙與藍色襯衫的組合,99\n" * 3, None, "big5"),
    "latin-1": text("a.csv", "title,price\nCafé crème brûlée,4\nThé à la menthe,3\n", True, "latin-1"),
    "utf-8 with one bad byte": ("a.csv", PLAIN.encode() + "3,绿裙子很好看的".encode() + b"\xff,88\n" + "4,黄色的裙子,1\n".encode() * 9, True),
    "empty": ("a.csv", b"", False),
    "white space": ("a.csv", b" \n\n\t\n", False),
    "header only": text("a.csv", "id,title,price\n", False),
    "no header": text("a.csv", "1,red dress,99\n2,blue dress,120\n", False),
    "one column": text("a.csv", "title\nred dress\nblue dress\n"),
    "one cell": text("a.csv", "title", False),
    "ten megabyte cell": text("a.csv", "title,description\nred dress," + "x" * 10_000_000 + "\n"),
    "ten megabyte title": text("a.csv", "title\n" + "x" * 10_000_000 + "\n"),
    "ragged rows": text("a.csv", "title,price\nred dress,99\nblue dress\ngreen dress,1,2,3\n"),
    "empty cells beyond the header": text("a.csv", "title,price\nred dress,99,,,\n"),
    "duplicate headers": text("a.csv", "title,price,colour,colour\nred dress,99,red,crimson\n"),
    "empty headers": text("a.csv", "title,,\nred dress,99,\n"),
    "formula injection": text("a.csv", 'title,price\n"=cmd|\' /C calc\'!A0",9\n@SUM(A1),=1+1\n'),
    "html": text("a.csv", "title,description\n<b>red</b> dress,<script>alert(1)</script>soft &amp; warm\n"),
    "only html": text("a.csv", "title\n<br><br>\n", False),
    "right to left": text("a.csv", "title,price\n\u202eفستان أحمر\u202c,99\nשמלה כחולה,120\n"),
    "emoji": text("a.csv", "title,price\n👗 red dress 👩‍👩‍👧,99\n"),
    "NUL bytes": text("a.csv", "title,price\nred\x00 dress,9\x009\n"),
    "NUL bytes only": ("a.csv", b"\x00" * 1000, False),
    "mixed newlines": text("a.csv", "title,price\nred dress,99\r\nblue dress,120\rgreen dress,1\n"),
    "newline in quotes": text("a.csv", 'title,description\nred dress,"soft\nand\r\nwarm"\n'),
    "lone quote": text("a.csv", 'title,price\n"red dress,99\nblue dress,120\ngreen dress,1\n'),
    "lone quote in the last column": text("a.csv", 'title,size\nred dress,"5 in\nblue dress,6\ngreen dress,7\n'),
    "quotes everywhere": text("a.csv", "title\n" + '"\n' * 5000, None),
    "tabs": text("a.tsv", "title\tprice\nred, long dress\t99\n"),
    "semicolons": text("a.csv", "title;price\nred dress;4,50\nblue dress;1.299,00\n"),
    "full-width commas": text("a.csv", "名称，价格\n红裙子，99\n"),
    "sep= line": text("a.csv", "sep=;\ntitle;price\nred dress;99\n"),
    "ten thousand columns": text("a.csv", "title," + ",".join(f"c{i}" for i in range(10_000)) + "\nred" + "," * 10_000 + "\n", False),
    "five hundred columns": text("a.csv", "title," + ",".join(f"c{i}" for i in range(500)) + "\nred" + ",1" * 500 + "\n"),
    "numbers that are none": text("a.csv", "title,price,weight\nred dress,99,nan\nblue dress,88,inf\ngreen dress,NaN,-inf\n"),
    "huge numbers": text("a.csv", f"title,price,weight\nred dress,99,{'9' * 500}\nblue dress,1e400,5\n", None),
    "dates": text("a.csv", "title,上架日期\nred dress,2024-01-02\nblue dress,2024/1/3\n"),
    "booleans": text("a.csv", "title,waterproof\nred dress,true\nblue dress,FALSE\n"),
    "path traversal": text("a.csv", "title,image\nred dress,../../etc/passwd\nblue dress,file:///etc/passwd\n"),
    "script as a picture": text("a.csv", "title,image\nred dress,javascript:alert(1)\nblue,data:text/html;base64,AAAA\n"),
    "json lines": text("a.jsonl", '{"title": "red dress", "price": 99}\n{"title": "blue dress", "colour": ["blue"]}\n'),
    "json lines called csv": text("a.csv", '{"title": "red dress"}\n'),
    "json lines with a broken line": text("a.jsonl", '{"title": "red dress"}\n{"title": \n[1]\n'),
    "json array": json_file([{"title": "red dress", "price": 99.5, "new": True, "size": None}]),
    "json around an array": json_file({"total": 1, "items": [{"title": "red dress"}]}),
    "json nested": json_file([{"title": "red dress", "maker": {"name": {"en": "Aster"}}, "parts": [[1], {"a": 2}]}]),
    "json of numbers": json_file([1, 2, 3], False),
    "json too deep": text("a.json", '[{"title": ' + "[" * 100_000 + "]" * 100_000 + "}]", False),
    "json cut off": text("a.json", '[{"title": "red dress"}, {"title', False),
    "json NaN": text("a.json", '[{"title": "red dress", "price": NaN, "weight": Infinity}]'),
    "json huge integer": text("a.jsonl", '{"title": "red dress", "weight": ' + "9" * 5000 + "}\n", None),
    "json lone surrogate": text("a.json", '[{"title": "red \\ud800 dress", "id": "a\\udfff", "\\ud800": "\\ud800x"}]'),
    "json with a NUL": text("a.json", '[{"title": "red\\u0000dress"}]'),
    "parquet": ("a.parquet", parquet({"title": ["red dress", "blue dress"], "price": [99, None]}), True),
    "parquet called csv": ("a.csv", parquet({"title": ["red dress"], "tags": [["new", "soft"]]}), True),
    "parquet of one huge word": ("a.parquet", parquet({"title": pa.array(["x" * 1_000_000] * 2000).dictionary_encode()}), True),
    "parquet with too many rows": ("a.parquet", parquet({"title": pa.nulls(2_000_000, pa.string())}), False),
    "parquet without rows": ("a.parquet", parquet({"title": pa.array([], pa.string())}), False),
    "parquet of bytes": ("a.parquet", parquet({"title": [b"red dress", b"\xff\xfe"]}), True),
    "parquet cut off": ("a.parquet", parquet({"title": ["red dress"]})[:-20], False),
    "parquet magic only": ("a.parquet", b"PAR1PAR1", False),
    "excel": ("a.xlsx", workbook([["名称", "价格"], ["红裙子", 99], ["蓝裙子", 120.5]]), True),
    "excel with a heading": ("a.xlsx", workbook([["商品表"], [], ["名称", "价格"], ["红裙子", None]]), True),
    "excel called csv": ("a.csv", workbook([["title"], ["red dress"]]), True),
    "excel with empty sheets": ("a.xlsx", workbook([["title"], ["red dress"]], sheets=3), True),
    "excel without anything": ("a.xlsx", workbook([]), False),
    "excel cut off": ("a.xlsx", workbook([["title"], ["red dress"]])[:2000], False),
    "excel bomb": ("a.xlsx", bomb(), False),
    "old excel": ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, False),
    "gzip": ("a.csv.gz", b"\x1f\x8b\x08\x00" + b"\x01" * 100, False),
    "zip": ("a.zip", b"PK\x03\x04" + b"\x01" * 100, False),
    "picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, False),
    "random bytes": ("a.csv", bytes((i * 7919 + i * i) % 256 for i in range(5000)), False),
    "all titles empty": text("a.csv", "title,price\n,1\n ,2\n", False),
    "the same id": text("a.csv", "id,title\n1,red dress\n1,blue dress\n"),
    "long id": text("a.csv", f"id,title\n{'1' * 5000},red dress\n2,blue dress\n"),
    "reserved names": json_file([{"title": "red dress", "shape": "x", "attributes": {"shape": "y"}, "price": "much", "rating": {"a": 1}}]),
    "regex bait": text("a.csv", "title,price,weight\nred dress," + "1," * 3000 + '\n"blue",' + '"' + "1 " * 9000 + '",' + '"' + "9" * 9000 + 'h"\n'),
    "tags never closed": text("a.csv", "title,description\nred dress," + "<script" * 2500 + "\n"),
}  # fmt: skip
