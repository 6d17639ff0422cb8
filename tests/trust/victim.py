"""A process that writes and says what was acknowledged, one JSON line each, until it is killed: `victim.py HOME SEED`."""

import json
import random
import sys
from pathlib import Path
from typing import Any

from recsys.datamodels import PastEvent, Query
from recsys.settings import Settings
from recsys.store import SqliteStore


def acknowledged(**what: Any) -> None:
    print(json.dumps(what), flush=True)


def rows(seed: int) -> str:
    """A catalogue whose every price tells which import wrote it."""
    return "id,title,price\n" + "".join(f"i{n},thing {n},{seed}\n" for n in range(1, 400))


def main(home: Path, seed: int) -> None:
    from recsys.catalog.importing import import_catalog

    rng, settings = random.Random(seed), Settings(home=home)
    store = SqliteStore(settings.database)
    sessions: list[str] = []
    acknowledged(kind="ready")
    for n in range(100_000):
        action = rng.choice(("start", "say", "say", "thumb", "thumb", "undo", "log", "catalog"))
        if action == "start" or not sessions:
            sessions.append(store.start("attune", f"person-{seed}"))
            acknowledged(kind="session", id=sessions[-1])
        elif action == "say":
            state = Query(f"need {n}")
            acknowledged(
                kind="message", id=store.say(rng.choice(sessions), "user", f"{seed} {n}", {}, state), text=f"{seed} {n}"
            )
        elif action == "thumb":
            acknowledged(
                kind="event", id=store.record(rng.choice(sessions), f"item-{n}", "like", None), item=f"item-{n}"
            )
        elif action == "undo":
            event = store.undo(rng.choice(sessions))
            if event is not None:
                acknowledged(kind="undone", id=event.id)
        elif action == "log" and rng.random() < 0.3:
            log = [PastEvent(f"u{seed}-{n}", f"item-{k}", "click", None, 1e9 + k) for k in range(300)]
            store.import_events("attune", log)
            acknowledged(kind="log", user=f"u{seed}-{n}", events=len(log))
        elif action == "catalog" and rng.random() < 0.3:
            file = home / "shop.csv"
            file.write_text(rows(n), "utf-8")
            import_catalog(file, "shop", settings)
            acknowledged(kind="catalog", price=n)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
