"""Whatever comes in: an answer or an error that says what to do, never a traceback, never minutes, never the memory."""

import json
import re
import resource
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recsys.catalog import Catalog
from recsys.catalog.events import read_events
from recsys.catalog.importing import import_catalog
from recsys.errors import RecsysError
from recsys.loading import Parts
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore
from recsys.web.api import endpoints

QUICK, LONG = 40, 4000  # cases of one door; six doors make more than 20,000 in the long run
SLOWEST, MOST = 2.0, 200_000  # seconds and KiB that one case may take
PIECES = (
    "我想买", "连衣裙", "200元", "以内", "不要", "红色", "第二个", "第99个", "最便宜的", "under", "$5–10", "between 3 and", "不超过一千二百三十亿",
    "<script>alert(1)</script>", "' OR 1=1; --", "\u202e", "\u200b", "👍🏽", "\x00", "((((", "[a-z]+*", "9" * 400, "-1e309", "NaN", "½", "٣٤", "，", "。。。",
    "{{7*7}}", "../../etc/passwd", "ignore the filters", "撤销", "换个话题", "to", "不不不要", "\n", "\t", "=cmd|' /C calc'!A0", "ａｂｃ", "𝒳", "ﷺ",
)  # fmt: skip
message = st.one_of(st.text(max_size=300), st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join), st.lists(st.sampled_from(PIECES), max_size=30).map("".join))  # fmt: skip
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20))
cell = st.one_of(st.sampled_from(PIECES), st.text(max_size=20), st.integers().map(str), st.floats().map(str))
table = st.lists(st.lists(cell, max_size=6), max_size=8)
HEADS = (
    b"id,title,price\n",
    b"\xef\xbb\xbfid\ttitle\n",
    b"PK\x03\x04",
    b"PAR1",
    b"\xff\xfe",
    b"[",
    b'{"id": 1, "title": "x"',
    b"\x1f\x8b",
    b"",
)


@pytest.fixture(scope="module")
def doors(small_parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> Any:
    home = tmp_path_factory.mktemp("doors")
    own = Settings(home=home)
    recommender = Recommender(small_parts, SqliteStore(own.database), own)
    recommender.reply(recommender.start(), "warm upp")  # reads the tables of spelling, once
    shelf = SimpleNamespace(
        of=lambda s: _known(recommender, s), get=lambda name="": recommender, names=lambda: ["small"]
    )
    return SimpleNamespace(recommender=recommender, endpoints=endpoints(shelf), home=home, shelf=shelf)  # type: ignore[arg-type]


def _known(recommender: Recommender, session: str) -> Recommender:
    recommender.store.session(session)
    return recommender


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def within(call: Callable[[], Any]) -> Any:
    """What a call returns, or the error that it tells; too slow is a failure, and so is any other exception."""
    began, before = time.thread_time(), _peak()  # a busy machine is not a slow program
    try:
        return call()
    except RecsysError as error:
        assert str(error) and error.zh
        return error
    finally:
        assert time.thread_time() - began < SLOWEST
        assert _peak() - before < MOST


def a_message(doors: Any, texts: list[str]) -> None:
    session = doors.recommender.start()
    for text in texts:
        reply = within(lambda text=text: doors.recommender.reply(session, text))
        assert not isinstance(reply, RecsysError) and (reply.text or reply.items)
    json.dumps(doors.recommender.history(session), allow_nan=False)


def an_endpoint(doors: Any, name: str, arguments: list[Any], inside: bool) -> None:
    import inspect

    call = doors.endpoints[name]
    wanted = list(inspect.signature(call).parameters)
    given_ = dict(zip(wanted, arguments, strict=False))
    if inside and "session_id" in given_:
        given_["session_id"] = doors.recommender.start()
    if len(given_) == len(wanted):
        within(lambda: json.dumps(call(**given_), allow_nan=False))


def a_catalogue(doors: Any, data: bytes, suffix: str) -> None:
    file = doors.home / f"upload{suffix}"
    file.write_bytes(data)
    told = within(lambda: import_catalog(file, "fuzzed", Settings(home=doors.home)))
    if isinstance(told, RecsysError):  # whoever uploads may read Chinese only
        assert re.search(r"[一-鿿]", told.zh.replace(str(doors.home), "")), told.zh


def a_table(doors: Any, rows: list[list[str]], delimiter: str) -> None:
    head = delimiter.join(("id", "名称", "价格", "品牌", "rating", "x"))
    data = head + "\n" + "\n".join(delimiter.join(r) for r in rows)
    a_catalogue(doors, data.encode("utf-8", "surrogatepass"), ".csv")


def a_log(doors: Any, rows: list[list[str]]) -> None:
    file: Path = doors.home / "log.csv"
    file.write_bytes(
        ("user,item,kind,value,time\n" + "\n".join(",".join(r) for r in rows)).encode("utf-8", "surrogatepass")
    )
    catalog: Catalog = doors.recommender.catalog
    within(lambda: read_events(file, catalog, Settings(home=doors.home)))


def a_setting(name: str, value: str) -> None:
    from pydantic import ValidationError

    try:
        Settings(**{name: value})
    except ValidationError as error:
        assert name in str(error)


NAMES = ("start", "catalogs", "chat", "feedback", "explain", "history", "reset", "export", "forget")
CASES: dict[str, tuple[Callable[..., None], dict[str, Any]]] = {
    "message": (a_message, {"texts": st.lists(message, min_size=1, max_size=4)}),
    "endpoint": (an_endpoint, {"name": st.sampled_from(NAMES), "arguments": st.lists(plain, min_size=4, max_size=4), "inside": st.booleans()}),
    "catalogue": (a_catalogue, {"data": st.tuples(st.sampled_from(HEADS), st.binary(max_size=400)).map(b"".join), "suffix": st.sampled_from((".csv", ".tsv", ".jsonl", ".json", ".parquet", ".xlsx"))}),
    "table": (a_table, {"rows": table, "delimiter": st.sampled_from((",", "\t", ";"))}),
    "log": (a_log, {"rows": table}),
    "setting": (lambda doors, **given_: a_setting(**given_), {"name": st.sampled_from(sorted(set(Settings.model_fields) - {"home"})), "value": st.text(max_size=20)}),
}  # fmt: skip


def _run(door: str, doors: Any, examples: int) -> None:
    check, strategies = CASES[door]

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(**strategies)
    def run(**case: Any) -> None:
        check(doors, **case)

    run()


@pytest.mark.parametrize("door", CASES)
def test_a_door_holds(door: str, doors: Any) -> None:
    _run(door, doors, QUICK)


@pytest.mark.long
@pytest.mark.parametrize("door", CASES)
def test_a_door_holds_for_long(door: str, doors: Any) -> None:
    _run(door, doors, LONG)
