"""Training as curves in TensorBoard."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from recsys.behavior.training import Epoch


@contextmanager
def curves(folder: Path | None, report: Callable[[Epoch], None]) -> Iterator[Callable[[Epoch], None]]:
    """`report`, which draws as well where there is a folder."""
    if folder is None:
        yield report
        return
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder) as writer:

        def draw(epoch: Epoch) -> None:
            report(epoch)
            writer.add_scalar("loss", epoch.loss, epoch.number)
            writer.add_scalar("held-out NDCG@10", epoch.ndcg, epoch.number)
            writer.flush()

        yield draw
