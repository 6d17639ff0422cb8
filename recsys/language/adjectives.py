"""The properties that people compare things by: the words for more, most and less of each, and the fields that tell it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from recsys.schema import Schema

_SIZE = (
    "screen",
    "capacity",
    "size",
    "area",
    "diameter",
    "volume",
    "tank",
    "people",
    "seats",
    "屏幕",
    "容量",
    "尺寸",
    "面积",
    "大小",
    "座位",
)
_SPAN = (
    "runtime",
    "read",
    "term",
    "battery",
    "lasting",
    "range",
    "length",
    "episodes",
    "pages",
    "duration",
    "时长",
    "片长",
    "续航",
    "期限",
    "长度",
    "页数",
)


@dataclass(frozen=True, slots=True)
class Adjective:
    """A property as people compare it: words, the beginnings of the names of its fields, and whether more of it is a higher number."""

    zh: str
    more: str
    most: str
    fields: tuple[str, ...]
    up: bool
    plain: str = "(?!)"


ADJECTIVES = (
    Adjective("便宜|实惠|划算|平价|价格低|价低", r"cheaper|往下[压降调砍]\w*|(?:bring|get|take) (?:it|that|the price|the cost) down|come down (?:a (?:bit|little|notch)|in price)|knock (?:some|a bit|a little) off|costs? (?:me )?less|\bless than (?=(?:what )?(?:the|that) )|(?<!not )for less(?! than)|kinder (?:on|to) (?:the|my) (?:wallet|pocket|purse)|easier on (?:the|my) (?:wallet|pocket|purse)|less expensive|less pricey|more affordable|lower[- ]priced|not (?:as|so) (?:expensive|pricey)", r"cheapest|least expensive|lowest[- ]pric\w+|most affordable|least money|smallest (?:sum|amount)|least cash", ("price", "min_amount"), False, r"cheap"),
    Adjective("贵|高档|高端|上档次|价格高", r"more expensive|(?:a (?:bit|little)|slightly) (?:more|over)(?= (?:is|would be) )|pricier|dearer|fancier|higher[- ]end|more upmarket", r"most expensive|priciest|dearest|highest[- ]pric\w+", ("price", "min_amount"), True, r"expensive|pricey|dear|costly|fancy"),
    Adjective("轻便|轻巧|轻", r"lighter|less heavy|not (?:as|so) heavy", r"lightest|weigh(?:s|ing)? (?:the )?least|least (?:heavy|weight)", ("weight", "重量"), False),
    Adjective("重|沉", r"heavier", r"heaviest|weigh(?:s|ing)? (?:the )?most", ("weight", "重量"), True, r"heavy|bulky"),
    Adjective("新", r"newer|more recent|fresher", r"newest|latest|most recent", ("year", "date", "年份", "日期"), True),
    Adjective("老|旧|早", r"older|earlier", r"oldest|earliest", ("year", "date", "年份", "日期"), False, r"old|dated"),
    Adjective("安静|静音|静", r"quieter|less noisy", r"quietest|most silent", ("noise", "噪音"), False),
    Adjective("大", r"bigger|larger|roomier|more spacious", r"biggest|largest|roomiest|most spacious", _SIZE, True, r"big|large|bulky"),
    Adjective("小", r"smaller|more compact", r"smallest|most compact", _SIZE, False, r"small|tiny"),
    Adjective("耐用的电|长|久", r"longer", r"longest", _SPAN, True, r"long"),
    Adjective("短|快", r"shorter|quicker|briefer", r"shortest|quickest|briefest", _SPAN, False, r"short|brief"),
    Adjective("高", r"taller", r"tallest|highest[- ]heel\w*", ("height", "heel", "高度"), True, r"tall|high"),
    Adjective("矮|低", r"flatter", r"", ("height", "heel", "高度"), False),
    Adjective("跑得远", r"goes? further|longer range", r"(?:goes?|drives?|travels?|gets?) (?:the )?(?:furthest|farthest)|longest range", ("range", "续航"), True),
    Adjective("宽", r"wider", r"widest", ("width", "diameter", "宽度", "直径"), True),
    Adjective("近", r"closer|nearer", r"closest|nearest", ("距", "离", "distance"), False),
    Adjective("远", r"farther|further away", r"farthest", ("距", "离", "distance"), True),
    Adjective("厚", r"thicker", r"thickest", ("pages", "页数"), True, r"thick|long"),
    Adjective("薄", r"thinner", r"thinnest", ("pages", "页数"), False),
    Adjective("口碑好|评价好|好评(?!分)|高分|口碑高", r"better[- ]rated|higher[- ]rated|rated (?:higher|better)|better reviewed", r"(?:best|highest|top)[- ]?rated|rated (?:the )?(?:highest|best)|scores? (?:the )?highest|highest rating|best reviewed|best reviews", ("rating",), True),
    Adjective("赚得?多|收益好|回报好", r"better[- ]paying|more profitable", r"(?:pay|earn|yield|return|mak)(?:s|e|es|ing)? (?:me )?the most|(?:highest|best)[- ](?:paying|yielding)|most profitable", ("return_high", "收益", "回报"), True),
    Adjective("开得多|跑得多", r"more driven|more miles", r"most driven|most miles", ("mileage", "里程", "公里数"), True),
    Adjective("开得少|跑得少", r"less driven|fewer miles", r"least driven|fewest (?:miles|kilomet\w+|km)|lowest mileage", ("mileage", "里程", "公里数"), False),
    Adjective("粉丝多|关注多", r"more followed", r"most followed|(?:biggest|largest) following|most (?:followers|subscribers|subscribed)", ("followers", "粉丝"), True),
    Adjective("多人(?:买|用|看|追|听)|热门|火爆|火|受欢迎|畅销|好卖", r"more popular", r"most popular|best[- ]?selling|trending|hottest|bestsellers?", ("popularity",), True),
)  # fmt: skip
# Of any number, right after the name of its field: 评分高.
UP, DOWN = "高(?!低)|大(?!小)|多(?!少)|长(?!短)|久|远(?!近)|好(?!坏)|新|厚|重|强|深", "低|小|少|短|近|轻|旧|老|早|薄|弱"
# How much more or less, where it is only a little: 便宜一点.
BIT = "一点点|一点儿|一点|一些|一圈|一号|一码|一档|一截|一丢丢|几分|不少|点儿|点|些"


@dataclass(frozen=True, slots=True)
class Forms:
    """What asks for the most of a property, for more of it, and for less."""

    most: re.Pattern[str]
    more: re.Pattern[str]
    less: re.Pattern[str]


@cache
def forms_of(adjective: Adjective) -> Forms:
    """What asks for a property, compiled once."""
    zh = adjective.zh
    return Forms(
        re.compile(rf"最(?:{zh})|(?:{'|'.join(w.replace('得', '得最') for w in zh.split('|') if '得' in w) or '(?!)'})" + (rf"|\b(?:{adjective.most})\b" if adjective.most else "")),
        re.compile(rf"(?:再|更|稍微|稍)(?:{zh})(?:{BIT})?|(?:{zh})(?:{BIT})|(?<=比)(?!较).{{0,8}}?(?:更|还|要)?(?:{zh})(?!是)|(?:{zh})(?=过第)|(?<=[,，])(?:想?要|来点?|换个?|找个?)(?:比较|相对)?(?:{zh})的(?=$|[吧呢,，。!！])|往(?:{zh})(?:一?点|里|了|处)?(?:的)?[找看挑走选]|\b(?:{adjective.more})\b|^(?:要|有没有|来个?|想要)?(?:比较|相对)?(?:{zh})的(?:有吗|有没有|呢|吧)?$"),
        re.compile(rf"(?:没有?|不|别)(?:要|用)?(?:那么|这么|那样|太)(?:{zh}){'(?!的)' if 'price' in adjective.fields else ''}|(?:没有?|不)(?:那么|这么)(?:{zh})|\b(?:not|nothing|isn'?t|aren'?t|without being) (?:quite |nearly |all )?(?:too|so|that|very|overly|as) (?:{adjective.plain})\b"),
    )  # fmt: skip


def alike(field: str, other: str) -> bool:
    """True where both fields tell how long something is: hours and episodes."""
    return field != other and all(any(f"_{stem}" in f"_{name}" for stem in _SPAN) for name in (field, other))


def field_of(adjective: Adjective, known: Collection[str], schema: Schema) -> str | None:
    """The first field of this property among those known."""
    for stem in adjective.fields:
        for name in known:
            if schema.fields[name].zh.startswith(stem) or (
                f"_{stem}" in f"_{name}".replace(" ", "_") if stem.isascii() else stem in name
            ):
                return name
    return None
