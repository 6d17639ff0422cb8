"""A message before it is read: corrected, without what it lets go and what it only tells, and the items that it means."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recsys.cleaning import clean
from recsys.datamodels import Constraint, Item, Query
from recsys.language import dialogue, entities, pictures, pointing, waiving
from recsys.language.likeness import Likeness
from recsys.language.nearest import Nearest
from recsys.language.reading import Reader
from recsys.language.shown import Pointed, Pointer
from recsys.language.spelling import Speller
from recsys.language.text import blank, places, simplify
from recsys.language.titles import Titles, against
from recsys.language.values import PEOPLE, Lexicon
from recsys.schema import Schema

_PASSED = re.compile(r"的pass[吧了]?[!！。]*$")  # 紫瓶的pass: that one
_LEFT_OUT = re.compile(r"(?:please )?(?:leave out|no|without|exclude|rule out|hide) (?:all )?the .* ones\b")  # all such
Place = tuple[int, int, Item]  # where a title stands, and whose it is


@dataclass(frozen=True, slots=True)
class Heard:
    """A message before it is read: `text` is corrected and without what it lets go, `whole` with it, `written` as it was where nothing
    was corrected. `called`: it is all a title, which goes `against` these conditions of the dialogue; `title` is one that it names, `told` are
    the places of others, `strange` those of names that the catalogue does not know; `known`: it says of one that it is known.
    """

    text: str
    whole: str
    written: str
    waived: waiving.Waiver
    called: bool
    against: tuple[Constraint, ...]
    title: tuple[int, int, str, bool] | None
    known: bool
    told: Sequence[tuple[int, int]]
    strange: Sequence[tuple[int, int]]
    pointed: Pointed

    @property
    def named(self) -> list[tuple[int, int]]:
        """Where the title that it names stands."""
        return [self.title[:2]] if self.title else []


class Hearer:
    """Hears messages in the light of the dialogue so far."""

    def __init__(
        self, schema: Schema, lexicon: Lexicon, titles: Titles, reader: Reader, nearest: Nearest | None
    ) -> None:
        self.schema, self._lexicon, self._titles, self._reader = schema, lexicon, titles, reader
        self._speller = Speller(schema)
        self.pointer = Pointer(schema, lexicon, Likeness(schema, nearest) if nearest else None)

    def hear(self, text: str, state: Query | None, shown: Sequence[Item], asked: str, focus: Sequence[str]) -> Heard:
        """The message corrected, with what it lets go, the titles that it names, and the ranks that it means."""
        simple = pictures.spelled(simplify(clean(text)), self._lexicon)
        called = self._titles.whole(simple.lower())
        whole = simple.lower() if called else self._speller.correct(simple.lower())
        waived = self._waived(whole, state)
        lowered = blank(whole, waived.ranges)
        known, others = self.spoken_of(lowered)
        told = [place[:2] for place in (*known, *others)]  # a year in a title bounds nothing
        ranks = {item.id: rank for rank, item in enumerate(shown, 1)}
        pointed = self.pointer.pointed(lowered, shown, [ranks.get(i, 0) for i in focus])
        if called and (pointed.ranks or not self._more(lowered, called[:2], state, asked)):
            called = None
        title = (*called[:2], called[2].title, False) if called else self._unlike_values(lowered)
        written = simple if whole == simple.lower() else whole
        return Heard(
            lowered, whole, written, waived, bool(called), against(called[2], state) if called else (), title, bool(known), told,
            self._strange(lowered, written), self._but_values(lowered, pointed, state, asked),
        )  # fmt: skip

    def _unlike_values(self, text: str) -> tuple[int, int, str, bool] | None:
        """A title that the message names, and not only a value that one begins with: 茶轴跟静音红轴."""
        found = self._titles.find(text)
        part = text[slice(*found[:2])] if found else ""
        return None if found and part in self.schema.lexicon and part != found[2].lower() else found

    def _but_values(self, text: str, pointed: Pointed, state: Query | None, asked: str) -> Pointed:
        """What is pointed at, but not by what a message merely refuses: 不要粉色了 is a condition, though something pink is shown."""
        if not pointed.ranks or _PASSED.search(text) or (pointing.points(text) and not _LEFT_OUT.match(text)):
            return pointed
        read = self._reader.read(text, state, asked)
        at = [(a, b) for _, (a, b) in pointed.placed if a < b]
        named = any(not any(s.start < b and a < s.end for s in read.spans) for a, b in at)
        return Pointed((), ()) if read.refuses and (not named or _LEFT_OUT.match(text)) else pointed

    def _strange(self, text: str, written: str) -> list[tuple[int, int]]:
        """Where names stand that the catalogue does not know."""
        names = [*self._strangers(written), *(n for n in entities.likened(written) if not self._phrased(n))]
        return [at for name in names for at in places(text, name)]

    def _strangers(self, written: str) -> list[str]:
        """Names of people of whom the catalogue knows no more than namesakes: of Paul Anderson, another Anderson."""
        out = []
        for name in entities.full_names(written):
            spans = self._lexicon.find(name)
            called = [self.schema.labels.get(v, v).lower() for s in spans for _, v in s.pairs]
            known = any(" " in name[s.start : s.end] or not s.fields() <= PEOPLE for s in spans)
            if spans and not known and not any(label.startswith(name[:3]) for label in called):  # Chris, of Christopher
                out.append(name)
        return out

    def _phrased(self, name: str) -> bool:
        """True where a name is a phrase of the catalogue, not words that happen to be some: Far Sail, but not Spirited Away."""
        return any(
            name.startswith(name[s.start : s.end]) and " " in name[s.start : s.end] for s in self._lexicon.find(name)
        )

    def spoken_of(self, text: str) -> tuple[list[Place], list[Place]]:
        """The titles that the message says are known, and the others that it says something of."""
        others = [*self._titles.spoken(text), *self._no_values(self._titles.liked(text))]
        return self._no_values(self._titles.known(text)), others

    def _no_values(self, titles: Iterable[Place]) -> list[Place]:
        """Without the titles that are values as well: 除了火锅, I love romance."""
        values = self.schema.lexicon.keys()
        return [t for t in titles if values.isdisjoint({t[2].title.lower(), t[2].title_en.lower()})]

    def _waived(self, text: str, state: Query | None) -> waiving.Waiver:
        """What the message lets go of what the dialogue asks for."""
        about = dialogue.categories(self.schema, state) if state else ()
        return waiving.waived(text, self.schema, state, lambda said: self._lexicon.find(said, about))

    def _more(self, text: str, title: tuple[int, int], state: Query | None, asked: str) -> bool:
        """True where a title says more than conditions: an item may be called 红色连衣裙, and whoever says so asks for any red dress."""
        taken = self._reader.read(text, state, asked).taken
        return bool(blank(text, taken)[slice(*title)].strip())
