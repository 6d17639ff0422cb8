"""A kind of thing that a message only shows: 🎒🎒🎒 purple, under 180."""

import emoji

from recsys.language.shortened import HEADS
from recsys.language.values import Lexicon


def spelled(text: str, lexicon: Lexicon) -> str:
    """The message with the picture that it begins with in words, where that is a kind of thing of the catalogue and no other is named.

    The names are those of Unicode's Common Locale Data Repository, which the emoji package carries.
    """
    first = next(iter(emoji.emoji_list(text)), None)
    if first is None or first["match_start"] > 0 or any(s.fields() & set(HEADS) for s in lexicon.find(text.lower())):
        return text
    for language in ("en", "zh"):
        name = emoji.demojize(first["emoji"], language=language).strip(":").replace("_", " ").lower()
        if any(field in HEADS for field, _ in lexicon.schema.lexicon.get(name, ())):
            return f"{name} {text[first['match_end'] :]}"
    return text
