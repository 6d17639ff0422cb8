"""Finding across languages, on an encoder that knows no language: what is kept is what the names of things in both bring."""

import json
from pathlib import Path

import pytest

from recsys.catalog import Catalog
from recsys.errors import InvalidInput
from recsys.evaluation.across import evaluate
from recsys.language.translating import Translator


def test_what_is_kept_across_languages(small_catalog: Catalog, encoder, tmp_path: Path) -> None:
    colours = ("红色", "蓝色", "黑色", "绿色", "白色")
    lines = [
        {"text": f"{c}{k}", "catalog": "small", "intent": "recommend",
         "constraints": [{"field": "category", "op": "eq", "value": k}, {"field": "color", "op": "eq", "value": c}]}
        for c in colours for k in ("连衣裙", "双肩包")
    ]  # fmt: skip
    file = tmp_path / "needs.jsonl"
    file.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    figures = evaluate(file, small_catalog, encoder, 61, 0, lambda message: None)
    assert figures["needs"] == {"zh": 10, "en": 0} and figures["items"] == 61
    within, across = figures["ndcg@10"]["zh over zh"], figures["ndcg@10"]["zh over en"]
    assert within["system"] > 0.8 and across["system"] > across["dense"] + 0.3
    assert figures["kept"]["zh over en"]["system"] == round(across["system"] / within["system"], 4)
    file.write_text(json.dumps({**lines[0], "catalog": "another"}), "utf-8")
    with pytest.raises(InvalidInput, match="no message"):
        evaluate(file, small_catalog, encoder, 61, 0, lambda message: None)


def test_only_phrases_that_the_index_does_not_know_are_translated() -> None:
    translator = Translator([("连衣裙", "dress", "裙子"), ("红色", "red"), ("long dress", "长裙")])
    english = {"dress", "red", "long"}
    assert {"dress", "red"} <= set(translator.terms("红色连衣裙", english.__contains__))
    assert "dress" not in translator.terms("红色连衣裙", {"连衣裙", "红色"}.__contains__)
    assert "长裙" in translator.terms("a long dress", {"长裙"}.__contains__)  # the longest phrase, not "dress"
    assert "连衣裙" not in translator.terms("a long dress", {"长裙"}.__contains__)
