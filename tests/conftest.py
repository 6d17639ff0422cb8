"""A small catalogue, a fake language model, and a recommender made of both; the real one for tests marked `encoder`."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import torch

from recsys.behavior import BehaviorModel
from recsys.behavior.network import Network
from recsys.catalog import Catalog
from recsys.datamodels import Item, Value
from recsys.language.encoder import SentenceEncoder
from recsys.language.text import index_terms
from recsys.loading import assemble
from recsys.ranking import Ranker
from recsys.recommender import Recommender
from recsys.settings import Settings
from recsys.store import SqliteStore

Vectors = npt.NDArray[np.float32]


class FakeEncoder:
    """A bag of terms: every term has a fixed random direction, a text is the sum of its terms'. Same words, same vector."""

    name = "fake-bag-64"
    dim = 64

    def _vector(self, text: str) -> Vectors:
        total = np.zeros(self.dim)
        for term in sorted(index_terms(text)) or [text]:
            seed = int.from_bytes(hashlib.blake2b(term.encode(), digest_size=8).digest())
            total += np.random.default_rng(seed).standard_normal(self.dim)
        return (total / np.linalg.norm(total)).astype(np.float32)

    def encode_query(self, text: str) -> Vectors:
        return self._vector(text)

    def encode_items(self, texts: Sequence[str], progress: object = None) -> Vectors:
        return np.stack([self._vector(t) for t in texts]) if texts else np.empty((0, self.dim), np.float32)


_COLOURS = {"红色": "red", "蓝色": "blue", "黑色": "black", "绿色": "green", "白色": "white"}
_STYLES = {"法式": "French", "复古": "retro", "极简": "minimal"}
_USES = {"通勤": "commuting", "旅行": "travel", "登山": "hiking"}
_GENRES = {"剧情": "drama", "喜剧": "comedy", "科幻": "sci-fi", "恐怖": "horror"}
_MOODS = {"安静": "quiet", "热闹": "lively"}
_FUNDS = {"存款": "deposit", "债券基金": "bond fund", "股票基金": "equity fund"}
_LABELS = {
    **_COLOURS, **_STYLES, **_USES, **_GENRES, **_MOODS, **_FUNDS, "连衣裙": "dress", "双肩包": "backpack", "电影": "film",
    "云裁": "Yuncai", "山行": "Shanxing", "ecommerce": "shopping", "finance": "finance", "zh:finance": "理财", "zh:film": "影视",
    "zh:ecommerce": "商品", "林安": "Lin An", "周野": "Zhou Ye",
}  # fmt: skip
_META = {
    "fields": {
        "price": {"zh": "价格", "en": "price", "unit": "元", "words": ["预算", "budget"]},
        "rating": {"zh": "评分", "en": "rating", "words": ["rated"]},
        "color": {"zh": "颜色", "en": "colour"},
        "style": {"zh": "风格", "en": "style"},
        "use": {"zh": "用途", "en": "use"},
        "capacity_l": {"zh": "容量", "en": "capacity", "unit": "L"},
        "genre": {"zh": "类型", "en": "genre"},
        "mood": {"zh": "氛围", "en": "mood"},
        "director": {"zh": "导演", "en": "director"},
        "year": {"zh": "年份", "en": "year", "unit": "年"},
        "risk": {"zh": "风险", "en": "risk"},
        "return_high": {"zh": "收益", "en": "return", "unit": "%"},
        "category": {"zh": "类别", "en": "category"},
        "domain": {"zh": "领域", "en": "domain"},
    },
    "labels": _LABELS,
    "synonyms": {
        "红色": ["红", "burgundy"], "蓝色": ["蓝"], "黑色": ["黑"], "绿色": ["绿"], "白色": ["白"], "双肩包": ["背包", "书包"], "连衣裙": ["裙子"],
        "电影": ["影片", "movie", "片"], "finance": ["理财", "投资", "基金", "investment", "fund"], "R1": ["稳健", "低风险", "low risk", "safe"],
        "R2": ["稳健", "低风险", "low risk", "safe"], "R5": ["高风险", "high risk"], "恐怖": ["惊悚"],
    },
}  # fmt: skip


def _goods() -> Iterator[Item]:
    colours, styles, uses = list(_COLOURS), list(_STYLES), list(_USES)
    for i in range(18):
        colour, style = colours[i % 5], styles[i % 3]
        yield Item(
            f"dress-{i:02}", f"{colour}{style}连衣裙{i}号", "ecommerce", "连衣裙", 80.0 + 30 * i, brand="云裁",
            rating=round(3.8 + i % 8 * 0.15, 2), popularity=i * 7 % 18 / 18, description=f"{style}剪裁的第{i}款，{colour}不易褪色",
            title_en=f"{_COLOURS[colour].title()} {_STYLES[style]} dress no {i}", description_en=f"A {_STYLES[style]} cut in {_COLOURS[colour]}",
            attributes={"color": (colour, "白色") if i % 6 == 5 and colour != "白色" else (colour,), "style": style},
        )  # fmt: skip
    for i in range(14):
        colour, use = colours[(i + 1) % 5], uses[i % 3]
        yield Item(
            f"pack-{i:02}", f"{colour}{use}双肩包{i}号", "ecommerce", "双肩包", 120.0 + 45 * i, brand="山行",
            rating=round(4.0 + i % 7 * 0.12, 2), popularity=i * 5 % 14 / 14, description=f"{use}用的第{i}款，{colour}布料耐磨",
            title_en=f"{_COLOURS[colour].title()} {_USES[use]} backpack no {i}", description_en=f"Hard-wearing {_COLOURS[colour]} cloth for {_USES[use]}",
            attributes={"color": (colour,), "use": use, "capacity_l": 12.0 + 2 * i},
        )  # fmt: skip


def _films() -> Iterator[Item]:
    genres, moods = list(_GENRES), list(_MOODS)
    titles = [
        "河边的灯",
        "长夜书",
        "铁皮月亮",
        "迟到的春天",
        "无人车站",
        "蓝鲸来信",
        "荒原笔记",
        "纸飞机",
        "雨中邮差",
        "旧城一日",
        "星际慢车",
        "守塔人",
        "回声",
        "雾里山",
    ]
    english = ["Lamp by the River", "Book of Long Nights", "Tin Moon", "Late Spring Again", "Empty Station", "Letters from a Whale", "Moorland Notes",
               "Paper Plane", "Postman in the Rain", "One Day in the Old Town", "Slow Train to the Stars", "Keeper of the Tower", "Echo", "Hill in the Fog"]  # fmt: skip
    for i, (title, title_en) in enumerate(zip(titles, english, strict=True)):
        genre, mood = genres[i % 4], moods[i // 2 % 2]
        values: dict[str, Value] = {"genre": (genre,), "mood": mood, "year": 1984.0 + 3 * i}
        values |= {"director": "林安" if i % 2 else "周野"}
        yield Item(
            f"film-{i:02}", title, "film", "电影", popularity=i / 14, description=f"{mood}的{genre}故事，讲{title}", title_en=title_en,
            description_en=f"A {_MOODS[mood]} {_GENRES[genre]} story about {title_en}", attributes=values,
        )  # fmt: skip


def _finance() -> Iterator[Item]:
    for i in range(15):
        kind = list(_FUNDS)[i % 3]
        risk = f"R{(1, 2, 4)[i % 3] + (i % 2 if i % 3 == 2 else 0)}"
        yield Item(
            f"fund-{i:02}", f"{kind}{i}期", "finance", kind, popularity=i * 4 % 15 / 15, description=f"第{i}期{kind}，风险等级{risk}",
            title_en=f"{_FUNDS[kind].capitalize()} series {i}", description_en=f"A {_FUNDS[kind]} of risk class {risk}",
            attributes={"risk": risk, "return_high": 1.0 + i * 0.5},
        )  # fmt: skip


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Networks this small are slower on several threads, and far slower beside other work."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def small_catalog() -> Catalog:
    """61 items: 18 dresses, 14 backpacks, 14 films, 15 savings products."""
    return Catalog("small", (*_goods(), *_films(), *_finance()), _META)


@pytest.fixture(scope="session")
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture(scope="session")
def small_parts(small_catalog: Catalog, encoder: FakeEncoder):
    """Indexes over the small catalogue, an untrained behaviour model and given weights."""
    torch.manual_seed(0)
    behavior = BehaviorModel(Network(encoder.dim), encoder.name)
    ranker = Ranker(
        {"words": 2.0, "lexical": 2.0, "behaviour": 0.5, "feedback": 3.0, "price": 3.0, "popularity": 0.3}, -1.0
    )
    return assemble(small_catalog, encoder, encoder.encode_items(small_catalog.texts()), behavior, ranker)


@pytest.fixture
def recommender(small_parts, settings: Settings) -> Iterator[Recommender]:
    store = SqliteStore(settings.database)
    yield Recommender(small_parts, store, settings)
    store.close()


@pytest.fixture(scope="session")
def real_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of its own, over a shared cache, so that the language model is unpacked once per machine and not once per run."""
    cache = Path(os.environ.get("RECSYS_TEST_CACHE") or Settings().cache)
    cache.mkdir(parents=True, exist_ok=True)
    home = tmp_path_factory.mktemp("real")
    (home / "cache").symlink_to(cache.resolve(), target_is_directory=True)
    return Settings(home=home)


@pytest.fixture(scope="session")
def real_encoder(real_settings: Settings) -> SentenceEncoder:
    return SentenceEncoder.load("builtin", real_settings.cache)


@pytest.fixture(scope="session")
def real(real_settings: Settings, real_encoder: SentenceEncoder) -> Recommender:
    """The built-in catalogue with the real language model and the shipped weights."""
    return Recommender.load(real_settings, encoder=real_encoder)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the real language model carries its mark."""
    for item in items:
        if "real_encoder" in getattr(item, "fixturenames", ()):
            item.add_marker("encoder")
