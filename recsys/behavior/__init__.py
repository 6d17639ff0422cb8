"""Step three: what was done. An LSTM over a person's events gives v(y)."""

from recsys.behavior.model import BehaviorModel, Steps

__all__ = ["BehaviorModel", "Steps"]
