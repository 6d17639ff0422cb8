"""Step four: what to show. r(z), diversity, reasons, and the question to ask next."""

from recsys.ranking.ranker import PARTS, VARIETY, Ranker

__all__ = ["PARTS", "VARIETY", "Ranker"]
