"""Pairs to fine-tune on, from each source."""

import json
from pathlib import Path

import pytest

from recsys.catalog import Catalog
from recsys.errors import InvalidInput
from recsys.evaluation import pairs
from recsys.evaluation.pairs import Chosen
from recsys.recommender import Recommender


def test_a_catalogue_alone_gives_pairs_in_both_languages(small_catalog: Catalog) -> None:
    found = pairs.from_catalog(small_catalog, 80, 0)
    assert len(found) > 40
    queries = [c.said for c in found]
    assert any(q.isascii() for q in queries) and any(not q.isascii() for q in queries)
    assert found == pairs.from_catalog(small_catalog, 80, 0) != pairs.from_catalog(small_catalog, 80, 1)
    for query, row in ((c.said, c.row) for c in found):
        text = small_catalog.texts()[row].lower()
        assert any(word.lower() in text for word in query.split()) or query.lower() in text


def test_no_utterance_is_on_two_sides(small_catalog: Catalog) -> None:
    parts = pairs.split(pairs.from_catalog(small_catalog, 90, 0), 0)
    assert all(parts) and len(parts[0]) > 3 * len(parts[1]) and len(parts[1]) == len(parts[2])
    said = [{c.said for c in part} for part in parts]
    assert not said[0] & said[1] and not said[0] & said[2] and not said[1] & said[2]


def test_a_file(small_catalog: Catalog, tmp_path: Path) -> None:
    known = small_catalog.items[3].id
    lines = [{"query": "红裙", "item": known}, {"query": "x", "item": "nothing"}, {"query": " ", "item": known}]
    (tmp_path / "p.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    assert pairs.from_file(tmp_path / "p.jsonl", small_catalog) == [Chosen("红裙", 3, "红裙")]
    (tmp_path / "none.jsonl").write_text(json.dumps(lines[1]), "utf-8")
    with pytest.raises(InvalidInput, match="query, item"):
        pairs.from_file(tmp_path / "none.jsonl", small_catalog)


def test_what_people_chose_after_what_they_said(recommender: Recommender) -> None:
    session = recommender.start()
    first = recommender.reply(session, "红色连衣裙").items
    recommender.record(session, first[0].item.id, "like")
    recommender.record(session, first[1].item.id, "dislike")
    taken_back = recommender.record(session, first[2].item.id, "purchase")
    recommender.record(session, first[2].item.id, "undo", taken_back)
    second = recommender.reply(session, "蓝色双肩包").items
    recommender.record(session, second[0].item.id, "rate", 5)
    recommender.record(session, second[1].item.id, "rate", 1)
    row = recommender.catalog.row
    expected = [("红色连衣裙", row[first[0].item.id]), ("蓝色双肩包", row[second[0].item.id])]
    found = pairs.from_store(recommender.store, recommender.catalog)
    assert [(c.said, c.row) for c in found] == expected and {c.who for c in found} == {session}
