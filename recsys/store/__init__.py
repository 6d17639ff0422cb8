"""What is kept: people, sessions, messages, impressions and events, in one SQLite file."""

from recsys.store.store import SqliteStore, Store

__all__ = ["SqliteStore", "Store"]
