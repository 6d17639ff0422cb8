"""Set right what was mistyped: a slip of one letter, Chinese typed in pinyin, a character that only sounds right."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from recsys.language.misspelt import SLIPS, edits, one_apart
from recsys.language.pinyin import SYLLABLES, is_pinyin, readings, rhymes, slurred, typed
from recsys.language.text import CJK, STOP_EN, is_word, words
from recsys.schema import Schema

_LATIN, _LETTERS = re.compile(r"[a-z]{4,}"), re.compile(r"[a-z]+")
_PLAIN = frozenset(  # words of a need that a slip may hide
    re.findall(
        r"\w+",
        "pricier dearer costlier roomier quieter louder heavier thinner thicker wider narrower taller brighter fancier comfier smth sth abt tbh newer older cheaper bigger smaller lighter larger longer shorter under over below above about around less than more between least most budget cheap cheaper price without with want need looking "
        "recommend please show find something brand colour color size film films movie movies series news fund funds womens mens children "
        "years months hours inches pounds kilos grams litres minutes metres stars rated rating similar dislike first second third fourth fifth last compare",
    )
)
_RUN = re.compile(r"([a-z])\1{2,}")
_STRETCHED = re.compile(r"[a-z]*([a-z])\1{2,}[a-z]*")


@cache
def _english() -> frozenset[str]:
    """English words that are right as they stand: the 30,000 most frequent of pyspellchecker's list."""
    from spellchecker import SpellChecker

    counts = SpellChecker(language="en").word_frequency.dictionary
    known = [w for w in counts if len(w) >= 3 and w.isascii() and w.isalpha()]
    return frozenset(sorted(known, key=lambda w: (-counts[w], w))[:30000])


@cache
def _common() -> frozenset[str]:
    """The 8,000 most frequent of them."""
    from spellchecker import SpellChecker

    counts = SpellChecker(language="en").word_frequency.dictionary
    return frozenset(sorted(_english(), key=lambda w: (-counts[w], w))[:8000])


class Speller:
    """Corrects a message towards the words of one catalogue. The tables are made at the first message that needs them."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self._right: frozenset[str] = frozenset()
        self._sound: dict[str, list[str]] | None = None
        self._slurred: dict[bool, dict[str, list[str]]] = {}
        self._known: frozenset[str] = frozenset()
        self._values: frozenset[str] = frozenset()
        self._letters: dict[str, list[str]] | None = None

    def correct(self, text: str) -> str:
        """The message with its slips set right; what is known as it stands is left alone."""
        for pattern, right in SLIPS:
            text = pattern.sub(right, text)
        text = _STRETCHED.sub(lambda m: self._shortened(m[0]), text)
        if any(not self._is_word(m[0]) or self._is_rare(m[0]) for m in _LATIN.finditer(text)) or typed(text):
            text = self._latin(text)
        return self._homophones(text) if CJK.search(text) else text

    def _shortened(self, token: str) -> str:
        """gaaaaming, sooo: a letter typed three times and more stands for one or two."""
        tries = [_RUN.sub(r"\1" * kept, token) for kept in (1, 2)]
        return next((t for t in tries if self._is_word(t)), tries[0])

    def _phrases(self) -> Iterator[str]:
        yield from (*self.schema.lexicon, *self.schema.compounds)
        for field in self.schema.fields.values():
            yield from (field.zh.lower(), field.en.lower(), *field.words)

    def _is_word(self, token: str) -> bool:
        if not self._known:
            own = self._own()
            titles = {w for i in self.schema.items for w in _LETTERS.findall(f"{i.title} {i.title_en}".lower())}
            self._known = frozenset({*own, *titles, *_PLAIN, *STOP_EN}) | _english()
        return token in self._known or (token.endswith("s") and token[:-1] in self._known)

    def _is_rare(self, token: str) -> bool:
        """True for a word that few people use and the catalogue does not."""
        return token in _english() and token not in _common() and token not in self._own()

    def _own(self) -> frozenset[str]:
        if not self._values:
            self._values = frozenset(w for p in self._phrases() if p.isascii() for w in re.findall(r"[a-z]+", p))
        return self._values

    def _latin(self, text: str) -> str:
        """Words that nobody knows: pinyin of a phrase (also over several words), else one slip away from a word of the catalogue."""
        tokens = list(re.finditer(r"[a-z]+", text))
        spelled = typed(text)
        out, at, n = [], 0, 0
        while n < len(tokens):
            end, right = self._pinyin(tokens, n, text, spelled)
            token = tokens[n][0]
            if not right and text.startswith(("'t", "’t"), tokens[n].end()):
                pass  # shouldn't
            elif not right and token.endswith("er") and text.startswith(" than", tokens[n].end()):
                pass  # bleaker than
            elif not right and len(token) >= 4 and not self._is_word(token):
                right = self._one_slip(token)
            elif (
                not right
                and token not in STOP_EN
                and text[: tokens[n].start()][-1:] not in "'’"  # the end of you're
                and (self._is_rare(token) if len(token) > 3 else not self._is_word(token))
            ):
                right = self._swapped(token)
            if right:
                out.append(text[at : tokens[n].start()] + right)
                at = tokens[end - 1].end()
                n = end
            else:
                n += 1
        return "".join(out) + text[at:]

    def _pinyin(self, tokens: list[re.Match[str]], n: int, text: str, spelled: bool) -> tuple[int, str]:
        """The phrase that the tokens from `n` on spell in pinyin, and where they end; `spelled`: the whole message is pinyin."""
        windows = []
        for end in range(min(n + 4, len(tokens)), n, -1):
            parts = [t[0] for t in tokens[n:end]]
            joined = "".join(parts)
            written = text[tokens[n].start() : tokens[end - 1].end()]
            together = written.replace(" ", "").replace("'", "") == joined
            split = end - n == 2 and len(parts[1]) > 1 and written == "'".join(parts)  # jing'an
            known = len(joined) < 4 or (
                not split and any(p in STOP_EN or (len(p) > 3 and self._is_word(p)) for p in parts)
            )
            if together and (spelled or not known):
                windows.append((end, joined))
        for end, joined in windows:
            if joined in SYLLABLES:
                return end, SYLLABLES[joined]
        for end, joined in windows:
            if len(joined) > 3 and (found := self._sounds().get(joined.replace("v", "u"))):
                return end, found[0]
        return n + 1, ""

    def _one_slip(self, token: str) -> str:
        """The word one letter away (left out, put in, replaced or swapped), the one with the same first letter first."""
        found = edits(token) & self._targets()
        if len(token) == 4:  # of four letters a wrong one leaves too little to go by
            found = {w for w in found if len(w) != 4 or sorted(w) == sorted(token)}

        def likely(word: str) -> tuple[bool, bool, int, str]:
            return word[0] == token[0], sorted(word) == sorted(token), self._items(word), word

        doubled = [
            w
            for w in found
            if any(token[:n] + token[n + 1 :] == w and token[n] == token[n - 1] for n in range(1, len(token)))
        ]
        return max(doubled or found, key=likely, default="") or self._alike(token) or self._typed_wrong(token)

    def _targets(self) -> frozenset[str]:
        """The words that slips are set right towards: those of the catalogue and plain ones, of four letters or more."""
        if not self._right:
            self._right = frozenset(w for w in self._own() if len(w) > 3) | {w for w in _PLAIN if len(w) > 4}
        return self._right

    def _swapped(self, token: str) -> str:
        """The same letters in another order, in a word of three letters or one that few people use: svu, sliver."""
        if self._letters is None:
            self._letters = {}
            for phrase in self._own():
                self._letters.setdefault("".join(sorted(phrase)), []).append(phrase)
        own = self._letters.get("".join(sorted(token)), ())
        return next((p for p in sorted(own) if one_apart(token, p)), "")

    def _alike(self, token: str) -> str:
        """For a longer word the most similar one with the same first letter: headfones."""
        if len(token) < 7:
            return ""
        words = {w for w in self._targets() if w[0] == token[0] and abs(len(w) - len(token)) < 3}
        return next(iter(get_close_matches(token, sorted(words), 1, 0.82)), "")

    def _typed_wrong(self, token: str) -> str:
        """The phrase whose pinyin, of six letters or more, is one letter away, where there is one: chaoyng, but not Changsha."""
        wrong = len(token) > 5 and not is_pinyin(token)
        found = [k for k in edits(token) & self._sounds().keys() if k[0] == token[0]] if wrong else []
        return self._sounds()[found[0]][0] if len(found) == 1 else ""

    def _items(self, phrase: str) -> int:
        """How many items a phrase may mean."""
        return sum(sum(self.schema.support.get(p, {}).values()) for p in self.schema.lexicon.get(phrase, ()))

    def _total(self) -> int:
        """How many items there are."""
        return sum(sum(kinds.values()) for (field, _), kinds in self.schema.support.items() if field == "domain")

    def _sounds(self) -> dict[str, list[str]]:
        """Pinyin without tones -> phrases of the catalogue in Chinese, the shortest first."""
        if self._sound is None:
            self._sound = {}
            for phrase in dict.fromkeys(self._phrases()):
                if 2 <= len(phrase) <= 6 and all(CJK.match(c) for c in phrase):
                    for key in dict.fromkeys(k for r in readings(phrase) for k in (r, r.replace("v", "u"))):
                        self._sound.setdefault(key, []).append(phrase)
        return self._sound

    def _near(self, long: bool) -> dict[str, list[str]]:
        """As `_sounds`, by what southern speakers make of the pinyin: s of sh, in phrases of three characters and more n of ng."""
        if long not in self._slurred:
            self._slurred[long] = {}
            for key, phrases in self._sounds().items():
                self._slurred[long].setdefault(slurred(key, long), []).extend(phrases)
        return self._slurred[long]

    def _homophones(self, text: str) -> str:
        """行礼箱 -> 行李箱: one character of a phrase is another of the same sound, and what stands there is no word."""
        edges, inside = _edges(text), self._inside(text)
        for run in list(re.finditer(r"[\u3400-\u9fff]{2,}", text)):
            for length in range(min(5, len(run[0])), 1, -1):
                for at in range(run.start(), run.end() - length + 1):
                    if at in edges and at + length in edges and at not in inside:
                        window = text[at : at + length]
                        alone = length == 2 and _ALONE.match(f" {text} ", at)
                        right = (
                            self._looks_like(window)
                            or self._sounds_like(window)
                            or (self._rhymes_with(window) if alone else "")
                        )
                        text = text[:at] + (right or text[at : at + length]) + text[at + length :]
        return text

    def _inside(self, text: str) -> set[int]:
        """Where a message goes on with a longer phrase of the catalogue: 糖纸铺家 is no 朴家."""
        known = self.schema.lexicon
        spans = [(a, a + n) for a in range(len(text)) for n in (2, 3, 4, 5) if text[a : a + n] in known]
        named = [s for s in spans if s[1] - s[0] > 2 or {f for f, _ in known[text[slice(*s)]]} <= _NAMES]
        return {at for a, b in named for at in range(a + 1, b)}

    def _said(self, window: str) -> bool:
        """True for a phrase of the catalogue."""
        return window in self.schema.lexicon or window in self.schema.compounds

    def _looks_like(self, window: str) -> str:
        """The phrase of which one character is another of nearly the same shape, where the window is no word: 湘莱."""
        if is_word(window) or self._said(window):
            return ""
        tries = (window[:n] + _LOOKS[c] + window[n + 1 :] for n, c in enumerate(window) if c in _LOOKS)
        return next((t for t in tries if t in self.schema.lexicon), "")

    def _rhymes_with(self, window: str) -> str:
        """火窝 -> 火锅: two characters of which one is right and the other rhymes, where many things are called so."""
        if window in self.schema.lexicon or is_word(window) or "category" in self.schema.fields:
            return ""  # of many kinds of thing, too much rhymes
        for phrase in (p for found in self._sounds().values() for p in found if len(p) == 2):
            wrong = [(a, b) for a, b in zip(window, phrase, strict=True) if a != b]
            if len(wrong) == 1 and rhymes(*wrong[0]) and self._items(phrase) >= max(3, 0.05 * self._total()):
                return phrase
        return ""

    def _sounds_like(self, window: str) -> str:
        """The phrase that sounds like the window and differs by one character, where the window is no word itself."""
        if self._said(window) or (is_word(window) and not _PLACE.search(window)):
            return ""
        if len(window) > 2 and self._items(window[1:]):  # 吃蜗牛 eats snails
            return ""
        keys, long = list(readings(window)), len(window) > 2
        near = {p: None for key in keys for p in self._near(long).get(slurred(key, long), ())}
        for key in (*keys, ""):
            for phrase in self._sounds().get(key, ()) if key else near:
                apart = [a for a, b in zip(window, phrase, strict=False) if a != b]
                if (
                    len(phrase) != len(window)
                    or len(apart) != 1
                    or apart[0] in _PARTICLES
                    or (len(window) < 4 and _FUNCTION & (set(window) - set(phrase if len(phrase) > 2 else "")))
                ):
                    continue
                least = (
                    2.0
                    if _HEADS & {f for c in window if c != apart[0] for f, _ in self.schema.lexicon.get(c, ())}
                    else 6
                )
                least = min(least, (0.01 if is_word(phrase) else 0.05) * self._total())
                if len(window) == 2 and self._items(phrase) < (least if key else 3 * least):
                    continue
                if not any(
                    window[i : i + 2] in self.schema.lexicon and apart[0] in window[i : i + 2]
                    for i in range(len(window) - 1)
                ):
                    return phrase
        return ""


_ALONE = re.compile(r"[\s,，。吃]..[\s,，。的馆店]")  # a word by itself
_LOOKS = {a: b for x, y in ("囗口", "怀杯", "绣锈", "敝敞", "莱菜", "末未", "己已", "土士", "千干", "夭天", "太大", "拆折", "拔拨", "侯候", "洒酒", "渴喝", "园圆", "贷货", "兔免", "睛晴", "荼茶", "载戴", "粟栗", "棉绵", "眼跟", "裤库", "定淀") for a, b in ((x, y), (y, x))}  # fmt: skip
_HEADS = frozenset({"category", "domain"})
_NAMES = frozenset({"brand", "issuer", "director", "cast", "author"})
_PLACE = re.compile(r"..[区市县镇]$")  # 潮阳区 is a place as well, but elsewhere
_PARTICLES = frozenset("的地得了着吗呢吧啊不没都也")
_FUNCTION = frozenset(
    "的地得了着过都也和与或不没别要能会可以是有在上下里前后个只几这那我你他她它们就还最更很太给吧吗呢啊好看做穿买想找多少大小一二三四五六七八九十百千万"
)


def _edges(text: str) -> dict[int, int]:
    """Where each word of the text starts -> where it ends; the end of the text ends nothing."""
    at, out = 0, {}
    for word in words(text):
        start = text.find(word, at)
        if start >= 0:
            at = start + len(word)
            out[start] = at
            out.setdefault(at, at)
            if not is_word(word):
                # 要静|因的, 吃云楠|菜: it may be cut after a verb and before a particle; 沈滕|演, 画|素苗
                begin = len(word) - len(word.lstrip("要想买求找吃喝食看来去整搞画听玩家个点条件双台部只款本瓶套"))
                out.update({start + n: at for n in range(1, begin + 1)})
                out.setdefault(start + len(word.rstrip("就行好嘛呗吧啊呀哈馆店演导类型唱写")), at)
    return out
