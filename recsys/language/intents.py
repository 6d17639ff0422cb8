"""What a message wants done."""

import re

from recsys.datamodels import Intent
from recsys.language import opinions

_ELSE = (
    r"(?<!再)(?<!还)(?<!再看)(?<!还看)(?:说|聊|看|换|讲|谈|找|来)(?:说|聊|看|讲)?点?(?:儿|些)?(?:别|其他|其它)的(?:吧|好了|东西)?(?=[,，。.!！;；]| (?![a-z])|$)|换(?:个|一个)(?:东西|方向|题目)"
    r"|(?:talk|chat|ask) about something else|something (?:completely |totally |entirely )?different|(?:moving|move) on\b|chang(?:e|ing) (?:of |the )?(?:subject|topic)|(?:different|another) (?:subject|topic)"
)
RESET = re.compile(
    rf"{_ELSE}|"
    r"重新(?:开始|来)|从头(?:开始|来)|换个话题|清空|(?:所有|全部)(?:的)?(?:条件|要求|筛选)?(?:都|全)?(?:给我)?(?:撤|去|删|清|不要)|清除(?:所有|全部)|重置|重来|(?<![的款种类,，])(?:全部?|都)(?:清|取消|不算|去)(?:掉|空|了)|全部(?:清|取消|不算)|都不算|推倒重来|\breset\b|start (?:over|again|fresh|from scratch)|begin again|new topic|something else entirely"
    r"|fresh start|new search|(?:start|begin) (?:again )?from (?:zero|square one)|(?<!the )square one|(?:wipe|clean) (?:the )?slate|scrap (?:all|everything)|forget (?:everything|all|it all|what i said)|clear (?:all|everything|it all)|wipe (?:it|everything)"
)
# what was asked is dropped in passing
AFRESH = re.compile(
    rf"{_ELSE}|"
    r"^(?:ok(?:ay)?,? |no,? |actually,? )?(?:forget (?:that|it|this)|never ?mind|scratch that|different idea|let'?s (?:leave|drop|forget|skip) (?:that|it|this)|change of plans?(?![:,] it)|new plan)(?:[,.!;:]| then)|^换个(?:主意|想法|思路)|^(?:算了|那就)?先?不[买看找要](?:了|这个了)[,，。 ]"
)
_WIPED = re.compile("fresh|clean|scrap|清|重|从头|全部?|都|reset|start|clear|wipe")
_PLEASE = re.compile(r"(?: please| thanks|[吧了呢])?[.!。！ ]*$")
_NO_MORE = re.compile(r"[吧了,，。 ]*(?:先)?不(?:买|看|找|要|想)")  # 全清掉吧，不买鞋了
_RULES: tuple[tuple[Intent, re.Pattern[str]], ...] = (
    ("undo", re.compile(
        r"take back (?:the|that|my)\b|那步不算|退回去|撤销|撤回|(?:刚才|上一|之前)的?.{0,4}(?:取消|撤)|反悔|(?:刚才|上一?)[那这]?句(?:话)?(?:先)?收回|收回(?:刚才|上一?)[那这]?句|(?:撤掉?|收回|取消|去掉)(?:刚才?|上一?)(?:说)?(?:的)?[那这]?(?:条|句|个|一条|句话)|手滑|点错|按错|误点|取消(?:刚才|上一|之前|上次)|^取消[吧了。!！]?$|回到(?:刚才|上一步|之前|前面)|退回(?:上|刚)|上一步|还原|恢复(?:刚才|之前)|\bundo\b|take (?:(?:that|it|this)(?: last (?:one|bit|thing))? back|back (?:my|that last|the last))|刚(?:才)?[那这](?:条|个|一条|句).{0,3}(?:撤|取消|不算|去掉)|\brevert\b|(?:go|step) back\b(?! and forth| to (?:school|work|uni|college|the office|the city|basics))|one step back"
        r"|cancel (?:my |the |that |it)|never ?mind (?:that|the) last|didn'?t mean (?:to|that)|back to (?:what|how|the previous)|misclick|\bscratch (?:that|the) last\b|^(?:no,? )?scratch that[.! ]*$")),
    ("explain", re.compile(
        r"为什么|为啥|为么[事斯]?|为何|干嘛(?:推|给我|放|列)|怎么[^,，。]{0,8}(?:推荐?|想起)[^,，。]{0,4}这|怎么会推荐|理由|凭什么|凭啥|凭么子|说说(?!话)|讲讲|聊聊|介绍介绍|(?<!都在)(?:讲|说)(?:的是)?(?:什么|啥)(?!都)|什么来头|介绍一下(?:第|这|那)|详细说说|\bwhat'?s so (?:good|great|special)\b|第几[卷集季部册版代章]|(?<!understand )(?<!know )(?<!see )(?<!out )\bwhy\b|(?<!who )(?<!that )(?<!which )\bexplain\b|what makes (?:the|this|that|it)\b|what ma(?:k|d)es? you|(?:did|do) you (?:pick|choose|recommend) (?:th|it|me)|怎么(?:挑|选|推)(?:出来|出|中|的)|根据(?:啥|什么)|how (?:did|do) you (?:pick|choose|find|select|come up|arrive|get to)|what'?s the (?:story|deal) (?:with|behind)|\breasons?\b(?! to)|how come|怎么[^,，。]{0,6}(?:全|都)是|what'?s (?:it|that one|this one) about|tell me (?:more )?about (?:the|this|that|number|it)")),
    ("compare", re.compile(
        r"对比(?![色度])|比较(?:一下|(?=下?(?:第|前|后|最后|这|那|它们|左|右|上面|下面|刚才))|$)|比一比|比一下|比比|一起比|(?:前|后|最后|这|那)?[两三]\S比(?:呢|一?下|怎么样)|比下(?:吧|呗|呢)?$|作比较|做个比较|(?:[什有]么|啥子?|有何|哪些)(?:区别|不同|差别|差异|不一样)|(?<=[个款件部家])怎么选|该怎么选|(?:和|跟|与)[^,，。]{1,14}怎么选|(?:跟|和|与|那[个家款部件台条双只]).{1,18}(?:谁|哪边)[^,，。]{0,5}[高低多少好便贵长短大小轻重久快近远新]|[贵好差强]在哪|(?:高还是低|贵还是便宜|大还是小|轻还是重|多还是少|长还是短)|选哪|挑哪|区别(?:是|在)|差(?:在)?(?:哪|多少)|(?:的|个|款|家|部)好?还是.{1,10}(?:的|个|款|家|部)(?:好|呢)*[?？]?$|(?:^|这|那|它们|第|[两二俩三]|和|跟|与|还是|比|之间).{0,16}?哪(?:个|款|家|部|辆|件|双|本|台|只|条|支|把|位|张|顶|对|块|间|口|盏|副|瓶|盒|份|套|一个)(?:更|比较|最)?(?:好|值|合适|适合|划算|靠谱|实用|推荐|耐看)|》(?:和|跟|与|还是)《.{0,20}?哪|(?:跟|和|与).{1,14}比[,，]?(?:哪|谁|怎|呢|一?比|如何|起来)|(?:放|摆)(?:在)?一(?:起|块)(?:儿)?(?:看|比|对)"
        r"|\bwhich (?:one )?(?:更|比较)|\b(?:better|good|bad|nicer|different) about (?:each|them|either|both)\b| or [^,.?]{2,30}\?[^,.?]{0,4}can'?t (?:decide|choose)\b|二选一|各有(?:啥|什么)|差几多|\bdifferent from\b|head to head|\bweigh (?:(?:them|these|those|the two|both) )?up\b|\bcompar(?:e|ison|ing)\b|\bhow do .{3,40} differ\b|\bdifferences?\b(?= between|[?.! ]*$)|\bpros (?:and|n|&|\'n\'?) cons\b|优缺点|\bsets? (?:it|that one|this one|them|these|those|the two|the [a-z ]{2,20} one) apart\b|\btell (?:them|these|the two) apart\b|what'?s the difference|\bversus\b|\bvs\.?(?:\s|$)|side[- ]by[- ]side|\b(?:put|hold|stack|line) .{1,30}(?:next to|beside|against|up with) |which (?:one )?of (?:them|these|those|the)|(?:what|which)'?s the better (?:buy|choice|pick|option|one)|better (?:buy|value)\?|which (?:one )?(?:would|should|do) (?:you|i)|\b(?:is|are) (?:the |an? )?[^,.?]{2,30} (?:any |really |much )?(?:[a-z]{3,}er|more [a-z]+|worse) than (?:(?:the |an? )[^,.?]{2,30}|him|her|it|that one)\?|which (?:one ?)?(?:is|'s|looks) (?:the )?(?:better|best|nicer|nicest|cosier)|差别(?:大|多)|[这那]俩(?:谁|哪)|\bone\b.{1,12}\bagainst the\b|^(?:and |now )?[^,.]{1,20} against (?:the |number |no\.? ?|#)[^,.]{1,20}$|^(?:and |what about |how about )?the two [a-z]+est[? ]*$|stack up|^(?:so |hmm,? )?the .{2,20} or the .{2,24}\?$")),
    ("similar", re.compile(
        r"(?:一个|同(?:一个?)?)(?:牌子|品牌)|类似|相似|照着(?=第|这|那|它|你|最|上)|》(?:那种|那样|这种|这样)|[这那]一?类的(?:馆子|店|片子|剧|书|车|地方)|(?:有没有|再来)[^,，。]{1,8}那种(?:馆子|店|餐厅|地方)|[这那]样的(?:馆子|店|片子|剧|书|车|地方|还)|^(?:something |anything )?like (?!the |to |i |this|that|it\b|\d)[a-z]|[这那]种的?(?:再来|再推|还有)|同类(?!型|别)|一路子|一个路子|照[那这]样|同款|差不多(?:路子|感觉|风格|类型|味道|气质|调调)?的(?!价)|像[它这那]|[跟和与].{1,8}像的|像.{1,24}(?:再[找推来]|一样|那样|这样|那种|这种|那部|那个|那款|的再来|的来)|像第|\bsimilar\b|more (?:(?:[a-z]+ ){0,2}like|of(?! (?:us|you|my|our|an?)\b))\b|\b(?:stuff|things?|something|anything|ones?|more) close to (?:the|this|that|number|no)\b|(?:anything|something|one) like\b(?! (?:me|us|my|you)\b)|\b(?:along|on) (?:the|those|these|similar) lines\b|in the same (?:vein|style|spirit) as\b|in the (?:spirit|style|vein) of\b|[跟和与][它这那][^,，。]{0,3}(?:一个|一样|差不多|同样|类似)|the same (?:as|kind|sort|vibe|brand|maker|make)\b|reminds? me of"
        r"|(?<!i )(?<!really )(?<!don't )(?<!dont )(?<!not )(?<!do )(?<!n't )(?<!also )(?<!just )(?<!feels )(?<!looks )(?<!felt )\blike (?:the|this|that|it|number|no)\b|in the (?:vein|style) of")),
)  # fmt: skip
_CHAT = re.compile(
    r"^(?:(?:哈喽|哈啰|你好|嗨|hello|hi|hey)[,，~!！ ]*(?=哈喽|哈啰|你好|嗨|在|hello|hi|hey))*(?:(?:行|好|好[的嘞滴哒]|明白|明白了|知道|知道了|了解|懂|收到|可以|够了|就这样|先这样|没事了|ok|okay|great|perfect|cool|lovely|brilliant|right|neat|sweet|thanks?(?: a lot)?|nice one|that'?s (?:plenty|all|it|great|perfect|enough))[了吧啦,，。.! ]+(?=谢|多谢|辛苦|thank|thx|cheers|ta\b|that'?(?:ll do|s (?:all|it|enough|plenty|everything))))?(?:that'?(?:ll do|s (?:all|it|enough|plenty|everything))|得?[,，]?我?(?:先)?(?:跟|和).{1,6}商量|我?(?:再|先)?(?:考虑考虑|想想|考虑一下)|你好|您好|嗨|哈喽|哈啰|喂|辛苦(?:你|您)?[了啦](?=[,，。!！ ]*(?:今天|先|就|$))|在吗|在不在|早上好[呀啊]?|早安|晚上好|晚安|下午好|谢谢|多谢|感谢|谢啦|谢了|辛苦了|谢|再见|拜拜|你是谁|你叫什么|你能做什么|你会什么|你能干|你(?:都|还|到底|究竟|平时|一般|平常)*(?:会|能)(?:帮)?(?:人|我|忙|大家)?(?:干|做|帮)?(?:些|点|我)?(?:啥|什么|嘛)|怎么用|帮助|哈哈+$|好的$|今天天气|天气|讲个笑话"
    r"|hi|hello|hey|hiya|howdy|yo|sup|(?:good )?(?:morning|evening|afternoon|night)(?: to you)?|要得要得|早|thanks|thank you|thx|cheers|ta|bye|goodbye|see you|who are you|what can you do|what are you|how are you|how do(?:es)? (?:you|this) work|help$|help me out|ok(?:ay)?$|lol$|nice weather)(?:\b|[呀啊哦吗！!。.~，,\s]|$|.{0,4}[？?]?$|[,，。]?(?:今天|就)*先(?:看|聊|就|这|到)[^,，。]{0,5}(?:[,，。](?:回头|改天|下次|以后)[^,，。]{0,6})?$)"
)
_IDLE = re.compile(
    r"^(?:今天|那)?(?:就|先)+(?:这样|到这(?:里|儿)?)吧?[,，](?:谢|多谢|感谢|辛苦)[^,，。]{0,4}[!！。~]*$|^(?:好[的嘞]?|行)?[,，]?(?:周末|明天|回头|改天|下次|晚点)再(?:说|看)吧?[。!！]*$|^[^,，。找要看买]{0,8}[,，]?我?(?:先|再)?(?:回去|回家)?(?:跟|和|同|问问).{1,6}?(?:商量|讨论|合计|discuss)[^,，。]{0,5}$|(?:^|[,，])(?:那|让)?我?(?:再|先)*(?:琢磨琢磨|考虑考虑|想想看?|想一想|合计合计)(?:吧|哈)?[。!！~]*$|^(?:噢|哦|嗯)*[,，]?(?:懂|明白|知道|了解)了[。!！]*$|^(?:ok(?:ay)?|right|great)?[, ]*noted[.! ]*$|^(?:行|好|嗯)?[,，]?那?就?先这样[吧了]?[。!！]*$|原来(?:是这样|如此|是这么回事)|(?:长|涨)(?:见识|知识)了|学到了$|^(?:哈+|嗯+|哦+|好)?[,，]?行吧[。!！]*$|我?(?:这人)?(?:就是|真是|真的|实在)?选不出来$|^fair enough[.! ]*$|(?:^|[,，。])我[^,，。找要买看]{1,8}再说[。!！]*$|^(?:哦+|嗯+|好)?[,，]?(?:谢谢|多谢|谢啦)[,，]我慢慢[看翻挑][^,，]{0,2}$|下次再来[^,，]{0,3}$|(?:^|[,，])我(?:回头|先)(?:慢慢|再|去)?(?:看|翻|问问|想想)[^,，。要找买]{0,6}$|^(?:行|好|嗯|ok)?[,，]?(?:够用?|可以)了[,，]?(?:谢谢|多谢|谢啦|感谢)[^,，]{0,3}$|\bthat'?s (?:me|us|my \w+|our \w+|her|him|them) (?:all )?(?:sorted|done|set)\b[^?]*$|\b(?:give|gimme)(?: me)? a (?:sec|second|minute|moment)\b|\blet me (?:think(?: about it)?|sleep on it|have a think)[.! ]*$|^tough (?:call|one|choice)\b[^?]*$|\bthat'?s clear(?: now)?\b[^?]*$|\byou(?:'ve| have)? been (?:a |an |so |very |really )*(?:big |great |real |huge |massive )?(?:help|helpful|kind|brilliant|star|legend)\b|^(?:好的?|行|嗯)?[,，]?(?:谢谢|多谢|谢啦|感谢)(?:您|你|啦|了|哈|哦)*[,，。!！ ]*(?:让[您你]费心了|麻烦[您你]了|辛苦[您你]?[了啦]|我先[^,，。]{1,8}了|先这样)[!！。~]*$|^(?:谢谢|多谢|谢啦|感谢)[^,，。要找看买]{0,5}[,，。!！ ]*(?:辛苦(?:了|啦)?|麻烦(?:你|您)了)?[!！。~]*$|^(?:您好|你好)?[,，]?(?:你|您)?(?:吃|睡|忙|累)[^,，]{0,6}[了吗没]+[?？]?$|^(?:哈+|唉+|嘿+)[,，][^,，。?？]{2,10}(?:啊|呀|哦|啦)[。!！~]*$|你是(?:真人|人|ai|机器人)|\bare you (?:a |an )?(?:real|human|robot|bot|ai|machine|person)\b|^(?:(?:hi|hello|hey)(?: there| all)?[,! ]+)?good (?:morning|afternoon|evening|night)(?: to you)?[!.~ ]*$|^(?:哈+|早[呀啊]?|嗨|你好)?[,，]?你?(?:今天|最近)(?:心情|过得|怎么样|好吗)[^,，。]{0,5}$|^(?:haha|lol|lmao)[, ]*you(?:'re| are) |[,，。 ](?:晚安|再见|拜拜|回头见|bye|good ?night)[~!！。. ]*$|^(?:哈+|嘿+)?你(?:还|真|可)*(?:挺|真|很|蛮)?懂我|^(?:good )?(?:morning|afternoon|evening)[!,. ]+[^?]{0,40}(?:today|weather|sunshine|rain\w*|outside)[.! ]*$|^(?:谢啦|谢谢|多谢|好[的嘞]?|行|[,，。])*(?:那)?我?(?:先|再)?(?:回去)?(?:跟|和|问问).{1,6}(?:商量|讨论|合计)|^(?:lol |haha |wow )?you (?:(?:really |sure |do )?know your|(?:really |sure )(?:know|are)|rock|nailed)\b[^?]{0,40}?(?:[,.! ]+(?:cheers|thanks|thank you|ta|thx))?[.! ]*$|^(?:(?:thanks?(?: a lot)?|cheers(?: mate)?|thanks mate|cool|great|ok(?:ay)?|perfect|right|neat|lovely|sweet)[,. ]+)?(?:that'?ll do|that'?s (?:all|it|enough|plenty|everything))(?: for now| thanks)?[.! ]*$|^(?:neat|sweet|cool|great|lovely|perfect|brilliant|ok(?:ay)?)[,. ]+(?:cheers|thanks|thank you|ta|thx)[.! ]*$|(?:今天|明天|外面)?天气.{0,6}$|^[^,，。]{0,6}[,，]?[^,，。]{0,3}(?:累|困|烦|热|冷|饿|无聊)死我?了[。!！~]*$|^(?:哈+|嘿+|嗯+|哦+|ok|okay|lol|haha+)[!！。.~]*$|how are you|how do(?:es)? (?:you|this|it|this thing) work|你(?:是谁|叫啥|几岁|是机器人)"
)
_NEED = re.compile(
    r"想租|想住|想订|就(?:想|要)[看找买听只一个条件部双本]|只(?:想|要)[看找买听]|\bcould (?:really |do with |all )*use\b|\bin the mood for\b|\bfancy an?\b|\bpick me\b|\bget me\b|想要|想买|想看|\bwhat(?:'s| is) there (?:on|about)\b|\bsome(?:where|place) (?:nice|good|quiet|cheap|cosy|cozy|fun|lively|fancy|special|to)\b|\bsomething (?:nice|good|small|useful|decent) for\b|想找|想吃|求推荐|找(?!过)|有没有|来(?:几|点|一|个|条|件|部|双|本|款)|推荐(?:几|点|一|个)|(?<!别)(?<!不要)(?<!甭)给我(?:来|找|推|看)|要(?:一|个|件|条|买|找|带|能|有)|帮我|适合|(?<!这个)(?<!那个)(?<!它)(?:就行|即可|就好|就可以)了?[。.!！]*$|i (?:want|need)\b|looking for|\bshow me\b|\bfind\b|recommend|i'?d (?:like|rather|prefer)\b|would like|searching for|\bgive me\b|any (?:other|more)|anything (?!like)"
)
_WHICH = re.compile(r"\bwhich\b|哪(?:个|款|家|部|辆|件|双|一|本|台|条|只|支|篇|位|张|套|间|把|瓶|盒|盏|块|顶|对)")
_ASKS = re.compile(
    r"\bhow (?:big|much|long|heavy|many|old|far|tall|good|fast)\b|\b(?:is|does) it\b|什么(?!都)|啥|谁|哪[一年国]|\bwh(?:o|en|at|ere)(?:'s)?\b|多少|多[大重长久高厚远宽深快]|在?哪(?:儿|里|站)|是[^,，。]{1,8}还是|(?<![十百千好没])几(?:[个年月寸升斤集页天米瓦杯层座口码岁]|点(?![点儿的个]|(?:建议|意见))|分钟|小时)|怎么|([\u4e00-\u9fff])不\1|(?:能|可以|会|有)[^,，。]{1,8}[不没]\s?[?？]?$|(?:方便|[贵远大多辣吵重快慢难])不\s?[?？]?$|是不是|能不能|可不可以|防不防|(?:吗|么)(?=[,，])|(?:吗|么|怎么样|如何|多少钱?|几(?:个|块|点)|有多\w)\s?[?？呀啊]*$|[?？]$|^(?:and |so |but )?(?:is|are|does|do|can|has(?! to)|how)\b"
)
_LET_IN = re.compile(r"也(?:给我)?(?:放|算|加)进来")
_THAN = re.compile(r"比(?!较)|\bthan\b")
_CHOSEN = re.compile(r"[个部件款家本双条台只]我?[也倒]?想[看要买试]")  # 第二部想看
_ANYTHING = re.compile(
    r"(?:都|也)?(?:行|可以|好|ok|没问题)(?:吧|啊|的|了)?|都(?:行|可以|好)|随便(?:吧|啦)?|哪(?:个|种|家|里|儿)?[\u4e00-\u9fff]{0,3}[都也](?:行|可以|好|成)(?:的|吧|了)?|无所谓|any(?:thing)?(?: is fine)?|whatever|either(?: is fine)?|no preference|don'?t (?:mind|care)"
)
_MOOD = re.compile(
    r"^(?:我|我们)?(?:最近|今天|这两天|心情|周末)|^(?:我|i'?m |i am |feeling )(?:有点|好|很|太|so |a bit )?(?:无聊|累|烦|bored|tired|sad)"
)
_OF_IT = re.compile(  # 第一部适合孩子看吗: of what is shown, not for something else
    r"^[^,，。]{1,10}[那这](?:个|部|件|款|双|条|本|台|只|篇|支|家|辆)(?:是|有|能|会|带)[^,，。]{1,12}吧[?？]?$|^[^,，。]{1,10}[那这](?:个|部|件|款|双|条|本|台|只|篇|支|家|辆)(?!.*(?:有没有|类似|别的|其他))[^,，。]*(?:[吗么]\s?[?？]?$|几[^,，。]*$|多[大少重长久高厚]|(?<!没)什么(?!都)|(?<!没)啥|哪(?!都))|^[^,，。]{1,10}?[那这](?:个|部|件|款|双|条|本|台|只|篇|支|家|辆)(?:有没有|带不带|是不是|能不能|会不会|可不可以)(?!类似|别的|其他|差不多|更)[^,，。]{1,8}$|(?:^|, )(?:is|does|do|can|has) it\b|^(?:and |so )?(?:is|are) there [a-z -]{2,24} (?:at|in|with) (?:the|it|this|that)\b|^(?:那|请问)?(?:第\w{1,3}|[这那](?:个|部|件|款|双|条|本|台|只|篇|支)|它)(?!.*(?:有没有|类似|别的|其他)).*[吗么吧]\s?[?？]?$|^(?:is|does|do|are|has|was) (?:the|it|this|that|number|no\.?)\b"
)
_QUESTION = re.compile(r"[吗么不没]\s?[?？]*$|[?？]\s*$")
_SWAP = re.compile(
    r"[,，]\s?(?:还是|那就?|就)?(?:换(?:成|到|去|个)?(?!一)|改(?:成|到|要|为|看|买|选)?|[放宽加提降]到)|\b(?:switch|swap|change) (?:it |that )?(?:to|for)\b"
)
_THEIRS = re.compile(  # of whom it is for, not of what is shown
    r"^(?:他|她|他们|她们|孩子|对方|人家|(?:我|我们?家?)?的?(?:妈妈?|爸爸?|老公|老婆|[男女](?:朋)?友|儿子|女儿|朋友|同事|闺蜜))(?:平时|平常|比较|特别|最|很|就|也)*(?:喜欢|爱|钟意)"
    r"|^(?:he|she|they|my \w+(?: \w+)?) (?:really |also |just |absolutely )?(?:likes?|loves?|enjoys?|adores?|is into|are into)\b(?! (?:it|this|that|them|those|these|the (?:first|second|third|last))\b)"
)
_FRAMED = re.compile(r"^(?:那?个?)?(?:挺|蛮|还|真|很|都|是|也|确实|其实|真是)")  # 挺好看的 is an opinion, 好看的 a wish
_WISHED = re.compile(
    r"some(?:where|thing|one) with [a-z ]+|(?:something|anything|sth|ones?) (?:a bit |a little |more |less |really |that'?s )*[a-z-]+(?: and [a-z-]+)?(?: (?:for|to) [a-z' ]+)?(?: please)?[.!?]*"
)
_CONCEDES = re.compile(
    r"[贵大小长短轻重新旧远近慢多少](?:一?[点些])儿?的?也?(?:行|可以|没关系|无所谓|没事)"
)  # 贵一点也行
_WANTED = re.compile(
    r"(?:an? |some(?:where|thing|one) )(?!(?:bit|little|lot|hard|big|firm|no)\b)"
)  # a lively spot with a good vibe
_OPEN = re.compile(
    r"^(?:(?:thanks?|thank you|great|cool|nice|perfect|ok(?:ay)?|谢谢|好的?|不错)[.,!，。！ ]+)?(?:so )?(?:what|which|any|got|do you have|how about|有什么|有啥|有没有|有冇)"
)


def intent(
    text: str, has_values: bool, in_dialogue: bool, points: bool = False, wishes: bool = False, at_hand: bool = False
) -> Intent:
    """The one intent of a cleaned, lower-case message.

    `has_values`: it names values of the catalogue; `in_dialogue`: something was asked before that it may refine; `points`: it means
    items that are shown; `wishes`: it compares with them (便宜一点) and so refines; `at_hand`: it speaks of one thing that was named before.
    """
    text = opinions.spaced(text)
    resets = list(RESET.finditer(text))
    reset = resets[-1] if resets else None
    if has_values and AFRESH.search(text) and not (reset and _WIPED.match(reset[0])):
        return "recommend"
    if reset:
        goes_on = len(_PLEASE.sub("", text)) - reset.end() > 3 and not _NO_MORE.match(
            text, reset.end()
        )  # start over with convertibles
        return "recommend" if has_values and (goes_on or _NEED.search(text[: resets[0].start()])) else "reset"
    for name, pattern in _RULES:
        if name == "undo" and has_values and not in_dialogue and "手滑" in text and "撤" not in text:
            continue  # 手滑了，是3公斤: there is nothing to undo
        if pattern.search(text) and not (name == "similar" and _similar_is_opinion(text, points)):
            return name
    if _IDLE.search(text):
        return "chat"
    if (
        in_dialogue
        and at_hand
        and not (wishes and _THAN.search(text))
        and _ASKS.search(text)
        and not _NEED.search(text)
        and not _WHICH.search(text)
    ):
        return "explain"
    return _about(text, has_values, in_dialogue, points, wishes)


def _about(text: str, has_values: bool, in_dialogue: bool, points: bool, wishes: bool) -> Intent:
    """What a message wants that no cue settles: a need, an opinion, or a question about what is shown."""
    if points and _WHICH.search(text):
        return "compare"
    if in_dialogue and has_values and _LET_IN.search(text):
        return "refine"
    opinion = None if not points and _no_opinion(text) else opinions.kind(text)
    need = bool(_NEED.search(text)) and not (points and _CHOSEN.search(text))
    if wishes and opinion not in ("purchase", "favourite"):
        return "refine" if in_dialogue else "recommend"
    if (
        points
        and _OF_IT.search(text)
        and (_QUESTION.search(text) or (not opinion and (_ASKS.search(text) or text.endswith("吧"))))
    ):  # is the first any good?
        return "explain"
    if points and (opinions.seen(text) or (opinion and not (has_values and _SWAP.search(text)))):
        return "feedback"
    if opinions.seen(text) and opinions.pronoun(text) and not need and not has_values:
        return "feedback"
    if points and _ASKS.search(text) and (not need or _OF_IT.search(text)):
        return "explain"
    if _ANYTHING.fullmatch(text.strip()):
        return "refine" if in_dialogue else "recommend"
    if points and not need and not has_values:  # the blue one: what of it
        return "explain" if len(text) <= (8 if not text.isascii() else 20) else "feedback"
    if (
        opinion
        and not has_values
        and not need
        and not (_WANTED.match(text) and not points)
        and (opinions.pronoun(text) or len(text) <= (24 if not text.isascii() else 60))
    ):
        return "feedback"
    if not has_values and (_CHAT.match(text)) and not need:
        return "chat"
    return "refine" if in_dialogue else "recommend"


def _no_opinion(text: str) -> bool:
    """True where words of praise are none of what is shown: 有好看的吗, 心情好, 他喜欢恐龙, 好看一点的."""
    wished = text.rstrip("吧呢。!！~ ").endswith("的") and not _FRAMED.search(text) and not opinions.pronoun(text)
    return bool(
        _CONCEDES.search(text)
        or _WISHED.fullmatch(text.strip())
        or _OPEN.search(text)
        or _MOOD.search(text)
        or _THEIRS.search(text)
    ) or (wished and opinions.kind(text) == "like")


def needs(text: str) -> bool:
    """True where the message says outright that something is wanted."""
    return bool(_NEED.search(text))


def asks(text: str) -> bool:
    """True where the message asks something of a thing: how big, which stop, 什么料子."""
    return bool(_ASKS.search(text))


def similar(text: str) -> bool:
    """True where more of a kind is wanted."""
    return intent(text, True, True) == "similar"


def _similar_is_opinion(text: str, points: bool) -> bool:
    """ "didn't like it", "I like the first": an opinion, not a wish for more of the kind."""
    return bool(
        re.search(r"(?:\bi|didn'?t|don'?t|not|really|also|we|do|she|he|they)(?: \w+)? like\b", text)
    ) and not re.search(r"similar|类似|相似|more like|anything like|something like", text)
