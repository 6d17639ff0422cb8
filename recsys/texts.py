"""Every sentence that the recommender says, in Chinese and English. Facts go in at the braces; nothing else is generated."""

from recsys.datamodels import Lang

TEXTS: dict[str, tuple[str, str]] = {
    "found": ("为你找到 {n} {unit}{what}，按合适程度排好了。", "{matches} for “{what}”, best first."),
    "found_sorted": ("{what}按{field}{order}排好了，共 {n} {unit}。", "{matches} for “{what}”, sorted by {field} ({order})."),
    "ascending": ("从低到高", "low to high"),
    "descending": ("从高到低", "high to low"),
    "updated": ("按你的反馈重新排过了，共 {n} {unit}{what}。", "Re-ranked with your feedback: {matches} for “{what}”."),
    "what_any": ("结果", "your need"),
    "and": ("、", ", "),
    "dead_end": ("没有完全符合「{asked}」的{what}。最接近的做法是放宽「{relaxed}」，下面是放宽后的结果。",
                 "Nothing in “{what}” meets all of “{asked}”. The closest step is to relax “{relaxed}”; these are the results then."),
    "nothing": ("目录里没有符合「{asked}」的内容。可以换个说法，或者去掉一个条件。", "The catalogue has nothing for “{asked}”. Try other words, or drop a condition."),
    "few": ("符合条件的一共只有 {n} {unit}。", "Only {matches} for all your conditions."),
    "cut": ("这条消息很长，只读了前 {n} 个字。", "That message is long; I read its first {n} characters."),
    "empty": ("说说你想要什么吧，比如「200 元以内的红色连衣裙」。", "Tell me what you need, for example “a red dress under 200”."),
    "hello": ("你好，我是随心荐。告诉我你想要什么，商品、电影、新闻、理财或值得关注的人都可以；点个喜欢或不喜欢，下一轮就会变。",
              "Hello, I am Attune. Tell me what you need: goods, films, news, savings or people to follow. Press like or dislike and the next answer changes."),
    "reset": ("好的，我们重新开始。想要什么？", "All right, a fresh start. What would you like?"),
    "undone": ("已撤销对《{title}》的「{kind}」，排序恢复到之前的样子。", "Took back your “{kind}” on {title}; the ranking is as it was before."),
    "back": ("回到上一步。", "Back one step. "),
    "nothing_to_undo": ("没有可以撤销的操作。", "There is nothing to take back."),
    "noted": ("记下了：{notes}。", "Noted: {notes}."),
    "no_reference": ("我不确定你指的是哪一个。可以说「第二个不错」，或者直接点卡片上的喜欢、不喜欢。",
                     "I am not sure which one you mean. Say “I like the second”, or use the buttons on a card."),
    "explain": ("《{title}》排在第 {rank} 位，因为：{reasons}。", "{title} is number {rank} because: {reasons}."),
    "compare": ("并排看看：{lines}", "Side by side: {lines}"),
    "reason_value": ("{value}", "{value}"),
    "reason_price": ("{price}，在预算内", "{price}, within budget"),
    "reason_at_least": ("{field} {value}", "{field} {value}"),
    "reason_words": ("贴近你的描述", "close to your words"),
    "reason_liked": ("像你喜欢的「{title}」", "like “{title}”, which you liked"),
    "reason_behaviour": ("接着你最近看的", "follows what you looked at"),
    "reason_rating": ("评分 {rating}", "rated {rating}"),
    "reason_popular": ("很多人喜欢", "popular"),
    "question": ("想要哪种{field}？", "Any preference for {field}?"),
    "like": ("喜欢", "like"), "dislike": ("不喜欢", "dislike"), "click": ("查看", "view"), "rate": ("评分", "rating"),
    "favourite": ("收藏", "favourite"), "purchase": ("购买", "purchase"),
    "counterfactual": ("如果没有你对「{title}」的「{kind}」，它会排在第 {rank} 位。", "Without your “{kind}” on “{title}” it would be number {rank}."),
    "counterfactual_none": ("你的反馈还没有改变它的位置。", "Your feedback has not moved it yet."),
    "not": ("不要{value}", "no {value}"), "at_most": ("{field} ≤ {value}", "{field} ≤ {value}"), "at_least": ("{field} ≥ {value}", "{field} ≥ {value}"),
    "one_of": ("{values}", "{values}"),
}  # fmt: skip


UNITS = {"ecommerce": "件", "film": "部", "news": "篇", "finance": "款", "people": "位"}  # measure words; elsewhere 个


def say(key: str, lang: Lang, **facts: object) -> str:
    """The sentence `key` in a language with its facts filled in."""
    return TEXTS[key][0 if lang == "zh" else 1].format(**facts)


def money(amount: float, currency: str) -> str:
    """An amount as a price tag."""
    sign = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}.get(
        currency, f"{currency} "
    )
    return f"{sign}{amount:,.0f}" if amount == int(amount) else f"{sign}{amount:,.2f}"


def plain(number: float) -> str:
    """A number without a needless fraction."""
    return f"{number:,.0f}" if number == int(number) and abs(number) >= 10000 else f"{number:g}"
