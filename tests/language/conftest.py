"""The catalogue that ships and its parser, read once for all tests of language that use them."""

import pytest

from recsys.catalog import Catalog
from recsys.language.understanding import Understanding
from recsys.settings import BUILTIN_CATALOG, DATA


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog.load(DATA / BUILTIN_CATALOG)


@pytest.fixture(scope="session")
def understanding(catalog: Catalog) -> Understanding:
    return Understanding(catalog.schema)
