"""Kinds of thing that a message mentions but does not ask for: the hotel of "sights near the hotel", what is at hand,
what is done, what a thing is for; and people who are only spoken of."""

import re
from collections.abc import Sequence
from itertools import pairwise

from recsys.language import intents, opinions
from recsys.language.text import PICTURES
from recsys.language.values import Span

NEAR = r"周边|附近|旁边|周围|边上|隔壁|就近|四周|近旁"
_NEAR_IT = re.compile(rf"\s?(?:的)?(?:{NEAR})")
_NEAR_BEFORE = re.compile(
    r"\b(?:near|nearby|close to|next to|around|by|beside|from|opposite)\s(?:the|this|that|my|our)\s?$"
)
_AT_HAND = re.compile(
    r"(?:(?:[这那该此](?![两俩三几]家的)|(?<![日书版原课剧文推荐来买找看读借挑选要想求给一两二三四五几有])本(?!地))(?:两|俩|几|些|一)?(?:家|个|座|处|间|所)?|[他她它]家?的?|(?<!one of )(?<!some of )(?<!any of )\b(?:this|that|these|those))\s?(?:\S{1,4}的)?$"
)
_IT = re.compile(r"[它该]|[这那]家|[他她]家|\bit\b|\bdoes (?:this|that)\b")
_DONE = re.compile(
    r"(?:[选找订定住逛玩吃看买]|安排|游玩|预订|入住|搞定|参观)(?:好|完|到|过)了?(?:了|这个|这家|那家)?$|^(?:到|去|回|进)了$|[,，。;；](?:到|去|回|进)了$"
)
_DONE_AFTER = re.compile(
    r"\s?(?:(?:以|之)后|后(?=[,，我再想])|已?经?(?:定|订|选|找|安排|预订|看|挑|买)(?:得?差不多|好|完|够|定)了|定了(?=[,，。!！])|(?:就|先)*(?:到这(?:儿|里)?|搞定|解决|这样|这么(?:着|定)|敲定|定下来?)了?(?=[,，。])|回来|出来|\s?(?:(?:is|are|'s) )?(?:done|sorted)(?=[,，.。])|(?:都|就|已经|算)?(?:有了|有着落了?|齐了|搞掂了?)(?=[,，。]))"
)
_USED = re.compile(r"(?:时候?|的时候)?(?:专门?|要)?[用穿戴背吃喝]的|的时候")  # 看电影用的显示器: what it is for
_SERVED = re.compile(
    r"\b(?:something|anything|things?|stuff|one) to (?:(?!with|about|on|for|of|like)\w+ ){1,2}(?:my|our|the|an?|his|her|their) (?:\w+ )?$"
)
_SPOILT = re.compile(  # won't leak all over my bag
    r"\b(?:leak|spill|drip|scratch|stain|rub off|come off|dirty)\w*(?: all)?(?: over| in| into| inside| on| onto)? (?:my|the|our|his|her) (?:\w+ )?$"
)
_FOR_THE = re.compile(r"\bfor (?:my|our|the|his|her) $")
_FOR_IT, _DOES = (
    re.compile(r"(?:给|帮|替)(?:我的|我|咱)?$"),
    re.compile(r"[^,，。;；]{1,4}的(?:$|[,，。;；])"),
)  # 给手机续命的
_NEARBY = re.compile(rf"(?:{NEAR}|\bnearby\b)(?!.*(?:找|推荐|安排|住|想|要))[^,，。;；!！?？]*$")
_MOOD = re.compile(  # why, and not what
    r"^(?:上班|加班|带娃|上课|出差)太?[累忙苦烦]了?[^,，。!！买找]{0,8}[,，。!！ ](?=.*[想要看买找推荐来])|^(?:我|我们)?(?:最近|今天|昨天|这两天|这几天|这段时间|这阵子)[^,，。!！想要看买找]{0,8}[,，。!！ ](?=.*[想要看买找推荐来])"
    r"|^(?:下雨天?|下雪天?|周末|晚上|睡前|放假|一个人|宅家|窝家里|在家)+[^,，。!！想要买找]{0,8}[,，。!！ ](?=.*[想来](?:看|听|追|刷|点|部))"
    r"|^(?:i'?m |i am |i feel |i've been |been )?feeling (?:so |really |very |a bit |a little |pretty |quite |rather )*[a-z]+[a-z ]{0,30}?(?:[,.;!]|$)"
    r"|^(?!.{0,3}怕)[^,，。!！就]{2,8}(?:疼|酸|累|困|冷|热)了?[,，。!！ ](?=.*[想要买找推荐来换求])"
    r"|^心情[^,，。!！ ]{0,6}[,，。!！ ](?=.*[想要看买找推荐来])"
    r"|^(?:i'?m|i am|i've been|we'?re|been) (?:so |really |very |feeling |a bit |pretty )*(?:tired|stressed|bored|sad|down|exhausted|anxious|lonely|busy)(?: out)?(?: lately| recently| today)?(?:[,.;!]| and| so)"
)
_PASSING = re.compile(
    r"(\b(?:out to|in|out in) the sticks\b)|(\b(?:i|we) work (?:long|late|night|early) [a-z]+)|(一[年天代月]不如一[年天代月])|(\bmy [a-z]+ (?:says|said|reckons|thinks)\b)|((?:\b(?:the |my |our ))?\b(?:kids?|children|little ones?|family|in-laws|husband|wife|hubby)(?: are| is|'s|'re)? (?:away|asleep|in bed|at (?:my |the |his |her )?[a-z]+'s)\b)|((?:楼[上下]|隔壁|邻居|对门)[^,，。]{0,6}装修[^,，。]*)|(从[^,，。]{1,6}(?=里(?:拿|取|挪|匀|抽)))|([^,，。]{2,8}(?:那会儿?|那时候|的时候)[^,，。]{0,6}(?:惯|过)了?)|(\bmy (?:late )?[a-z-]+(?: [a-z-]+)? (?:used to|always|never|once|would|is (?:due|pregnant|expecting|moving|visiting|coming|turning))\b[^,.;!?]*)|(\b(?:(?:it'?s|it has) been an? )?(?:grey|gray|rainy|cold|dull|gloomy|blue|hot|sunny) (?:week|day|afternoon|morning|evening|weekend|mood|sunday|monday)\b)|([^,，。]{1,4}语(?:我|们)*听不懂也?(?:没关系|没事|行|可以|无所谓))|(\b(?:fly|go|get|com|driv|walk|head|travell?|tak|bring)(?:e|ing|s)? home\b|\b(?:way|back|journey|trip|flight) home\b)|\b(?:my|our) ([a-z]+) (?:roommate|flatmate|housemate|wife|husband|friends?|boss|colleagues?|neighbou?rs?|in-laws)\b|(\b(?:after|once|when|while|before) (?:the |my |our )?(?:kids?|children|baby|little ones?|family)\b[^,.;!?]*)|(\bschool (?:pick-?up|run|drop-?off)\b)|(\b(?:either|both|that|this|it|any|whichever|all)(?:'d| would| also)? works?\b|\bworks? (?:too|as well|fine|for me|well)\b)|([这那]边[^,，。]{1,6}(?:要命|太?难|不方便|麻烦|太[^,，。]{1,3}))|(?<!not )(?<!nothing )(?<!n't )(?<!be )(\btoo [a-z]+ for (?:my|our|the|me|us|him|her)(?: [a-z]+)?\b)|(\bto match (?:my|the|our|his|her) [a-z]+\b)|(\b(?:before|after) work\b)|(\b(?:i|we) (?:don'?t|do not) (?:have|own)(?: any| a| an)? [a-z]+\b)|(家里人一起)|(从[\u4e00-\u9fff]{2,6}(?:过|回)?来(?=[,，。]))|(\b(?:sold|traded in|got rid of|gave away) (?:the|my|our) [a-z ]{2,20}?(?=[,.;!]| and\b| so\b|$))|([^,，。…]{1,6}(?:也|实在|真的?)太[低高贵慢小大长短重少多][^,，。…]{0,2}(?=[,，。…]))|([^,，。…]{1,6}嫌[^,，。…]{1,4}(?=[,，。…]))|(\b[a-z]+ or not\b)|(\bi'?m off [a-z]+)|(\ba pair of\b)|(累成狗|累成马)|(\bi'?m (?:easy|flexible|not (?:fussy|picky))\b)|(\b(?:to (?:go|wear|pair)|(?:that|which) (?:goes|matches)) with (?:an?|my|the|his|her|our|this) [^,.;!?]*)|((?:\b(?:he|she|they|i|we)(?:'ve|'s)?|^|[,.;]) ?already (?:has|have|had|got|owns?|bought)\b[^,.;!?]*)|((?:天天|每天|平时|经常|上班)*骑着?(?:电动车|电瓶车|小电驴))|((?:给)?(?:我们?)?(?:家(?:里|中)(?![用穿练看喝放摆做吃的办人])|家(?=有|养|铺|没)))|[,，。]\s?((?:因为|毕竟)?(?:(?:上回|上次|之前|以前|前阵子|去年)(?:买|用|穿|吃|住|试|戴|喝)|(?:用|穿|吃|试|买|戴|喝)过(?![第这那了的]))[^,，。]*)"
    r"|\b(?:gifts?|presents?)\b[^.;!?]{0,24}\bfor [a-z' -]{2,28} (who(?:'s|'re| is| are)? (?:really |so |totally |very |big )*(?:into|loves?|likes?|enjoys?|adores?|fond of|crazy about|obsessed with|mad about|a (?:big )?fan of)\b[^,.;!?]*)"
    r"|(\b(?:i|we)(?:'d| would) (?:really |absolutely |so )?love\b)|(\bfeel like (?:reading|watching) something\b)|((?:我|咱|俺)们?家(?![用里]))|(?:^|(?<=[,.] ))((?:only |just )?(?:\d+|[a-z]+) (?:hours?|minutes|years?|kilos?|days?|months?|dollars|yuan|km|miles)\?)(?= (?:ugh|wow|hm+|meh|nah|no\b|that|too|i (?:don|love|like|hate)))|((?:我|俺)一个人住)|((?:皮肤|脸)?一[碰用][^,，。]{1,6}?就(?:发|泛|变)?红)|((?:最近|工作|上班|学习)?压力(?:好|很|太|特别|真|山)?大(?!一?[点些])(?:得很)?)|(\b(?:it|that|this|they) (?:just |kind of )?looks? like (?:an? |my |some )[^,.;!?]+)|(\bsuits? (?:me|us|you|him|her|them|everyone)\b)|((?:nearly |almost |over )?(?:[\d,.]+k?|[a-z]+ (?:hundred|thousand|grand)) (?:yuan |bucks |quid |dollars )?for (?:that|this|it)\b)|(\d+ (?:km|miles) won'?t [^,.;!?]*)|(救救(?:孩子|我))|((?:我)?(?:也)?不会(?:弄|用|玩)手机)|((?:老伴儿?|老头子|老太太|家里人)(?:儿)?爱喝个[\u4e00-\u9fff]{1,2})|(一个人(?:窝|宅|在家)(?:着|里|家里)?)|(哪个?(?:城市|牌子|颜色|地方|国家)[都也](?:行|可以|成|好|没问题))|(\btreat (?:for )?(?:myself|ourselves|me|us)\b)|(换个?心情)|((?:提升|提高|改善)(?:一下)?生活(?:品质|质量))|(一天到黑|从早到晚|一天到晚)|(\blearn(?:ing)? (?:something|summat|anything) new\b)|(\bwho covers?\b)|\bnews\b[^.;!?]*?\b(reads?)\b|(\btook (?:me|us|'?em|them|him|her) [^,.;!?]*)|(\b(?:grading|marking|correcting) (?:papers|essays|homework|tests)\b)|(?<=minute )(reads?)\b(?! or)|(?<=min )(reads?)\b(?! or)|(\bpolish(?:ed)? (?:it |them |that )?off\b)|((?:天天|整天|光)[刷玩]手机)|((?:天天|整天|成天|一天到晚|老)(?:对着?|盯着?|看着?)(?:电脑|手机|屏幕|显示器))"
    r"|(\b(?:we|i)(?:'ve)? (?:just |only )?(?:had|ate) [a-z ]{2,20}? (?:yesterday|last (?:night|week|time)|for lunch|already|twice|all week|the other day)\b)|(\b(?:finally|still|never|always) works?\b)|(\bset (?:aside|up|off)\b)|(\bwhile (?:i|we|they|he|she)\b[^,.;!?]*)|(\bno (?:plans?|idea|clue)\b)|(\b\d+[- ]?(?:hr|hour)s? (?:night |day |long )?shift\b)|(\bplans? (?:have |has )?changed\b)|(\b(?:the |my |our )?(?:family|kids|friends|parents|in-laws|others|wife|husband) (?:is|are)(?:n'?t| not)(?: [a-z]+)? (?:coming|joining)\b)"
    r"|(\bi blame [^,.;!?]*)|(\bspil\w+ [a-z ]{2,12}?) (?:on|over|all over) |(\b(?:is|are|stuck|off) home sick\b)|(\b(?:i|we) work from home\b)|(\blike the [a-z ]{3,24} (?:i|we) (?:lost|had|saw|used to)\b[^,.;!?]*)|(^(?:these|those|they)(?:'re| are) (?:all )?(?!too\b|not\b|so\b)[a-z ]{3,20}(?=[,.;!]))"
    r"|((?:办公室|同事|室友|邻居|家里人)(?:老|总|都)?(?:嫌|抱怨|投诉)[^,，。…!！.]*)|((?:口袋|兜|钱包|手头|卡)里(?=[^,，。]{0,6}[\d一二三四五六七八九十百千万两几]))|(\breads? (?=(?:in|on|about|from) [a-z ]{3,16}news\b))"
    r"|(?:送给?|给)((?:特别|很|超|最)?(?:喜欢|爱|热爱|痴迷)[^,，。]{1,8}的)(?=[^,，。]{1,8}(?:礼物|生日|送|$|[,，。]))"
)
_BROKEN = re.compile(
    r"(?:^|(?<=[,，。!！;； …]))[^,，。!！;； …]{1,14}(?:坏|崩|断|裂|碎|烂|丢|掉皮|开胶|磨破|漏水|报废|罢工|挂|炒穿|烧穿|穿孔|漏)(?:掉|光)?了(?=[,，。!！;； …])"
    r"|\b(?:my|our|the|his|her) (?:old |last |current )?[a-z -]{2,30} (?:just |has |have |finally |recently )*(?:broke|died|snapped|tore|ripped|cracked|fell apart|falling apart|is broken|is dying|packed (?:up|in)|conked out|gave up the ghost|bit the dust|kicked the bucket|gave up|gave out|got stolen|was stolen|got lost)\b(?: on me| on the \w+| last \w+| yesterday| again| down)?(?=[,.;!(]| \(| so\b| and\b|$)"
)
_SCRAPS = re.compile(r"[渣屑渍印](?![度])|碎屑")  # 吸饼干渣
_ANOTHER = re.compile(
    r"\b(?:next|new|another|replacement|better) one\b|\breplacement\b|换(?:一?个)?新的|(?:再买|换)一?[个台把双条套件副部]"
)
_OWNED = re.compile(
    r"\balready (?:has|have|had|got|own|owns|bought)(?: got)? (?:(?:an?|the|some|two|one|my) )?(?:\w+ )?$|(?:已经|早就?|都)有(?:了|一?[台部辆个双件条把套])?$"
)
_RELATIVE = re.compile(
    r"[爸妈父母哥弟姐妹叔姨舅姑爷奶婆]|儿子|女儿|闺女|公公|岳父|老公|男友|女友|朋友|媳妇|husband|wife|dad|mum|mom|father|mother|brother|sister|\bson|daughter|uncle|aunt|niece|nephew|gran|\b(?:her|him|guys?|girls|lady)\b"
)
_TO_THEM = re.compile(r"(?:给|送|帮|替|为|孝敬|适合|\b(?:for|get|buy|gift|gifts|to))[^,，。.;；!！?？]{0,8}$")
_OF_THEM = re.compile(
    r"(?:'s)?[^,，。.;；!！?？]{0,3}?\s?(?:穿|用|戴|喝|看|玩|过?生日|的(?!朋友|同)|喜欢|爱|想要|要|likes?|loves?|wants?|needs?|birthday|款)"
)
_MET = re.compile(r"(?<![意看听偏可])见(?:我|一下)?的?$|\b(?:meet|meeting) (?:my |the |his |her )?$")
_SPEAKS = re.compile(
    r"(?:都|也|老|一直|今天|昨天|又)?(?:让我|叫我|说|要我|非要|催|嫌|骂|生气|问我|不让)|(?:'s)? (?:said|says|told|tells|asked|asks|wants me|made me|keeps)\b"
)
_WHOM = frozenset({"gender", "age", "audience"})
_PET = frozenset({"pet"})  # 猫用的: whose it is to be
_CLAUSE = re.compile(r"[,，。;；!！?？]|(?<!\d)\.(?!\d)")


_SENTENCE = re.compile(rf"[。!！?？…;；{PICTURES}]+|(?<!\d)\.(?!\d)| [-–—]+ ")
_CLAUSE_END = re.compile(rf"[,，:：]+|{_SENTENCE.pattern}")
_HAPPENED = re.compile(
    r"(?<![够行好算以])了|把|被|又|天天|昨[天晚]|刚|得[^,，。]{0,6}(?:不|要命|慌)|\b(?:is|are|'s|'re) (?:away|asleep|at (?:my |the |his |her )?[a-z]+'s)\b|^\s*[a-z]+ed (?:my|the|our|an?|out|up|from|after|for)\b|\b(?:just|was|were|has|have|had|been|keeps?|finally|again|died|broke)\b|\b(?:i|we|he|she|they|it|is|are|(?:my|our|the) [a-z]+) [a-z]+ed\b"
)
_WISHED = re.compile(
    r"[要想求找买挑选啥哪谁吗]|什么|推荐|最好|别(?!人)|不要|必须|得[有能是]|适合|喜欢|爱|预算|以[内下上]|[块元]|给|送|岁|\b(?:want|need|like|love|prefer|must|should|for|please|pls|looking|budget|under|over|max|no|not|any|something|show|find|give|ha(?:s|ve) to|gotta|wants|needs|enough|only|into|what|which|where|who|how|anything|won'?t|can'?t|promised)\b|\?"
)


def mentioned(text: str, heads: Sequence[Span]) -> list[tuple[int, int]]:
    """Where a message names kinds of thing that it does not ask for; if it would ask for none, only what its thing is to serve."""
    wanted = [h for h in heads if not _mentioned(text, h)]
    wanted = [
        h for h in wanted if not (_FOR_IT.search(_before(text, h)) and any(_same(text, h, o) for o in heads))
    ] or wanted
    wanted = [
        h
        for h in wanted
        if not _FOR_THE.search(_before(text, h)) or h.fields() & (_WHOM | _PET) or h.start - wanted[0].end < 4
    ]  # a throw for the sofa
    first = min((h.start for h in wanted if not _NEARBY.search(_before(text, h))), default=-1)
    if first >= 0:  # "… and tell me the hotels near it": not what this message is about
        wanted = [h for h in wanted if h.start <= first or not _NEARBY.search(_before(text, h))]
    idle = [h for h in heads if h not in wanted and (wanted or _served(text, h))]
    return [(h.start, h.end) for h in idle]


def told(text: str) -> list[tuple[int, int]]:
    """The sentences and clauses that only tell what happened, before one that asks: 手机都举不高。就想看快讯."""
    out: list[tuple[int, int]] = []
    for stop in (_SENTENCE, _CLAUSE_END):  # a sentence as a whole, then its clauses by themselves
        ends = [0, *(m.end() for m in stop.finditer(text)), len(text)]
        whole = [(a, b) for a, b in pairwise(ends) if text[a:b].strip(" ,，。!！?？…")]
        out += [
            (a, b)
            for a, b in whole[:-1]
            if _HAPPENED.search(text[a:b])
            and not _WISHED.search(text[a:b])
            and not _ANOTHER.search(text[b:])
            and not any(c <= a and b <= d for c, d in out)
        ]
    return sorted(out)


def mood(text: str) -> list[tuple[int, int]]:
    """The clause before a need that tells how somebody feels: 最近压力大，想看点轻松的."""
    found = _MOOD.match(text)
    return [found.span()] if found else []


def passing(text: str) -> list[tuple[int, int]]:
    """The home of 家里有猫, what there is already, what was had before (用过爆痘)."""
    return [m.span(m.lastindex or 0) for m in _PASSING.finditer(text)]


def bystander(text: str, span: Span) -> bool:
    """True for a relative who says something or is met, or of whom nothing in a longer message says that the thing is for them."""
    if _SPEAKS.match(text[span.end :]) or _MET.search(text[: span.start]):
        return True
    if (
        not _RELATIVE.search(text[span.start : span.end])
        or len(re.split(r"[,，。;；!！?？\s]+", text) if not text.isascii() else opinions.clauses(text)) < 3
    ):
        return False
    return not (_TO_THEM.search(text[: span.start]) or _OF_THEM.match(text[span.end :]))


def broken(text: str, heads: Sequence[Span]) -> list[tuple[int, int]]:
    """The clause that tells what went wrong with the old thing, where another names a kind: 书包拉链崩了，求个双肩包."""
    found = [m.span() for m in _BROKEN.finditer(text)] if not _ANOTHER.search(text) else []
    return [(a, b) for a, b in found if any(h.end <= a or b <= h.start for h in heads)]


def at_hand(text: str, heads: Sequence[Span]) -> bool:
    """True where a message speaks of one thing that was named before: 这家酒店有温泉吗, 它的评分是多少."""
    return all(_AT_HAND.search(_before(text, h)) for h in heads) if heads else bool(_IT.search(text))


def _served(text: str, head: Span) -> bool:
    """True for what the thing that is asked for is to serve (something to carry my laptop, 给手机续命的), what is done before it
    or there already.
    """
    before, after = _before(text, head), text[head.end :]
    if head.fields() & _WHOM:
        return False
    if _OWNED.search(before):
        return True
    if (done := _DONE_AFTER.match(after)) and intents.needs(after[done.end() :]):
        return True
    return bool(_SERVED.search(before) or (_FOR_IT.search(before) and _DOES.match(after)))


def _mentioned(text: str, head: Span) -> bool:
    before, after = _before(text, head), text[head.end :]
    if _SCRAPS.match(after):
        return True
    if _NEAR_IT.match(after) or _DONE_AFTER.match(after) or _NEAR_BEFORE.search(before):
        return True
    if (_USED.match(after) and not head.fields() & (_PET | _WHOM)) or _served(text, head):
        return True
    return bool(_AT_HAND.search(before) or _DONE.search(before) or _SPOILT.search(before))


def _same(text: str, head: Span, other: Span) -> bool:
    """True for another kind of thing that the same clause names later: 给手机充电的台灯."""
    return other.start > head.end and not _CLAUSE.search(text, head.end, other.start) and not other.fields() & _WHOM


def _before(text: str, head: Span) -> str:
    """The clause of a head up to it."""
    starts = [m.end() for m in _CLAUSE.finditer(text, 0, head.start)]
    return text[starts[-1] if starts else 0 : head.start]
