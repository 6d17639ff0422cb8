import json

import pytest
from typer.testing import CliRunner

from recsys.__main__ import app


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("RECSYS_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "shop.csv").write_text(
        "编号,店名,人均消费,菜系\n1,老街面馆,28,川菜\n2,,30,湘菜\n3,小巷粥铺,20,粤菜\n", "utf-8"
    )
    (tmp_path / "log.csv").write_text("user,item,rating\nu,1,5\nu,3,1\nu,9,3\n", "utf-8")
    (tmp_path / "no.csv").write_text("a,b\n1,2\n", "utf-8")
    return lambda *words: CliRunner().invoke(app, list(words))


def test_import_shows_the_schema_on_stderr_only(run):
    done = run("import", "shop.csv", "--name", "shop", "--no-embed")
    assert done.exit_code == 0 and done.stdout == ""
    assert "人均消费" in done.stderr and "line 3 left out" in done.stderr and "RECSYS_CATALOG=shop" in done.stderr


def test_import_as_json(run):
    done = run("import", "shop.csv", "--name", "shop", "--no-embed", "--json")
    report = json.loads(done.stdout)
    assert (report["items"], report["rejected"], report["embedded"]) == (2, 1, None)
    assert report["problems"][0] == {
        "line": 3,
        "column": "店名",
        "reason": "has no title",
        "value": "",
        "rejected": True,
    }
    assert {c["column"]: c["field"] for c in report["columns"]} == {
        "编号": "id",
        "店名": "title",
        "人均消费": "price",
        "菜系": "菜系",
    }


def test_what_was_imported_can_be_asked_for(run):
    run("import", "shop.csv", "--name", "shop", "--no-embed")
    query = json.loads(run("understand", "人均25以内的粤菜", "--catalog", "shop", "--json").stdout)
    assert query["constraints"] == [
        {"field": "price", "op": "lte", "value": 25},
        {"field": "菜系", "op": "eq", "value": "粤菜"},
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("import", "none.csv", "--name", "shop"), "cannot read none.csv"),
        (("import", "shop.csv", "--name", "shop", "--strict"), "nothing was imported"),
        (("import", "no.csv", "--name", "shop"), "--map title=a"),
        (("import", "shop.csv", "--name", "shop", "--map", "price=x"), "no column 'x'"),
        (("import-events", "log.csv", "--catalog", "none"), "there is no catalogue 'none'"),
        (("catalogs", "--remove", "none"), "no imported catalogue 'none'"),
    ],
)
def test_failures_are_one_message_and_exit_code_1(run, words, message):
    done = run(*words)
    assert done.exit_code == 1 and done.stdout == "" and message in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    "words",
    [
        ("import", "shop.csv"),
        ("import", "shop.csv", "--name", "shop", "--map", "price"),
        ("import-events", "log.csv", "--scale", "5"),
    ],
)
def test_wrong_usage_is_exit_code_2(run, words):
    assert run(*words).exit_code == 2


def test_events_and_catalogs(run):
    run("import", "shop.csv", "--name", "shop", "--no-embed", "--map", "category=菜系")
    figures = json.loads(run("import-events", "log.csv", "--catalog", "shop", "--json").stdout)
    assert (figures["events"], figures["stored"], figures["rejected"], figures["scale"]) == (2, 2, 1, [1, 5])
    assert json.loads(run("import-events", "log.csv", "--catalog", "shop", "--json").stdout)["already_there"] == 2
    assert [c["name"] for c in json.loads(run("catalogs", "--json").stdout)["catalogs"]] == ["shop"]
    assert json.loads(run("catalogs", "--remove", "shop", "--json").stdout) == {"catalogs": []}
