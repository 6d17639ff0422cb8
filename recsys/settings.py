"""One typed place for everything that can be set, read from the environment with the prefix RECSYS_."""

import os
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT / "data"
ASSETS = ROOT / "assets"
BUILTIN_CATALOG = "attune"


def _default_home() -> Path:
    """Hugging Face Spaces keep only /data over restarts, so use it where it exists and can be written."""
    spaces = Path("/data")
    if os.environ.get("SPACE_ID") and os.access(spaces, os.W_OK):
        return spaces / "attune"
    return Path.home() / ".attune"


class Settings(BaseSettings):
    """What the environment may set; `RECSYS_TOP_K=5` sets `top_k`."""

    model_config = SettingsConfigDict(env_prefix="RECSYS_", extra="ignore", env_ignore_empty=True)

    home: Path = Field(
        default_factory=_default_home, description="database, caches, imported catalogues, trained weights"
    )
    encoder: str = Field("builtin", description="'builtin', a folder, or a hub id such as BAAI/bge-m3")
    catalog: str = Field(BUILTIN_CATALOG, description="which catalogue to serve")
    top_k: int = Field(10, ge=1, le=100, description="items shown in a turn")
    candidates: int = Field(200, ge=10, le=5000, description="items that retrieval hands to the ranker")
    history: int = Field(200, ge=1, le=5000, description="latest events of a person that are used")
    diversity: float = Field(0.15, ge=0, le=1, description="MMR: 0 ranks by score alone, 1 by difference alone")
    adapt: bool = Field(
        False, description="a person's reactions also move their ranking weights a little, with a guard"
    )
    explore: float = Field(0, ge=0, le=0.5, description="chance that the last card is something new, to learn from")
    max_message: int = Field(
        2000, ge=10, description="characters of a message; longer ones are cut, and the person is told"
    )
    max_upload_mb: int = Field(200, ge=1, description="size of a catalogue or event file, in MiB")
    max_rows: int = Field(1_000_000, ge=1, description="rows of a catalogue or event file")
    max_columns: int = Field(1000, ge=1, description="columns of a catalogue or event file")
    max_cell: int = Field(20_000, ge=100, description="characters of one cell; longer ones are cut and reported")
    max_nesting: int = Field(
        20, ge=1, le=200, description="how deep a JSON object of a file may nest; deeper ones are reported"
    )
    uploads: bool = Field(
        default_factory=lambda: "SPACE_ID" not in os.environ,
        description="catalogues may be uploaded on the page; off on Spaces, where every visitor would see them",
    )
    remote_pictures: bool = Field(
        True, description="pictures at web addresses may be shown; off: only those on this server"
    )
    rate_limit: str = Field(
        "240/minute",
        pattern=r"^\d+ ?(/|per) ?(second|minute|hour)$",
        description="what one client may ask, as 240/minute",
    )
    retention_days: float | None = Field(
        None, gt=0, description="conversations that nobody touched for so long are deleted; default: kept"
    )
    log_format: Literal["text", "json"] = Field("text", description="of the log on stderr")
    log_level: Literal["debug", "info", "warning", "error"] = Field("warning", description="what the log holds")
    vector_memory_mb: float = Field(
        650, gt=0, description="memory for the items' vectors; what fits decides how exactly they are kept and searched"
    )
    threads: int = Field(2, ge=1, description="CPU threads for the language model and FAISS")

    @property
    def spaces(self) -> bool:
        """True on Hugging Face Spaces: the page stands in a frame, behind a proxy."""
        return "SPACE_ID" in os.environ

    @property
    def cache(self) -> Path:
        """What can be rebuilt: the prepared encoder and item vectors."""
        return self.home / "cache"

    @property
    def database(self) -> Path:
        """The SQLite file: sessions, messages, impressions, events."""
        return self.home / "attune.db"

    @property
    def models(self) -> Path:
        """Weights trained here for this catalogue; they take precedence over the shipped ones."""
        return self.home / "models" / self.catalog

    @property
    def adapters(self) -> Path:
        """Adapters that were trained here for this catalogue, and which of them serves."""
        return self.home / "adapters" / self.catalog

    @property
    def catalogs(self) -> Path:
        """Imported catalogues, one folder each."""
        return self.home / "catalogs"
