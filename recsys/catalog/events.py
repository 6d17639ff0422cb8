"""Read anybody's event log: who did what with which item, and when."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from recsys.catalog import cells
from recsys.catalog.catalog import Catalog
from recsys.catalog.headers import key
from recsys.catalog.reading import Cell, Problem, Table, read_table
from recsys.cleaning import clean, identifier
from recsys.datamodels import EventKind, PastEvent
from recsys.errors import CatalogError
from recsys.settings import Settings

HEADERS: dict[str, tuple[str, ...]] = {
    "user": ("用户", "用户id", "用户编号", "顾客", "user", "user_id", "uid", "customer", "customer_id", "reviewer", "reviewer_id", "visitor_id"),
    "item": ("商品", "商品id", "商品编号", "物品", "物品id", "电影", "电影id", "item", "item_id", "movie_id", "book_id", "product_id", "sku", "asin", "parent_asin"),
    "kind": ("行为", "行为类型", "动作", "操作", "事件", "kind", "action", "event", "event_type", "behavior", "behaviour", "behavior_type", "type"),
    "value": ("评分", "打分", "分数", "value", "rating", "score", "stars"),
    "time": ("时间", "时间戳", "日期", "time", "timestamp", "ts", "date", "datetime", "at", "created_at", "unix_time", "unix_review_time"),
}  # fmt: skip
_REQUIRED = ("user", "item")

_KINDS: dict[str, EventKind] = {
    **dict.fromkeys(("like", "liked", "upvote", "thumbs_up", "喜欢", "赞", "点赞"), "like"),
    **dict.fromkeys(("dislike", "disliked", "downvote", "thumbs_down", "hide", "skip", "不喜欢", "踩", "点踩"), "dislike"),
    **dict.fromkeys(("click", "view", "pv", "watch", "play", "read", "detail", "点击", "浏览", "查看", "播放", "观看"), "click"),
    **dict.fromkeys(("rate", "rating", "rated", "review", "评分", "打分", "评价"), "rate"),
    **dict.fromkeys(("favourite", "favorite", "fav", "save", "bookmark", "wishlist", "cart", "add_to_cart", "addtocart", "收藏", "加购", "加购物车"), "favourite"),
    **dict.fromkeys(("purchase", "buy", "bought", "order", "transaction", "pay", "购买", "下单", "支付", "买"), "purchase"),
}  # fmt: skip
_SCALES = ((0.0, 1.0), (1.0, 5.0), (0.0, 5.0), (1.0, 10.0), (0.0, 10.0), (0.0, 100.0))
_UNITS_PER_SECOND = ((1e17, 1e9), (1e14, 1e6), (1e11, 1e3))  # nano-, micro-, milliseconds by size
_SHOWN = 100


@dataclass
class EventLog:
    """The events of a file by time, and what is wrong with the others. `scale` is what the ratings are measured by."""

    events: list[PastEvent]
    problems: list[Problem]
    rows: int
    scale: tuple[float, float] | None

    def to_json(self) -> dict[str, Any]:
        """One object for `--json`, with the first problems."""
        return {
            "rows": self.rows, "events": len(self.events), "users": len({e.user_id for e in self.events}),
            "kinds": dict(Counter(e.kind for e in self.events)), "scale": self.scale,
            "rejected": sum(p.rejected for p in self.problems), "problems": [asdict(p) for p in self.problems[:_SHOWN]],
        }  # fmt: skip


def read_events(
    path: Path, catalog: Catalog, settings: Settings, scale: tuple[float, float] | None = None,
    progress: Callable[[str], None] = lambda message: None,
) -> EventLog:  # fmt: skip
    """Read a log against a catalogue. Ratings become 0..1 by `scale`, or else by the usual scale that holds them all.

    Without a column of kinds a row with a value is a rating and one without is a click; without times the order of the
    file counts.

    Raises:
        CatalogError: the file cannot be read, or has no column of users or of items.
    """
    if scale is not None and not scale[0] < scale[1]:
        raise CatalogError(f"a rating scale goes from a lower to a higher number, not {scale[0]:g}:{scale[1]:g}")
    progress(f"Reading {path.name} …")
    table = read_table(path, settings)
    rows = len(table.rows) + sum(p.rejected for p in table.problems)
    reader = _Reader(table, _assign(table.columns), catalog.row, scale, path.stat().st_mtime - len(table.rows))
    progress(f"Checking {rows:,} rows …")
    events: list[PastEvent] = []
    seen: dict[tuple[Any, ...], int] = {}
    for i, line in enumerate(table.lines):
        event = reader.event(i)
        if isinstance(event, Problem):
            table.problems.append(event)
            continue
        same = (event.user_id, event.item_id, event.kind, event.value, event.at if "time" in reader.place else None)
        if same in seen:
            table.problems.append(Problem(line, "", f"is the same as line {seen[same]}"))
            continue
        seen[same] = line
        events.append(event)
    events.sort(key=lambda e: e.at)
    table.problems.sort(key=lambda p: p.line)
    return EventLog(events, table.problems, rows, reader.scale)


def _assign(columns: Sequence[str]) -> dict[str, int]:
    """part -> its column; the types that RecBole appends to a name (`user_id:token`) do not matter."""
    known = {key(name.split(":")[0]): i for i, name in reversed(list(enumerate(columns)))}
    out = {}
    for part, headers in HEADERS.items():
        found = next((known[key(h)] for h in headers if key(h) in known), None)
        if found is not None:
            out[part] = found
    for part in _REQUIRED:
        if part not in out:
            raise CatalogError(
                f"no column is called {part} or {HEADERS[part][0]}; the file has: {', '.join(columns[:20])}. Rename one to {part}",
                f"没有名为 {part} 或 {HEADERS[part][0]} 的列；文件里有：{', '.join(columns[:20])}。请改一个列名",
            )
    return out


class _Reader:
    """One row at a time -> an event, or the problem with it."""

    def __init__(
        self, table: Table, place: Mapping[str, int], items: Mapping[str, int], scale: tuple[float, float] | None, begin: float
    ) -> None:  # fmt: skip
        self.table, self.place, self.items, self.begin = table, place, items, begin
        self.scale = scale or self._observed()

    def _observed(self) -> tuple[float, float] | None:
        """The first usual scale that holds all the values, else from the lowest to the highest."""
        found = [q.value for i in range(len(self.table.rows)) if (q := cells.score(self._cell(i, "value"))) is not None]
        if not found:
            return None
        low, high = min(found), max(found)
        fitting = (s for s in _SCALES if s[0] <= low and high <= s[1])
        return next(fitting, (low, high) if low < high else (low - 1, high))

    def _cell(self, i: int, part: str) -> str:
        if part not in self.place:
            return ""
        value: Cell = self.table.rows[i][self.place[part]]
        return value if isinstance(value, str) else " ".join(value)

    def event(self, i: int) -> PastEvent | Problem:
        """Row i, read."""
        user, item = identifier(self._cell(i, "user")), identifier(self._cell(i, "item"))
        if not user or len(user) > 200:
            return self._problem(i, "user", "has no user of up to 200 characters")
        if item not in self.items:
            return self._problem(i, "item", "names no item of the catalogue")
        kind, value = self._kind(i), cells.score(clean(self._cell(i, "value")))
        if kind is None:
            return self._problem(i, "kind", "is no known action; use like, dislike, click, rate, favourite or purchase")
        rating = None
        if kind == "rate":
            low, high = self.scale or (0.0, 1.0)
            if value is None or not low <= value.value <= high:
                return self._problem(i, "value", f"is no rating from {low:g} to {high:g}")
            rating = round((value.value - low) / (high - low), 6)
        at = _seconds(clean(self._cell(i, "time"))) if "time" in self.place else self.begin + i
        return self._problem(i, "time", "is no time") if at is None else PastEvent(user, item, kind, rating, at)

    def _kind(self, i: int) -> EventKind | None:
        said = clean(self._cell(i, "kind")).lower().replace(" ", "_").replace("-", "_")
        if not said:
            return "rate" if self._cell(i, "value").strip() else "click"
        return _KINDS.get(said)

    def _problem(self, i: int, part: str, reason: str) -> Problem:
        column = self.table.columns[self.place[part]] if part in self.place else part
        return Problem(self.table.lines[i], column, reason, self._cell(i, part)[:80])


def _seconds(text: str) -> float | None:
    """Unix seconds from seconds, milli-, micro- or nanoseconds, ISO 8601, 2024/1/2 or 2024年1月2日; UTC where no zone is said."""
    try:
        number = float(text)
    except ValueError:
        return _calendar(text)
    if not 0 <= number < 1e20:
        return None
    return number / next((unit for least, unit in _UNITS_PER_SECOND if number >= least), 1.0)


def _calendar(text: str) -> float | None:
    text = text.replace("年", "-").replace("月", "-").replace("日", "").replace("/", "-").strip()
    for read in (datetime.fromisoformat, *(_strptime(f) for f in ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"))):
        try:
            when = read(text)
            return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            continue
    return None


def _strptime(form: str) -> Callable[[str], datetime]:
    return lambda text: datetime.strptime(text, form)
