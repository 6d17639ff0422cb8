"""Units as people write them, and how those of one dimension convert."""

import re

money_sign = r"[¥￥$€£]"

# a word -> (the unit of fields that it means, factor)
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("元", "块钱儿", "块钱", "块", "圆", "rmb", "cny", "yuan", "kuai", "dollars", "dollar", "usd", "bucks", "刀", "蚊", "quid", "美元", "美金", "美刀", "港币", "欧元", "人民币", "euros", "euro", "eur", "欧", "英镑", "镑", "gbp", "加元", "澳元", "新币", "大洋", "pounds sterling"), ("元", 1.0)),
    **dict.fromkeys(("万元", "万块", "万美元", "万美金", "万刀"), ("元", 1e4)), "grand": ("元", 1e3),
    **dict.fromkeys(("小时", "个小时", "个钟头", "钟头", "个钟", "hours", "hour", "hrs", "hr", "h"), ("h", 1.0)),
    **dict.fromkeys(("分钟", "minutes", "minute", "mins", "min"), ("min", 1.0)), "刻钟": ("min", 15.0), **dict.fromkeys(("秒", "秒钟", "seconds", "second", "secs", "sec"), ("min", 1 / 60)), **dict.fromkeys(("quarters of an hour", "quarter of an hour", "quarter hour"), ("min", 15.0)),
    **dict.fromkeys(("天", "日", "days", "day"), ("天", 1.0)), **dict.fromkeys(("周", "个星期", "星期", "个礼拜", "礼拜", "weeks", "week"), ("天", 7.0)), **dict.fromkeys(("fortnights", "fortnight"), ("天", 14.0)),
    **dict.fromkeys(("个月", "月", "months", "month"), ("个月", 1.0)),
    **dict.fromkeys(("个季度", "季度", "quarters", "quarter"), ("个月", 3.0)),
    **dict.fromkeys(("年期", "年", "years", "year", "yrs"), ("年", 1.0)), **dict.fromkeys(("decades", "decade"), ("年", 10.0)),
    **dict.fromkeys(("英寸", "英吋", "寸", "吋", "inches", "inch", "\""), ("英寸", 1.0)), **dict.fromkeys(("feet", "foot", "ft", "英尺", "呎"), ("cm", 30.48)), **dict.fromkeys(("尺", "市尺"), ("cm", 100 / 3)), **dict.fromkeys(("yards", "yard"), ("cm", 91.44)),
    **dict.fromkeys(("公克", "克", "g", "grams", "gram"), ("g", 1.0)), **dict.fromkeys(("公斤", "千克", "kg", "kgs", "kilos", "kilo", "kilograms", "kilogram"), ("kg", 1.0)),
    **dict.fromkeys(("斤", "市斤"), ("g", 500.0)), **dict.fromkeys(("两重", "两"), ("g", 50.0)), **dict.fromkeys(("lb", "lbs", "pounds", "pound", "磅"), ("g", 453.6)), **dict.fromkeys(("stone", "stones"), ("kg", 6.35)), **dict.fromkeys(("吨", "tonnes", "tonne"), ("kg", 1000.0)), **dict.fromkeys(("毫克", "mg"), ("g", 0.001)), **dict.fromkeys(("oz", "ounces", "ounce", "盎司"), ("g", 28.35)),
    **dict.fromkeys(("gb", "g内存", "个g", "gigs", "gig", "gigabytes", "gigabyte"), ("GB", 1.0)), **dict.fromkeys(("tb", "t", "t硬盘", "t存储", "terabytes", "terabyte", "个t"), ("GB", 1000.0)),
    **dict.fromkeys(("mah", "毫安时", "毫安培", "毫安"), ("mAh", 1.0)), **dict.fromkeys(("瓦", "w", "watts", "watt"), ("W", 1.0)), **dict.fromkeys(("千瓦", "kw", "kilowatts", "kilowatt"), ("W", 1000.0)), **dict.fromkeys(("ah", "安时"), ("mAh", 1000.0)),
    **dict.fromkeys(("db", "分贝", "decibels"), ("dB", 1.0)), **dict.fromkeys(("升", "公升", "l", "litres", "liters", "litre", "liter"), ("L", 1.0)),
    **dict.fromkeys(("毫升", "ml", "millilitres", "milliliters", "cc"), ("ml", 1.0)), **dict.fromkeys(("fl oz", "fl. oz", "fluid ounces", "fluid ounce", "液盎司"), ("ml", 29.57)),
    **dict.fromkeys(("gallons", "gallon", "gal", "加仑"), ("L", 3.785)), **dict.fromkeys(("quarts", "quart", "qt", "夸脱"), ("L", 0.9464)), **dict.fromkeys(("pints", "pint", "品脱"), ("L", 0.4732)), **dict.fromkeys(("厘米", "公分", "cm", "centimetres", "centimeters"), ("cm", 1.0)), **dict.fromkeys(("毫米", "mm", "millimetres", "millimeters"), ("mm", 1.0)), **dict.fromkeys(("mb", "兆", "megabytes"), ("GB", 0.001)),
    **dict.fromkeys(("公里", "千米", "km", "k's", "kays", "klicks", "kms", "kilometres", "kilometers", "kilometre", "kilometer"), ("km", 1.0)), **dict.fromkeys(("英里", "miles", "mile", "mi"), ("km", 1.60934)), **dict.fromkeys(("里地", "里路", "华里"), ("km", 0.5)),
    **dict.fromkeys(("米", "m", "metres", "meters", "metre", "meter"), ("m", 1.0)),
    **dict.fromkeys(("平米", "平方米", "个平方", "个平米", "平方", "平", "㎡", "m²", "m2", "sqm", "sq m", "square metres", "square meters", "square metre", "square meter"), ("m²", 1.0)),
    **dict.fromkeys(("平方英尺", "平方尺", "square feet", "square foot", "sq ft", "sq. ft", "sqft"), ("m²", 0.092903)), "坪": ("m²", 3.3058),
    **dict.fromkeys(("页", "pages"), ("页", 1.0)), **dict.fromkeys(("%", "个点", "percent", "per cent"), ("%", 1.0)), **dict.fromkeys(("basis points", "bps"), ("%", 0.01)), "成": ("%", 10.0), **dict.fromkeys(("集", "episodes", "episode", "eps"), ("集", 1.0)),
    **dict.fromkeys(("hz", "赫兹"), ("Hz", 1.0)), **dict.fromkeys(("bars", "bar", "巴"), ("bar", 1.0)), **dict.fromkeys(("粉丝", "粉", "followers", "subscribers"), ("人", 1.0)), **dict.fromkeys(("分", "星", "stars", "star"), ("rating", 1.0)),
    **dict.fromkeys(("岁", "周岁", "years old", "year old", "year-old"), ("岁", 1.0)), **dict.fromkeys(("杯", "cups"), ("杯", 1.0)), **dict.fromkeys(("百万像素", "mp", "megapixels"), ("MP", 1.0)), **dict.fromkeys(("像素", "pixels"), ("像素", 1.0)),
}  # fmt: skip

# what names a currency outright; 块, 刀 and "bucks" are said of any
CURRENCIES = {
    "CNY": re.compile(r"人民币|\b(?:rmb|cny|yuan)\b"), "USD": re.compile(r"(?<![a-z])(?:us)?\$|美[元金刀]|\b(?:usd|dollars?)\b"),
    "EUR": re.compile(r"€|欧元|\b(?:eur|euros?)\b"), "GBP": re.compile(r"£|英镑|\b(?:gbp|quid)\b"), "HKD": re.compile(r"hk\$|港[币元]|\bhkd\b"),
    "JPY": re.compile(r"日[元圆]|\b(?:jpy|yen)\b"),
}  # fmt: skip
_DOLLARS = frozenset({"HKD", "TWD", "SGD", "AUD", "CAD", "NZD"})  # $ is theirs, too


def foreign(text: str, currency: str) -> str:
    """The currency that a lower-case text names and that is not this one; "" where it names none."""
    said = [c for c, pattern in CURRENCIES.items() if pattern.search(text)]
    own = currency in said or ("USD" in said and currency in _DOLLARS)
    return "" if own or not said else said[-1]


# the unit of a field -> (dimension, size in the dimension's base)
DIMENSION: dict[str, tuple[str, float]] = {
    "min": ("time", 1.0), "h": ("time", 60.0), "天": ("time", 1440.0), "个月": ("time", 43200.0), "年": ("time", 518400.0),
    "g": ("mass", 1.0), "kg": ("mass", 1000.0), "mm": ("length", 0.1), "cm": ("length", 1.0), "英寸": ("length", 2.54), "m": ("length", 100.0),
    "km": ("length", 1e5), "ml": ("volume", 1.0), "L": ("volume", 1000.0), "GB": ("storage", 1.0), "TB": ("storage", 1000.0),
    "W": ("power", 1.0), "kW": ("power", 1000.0), "m²": ("area", 1.0), "像素": ("pixels", 1.0), "万像素": ("pixels", 1e4), "MP": ("pixels", 1e6),
}  # fmt: skip

# English words for one of them: "a gallon", "an hour"
MEASURED = tuple(
    w
    for w, (unit, _) in UNITS.items()
    if w.isascii() and w.isalpha() and len(w) > 2 and unit in {*DIMENSION, "%"} and not w.startswith("quarter")
)


def convert(unit: str, own: str) -> float | None:
    """The factor from a unit into the unit of a field; None where they are of different dimensions."""
    if unit == own:
        return 1.0
    if (unit, own) == ("年", "天"):
        return 365.0
    if unit not in DIMENSION or own not in DIMENSION or DIMENSION[unit][0] != DIMENSION[own][0]:
        return None
    return DIMENSION[unit][1] / DIMENSION[own][1]
