"""Reading, checking and describing items, and drawing their pictures."""

from recsys.catalog.catalog import Catalog

__all__ = ["Catalog"]
