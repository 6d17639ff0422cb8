"""Attune 随心荐: a conversational recommender that adjusts in real time."""

from typing import TYPE_CHECKING, Any

from recsys.datamodels import Constraint, Event, Item, Query, Question, Recommendation, Reply
from recsys.errors import RecsysError
from recsys.explanation import Explanation

if TYPE_CHECKING:
    from recsys.recommender import Recommender
    from recsys.settings import Settings

__all__ = [
    "Constraint",
    "Event",
    "Explanation",
    "Item",
    "Query",
    "Question",
    "Recommendation",
    "Recommender",
    "RecsysError",
    "Reply",
    "Settings",
]


def __getattr__(name: str) -> Any:
    """`Recommender` brings torch along, and `Settings` pydantic, so they are imported when they are first asked for."""
    if name == "Recommender":
        from recsys.recommender import Recommender

        return Recommender
    if name == "Settings":
        from recsys.settings import Settings

        return Settings
    raise AttributeError(f"module 'recsys' has no attribute {name!r}")
