"""The network of the behaviour model, in torch."""

import torch
from torch import Tensor, nn

from recsys.behavior.model import Weights
from recsys.datamodels import EVENT_KINDS


class Network(nn.Module):
    """The whole network; `items` is how many items have a vector of their own."""

    def __init__(self, dim: int, hidden: int = 128, items: int = 0, dropout: float = 0.3) -> None:
        super().__init__()
        self.config = {"dim": dim, "hidden": hidden, "items": items, "dropout": dropout}
        self.adapter = nn.Linear(dim, hidden, bias=False)
        self.ids = nn.Embedding(items + 1, hidden, padding_idx=0)
        self.bias = nn.Embedding(items + 1, 1)  # row 0: what is expected of an item that training never saw
        self.kind = nn.Embedding(len(EVENT_KINDS), hidden)
        self.scalars = nn.Linear(3, hidden)
        self.rated = nn.Linear(hidden, hidden, bias=False)
        self.norm = nn.LayerNorm(hidden)
        self.lstm = nn.LSTM(hidden, hidden, batch_first=True)
        self.leave = nn.Linear(hidden, hidden)
        self.ask, self.key, self.recall = (nn.Linear(hidden, hidden) for _ in range(3))
        self.look, self.mark, self.worth = nn.Linear(hidden, hidden), nn.Linear(hidden, hidden), nn.Linear(hidden, 1)
        self.echo = nn.Parameter(torch.tensor([2.0, -1.5]))  # logarithms of how loud the echo is, and how fast it fades
        self.drop = nn.Dropout(dropout)
        nn.init.normal_(self.adapter.weight, std=0.02)
        nn.init.normal_(self.ids.weight, std=0.02)
        for layer in (self.bias, self.kind, self.scalars, self.rated, self.look, self.worth):
            nn.init.zeros_(layer.weight)  # a kind of event or a rating that training never saw must change nothing
        with torch.no_grad():
            self.ids.weight[0] = 0

    def items(self, vectors: Tensor, ids: Tensor | None = None) -> Tensor:
        """Items as they enter and as they are scored: vectors (…, D), ids (…,) -> (…, H)."""
        known: Tensor = self.adapter(vectors)
        return known if ids is None else known + self.ids(ids)

    def forward(self, items: Tensor, kinds: Tensor, values: Tensor, gaps: Tensor) -> tuple[Tensor, Tensor]:
        """Items (B, T, H), (B, T), (B, T), (B, T) -> for the item after every step: the query (B, T, H), the echo (B, T, T)."""
        items = self.norm(items)
        scalars = torch.stack([values, gaps / 10, (gaps == 0).float()], dim=-1)  # (B, T, 3)
        step = items + self.rated(items) * values[..., None] + self.kind(kinds) + self.scalars(scalars)
        worth = 1 + self.worth(step).transpose(1, 2)  # (B, 1, T)
        marks = self.mark(step).transpose(1, 2)  # (B, H, T)
        step = self.drop(step)
        states, _ = self.lstm(step)  # (B, T, H)
        recalled = nn.functional.scaled_dot_product_attention(
            self.ask(states), self.key(step), self.recall(step), is_causal=True
        )
        query: Tensor = self.leave(self.drop(states)) + self.drop(recalled)
        loud, fades = self.echo.exp()
        order = torch.arange(items.shape[1])
        age = order[:, None] - order  # (T, T)
        heard = (self.look(states) @ marks - fades * age).masked_fill(age < 0, -torch.inf)  # (B, T, T)
        return query, loud * heard.softmax(-1) * worth


def built(weights: Weights) -> Network:
    """A network for serving of what was kept of it. One history is too little to share out: torch gets one thread."""
    torch.set_num_threads(1)  # waiting threads would spin
    network = Network(**weights.config)
    network.load_state_dict({name: torch.from_numpy(table) for name, table in weights.tables.items()})
    return network.eval()
