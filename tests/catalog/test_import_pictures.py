"""An item's own picture: a file beside the catalogue's file travels with it, anything outside that folder does not."""

from pathlib import Path

import pytest

from recsys.catalog import Catalog
from recsys.catalog.importing import import_catalog
from recsys.catalog.pictures import address
from recsys.settings import Settings

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\x1f\x15\xc4\x89"


@pytest.fixture
def shop(tmp_path: Path) -> tuple[Catalog, list[str], Path]:
    source = tmp_path / "source"
    (source / "photos").mkdir(parents=True)
    (source / "photos" / "vase 1.png").write_bytes(PNG)
    (tmp_path / "secret.png").write_bytes(PNG)
    (source / "link.png").symlink_to(tmp_path / "secret.png")
    cells = [
        "photos/vase 1.png",
        "photos/none.png",
        "../secret.png",
        "link.png",
        "/etc/passwd.png",
        "https://example.com/a.png",
    ]
    lines = ["id,title,image", *(f"{n},vase {n},{cell}" for n, cell in enumerate(cells))]
    (source / "shop.csv").write_text("\n".join(lines), "utf-8")
    settings = Settings(home=tmp_path / "home")
    report = import_catalog(source / "shop.csv", "shop", settings)
    folder = settings.catalogs / "shop"
    return Catalog.load(folder), [p.value for p in report.problems], folder


def test_a_picture_beside_the_file_is_copied_and_found(shop) -> None:
    catalog, _, folder = shop
    image = Path(catalog.items[0].image)
    assert image == (folder / "pictures" / "photos" / "vase 1.png").resolve()
    assert image.read_bytes() == PNG
    assert address(catalog.items[0]) == f"/gradio_api/file={str(image).replace(' ', '%20')}"


def test_what_is_missing_or_outside_falls_back_to_a_drawing_and_is_reported(shop) -> None:
    catalog, problems, folder = shop
    assert len(catalog.items) == 6
    for item in catalog.items[1:5]:
        assert item.image == ""
        assert address(item).startswith("data:image/svg+xml,")
    assert {"photos/none.png", "../secret.png", "link.png", "/etc/passwd.png"} <= set(problems)
    assert [p.name for p in (folder / "pictures").rglob("*.png")] == ["vase 1.png"]


def test_an_address_on_the_web_stays(shop) -> None:
    assert address(shop[0].items[5]) == "https://example.com/a.png"
