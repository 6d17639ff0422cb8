"""What a column is called: Chinese and English headers -> the fields of an item.

For each field the first of its headers that the file has is taken; every other column becomes an attribute under its own
name. Case, spaces, `_`, `-` and a unit in brackets do not matter.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recsys.catalog.cells import CURRENCIES, UNITS
from recsys.errors import CatalogError

HEADERS: dict[str, tuple[str, ...]] = {
    "id": ("id", "编号", "sku", "商品编号", "商品id", "产品编号", "产品id", "编码", "商品编码", "货号", "item_id", "product_id", "movie_id", "book_id", "sku_id", "asin", "isbn", "uuid", "_id", "序号"),
    "title": ("名称", "标题", "题目", "商品名称", "商品名", "产品名称", "产品名", "品名", "菜名", "店名", "书名", "片名", "电影名称", "电影名", "剧名", "歌名", "课程名称", "职位名称", "景点名称", "酒店名称", "餐馆名称", "餐厅名称", "中文名", "名字", "姓名",
              "title", "name", "product_name", "product_title", "item_name", "item_title", "movie_title", "movie_name", "book_title", "song_name", "headline", "product", "movie", "film", "book", "item"),
    "title_en": ("title_en", "英文名", "英文名称", "英文标题", "name_en", "english_name", "english_title"),
    "price": ("价格", "售价", "现价", "单价", "人均消费", "人均", "人均价格", "票价", "门票", "门票价格", "租金", "月租", "月租金", "房租", "房价", "每晚价格", "定价", "price", "sale_price", "current_price", "unit_price", "discounted_price", "cost", "fare", "rent", "monthly rent", "rent per month", "price per month", "price per night", "nightly rate", "原价", "市场价", "list_price", "msrp"),
    "currency": ("币种", "货币", "currency", "currency_code"),
    "brand": ("品牌", "牌子", "厂商", "制造商", "brand", "brand_name", "manufacturer", "maker"),
    "rating": ("评分", "星级", "得分", "平均评分", "用户评分", "豆瓣评分", "综合评分", "rating", "score", "avg_rating", "average_rating", "rating_avg", "imdb_rating", "stars", "review_score"),
    "category": ("类别", "分类", "类目", "品类", "商品分类", "商品类别", "种类", "类型", "category", "category_name", "product_category", "product_type", "type"),
    "domain": ("领域", "domain", "vertical"),
    "description": ("描述", "简介", "介绍", "商品描述", "商品介绍", "产品描述", "内容简介", "剧情简介", "剧情", "摘要", "详情", "说明", "description", "desc", "overview", "summary", "plot", "synopsis", "abstract", "about", "details", "product_description", "long_description", "short_description"),
    "description_en": ("description_en", "英文描述", "英文简介", "英文介绍"),
    "image": ("图片", "图片链接", "图片地址", "主图", "封面", "海报", "image", "image_url", "image_link", "img", "img_url", "picture", "picture_url", "photo", "poster", "poster_url", "poster_path", "cover", "cover_url", "thumbnail"),
    "popularity": ("销量", "热度", "人气", "月销量", "总销量", "播放量", "浏览量", "评论数", "popularity", "sales", "sold", "views", "rating_count", "ratings_count", "num_ratings", "vote_count", "num_votes", "review_count", "num_reviews"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """How people speak of a field. `entity` marks names of people and makers: values even where each is rare."""

    zh: str
    en: str
    words: tuple[str, ...] = ()
    unit: str = ""
    entity: bool = False


FIELD_WORDS: dict[str, Words] = {
    "price": Words("价格", "price", ("价钱", "售价", "租金", "房租", "月租", "cost", "rent")), "rating": Words("评分", "rating", ("打分", "得分", "评价", "口碑", "星级", "rated", "score", "stars")),
    "popularity": Words("热度", "popularity", ("人气", "popular")), "category": Words("类别", "category", ("分类", "类型", "type")),
    "brand": Words("品牌", "brand", ("牌子", "make"), entity=True), "domain": Words("领域", "domain"), "title": Words("名称", "title"),
}  # fmt: skip

# Attributes that many catalogues have: any of these headers -> its words in both languages.
_ATTRIBUTE_WORDS: tuple[tuple[tuple[str, ...], Words], ...] = (
    (("年份", "年代", "上映年份", "出版年份", "year", "release_year", "publication_year"), Words("年份", "year", ("released", "made in"), "年")),
    (("建成年份", "建成时间", "建造年份", "竣工年份", "年建", "year built", "built", "built in"), Words("建成年份", "year built", ("建成", "建的", "built"), "年")),
    (("楼层", "所在楼层", "floor", "storey"), Words("楼层", "floor", ("楼", "层", "storey"))),
    (("可养宠物", "允许宠物", "能否养宠物"), Words("可养宠物", "pets allowed", ("养宠物", "养猫", "养狗", "能养猫", "能养狗", "宠物友好", "带宠物", "pets", "pet friendly"))),
    (("导演", "director", "directors"), Words("导演", "director", ("执导", "directed by", "directed"), entity=True)),
    (("主演", "演员", "star", "stars", "starring", "cast", "actor", "actors"), Words("主演", "cast", ("演员", "出演", "starring", "actor", "actress"), entity=True)),
    (("作者", "author", "authors", "writer", "writers"), Words("作者", "author", ("写的", "written by"), entity=True)),
    (("歌手", "艺人", "artist", "artists", "singer"), Words("歌手", "artist", ("唱的", "sung by"), entity=True)),
    (("出版社", "publisher"), Words("出版社", "publisher", entity=True)),
    (("题材", "genre", "genres"), Words("类型", "genre", ("题材",))), (("颜色", "color", "colour"), Words("颜色", "colour", ("color",))),
    (("尺码", "尺寸", "size"), Words("尺码", "size", ("尺寸",))), (("材质", "material"), Words("材质", "material", ("made of",))),
    (("产地", "origin"), Words("产地", "origin", ("from",))), (("城市", "city"), Words("城市", "city")), (("国家", "country"), Words("国家", "country")),
    (("地区", "区域", "region", "district", "area"), Words("地区", "area", ("区域",))), (("地址", "address", "location"), Words("地址", "address")),
    (("时长", "片长", "runtime", "duration"), Words("时长", "length", ("片长", "时间", "runtime", "duration", "long"))), (("重量", "weight"), Words("重量", "weight", ("重",))),
    (("容量", "capacity"), Words("容量", "capacity")), (("电池", "电池容量", "battery capacity"), Words("电池容量", "battery", ("电池",))),
    (("快充", "充电功率", "fast charging", "charging power"), Words("快充", "charging", ("充电", "充电速度", "fast charging", "charging speed"))),
    (("续航", "battery", "battery_life"), Words("续航", "battery life", ("电池", "battery"))),
    (("标签", "tags", "keywords", "labels"), Words("标签", "tags")), (("语言", "language"), Words("语言", "language")),
    (("座位数", "座位", "seats", "seating"), Words("座位数", "seats", ("座", "座位", "人座", "位子", "seater", "seat", "能坐", "能拉", "能载", "坐得下", "people"))),
    (("续航里程", "range", "driving range"), Words("续航", "range", ("续航里程", "续航能力", "跑"), "km")),
    (("里程", "表显里程", "行驶里程", "公里数", "mileage", "odometer"), Words("里程", "mileage", ("行驶里程", "公里数", "跑了", "miles on the clock", "on the clock"), "km")),
    (("变速箱", "变速器", "transmission", "gearbox"), Words("变速箱", "transmission", ("gearbox",))), (("燃料", "能源类型", "动力", "fuel", "fuel type"), Words("动力", "fuel", ("能源",))),
    (("车型", "车身", "body", "body type"), Words("车型", "body")), (("菜系", "cuisine"), Words("菜系", "cuisine", ("口味", "food"))),
    (("包间", "是否有包间", "包厢", "private room", "private rooms"), Words("包间", "private room", ("包厢", "厢房", "包房", "雅间", "单间", "private rooms", "private dining", "private dining room", "separate room", "room to ourselves"))),
    (("停车", "停车场", "停车位", "免费停车", "parking"), Words("停车", "parking", ("停车位", "停车场", "车位", "停车方便", "好停车", "能停车", "可停车", "parking lot", "car park", "place to park", "parking space", "easy parking", "park"))),
    (("可带宠物", "宠物", "宠物友好", "是否可带宠物", "pets", "pet friendly", "pets allowed"), Words("可带宠物", "pets allowed", ("宠物友好", "带宠物", "带狗", "带猫", "带狗狗", "能带狗", "pet friendly", "pet-friendly", "with my dog", "my dog", "with dogs", "dog friendly", "dog-friendly", "pets", "bring my dog", "bring the dog", "bring dogs", "take the dog", "take my dog", "puppy", "毛孩子", "毛孩", "带宠"))),
    (("早餐", "含早", "是否含早餐", "breakfast"), Words("早餐", "breakfast", ("含早", "含早餐", "带早餐", "breakfast included"))),
    (("无线网", "wifi", "wi-fi"), Words("无线网", "wifi", ("无线", "wi-fi", "internet"))), (("电梯", "elevator", "lift"), Words("电梯", "lift", ("elevator",))),
    (("外卖", "delivery"), Words("外卖", "delivery", ("送餐", "takeaway", "takeout"))), (("预订", "可预订", "booking", "reservation", "reservations"), Words("预订", "reservations", ("预约", "订位", "booking"))),
    (("面积", "area_m2", "floor area"), Words("面积", "floor area", ("平米", "大小"))), (("页数", "pages", "page count"), Words("页数", "pages", ("厚",))),
    (("辣度", "spiciness", "spice level"), Words("辣度", "spiciness")), (("适合", "适合人群", "suitable for", "good for"), Words("适合", "good for", ("suitable for",))),
    (("招牌菜", "特色菜", "推荐菜", "signature dish", "signature dishes"), Words("招牌菜", "signature dishes", ("特色菜", "推荐菜"))), (("地铁站", "地铁", "metro", "station", "subway"), Words("地铁站", "metro", ("地铁", "附近", "station", "near"))), (("设施", "amenities", "features", "feature", "特点", "功能"), Words("功能", "features")),
)  # fmt: skip

_BRACKETS = re.compile(r"[(（\[【]\s*([^)）\]】]{1,20})\s*[)）\]】]\s*$")
_SUFFIX = re.compile(r"(?:[_ ]|(?<=[\u3400-\u9fff]))([A-Za-z%]{1,4}2?)$")
_LENGTH = re.compile(r"(?:screen|display|monitor|size|diagonal|diameter|width|height|length|depth|wheels?)[_ (]", re.I)
_IGNORED = re.compile(r"[\s_\-.*:/]+")
_CJK = re.compile(r"[\u3400-\u9fff]")
_ASKING = re.compile(r"^(?:是否|能否|可否|有无)(?:可以|可|有|含|带)?|^可以?|^(?:is|has|have|with|allows?)[_ ]", re.I)


def key(header: str) -> str:
    """A header without what does not matter."""
    return _IGNORED.sub("", _BRACKETS.sub("", header)).casefold()


_KNOWN = {name: tuple(key(h) for h in headers) for name, headers in HEADERS.items()}
_ATTRIBUTES = {key(h): words for headers, words in _ATTRIBUTE_WORDS for h in headers}


@dataclass(frozen=True, slots=True)
class Header:
    """One column: the name in the file, the label without its unit, and the unit or currency that the name declares."""

    name: str
    label: str
    unit: str = ""
    currency: str = ""


def parse(name: str) -> Header:
    """`价格(元)`, `price (USD)`, `weight_kg`, `Battery [mAh]` -> label and unit."""
    for pattern in (_BRACKETS, _SUFFIX):
        match = pattern.search(name)
        if match and match.start() > 0:
            said = match[1].strip().lower()
            said = re.split(r"[/每]", said)[0]
            if said == "in" and _LENGTH.search(name):  # screen_in, not check_in
                said = "inch"
            if said in CURRENCIES or said in UNITS:
                label = name[: match.start()].strip(" _")
                return Header(name, label.replace("_", " "), UNITS.get(said, ""), CURRENCIES.get(said, ""))
    return Header(name, name.replace("_", " ").strip() or name)


def words(header: Header) -> Words:
    """How people speak of an attribute: by its header, by what is known of it, and by either without "is" and "has"."""
    label = header.label
    known = _ATTRIBUTES.get(key(label))
    chinese = bool(_CJK.search(label))
    zh = label if chinese or known is None else known.zh
    en = label if not chinese or known is None else known.en
    more = (known.zh, known.en, *known.words) if known else ()
    said = dict.fromkeys(w.lower() for w in (label, _ASKING.sub("", label), *more))
    spoken = tuple(w for w in said if w and w not in (zh.lower(), en.lower()))
    return Words(zh, en, spoken, header.unit or (known.unit if known else ""), bool(known and known.entity))


def assign(columns: Sequence[str], mapping: Mapping[str, str]) -> dict[str, list[str]]:
    """field -> its columns, the best first. `mapping` is what the caller says: field -> column.

    Raises:
        CatalogError: the mapping names an unknown field or column, or no column can be the title.
    """
    for name, column in mapping.items():
        if name not in HEADERS:
            raise CatalogError(f"there is no field {name!r} to map to; the fields are: {', '.join(HEADERS)}")
        if column not in columns:
            raise CatalogError(f"there is no column {column!r}; the file has: {_list(columns)}")
    taken = set(mapping.values())
    by_key: dict[str, list[str]] = {}
    for column in columns:
        if column not in taken:
            for k in dict.fromkeys((key(column), key(parse(column).label))):
                by_key.setdefault(k, []).append(column)
    out = {name: [column] for name, column in mapping.items()}
    for name, headers in _KNOWN.items():
        if name not in out:
            found = list(dict.fromkeys(c for h in headers for c in by_key.get(h, ())))
            if found:
                out[name] = found
    if len(out.get("title", ())) > 1 and not out["title"][0].isascii():  # 名称 beside name: one of each language
        english = next((c for c in out["title"] if c.isascii()), None)
        if english:
            out.setdefault("title_en", [english])
    if "title" not in out:
        raise CatalogError(
            f"no column is called title or 名称; the file has: {_list(columns)}. "
            f"Say which one it is: --map title={columns[0] if columns else 'COLUMN'}",
            f"没有名为 title 或 名称 的列；文件里有：{_list(columns)}。请把标题那一列改名为「名称」",
        )
    return out


def _list(columns: Sequence[str]) -> str:
    shown = ", ".join(columns[:20])
    return shown if len(columns) <= 20 else f"{shown} and {len(columns) - 20} more"
