"""Step five: what was felt. A person's preference, in closed form, from the events that stand."""

from recsys.feedback.preference import Preference
from recsys.feedback.space import PreferenceSpace

__all__ = ["Preference", "PreferenceSpace"]
