"""Attune 随心荐: a conversational recommender that adjusts in real time."""

from typing import TYPE_CHECKING, Any

from recsys.datamodels import Constraint, Event, Explanation, Item, Query, Question, Recommendation, Reply
from recsys.errors import RecsysError
from recsys.settings import Settings

if TYPE_CHECKING:
    from recsys.recommender import Recommender

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
    """`Recommender` brings torch along, so it is imported when it is first asked for."""
    if name == "Recommender":
        from recsys.recommender import Recommender

        return Recommender
    raise AttributeError(f"module 'recsys' has no attribute {name!r}")
