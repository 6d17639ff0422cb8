"""A picture for every item: its own where it has one, else a drawing of assets/shapes in the item's colour."""

import colorsys
import hashlib
from functools import cache
from html import escape
from typing import Literal
from urllib.parse import quote

from recsys.datamodels import Item, Lang
from recsys.settings import ASSETS

Surface = Literal["page", "file"]  # the page's own colours for ink and paper, or fixed ones
_HEX = {
    "红色": "#c8413b", "粉色": "#e79aa8", "橙色": "#e2813f", "黄色": "#e3b53f", "绿色": "#5f8f62", "蓝色": "#4f86c0", "藏青色": "#2e4166",
    "紫色": "#8868ad", "棕色": "#8b6247", "米色": "#d9c7a8", "白色": "#f6f3ec", "黑色": "#3a3c44", "灰色": "#8f939b", "银色": "#c3c8cf",
    "金色": "#c9a14a", "彩色": "#cf6f8f", "透明": "#cfe3e8",
    "red": "#c8413b", "pink": "#e79aa8", "orange": "#e2813f", "yellow": "#e3b53f", "green": "#5f8f62", "blue": "#4f86c0", "navy": "#2e4166",
    "purple": "#8868ad", "brown": "#8b6247", "beige": "#d9c7a8", "white": "#f6f3ec", "black": "#3a3c44", "grey": "#8f939b", "gray": "#8f939b",
}  # fmt: skip
_GENRES = {
    "剧情": "drama", "喜剧": "comedy", "爱情": "romance", "科幻": "scifi", "动作": "action", "犯罪": "crime", "悬疑": "mystery", "惊悚": "thriller",
    "恐怖": "horror", "动画": "animation", "战争": "war", "历史": "history", "传记": "biography", "音乐": "music", "家庭": "family", "奇幻": "fantasy",
    "冒险": "adventure", "纪录": "documentary", "武侠": "wuxia", "西部": "western",
}  # fmt: skip
_SKIN = ("#f2d3b8", "#e6b98f", "#c98f63", "#f6dcc8")
_HAIR = ("#2e2a2b", "#5a3d2b", "#8a5a3a", "#3b3f4a")
_RISK = ("#5f9e7a", "#9bb35c", "#dcb24a", "#d98544", "#c8504a")


def picture(item: Item, surface: Surface = "file", lang: Lang = "zh") -> str:
    """The drawing of an item as SVG text; a film's poster carries its title in a language."""
    main = main_colour(item)
    colours = {
        "main": main, "dark": _shade(main, -0.28), "light": _shade(main, 0.55), "accent": _accent(main),
        "ink": "var(--ink)" if surface == "page" else "#2d2b33", "paper": "var(--paper)" if surface == "page" else "#ffffff",
    }  # fmt: skip
    if main == _HEX["白色"] or main == _HEX["white"]:
        colours |= {"dark": "#b9b4a8", "light": "#ffffff"}
    if item.domain == "people":
        dice = _dice(item.id)
        colours |= {"light": _SKIN[dice % 4], "dark": _HAIR[dice // 4 % 4]}
    backdrop = (
        f'<rect width="200" height="200" fill="{main}" opacity="{0.17 if item.domain != "film" else 0.9 if surface == "file" else 1}"/>'
        if surface == "file" or item.domain == "film"
        else ""
    )
    if item.domain == "film":
        colours |= {"main": _shade(main, 0.12), "ink": "#15161c"}
    shape = _shape_name(item)
    body = _fill(shape, colours) if shape else _monogram(item, colours)
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200" aria-hidden="true">{backdrop}{body}{_overlay(item, lang)}</svg>'


def address(item: Item) -> str:
    """An address that any browser shows: the item's own picture, or the drawing itself."""
    if item.image:
        return f"/gradio_api/file={quote(item.image)}" if item.image.startswith("/") else item.image
    return "data:image/svg+xml," + quote(picture(item), safe="/:=,;'()<> ")


def _dice(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=4).digest())


def _shape_name(item: Item) -> str:
    if item.domain == "film":
        genre = next((g for g in item.values("genre") if g in _GENRES), "剧情")
        return f"motif-{_GENRES[genre]}"
    if item.domain == "people":
        return f"avatar-{'abcdef'[_dice(item.id) % 6]}"
    return item.shape


def _monogram(item: Item, colours: dict[str, str]) -> str:
    """The first letter of the title on a tile, for items that no drawing fits."""
    letter = escape(next((c for c in item.title if c.isalnum()), "·").upper())
    tile = f'<rect x="52" y="52" width="96" height="96" rx="28" fill="{colours["main"]}"/>'
    font = 'font-family="system-ui,Noto Sans CJK SC,sans-serif" font-size="52" font-weight="700" text-anchor="middle"'
    return f'{tile}<text x="100" y="119" {font} fill="#fff">{letter}</text>'


@cache
def _source(name: str) -> str:
    """The inside of a drawing; the generic one where there is none of this name."""
    path = ASSETS / "shapes" / f"{name}.svg"
    text = (path if path.exists() else ASSETS / "shapes" / "item.svg").read_text("utf-8")
    return text[text.index(">", text.index("<svg")) + 1 : text.rindex("</svg>")]


def _fill(name: str, colours: dict[str, str]) -> str:
    text = _source(name)
    for key, colour in colours.items():
        text = text.replace("{" + key + "}", colour)
    return text


def _overlay(item: Item, lang: Lang) -> str:
    """The title on a film's poster; the risk scale of a fund."""
    if item.domain == "film":
        name = item.name(lang)
        limit = 9 if any(ord(c) > 0x2E7F for c in name) else 17  # what fits beside the edges
        title = escape(name if len(name) <= limit else name[: limit - 1].rstrip() + "…")
        year = item.get("year")
        when = f"{year:.0f}" if isinstance(year, float) else ""
        font = 'font-family="Noto Serif CJK SC,Songti SC,serif" fill="#fff"'
        return f'<text x="14" y="34" {font} font-size="20" font-weight="700">{title}</text><text x="14" y="52" {font} font-size="12" opacity=".8">{when}</text>'
    risk = item.get("risk")
    if isinstance(risk, str) and risk[:1] == "R" and risk[1:].isdigit():
        level = min(int(risk[1:]), 5)
        bars = "".join(
            f'<rect x="{58 + 18 * i}" y="172" width="14" height="8" rx="3" fill="{_RISK[i] if i < level else "#9a9aa5"}" opacity="{1 if i < level else 0.3}"/>'
            for i in range(5)
        )
        return bars
    return ""


def main_colour(item: Item) -> str:
    """The item's colour; for what has none, one drawn from its kind, so that like things look alike."""
    for value in item.values("color"):
        if value.lower() in _HEX:
            return _HEX[value.lower()]
    risk = item.get("risk")
    if isinstance(risk, str) and risk[1:].isdigit():
        return _RISK[min(int(risk[1:]), 5) - 1]
    seed = item.category if item.domain in ("news", "finance") else item.id
    hue = _dice(seed) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.36 if item.domain == "film" else 0.52, 0.38)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _shade(colour: str, amount: float) -> str:
    """Darker for a negative amount, lighter for a positive one."""
    target = 255 if amount > 0 else 0
    mixed = (round(int(colour[i : i + 2], 16) + (target - int(colour[i : i + 2], 16)) * abs(amount)) for i in (1, 3, 5))
    return "#" + "".join(f"{c:02x}" for c in mixed)


def _accent(colour: str) -> str:
    """Gold on most colours, a calm blue on warm yellow ones."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    hue, _, saturation = colorsys.rgb_to_hls(red, green, blue)
    return "#4a6d8c" if 0.08 < hue < 0.18 and saturation > 0.3 else "#e0b04f"
