"""The unpacked model by transformers alone. It is an ordinary sentence-transformers folder, but importing that package takes
seconds of every start, and all that it would do here is a mean over the tokens.
"""

from collections.abc import Sequence
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor
from transformers import BertModel


class MeanPooledBert:
    """A BERT whose sentence embedding is the mean over its tokens; the calls are those of a SentenceTransformer."""

    def __init__(self, folder: Path) -> None:
        self._bert = BertModel.from_pretrained(folder, local_files_only=True).eval()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(int(self._bert.config.max_position_embeddings))
        self._tokenizer.enable_padding(pad_id=int(self._bert.config.pad_token_id), pad_token="<pad>")  # noqa: S106

    def get_embedding_dimension(self) -> int:
        """The length of a vector."""
        return int(self._bert.config.hidden_size)

    def preprocess(self, texts: Sequence[str]) -> dict[str, Tensor]:
        """Texts -> token ids (n, t) and mask (n, t), as long as the longest text."""
        encoded = self._tokenizer.encode_batch(list(texts))
        ids = torch.tensor([e.ids for e in encoded])
        return {"input_ids": ids, "attention_mask": torch.tensor([e.attention_mask for e in encoded])}

    def __call__(self, features: dict[str, Tensor]) -> dict[str, Tensor]:
        """Token ids and mask -> the mean of the last layer over the tokens (n, dim)."""
        hidden = self._bert(**features).last_hidden_state  # (n, t, dim)
        mask = features["attention_mask"].unsqueeze(-1).to(hidden.dtype)  # (n, t, 1)
        return {"sentence_embedding": (hidden * mask).sum(1) / mask.sum(1)}
