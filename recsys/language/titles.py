"""Items named in a message: in quotes, or after "like", also by the first words of their titles."""

import re
from collections.abc import Iterable

from recsys.datamodels import Schema

_LIKE = re.compile(r"\blike\b|similar|类似|相似|像|差不多")
_CUE = re.compile(
    r"《([^》]{1,60})》|\"([^\"]{2,60})\"|“([^”]{1,60})”"
    r"|(?:\blike (?:the )?|similar to (?:the )?|类似于?|像|(?:跟|和|与)(?=.{2,20}(?:差不多|类似|相似|比|哪)))\s?[《“]?(.{1,60})"
)


class Titles:
    """The titles of a catalogue, whole or by their beginnings."""

    def __init__(self, schema: Schema) -> None:
        self._whole = {k.removeprefix("title:"): v[0][1] for k, v in schema.lexicon.items() if k.startswith("title:")}
        self._starts: dict[str, str] = {}
        self._kinds = {v[0][1]: v[1][1] for k, v in schema.lexicon.items() if k.startswith("title:") and len(v) > 1}
        for title, item in self._whole.items():
            for end in _breaks(title):
                self._starts.setdefault(title[:end], item)

    def categories(self, titles: Iterable[str]) -> tuple[str, ...]:
        """The categories of items by their titles."""
        return tuple(dict.fromkeys(self._kinds[t] for t in titles if self._kinds.get(t)))

    def find(self, text: str) -> tuple[int, int, str, bool] | None:
        """A title that the message names: (start, end, title, whether something like it is wanted)."""
        for cue in _CUE.finditer(text):
            group = next(i for i, g in enumerate(cue.groups(), 1) if g)
            phrase, start = cue.group(group), cue.start(group)
            for length in range(len(phrase), 1 if group == 4 else 0, -1):
                part = phrase[:length].strip()
                title = self._whole.get(part) or (self._starts.get(part) if group == 4 else None)
                if title:
                    return start, start + length, title, bool(group == 4 or _LIKE.search(text))
        return None


def _breaks(title: str) -> list[int]:
    """Where the beginning of a title may end: after two words or more, after three Chinese characters or more."""
    if title.isascii():
        return [m.start() for m in re.finditer(r"(?<=\w)[ :]", title)][1:]
    return list(range(3, len(title)))
