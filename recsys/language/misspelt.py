"""What is often mistyped or said otherwise in dialects, with the plain words for it; and words that are a letter apart."""

import re
from string import ascii_lowercase

SLIPS = (  # also what dialects write for the same words
    (re.compile(r"\b(lower|higher) heels(?=[?.!]*$| please\b)"), r"\1 heel"),
    (re.compile(r"\b(?:can you )?beat (?:its|that|this) price\b"), "cheaper than it"),
    (re.compile(r"(?<![零〇一二三四五六七八九十百千万])([五六七八九])([零〇一二三四五六七八九])年(?=的|拍|上映|出品)"), r"一九\1\2年"),
    (re.compile(r"((?:下单|买|整|弄|来|换|搞|入|要|点|叫|订)(?:一?[个条件双台部辆只款本瓶套把支份盒]|点)[^,，。不]{1,18}?)算了(?=[,，。!！]|$)"), r"\1就好"), (re.compile(r"[别莫甭]?不?要?(?:搞|弄|整|花)[得的]?太贵"), "别太贵"),
    (re.compile(r"((?:[几数]?十|[几数]?百|[几数]?千)?万)级别?的?(?=粉丝|大?[vV号]|博主)"), r"\1以上"), (re.compile(r"年[头代]最(?:久远?|老|长|早)"), "最老"), (re.compile(r"一整天"), "一天"), (re.compile(r"(?<!an )(?<!one )\bhour (?:n|and|&) (?=(?:a )?(?:half|quarter)|three)"), "an hour and "), (re.compile(r"(?<=than )like (?=\d)|(?<=most )like (?=\d)|\blike (?=\d[\d,.k]* (?:tops|max|bucks|quid|yuan|eps|episodes|mins|minutes|hours)\b)"), ""),
    (re.compile(r"(?<![零〇一二两三四五六七八九十\d])二([〇零一二三四五六])年(?=的车|款|产|上牌|出厂)"), r"二零二\1年"), (re.compile(r"(?<![零〇一二两三四五六七八九十\d])一([一二三四五六七八九])年(?=的车|款|产|上牌|出厂|以后|之后)"), r"二零一\1年"), (re.compile(r"都得(?=[,，。!！]|$)"), "都行"),
    (re.compile(r"(?<=[\d百千万])快一下"), "块以下"), (re.compile(r"座儿"), "座位"), (re.compile(r"(?<=[\d一二三四五六七八九十百])号人"), "个人"), (re.compile(r"(?<!\d)([12]\d)款(?=的?(?:车|suv|轿车|(?:手)?机|[,，。]|$))"), r"20\1款"), (re.compile(r"忒"), "太"),
    (re.compile(r"[每一]?三个月(?=[就才可以能]*[赎取](?:回|出来)?一?[回次])"), "每季度"), (re.compile(r"一个?季度(?=[就才可以能]*[赎取])"), "每季度"), (re.compile(r"一个月(?=[就才可以能]*[赎取](?:回|出来)?一?[回次])"), "每个月"),
    (re.compile(r"\b(more|less|fewer|better|cheaper|older|newer|lighter|smaller|bigger|shorter|longer|higher|lower|other) then\b"), r"\1 than"), (re.compile(r"点解"), "为什么"), (re.compile(r"(?<=[二四五六七八2-9])做(?=的?(?:车|suv|mpv|面包车|[,，。]|$))"), "座"), (re.compile(r"自个儿|自个(?![\u4e00-\u9fff]?人)|自己个儿"), "自己"), (re.compile(r"(?:孩子?|娃儿?)(?:他|她)?爸(?!妈)"), "老公"), (re.compile(r"(?:孩子?|娃儿?)(?:他|她)?妈(?!妈)"), "老婆"), (re.compile(r"搭戏"), "合作"), (re.compile(r"包箱"), "包厢"), (re.compile(r"太国(?=[菜餐料])"), "泰国"), (re.compile(r"算哒"), "算了"), (re.compile(r"^最[^,，。!！?？…]{1,8}?(?:…|\.\.\.)+\s?算了(?!就|还是|换)[^,，。]{0,8}[,，。]"), ""), (re.compile(r" ?(?<![a-z])fewer ?(?=一?[点些])"), "少"), (re.compile(r" ?(?<![a-z])cheaper ?(?=一?[点些])"), "便宜"), (re.compile(r" ?(?<![a-z])lighter ?(?=一?[点些])"), "轻"), (re.compile(r" ?(?<![a-z])smaller ?(?=一?[点些])"), "小"), (re.compile(r" ?(?<![a-z])bigger ?(?=一?[点些])"), "大"), (re.compile(r" ?(?<![a-z])shorter ?(?=一?[点些])"), "短"), (re.compile(r"(?<=[\d万千百亿])画素|画素(?=\d|高|低|至|不|要|[以在])"), "像素"), (re.compile(r"(?<=评分)([一二三四])分([一二三四五六七八九])"), r"\1点\2分"), (re.compile(r"纯绵"), "纯棉"), (re.compile(r"([一二两三四五六七八九\d])个?点(?=以内|以下|以上|左右|封顶)"), r"\1%"), (re.compile(r"俩个?点(?=以内|以下|以上|左右|封顶)"), "两%"), (re.compile(r"半百(?=[上左以元块的,，。]|$)"), "五十"), (re.compile(r"(?<=\d年)[一已]后"), "以后"), (re.compile(r"没得(?=[\u4e00-\u9fff])(?![说话治挑救选])"), "没有"), (re.compile(r"([一二三四五])颗半星"), r"\1点五分"), (re.compile(r"(\d)颗半星"), r"\1.5分"),
    (re.compile(r"每?[两俩]个?(?:星期|礼拜|周)(?:就)?(?:更新?|发)一?(?:次|回|趟|篇|条|期)"), "双周更"), (re.compile(r"[每一]个?(?:星期|礼拜|周)(?:就)?(?:更新?|发)[两俩](?:次|回|趟|篇|条|期)"), "每周两更"), (re.compile(r"[每一]个?(?:星期|礼拜|周)(?:就)?(?:更新?|发)一?(?:次|回|趟|篇|条|期)"), "周更"), (re.compile(r"[每一]个?月(?:就)?(?:更新?|发)一?(?:次|回|趟|篇|条|期)"), "月更"), (re.compile(r"[每一]天(?:就)?(?:更新?|发)一?(?:次|回|趟|篇|条|期)"), "日更"), (re.compile(r"([一二两三四五六七八九\d])张(?:毛爷爷|红票子?|红钞|大钞|老人头)"), r"\1百元"), (re.compile(r"\b(mom|dad|mum|wife|husband|sister|brother|son|daughter|grandma|grandpa)s (?=(?:birthday|bday|b-day|house|car|kitchen|new)\b)"), r"\1's "), (re.compile(r"最平(?=的|[,，。]|$)"), "最便宜"), (re.compile(r"(?<=[坐装放住睡])得落"), "得下"), (re.compile(r"唔该"), "请"), (re.compile(r"有冇"), "有没有"), (re.compile(r"冇"), "没有"), (re.compile(r"唔(?:要|好(?!意))|勿要|弗要|莫要"), "不要"), (re.compile(r"唔"), "不"),
    (re.compile(r"嘅"), "的"), (re.compile(r"啲"), "点"), (re.compile(r"乜嘢|咩嘢"), "什么"), (re.compile(r"睇"), "看"), (re.compile(r"靓"), "漂亮"), (re.compile(r"边(?=[个部件条款只台间])"), "哪"), (re.compile(r"嗰"), "那"), (re.compile(r"仲(?=有|要|想|系|可)"), "还"), (re.compile(r"平(?=点|一点|[啲])"), "便宜"), (re.compile(r"同(?=[^,，。]{1,8}(?:比|差不多|差唔多|哪))"), "和"), (re.compile(r"(?<=[个部件条款只台间哪])抵"), "划算"),
    (re.compile(r"(?<=[蚊元块千百万\d])楼下"), "以下"), (re.compile(r"(?<=[\d百千万])[员圆园](?=[以左之内上下]|$|\s)"), "元"), (re.compile(r"廿"), "二十"), (re.compile(r"佰"), "百"), (re.compile(r"仟"), "千"), (re.compile(r"(?<=\d)村"), "寸"), (re.compile(r"以类"), "以内"),
    (re.compile(r"(?<=[元块钱\d百千万])一下(?=[,，。的!！\s]|$)"), "以下"), (re.compile(r"(?<=[元块钱\d百千万])(?:已|一|亿|義|意)内(?!存)"), "以内"), (re.compile(r"(?<=[元块钱\d百千万])已下"), "以下"), (re.compile(r"(?<![这那咱你我他她们])俩(?=个?(?:小时|钟头|人|月|星期|礼拜|位|座|门|口))"), "两个"), (re.compile(r"(?<=[两一三四五六七八九十])个个"), "个"),
    (re.compile(r"仨(?=月|人|小时|钟头|星期|礼拜)"), "三个"), (re.compile(r"(?<=[\d一二三四五六七八九十])生(?=[以之]|左右|的|$)"), "升"), (re.compile(r"(?<=[\d二四五六七八九])坐(?=的|[以之]|\s|$|[a-z\u4e00-\u9fff](?<![在着下等]))"), "座"),
    (re.compile(r"(?<![\d.a-z])(\d[\d,.]*)\+ ?(?=[a-z]{1,9}\b)"), r"at least \1 "), (re.compile(r"(?<=[\d百千万])快(?=[以左之钱内上下]|$|\s)"), "块"), (re.compile(r"半万(?=[元块以之左上,，。]|$)"), "五千"), (re.compile(r"(?<=\d)源(?=[以左之内上下]|$|\s)"), "元"),
)  # fmt: skip


def edits(word: str) -> set[str]:
    """Every word one letter away: left out, put in, replaced, or two neighbours swapped (Norvig, How to Write a Spelling Corrector)."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    out = {a + b[1:] for a, b in cuts if b} | {a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1}
    out |= {a + c + rest for a, b in cuts for c in ascii_lowercase for rest in (b, b[1:])}
    return out - {word}


def one_apart(a: str, b: str) -> bool:
    """True where one letter was left out, put in, replaced, or two neighbours were swapped."""
    if abs(len(a) - len(b)) > 1 or a == b:
        return False
    start = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    x, y = a[start:], b[start:]
    return x[1:] == y[1:] or x[1:] == y or x == y[1:] or (x[:2] == y[:2][::-1] and x[2:] == y[2:])
