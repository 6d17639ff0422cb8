import pytest

from recsys.catalog import Catalog
from recsys.catalog.events import read_events
from recsys.datamodels import Item, PastEvent
from recsys.errors import CatalogError
from recsys.settings import Settings
from recsys.store import SqliteStore

CATALOG = Catalog("shop", tuple(Item(id=str(i), title=f"item {i}") for i in range(1, 6)), {})


@pytest.fixture
def read(tmp_path):
    def read(text, scale=None, name="log.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_events(path, CATALOG, Settings(home=tmp_path), scale)

    return read


def test_ratings_by_time_on_a_scale_that_holds_them_all(read):
    log = read("user_id,movie_id,rating,timestamp\nu1,1,5,200\nu2,2,1,100\nu1,3,3,300000000000\n")
    assert log.events == [
        PastEvent("u2", "2", "rate", 0, 100), PastEvent("u1", "1", "rate", 1, 200), PastEvent("u1", "3", "rate", 0.5, 300000000),
    ]  # fmt: skip
    assert log.scale == (1, 5) and log.problems == []


@pytest.mark.parametrize(
    ("values", "scale"),
    [("2,4", (1, 5)), ("0,1", (0, 1)), ("0,5", (0, 5)), ("3,9", (1, 10)), ("55,80", (0, 100)), ("-10,10", (-10, 10))],
)
def test_scales(read, values, scale):
    low, high = values.split(",")
    assert read(f"user,item,rating\nu,1,{low}\nu,2,{high}\n").scale == scale


def test_chinese_headers_and_kinds(read):
    log = read(
        "用户,商品,行为,评分,时间\n甲,1,收藏,,2024年1月2日\n甲,2,评分,80,2024-01-03 10:00:00\n甲,3,加购物车,,2024/1/4\n",
        scale=(0, 100),
    )
    assert [(e.kind, e.value) for e in log.events] == [("favourite", None), ("rate", 0.8), ("favourite", None)]
    assert log.events[0].at == 1704153600 and log.events[1].at == 1704276000


def test_without_kind_value_or_time(read):
    log = read("user\titem\nu\t3\nu\t1\nu\t2\n", name="log.tsv")
    assert [(e.item_id, e.kind) for e in log.events] == [("3", "click"), ("1", "click"), ("2", "click")]


def test_what_is_wrong_is_named_by_line(read):
    log = read(
        "user,item,kind,value,time\nu,1,like,,1\nu,99,like,,1\nu,1,dance,,1\nu,1,rate,7,1\nu,1,like,,1\n,1,like,,1\nu,2,like,,soon\n",
        scale=(1, 5),
    )
    assert [(p.line, p.column) for p in log.problems] == [
        (3, "item"),
        (4, "kind"),
        (5, "value"),
        (6, ""),
        (7, "user"),
        (8, "time"),
    ]
    assert len(log.events) == 1 and log.rows == 7
    assert log.problems[3].reason == "is the same as line 2"


def test_a_file_without_users(read):
    with pytest.raises(CatalogError, match="no column is called user or 用户; the file has: item"):
        read("item\n1\n")


def test_a_scale_upside_down(read):
    with pytest.raises(CatalogError, match="not 5:1"):
        read("user,item\nu,1\n", scale=(5, 1))


def test_stored_once_in_one_session_a_person(tmp_path, monkeypatch):
    monkeypatch.setattr("recsys.store.archive._BULK", 2)
    store = SqliteStore(tmp_path / "a.db")
    events = [PastEvent(u, str(i), "rate", i / 5, float(i)) for i in range(1, 4) for u in ("u1", "u2")]
    assert store.import_events("shop", events) == 6
    assert store.import_events("shop", [*events, PastEvent("u1", "4", "like", None, 9.0)]) == 1
    assert len(store.sessions("u1")) == len(store.sessions("u2")) == 1
    now = store.start("shop", "u1")
    assert [(e.item_id, e.kind, e.value, e.at) for e in store.events(now, 10)] == [
        ("1", "rate", 0.2, 1), ("2", "rate", 0.4, 2), ("3", "rate", 0.6, 3), ("4", "like", None, 9),
    ]  # fmt: skip
    assert store.events(store.start("other", "u1"), 10) == []


def test_an_interrupted_import_can_be_repeated(tmp_path, monkeypatch):
    monkeypatch.setattr("recsys.store.archive._BULK", 2)
    store = SqliteStore(tmp_path / "a.db")
    events = [PastEvent("u", str(i), "click", None, float(i)) for i in range(5)]

    def stop(message):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.import_events("shop", events, stop)
    assert store.import_events("shop", events) == 3
    assert [e.item_id for e in store.events(store.start("shop", "u"), 10)] == ["0", "1", "2", "3", "4"]
