"""Build the catalogue that ships with Attune from the readable files in data/sources.

    python data/build.py            items.jsonl and meta.json, in seconds
    python data/build.py --vectors  the vectors as well, in about a minute

The same sources give the same bytes. Goods, news, funds and creators are invented; films and series are real, which is
why they carry no rating: any that we made up would be false. Ratings and popularity of goods are invented too, drawn
from a hash of the key.
"""

import hashlib
import json
import math
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from recsys.catalog.catalog import Catalog, embed, load_vectors, save_vectors  # noqa: E402
from recsys.datamodels import Item, Value  # noqa: E402

SOURCES, TARGET = HERE / "sources", HERE / "attune"
_HALF_WIDTH = {",": "，", ":": "：", ";": "；", "?": "？", "!": "！"}
_SUFFIX = {"news": ("新闻", "news"), "people": ("博主", "creators")}
_NOUNS = {
    "news": ("新闻", "资讯", "报道", "news", "headlines", "stories", "articles", "story", "article"),
    "people": (
        "博主",
        "up主",
        "号",
        "账号",
        "达人",
        "creator",
        "creators",
        "blogger",
        "bloggers",
        "influencer",
        "influencers",
        "account",
        "accounts",
        "channel",
        "channels",
        "vlogger",
        "vloggers",
        "youtuber",
        "youtubers",
        "people",
    ),
}
_NOT_ATTRIBUTES = {"key", "zh", "en", "brand", "price", "category", "shape", "desc_zh", "desc_en"}


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The lines of a pipe-separated file as dictionaries."""
    header: list[str] | None = None
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [c.strip() for c in line.split("|")]
        if header is None:
            header = cells
        elif len(cells) != len(header):
            raise SystemExit(f"{path}:{number}: {len(cells)} cells, the header has {len(header)}")
        else:
            yield dict(zip(header, cells, strict=True))


def chinese(text: str) -> str:
    """Full-width punctuation beside Chinese characters."""
    return re.sub(r"(?<=[\u4e00-\u9fff》”）])[,:;?!](?!\d)", lambda m: _HALF_WIDTH[m[0]], text)


def dice(key: str, salt: str) -> float:
    """A number in 0..1 that depends on the key alone."""
    return int.from_bytes(hashlib.blake2b(f"{salt}:{key}".encode(), digest_size=6).digest()) / 2**48


def cell(text: str, labels: dict[str, str]) -> Value:
    """A number, a value, or several values; `中文=English` notes the English name."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        return float(text)
    values = []
    for part in filter(None, (p.strip() for p in text.split(";"))):
        zh, _, en = part.partition("=")
        if en:
            labels.setdefault(zh.strip(), en.strip())
        values.append(zh.strip())
    return tuple(values) if len(values) > 1 else values[0]


def attributes(row: dict[str, str], labels: dict[str, str], lists: set[str]) -> dict[str, Value]:
    """Every other column of a row; a column that holds lists anywhere holds lists everywhere."""
    out = {}
    for name, text in row.items():
        if name in _NOT_ATTRIBUTES or not text:
            continue
        value = cell(text, labels)
        out[name] = (value,) if name in lists and isinstance(value, str) else value
    return out


def read_items(labels: dict[str, str]) -> list[Item]:
    """All items of all domains, in the order of the files."""
    categories = {r["file"]: r for r in rows(SOURCES / "categories.psv")}
    files = [(p, "ecommerce") for p in sorted((SOURCES / "ecommerce").glob("[a-z]*.psv"))]
    files += [
        (SOURCES / f"{n}.psv", d)
        for n, d in (
            ("films", "film"),
            ("series", "film"),
            ("news", "news"),
            ("finance", "finance"),
            ("people", "people"),
        )
    ]
    read = [(path, domain, list(rows(path))) for path, domain in files if path.exists()]
    lists = {n for _, _, rs in read for r in rs for n, text in r.items() if ";" in text and n not in _NOT_ATTRIBUTES}
    items = []
    for path, domain, rs in read:
        for row in rs:
            extra = attributes(row, labels, lists)
            category = row.get("category") or categories[path.stem]["zh"]
            if domain in _SUFFIX:  # so that a category belongs to one domain only
                extra["section"] = category
                category += _SUFFIX[domain][0]
            if domain == "ecommerce":
                extra["group"] = categories[path.stem]["group_zh"]
            items.append(make(row, path.stem, domain, category, extra))
    return items


def make(row: dict[str, str], stem: str, domain: str, category: str, extra: dict[str, Value]) -> Item:
    """One item of one row."""
    key = f"{stem}-{row['key']}"
    rating, popularity = None, 0.0
    if domain == "ecommerce":
        rating = round(4.9 - 1.3 * dice(key, "rating") ** 2.2, 1)
        popularity = round(dice(key, "popularity") ** 2 * (rating - 3) / 1.9, 3)
    elif domain == "people":
        popularity = round(min(1.0, math.log10(max(float(row["followers"]), 10)) / 7), 3)
    return Item(
        id=key, title=chinese(row["zh"]), title_en=row["en"], domain=domain, category=category,
        price=float(row["price"]) if row.get("price") else None, brand=row.get("brand", ""), rating=rating,
        popularity=popularity, description=chinese(row["desc_zh"]), description_en=row["desc_en"],
        shape=row.get("shape") or shape(stem, category), attributes=extra,
    )  # fmt: skip


def shape(stem: str, category: str) -> str:
    """The drawing of items whose row names none."""
    news = [
        "科技",
        "财经",
        "体育",
        "健康",
        "教育",
        "文化",
        "环境",
        "国际",
        "社会",
        "汽车",
        "旅游",
        "科学",
        "美食",
        "房产",
        "娱乐",
    ]
    news_en = [
        "tech",
        "finance",
        "sports",
        "health",
        "education",
        "culture",
        "environment",
        "world",
        "society",
        "cars",
        "travel",
        "science",
        "food",
        "property",
        "entertainment",
    ]
    funds = {"存款": "deposit", "货币基金": "money", "债券基金": "bond", "混合基金": "mixed", "指数基金": "index", "股票基金": "equity",
             "黄金": "gold", "养老": "pension", "保险": "insurance", "银行理财": "wealth"}  # fmt: skip
    if stem == "news":
        return f"news-{dict(zip(news, news_en, strict=True))[category.removesuffix('新闻')]}"
    return f"fin-{funds[category]}" if stem == "finance" else ""


def read_meta(labels: dict[str, str]) -> dict[str, Any]:
    """Fields, English labels and synonyms of the whole catalogue."""
    synonyms: dict[str, list[str]] = {}

    def say(value: str, en: str, phrases: str) -> None:
        if en:
            labels.setdefault(value, en)
        known = synonyms.setdefault(value, [])
        for phrase in (p.strip() for p in phrases.split(";")):
            if phrase and phrase not in known:
                known.append(phrase)

    for path in (SOURCES / "labels-common.psv", *sorted(SOURCES.glob("labels-*.psv"))):
        for r in rows(path):
            say(r["value"], r["en"], r["synonyms"])
    for r in rows(SOURCES / "categories.psv"):
        say(r["zh"], r["en"], r["synonyms"])
        labels.setdefault(r["group_zh"], r["group_en"])
    for r in rows(SOURCES / "domains.psv"):
        say(r["domain"], r["en"], f"{r['zh']};{r['synonyms']}")
        labels[f"zh:{r['domain']}"] = r["zh"]
    for level, zh in zip(("R1", "R2", "R3", "R4", "R5"), ("低", "中低", "中", "中高", "高"), strict=True):
        labels[f"zh:{level}"] = f"{level} {zh}风险"
    for domain, (zh, en) in _SUFFIX.items():
        for section in {r["category"] for r in rows(SOURCES / f"{domain}.psv")}:
            labels.setdefault(section + zh, f"{labels.get(section, section)} {en}")
        name_sections(domain, zh, labels, say, synonyms)
    brands: dict[str, dict[str, str]] = {}
    for path in sorted((SOURCES / "ecommerce").glob("_brands-*.psv")):
        for r in rows(path):
            labels.setdefault(r["zh"], r["en"])
            brands[r["zh"]] = {"zh": r.get("story_zh", ""), "en": r.get("story_en", "")}
    fields = {
        r["field"]: {"zh": r["zh"], "en": r["en"], "unit": r["unit"], "words": [w for w in r["words"].split(";") if w]}
        for r in rows(SOURCES / "fields.psv")
    }
    return {
        "title": {"zh": "随心荐精选", "en": "Attune picks"},
        "fields": fields,
        "labels": labels,
        "synonyms": synonyms,
        "brands": brands,
    }


def name_sections(
    domain: str, suffix: str, labels: dict[str, str], say: Callable[[str, str, str], None], synonyms: dict[str, list[str]]
) -> None:  # fmt: skip
    """What a section of the news and a field of creators are called: each of its names before each name of the domain."""
    topics = {t for r in rows(SOURCES / f"{domain}.psv") for t in r["topic"].split(";")}
    topics |= {labels.get(t, t) for t in topics}
    for section in sorted({r["category"] for r in rows(SOURCES / f"{domain}.psv")}):
        names = (section, labels.get(section, ""), *synonyms.get(section, ()))
        phrases = [
            name + noun if not name.isascii() else f"{name} {noun}"
            for name in (n for n in names if n in names[:2] or n not in topics)  # 探店博主 write of what is a topic
            for noun in _NOUNS[domain]
            if name and name.isascii() == noun.isascii()
        ]
        mixed = [
            f"{name}{space}{noun}"
            for name in names[1:2]
            for noun in _NOUNS[domain]
            if not noun.isascii()
            for space in (" ", "")
        ]
        say(section + suffix, "", ";".join([*phrases, *mixed]))  # parenting 博主, too


def glossary() -> dict[str, Any]:
    """What serves anybody's catalogue: groups of words that mean the same (value, English name, synonyms), and phrases that
    say several things at once."""
    paths = (SOURCES / "glossary.psv", SOURCES / "labels-common.psv", *sorted(SOURCES.glob("labels-*.psv")))
    groups: dict[str, list[str]] = {}
    for path in paths:
        for r in rows(path):
            words = [r["value"], r["en"], *(w.strip() for w in r["synonyms"].split(";"))]
            known = groups.get(r["value"], [])
            groups[r["value"]] = list(dict.fromkeys([*known, *(w for w in words if w)]))
    compounds = [
        [phrase.strip(), *(p.strip() for p in r["parts"].split("+"))]
        for r in rows(SOURCES / "compounds.psv")
        for phrase in r["phrases"].split(";")
    ]
    return {"groups": list(groups.values()), "compounds": compounds}


def write(name: str, content: Any) -> None:
    """A file of data beside the sources, one entry a line."""
    (HERE / name).write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n", "utf-8")


def main() -> None:
    """Write data/attune."""
    labels: dict[str, str] = {}
    items = read_items(labels)
    catalog = Catalog("attune", tuple(items), read_meta(labels))
    catalog.save(TARGET)
    write("glossary.json", glossary())
    print(f"{len(items):,} items")
    if "--vectors" in sys.argv:
        from recsys.language.encoder import SentenceEncoder, fingerprint
        from recsys.language.nearest import texts as value_texts
        from recsys.settings import Settings

        encoder = SentenceEncoder.load("builtin", Settings().cache)
        texts = catalog.texts()
        keys = [fingerprint(encoder.name, t) for t in texts]
        path = TARGET / "vectors.npz"
        vectors, fresh = embed(
            texts, keys, load_vectors([path]), lambda t: encoder.encode_items(t, lambda m: print(m, end="\r"))
        )
        save_vectors(path, keys, vectors)
        print(f"\n{fresh:,} vectors made, {len(keys) - fresh:,} kept")
        values = value_texts(catalog.schema)
        save_vectors(
            TARGET / "values.npz", [fingerprint(encoder.name, t) for t in values], encoder.encode_items(values)
        )


if __name__ == "__main__":
    main()
