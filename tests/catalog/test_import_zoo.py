import json
import os

import pytest
from import_zoo import ZOO

from recsys.catalog import Catalog
from recsys.catalog.importing import import_catalog
from recsys.errors import RecsysError
from recsys.settings import Settings


@pytest.mark.parametrize("name", ZOO)
def test_each_gives_items_or_an_error_that_says_what_to_do_and_the_old_catalogue_stays(name, tmp_path):
    settings = Settings(home=tmp_path / "home", max_upload_mb=25, max_rows=20_000)
    before = tmp_path / "before.csv"
    before.write_text("id,title\nold,the old one\n")
    import_catalog(before, "shop", settings)
    file_name, data, gives_items = ZOO[name]
    path = tmp_path / file_name
    path.write_bytes(data)
    try:
        report = import_catalog(path, "shop", settings)
    except RecsysError as error:
        assert not gives_items, error
        assert len(str(error)) < 1000 and "Traceback" not in str(error)
        assert [i.id for i in Catalog.load(settings.catalogs / "shop").items] == ["old"]
    else:
        assert gives_items is not False
        catalog = Catalog.load(settings.catalogs / "shop")
        assert len(catalog.items) == report.items > 0 and all(i.title and i.id for i in catalog.items)
        assert all(len(i.title) <= settings.max_cell for i in catalog.items)
        assert all(i.image == "" or i.image.startswith("https://") for i in catalog.items)
        assert len(catalog.texts()) == report.items and catalog.schema.fields
        json.dumps(report.to_json()).encode()
    assert os.listdir(settings.catalogs) == ["shop"]  # nothing half done lies beside


def test_the_zoo_is_large():
    assert len(ZOO) >= 40
