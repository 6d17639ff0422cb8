"""Turns over the catalogue that ships: much of a number without a superlative, another section, numbers taken back."""

import pytest

from recsys.datamodels import Query
from recsys.language.smalltalk import more
from recsys.language.understanding import Understanding
from recsys.language.units import foreign

Asked = set[tuple[str, str, object]]


def talk(understanding: Understanding, *turns: str) -> Query:
    states: list[Query | None] = []
    for text in turns:
        states.append(understanding.follow(states, understanding.parse(text, states[-1] if states else None)))
    assert states[-1] is not None
    return states[-1]


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("粉丝多的博主", ("followers", True)),
        ("收益高的理财", ("return_high", True)),
        ("便宜的包", ("price", False)),
        ("a fund with low fees", ("fee", False)),
        ("a cheap red dress", ("price", False)),
        ("which pays the most?", ("return_high", True)),
        ("评价好的耳机", ("rating", True)),
        ("不要太便宜的表", None),
        ("粉丝多的不要", None),
        ("popular science books", None),
        ("耳机，续航30小时以上的", None),
    ],
)
def test_much_of_a_number_is_an_order(understanding: Understanding, text: str, sort: tuple[str, bool] | None) -> None:
    assert understanding.parse(text).sort == sort


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (["连衣裙", "shoes to go with it"], {("group", "eq", "鞋")}),
        (["健身博主", "换成心理的"], {("category", "eq", "心理博主")}),
        (["news about AI", "anything on robots?"], {("domain", "eq", "news"), ("topic", "eq", "机器人")}),
        (
            ["laptop with at least 32GB", "under 2 kg", "actually 16 is enough"],
            {("category", "eq", "笔记本电脑"), ("ram_gb", "gte", 16.0), ("weight_g", "lte", 2000.0)},
        ),
        (["手机，512G的", "其实256也够用了"], {("category", "eq", "手机"), ("storage_gb", "gte", 256.0), ("storage_gb", "lte", 256.0)}),
        (["咖啡机，2500以内", "咖啡机看得差不多了，来部科幻片吧"], {("category", "eq", "电影"), ("genre", "eq", "科幻")}),
        (["耳机，不要黑色和白色", "白的其实也行"], {("category", "eq", "耳机"), ("color", "not_in", ("黑色",))}),
        (["香水，要淡雅的", "适中吧，浓郁也行"], {("category", "eq", "香水"), ("sillage", "in", ("适中", "浓郁"))}),
        (["手机，3000以内", "256够了"], {("category", "eq", "手机"), ("price", "lte", 3000.0), ("storage_gb", "gte", 256.0), ("storage_gb", "lte", 256.0)}),
        (["想找个博主学做菜", "换成健身的"], {("category", "eq", "健身博主"), ("domain", "eq", "people")}),
        (["headphones, wireless, noise cancelling", "no noise cancelling needed actually"], {("category", "eq", "耳机"), ("connection", "eq", "无线")}),
        (["sports news", "short reads"], {("category", "eq", "体育新闻")}),
        (["a horror story", "shorter than two hours"], {("genre", "eq", "恐怖"), ("runtime_min", "lte", 120.0)}),
        (["films", "anything by Kore-eda or Ozu"], {("category", "eq", "电影"), ("director", "in", ("是枝裕和", "小津安二郎"))}),
        (["coffee machine under 2000", "no, make that 3000"], {("category", "eq", "咖啡机"), ("price", "lte", 3000.0)}),
    ],
)  # fmt: skip
def test_states(understanding: Understanding, turns: list[str], expected: Asked) -> None:
    assert {(c.field, c.op, c.value) for c in talk(understanding, *turns).constraints} == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("找部喜剧，一个半钟头上下就行", {("runtime_min", "gte", 76.5), ("runtime_min", "lte", 103.5), ("genre", "eq", "喜剧")}),
        ("dumbbells, 20 lbs max each", {("weight_g", "lte", 9072.0), ("category", "eq", "瑜伽健身"), ("type", "eq", "哑铃")}),
        ("perfume, 1 oz bottle or smaller", {("volume_ml", "lte", 29.57), ("category", "eq", "香水")}),
        ("index funds whose fee tops out at 0.3%", {("fee", "lte", 0.3), ("category", "eq", "指数基金")}),
        ("tea as long as it isn't green", {("category", "eq", "茶叶"), ("type", "not_in", ("绿茶",))}),
        ("a laptop with thirty-two gigs of memory", {("category", "eq", "笔记本电脑"), ("ram_gb", "gte", 32.0), ("ram_gb", "lte", 32.0)}),
        ("手机，12+512的", {("category", "eq", "手机"), ("ram_gb", "gte", 12.0), ("ram_gb", "lte", 12.0), ("storage_gb", "gte", 512.0), ("storage_gb", "lte", 512.0)}),
        ("给我买包", {("category", "in", ("双肩包", "手提包"))}),
        ("扫地机器人，能自己倒灰的", {("category", "eq", "吸尘器与扫地机"), ("kind", "eq", "扫地机器人"), ("feature", "eq", "自动集尘")}),
    ],
)  # fmt: skip
def test_messages(understanding: Understanding, text: str, expected: Asked) -> None:
    assert {(c.field, c.op, c.value) for c in understanding.parse(text).constraints} == expected


def test_not_too_much_is_a_wish_and_no_opinion(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "健身博主"]
    turn = understanding.parse("粉丝别太多", understanding.parse("健身博主"), shown)
    assert turn.intent == "refine" and [(c.field, c.op) for c in turn.constraints] == [("followers", "lte")]
    films = [i for i in understanding.schema.items if i.category == "电影"][:5]
    turn = understanding.parse("nothing too long", understanding.parse("a film"), films)
    assert turn.intent == "refine" and [(c.field, c.op) for c in turn.constraints] == [("runtime_min", "lte")]


def test_what_the_kind_of_thing_does_not_have_is_named(understanding: Understanding) -> None:
    assert understanding.parse("女的", understanding.parse("博主")).loose == ("女",)


def test_a_number_in_the_title_of_what_is_shown_points_at_nothing(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if "半年" in i.title][:1] + [
        i for i in understanding.schema.items if i.domain == "finance" and "半年" not in i.title
    ][:3]
    assert shown[0].domain == "finance"
    turn = understanding.parse("期限半年以内", understanding.parse("理财"), shown)
    assert turn.intent == "refine" and [(c.field, c.op) for c in turn.constraints] == [("term_days", "lte")]


@pytest.mark.parametrize(
    ("text", "own", "expected"),
    [
        ("a bag under $30", "CNY", "USD"),
        ("200美元以内的包", "CNY", "USD"),
        ("300块以内的包", "CNY", ""),
        ("300块以内的包", "USD", ""),
        ("a car under $30k", "USD", ""),
        ("under €50", "USD", "EUR"),
        ("under $300", "HKD", ""),
        ("two pounds of coffee", "CNY", ""),
    ],
)
def test_another_currency(text: str, own: str, expected: str) -> None:
    assert foreign(text, own) == expected


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("送五岁男孩的生日礼物", "儿童"),
        ("a dress for my 6 year old daughter", "儿童"),
        ("一岁半宝宝的鞋子", "婴儿"),
        ("送70岁奶奶的礼物", "中老年"),
        ("给三岁孩子的玩具", ""),  # toys say from what age they are
        ("三年前的电影", ""),
    ],
)
def test_an_age_is_for_whom_it_is(understanding: Understanding, text: str, group: str) -> None:
    asked = [c.value for c in understanding.parse(text).constraints if c.field == "age"]
    assert asked == ([group] if group else [])


def test_money_needed_in_half_a_year_is_not_tied_up_for_longer(understanding: Understanding) -> None:
    for text in ("理财，半年后要用", "理财，半年以后得取出来"):
        assert ("term_days", "lte", 180.0) in {(c.field, c.op, c.value) for c in understanding.parse(text).constraints}
    assert ("term_days", "gte", 180.0) in {
        (c.field, c.op, c.value) for c in understanding.parse("理财，期限半年以上").constraints
    }


def test_not_too_old_is_newer_than_most_of_those_shown(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "电影"][:9]
    years = sorted(float(str(i.get("year"))) for i in shown)
    turn = understanding.parse("不要太老的", understanding.parse("电影"), shown)
    assert [(c.field, c.op, c.value) for c in turn.constraints] == [("year", "gte", years[4])]


def test_how_somebody_feels_is_no_condition(understanding: Understanding) -> None:
    asked = understanding.parse("最近压力大，想看点轻松的")
    assert {(c.field, c.value) for c in asked.constraints} == {("mood", "轻松")} and asked.sort is None


def test_a_bound_that_no_field_tells_is_told(understanding: Understanding) -> None:
    assert understanding.parse("手表 续航一周以上").unmet == ("续航一周以上",)
    assert understanding.parse("耳机，续航30小时以上").unmet == ()


def test_no_less_than_the_least(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.values("risk") == ("R1",)][:4]
    turn = understanding.parse("风险再低一点", understanding.parse("理财"), shown)
    assert [(c.field, c.value) for c in turn.constraints] == [("risk", "R1")]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("a documentary", "shorter than an hour"), ("runtime_min", "lte", 60.0)),
        (("新闻", "再新一点的"), None),
    ],
)
def test_shorter_than_says_a_number_and_newer_an_order(
    understanding: Understanding, turns: tuple[str, str], expected: tuple[str, str, float] | None
) -> None:
    state = talk(understanding, *turns)
    bounds = [(c.field, c.op, c.value) for c in state.constraints if c.op in ("lte", "gte")]
    assert bounds == ([expected] if expected else []) and (state.sort == ("date", True)) == (expected is None)


def test_a_word_does_not_begin_inside_recommend(understanding: Understanding) -> None:
    assert ("category", "图书") in {(c.field, c.value) for c in understanding.parse("推荐书").constraints}


def test_less_of_a_value_is_not_that_value(understanding: Understanding) -> None:
    asked = understanding.parse("something less romantic", understanding.parse("a film"))
    assert all(c.op == "not_in" for c in asked.constraints)


def test_dearer_is_fine_too_asks_for_nothing(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "首饰"][:5]
    assert understanding.parse("贵一点没关系", understanding.parse("首饰"), shown).constraints == ()


def test_how_often_somebody_posts_is_no_date(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "电影"][:9]
    turn = understanding.parse("每天更新的", None, shown)
    assert all(c.field != "year" for c in turn.constraints)


def test_a_title_is_excepted(understanding: Understanding) -> None:
    for text in ("除了千与千寻", "anything except Spirited Away", "not Spirited Away", "不要千与千寻"):
        assert [(i.title, kind) for i, kind in understanding.spoken(text)] == [("千与千寻", "click")]


@pytest.mark.parametrize(
    ("text", "there", "never"),
    [
        ("想换个大点的屏幕看电影用的显示器", {("category", "eq", "显示器")}, {"电影"}),
        ("a thing to carry my laptop to work", {("occasion", "eq", "通勤")}, {"笔记本电脑"}),
        ("要个能给手机续命的", set(), {"手机"}),
        ("不插线的吸尘器", {("category", "eq", "吸尘器与扫地机"), ("kind", "not_in", ("有线",))}, set()),
        ("shares are too scary, what else", {("category", "not_in", ("股票基金",))}, set()),
        ("news but please nothing on politics or sport", {("domain", "eq", "news"), ("section", "not_in", ("体育",))}, set()),
        ("手表，白的黑的也不想要", {("category", "eq", "手表"), ("color", "not_in", ("白色", "黑色"))}, set()),
        ("行李箱，铝镁合金的死沉，ABS的一摔就裂，这俩料都甭给我", {("material", "not_in", ("铝镁合金", "ABS"))}, set()),
        ("咖啡豆，莫给我深烘的", {("roast", "not_in", ("深烘",))}, set()),
        ("零食，糖果巧克力就算了", {("type", "not_in", ("糖果", "巧克力"))}, set()),
        ("积木，非得是磁力的", {("feature", "eq", "磁吸")}, set()),
        ("别太残酷的战争片", {("genre", "eq", "战争"), ("mood", "not_in", ("残酷",))}, set()),
        ("it doesn't have to be leather, a handbag", {("category", "eq", "手提包")}, {"牛皮", "羊皮"}),
        ("films no longer than an hour and three quarters", {("runtime_min", "lte", 105.0)}, set()),
        ("续航能撑两个礼拜的手环", {("battery_h", "gte", 336.0)}, set()),
        ("headphones that last 40 hours", {("battery_h", "gte", 40.0)}, set()),
        ("恐怖片，上次看完三天没敢关灯", {("genre", "eq", "恐怖")}, {4320.0}),
        ("150斤的男生，想买条宽松的裤子", {("fit", "eq", "宽松")}, {127.5}),
        ("a bag that fits a 15 inch laptop", set(), {"笔记本电脑", 15.0}),
        ("英剧美剧都追，犯罪题材", {("country", "in", ("英国", "美国"))}, set()),
        ("cordless stick vac that won't wake the baby", {("category", "eq", "吸尘器与扫地机")}, {"育儿"}),
        ("a film with Tony Leung", {("cast", "in", ("梁朝伟", "梁家辉"))}, set()),
        ("films by Paul Thomas Anderson", {("category", "eq", "电影")}, {"韦斯·安德森", "亨利·托马斯"}),
        ("films by Chris Nolan", {("director", "eq", "克里斯托弗·诺兰")}, set()),
        ("见丈母娘穿什么", set(), {"女", "中老年"}),
        ("想关注几个讲历史的大v", {("category", "eq", "历史博主")}, set()),
        ("零几年的国产电视剧", {("year", "gte", 2000.0), ("year", "lte", 2009.0)}, set()),
        ("大檐草帽", {("type", "eq", "草帽")}, {"檐草"}),
        ("fragrance-free face cream for oily skin", {("feature", "eq", "无香精")}, set()),
        ("biopics about musicians", {("category", "eq", "电影"), ("genre", "eq", "传记")}, set()),
        ("整床羽绒被", {("category", "eq", "床品"), ("material", "eq", "羽绒")}, {"羽绒服"}),
        ("置物架，免打孔、防水两样都得占", {("feature", "eq", "免打孔"), ("feature", "eq", "防水")}, set()),
        ("coffee beans, light or medium roast", {("roast", "in", ("浅烘", "中烘"))}, set()),
        ("充电宝，鹿吟的别给我看，上回买的鼓包了", {("brand", "not_in", ("鹿吟",))}, set()),
        ("三四两一包的肉脯", {("weight_g", "gte", 150.0), ("weight_g", "lte", 200.0)}, set()),
        ("a film that's 2h15 max", {("runtime_min", "lte", 135.0)}, set()),
        ("债基，收益要能上4%", {("return_high", "gte", 4.0)}, set()),
        ("那六百以内吧", {("price", "lte", 600.0)}, set()),
        ("裤子先放放，周末想看部日本动画电影", {("category", "eq", "电影"), ("genre", "eq", "动画")}, set()),
        ("敏感肌用的护肤品，白水巷的别推，用过爆痘", {("brand", "not_in", ("白水巷",))}, {"祛痘"}),
        ("手表，45 grand, not a penny more", {("price", "lte", 45000.0)}, set()),
        ("what should I watch tonight with my girlfriend", {("domain", "eq", "film")}, {"手表"}),
        ("I want to start drinking better coffee", set(), {"咖啡", "财经新闻"}),
        ("someone who teaches yoga online", {("topic", "eq", "瑜伽")}, set()),
        ("I've had enough of Nolan. Another mind-bending film?", {("director", "not_in", ("克里斯托弗·诺兰",))}, set()),
        ("沙发，得坐得下三个人", {("seats", "gte", 3.0)}, {"R3"}),
        ("laptop with a battery that lasts 10+ hours", {("battery_h", "gte", 10.0)}, {"长续航"}),
        ("digital camera below 5000", {("category", "eq", "相机")}, {"科技新闻"}),
        ("clip-on earbuds for the gym", {("wear", "eq", "耳夹式")}, {"入耳式"}),
        ("雾松资管、远帆基金，这两家的混合基金", {("category", "eq", "混合基金")}, set()),
        ("八十年代以后的电影", {("year", "gte", 1980.0)}, {1989.0}),
        ("films before the 70s", {("year", "lte", 1969.0)}, {1970.0}),
        ("films from the 90s", {("year", "gte", 1990.0), ("year", "lte", 1999.0)}, set()),
        ("保险，with a minimum of 500 or less", {("min_amount", "lte", 500.0)}, set()),
        ("随存随取的银行理财，放放生活费", {("category", "eq", "银行理财")}, set()),
        ("防水最深的手表", {("category", "eq", "手表")}, set()),
        ("black and white classics from the fifties", {("category", "eq", "电影"), ("year", "gte", 1950.0)}, {"黑色", "白色"}),
        ("六七十年代的西部片", {("year", "gte", 1960.0), ("year", "lte", 1979.0)}, set()),
        ("bean to cup coffee machine with milk frother", {("kind", "eq", "全自动")}, set()),
        ("power bank light enough for a handbag", {("category", "eq", "充电宝与充电器")}, set()),
        ("大号的包，能装电脑", set(), {"笔记本电脑"}),
        ("tea scented perfume", {("category", "eq", "香水")}, {"茶叶"}),
        ("关注几个教做饭的，一人食那种", set(), {1.0}),
        ("航天最近有什么进展", {("topic", "eq", "航天")}, {"玩具"}),
        ("a clutch to go with a gold dress", {("category", "eq", "手提包")}, {"金色"}),
        ("姜文演的，不是他导的也行", {("cast", "eq", "姜文")}, set()),
        ("天幕，四五个人乘凉", {("people", "gte", 4.0), ("people", "lte", 5.0)}, {45.0}),
        ("toys for 8+, a building set", {("category", "eq", "玩具")}, {8.0}),
        ("打豆浆不用过滤的破壁机", {("feature", "eq", "免过滤")}, set()),
        ("下个月去新疆自驾，帽子怎么选呀", {("category", "eq", "围巾帽子")}, set()),
        ("maxi dress with long sleeves", {("length", "eq", "长款"), ("sleeve", "eq", "长袖")}, set()),
        ("财经或者教育新闻，讲就业的", {("category", "in", ("财经新闻", "教育新闻"))}, set()),
        ("a robot for cleaning windows", {("kind", "eq", "擦窗机器人")}, set()),
        ("body lotion, a quarter of a litre or more", {("volume_ml", "gte", 250.0)}, set()),
        ("咖啡豆，一斤装以上的", {("weight_g", "gte", 500.0)}, set()),
        ("诗集推荐几本", {("category", "eq", "图书"), ("genre", "eq", "诗歌")}, set()),
        ("I want chargers and power banks under 250", {("price", "lte", 250.0)}, set()),
        ("I want blue jeans", {("category", "eq", "牛仔裤"), ("color", "eq", "蓝色")}, set()),
        ("recommend a finance blogger for beginners", {("category", "eq", "理财博主")}, {"finance"}),
        ("下周去海边玩，帮我看看泳衣", set(), {"旅游新闻"}),
        ("帮我比较一下存款和货币基金", {("category", "in", ("存款", "货币基金"))}, set()),
        ("心情不好，想找点治愈的电影", {("mood", "eq", "治愈")}, {"心理"}),
    ],
)  # fmt: skip
def test_what_is_asked_and_what_is_said_in_passing(
    understanding: Understanding, text: str, there: Asked, never: set[object]
) -> None:
    found = understanding.parse(text).constraints
    assert there <= {(c.field, c.op, c.value) for c in found}
    assert not never & {
        v for c in found if c.op != "not_in" for v in (c.values if c.op in ("eq", "in") else (c.value,))
    }


@pytest.mark.parametrize("text", ["不对，黑的太闷了，改要蓝的", "wait, not black, blue"])
def test_a_value_takes_the_place_of_one_that_displeases(understanding: Understanding, text: str) -> None:
    before = understanding.parse("黑色的双肩包，三百以内")
    shown = [i for i in understanding.schema.items if i.category == "双肩包" and "黑色" in i.values("color")][:5]
    turn = understanding.parse(text, before, shown)
    state = understanding.follow([before], turn)
    assert turn.intent == "refine" and state is not None
    assert ("color", "蓝色") in {(c.field, c.value) for c in state.constraints}


def test_an_amount_said_in_words_points_at_its_item(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "连衣裙"][:6]
    price = int(shown[3].price or 0)
    for text in (f"the {price} yuan one, why is it here?", f"{price}那个凭啥推给我"):
        assert understanding.parse(text, understanding.parse("连衣裙"), shown).references == (4,)


@pytest.mark.parametrize(
    ("turns", "there", "never"),
    [
        (("悬疑剧，国产的", "韩国的也行"), {("country", "in", ("中国大陆", "韩国"))}, {("country", "eq", "中国大陆")}),
        (("来部纪录片", "关于美食的"), {("genre", "eq", "纪录")}, {("genre", "eq", "美食")}),
        (("羽绒服，红的", "算了红的太扎眼，就棕色"), {("color", "eq", "棕色")}, set()),
        (("跑鞋，五百以内", "贵一点也行"), {("price", "lte", 670.0)}, {("price", "lte", 500.0)}),
        (("gift for a new mum", "she already has a pram"), {("occasion", "eq", "送礼")}, {("type", "eq", "婴儿车")}),
        (("扫地机器人", "家里有地毯"), {("kind", "eq", "扫地机器人")}, {("occasion", "eq", "居家")}),
        (("帐篷，两个人用", "防雨的", "睡袋也看看"), {("type", "eq", "睡袋")}, {("people", "gte", 2.0), ("feature", "eq", "防雨")}),
        (("gift for my dad, a camera", "he already has a tripod", "something for travel maybe"), {("category", "eq", "相机")}, set()),
        (("靴子，长筒的", "算了，长筒穿着费劲，换短筒"), {("shaft", "eq", "短筒")}, set()),
        (("一个音箱", "for the shower"), {("category", "eq", "音箱")}, set()),
        (("手表", "绿的不戴，忌讳"), {("color", "not_in", ("绿色",))}, {("color", "eq", "绿色")}),
        (("存款，随时能取的", "算了还是定期吧"), {("liquidity", "eq", "到期")}, {("liquidity", "eq", "随时")}),
        (("凉鞋，不要红色和粉色", "红色还是可以的"), {("color", "not_in", ("粉色",))}, {("color", "eq", "红色")}),
        (("耳环，五百以内", "let's leave that. I'd like a mystery novel"), {("category", "eq", "图书")}, {("price", "lte", 500.0)}),
        (("护肤品，不要白水巷", "算了，brand 不限了"), {("category", "eq", "护肤")}, {("brand", "not_in", ("白水巷",))}),
    ],
)  # fmt: skip
def test_what_stands_after_a_turn(
    understanding: Understanding, turns: tuple[str, ...], there: Asked, never: Asked
) -> None:
    found = {(c.field, c.op, c.value) for c in talk(understanding, *turns).constraints}
    assert there <= found and not never & found


def test_another_brand_than_that_of_one_shown(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "笔记本电脑"][:5]
    for text in ("any brand except the second one's", "除了第二个的牌子别的牌子都行"):
        turn = understanding.parse(text, understanding.parse("笔记本电脑"), shown)
        assert [(c.field, c.op, c.values) for c in turn.constraints] == [("brand", "not_in", shown[1].values("brand"))]
        assert turn.intent == "refine"


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("行，谢啦", "chat"),
        ("that's plenty, ta", "chat"),
        ("scratch that last bit", "undo"),
        ("最贵那家跟最便宜那家差在哪儿", "compare"),
    ],
)
def test_small_words_of_a_dialogue(understanding: Understanding, text: str, intent: str) -> None:
    shown = [i for i in understanding.schema.items if i.category == "茶叶"][:5]
    assert understanding.parse(text, understanding.parse("茶叶"), shown).intent == intent


def test_a_plain_no_leaves_the_question_open(understanding: Understanding) -> None:
    turn = understanding.parse("no", understanding.parse("a laptop"), (), "brand")
    assert (turn.intent, turn.declined, turn.constraints) == ("refine", ("brand",), ())


def test_seen_them_all_asks_for_others() -> None:
    assert more("看过了，换一批") and more("seen those, show me more") and not more("看过了，不好看")


def test_what_something_is_like_is_asked(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "手机"][:5]
    turn = understanding.parse("what's the battery like on the first", understanding.parse("a phone"), shown)
    assert (turn.intent, turn.references, turn.sentiment) == ("explain", (1,), 0.0)


def test_a_title_that_is_liked_is_spoken_of(understanding: Understanding) -> None:
    assert [(i.title_en, kind) for i, kind in understanding.spoken("we liked Before Sunrise")] == [
        ("Before Sunrise", "like")
    ]
    assert [kind for _, kind in understanding.spoken("I like Before Sunrise")] == ["like"]
    for text in ("喜欢活着的感觉", "a quiet film like Paterson", "I'd like Paterson"):
        assert not understanding.spoken(text)


def test_seeing_others_is_no_new_beginning(understanding: Understanding) -> None:
    assert understanding.parse("再看看别的", understanding.parse("手机")).intent == "refine"


def test_a_word_of_a_title_that_is_asked_for_points_at_nothing(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "音箱" and "防水" in i.title][:1]
    shown += [i for i in understanding.schema.items if i.category == "音箱" and "防水" not in i.values("feature")][:4]
    turn = understanding.parse("waterproof please, it lives by the sink", understanding.parse("a speaker"), shown)
    assert turn.intent == "refine" and ("feature", "防水") in {(c.field, c.value) for c in turn.constraints}


def test_the_one_for_something_is_found_by_its_description(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "保险"]
    pets = [n for n, i in enumerate(shown, 1) if "Pet" in i.title_en]
    assert understanding.parse(
        "the one for pets, why is that here?", understanding.parse("insurance"), shown
    ).references == tuple(pets)


def test_the_brand_of_one_shown_is_refused(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "手表"][:4]
    turn = understanding.parse("第三块那个牌子不要，售后太差", understanding.parse("手表"), shown)
    assert ("brand", "not_in", shown[2].values("brand")) in {(c.field, c.op, c.values) for c in turn.constraints}


def test_either_is_fine_praises_nothing(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "床品" and "枕" in i.title][:3]
    assert understanding.parse("枕头或者香薰都行", understanding.parse("助眠的东西"), shown).intent == "refine"


@pytest.mark.parametrize(
    ("before", "text", "most"),
    [
        ("a laptop up to 5000", "I could add another 500", 5500.0),
        ("a laptop up to 5000", "fine, spend 500 more", 5500.0),
        ("咖啡机两千以内", "预算可以再加五百", 2500.0),
        ("咖啡机两千以内", "多花三百也可以", 2300.0),
        ("咖啡机两千以内", "预算加到三千", 3000.0),
    ],
)
def test_what_is_added_to_a_budget(understanding: Understanding, before: str, text: str, most: float) -> None:
    state = talk(understanding, before, text)
    assert [c.number for c in state.constraints if (c.field, c.op) == ("price", "lte")] == [most]


@pytest.mark.parametrize(
    ("text", "days"),
    [("a fund, at least 3% a year", []), ("一年能有百分之三的理财", []), ("一年期3%以上的理财", [365.0, 365.0])],
)
def test_what_a_rate_is_by_the_year_is_no_term(understanding: Understanding, text: str, days: list[float]) -> None:
    assert [c.number for c in understanding.parse(text).constraints if c.field == "term_days"] == days


@pytest.mark.parametrize(
    ("text", "expected", "absent"),
    [
        ("a birthday present for my mum who loves gardening", {"occasion", "gender"}, {"genre", "section"}),
        ("a gift for a colleague who's into coffee", {"occasion"}, {"topic"}),
        ("我有三万闲钱，半年不用", {"min_amount", "term_days"}, {"goal"}),
        ("a monitor under 2500, black isn't necessary", {"category", "price"}, {"color"}),
    ],
)
def test_what_is_only_told(understanding: Understanding, text: str, expected: set[str], absent: set[str]) -> None:
    fields = {c.field for c in understanding.parse(text).constraints}
    assert expected <= fields and not absent & fields


def test_what_few_of_those_shown_have_is_not_what_is_to_be_less(understanding: Understanding) -> None:
    items = understanding.schema.items
    banks = [i for i in items if "capacity_mah" in i.attributes]
    mixed = [banks[0], *[i for i in items if i.category == "连衣裙"][:5]]
    state = understanding.parse("a gift around 200")
    assert understanding.parse("something smaller", state, mixed).constraints == ()
    assert {c.field for c in understanding.parse("something smaller", state, banks).constraints} == {"capacity_mah"}


@pytest.mark.parametrize("text", ["sunscreen spf 50 for kids", "SPF50+ sunscreen", "防晒霜 SPF 50"])
def test_the_number_of_a_name_is_no_price(understanding: Understanding, text: str) -> None:
    assert all(c.field != "price" for c in understanding.parse(text).constraints)


def test_another_one_who_tells_of_something_else(understanding: Understanding) -> None:
    turn = understanding.parse("换一个讲美食的", understanding.parse("讲历史的博主"))
    assert [(c.field, c.value) for c in turn.constraints] == [("category", "美食博主")]


def test_a_word_between_titles_is_no_name(understanding: Understanding) -> None:
    assert understanding.parse("不要龙猫和千与千寻", None, (), "director").constraints == ()


def test_what_about_is_no_about_and_not_too_cheap_keeps_to_the_budget(understanding: Understanding) -> None:
    monitors = understanding.parse("a 27 inch monitor")
    sizes = [c.number for c in understanding.parse("what about 32 inch", monitors).constraints]
    shown = sorted((i for i in understanding.schema.items if i.category == "显示器"), key=lambda i: i.price or 0)[-5:]
    bounds = understanding.parse("under 1500 but not too cheap", monitors, shown).constraints
    assert sizes == [32.0, 32.0]
    assert [(c.field, c.op, c.number) for c in bounds] == [("price", "lte", 1500.0)]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("存款", "最多存三个月", ("term_days", "lte", 90.0)),
        ("存款", "至少存半年", ("term_days", "gte", 180.0)),
        ("体育新闻", "三分钟能看完的", ("read_min", "lte", 3.0)),
    ],
)
def test_a_verb_between_at_most_and_its_number(
    understanding: Understanding, kind: str, text: str, expected: tuple[str, str, float]
) -> None:
    turn = understanding.parse(text, understanding.parse(kind))
    assert [(c.field, c.op, c.value) for c in turn.constraints] == [expected]


@pytest.mark.parametrize(
    ("text", "opinions"),
    [
        ("ok the first one", ((1, "like"),)),
        ("我要第三个", ((3, "like"),)),
        ("不要第二件", ((2, "dislike"),)),
        ("what about the first one", ()),
    ],
)
def test_one_that_is_chosen_is_liked(
    understanding: Understanding, text: str, opinions: tuple[tuple[int, str], ...]
) -> None:
    shown = [i for i in understanding.schema.items if i.category == "连衣裙"][:5]
    assert understanding.parse(text, understanding.parse("连衣裙"), shown).opinions == opinions


def test_like_the_second_one_is_about_no_amount(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "咖啡机"][:4]
    turn = understanding.parse(
        "show me more like the second one", understanding.parse("a coffee machine up to 400"), shown
    )
    assert (turn.references, turn.constraints) == ((2,), ())


def test_a_question_about_a_number_is_no_wish_for_more(understanding: Understanding) -> None:
    shown = [i for i in understanding.schema.items if i.category == "存款"][:4]
    assert understanding.parse("第一个起存要多少钱？", understanding.parse("存款"), shown).intent == "explain"


def test_a_title_with_a_number_is_no_rank(understanding: Understanding) -> None:
    series = {i.title_en: i for i in understanding.schema.items if i.category == "剧集"}
    shown = [*list(series.values())[:3], series["The Last Dance"], *list(series.values())[3:5]]
    turn = understanding.parse("I don't like The Last Dance", understanding.parse("a series"), shown)
    assert turn.references == (shown.index(series["The Last Dance"]) + 1,)


@pytest.mark.parametrize("text", ["第一篇几分钟能看完", "要多久才能看完第一篇"])
def test_how_long_it_takes_does_not_say_it_is_known(understanding: Understanding, text: str) -> None:
    shown = [i for i in understanding.schema.items if i.category == "科技新闻"][:4]
    assert understanding.parse(text, understanding.parse("科技新闻"), shown).intent == "explain"
