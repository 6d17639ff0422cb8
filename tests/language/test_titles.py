"""Titles that are all of a message, but for the words of a request."""

import pytest

from recsys.datamodels import Item
from recsys.language.titles import Titles

ITEMS = [
    Item("1", "迷失东京", "film", "电影", title_en="Lost in Translation"),
    Item("2", "指环王：护戒使者", "film", "电影", title_en="The Lord of the Rings: The Fellowship of the Ring"),
    Item("3", "她", "film", "电影", title_en="Her"),
]


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("迷失东京", "1"),
        ("我想看迷失东京", "1"),
        ("还是要那部迷失东京吧", "1"),
        ("有没有《迷失东京》？", "1"),
        ("i want to see lost in translation", "1"),
        ("show me lost in translation again, please", "1"),
        ("指环王:护戒使者", "2"),  # as messages are read, in half-width marks
        ("不要迷失东京", ""),
        ("看过迷失东京", ""),
        ("i like lost in translation", ""),
        ("迷失东京那样的", ""),
        ("a film that got lost in translation", ""),
        ("show me her", ""),  # a word that any sentence has
        ("她", ""),
        ("", ""),
    ],
)
def test_a_title_that_is_all_of_a_message(text: str, item: str) -> None:
    found = Titles(ITEMS).whole(text)
    assert (found[2].id if found else "") == item
    assert found is None or text[slice(*found[:2])].strip("《》") in text
