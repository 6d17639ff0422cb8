"""Where nobody counted what is popular, what fits is shown in the order of the file, unless more was said than conditions."""

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Item
from recsys.loading import assemble
from recsys.ranking import Ranker
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

WORDS = ("安静", "热闹", "安静", "古老", "热闹", "古老")


@pytest.fixture
def inn(encoder, settings: Settings) -> Recommender:
    items = tuple(
        Item(f"inn-{n}", f"{n}号客栈", category="客栈", rating=5 - n / 10, description=f"{word}的院子{n}")
        for n, word in enumerate(WORDS)
    )
    catalog = Catalog("inns", items, {"fields": {"rating": {"zh": "评分", "en": "rating"}}})
    parts = assemble(
        catalog,
        encoder,
        encoder.encode_items(catalog.texts()),
        None,
        Ranker(
            {"words": 2.0, "lexical": 2.0, "behaviour": 0.5, "feedback": 3.0, "price": 3.0, "popularity": 0.3}, -1.0
        ),
    )
    return Recommender(parts, SqliteStore(settings.database), settings)


def shown(inn: Recommender, text: str) -> list[str]:
    return [r.item.id for r in inn.reply(inn.start(), text).items]


def test_conditions_alone_keep_the_order_of_the_file(inn):
    assert shown(inn, "请帮我推荐一家评分4.6分以上的客栈吧") == ["inn-0", "inn-1", "inn-2", "inn-3", "inn-4"]


def test_more_words_order_it(inn):
    assert set(shown(inn, "想找一家古老的客栈")[:2]) == {"inn-3", "inn-5"}
