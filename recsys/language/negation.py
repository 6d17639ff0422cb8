"""Which stretches of a sentence say what is not wanted: 不要红色, 除了黑色, 黑色除外, anything but black, non-floral."""

import re
from collections.abc import Collection, Sequence

from recsys.language import opinions
from recsys.language.nearest import phrases
from recsys.language.shortened import TYPES, WIDER
from recsys.language.text import PICTURES
from recsys.language.values import Span
from recsys.schema import YES

Range = tuple[int, int]
_CUE = re.compile(
    r"(?<!想)(?:不要(?!紧(?![身凑绷]))|不能(?=是|有|带|含|要)|没(?:空|时间|心情)(?=看|追|读|听)|没(?!什么|啥|得|事|用|人|钱|见|关系|问题|想|有|意思|必要|时间|空)(?=[\u4e00-\u9fff]{1,3}的)|不想要|不想看|不想|不喜欢|不需要|不那么|没那么|不太|不怎么|不算|不是很|不用(?!时|的时候)|不含|不带|不是(?![^,，。]{1,8}就(?:得|要|该)?是)|不碰|不插|不[讲说](?=[^,，。]{1,4}[话语])|(?<=[我他她们妈爸友娃])不[穿戴喝开养用](?![^,，。]{0,8}的|着|了|惯|起|下)|不买|不吃|不看|不[喝穿逛订开追戴](?=[^,，]{1,8}了)|不关注|不考虑|不选|不敢[看吃]|不爱[看吃]|[看吃喝碰沾戴穿用骑坐]不[了得]|一[吃喝碰闻穿用](?=[^,，。]{1,5}就[^,，。]{0,3}(?:疼|痛|吐|拉|痒|过敏|上火|难受|睡不着|长痘|喷嚏|起疹|红肿))|受不了|拒绝|谢绝|不让|不许|禁止|不接受|不住|不租|不去|不坐|不玩|不听|莫要|别要|别给我|别推荐|别(?!推(?=[,，。!！ ]|$)|的|人|针|致|样|墅|称|国|处|家|种|款|号|名|提)"
    r"|除了|除去|除开|排除|非(?!常|洲|农|凡|物质|得|要|买)|[甭莫勿](?=给|要|来|推|有|是|用|带)|(?<![有我还们家都])没有|讨厌|对(?=.{1,8}过敏)"
    r"|drop(?= (?:anything|everything|all|any)\b)|leave out|leave off|keep(?=(?: [a-z]+){1,4} away)|(?:seen|watched) (?:all the|every)|(?:nobody|no one|none) (?:who|that|from|in(?! (?:this|my|our)\b)|[a-z]+ing|[a-z]+ed by)|nothing (?:that(?:'s| is)|which is|with|in|from|by|like|on|about|to do with)|nothing(?= [a-z-]{3,}(?: |,|$))(?! (?:over|above|under|below|more|less|else|older|newer|later|earlier|special|specific|particular|wrong|like|fits?|matters?|booked|planned|arranged|sorted|ready))|forget(?: about)?(?! everything)|(?:had )?enough(?= (?:of |with )?[a-z]+(?: for| now|,|$))|enough (?:of|with|about)|done with|no more|anywhere but(?: the)?|any(?:thing|where|one|body| [a-z]+) bar(?= )|barring|(?:any(?:thing|where|one)?|everything|everywhere|all)(?: [a-z]+){0,2} (?:but|except)(?! the)|other than|except(?: for)?|without|(?:ha(?:s|ve)n'?t|with(?:out)?) (?:got )?(?:any|no)(?= )|ha(?:s|ve)n'?t got|don'?t want|do not want|don'?t like|do not like|don'?t show(?: me)?|don'?t(?= (?:go|sit) in)|(?<!who )does(?:n'?t| not)(?! (?:matter|have to|need|mind|cost|look|feel))|hate|avoid|skip|exclud(?:e|ing)|rul(?:e|ing) out|steer clear of|refus(?:e|es|ing) to|won'?t(?= (?:drive|wear|eat|drink|watch|read|use|buy|touch|have|go) )|stay away from|not into|can(?:'?t|not) (?:stand|drive|eat|drink|wear|use|handle|follow|understand|speak)|leave(?=(?: [a-z]+){1,3} out\b)|must(?:n'?t| not)(?= be| have| contain)|(?:can'?t|cannot|can not|shouldn'?t|should not) (?:be|have|contain)|apart from|aside from|free of|rather than|而不是|而非"
    r"|(?:seen|watched|read|had|eaten) (?:plenty|enough|lots|loads|a lot|too much|all|most) (?:of|from)|minus(?: the)?|had enough of|outgrown|sick of|tired of|allergic to|neither|outside(?: of)?(?= [a-z]+(?:$|[,.!?]| and))|isn'?t(?! an? [a-z]+,)|aren'?t|(?:not|nothing) too|\bless(?= [a-z]+(?:$|[,.!?]| and| please))|\bnot(?! only)\b|\bno\b|\bnon-)"
)
_WITHOUT = re.compile(
    r"(?:没(?=[\u4e00-\u9fff]{2})|不要|别要|不想要|不能有|不带|不含|不加|别加|没有|别有)(?:带|有|含|加)?"
)
_FREE = re.compile(r"不用|无需|不必|不需要|不要")
_LACKING = re.compile(  # 没电梯的不要: with a lift
    r"没有?([\u4e00-\u9fff]{1,4})的(?:都|也|就|统统|一律)*(?:不要|别要|不行|免谈|不考虑|不看|pass)"
)
_HELD = re.compile(
    r"[含带有]([\u4e00-\u9fff]{2,3})的(?:都|也|就|统统|一律)*(?:不要|别要|不行|免谈|不考虑)"
)  # 含酒精的不要
_NONE = re.compile(  # 一点辣都碰不得, 吃不了一点辣
    r"[一半](?:点|丁点|丝|口)儿?([\u4e00-\u9fff]{1,2})都(?:不(?:能|要|想|可以)?[吃喝碰沾要放加]?|没有?|[吃喝碰沾]不[了得])"
    r"|(?:[吃喝碰沾]不[了得]|不[吃喝碰沾要]|没有?)一(?:点|丁点)儿?([\u4e00-\u9fff]{1,2})(?=$|[,，。的])"
)
_WONT = re.compile(r"(?:不会|不怕|不容易|不太会|不老|别老|别总|(?<!特)别|怕)(?:被|给我)?")
_END = re.compile(
    rf"[,，。.;；!！?？{PICTURES}]| (?:but|though|instead)\b| and (?=no |not |nothing )|\b(?:as|so) (?:long|    ) as\b|\bprovided\b|但是|但|而是|而要|都行|都可以|以外|之外|除外|只要|(?<![不别需主重])要(?![求不])|(?<!不)想要|(?<!不)想看|\bi (?:want|need|like)\b|\bplease\b"
)
_AFTER = re.compile(
    r"除外|以外|之外|(?:的(?:那种|这种|那些)?)?(?:就|都|给我|也|全|统统|通通|一律|请|可以)*(?:算了|[别甭莫]推|跳过|略过|免谈|打住|不要|不想要|不用|免了|不考虑|排除掉?|剔除掉?|[划拿筛去剔踢删]掉|淘汰掉?|pass(?![a-z])掉?|[别甭莫]再?(?:给我|来了?|出了?|出现|放|上|列|算|拿|加|带|选|要|整)(?:看|推|推荐|来|进来|上来|出来)?(?=[了吧啊,，。!！ ]|$))|的?(?:实在|其实|有点|还是|真|都|也)*不(?:方便|合适|实用|好打理|耐脏|经[穿用脏]|好[搭洗穿走拿])(?=[,，。!！ ]|$)|(?:我|我们|他|她|实在|真的?|都|也|是)*(?:不会[开用玩骑弹](?=[,，。!！ ]|$)|[开穿吃喝看听玩用学住睡坐驾碰沾]不(?:来|惯|了|起|下去|懂|得)(?=[,，。!！ ]|$))|太[^,，。]{1,4}了?[,，。\s]*(?:去掉|拿掉|排除|pass(?=$|[,，。吧])|算了)|也太[^,，。]{1,3}了?(?=$|[,，。!！])|太[^,，。]{1,4}了?[,，](?=只要|只看|就看|只考虑)|(?<=[的色款])太[^,，。]{1,4}了?[,，](?=(?:还是|那?就)?(?:要|换|来|改)(?![的是]))|不行[,，。\s]*(?=(?:换|改|要|来|给我))|(?<=的)不行(?=[,，。]|$)|(?:看|听|读)着?不过瘾|(?<![?？,，.!])\s(?:also no|no thanks|no thank you|is a no|nope)\b|太[^,，。]{1,4}了?[,，。\s]*除了[那这](?:边|里|儿|个|家|种)|[,，。\s]*除了[那这][种类](?=[^,，。]{0,4}都)|太[^,，。]{1,4}了?[,，。\s]*(?:别的|其[他它])[^,，。]{0,3}[都也](?:行|可以|ok|好|成)|的(?:我|我们)?不[戴穿吃喝看用开买住养](?=[,，。!！ ]|$)|(?:也|真|太|挺|有点|实在)*没(?:劲|意思|兴趣|感觉)(?=[,，。!！ ]|$)|(?:的)?都(?:长)?一个样|大同小异|(?:都)?(?:看过|看腻|吃腻)|我?(?:实在|真)?[看追读听吃]不过来|我?(?:实在|真)?吃不消|我?听着?吃力|我?(?:实在|总)?[开用弄玩学]不(?:好|转|明白)(?=[,，。!！ ]|$)|(?:都|也|真|早)?(?:腻|烦)了|(?:都|已经)?(?:看|刷|追|读|听)(?:完|遍|全|光)了|(?:最近|都|已经)?(?:[看吃喝玩穿用听]|住)(?:得)?(?:太多|够|怕|烦|伤)了?|(?:也|都)(?:不行|不可以|不能[吃喝碰要])|(?:家里|我|已经|早就)*都?有了[,，]?(?:就|请|麻烦)?别再?(?:推荐?|给我|来)了?|过敏|-free\b|(?:(?:的事|就|先)+放一放|(?:的事)?(?:就|先)*(?:放放(?=[吧,，。再了]|$)|放一下|放一边|放着|搁一边|缓一缓|(?<![剧片书影番歌])缓缓(?=[吧,，。再]|$)|到此为止|不急))|\b(?:is|are)(?:n'?t| not) (?:what i|for me|an option)\b|\b(?:is|are) (?:out|off the table|a no)\b(?! of)"
    r"|\b(?:is|are) (?:a bit|way|far|just)? ?(?:too )?much\b|\b(?:is|are) overkill\b|\b(?:is|are|looks?|seems?|sounds?) (?:just |way |far |a bit |all )*too \w+(?=\W+(?:what|anything|something|anywhere|someone|who|got anything|any) else)|(?:太|有点|有些)[^,，。]{1,5}[,，。\s]*(?=(?:还?有|换|来|看)[^,，。]{0,3}(?:别的|其[他它]))"
)
_IDLE_FOR = re.compile(
    r"(?:年|月|周|天|星期|礼拜|阵子|暂时|时间|  )内?(?:都|也)?$"
)  # 半年不用, its number read: idle money
_NOT_WITHOUT = re.compile(
    r"(?:不能|不可以?|离不开|少不了)$|\b(?:can'?t|cannot|can not|couldn'?t|won'?t) (?:do|live|go|be|manage|survive) $"
)
_NEAR = re.compile(r" (?:near|close to|next to|not far from|around) ")  # no spice at all near Wangjing
_IS_NO = re.compile(r"\b(?:is|are)(?:n'?t| not) (?:an? )?$|不[是算]$")  # a bouquet isn't a plant, leave those out
_THAT = re.compile(r"[这那]个?(?:牌子|品牌)|[他它]家|\b(?:those|them) out\b|\b(?:that|this) brand\b")
_LISTED = re.compile(r"色?(?:的|也|都|就|统统)")  # 白的黑的也不要, but of 不要皮的休闲鞋 no more than 皮
_THESE = re.compile(r"[这那以上][俩两几些上三]")  # 这俩都不要: those of the clauses before
_TOO = re.compile(r"(?:别|不要|不想要|不|没)?(?:太|那么|怎么)[^,，。的得]{1,3}的(?=[\u4e00-\u9fff])")
_AGAIN = re.compile(r"也?(?:不要|别要|不想要)|也别")  # the next thing that is not wanted
_NEEDLESS = re.compile(
    r"(?:don'?t|do not) (?:really )?(?:care|mind) (?:about|if there is)|(?:not|isn'?t) (?:bothered|fussed|fussy) about|不需要|不用(?!的)|无需|没必要|不一定要|do(?:es)?n'?t need|no need for|needn'?t have"
)
_OPTIONAL = re.compile(r"不一定(?:非?[要得])|不必非|does(?:n'?t| not) (?:have|need) to (?:be|have)|needn'?t be")
_NEEDED = re.compile(r"s? (?:is |are )?(?:needed|necessary|required)\b")
_UNNEEDED = re.compile(
    r"[一]?[点些]儿?也(?:不要紧|没关系|无所谓|不打紧|没事)|\b(?:is|are)(?:n'?t| not) (?:needed|necessary|required|a must|important|essential)\b|\bdo(?:es)?(?:n'?t| not) matter\b"
)
_NEEDLESS_AFTER = re.compile(r"\bno .{2,24} (?:needed|necessary|required)|(?:不|没)(?:必要|所谓)|无所谓")
_WEAK = re.compile(r"(?:放进来|放上来|列进来|放出来|加进来|给我|推荐?|出现?|[\s的了吧啊呢哦,，。.!！])+|either")
_IDLE = re.compile(r"(?:就|先|都|也|暂时|这次|今天|我|给我|还是|一律|[\s,，。])*")
_EVERY = re.compile("[都全]|统统|通通|一律")
_GAP = re.compile(r"(?<=[\u4e00-\u9fff])\s+(?=\S)")  # 要三排的 柴油不要, but of 黑色 白色 都不要 both
_CLAUSE_START = re.compile(rf"[,，。.;；!！?？{PICTURES}]|\b(?:but|and)\b|但是|但")
_REFUSED = re.compile(
    r"^我?(?:不要|不想要|别要)\s*(?P<zh>\S.*)$|^(?:no|not (?:by|from)|without|nothing (?:by|from)|anything but)\s+(?P<en>\S.*)$"
)


def refused(text: str) -> bool:
    """True where a whole message says what is not wanted, and that is neither an opinion nor something shown: 不要耐克."""
    match = _REFUSED.match(text)
    what = (match["zh"] or match["en"]) if match else ""
    named = phrases(what, ()) or re.fullmatch(r"[\u4e00-\u9fff]的", what)  # 不要虐的
    return bool(what and named and opinions.kind(what) is None and not opinions.pronoun(what))


def freed(text: str, lexicon: Collection[str]) -> str:
    """不要香精的 and 不含酒精 ask for 无香精 and 无酒精, 别粘 for 不粘 and 怕滑 for 防滑 where a catalogue has such a value, 一点辣都碰不得 for 不辣; positions stay."""
    for cue, signs, shortest in ((_WITHOUT, "无", 2), (_WONT, "不防免", 1), (_FREE, "免", 2)):
        for match in cue.finditer(text):
            after = [text[match.end() : match.end() + n] for n in range(4, shortest - 1, -1)]
            sign = next((s for word in after for s in signs if word and f"{s}{word}" in lexicon), "")
            if sign:
                text = f"{text[: match.start()]}{' ' * (match.end() - match.start() - 1)}{sign}{text[match.end() :]}"
    text = _LACKING.sub(lambda m: f"{' ' * (m.start(1) - m.start())}{m[1]}{' ' * (m.end() - m.end(1))}", text)
    for match in _HELD.finditer(text):
        if (sign := f"无{match[1]}") in lexicon:
            text = f"{text[: match.start()]}{sign:<{len(match[0])}}{text[match.end() :]}"
    for match in _NONE.finditer(text):
        word = match[1] or match[2]
        sign, word = next(((s, w) for w in (word, word[:1]) for s in "不无" if f"{s}{w}" in lexicon), ("", word))
        text = f"{text[: match.start()]}{f'{sign}{word}':<{len(match[0])}}{text[match.end() :]}" if sign else text
    return text


def ranges(text: str, spans: Sequence[Span]) -> list[Range]:
    """(start, end) of each stretch that is not wanted: from its cue to the end of the clause, or the clause before a late cue."""
    out: list[Range] = []
    for cue in _CUE.finditer(text):
        if any(a <= cue.start() < b for a, b in out) or _refuses_nothing(text, cue, spans):
            continue
        end = max([_end(text, cue), *(s.end for s in spans if cue[0] == "non-" and s.start == cue.end())])
        if not _WEAK.sub("", text[cue.end() : end]):  # 黑色也不要: what is not wanted stands before
            out.append((_before(text, cue.start(), spans), cue.end()))
        else:
            out.append((cue.start(), end))
    for cue in _AFTER.finditer(text):
        if any(a <= cue.start() <= b for a, b in out) or _refuses_nothing(text, cue, spans):
            continue
        out.append((_before(text, cue.start(), spans), cue.end()))
    return sorted(_meant_before(text, at, spans) for at in out)


def _meant_before(text: str, at: Range, spans: Sequence[Span]) -> Range:
    """素年啊，他家起球，别推这个牌子了: what a refusal that names nothing itself means is what was named last before it."""
    before = [s for s in spans if s.end <= at[0]]
    named = [s for s in before if not _IS_NO.search(text[: s.start])]
    if not named or not _THAT.search(text, *at) or any(at[0] <= s.start < at[1] for s in spans):
        return at
    return _clause(text, named[-1].start), at[1] if named == before else named[-1].end


def _before(text: str, at: int, spans: Sequence[Span]) -> int:
    """Where what a late cue refuses begins: 理财里把黄金排除掉 refuses the gold, 这俩都不要 those of the clauses before."""
    start = _clause(text, at)
    if not text[at - 1 : at].isspace() and not _EVERY.search(text, max(0, at - 2), at + 1):
        gaps = [m.end() for m in _GAP.finditer(text, start, at)]
        start = max([start, *(g for g in gaps if any(g <= s.start < at for s in spans))])
    return 0 if _THESE.match(text, start) else max(start, text.rfind("把", start, at))


def _refuses_nothing(text: str, cue: re.Match[str], spans: Sequence[Span]) -> bool:
    """True for money that lies idle (半年不用), what one cannot do without, and a cue inside a longer phrase of the catalogue."""
    start, end = cue.span()
    if _NOT_WITHOUT.search(text[:start]):
        return True
    idle = cue[0].endswith("不用") and _IDLE_FOR.search(text[: end - 2])
    return bool(idle) or any(
        (s.start <= start and end <= s.end and s.end - s.start > end - start)
        or (start < s.start < end < s.end and text.startswith("no ", s.start))  # with no spice
        for s in spans
    )


def _end(text: str, cue: re.Match[str]) -> int:
    """Where a negation ends: with its clause; that of non- with its word, that of 别太苦的挂耳 with 的."""
    if too := _TOO.match(text, cue.start()):
        return max(too.end(), cue.end())
    end = re.search(r"\s", text[cue.end() :]) if cue[0] == "non-" else None
    if end:
        return cue.end() + end.start()
    found = (_END.search(text, cue.end()), _NEAR.search(text, cue.end() + 1), _AGAIN.search(text, cue.end() + 1))
    ends = [m.start() for m in found if m]
    return min(ends, default=len(text))


def _clause(text: str, at: int) -> int:
    """Where the clause that holds a place begins; the one before, where it says nothing itself: 火锅吃太多了，先不考虑."""
    starts = [0, *(m.end() for m in _CLAUSE_START.finditer(text, 0, at))]
    return next((s for s in reversed(starts) if not _IDLE.fullmatch(text[s:at]) or "  " in text[s:at]), 0)


def needless(text: str, spans: Sequence[Span]) -> set[Span]:
    """What need not be there, which is no condition: 不需要包间, no private room needed, it doesn't have to be leather."""
    free = [(m.start(), _end(text, m)) for m in _OPTIONAL.finditer(text)]
    ranges = [(m.start(), _end(text, m)) for m in _NEEDLESS.finditer(text)]
    ranges += [(_clause(text, m.start()), m.end()) for m in _NEEDLESS_AFTER.finditer(text)]
    free += [(_clause(text, m.start()), m.end()) for m in _UNNEEDED.finditer(text)]
    plain = [s for s in spans if _NEEDED.match(text, s.end) or any(v.lower() in YES for _, v in s.pairs)]
    return {
        s for own, at in ((spans, free), (plain, ranges)) for s in own for a, b in at if a <= s.start and s.end <= b
    }


def negated(spans: Sequence[Span], unwanted: Sequence[Range], text: str) -> set[Span]:
    """The spans that are not wanted. A negation covers the modifiers, not the head noun: "no leather shoes" still wants shoes,
    and 别太残酷的战争片 a film of war; the kind of thing itself is unwanted only where nothing else is named.
    """
    out: set[Span] = set()
    for start, end in unwanted:
        inside = [s for s in spans if start <= s.start and s.end <= end]
        other = any(s.fields() & set(WIDER) for s in spans if s not in inside)  # 零食，不要巧克力
        modifiers = [s for s in inside if not s.fields() & set(WIDER) or (other and s.fields() & set(TYPES))]
        if any(s.fields() & set(TYPES) for s in modifiers):  # 饼干跟糕点都别给我: both
            modifiers = [s for s in inside if s in modifiers or s.fields() & set(TYPES)]
        before = text.find("的", start, modifiers[0].start) if modifiers else -1
        if before - start > 3 and _CUE.match(text, start):  # 没有辣椒的湘菜: the cuisine is wanted
            modifiers = [s for s in modifiers if s.end <= before]
            if not modifiers:
                continue
        if not modifiers:
            described = any("的" in text[start : s.start] and len(text[start : s.start]) > 3 for s in inside)
            named = [s for s in inside if s.end - s.start > 1 or s.start - start < 4]  # 别让我亏钱 refuses no finance
            out.update([] if described else named)  # 不要皮的包: the bag is wanted, whatever 皮 is
            continue
        de = text.find("的", modifiers[0].end, end)
        out.update(
            s for s in modifiers if de < 0 or s.end <= de + 1 or _LISTED.match(text, s.end) or text[s.end - 1] == "的"
        )
    return out
