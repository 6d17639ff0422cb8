"""The words of any request, which say nothing of the thing: 给我推荐一家吧, "can you find me something"."""

import re
from collections.abc import Collection

from recsys.language.text import CJK, STOP_EN, STOP_ZH, words

_SAID = frozenset(
    re.findall(
        r"\S+",
        "你好 您好 谢谢 感谢 麻烦 请问 帮忙 帮我 好的 好吧 好呀 可以 行吧 那么 然后 接着 接下来 另外 还有 还要 还想 最后 顺便 此外 同时 以及 并且 而且 但是 不过 因为 所以 如果 的话 "
        "推荐 介绍 安排 寻找 找个 找家 找找 帮找 查找 查询 查查 查下 看下 看看 告诉 知道 了解 听说 觉得 认为 希望 打算 准备 计划 想要 想找 想去 喜欢 需要 要求 符合 满足 满意 合适 适合 "
        "一个 一家 一间 一处 一款 一下 一些 一起 一样 这个 那个 这家 那家 这样 那样 这些 那些 这里 那里 哪个 哪家 哪里 哪些 什么 怎么 怎么样 怎样 多少 几个 有没有 有没 是否 是不是 能不能 "
        "没有 有个 有家 应该 最好 比较 非常 特别 一定 已经 现在 今天 明天 后天 晚上 中午 早上 下午 周末 最近 时候 时间 之后 以后 之前 完了 结束 出来 起来 过来 "
        "地方 东西 选择 建议 好吗 行吗 吗呢 左右 以上 以下 之间 以内 提供 服务 包含 属于 价格 评分 服务设施 设施 类型 预算 分数 价位 消费 人均 地址 电话 告诉我 给我 给我们 我们 你们 他们 "
        "周边 附近 周围 旁边 吃完饭 吃过饭 吃了饭 玩完 游完 逛完 完事 我要 我想 出去玩 不错 真不错 那好 太好了 记下 记好 收到 这么 不能 一会 别的 其它 其他 尝尝 溜达 溜溜 就是 刚才 方便 外出 当然 大概 差不多 "
        "还是 正好 据说 好像 去过 就行 就好 终于 不用 下来 完美 本来 这俩 没关系 可惜 主意 考虑 问题 最想 发现 惊喜 能够 值得 平时 物色 抱歉 不好意思 对不起 感兴趣 谁家 这种 那种 上面 别处 过后 晚饭 吃晚饭 "
        "去掉 换成 换个 改成 算了 买点 别要 不要 里面 哪部 哪台 哪款 哪辆 哪件 其实 加回来 一把 "
        "做得好 住店 那有 那能 有能 另外找 麻烦您 请您 帮您 帮你 请你 给您 为您 您看 您们 哪儿 哪有 啥 有啥 咋样 咋 呀 "
        "自己 大家 朋友 家人 家里人 女朋友 男朋友 孩子 老婆 老公 爸妈 父母 妈妈 爸爸 同学 同事 一家人 去玩 好玩 玩玩 转转 逛逛 散散步 游玩 游览 旅游 旅行 出去 出来玩 吃饭 用餐 就餐 吃点 想吃 吃到 好吃 "
        "住宿 居住 入住 休息 住下 住住 参观 能玩 能吃 能住 这道 这道菜 道菜 菜品 菜 家 里 去 来 找 吃 住 玩 逛 能 会 想 让 对 把 被 从 到 为 跟 再 又 才 只 更 挺 嗯 哦 哎 哈 呗 啦 哟 咯 嘞",
    )
)
_SAID_EN = frozenset(
    re.findall(
        r"\S+",
        "hi hello hey thanks thank please good great nice okay ok yes yeah sure well really just also maybe think know let see tell help try trying going go got have has had make "
        "watch watched watching seen saw movie movies film films book books item items thing things kind type sort recommendation recommendations suggestion suggestions suggested "
        "today tonight now time something anything everything else other others another what which who how when where why lot much many very so too then if than whats obviously im ive id ill dont",
    )
)


def beyond(text: str, labels: Collection[str] = ()) -> str:
    """The words of a lower-case message that are none of these, nor names of fields, joined by spaces."""
    left = []
    for word in words(text):
        if word in labels:
            continue
        if CJK.search(word):
            if word not in _SAID and word not in STOP_ZH and len(word) > 1:
                left.append(word)
        elif not word.isdigit() and word.replace("'", "") not in _SAID_EN and word not in STOP_EN:
            left.append(word)
    return " ".join(left)
