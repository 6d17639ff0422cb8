"""Whole conversations through the recommender itself: are shown items what was asked for, superlatives exact, dead ends left open?

Nothing here is taken from the parser or its filters: what fits is computed from the items' own values and the annotated conditions
(the form is in tests/understanding/README.md; of several accepted readings the kindest counts).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

from recsys.datamodels import Item, Reply
from recsys.evaluation.retrieval import read_jsonl
from recsys.evaluation.understanding import slack
from recsys.recommender import Recommender

Turn = Mapping[str, Any]
Conditions = Sequence[Mapping[str, Any]]
_NEEDS = ("recommend", "refine", "similar")
_NAMES = ("similar", "chat", "feedback")  # what somebody has seen, or likens things to, is not what they look for
_CHECKS = ("fitting", "superlatives", "dead_ends", "questions")


def meets(item: Item, condition: Mapping[str, Any]) -> bool:
    """Whether an item's own value meets an annotated condition; of a range of accepted bounds the widest."""
    name, op, value = condition["field"], condition["op"], condition["value"]
    own = item.get(name)
    if op in ("lte", "gte"):
        low, high = map(float, condition.get("bound") or (value, value))
        if not isinstance(own, float):
            return False
        if condition.get("understood"):  # that very number, and none that is only close to it
            return own <= float(value) if op == "lte" else own >= float(value)
        return own <= high + slack(high) if op == "lte" else own >= low - slack(low)
    if isinstance(value, int | float) and isinstance(own, float):
        return bool(abs(own - value) <= slack(float(value))) is not (op == "not_in")
    wanted = {str(v).lower() for v in (value if isinstance(value, list) else [value])}
    return any(v.lower() in wanted for v in item.values(name)) is not (op == "not_in")


def fitting(items: Sequence[Item], conditions: Conditions) -> list[Item]:
    """The items that meet all the conditions."""
    return [i for i in items if all(meets(i, c) for c in conditions)]


def readings(turn: Turn) -> list[Conditions]:
    """The annotated conditions after a turn, and the alternatives that are right as well."""
    return [turn["state"], *turn.get("accept", ())]


def say(recommender: Recommender, session: str, turn: Turn) -> Reply:
    """The reply to a turn; what the annotator put on the screen, or asked, comes before."""
    if turn.get("shown") or turn.get("asked"):
        recommender.remember(session, "assistant", "", turn.get("shown", ()), turn.get("asked", ""))
    return recommender.reply(session, turn["text"])


def _as_understood(conditions: Conditions, reply: Reply) -> Conditions:
    """The conditions with the very number that was understood where a range of numbers is right: cheaper than the second."""
    said = reply.state.constraints if reply.state else ()
    own = {(c.field, c.op): c.number for c in said if c.op in ("lte", "gte")}
    out = []
    for c in conditions:
        number, (low, high) = own.get((c["field"], c["op"])), c.get("bound") or (1.0, 0.0)
        if number is None or not low <= number <= high:
            out.append(c)
        else:
            out.append({**c, "value": number, "understood": True})
    return out


def exact(reply: Reply, turns: Sequence[Turn], items: Sequence[Item]) -> bool | None:
    """Whether the items are the extremes of the catalogue in their order, with or without those that were disliked, or that the person
    named as known or as examples; None where no item has the number.
    """
    turn, (name, descending) = turns[-1], turns[-1]["sort"]
    gone = {e["item"] for t in turns for e in t.get("events", ()) if e["kind"] == "dislike"}
    known = gone | {i for t in turns[:-1] if t["intent"] in _NAMES for i in t.get("resolved", ())}
    shown = [r.item.get(name) for r in reply.items if not r.nearest]
    asked = False
    lists = (items, *([i for i in items if i.id not in ids] for ids in (gone, known)))
    for conditions, left in product(readings(turn), lists):
        values = [v for i in fitting(left, _as_understood(conditions, reply)) if (v := i.get(name)) is not None]
        best = sorted(values, reverse=descending)[: max(len(shown), 1)]
        asked |= bool(best)
        if best and shown == best:
            return True
    return False if asked else None


def _led_out(recommender: Recommender, turns: Sequence[Turn], reply: Reply) -> bool:
    """Whether every relaxation that a dead end offers leads, when clicked, to items that fit all that is left."""
    if reply.question is None or reply.question.field or not reply.question.options:
        return False
    for option in reply.question.options:
        session = recommender.start()
        for turn in turns:
            say(recommender, session, turn)
        after = recommender.reply(session, option)
        if not after.items or any(r.nearest for r in after.items):
            return False
    return True


def judge(recommender: Recommender, turns: Sequence[Turn], reply: Reply) -> dict[str, bool | tuple[int, int]]:
    """What one reply is worth: (misfits, shown), and whether superlative, dead end and question are right, where there are any."""
    turn, items = turns[-1], recommender.catalog.items
    shown = [r.item for r in reply.items if not r.nearest]
    fits = [len(fitting(shown, c)) for c in readings(turn)]
    out: dict[str, bool | tuple[int, int]] = {"fitting": (len(shown) - max(fits), len(shown))}
    dead = bool(reply.items or turn["intent"] in _NEEDS) and not any(fitting(items, c) for c in readings(turn))
    if dead or any(r.nearest for r in reply.items):
        out["dead_ends"] = not shown and _led_out(recommender, turns, reply)
    elif turn.get("sort") and (right := exact(reply, turns, items)) is not None:
        out["superlatives"] = right
    if reply.question is not None and reply.question.field:
        out["questions"] = not all(any(c["field"] == reply.question.field for c in known) for known in readings(turn))
    return out


def score(
    lines: Sequence[Mapping[str, Any]], find: Callable[[str], Recommender]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Figures over annotated messages or conversations, and what was wrong.

    `violations` is the share of shown items (those marked as nearest apart) that do not fit; the others are shares that are right.
    """
    count, right, wrong = Counter[str](), Counter[str](), []
    for line in lines:
        turns = line["turns"] if "turns" in line else [{**line, "state": line["constraints"]}]
        recommender = find(line["catalog"])
        session = recommender.start()
        for end in range(1, len(turns) + 1):
            reply = say(recommender, session, turns[end - 1])
            for name, found in judge(recommender, turns[:end], reply).items():
                bad, of = found if isinstance(found, tuple) else (int(not found), 1)
                count[name] += of
                right[name] += of - bad
                if bad:
                    wrong.append({"id": line["id"], "check": name, "said": [t["text"] for t in turns[:end]], "wanted": turns[end - 1]["state"],
                                  "state": reply.state.to_json()["constraints"] if reply.state else [], "text": reply.text})  # fmt: skip
    shares = {name: round(right[name] / count[name], 4) if count[name] else None for name in _CHECKS}
    violations = round(1 - shares.pop("fitting"), 4) if count["fitting"] else None  # type: ignore[operator]
    return {
        "violations": violations,
        **shares,
        "n": {"shown": count["fitting"], **{k: count[k] for k in _CHECKS[1:]}},
    }, wrong


def evaluate(
    folder: Path, find: Callable[[str], Recommender], progress: Callable[[str], None] = lambda message: None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Every annotated file of a folder, and what was wrong in the open ones (that of the held ones, `…_held…`, stays unseen)."""
    out: dict[str, Any] = {}
    wrong: list[dict[str, Any]] = []
    for file in (*sorted(folder.glob("utterances*.jsonl")), *sorted(folder.glob("dialogues*.jsonl"))):
        progress(f"Talking through {file.stem} …")
        out[file.stem], missed = score(read_jsonl(file), find)
        wrong += [] if "_held" in file.stem else [{"file": file.stem, **m} for m in missed]
    return out, wrong
