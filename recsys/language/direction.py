"""At most, at least or about: what the words before and after a number say of it."""

import re

_LESS_BEFORE = re.compile(
    r"(?:\b(?:tops|stretch(?:ing)? to|push (?:it|that) (?:up )?to|go (?:up|as high) (?:to|as)|run to|raise (?:it|that) to|up it to)|(?<=[均价额费算格重量度a-z])不过|不(?:高过|多过|大过|超过|超出|超|高于|多于|大于|重于|长于)|(?:低于|少于|小于)(?:等于|或等于)?|不大于|短于|轻于|(?:轻|低|小|短|少|便宜|薄|窄|近)过|(?:最多|至多|顶多|撑死)(?:只能|只|能)?[存放锁投等花付掏拿出看玩住用走坐喝吃]?|最高|最贵|顶天|不到|没到|没过|不上|花不了|用不了|不足|(?:[别莫甭勿]|不要|不能|不可以|不想|不可|不许)(?:过|超过|超出|超|高于|多于)|控制在|压到|降到|卡死?在|卡到|锁死?在|限在"
    r"|(?:no|not) (?:more|longer|higher|bigger|larger|heavier|greater|older|later|dearer|pricier|costlier|over|above|exceeding)(?: than)?"
    r"|(?:not|never|n't)(?: go| run| be)? past|nothing (?:above|over|past|beyond|(?:more|(?:[a-z]+ )?(?:dear|pric|costl|heav|long|bigg|larg|high|lat|loud|tall|wid|deep|thick|fast|bright|strong|room)i?er) than)|(?:手里|手头|身上|兜里|卡里)?[就只还]?剩(?:下|了)?(?!余)|(?:less|fewer|cheaper|lower|shorter|lighter|smaller|younger|quieter|earlier|thinner|slimmer|narrower|quicker) than|at most|up to|under|below|beneath"
    r"|within|inside|(?:exit|out|back|done|through|read|finish(?:ed)?|ready|over) in|spend up to|(?:max|maximum)(?: (?!of|over|above|more|at|no|not)[a-z]+){0,2}(?: of)?|before|pre-?|\bsub[- ]?|<=?|≤|south of|not exceeding|(?:tops?|max(?:es)?|caps?) out at|capped at|a cap of|(?:cap|limit|ceiling|max(?:imum)?)(?: is|'s)|limited to|不多于|不出|(?:上限|封顶)(?:是|为|在)?|(?:预算|budget)(?:'s| is| of)?(?:可以|能|最多|最高)?(?:提高到|提到|加到|涨到|放宽到|放到|抬到|拉到|上到|上调到|调到|改到|改成|调整到|增加到|只有|就|是|为|在|大概|:|just)?|don't (?:want to )?(?:exceed|go over))\s*(?:about |the |just |an? )*$"
)
_MORE_BEFORE = re.compile(
    r"(?:别低于|不要低于|不能低于|不(?:低过|少过|小过|低于|少于|小于|短于|轻于)|(?:至少|最少|起码)(?:要|得|需要?|能|有|到|达到|够)*(?:管得住|管得了|管)?[存放锁投用看玩住装坐睡盛容撑跑听飞拍潜]?|最低|超过|(?:高于|大于|多于)(?:等于|或等于)?|长于|(?:大|高|多|长|重|厚|宽|贵)过|(?<=[丝粉量程航价分数])[过破]|(?:坐|装|放|住|容|睡)得下|能(?:坐|装|放|住|容)下|(?:能|可以?|够)(?:连续|持续|一次性?|一口气|单次)*(?:撑|跑|冲|煮|扫|工作|用|吸|待机|续航|放|装|坐|存|下水|潜水?|承重|承受|扛|播放?|听|打|飞|拍)(?:得?下|到|够|满)?|(?:能|要能|得)(?:上|达到?)|\b(?:lasts|lasting|(?:that|to|must|should|can|will) last|goes|holds?|holding|seats|seating|sleeps|plays?|playing)(?: for)?|\bgood for|\bdown to|容纳|\b(?:has|needs|have|need|must|should|got) to (?:do|go|cover|manage)|\bmust (?:do|go|manage)|(?<![足能])够|(?:得|要|最好)过|够坐|room for|big enough for|at (?:the )?least|(?:no|not) (?:less|fewer|under|below|cheaper|smaller|shorter|lower)(?: than)?"
    r"|(?:最差|再差|怎么|少说)也?(?:要|得|该|能)?有?|(?:more|greater|longer|larger|bigger|higher|newer|later|heavier|better|taller|wider|deeper|thicker|faster|brighter|stronger|roomier|louder|dearer|pricier|costlier) than|over|above|from|starting at|(?:min|minimum)(?: (?!of|under|below|less|up|within|no|not|at|max)[a-z]+){0,2}(?: of)?|since|after|post-?"
    r"|north of|beyond|(?:go(?:es)? |run(?:s)? |last(?:s)? )?past|upward of|(?:not|no) (?:less|fewer|worse) than|不差于|下限(?:是|为|在)?|(?:no|nothing|nowt) older than|(?:no|nothing) earlier than|not older than|>=?|≥|upwards of|exceeding)\s*(?:about |the |an? )*$"
)
_NEAR_BEFORE = re.compile(
    r"(?:大概|大约|差不多|约莫|约|around|(?<!what )(?<!how )about|roughly|approximately|circa|approx\.?|in the region of|somewhere (?:around|near)|give or take|ish|like)(?: an?)? ?$"
)
_GAP = r"(?:[\s的]|[^\d,，。;；.!！?？零一二两三四五六七八九十百千万]{1,22}?)?"
_NEEDED = r"(?:就|才|再)?(?:要|得|需要?|会|想|打算)?(?:用(?!不)|花掉|取出?|拿出)"  # 半年后要用: not tied up for longer
_LESS_AFTER = re.compile(
    rf"\s?个?(?:以|之)?后{_NEEDED}|"
    r"\s?个?(?:座位?|位|人|口|装|一[位人晚]|每[位人晚]|一个人)?的?(?:[及或和](?:其)?)?(?:以内|之内|以下|之下|以里|有找|不到一?点点?|(?:就|都|能|可以?)*(?:拿|买)得[下到起]|或者?更(?:小|少|低|便宜|轻|短|近)|(?:就|能|可以?)*(?:搞定|拿下)|[一已]内(?=$|[,，。的!！ ])|一下(?=$|[,，。的!！ ])|都?不到(?=的|$|[,，。!！ ])|封顶|撑死|顶天|到顶|到头|打住|为限|满打满算|(?:元|块钱?)?(?:就)?是(?:上限|极限|顶了)|打得?住|以前|之前|往下|(?:元|块)?的?(?:预算|budget\b)|打底以下|为上限|(?:就|内|里头?)?(?:能|可以)?[看读听做刷煮炖洗]得?完|(?:就)?能?(?:走)?到(?=公司|单位|地铁|家|学校|[,，。的]|$)|内(?!存|衣|裤|饰|胆|置)|里头?(?!面|程|有|的|头)(?=[,，。;；!！ ]|$)|前(?![后面三两几])|(?: yuan| dollars| bucks)? to (?:spend|blow|burn|play with)|(?:[a-z]{3,10} )?(?:ceiling|limit|cap)\b|,? ?(?:and )?not (?:a|one) (?:penny|cent|dime|yuan|dollar|minute|gram) more|[,，]?一(?:分|块)钱?都不(?:能|想)?多|(?:[a-z]{3,10} |(?:a|per) (?:head|person) )?or (?:less|under|below|fewer|cheaper|lower|lighter|smaller|shorter|quieter|thinner|slimmer|narrower|quicker|sooner|older|earlier|so max)\b"
    r"|\s?(?=(?:[a-z-]{2,12} ){2,3}or (?:less|under|fewer|cheaper|lower|lighter|smaller|shorter|quieter|thinner|slimmer|narrower|quicker)\b)"
    rf"|\s?(?:below|under)(?=\s*(?:$|[,，。]))|(?: (?:per|a) (?:person|head)| an? [a-z]+)? is (?:the|my|our) (?:absolute |very |upper )?(?:max(?:imum)?|limit|lot|budget|most|ceiling|cap)\b|and (?:under|below|less)(?=\s*(?:[,.;!?]|$))|{_GAP}(?:,\s?)?(?:at (?:the )?(?:very )?most|tops|max(?:imum)?)(?![a-z])(?! of)(?!\s*\d))"
)
_MORE_AFTER = re.compile(
    r"\s?个?(?:座位?|位|人|口|装|一[位人晚]|每[位人晚]|一个人)?的?(?:[及或和](?:其)?)?(?:[,，]?\s?[得要都能也可以]*(?:坐|住|睡|装|放)得下|以上|之上|[往朝][上后]|开外|有余|或者?更(?:大|多|高|长|新|久|好)|(?:以|之)后(?!"
    rf"{_NEEDED}"
    r")|到现在|至今|到今天|起步|打底|起(?!来|投|购|送|码)|后(?![面排座备]|"
    rf"{_NEEDED}"
    r")|(?:on (?:one|a)(?: single)? (?:tank|charge) )?(?:(?:drive|disk|ssd|reads?|films?|books?|episodes?|articles?|stories|pieces?|screen|display|battery|tank|bag|pot) )?or (?:more|above|bigger|larger|longer|newer|higher|better|over|up|since|later|heavier|taller|wider|deeper|thicker|faster|brighter|stronger|roomier|greater|beyond)\b"
    rf"|and (?:up|above|over)(?=\s*(?:[,.;!?]|$))|and up\b|(?:to|till|until) (?:now|today|date)\b|and (?:later|after|newer)\b|out of (?:it|one charge|a charge|the battery)\b|onwards?\b|on(?=\s*(?:[,.;]|$))|\+(?!\d)|plus\b|{_GAP}(?:at (?:the )?(?:very )?least|min(?:imum)?)(?![a-z])(?! of)(?!\s*\d))"
)
_ABLE = re.compile(r"能|可以|够|last|play|hold")
_ABOUT = re.compile(r"(?:预算|budget).*(?:about|大概|around)\s*$")
_NEAR_AFTER = re.compile(
    r"\s?个?(?:座位?|位|人|口)?(?:把(?=[块元个])|左右|上下|出头|前后|差不多|差勿多|来块|来|(?:的)?样子|光景|,? ?give or take(?: a (?:bit|little|few))?|,? ?(?:or )?thereabouts|more or less|or so\b|ish\b|-ish\b)"
)

# what lies beyond a bound is refused: 不想花超过250, not a penny over 300, 超过三百就不考虑了
_REFUSED_BEFORE = re.compile(
    r"(?:不想|不愿|不打算|不准备|不要|不能|不可以|不会|没法|别|never|nowt|nowhere|can'?t|cannot|won'?t|wouldn'?t|shouldn'?t|mustn'?t|should not|must not|(?:don'?t|do not) (?:want|wanna|like|plan|intend|need|wish|care)|not (?:a|one) (?:penny|cent|dime|dollar|yuan|gram|minute|day)|rather not|\b(?:complain\w*|moan\w*|grumbl\w*|freak\w* out|kill me) if\b|\b(?:is|are|does|do)(?:n'?t| not)|\b(?:drop(?!-)|exclude|skip|lose|ditch|rule out|leave out)\b|\bnothing|\bnone|\bno\b)"
    r"(?:[^,，。.;；!！?？\d]{0,6}|(?<=[a-z])[a-z' ]{0,24})$"
)
_REFUSED_AFTER = re.compile(
    r"的?[^,，。\d]{0,4}?我?(?:可|真)?(?:等|熬|锁|耗)不起|[^,，。;；!！?？\d]{0,3}?(?:的话?|的东西|那些|那种)?[,，]?\s?(?:我)?(?:就|都|一律|一概)?(?:别放|别列|别出现|不考虑|不要|不买|不看|免谈|算了|别推|别给我(?:看|推)?|别让我看到?|pass|免了)(?:进来|上来)?(?=[了吧哦啊,，。.!！]|$)|\s?(?:is|are|'s) (?:out|too (?:much|expensive|pricey|long|heavy|big)|a no|off the table)"
)
_REFUSED_NEXT = re.compile(
    r"(?:非|不要|别要|不想要|不看|不考虑|别给我推荐?|别推荐?|除了|\b(?:not|nothing|no|except|anything but))\s?(?:价格|人均|评分|between |from )?[$¥￥]?\s?$"
)
_LABEL_LIKE = re.compile(r"(?:min|max)(?:imum)?(?: (?!of)[a-z]+){0,2}(?: of)?\s*$|\bfrom\s*$")
_OPPOSITE = {"lte": "gte", "gte": "lte"}


def refused(before: str) -> re.Match[str] | None:
    """Where what follows at once is not wanted: 不要500以上的, not 300 to 500."""
    return _REFUSED_NEXT.search(before)


def denied(after: str) -> bool:
    """True where what was just said is refused: 三五年的我可等不起."""
    return bool(_REFUSED_AFTER.match(after))


def direction(before: str, after: str, start: int, end: int) -> tuple[str, int, int]:
    """lte, gte, near or exact, with the stretch that the words of comparison take too; a bound whose far side is refused is turned."""
    kind, first, last = _stated(before, after, start, end)
    if kind not in _OPPOSITE:
        return kind, first, last
    cue = _REFUSED_BEFORE.search(before[: first - start]) if first < start else refused(before)
    if cue:
        return _OPPOSITE[kind], cue.start(), last
    tail = _REFUSED_AFTER.match(after[last - end :])
    return (_OPPOSITE[kind], first, last + tail.end()) if tail else (kind, first, last)


def _stated(before: str, after: str, start: int, end: int) -> tuple[str, int, int]:
    """What the words of comparison say; the longer of two readings wins."""
    behind: tuple[int, str] | None = None
    for kind, pattern in (("lte", _LESS_AFTER), ("gte", _MORE_AFTER), ("near", _NEAR_AFTER)):
        match = pattern.match(after)
        if match and (behind is None or match.end() < behind[0]):
            behind = match.end(), kind
    best: tuple[int, str, int] = (0, "exact", start)
    for kind, pattern in (("lte", _LESS_BEFORE), ("gte", _MORE_BEFORE), ("near", _NEAR_BEFORE)):
        match = pattern.search(before[-30:])
        if match and match.end() - match.start() >= max(best[0], 1):
            best = (match.end() - match.start(), kind, start - (match.end() - match.start()))
    if best[1] == "lte" and _ABOUT.match(before[best[2] - start :] if best[0] else ""):
        best = (best[0], "near", best[2])
    if behind is not None and behind[1] in _OPPOSITE and _OPPOSITE[behind[1]] == best[1] and _LABEL_LIKE.search(before):
        return behind[1], start, end + behind[0]  # a minimum of 500 or less
    if behind is not None and (best[1] in ("exact", "near") or (behind[0] <= 6 and behind[1] != "near")):
        return behind[1], best[2] if best[1] != "exact" else start, end + behind[0]
    if behind is not None and behind[1] == "near" and _ABLE.match(before[best[2] - start :]):  # 能用两天左右
        return "near", best[2], end + behind[0]
    if best[1] == "gte" and (near := _NEAR_BEFORE.search(before)) and _ABLE.match(before[best[2] - start :]):
        return "near", start - (near.end() - near.start()), end  # holds about half a litre
    if behind is not None and behind[1] == "near" and before.rstrip().endswith(("预算", "budget", "控制在", "压到")):
        return "near", start, end + behind[0]
    return best[1], best[2], end
