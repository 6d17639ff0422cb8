"""What a message names beside the catalogue's own values: amounts of money, shares, dates and quantities, as they were written."""

import re

_NUMBER = r"(?:\d[\d,.]*\d|\d|[零一二两三四五六七八九十百千万亿]+)"
_DATE = (
    r"(?:\d{4}年)?\d{1,2}月(?:\d{1,2}[日号])?|\d{4}年|\d{4}-\d{1,2}-\d{1,2}|(?:19|20)\d0s|[今明后昨前]天|(?:这|下|上)?周[一二三四五六日末]"
    r"|[今明去后]年|(?:这|下|上)个?月|春节|中秋|国庆|圣诞|元旦|情人节|母亲节|父亲节|儿童节|七夕|双十一"
    r"|\b(?:today|tonight|tomorrow|yesterday|this week(?:end)?|next (?:week(?:end)?|month|year|summer|winter|spring)|christmas|easter|halloween|valentine'?s day|thanksgiving)\b"
    r"|\b(?:january|february|march|april|june|july|august|september|october|november|december)(?: \d{1,2}(?:st|nd|rd|th)?)?\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
)
_MONEY = rf"[$¥￥€£]\s?{_NUMBER}|{_NUMBER}\s?(?:多)?(?:块钱|块|元|美元|欧元|日元|万元|\b(?:dollars?|bucks|euros?|pounds?|yuan|rmb|usd|cny)\b)"
_SHARE = rf"{_NUMBER}\s?(?:%|％|percent\b)|[一二三四五六七八九]折"
_QUANTITY = r"\d[\d,.]*\s?(?:年|个月|小时|分钟|公里|千米|米|厘米|毫米|寸|公斤|千克|克|斤|升|毫升|岁|码|人|g\b|kg\b|gb\b|tb\b|mah\b|w\b|cm\b|mm\b|km\b|inch(?:es)?\b|hours?\b|minutes?\b|years?\b|months?\b|people\b|litres?\b|liters?\b)"
_NAME = re.compile(r"(?<=\S )(?:[A-Z](?:[\w'’-]+|\.)?\s+){1,3}[A-Z][\w'’-]+")
_FOUND = re.compile("|".join((_MONEY, _SHARE, _DATE, _QUANTITY)), re.I)


def named(text: str) -> tuple[str, ...]:
    """The amounts, shares, dates and quantities of a message, in the order in which they are said."""
    return tuple(dict.fromkeys(m.group().strip() for m in _FOUND.finditer(text)))


_LIKENED = re.compile(
    r"《([^》]{1,40})》|\b(?:like|similar to|close to|along the lines of|on the lines of|watched|rewatched|rewatching|watching|seen|read|loved|enjoyed|finished|finishing) ((?:[A-Z][\w'’-]+)(?: (?:of|the|and|[A-Z][\w'’-]+))* [A-Z][\w'’-]+)"
)


def likened(text: str) -> tuple[str, ...]:
    """What is compared or known by a name with capitals or in title marks, in small letters: something like Spirited Away."""
    return tuple((m[1] or m[2]).lower() for m in _LIKENED.finditer(text))


def full_names(text: str) -> tuple[str, ...]:
    """Words with capitals in a row that do not begin the message, in small letters: films by paul thomas anderson."""
    return tuple(m.group().lower() for m in _NAME.finditer(text))
