"""How people put it, over the catalogue that ships: what gives way, what is refused late, what is only a remark, numbers in passing."""

import pytest

from recsys.catalog import Catalog
from recsys.datamodels import Query
from recsys.language.understanding import Understanding

Asked = set[tuple[str, str, object]]


def asked(query: Query | None) -> Asked:
    return {(c.field, c.op, c.value) for c in query.constraints} if query else set()


def talk(understanding: Understanding, *turns: str) -> Query | None:
    states: list[Query | None] = []
    for text in turns:
        states.append(understanding.follow(states, understanding.parse(text, states[-1] if states else None)))
    return states[-1]


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("智能手环，要测心率、记录睡眠", {("feature", "eq", "心率监测"), ("feature", "eq", "睡眠记录")}),  # listed: both
        ("爽肤水，含香精的不要，含酒精的也不要", {("feature", "eq", "无香精"), ("feature", "eq", "无酒精")}),
        ("photography creators, but nobody who posts in English", {("language", "not_in", ("英语",))}),
        ("体育新闻，那种一两句话的快讯就别给我了", {("tone", "not_in", ("快讯",))}),
        ("想买瓶香水，烟熏味和皮革味的别拿来", {("notes", "not_in", ("烟熏", "皮革调"))}),
        ("电影别给我推恐怖的和打仗的", {("genre", "not_in", ("恐怖", "战争"))}),
        ("想囤点零食，我一吃辣就胃疼", {("taste", "not_in", ("辣",))}),
        ("我戴不了头戴式，想换副耳机", {("wear", "not_in", ("头戴式",))}),
        ("a plant, 20 cm or taller", {("height_cm", "gte", 20.0)}),
        ("a dehumidifier of 20 dB or quieter", {("noise_db", "lte", 20.0)}),
        ("女表，至少防水50米", {("waterproof_m", "gte", 50.0)}),
        ("I've only got an hour and a half, which movies fit?", {("runtime_min", "lte", 90.0)}),
        ("series with half-hour episodes", {("runtime_min", "gte", 30.0), ("runtime_min", "lte", 30.0)}),
        ("电影，九五年以前的", {("year", "lte", 1995.0)}),
        ("费率千分之五以下的指数基金", {("fee", "lte", 0.5)}),
        ("双人帐篷", {("people", "gte", 2.0), ("people", "lte", 2.0)}),
        ("宝宝半岁了，想买婴儿车", {("month_from", "lte", 6.0)}),
        ("养老产品，R2的", {("category", "eq", "养老"), ("risk", "eq", "R2")}),
        ("Jackie Chan or Jet Li", {("cast", "in", ("成龙", "李连杰"))}),
        ("宫崎骏跟高畑勋的动画", {("director", "in", ("宫崎骏", "高畑勋"))}),
        ("茶叶，咖啡因高的去掉", {("caffeine", "not_in", ("高",))}),
        ("tea low in caffeine", {("category", "eq", "茶叶"), ("caffeine", "eq", "低")}),
        ("多肉和干花别给我推", {("type", "not_in", ("多肉", "干花"))}),
        ("不要剧集，推荐一本书", {("category", "eq", "图书")}),
        ("一公斤三以下的笔记本", {("weight_g", "lte", 1300.0)}),
        ("别太苦的挂耳咖啡", {("type", "eq", "挂耳"), ("taste", "not_in", ("苦",))}),
        ("a lunch box that won't leak all over my bag", {("category", "eq", "餐具茶具"), ("feature", "eq", "防漏")}),
        ("tent that sleeps 3+", {("category", "eq", "露营户外"), ("people", "gte", 3.0)}),
        ("没信号也能看地图的手表", {("category", "eq", "智能手表手环")}),
        ("who's worth following for photography", {("category", "eq", "摄影博主")}),
        ("🎒🎒🎒 在线等！紫色！180封顶❗", {("category", "eq", "双肩包"), ("color", "eq", "紫色")}),  # a picture names the kind
        ("series with no more than a dozen episodes", {("episodes", "lte", 12.0)}),
        ("a film, over in an hour forty tops", {("runtime_min", "lte", 100.0)}),
        ("像素不低于2400万的微单", {("megapixels", "gte", 24.0)}),
        ("三个月能赎一回的理财", {("liquidity", "eq", "每季")}),
        ("粉丝刚过五十万的绘画博主", {("followers", "gte", 500000.0), ("followers", "lte", 600000.0)}),
        ("films older than 1970", {("year", "lte", 1970.0)}),
        ("a deposit that isn't locked longer than 6 months", {("term_days", "lte", 180.0)}),
        ("minimum amount under 1000, low risk", {("min_amount", "lte", 1000.0)}),
        ("speakers, I can't do without Bluetooth, under 300", {("category", "eq", "音箱"), ("price", "lte", 300.0)}),
        ("耳机，入耳式的我戴着疼，除了这种都可以", {("wear", "not_in", ("入耳式",))}),
        ("下单个头戴的耳机算了，黑色", {("wear", "eq", "头戴式"), ("color", "eq", "黑色")}),
        ("燃气灶电磁炉都能用的炒锅", {("stove", "eq", "燃气灶"), ("stove", "eq", "电磁炉")}),
        ("2010年代的英美剧", {("country", "in", ("英国", "美国"))}),
        ("遮阳帽，防晒和速干都要有", {("category", "eq", "围巾帽子"), ("feature", "eq", "防晒")}),
        ("纯银的、黄金的都行，手镯", {("category", "eq", "首饰"), ("material", "in", ("纯银", "黄金"))}),
        ("足球篮球都行，快讯就成", {("topic", "in", ("足球", "篮球")), ("tone", "eq", "快讯")}),
        ("敢搏一把，每季度能赎一次", {("risk", "eq", "R5"), ("liquidity", "eq", "每季")}),  # though nothing is both
        ("七号皿跟白水巷的护肤品", {("brand", "in", ("七号皿", "白水巷"))}),
        ("一千八九百的扫地机器人", {("price", "gte", 1800.0), ("price", "lte", 1900.0)}),
    ],
)  # fmt: skip
def test_what_is_asked(understanding: Understanding, text: str, there: Asked) -> None:
    assert there <= asked(understanding.parse(text)), asked(understanding.parse(text))


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("我那破书包拉链崩了，求个能装电脑的双肩包", {"feature": {"电脑仓"}}),
        ("打游戏腰疼，想换把电竞椅", {"feature": set()}),
        ("something to cheer me up, it's been a grey week", {"color": set()}),
        ("I need a suitcase for flying home", {"occasion": set()}),
        ("苏联拍的二战片", {"year": set()}),
        ("能拼一块的睡袋", {"price": set()}),
        ("法国剧情片，不要闷", {"category": {"电影"}}),
        ("big sprawling show, 50+ episodes", {"feature": set()}),
        ("a watch, like 2000 max", {"year": set(), "cast": set()}),
        ("films like Spirited Away", {"mood": set()}),
        ("吸车上饼干渣的手持吸尘器", {"category": {"吸尘器与扫地机"}}),
        ("碗也不想洗，有没有那种看着心里暖暖的剧", {"category": {"剧集"}, "type": set()}),
        ("楼下大爷炒股赔得饭都吃不下。我就要只货币基金", {"category": {"货币基金"}}),
        ("a throw for the sofa, real wool", {"category": {"床品"}, "type": {"毯子"}}),
        ("期中考刚监完，腿都站直了。来部日本动画电影", {"category": {"电影"}, "topic": set()}),
        ("a rice cooker for a family of six", {"occasion": set()}),
    ],
)
def test_what_is_only_a_remark(understanding: Understanding, text: str, fields: dict[str, set[str]]) -> None:
    found = understanding.parse(text).constraints
    for name, values in fields.items():
        assert {v for c in found if c.field == name for v in c.values} == values


@pytest.mark.parametrize(
    ("turns", "there", "gone"),
    [
        (("绿茶，五百左右", "绿茶换成红茶"), {("type", "eq", "红茶")}, "绿茶"),
        (("red lipstick", "pink instead of red"), {("color", "eq", "粉色")}, "红色"),
        (("女士香水，木质调的", "木质调换皮革调"), {("notes", "eq", "皮革调")}, "木质调"),
        (("想看本平装的推理小说", "唉不看书了，找部悬疑电影"), {("category", "eq", "电影"), ("genre", "eq", "悬疑")}, "平装"),
        (("wool or cashmere jumper", "actually drop the cashmere"), {("material", "eq", "羊毛")}, "羊绒"),
        (("指数基金，费率0.5以内", "换成债券基金吧"), {("category", "eq", "债券基金"), ("fee", "lte", 0.5)}, "指数基金"),
        (("a Korean thriller film", "and it has to be a romance as well"), {("genre", "eq", "爱情"), ("genre", "eq", "惊悚")}, "喜剧"),
        (("女士短靴", "条件全清掉吧，不买鞋了"), set(), "靴子"),
        (("香水，木质调的", "木质的闻多了有点闷，换成花香吧"), {("notes", "eq", "花香")}, "木质调"),
        (("香港电影，八十年代的", "九十年代的也行"), {("year", "gte", 1980.0), ("year", "lte", 1999.0)}, "台湾"),
        (("国产喜剧片", "香港拍的也行"), {("country", "in", ("中国大陆", "中国香港"))}, "台湾"),
        (("半身裙，短款的", "太短了不敢穿，要中长款"), {("length", "eq", "中长款")}, "短款"),
    ],
)  # fmt: skip
def test_what_gives_way(understanding: Understanding, turns: tuple[str, ...], there: Asked, gone: str) -> None:
    state = talk(understanding, *turns)
    assert there <= asked(state), asked(state)
    assert all(gone not in c.values for c in (state.constraints if state else ()) if c.op in ("eq", "in"))


@pytest.mark.parametrize(
    ("text", "intent", "sort"),
    [
        ("which one has the longest battery life", "refine", ("battery_h", True)),  # of all there are
        ("and the lightest of them?", "refine", ("weight_g", False)),
        ("which of these is the lightest?", "refine", ("weight_g", False)),
        ("这几台里哪个最轻", "refine", ("weight_g", False)),
    ],
)
def test_the_most_of_all_there_are(
    catalog: Catalog, understanding: Understanding, text: str, intent: str, sort: tuple[str, bool]
) -> None:
    state = understanding.follow((), understanding.parse("laptops"))
    shown = [i for i in catalog.items if i.category == "笔记本电脑"][:5]
    query = understanding.parse(text, state, shown)
    assert (query.intent, query.sort) == (intent, sort)


def test_another_way_is_of_the_same_kind_of_thing(understanding: Understanding) -> None:
    state = talk(understanding, "双人四件套，全棉", "换个思路，紫色，冬天用")
    assert asked(state) >= {("category", "eq", "床品"), ("type", "eq", "四件套"), ("color", "eq", "紫色")}
    assert asked(talk(understanding, "双人四件套，全棉", "换个思路，看看蓝牙耳机")) & asked(state) == set()


def test_a_number_far_off_what_was_asked_is_a_price(understanding: Understanding) -> None:
    state = understanding.follow((), understanding.parse("earphones"))
    assert asked(understanding.parse("and nothing over 800", state, (), "battery_h")) == {("price", "lte", 800.0)}
    assert asked(understanding.parse("at least 30", state, (), "battery_h")) == {("battery_h", "gte", 30.0)}


def test_what_stands_in_title_marks_asks_for_nothing(understanding: Understanding) -> None:
    query = understanding.parse("《记忆税》和《轨道菜园》哪本更值得读")
    assert query.intent == "compare" and not query.constraints  # 轨道 is a kind of toy elsewhere


def test_one_film_is_liked_and_more_like_it_wanted(understanding: Understanding) -> None:
    state = talk(understanding, "loved Interstellar. anything like it?", "two hours at most")
    assert ("runtime_min", "lte", 120.0) in asked(state)


@pytest.mark.parametrize(
    ("text", "ranks"),
    [
        ("save numbers two and three for later", {2, 3}), ("中间那个怎么样", {2}), ("三个放一起比比", {1, 2, 3}),
        ("compare 1 and 3", {1, 3}), ("把三号拿掉", {3}), ("second vs third, which is better?", {2, 3}),
    ],
)  # fmt: skip
def test_ranks_said_in_other_ways(catalog: Catalog, understanding: Understanding, text: str, ranks: set[int]) -> None:
    shown = [i for i in catalog.items if i.category == "行李箱"][:3]
    state = talk(understanding, "想买个行李箱")
    assert set(understanding.parse(text, state, shown).references) == ranks


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("lol you really know your stuff, cheers", "chat"), ("谢啦，我先跟老公商量商量", "chat"), ("good evening!", "chat"),
        ("wipe the slate clean, I want to start over", "reset"), ("头一回买车，好开省油就行", "recommend"), ("how did you pick these?", "explain"),
        ("《你好，李焕英》和《飞屋环游记》哪个更适合跟孩子看", "compare"), ("more films like Amélie", "similar"), ("水豚那只也太萌了", "feedback"),
    ],
)  # fmt: skip
def test_what_is_wanted(understanding: Understanding, text: str, intent: str) -> None:
    assert understanding.parse(text).intent == intent


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("I want a hair dryer, nothing louder than 65 dB", {("noise_db", "lte", 65.0)}),
        ("deposits, the minimum amount shouldn't be more than 1000 yuan", {("min_amount", "lte", 1000.0)}),
        ("真丝围巾，唔好贵过三百蚊", {("price", "lte", 300.0)}), ("电饭煲，超过六百就算了", {("price", "lte", 600.0)}),
        ("零零年代的日韩剧", {("year", "gte", 2000.0), ("year", "lte", 2009.0), ("country", "in", ("日本", "韩国"))}),
        ("a comedy film from the 80s or 90s", {("year", "gte", 1980.0), ("year", "lte", 1999.0)}),
        ("手续费1%往上的基金就算了，千分之五以内的", {("fee", "lte", 0.5)}), ("锁三五年的理财我可等不起，半年以内的", {("term_days", "lte", 180.0)}),
        ("手工博主，一个礼拜更一趟", {("category", "eq", "手工博主"), ("rhythm", "eq", "周更")}), ("财经跟房产新闻都看看", {("category", "in", ("财经新闻", "房产新闻"))}),
        ("index funds and balanced funds", {("category", "in", ("指数基金", "混合基金"))}), ("有没有适合旅行带着的东西", {("occasion", "eq", "旅行")}),
        ("想看法国电影，爱情片", {("country", "eq", "法国"), ("category", "eq", "电影")}), ("能无线充的充电宝", {("feature", "eq", "无线充电"), ("kind", "eq", "充电宝")}),
        ("红茶，乌龙也行", {("type", "in", ("红茶", "乌龙茶"))}), ("眠溪和平实家的四件套", {("brand", "in", ("眠溪", "平实家"))}),
        ("给自己挑块表", {("category", "eq", "手表")}), ("蚕丝的睡衣", {("material", "eq", "真丝")}),
    ],
)  # fmt: skip
def test_what_plain_people_say(understanding: Understanding, text: str, there: Asked) -> None:
    assert there <= asked(understanding.parse(text))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("a show to watch after a day of meetings", "battery_day"), ("我女儿高三压力大得很，想看个剧", "pressure_bar"), ("下半年要上大学，买个电脑", "battery_h"),
        ("a watch or a book, it took me four months to decide", "term_days"), ("I'd love a mystery novel", "mood"), ("考研的朋友送点什么", "topic"),
    ],
)  # fmt: skip
def test_what_asks_for_nothing(understanding: Understanding, text: str, field: str) -> None:
    assert field not in {name for name, _, _ in asked(understanding.parse(text))}


def test_an_exact_number_is_widened_to_another(understanding: Understanding) -> None:
    seats = {(op, v) for f, op, v in asked(talk(understanding, "三个人坐的沙发", "四个人坐的也行")) if f == "seats"}
    assert seats == {("gte", 3.0), ("lte", 4.0)}
