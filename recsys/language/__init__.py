"""Step one: what was said. Cleaning, segmentation, the language model, and the understanding."""

from recsys.language.encoder import Encoder, SentenceEncoder
from recsys.language.understanding import Understanding

__all__ = ["Encoder", "SentenceEncoder", "Understanding"]
