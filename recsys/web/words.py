"""Every text of the page, in Chinese and English."""

from recsys.datamodels import Lang

WORDS: dict[str, tuple[str, str]] = {
    "title": ("随心荐", "Attune"),
    "tagline": ("说出你想要的，点个喜欢或不喜欢，下一轮就更懂你。", "Say what you want, press like or dislike, and the next answer knows you better."),
    "placeholder": ("说说你想要什么", "Say what you need"),
    "send": ("发送", "Send"),
    "new": ("新对话", "New chat"),
    "builtin": ("随心荐精选", "Attune picks"),
    "upload": ("上传目录", "Upload a catalogue"),
    "any_of": ("推荐一些{value}", "some {value}"),
    "language": ("语言", "Language"),
    "chat": ("对话", "Conversation"),
    "try": ("试试这样说", "Try saying"),
    "understood": ("我理解的条件", "What I understood"),
    "empty_cards": ("推荐会出现在这里", "Recommendations appear here"),
    "empty_hint": ("商品、影视、新闻、理财、值得关注的人，都可以问。", "Goods, films, news, savings, people to follow: ask for any of them."),
    "like": ("喜欢", "Like"), "dislike": ("不喜欢", "Dislike"), "favourite": ("收藏", "Save"), "why": ("为什么", "Why"), "similar": ("类似的", "Similar"),
    "liked": ("已记下：你喜欢「{title}」。", "Noted: you like “{title}”."),
    "disliked": ("已记下：不再推荐「{title}」，相近的也会靠后。", "Noted: “{title}” will not come back, and its like will sink."),
    "favourited": ("已收藏「{title}」。", "Saved “{title}”."),
    "undone": ("已撤销，和之前一样了。", "Taken back; all is as it was."),
    "undo": ("撤销", "Undo"),
    "again": ("按反馈重新排", "Re-rank now"),
    "nearest": ("接近的", "Nearest"),
    "remove": ("去掉这个条件：{what}", "Remove this condition: {what}"),
    "more_like": ("类似第 {rank} 个", "like number {rank}"),
    "because": ("得分构成", "What the score is made of"),
    "score": ("预计你会喜欢的可能：{score}%", "{score}% likely that you will like it"),
    "words": ("语义", "meaning"), "lexical": ("用词", "wording"), "behaviour": ("行为", "behaviour"), "feedback": ("反馈", "feedback"),
    "popularity": ("热度", "popularity"), "bias": ("基准", "base"),
    "history_line": ("「{title}」的{kind}", "your {kind} on “{title}”"),
    "close": ("关闭", "Close"),
    "demo": ("演示数据，商品与理财产品均为虚构，不构成投资建议。", "Demo data: goods and funds are invented; nothing here is advice."),
    "error": ("出错了：{message}", "Something went wrong: {message}"),
}  # fmt: skip

EXAMPLES: dict[str, tuple[str, ...]] = {
    "zh": ("我想买一件连衣裙", "200元以内的红色连衣裙", "我要一笔稳健的投资", "安静一点的电影，像帕特森那样", "续航30小时以上的降噪耳机", "最近的环保新闻", "讲历史的博主"),
    "en": ("I want to buy a dress", "a red dress under 200", "a safe investment", "a quiet film like Paterson", "noise-cancelling headphones with 30 hours of battery", "environment news", "someone to follow about history"),
}  # fmt: skip


def word(key: str, lang: Lang, **facts: object) -> str:
    """The text `key` in a language with its facts filled in."""
    return WORDS[key][0 if lang == "zh" else 1].format(**facts)
