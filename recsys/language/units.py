"""Units as people write them, and how those of one dimension convert."""

money_sign = r"[¥￥$€£]"

# a word -> (the unit of fields that it means, factor)
UNITS: dict[str, tuple[str, float]] = {
    **dict.fromkeys(("元", "块钱", "块", "rmb", "cny", "yuan", "kuai", "dollars", "dollar", "usd", "bucks", "刀", "蚊", "quid"), ("元", 1.0)),
    **dict.fromkeys(("万元", "万块"), ("元", 1e4)), "grand": ("元", 1e3),
    **dict.fromkeys(("小时", "个小时", "个钟头", "hours", "hour", "hrs", "h"), ("h", 1.0)),
    **dict.fromkeys(("分钟", "minutes", "minute", "mins", "min"), ("min", 1.0)),
    **dict.fromkeys(("天", "日", "days", "day"), ("天", 1.0)), **dict.fromkeys(("个月", "月", "months", "month"), ("个月", 1.0)),
    **dict.fromkeys(("年期", "年", "years", "year"), ("年", 1.0)),
    **dict.fromkeys(("英寸", "寸", "吋", "inches", "inch"), ("英寸", 1.0)),
    **dict.fromkeys(("克", "g", "grams", "gram"), ("g", 1.0)), **dict.fromkeys(("公斤", "千克", "kg", "kilos"), ("kg", 1.0)),
    "斤": ("g", 500.0), **dict.fromkeys(("lb", "lbs", "pounds"), ("g", 453.6)),
    **dict.fromkeys(("gb", "g内存"), ("GB", 1.0)), "tb": ("GB", 1024.0),
    **dict.fromkeys(("mah", "毫安时", "毫安"), ("mAh", 1.0)), **dict.fromkeys(("瓦", "w", "watts", "watt"), ("W", 1.0)),
    **dict.fromkeys(("db", "分贝", "decibels"), ("dB", 1.0)), **dict.fromkeys(("升", "l", "litres", "liters", "litre", "liter"), ("L", 1.0)),
    **dict.fromkeys(("毫升", "ml"), ("ml", 1.0)), **dict.fromkeys(("厘米", "公分", "cm"), ("cm", 1.0)), **dict.fromkeys(("毫米", "mm"), ("mm", 1.0)),
    **dict.fromkeys(("公里", "千米", "km"), ("km", 1.0)), **dict.fromkeys(("miles", "mile"), ("km", 1.60934)),
    **dict.fromkeys(("米", "m", "metres", "meters"), ("m", 1.0)), **dict.fromkeys(("平米", "平方米", "平方", "平", "m²", "sqm"), ("m²", 1.0)),
    **dict.fromkeys(("页", "pages"), ("页", 1.0)), **dict.fromkeys(("%", "个点", "percent"), ("%", 1.0)), **dict.fromkeys(("集", "episodes"), ("集", 1.0)),
    "hz": ("Hz", 1.0), **dict.fromkeys(("粉丝", "followers"), ("人", 1.0)), **dict.fromkeys(("分", "星", "stars", "star"), ("rating", 1.0)),
    **dict.fromkeys(("岁", "周岁", "years old", "year old", "year-old"), ("岁", 1.0)),
}  # fmt: skip

# the unit of a field -> (dimension, size in the dimension's base)
DIMENSION: dict[str, tuple[str, float]] = {
    "min": ("time", 1.0), "h": ("time", 60.0), "天": ("time", 1440.0), "个月": ("time", 43200.0), "年": ("time", 525600.0),
    "g": ("mass", 1.0), "kg": ("mass", 1000.0), "mm": ("length", 0.1), "cm": ("length", 1.0), "英寸": ("length", 2.54), "m": ("length", 100.0),
    "km": ("length", 1e5), "ml": ("volume", 1.0), "L": ("volume", 1000.0), "GB": ("storage", 1.0), "TB": ("storage", 1024.0),
    "W": ("power", 1.0), "kW": ("power", 1000.0),
}  # fmt: skip
