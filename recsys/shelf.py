"""The catalogues that one server serves: a recommender for each, over one language model and one store."""

import re
import threading
from collections.abc import Callable
from pathlib import Path

from recsys.catalog.importing import catalogs, import_catalog, remove
from recsys.errors import CatalogError, NotFound
from recsys.recommender import Recommender
from recsys.settings import BUILTIN_CATALOG, Settings
from recsys.store import SqliteStore

Progress = Callable[[str], None]


class Shelf:
    """Recommenders by the name of their catalogue, loaded when first asked for."""

    def __init__(self, settings: Settings, progress: Progress = lambda message: None) -> None:
        """Load the catalogue that the settings name; the others wait."""
        self.settings = settings
        self.store = SqliteStore(settings.database)
        first = Recommender.load(settings, progress, store=self.store)
        self._encoder = first.parts.encoder
        self._loaded = {settings.catalog: first}
        self._lock = threading.RLock()

    def names(self) -> list[str]:
        """The catalogue of the settings, the built-in one, and the imported ones."""
        imported = [str(c["name"]) for c in catalogs(self.settings)]
        return list(dict.fromkeys([self.settings.catalog, BUILTIN_CATALOG, *imported]))

    def get(self, name: str = "", progress: Progress = lambda message: None) -> Recommender:
        """The recommender of a catalogue, by default of that of the settings.

        Raises:
            CatalogError: there is no such catalogue.
        """
        name = name or self.settings.catalog
        with self._lock:
            if name not in self._loaded:
                if name not in self.names():
                    raise CatalogError(
                        f"there is no catalogue {name!r}; there are: {', '.join(self.names())}",
                        f"没有目录 {name!r}；现有：{', '.join(self.names())}",
                    )
                settings = self.settings.model_copy(update={"catalog": name})
                self._loaded[name] = Recommender.load(settings, progress, self._encoder, self.store)
            return self._loaded[name]

    def loaded(self) -> list[Recommender]:
        """Those that are in memory."""
        with self._lock:
            return list(self._loaded.values())

    def of(self, session_id: str) -> Recommender:
        """The recommender that a session talks to.

        Raises:
            NotFound: there is no such session, or its catalogue was removed.
        """
        name = str(self.store.session(session_id)["catalog"])
        if name not in self._loaded and name not in self.names():
            raise NotFound(
                f"the catalogue {name!r} of this conversation was removed; start a new one",
                f"这段对话用的目录 {name!r} 已被移除；请开始新的对话",
            )
        return self.get(name)

    def add(self, path: Path, name: str = "", progress: Progress = lambda message: None) -> str:
        """Import a file as a catalogue named after it, make its vectors, and serve it; returns the name.

        Raises:
            CatalogError: the file cannot be used, or uploads are switched off.
        """
        if not self.settings.uploads:
            raise CatalogError(
                "uploads are switched off on this server; set RECSYS_UPLOADS=true to allow them",
                "这台服务器没有开放上传；可设置 RECSYS_UPLOADS=true 打开",
            )
        name = name or re.sub(r"[^\w\-]+", "-", path.stem).strip("-")[:64] or "upload"
        import_catalog(path, name, self.settings, progress=progress)
        with self._lock:
            self._loaded.pop(name, None)
        self.get(name, progress)
        return name

    def drop(self, name: str) -> None:
        """Remove an imported catalogue.

        Raises:
            CatalogError: there is none of this name.
        """
        with self._lock:
            remove(name, self.settings)
            self._loaded.pop(name, None)

    def close(self) -> None:
        """Close the database; what was being written is finished first."""
        self.store.close()
