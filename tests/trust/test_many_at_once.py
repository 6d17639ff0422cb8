"""Many sessions at once equal the same sessions one after the other: no error, no deadlock, nothing of another's."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from recsys.catalog.importing import import_catalog
from recsys.datamodels import PastEvent
from recsys.loading import Parts
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

SAID = (
    "我想买一件连衣裙", "红色的", "300以内", "不要黑色", "便宜一点", "第二个怎么样", "a quiet film", "换个话题", "稳健的投资",
    "最便宜的", "撤销", "为什么推荐第一个", "谢谢", "双肩包，旅行用", "第一个不错，第三个太丑了", "compare the first two",
)  # fmt: skip
Trace = list[Any]


def one(recommender: Recommender, seed: int, steps: int) -> Trace:
    """A person of habits: the same seed says and presses the same."""
    rng, trace = random.Random(seed), []
    session = recommender.start()
    for _ in range(steps):
        roll = rng.random()
        shown = recommender.store.impressions(session)
        if roll < 0.6 or not shown:
            reply = recommender.reply(session, rng.choice(SAID))
            trace.append((reply.text, [r.item.id for r in reply.items]))
        elif roll < 0.9:
            item = rng.choice(shown)["item_id"]
            kind = rng.choice(("like", "dislike", "click", "favourite"))
            recommender.record(session, item, kind)
            trace.append((kind, item))
        elif roll < 0.95:
            recommender.reset(session)
            trace.append("reset")
        else:
            recommender.forget(session)
            session = recommender.start()
            trace.append("forgotten")
    history = recommender.history(session)
    return [trace, history["state"], [(e["item_id"], e["kind"]) for e in history["events"]]]


def all_of(recommender: Recommender, seeds: range, steps: int, workers: int) -> list[Trace]:
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(lambda seed: one(recommender, seed, steps), seeds))


@pytest.fixture
def fresh(small_parts: Parts, tmp_path: Path) -> Callable[[str], Recommender]:
    def make(name: str) -> Recommender:
        settings = Settings(home=tmp_path / name)
        return Recommender(small_parts, SqliteStore(settings.database), settings)

    return make


def test_a_hundred_sessions_at_once_equal_their_serial_replay(fresh: Callable[[str], Recommender]) -> None:
    seeds = range(100)
    assert all_of(fresh("at-once"), seeds, 3, 16) == all_of(fresh("one-by-one"), seeds, 3, 1)


def imports(recommender: Recommender, stop: threading.Event, done: list[int]) -> None:
    """What others do meanwhile: logs and catalogues come in, copies are made."""
    home = recommender.settings.home
    file = home / "shop.csv"
    file.write_text("title,price\n" + "".join(f"thing {n},{n}\n" for n in range(1, 200)), "utf-8")
    while not stop.is_set():
        log = [PastEvent(f"other-{len(done)}", f"dress-{n:02}", "like", None, 1e9 + n) for n in range(18)]
        recommender.store.import_events("small", log)
        import_catalog(file, "shop", recommender.settings)
        recommender.store.backup(home / "copy.db")  # type: ignore[attr-defined]
        done.append(1)


@pytest.mark.long
def test_five_minutes_of_a_hundred_sessions_at_once(fresh: Callable[[str], Recommender]) -> None:
    began, rounds = time.monotonic(), 0
    while time.monotonic() - began < 300:
        seeds, crowd = range(rounds * 100, rounds * 100 + 100), fresh(f"at-once-{rounds}")
        stop, done = threading.Event(), list[int]()
        others = threading.Thread(target=imports, args=(crowd, stop, done))
        others.start()
        at_once = all_of(crowd, seeds, 12, 16)
        stop.set()
        others.join()
        assert done and at_once == all_of(fresh(f"one-by-one-{rounds}"), seeds, 12, 1)
        rounds += 1
    print(f"{rounds} rounds of 100 sessions and 12 steps, all equal to their replay")
