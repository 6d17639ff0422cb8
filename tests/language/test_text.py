"""Cleaning, simplifying, numbers, segmentation: what happens to a text before anybody asks what it means."""

import pytest

from recsys.cleaning import clean
from recsys.language.numbers import number
from recsys.language.text import CJK, index_terms, language, simplify, words


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("<b>红</b>裙", "红 裙"),
        ("a<br/>b", "a b"),
        ("<script>alert('x')</script>红裙", "红裙"),
        ("<style>p{color:red}</style>dress", "dress"),
        ("红<!-- hidden -->裙", "红 裙"),
        ("红&nbsp;裙 &amp; 蓝裙", "红 裙 & 蓝裙"),
        ("&lt;b&gt;红&lt;/b&gt;", "红"),
        ("红\x00裙\x07子\u200b\ufeff", "红裙子"),
        ("left\u202eright", "leftright"),
        ("ＡＢＣ１２３，２００元！", "ABC123,200元!"),
        ("  many \t\n  spaces　here ", "many spaces here"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("price<300", "price<300"),
        ("红色连衣裙", "红色连衣裙"),
        ("", ""),
    ],
)
def test_clean(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


def test_cleaning_twice_changes_nothing() -> None:
    for raw in ("<b>红</b>&nbsp;裙", "ＡＢＣ　１２３", "200元 以内\x07 的 dress", "a &amp; b"):
        assert clean(clean(raw)) == clean(raw)


@pytest.mark.parametrize(
    ("raw", "simplified"),
    [("我想買一件紅色連衣裙", "我想买一件红色连衣裙"), ("雙肩包與長褲", "双肩包与长裤"), ("red dress", "red dress"), ("红色", "红色")],
)  # fmt: skip
def test_traditional_becomes_simplified(raw: str, simplified: str) -> None:
    assert simplify(raw) == simplified


@pytest.mark.parametrize(("text", "expected"), [("红裙", "zh"), ("a red 裙", "zh"), ("a red dress", "en"), ("123", "en"), ("", "en")])  # fmt: skip
def test_language(text: str, expected: str) -> None:
    assert language(text) == expected


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三百", 300),
        ("1.2万", 12000),
        ("两千五", 2500),
        ("3k", 3000),
        ("1,299", 1299),
        ("一万二", 12000),
        ("三百五", 350),
        ("一百二十", 120),
        ("一百零五", 105),
        ("两万", 20000),
        ("十", 10),
        ("十五", 15),
        ("3万", 30000),
        ("2.5k", 2500),
        ("5w", 50000),
        ("3千", 3000),
        ("1亿", 1e8),
        ("1,234,567.5", 1234567.5),
        ("0", 0),
        ("4.5", 4.5),
    ],
)
def test_numbers_as_people_write_them(text: str, value: float) -> None:
    assert number(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "裙子", "abc", "3x", "--", "."])
def test_what_is_no_number(text: str) -> None:
    assert number(text) is None


def test_words_segment_both_languages() -> None:
    assert words("我想买红色连衣裙，Size M please!") == ["我", "想", "买", "红色", "连衣裙", "size", "m", "please"]
    assert words("Noise-cancelling headphones, 30h") == ["noise-cancelling", "headphones", "30h"]


def test_index_terms_hold_words_bigrams_and_stems_but_no_stop_words() -> None:
    terms = index_terms("我想要一个红色的连衣裙 for running shoes")
    assert {"红色", "连衣裙", "连衣", "衣裙", "run", "shoe"} <= set(terms)
    assert not {"我", "的", "for"} & set(terms)
    assert index_terms("我 想要 一个 红色 的 for a") == ["红色", "红", "色"]


def test_index_terms_hold_each_character_once() -> None:
    terms = index_terms("红色红裙红")
    assert terms.count("红") == 1 and {"红", "色", "裙"} <= set(terms)


def test_index_terms_ignore_script_case_width_and_markup() -> None:
    expected = index_terms("红色连衣裙 dress")
    assert expected
    for same in ("紅色連衣裙 DRESS", "<p>红色连衣裙</p> ｄｒｅｓｓ", "红色连衣裙\u200b dresses"):
        assert index_terms(same) == expected


def test_index_terms_of_nothing() -> None:
    assert index_terms("") == []
    assert index_terms("的 the ，。") == []


def test_rare_characters_count_as_chinese() -> None:
    assert CJK.search("㐀") and not CJK.search("é")
