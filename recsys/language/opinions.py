"""What people say of shown items: likes and dislikes, what they bought, what they want to keep."""

import itertools
import re
from collections.abc import Sequence

from recsys.datamodels import EventKind
from recsys.language.text import PICTURES

_LOVELY = "好|棒|美|赞|香|喜欢|爱|萌|可爱|酷|帅|漂亮|治愈|搞笑|有趣|精彩|感人|绝|牛|神|优秀|惊艳|完美|方便|经典|贴心|对味"  # after 太
_PURCHASE = re.compile(
    r"买了|买啦|(?:已经?)?拍下了|已经?付款|付款了|我定了|已买|买过|刚(?:刚)?[买入]|(?:上周|上个?月|去年|前几天|昨天)才?刚?买|下单了|(?:已经?|刚)(?:经)?(?:下单|买好)|入手了|已经有了|已有|我有了|家里有了|有同款|[订租]了|\b(?:booked|reserved|rented)\b|\bbought\b|\bbuying (?:the|that|this|it)\b|\border ?了|(?:^|[,，])买[了吧]?[!！。]*$|钱付了|付了钱|[个款家]我?(?:存|订|投)了|\bended up buying\b|\bpaid for\b|\bordered\b|\bpurchased\b|already (?:own|have|got)|\bi (?:actually |already |do )?(?:own|have) (?:this|that|it|the)\b"
)
_FAVOURITE = re.compile(
    r"收藏|存一下|(?:帮我|先)(?:存|留|收)(?!款)|存着|存起来|收着|留着|先留|加入心愿|加心愿单|记下来|\bsave(?![a-z])|\bbookmark|\bmark(?= |一下)|\bfavou?rites?\b|wish ?list|\bon(?:to)? my list\b|\bkeep (?:the|that|this|it|number)\b(?! (?:[a-z]+ )?(?:under|below|within|at|to|around|between|over|above|less|cheap|short|simple|light|small))|\bshortlist"
)
_POSITIVE = re.compile(
    rf"喜欢|不错|很好|挺好|超好|真好|好吃|太(?:{_LOVELY})|可以|满意|爱了|漂亮|好看|真帅|很帅|帅|好美|很美|真美|棒|赞|就它|就是它|就?买它|(?:就|那就)[买选拿订入](?=第|这|那|它)|(?:好吧|行吧)(?=第)|拿下|下单|就这个|就要|种草|心动|中意|正点|可爱(?!的)|精致|大气|洋气|很酷|挺酷|有范|真香|绝了|好评|对味|合适|感兴趣|有意思"
    r"|没得说|没话说|没的说|圈粉|凑合|种草|相中|深得我心|封神|靠谱|好这口|有点东西|吹爆|爱吃|爱看|(?:超|最|大|贼|特别|太)爱|好喝|好听|好用|惊艳|绝绝子|yyds|种到|稀罕|巴适|安逸|钟意|心水|得劲|顺眼|百看不厌|真温柔|神作|对我?胃口|耐脏|萌|我看行|味儿正|动人|好仙|仙气|我服|服了他|(?<!不)(?:好|真|超|巨)[\u4e00-\u9fff]{1,2}(?:啊|呀|哇|耶)(?=$|[,，!！。])|戳(?:中|到)?我|合我?心?意|合胃口|对胃口|对我口味|合眼缘|(?<=[个部件款家本双条台只])我?[也倒]?想[看要买试]|都行|都可以|也行|还行|还可以|[这那][个款部家件]好|选第|就第|(?<![不别想没])要(?=第[一二三四五六七八九十\d][个件款只部支条双本台家]?[吧了。!！]*$)|^ok(?:ay)? (?:then )?(?=(?:the )?(?:first|second|third|fourth|fifth|last)(?: one)?(?: then| please)?[.!]?$)|\bis fine\b|works for me|\b(?:looks?|sounds?|seems?|feels?) (?:about )?(?:right|the part|promising|lovely)\b|\bthat'?ll do\b|\bi'?ll (?:take|have|go (?:with|for))\b|\bmy (?:pick|choice)\b|\blov(?:e|ed|ely|es)\b|\blike[ds]?\b|\bprefer(?:red)?\b|\bgreat\b|\bnice\b|\bgood\b|\bperfect\b|\bbeautiful\b|\bawesome\b|\bgorgeous\b|\bstunning\b|\bamazing\b|\bexcellent\b|\bfantastic\b|\bwow\b|\booh+\b|\byes\b|\byep\b|\bspot on\b|\ba classic\b|\bexactly what\b|\bjust what i\b|\bdecent\b|\bfab\b|\bbrilliant\b|\bsuperb\b|\bdelicious\b|\byum(?:my)?\b|\btasty\b|\bclassy\b|\bbeauty\b|\bstunner\b|\bwinner\b|\bkeeper\b|\bneat\b|\badorable\b|\bimpressive\b|\bsold\b(?! out)|\bnot bad\b|\bcan'?t go wrong\b|\bcute\b|\blooker\b|\bmasterpiece\b|\bstolen my heart\b|\bfab\b|\bbig yes\b|\bbless it\b|\binteresting\b|\benjoy(?:ed)?\b|\bexactly (?:her|his|my|our|their) (?:style|thing|taste|kind)\b|\bsuits (?:me|us|her|him)\b|\bright up my (?:street|alley)\b|\b(?:i )?can get behind\b|\bmy (?:kind|sort) of\b|\bmy fav(?:e|ou?rite)?\b|\bis (?:so |totally )?sick\b|\bdream car\b|\bsplendid\b|\bhappy with\b|\badore\b|\bfan of\b|[❤😍👍🥰💕😻]"
)
_NEGATIVE = re.compile(
    rf"不喜欢|不是很喜欢|没那么喜欢|不太喜欢|不好看|不好吃|不行|不可以|不满意|讨厌|老土|不感冒|拉黑|划掉|要不得|用不上|不结实|唔啱|不适合我|忒[^,，。]{{1,3}}了|烂尾|烂片|把.{{1,6}}(?:拿掉|去掉|删掉|划掉)|(?<![a-z])pass(?:掉|了)?(?=$|[,，。!！吧])|没一个|没(?:啥|什么)(?:感觉|兴趣)|不是我的?(?:风格|菜|类型|口味)|没感觉|不来电|难看|难吃|太丑|丑|不感兴趣|没兴趣|不合适|不适合|一般|(?<!^)(?<![\d百千万块元年寸斤]就)算了|(?:有点|有些|好|真|挺)(?:土|俗|闷|呛|冲鼻)(?=$|[,，。!！了])|睡着了|(?<=[篇个部款条件家])(?:不用|别)(?:再)?给我看|避雷|踩过?雷|拔草|不爱|无感|不咋|不怎么样|太土|土气|劝退|差评|失望|不要(?!太)|不考虑|不对味|没意思|没劲|无聊|(?:有点|有些|好|偏|真|略|比较|挺|蛮|确实)贵|贵了|不值|鸡肋|掉价|扎眼|老气|辣眼|差点意思|差劲|难用|难喝|难听|不得劲|不对路|不中意|不钟意|不顺眼|踩坑|看不上|没眼看|离谱|抢钱|(?<=[,，])不去(?=$|[了吧。!！])|(?:^ ?|(?<=[》个款件部家条只台嘛吧,，]))就?(?:去掉|踢掉|淘汰|排除)[吧了]?(?=[,，。]|$)|没精神|灰不溜秋|下头|嫌弃|看厌|(?<![别要])太(?!{_LOVELY}|阳|极|太|空|平洋)[^,，。!！了]{{1,4}}(?:了|$|(?=[,，。!！]))"
    r"|(?:do|did|does)(?:n'?t| not) (?:really |quite )?(?:like|love|want|fancy|care)|\bnot (?:really |so |too |that )?(?:good|interested|great|nice|for me|my (?:thing|style|taste)|a fan|keen|into|sure about|the\b|number|#|convinced)|\bnot (?:this|that) (?:one|style|kind|type|sort)\b|\bnot so much\b|\bout of my (?:league|budget|price)|\bover my budget\b|\boverpriced\b|\b(?:it'?s|that'?s|this is|is) (?:such )?(?:an? )?(?:total |complete |real )?rip-?off\b|\buseless\b|\bnot going (?:to|there|for)\b|\b(?:is|are)n'?t (?:for me|my (?:thing|style|type|cup of tea))\b|\ba (?:bad )?joke\b|\bpointless\b|\b(?:drop|forget|cross (?:out|off)) (?:the|that|this|it|number)\b|, no[.! ]*$|\blooks? (?:a bit |so |kind of |just )?(?:weird|odd|strange|funny|cheap)\b|\bugh\b|\byuck\b|\beww*\b|\bgross\b|\brubbish\b|\bcrap(?:py)?\b|\bdull\b|\btacky\b|\bcheesy\b|\blame\b|\bdisappoint\w*|\bno good\b|\bhard pass\b|\bgives me the ick\b|\bleft me cold\b|\btake a hike\b|\bcan go\b|\bsent me to sleep\b|\bbin (?:it|that|the|them)\b|\bnot my idea of\b|\b(?:is|'s) out(?=$|[,.!])|\bso-so\b|\bnot (?:it|worth|a winner|sure)\b|\bnot (?:really |quite )?my (?:thing|style|taste|vibe|cup of tea|jam|type|bag)\b|do(?:es)?n'?t do it for me|\ba (?:hard |big |firm |definite )?no\b(?= from|$|[,.!])|\bnone of (?:these|them|those)\b|\bdoesn'?t do it\b|\bnot feeling\b|\bhate[ds]?\b|\bdislike[ds]?\b|\bugly\b|\bhideous\b|\bterrible\b|\bawful\b|\bboring\b|(?<!not )(?<!n't )(?<!n't be )(?<!nothing )\btoo \w+|\bbad\b|\bmeh\b|\bno way\b|\bnah\b|\bnope\b|\bskip\b|\bpass on\b|\bcan'?t stand\b|\bno thanks\b|[👎🤮]|^ ?no(?:$|[,.! ]*$|, )"
)
_BARE_NOT = re.compile(r"\bones? (?:(?:is|are|was|were|do|does)(?:n'?t| not)|not)[\s.!]*$|\bnot the (?:other|rest)")
_PRAISE = re.compile(r"\bnot bad(?: at all)?\b|不差|不赖|没毛病|挑不出毛病")  # a negated fault
_LIKE_WHAT = re.compile(
    r"\b(?:what|how)(?:'s| is| are|'re| does| do)\b[^,.;!?]{0,40}\blike\b|\b(?:look|feel|sound|taste|smell|seem)(?:s|ed|ing)? (?:a bit |just |more )?like\b"
)  # what's the battery like
_MIXED = re.compile(r"(?<=[a-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-z])")  # love了, 先save一下
_EITHER = re.compile(r"(?:或者?|还是|、|和|跟)[^,，。]{1,8}?(?:都|也)(?:行|可以|好|成)")  # 枕头或者香薰都行
_WHETHER = re.compile(r"(?<!时)([\u4e00-\u9fff])不\1")  # 值不值: asked, not said
_DEAR = re.compile(
    r"太贵|好贵|真贵|有点贵|偏贵|贵了|买不起|\btoo (?:expensive|pricey|dear|costly)\b|\boverpriced\b|can'?t afford"
)
_SHABBY = re.compile(r"太便宜|太廉价|档次太低|不够(?:高档|上档次)|\btoo cheap\b")
_SEEN = re.compile(
    r"(?:看|读|听|吃|喝|穿|戴|去|住|试|用|追|刷|玩)过了?(?:[,，。!！]|$)|(?:看|读|听|追|刷|见)过|(?<![能要想才会快])(?:看|读|听|追|刷)完|(?:吃|去|用|住|试|玩)过(?=第|这|那|它|最后)|\b(?:seen|watched|read|been (?:there|to)|tried)\b"
)
_CLAUSE = re.compile(
    rf"[,，。;；!！?？{PICTURES}]|(?<!\d)\.(?!\d)|\b(?:but|while|whereas)\b|但是|但|不过|(?<=\d) (?=\d)|(?<=[\u4e00-\u9fff]) (?=\d[\u4e00-\u9fff])|\band (?=hate|love|like|dislike|bin|skip|drop|pass|save|keep|the rest)"
)
_ALL = re.compile(
    r"都|全部?|这几|这些|每(?:个|款|件|部|家)|\ball\b|\bthese\b|\bthem\b|\bboth\b|\bnone\b|\bneither\b|\beverything\b|\bany of\b"
)
_CRY = re.compile(r"u+gh+|yu+c?k+|eww*|wo+w|ooh+|哇塞?|唉")
_REST = re.compile(
    r"其他的?|其它的?|别的|剩下的?|其余|另外?(?:一|两|俩|几|那)?[个件款部家条双]|\bthe rest\b|\b(?:the|that) others?\b|\bthe other (?:ones?|two|three|four)\b|\bothers\b"
)
_IT = re.compile(r"\bit\b|\bthis\b|\bthat\b|它|这[个种类样]|这[部款家件本条双台只]|那个")


def spaced(text: str) -> str:
    """A message with spaces where Latin letters meet Chinese characters: love了, 旅行那双why推给我."""
    return _MIXED.sub(" ", text)


def tally(text: str) -> tuple[int, int]:
    """How many words of praise and of blame; a negated like is blame."""
    text = spaced(text)
    text = _EITHER.sub(" ", _LIKE_WHAT.sub(" ", text))
    text = _WHETHER.sub(" ", _PRAISE.sub(" great ", text))
    return len(_POSITIVE.findall(_NEGATIVE.sub(" ", text))), len(_NEGATIVE.findall(text))


def kind(text: str) -> EventKind | None:
    """The event that a clause means; None where it says no opinion."""
    text = spaced(text)
    if _PURCHASE.search(text):
        return "purchase"
    if _FAVOURITE.search(text):
        return "favourite"
    good, bad = tally(text)
    bad += bool(not bad and _BARE_NOT.search(text))
    return None if not bad and not good else ("dislike" if bad >= good else "like")


def seen(text: str) -> bool:
    """True where a clause says that something is known already: 看过了, "we've seen it"."""
    return bool(_SEEN.search(text))


def sentiment(text: str) -> float:
    """-1 dislikes, +1 likes, 0 neither, by the words used; a negated like counts as a dislike."""
    good, bad = tally(text)
    return 0.0 if good == bad else (1.0 if good > bad else -1.0)


def price_level(text: str) -> int:
    """-1 where a message finds things too dear, 1 too cheap, 0 neither."""
    return 1 if _SHABBY.search(text) else -1 if _DEAR.search(text) else 0


def covers(text: str, spans: Sequence[tuple[int, int]]) -> bool:
    """True where all these stretches are words of opinion: 不好看 names no value."""
    said = [m.span() for p in (_NEGATIVE, _POSITIVE, _PURCHASE, _FAVOURITE) for m in p.finditer(text)]
    return bool(spans) and all(any(a <= s and e <= b for a, b in said) for s, e in spans)


def clauses(text: str) -> list[tuple[int, int]]:
    """(start, end) of the clauses of a message."""
    edges = [0, *(m.end() for m in _CLAUSE.finditer(text)), len(text)]
    return [(a, b) for a, b in itertools.pairwise(edges) if text[a:b].strip(" ,，。;；!！?？")]


def opinions(text: str, ranked: Sequence[tuple[int, int]], count: int) -> tuple[tuple[int, EventKind], ...]:
    """What is said of each rank: `ranked` are (rank, position) in the message, `count` is how many are shown.

    A clause without a rank speaks of the ranks before it; "all" and "the rest" mean those that no other clause names.
    """
    out: dict[int, EventKind] = {}
    named = {r % (count + 1) if r < 0 else r for r, _ in ranked}
    last: list[int] = []
    cry: EventKind | None = None  # ugh, the white one looks like a toy
    for start, end in clauses(text):
        said = kind(text[start:end]) or cry
        cry = said if _CRY.fullmatch(text[start:end].strip(" ,，!！.")) else None
        own = [r for r, at in ranked if start <= at < end]
        if not own and named and count and said and _REST.search(text[start:end]):
            own = [r for r in range(1, count + 1) if r not in named]
        if not own and not ranked and count and said and (_ALL.search(text[start:end]) or count == 1):
            own = list(range(1, count + 1))
        strong = said in ("favourite", "purchase")  # 很喜欢，存一下: it is kept
        for rank in own or [r for r in last if strong or out.get(r, "click") == "click"]:
            if said:
                out[rank] = said
            elif seen(text[start:end]):
                out[rank] = "click"
        last = own or last
    return tuple(out.items())


def pronoun(text: str) -> bool:
    """True where the message speaks of it, this or that."""
    return bool(_IT.search(text))
