"""The open half of the annotated messages: a change that understands fewer of them is seen here."""

from pathlib import Path

import pytest

from recsys.catalog import Catalog
from recsys.catalog.importing import import_catalog
from recsys.evaluation.retrieval import read_jsonl
from recsys.evaluation.understanding import dialogues, utterances
from recsys.language.understanding import Understanding
from recsys.settings import DATA, Settings

FOLDER = Path(__file__).parents[1] / "understanding"


@pytest.fixture(scope="module")
def catalogs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Catalog]:
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    found = {"attune": Catalog.load(DATA / "attune")}
    for name in sorted(f.stem for f in FOLDER.glob("*.csv")):
        import_catalog(FOLDER / f"{name}.csv", name, settings)
        found[name] = Catalog.load(settings.catalogs / name)
    return found


@pytest.fixture(scope="module")
def parsers(catalogs: dict[str, Catalog]) -> dict[str, Understanding]:
    return {name: Understanding(catalog.schema) for name, catalog in catalogs.items()}


def test_single_messages(parsers: dict[str, Understanding]) -> None:
    figures, wrong = utterances(read_jsonl(FOLDER / "utterances.jsonl"), parsers)
    assert figures["constraints"] >= 0.95, wrong
    assert min(figures["intent"], figures["references"], figures["sort"]) >= 0.97, wrong


def test_conversations(parsers: dict[str, Understanding], catalogs: dict[str, Catalog]) -> None:
    figures, wrong = dialogues(read_jsonl(FOLDER / "dialogues.jsonl"), parsers, catalogs)
    assert min(figures[k] for k in ("intent", "state", "sort")) >= 0.97, wrong
    # without the language model, which finds a few more, and the head that hears praise and complaint
    assert min(figures[k] for k in ("references", "events")) >= 0.94, wrong
