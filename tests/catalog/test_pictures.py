"""Every item has a picture: well-formed SVG, drawn from many shapes, safe whatever the item says."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from recsys.catalog import Catalog
from recsys.catalog.pictures import address, main_colour, picture
from recsys.datamodels import Item
from recsys.settings import ASSETS, BUILTIN_CATALOG, DATA

SHAPES = sorted((ASSETS / "shapes").glob("*.svg"))
HOSTILE = '<script>alert("x")</script>&\'"{main}]]>'


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load(DATA / BUILTIN_CATALOG)


@pytest.mark.parametrize("surface", ["page", "file"])
def test_every_item_has_a_well_formed_picture(catalog: Catalog, surface) -> None:
    drawn = set()
    for item in catalog.items:
        svg = picture(item, surface)
        assert "{" not in svg and ET.fromstring(svg).tag == "{http://www.w3.org/2000/svg}svg", item.id
        without_colour = re.sub(
            r"#[0-9a-fA-F]{3,6}|<text.*?</text>|<rect[^>]*(?:y=\"172\"|height=\"200\")[^>]*>", "", svg
        )
        drawn.add(without_colour)
    assert len(drawn) >= 60


@pytest.mark.parametrize("path", SHAPES, ids=lambda p: p.stem)
def test_every_shape_is_well_formed_and_inert(path: Path) -> None:
    text = path.read_text("utf-8")
    root = ET.fromstring(re.sub(r"\{(main|dark|light|accent|ink|paper)\}", "#123456", text))
    assert root.tag.endswith("svg") and len(list(root.iter())) > 2
    assert "{" not in re.sub(r"\{(main|dark|light|accent|ink|paper)\}", "", text)
    for element in root.iter():
        assert element.tag.rsplit("}")[-1] not in ("script", "foreignObject", "image", "use", "a", "style", "iframe"), (
            path.stem
        )
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on") and "href" not in name.lower(), path.stem
            assert not re.search(r"javascript:|url\(\s*['\"]?(?!#)|https?:", value), path.stem


def test_there_are_many_shapes() -> None:
    assert len(SHAPES) >= 60


@pytest.mark.parametrize("domain", ["ecommerce", "film", "news", "finance", "people", "item"])
def test_a_hostile_item_is_only_drawn(domain: str) -> None:
    item = Item(HOSTILE, HOSTILE, domain, HOSTILE, brand=HOSTILE, title_en=HOSTILE, shape="../../" + HOSTILE,
                attributes={"color": (HOSTILE,), "genre": HOSTILE, "risk": HOSTILE, "year": 1e300})  # fmt: skip
    svg = picture(item)
    tags = {e.tag.rsplit("}")[-1] for e in ET.fromstring(svg).iter()}
    assert "script" not in tags and "<script" not in svg and 'alert("' not in svg


def test_an_unknown_shape_is_drawn_as_a_thing() -> None:
    assert picture(Item("x", "x", shape="nothing-like-it")) == picture(Item("x", "x", shape="item"))


@pytest.mark.parametrize(
    ("title", "letter"), [("云上书店", "云"), ("acme", "A"), ("《…》 <b>x", "B"), ("🙂", "·"), ("", "·")]
)
def test_an_item_without_a_shape_wears_its_first_letter(title: str, letter: str) -> None:
    root = ET.fromstring(picture(Item("x", title)))
    assert [e.text for e in root.iter() if e.tag.endswith("text")] == [letter]


def test_a_address_holds_the_drawing(catalog: Catalog) -> None:
    item = catalog.items[0]
    uri = address(item)
    assert uri.startswith("data:image/svg+xml,") and unquote(uri.partition(",")[2]) == picture(item)
    assert not set('"#%<>') & set(re.sub(r"%[0-9A-F]{2}", "", uri.replace("<", "").replace(">", "")))
    assert address(replace(item, image="https://example.org/a.jpg")) == "https://example.org/a.jpg"


def test_a_picture_wears_the_colour_of_its_item() -> None:
    red, blue = (Item("x", "x", "ecommerce", attributes={"color": (c,)}) for c in ("红色", "Blue"))
    assert (
        main_colour(red) in picture(red)
        and main_colour(blue) in picture(blue)
        and main_colour(red) != main_colour(blue)
    )


def test_the_same_item_looks_the_same_and_others_differ() -> None:
    assert picture(Item("a", "A", "film")) == picture(Item("a", "A", "film"))
    assert len({main_colour(Item(f"i{n}", "x", "film")) for n in range(30)}) > 15
