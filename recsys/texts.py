"""Every sentence that the recommender says, in Chinese and English. Facts go in at the braces; nothing else is generated."""

from recsys.datamodels import Lang, Range

TEXTS: dict[str, tuple[str, str]] = {
    "found": ("为你找到 {n} {unit}{what}，按合适程度排好了。", "{matches} for “{what}”, best first."),
    "found_more": ("再看 {n} {unit}{what}。", "{n} more for “{what}”."),
    "last_ones": ("符合条件的就剩这些了。", "That is all that is left of what fits."),
    "seen_all": ("符合条件的都看过了，从头再来一遍。", "You have seen all that fits; from the top again."),
    "found_sorted": ("{what}按{field}{order}排好了，{most}的是「{title}」（{value}）{tied}。",
                     "{matches} for “{what}”, sorted by {field} ({order}): {most} is {title} ({value}){tied}."),
    "tied": ("，另有 {n} {unit}一样", ", level with {n} more"),
    "lowest": ("{field}最低", "the lowest in {field}"), "highest": ("{field}最高", "the highest in {field}"),
    "earliest": ("最早", "the earliest"), "latest": ("最新", "the latest"), "oldest_first": ("从旧到新", "oldest first"), "newest_first": ("从新到旧", "newest first"),
    "cheapest": ("最便宜", "the cheapest"), "dearest": ("最贵", "the most expensive"),
    "lacking": ("另有 {n} {unit}没有标{field}，没有算在内。", "{n} more have no {field} and are left out."),
    "hidden": ("你不喜欢的 {n} {unit}没有算在内。", "{n} that you disliked are left out."),
    "unsortable": ("目录里没有这些内容的{field}，所以按合适程度排。", "The catalogue has no {field} for these, so they stand by fit."),
    "ascending": ("从低到高", "low to high"),
    "descending": ("从高到低", "high to low"),
    "updated": ("按你的反馈重新排过了，共 {n} {unit}{what}。", "Re-ranked with your feedback: {matches} for “{what}”."),
    "what_any": ("结果", "your need"),
    "and": ("、", ", "),
    "dead_end": ("没有完全符合「{asked}」的{what}：{ways}。下面是最接近的，和你要的不完全一样。",
                 "Nothing in “{what}” meets all of “{asked}”: {ways}. Below are the nearest; they do not meet all that you asked."),
    "way_low": ("放宽「{dropped}」，最低是 {value}", "relaxing “{dropped}”, the lowest is {value}"),
    "way_high": ("放宽「{dropped}」，最高是 {value}", "relaxing “{dropped}”, the highest is {value}"),
    "way_early": ("放宽「{dropped}」，最早是 {value}", "relaxing “{dropped}”, the earliest is {value}"),
    "way_late": ("放宽「{dropped}」，最晚是 {value}", "relaxing “{dropped}”, the latest is {value}"),
    "way": ("放宽「{dropped}」则有 {n} {unit}", "relaxing “{dropped}” leaves {n}"),
    "ways": ("；", "; "),
    "raised": ("{field}放宽到 {value}", "{field} up to {value}"), "lowered": ("{field}放宽到 {value}", "{field} from {value}"),
    "without": ("不限「{what}」", "without “{what}”"), "any": ("都可以", "no preference"),
    "ask_relax": ("放宽哪一条？", "What may be relaxed?"),
    "ask_price": ("预算大概多少？", "What is your budget?"),
    "ask_category": ("想要哪一类？", "Which kind?"), "ask_domain": ("想看哪方面的？", "What are you after?"),
    "ask_range": ("{field}大概在什么范围？", "What {field} suits you?"),
    "ask_whether": ("对「{field}」有要求吗？", "Does “{field}” matter to you?"),
    "about": ("{field}：{value}", "{field}: {value}"),
    "ask_value": ("对「{field}」有偏好吗？", "Any preference for {field}?"),
    "up_to": ("{value}以内", "up to {value}"), "over": ("{value}以上", "{value} and up"), "from_to": ("{low} 到 {high}", "{low} to {high}"),
    "before": ("{value} 年以前", "{value} or earlier"), "after": ("{value} 年以后", "{value} or later"),
    "chip_sorted": ("按{field}{order}", "by {field}, {order}"), "chip_like": ("像「{title}」", "like “{title}”"),
    "nothing": ("目录里没有符合「{asked}」的内容。可以换个说法，或者去掉一个条件。", "The catalogue has nothing for “{asked}”. Try other words, or drop a condition."),
    "unconverted": ("目录里的价格是{own}，「{said}」没有换算，数字按{own}算。", "Prices here are in {own}; {said} was not converted, the number is taken as {own}."),
    "few": ("符合条件的一共只有 {n} {unit}。", "Only {matches} for all your conditions."),
    "cut": ("这条消息很长，只读了前 {n} 个字。", "That message is long; I read its first {n} characters."),
    "empty": ("说说你想要什么吧，比如「{example}」。", "Tell me what you need, for example “{example}”."),
    "loose": ("「{words}」对不上目录里的条件，只用来参考排序，条件没有变。", "“{words}” is no condition that the catalogue knows; it only weighs in the order, and the conditions are as before."),
    "unmet": ("目录里没有写「{words}」说的这一项，没法按它筛选。", "The catalogue does not tell what “{words}” asks, so nothing is filtered by it."),
    "loose_refused": ("目录里没有「{words}」，条件没有变。", "The catalogue has no “{words}”; the conditions are as before."),
    "guessed": ("「{text}」在目录里没有对上的词，下面是按意思猜的，未必准；换个说法会更准。",
                "Nothing in the catalogue goes by the words “{text}”; these are a guess by meaning. Other words may find more."),
    "hello": ("你好，我是随心荐。这里有{kinds}。说说你想要什么，比如「{example}」。", "Hello, I am Attune. Here are {kinds}. Tell me what you need, for example “{example}”."),
    "able": ("告诉我要求，比如「{example}」，我按条件从{kinds}里找。还可以说「便宜一点」「第二个和第三个比一下」「为什么推荐这个」「撤销」「换个话题」。点喜欢或不喜欢，下一轮就会变。",
             "Tell me what you need, for example “{example}”, and I search {kinds} by it. Try “cheaper”, “compare the second and the third”, “why this one?”, “undo” or “start over” too. Press like or dislike and the next answer changes."),
    "thanks": ("不客气。还想看别的，直接说就行。", "You are welcome. Tell me if you want to see anything else."),
    "bye": ("再见，下次想找什么再来。", "Goodbye. Come back whenever you need something."),
    "noted_only": ("好的，想继续看就说。", "All right. Tell me when you want to see more."),
    "idle": ("这个我答不上来，我只会从{kinds}里帮你挑。比如「{example}」。", "I cannot help with that; I only pick from {kinds}. For example “{example}”."),
    "reset": ("好的，我们重新开始。想要什么？", "All right, a fresh start. What would you like?"),
    "undone": ("已撤销{said}，排序恢复到之前的样子。", "Took back your {said}; the ranking is as it was before."),
    "back": ("回到上一步。", "Back one step. "),
    "nothing_to_undo": ("没有可以撤销的操作。", "There is nothing to take back."),
    "noted": ("记下了：{notes}。", "Noted: {notes}."),
    "no_reference": ("我不确定你指的是哪一个。可以说「第二个不错」，或者直接点卡片上的喜欢、不喜欢。",
                     "I am not sure which one you mean. Say “I like the second”, or use the buttons on a card."),
    "told": ("「{title}」的{facts}。", "{title} – {facts}."),
    "told_one": ("{field}：{value}", "{field}: {value}"),
    "has": ("是的，「{title}」的{facts}。", "Yes: {title} – {facts}."),
    "has_not": ("按目录，「{title}」的{facts}，没有写「{asked}」。", "By the catalogue: {title} – {facts}; it does not say “{asked}”."),
    "untold": ("目录里没有写「{title}」的{field}。", "The catalogue does not give the {field} of {title}."),
    "unsaid": ("目录里没有单独写这一点。关于「{title}」它写的是：{about}", "The catalogue does not say so in as many words. Of {title} it says: {about}"),
    "told_about": ("「{title}」：{about}", "{title}: {about}"),
    "explain": ("「{title}」排在第 {rank} 位，因为：{reasons}。", "{title} is number {rank} because: {reasons}."),
    "compare": ("并排看看。{contrast}", "Side by side. {contrast}"),
    "contrast": ("「{title}」{points}", "{title} is {points}"), "as_well": ("、", " and "), "contrast_point": ("{most}（{value}）", "{most} ({value})"),
    "of_these": ("其中{points}。", "Of these, {points}."), "comma": ("，", ", "),
    "kinds_any": (" {n} 样东西", "{n} items"),
    "compare_few": ("要比较得有两个：先说说你想要什么，再说「第一个和第二个比一下」。", "It takes two to compare: say what you need first, then “compare the first and the second”."),
    "compare_many": ("一次最多比三个，先比前三个。", "Three at most at a time; these are the first three."),
    "reason_value": ("{value}", "{value}"),
    "reason_price": ("{price}，在预算内", "{price}, within budget"),
    "reason_at_least": ("{field} {value}", "{field} {value}"),
    "reason_words": ("贴近你的描述", "close to your words"),
    "reason_liked": ("像你喜欢的「{title}」", "like “{title}”, which you liked"),
    "reason_behaviour": ("接着你最近看的", "follows what you looked at"),
    "reason_rating": ("评分 {rating}", "rated {rating}"),
    "reason_popular": ("很多人喜欢", "popular"),
    "like": ("喜欢", "like"), "dislike": ("不喜欢", "dislike"), "click": ("查看", "view"), "dwell": ("细看", "long look"), "rate": ("评分", "rating"),
    "favourite": ("收藏", "favourite"), "purchase": ("购买", "purchase"), "known": ("已经知道，不再推荐", "known already, not shown again:"),
    "lean": ("说过的偏好", "what you said"), "forget": ("不再考虑", "no longer considered"),
    "more": ("多推{value}", "more {value}"), "less": ("少推{value}", "less {value}"),
    "more_price": ("偏好高价位", "pricier"), "less_price": ("偏好便宜些", "cheaper"),
    "more_year": ("偏好新近的", "newer"), "less_year": ("偏好年代久些的", "older"),
    "memory": ("{kind}：{title}", "{kind}: {title}"),
    "something_new": ("试试看", "something new"),
    "counterfactual": ("如果没有你{said}，它会{place}。", "Without your {said} it would be {place}."),
    "place": ("排在第 {rank} 位", "number {rank}"), "place_out": ("不在前 {n} 位里", "outside the first {n}"),
    "reaction": ("对「{title}」的「{kind}」", "“{kind}” on “{title}”"), "reaction_said": ("说过的「{what}」", "“{what}”"), "and_also": ("和", " and "),
    "what_if_change": ("如果条件改成「{change}」，它会排在第 {rank} 位。", "With “{change}” it would be number {rank}."),
    "likely_high": ("你很可能会喜欢", "you will very likely like it"), "likely_good": ("你可能会喜欢", "you may well like it"),
    "likely_open": ("说不准，可以看看", "hard to say, worth a look"), "likely_low": ("只是随便看看", "just exploring"),
    "varied": ("放在这里是为了换换口味", "it is here for variety"),
    "likeness": ("和你喜欢的「{title}」一样：{same}。", "Like “{title}”, which you liked: {same}."), "likeness_none": ("风格相近", "close in spirit"),
    "likeness_differs": ("不同的是：{differs}。", " It differs: {differs}."),
    "cheaper": ("便宜 {gap}", "{gap} cheaper"), "dearer": ("贵 {gap}", "{gap} more"), "differs": ("{label}是{mine}（那个是{theirs}）", "{label} {mine} (not {theirs})"),
    "counterfactual_none": ("你的反馈还没有改变它的位置。", "Your feedback has not moved it yet."),
    "not": ("不要{value}", "no {value}"), "at_most": ("{field} ≤ {value}", "{field} ≤ {value}"), "at_least": ("{field} ≥ {value}", "{field} ≥ {value}"),
    "one_of": ("{values}", "{values}"),
}  # fmt: skip


UNITS = {"ecommerce": "件", "film": "部", "news": "篇", "finance": "款", "people": "位"}  # measure words; elsewhere 个


def say(key: str, lang: Lang, **facts: object) -> str:
    """The sentence `key` in a language with its facts filled in."""
    return TEXTS[key][0 if lang == "zh" else 1].format(**facts)


CURRENCIES = {
    "CNY": ("人民币", "yuan"), "USD": ("美元", "US dollars"), "EUR": ("欧元", "euros"), "GBP": ("英镑", "pounds"),
    "HKD": ("港币", "Hong Kong dollars"), "JPY": ("日元", "yen"),
}  # fmt: skip


def currency(code: str, lang: Lang) -> str:
    """A currency by its name; by its code where that is all that is known."""
    return CURRENCIES.get(code, (code, code))[0 if lang == "zh" else 1]


def money(amount: float, currency: str) -> str:
    """An amount as a price tag."""
    sign = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "HKD": "HK$", "TWD": "NT$"}.get(
        currency, f"{currency} "
    )
    return f"{sign}{amount:,.0f}" if amount == int(amount) else f"{sign}{amount:,.2f}"


_UNITS_EN = {"英寸": " in", "天": " days", "个月": " months", "岁": " years", "口": " ports", "杯": " cups", "集": " episodes", "页": " pages", "人": "", "年": ""}  # fmt: skip


def unit(of: str, lang: Lang) -> str:
    """The unit of a catalogue's field, as it stands behind a number in a language."""
    return _UNITS_EN.get(of, of) if lang == "en" else of


def plain(number: float) -> str:
    """A number without a needless fraction; a range by both its ends."""
    if isinstance(number, Range):
        return f"{plain(number.low)}–{plain(number.high)}"
    return f"{number:,.0f}" if number == int(number) and abs(number) >= 10000 else f"{number:g}"
