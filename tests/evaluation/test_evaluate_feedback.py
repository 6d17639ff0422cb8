"""Liked and disliked titles -> will the target be liked: the shipped preference, its metrics and their intervals."""

import json
from pathlib import Path

import pytest

from recsys.errors import InvalidInput
from recsys.evaluation.feedback import evaluate

WAR, LOVE = (
    [f"war battle film {n} (19{n}0)" for n in range(3, 9)],
    [f"love romance film {n} (19{n}0)" for n in range(3, 9)],
)


def write(path: Path, lines: list[dict]) -> Path:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def test_tastes_that_titles_tell_are_found(tmp_path: Path, encoder) -> None:
    lines = [
        {"liked": good[:3], "disliked": bad[:3], "target": target, "label": int(target in good)}
        for good, bad in ((WAR, LOVE), (LOVE, WAR))
        for target in (good[4], bad[4], good[5], bad[5])
    ]
    figures = evaluate(write(tmp_path / "f.jsonl", lines), encoder, tmp_path, lambda m: None)
    assert figures["auc"] == 1.0 and figures["auc_count"] == 0.5 and figures["n"] == 8 and figures["people"] == 2
    assert figures["ci95"][0] <= figures["auc"] <= figures["ci95"][1]


def test_how_easily_a_person_is_pleased_counts(tmp_path: Path, encoder) -> None:
    """Titles tell nothing here: only how many were liked does."""
    lines = [
        {"liked": [f"a{n}" for n in range(k)], "disliked": [f"b{n}" for n in range(6 - k)], "target": f"c{k}", "label": int(k > 3)}
        for k in (0, 1, 2, 4, 5, 6)
    ]  # fmt: skip
    assert evaluate(write(tmp_path / "f.jsonl", lines), encoder, tmp_path, lambda m: None)["auc"] == 1.0


def test_a_file_of_another_form_is_refused(tmp_path: Path, encoder) -> None:
    with pytest.raises(InvalidInput, match="label"):
        evaluate(write(tmp_path / "f.jsonl", [{"liked": [], "disliked": [], "target": "a"}]), encoder, tmp_path, print)
    with pytest.raises(InvalidInput):
        evaluate(write(tmp_path / "f.jsonl", []), encoder, tmp_path, print)
