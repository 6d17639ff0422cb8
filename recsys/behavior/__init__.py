"""Step three: what was done. An LSTM over a person's events gives v(y)."""

from recsys.behavior.model import BehaviorModel
from recsys.behavior.steps import Steps, Wanted

__all__ = ["BehaviorModel", "Steps", "Wanted"]
