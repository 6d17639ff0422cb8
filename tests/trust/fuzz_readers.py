"""Coverage-guided fuzzing of what reads files: `python tests/trust/fuzz_readers.py SECONDS`. A crash is printed with its input."""

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["recsys.catalog"]):
    from recsys.catalog import Catalog
    from recsys.catalog.events import read_events
    from recsys.catalog.importing import import_catalog

from recsys.datamodels import Item
from recsys.errors import CatalogError
from recsys.settings import Settings

HOME = Path(tempfile.mkdtemp())
OWN = Settings(home=HOME, max_upload_mb=1, max_rows=2000)
CATALOG = Catalog("small", (Item("a", "red dress"), Item("b", "blue dress")), {})
SEEDS = (
    b"id,title,price\n1,red dress,9\n", '名称\t价格\n红裙\t¥99\n'.encode(), b'[{"title": "x", "tags": ["a"]}]', b'{"title": "x"}\n{"title": "y"}\n',
    b"user,item,kind,value,time\nu,a,like,,2024-01-01\n", "名称;价格\n红裙;9,5\n".encode("gb18030"), b"\xff\xfet\x00i\x00t\x00l\x00e\x00\n\x00x\x00",
)  # fmt: skip


def one(data: bytes) -> None:
    """Whatever the bytes are: a catalogue, a log, or an error that says what to do."""
    file = HOME / "input"
    file.write_bytes(data)
    for read in (lambda: import_catalog(file, "fuzzed", OWN), lambda: read_events(file, CATALOG, OWN)):
        try:
            read()
        except CatalogError as error:
            assert str(error) and error.zh


if __name__ == "__main__":
    corpus = HOME / "corpus"
    corpus.mkdir()
    for n, seed in enumerate(SEEDS):
        (corpus / str(n)).write_bytes(seed)
    seconds = sys.argv[1] if len(sys.argv) > 1 else "60"
    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", "-timeout=10", "-rss_limit_mb=2000", str(corpus)],
        one,
    )
    atheris.Fuzz()
