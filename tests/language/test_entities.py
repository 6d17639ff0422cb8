"""Amounts, shares, dates and quantities, as they were written; nothing else."""

import pytest

from recsys.language.entities import named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("预算三百块左右，周末前要，下个月出差", ("三百块", "周末", "下个月")),
        ("a jacket under $80 for next weekend", ("$80", "next weekend")),
        ("收益4%以上，起投1000元", ("4%", "1000元")),
        ("15.6寸 16gb 的笔记本", ("15.6寸", "16gb")),
        ("七夕送女朋友，八折也行", ("七夕", "八折")),
        ("2024-05-01 的新闻", ("2024-05-01",)),
        ("80 dollars for two people", ("80 dollars",)),
        ("红色连衣裙", ()),
        ("", ()),
    ],
)
def test_what_is_named(text: str, expected: tuple[str, ...]) -> None:
    assert named(text) == expected
