"""The catalogue that ships: complete, varied, in two languages, and reproducible from its sources byte for byte."""

import importlib.util
import itertools
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path

import numpy as np
import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Item
from recsys.language.encoder import fingerprint
from recsys.language.packed import VERSION
from recsys.settings import ASSETS, BUILTIN_CATALOG, DATA

COLOURS = set("红色 粉色 橙色 黄色 绿色 蓝色 藏青色 紫色 棕色 米色 白色 黑色 灰色 银色 金色 彩色 透明".split())  # noqa: SIM905
STOP = set("a an the of for and to in on with is it that this as at by from or but you your its into are not no up out so one".split())  # fmt: skip  # noqa: SIM905
CHINESE = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load(DATA / BUILTIN_CATALOG)


@pytest.fixture(scope="module")
def by_category(catalog: Catalog) -> dict[str, list[Item]]:
    found = defaultdict(list)
    for item in catalog.items:
        found[item.category].append(item)
    return found


@pytest.mark.parametrize(
    ("domain", "items", "categories"), [("ecommerce", 1800, 40), ("film", 400, 2), ("news", 300, 10), ("finance", 250, 8), ("people", 150, 8)]
)  # fmt: skip
def test_every_domain_is_well_stocked(catalog: Catalog, domain: str, items: int, categories: int) -> None:
    own = [i for i in catalog.items if i.domain == domain]
    assert len(own) >= items
    assert len({i.category for i in own}) >= categories


def test_a_category_belongs_to_one_domain(by_category: dict[str, list[Item]]) -> None:
    assert [c for c, items in by_category.items() if len({i.domain for i in items}) > 1] == []


def test_every_kind_of_goods_fills_a_page(by_category: dict[str, list[Item]]) -> None:
    assert {c: len(items) for c, items in by_category.items() if len(items) < 10 and items[0].domain != "people"} == {}


def test_required_fields(catalog: Catalog) -> None:
    for i in catalog.items:
        assert i.id and i.title and i.title_en and i.description and i.description_en and i.category and i.domain, i.id
        assert CHINESE.search(i.description) and not CHINESE.search(i.title_en + i.description_en), i.id
        assert 0 <= i.popularity <= 1 and (i.rating is None or 1 <= i.rating <= 5), i.id
        if i.domain == "ecommerce":
            assert i.price is not None and i.price > 0 and i.brand and i.rating is not None and i.attributes["group"], (
                i.id
            )
        else:
            assert i.price is None and i.rating is None, i.id  # what we made up about real films would be false
        assert i.domain != "film" or {"year", "genre", "director", "country"} <= set(i.attributes), i.id
        assert i.domain != "finance" or {"risk", "issuer", "min_amount"} <= set(i.attributes), i.id


def test_ids_and_titles_are_unique(catalog: Catalog, by_category: dict[str, list[Item]]) -> None:
    assert len({i.id for i in catalog.items}) == len(catalog.items)
    for category, items in by_category.items():
        for titles in ([i.title for i in items], [i.title_en.lower() for i in items]):
            assert [t for t, n in Counter(titles).items() if n > 1] == [], category


def test_colours_are_named_and_balanced(catalog: Catalog) -> None:
    worn = [c for i in catalog.items if i.domain == "ecommerce" for c in i.values("color")]
    assert set(worn) <= COLOURS and len(worn) > 1000
    name, count = Counter(worn).most_common(1)[0]
    assert count <= 0.3 * len(worn), name
    assert not [c for c in COLOURS - {"透明"} if worn.count(c) < 10]


def test_risks_are_the_five_classes(catalog: Catalog) -> None:
    risks = Counter(str(i.get("risk")) for i in catalog.items if i.domain == "finance")
    assert set(risks) == {"R1", "R2", "R3", "R4", "R5"} and min(risks.values()) >= 10


def test_prices_vary_within_a_kind(by_category: dict[str, list[Item]]) -> None:
    for category, items in by_category.items():
        prices = [i.price for i in items if i.price is not None]
        assert not prices or (len(set(prices)) >= 8 and max(prices) >= 2 * min(prices)), category


def _bigrams(text: str) -> set[str]:
    text = re.sub(r"[^\u4e00-\u9fff0-9a-zA-Z]", "", text)
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _content(text: str) -> set[str]:
    return {w for w in re.findall(r"[a-z0-9']+", text.lower()) if w not in STOP}


def test_no_two_descriptions_of_a_kind_are_alike(by_category: dict[str, list[Item]]) -> None:
    alike = []
    for items in by_category.values():
        for terms in ([_bigrams(i.description) for i in items], [_content(i.description_en) for i in items]):
            for (a, one), (b, two) in itertools.combinations(enumerate(terms), 2):
                if len(one & two) > 0.5 * min(len(one), len(two)):
                    alike.append((items[a].id, items[b].id))
    assert alike == []


def test_every_value_has_an_english_label(catalog: Catalog) -> None:
    labels = catalog.meta["labels"]
    missing = set()
    for name, field in catalog.schema.fields.items():
        if field.kind in ("categorical", "list"):
            missing |= {
                (name, v) for i in catalog.items for v in i.values(name) if CHINESE.search(v) and not labels.get(v)
            }
    assert missing == set()


def test_every_field_has_a_name_in_both_languages(catalog: Catalog) -> None:
    for name, field in catalog.schema.fields.items():
        assert CHINESE.search(field.zh) and field.en and not CHINESE.search(field.en), name


def test_labels_and_synonyms_are_well_formed(catalog: Catalog) -> None:
    for value, label in catalog.meta["labels"].items():
        assert label == label.strip() != "", value
        assert value.startswith("zh:") or not CHINESE.search(label), value
        assert not re.search(r"[|;=<>]", label), value
    for value, phrases in catalog.meta["synonyms"].items():
        assert len(set(phrases)) == len(phrases), value
        assert all(p == p.strip() != "" and not re.search(r"[|;=<>]", p) for p in phrases), value


def test_every_brand_has_a_story_in_both_languages(catalog: Catalog) -> None:
    for brand in {i.brand for i in catalog.items if i.brand}:
        story = catalog.meta["brands"][brand]
        assert CHINESE.search(story["zh"]) and story["en"] and not CHINESE.search(story["en"]), brand


def test_texts_hold_no_markup_and_no_template(catalog: Catalog) -> None:
    for i in catalog.items:
        for text in (i.title, i.title_en, i.description, i.description_en):
            assert text == text.strip() and not re.search(r"[{}<>|\x00-\x1f]|TODO|undefined", text), i.id


def test_every_drawing_that_is_named_exists(catalog: Catalog) -> None:
    assert {i.shape for i in catalog.items if i.shape and not (ASSETS / "shapes" / f"{i.shape}.svg").exists()} == set()


def test_the_sources_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = importlib.util.spec_from_file_location("build", DATA / "build.py")
    assert spec and spec.loader
    build = importlib.util.module_from_spec(spec)
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec.loader.exec_module(build)
    monkeypatch.setattr(build, "TARGET", tmp_path)
    monkeypatch.setattr(sys, "argv", ["build.py"])
    build.main()
    for name in ("items.jsonl", "meta.json"):
        assert (tmp_path / name).read_bytes() == (DATA / BUILTIN_CATALOG / name).read_bytes(), (
            f"run: python data/build.py ({name})"
        )


def test_no_item_needs_encoding_at_the_first_start(catalog: Catalog) -> None:
    with np.load(DATA / BUILTIN_CATALOG / "vectors.npz") as shipped:
        keys, vectors = set(shipped["keys"].tolist()), shipped["vectors"].astype(np.float32)
    needed = {fingerprint(f"e5-small-q4-v{VERSION}", t) for t in catalog.texts()}
    assert needed - keys == set(), "run: python data/build.py --vectors"
    assert vectors.shape == (len(keys), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=2e-3)


def test_saved_and_loaded_is_the_same(catalog: Catalog, tmp_path: Path) -> None:
    catalog.save(tmp_path / BUILTIN_CATALOG)
    again = Catalog.load(tmp_path / BUILTIN_CATALOG)
    assert again == catalog
