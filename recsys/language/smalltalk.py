"""Talk that is no need: greetings, thanks, and answers to a question that say nothing but "all the same" or "drop that"."""

import re
from typing import Literal

Talk = Literal["hello", "able", "thanks", "bye", "noted_only", "idle"]
_TALK: tuple[tuple[Talk, re.Pattern[str]], ...] = (
    ("able", re.compile(r"能做|能干|会什么|会做什么|怎么用|帮助|你是谁|你叫|干什么的|什么功能|what can you|who are you|what are you|how do(?:es)? (?:you|this|it)|\bhelp\b")),
    ("thanks", re.compile(r"谢|感谢|辛苦|\bthanks?\b|\bthx\b|\bcheers\b|\bta\b")),
    ("bye", re.compile(r"再见|拜拜|晚安|回头见|\bbye\b|goodbye|see you|good night")),
    ("hello", re.compile(r"你好|您好|嗨|哈[喽啰]|^喂|在吗|在不在|早上好|早安|晚上好|下午好|\bhi\b|\bhello\b|\bhey\b|good (?:morning|evening|afternoon)|how are you")),
)  # fmt: skip
_SAME = re.compile(
    r"[\s,，。.!！~]*(?:我|那就|就|嗯|哦|i|it|really|just|well)*\s*(?:(?:都|全都)(?:可以|行|好|成|能接受)|随便(?:吧|你|啦|都行|都可以|看看)?|无所谓|不限|不挑|没(?:有)?(?:什么|啥|特别)?(?:的)?(?:要求|偏好|想法)|看着办|你定(?:吧)?|[\u4e00-\u9fff]?哪(?:个|种|儿|里|边)?都(?:行|可以|成)"
    r"|any(?:thing)?(?: (?:is fine|will do|goes|works|one))?|no preferences?|(?:it )?does(?:n'?t| not) matter|do(?:n'?t| not) (?:care|mind)|whatever|not fussed|up to you|either(?: is fine)?|you (?:choose|pick|decide)|surprise me)[\s,，。.!！~吧啦啊呀]*",
    re.I,
)
_LOOSER = re.compile(
    r"放宽|不限|去掉|不要求|不用管|不管|取消|随便|无所谓|(?:都|也)(?:可以|行)|\b(?:relax|drop|without|forget|ignore|any|remove|loosen|skip)\b",
    re.I,
)
_DROPPED = re.compile(
    r"不用管|不管|不用考虑|不要求|无所谓|别管|不在乎|\b(?:ignore|forget|don'?t care|doesn'?t matter)\b", re.I
)
_CHANGED = re.compile(
    r"改成|改为|换成|调到|降到|提到|加到|不对|说错|还是|\bchange\b|\bmake (?:it|that)\b|\bwait\b|\binstead\b|\bactually\b|\bno,|\bsorry\b",
    re.I,
)
_YES = re.compile(
    r"(?:好|好的|好吧|可以|行|嗯+|行吧|没问题|ok|okay|yes|yeah|sure|fine|go ahead)[\s,，。.!！~吧啊呀]*", re.I
)

_NO = re.compile(r"(?:no|nope|nah|not really|no thanks?|没有?|不用|不需要|不必)[\s,，。.!！~了吧啊呀]*", re.I)
_COUNTED = r"(?:[一几两三]|些|点)?(?:批|组|波|个|部|件|款|条|家|位|本|篇|首|双|只|些|点)"
_OTHERS = r"(?:没[看见]过的|别的|其他的?|其它的?|新的|不一样的|更多的?)"
_SEEN = r"(?:(?:这些|这几[个部件款]|全|基本|都)*[看读听吃去用买玩试]过了?的?[,，。 ]+|(?:i've |we've |i have )?(?:already )?(?:seen|read|tried|watched)(?: all)?(?: of)? (?:them|those|these)[,.]? )?"  # 看过了，换一批
_MORE = re.compile(
    _SEEN + "(?:"
    rf"(?:嗯|好的?|行|那|就|再|请|麻烦|给我|帮我)*(?:(?:换|来|看|推荐|找)(?:我)?(?:{_COUNTED}{_OTHERS}?|看?{_OTHERS})(?:看看|吧|呗)?"
    rf"|(?:还)?有(?:没有)?{_OTHERS}(?:推荐|选择)?(?:吗|么|没|呢)?|还有(?:吗|么|没有?|呢)?|更多(?:一些|推荐)?|下一(?:页|批|组)|继续(?:推荐|看)?|再?看看{_OTHERS}|{_OTHERS}呢)"
    r"|(?:ok(?:ay)?,? )?(?:(?:can|could) (?:you|i) )?(?:please )?(?:(?:show|give|get|find|see|got)(?: me)? |any(?:thing)? |some |what )?(?:any |some |a few )?"
    r"(?:more|else|others|other (?:ones|options|choices|ideas|picks)|something else|anything else|different ones)(?: options| choices| ideas| picks| ones)?(?: please| like (?:these|this|that)| do you have| is there| have you got)?"
    r"|next(?: page| ones| please)?|keep going|go on)"
)


def talk(text: str) -> Talk:
    """What a message that asks nothing is about."""
    text = text.lower()
    if agrees(text):
        return "noted_only"
    return next((kind for kind, pattern in _TALK if pattern.search(text)), "idle")


def indifferent(text: str) -> bool:
    """True where the message says that it is all the same, and nothing else."""
    return bool(_SAME.fullmatch(text))


def more(text: str) -> bool:
    """True where other items for the same need are asked for, and nothing else: 换一批, 还有吗, show me more."""
    return bool(_MORE.fullmatch(text.strip(" ,.!?，。！？~")))


def loosens(text: str) -> bool:
    """True where the message says that some condition need not hold."""
    return bool(_LOOSER.search(text))


def drops(text: str) -> bool:
    """True where the message says that some condition is to go altogether."""
    return bool(_DROPPED.search(text))


def declines(text: str) -> bool:
    """True where the message is a plain no, to a question about what is wanted."""
    return bool(_NO.fullmatch(text.strip()))


def agrees(text: str) -> bool:
    """True where the message is a plain yes."""
    return bool(_YES.fullmatch(text.strip()))


def corrects(text: str) -> bool:
    """True where the message takes something back or changes it, and so answers no question."""
    return bool(_CHANGED.search(text))
