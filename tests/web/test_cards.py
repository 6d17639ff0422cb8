"""What a card says of its item's facts."""

from recsys.datamodels import LANGS, Constraint, Item
from recsys.ranking.reasons import describe
from recsys.schema import Field, Schema
from recsys.web.cards import facts

FIELDS = {
    "return_low": Field("return_low", "numeric", "参考收益下限", "low reference return", "%"),
    "return_high": Field("return_high", "numeric", "参考收益上限", "high reference return", "%"),
    "fee": Field("fee", "numeric", "费率", "fee", "%"),
}
SCHEMA = Schema(FIELDS, {}, {}, {})


def fund(**numbers: float) -> Item:
    return Item("f", "基金", "finance", "债券基金", attributes=numbers)


def test_the_ends_of_a_span_are_one_fact() -> None:
    item = fund(return_low=1.7, return_high=2.6, fee=0.3)
    assert facts(item, SCHEMA, "zh") == "参考收益 1.7%–2.6% · 费率 0.3%"
    assert facts(item, SCHEMA, "en") == "reference return 1.7%–2.6% · fee 0.3%"


def test_one_end_alone_keeps_its_name() -> None:
    assert facts(fund(return_low=1.7), SCHEMA, "zh") == "参考收益下限 1.7%"
    assert facts(fund(return_high=2.6), SCHEMA, "en") == "high reference return 2.6%"


def test_units_read_in_the_language_of_the_answer() -> None:
    fields = {"screen": Field("screen", "numeric", "屏幕", "screen", "英寸"), "min_amount": Field("min_amount", "numeric", "起购金额", "minimum amount", "元")}  # fmt: skip
    schema = Schema(fields, {}, {}, {})
    screen, least = Constraint("screen", "gte", 13.5), Constraint("min_amount", "lte", 100000.0)
    assert [describe(screen, schema, lang) for lang in LANGS] == ["屏幕 ≥ 13.5英寸", "screen ≥ 13.5 in"]
    assert [describe(least, schema, lang) for lang in LANGS] == ["起购金额 ≤ ¥100,000", "minimum amount ≤ ¥100,000"]
