"""What is known of a person, said back to them: single memories, and the leanings that follow from them."""

from collections.abc import Sequence
from dataclasses import dataclass

from recsys.datamodels import Event, Lang
from recsys.feedback.preference import Leaning
from recsys.pipeline import Pipeline
from recsys.texts import say

_SHOWN = 6  # leanings that are told, the strongest ones


@dataclass(frozen=True, slots=True)
class Memory:
    """One thing that is known of a person: an event that stands, or a leaning (then `event_id` is None)."""

    text: str
    event_id: int | None
    at: float | None = None
    item_id: str = ""
    field: str = ""
    value: str = ""
    sign: int = 0


def leanings(pipeline: Pipeline, events: Sequence[Event]) -> list[Leaning]:
    """The strongest leanings of the person with these events."""
    return pipeline.preference(events).leanings()[:_SHOWN]


def leaning_text(pipeline: Pipeline, leaning: Leaning, lang: Lang) -> str:
    """A leaning as a chip: less red, cheaper."""
    more = leaning.sign > 0
    if not leaning.value:
        return say(f"{'more' if more else 'less'}_{leaning.field}", lang)
    return say("more" if more else "less", lang, value=pipeline.schema.label(leaning.value, lang))


def reaction(pipeline: Pipeline, event: Event, lang: Lang) -> str:
    """What a person did, inside a sentence: “like” on a title; what was said of a value as the leaning that it is."""
    if event.kind == "lean":
        said = Leaning(event.field, event.label, 1 if (event.value or 0) > 0 else -1, 0.0)
        return say("reaction_said", lang, what=leaning_text(pipeline, said, lang))
    return say("reaction", lang, title=about(pipeline, event, lang), kind=say(event.kind, lang))


def about(pipeline: Pipeline, event: Event, lang: Lang) -> str:
    """What an event is about: an item, or a value."""
    if event.item_id:
        return pipeline.items[pipeline.parts.catalog.row[event.item_id]].name(lang)
    return pipeline.schema.label(event.label, lang) if event.label else pipeline.schema.field_label(event.field, lang)


def memories(pipeline: Pipeline, events: Sequence[Event], lang: Lang) -> list[Memory]:
    """The leanings, then the events that stand, the latest first."""
    told = [
        Memory(leaning_text(pipeline, one, lang), None, field=one.field, value=one.value, sign=one.sign)
        for one in leanings(pipeline, events)
    ]
    for event in reversed(events):
        text = say("memory", lang, kind=say(event.kind, lang), title=about(pipeline, event, lang))
        told.append(Memory(text, event.id, event.at, event.item_id, event.field, event.label))
    return told
