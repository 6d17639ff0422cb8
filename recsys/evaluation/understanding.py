"""How well messages are understood: intents, constraints, references and superlatives against annotated utterances and dialogues.

The form of the files and the rules of comparison are in tests/understanding/README.md.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from recsys.catalog import Catalog
from recsys.datamodels import Constraint, Query
from recsys.evaluation.retrieval import read_jsonl
from recsys.language.dialogue import spoken_of
from recsys.language.sentiment import remarked
from recsys.language.understanding import Understanding

Conditions = list[dict[str, Any]]
_IMPLIED = ("domain", "group")  # what a category already says
_EVERYBODY = "中性"
_CLOSE = 0.005


def agree(found: Iterable[Constraint], wanted: Conditions) -> bool:
    """The same conditions, as sets: eq x is in [x], exclusions of a field are united, a domain or group may be left out, things for
    everybody are for men and for women as well."""
    mine, theirs = _normal([c.to_json() for c in found]), _normal(wanted)
    if set(mine) != set(theirs):
        return False
    return all(_same(mine[key], theirs[key]) for key in mine)


def _normal(conditions: Conditions) -> dict[tuple[str, str], Any]:
    out: dict[tuple[str, str], Any] = {}
    for c in conditions:
        values = c["value"] if isinstance(c["value"], list) else [c["value"]]
        if c["field"] in _IMPLIED:
            continue
        if c["field"] == "gender" and c["op"] == "in" and len(values) > 1:
            values = [v for v in values if v != _EVERYBODY]
        if c["op"] in ("lte", "gte"):
            out[c["field"], c["op"]] = (Constraint.from_json(c).number, c.get("bound"))
        else:
            op = "not_in" if c["op"] == "not_in" else "in"
            key = (c["field"], op if op == "not_in" or len(values) > 1 else f"in {values[0]}")
            out[key] = {str(v).lower() for v in values} | (out.get(key) or set())
    return out


def _same(a: Any, b: Any) -> bool:
    if isinstance(a, set):
        return bool(a == b)
    (mine, _), (theirs, bound) = a, b
    if bound is not None and bound[0] - slack(bound[0]) <= mine <= bound[1] + slack(bound[1]):
        return True
    return bool(abs(mine - theirs) <= slack(theirs))


def slack(number: float) -> float:
    """By how much numbers may differ that are held to agree: 0.5 %, but years not at all."""
    return 0.5 if 1900 <= number <= 2100 else _CLOSE * max(abs(number), 1e-9)


def right(found: Sequence[Constraint], line: Mapping[str, Any], key: str) -> bool:
    """The conditions equal the annotation or one of its accepted alternatives."""
    return any(agree(found, wanted) for wanted in (line[key], *line.get("accept", ())))


class Tally:
    """Right and asked, by kind."""

    def __init__(self) -> None:
        self.right: dict[str, int] = defaultdict(int)
        self.asked: dict[str, int] = defaultdict(int)
        self.wrong: list[dict[str, Any]] = []

    def add(self, kind: str, ok: bool, **about: Any) -> None:
        """Count one decision; what is wrong is kept with what was found."""
        self.asked[kind] += 1
        self.right[kind] += ok
        if not ok:
            self.wrong.append({"kind": kind, **about})

    def shares(self) -> dict[str, float]:
        """Share right by kind."""
        return {kind: round(self.right[kind] / n, 4) for kind, n in sorted(self.asked.items())}


def utterances(
    lines: Sequence[Mapping[str, Any]], parsers: Mapping[str, Understanding]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Scores of single messages: `intent`, `constraints`, `references`, `sort`, and the constraints by kind; with the wrong ones."""
    total, kinds = Tally(), Tally()
    for line in lines:
        query = parsers[line["catalog"]].parse(line["text"])
        found = [c.to_json() for c in query.constraints]
        about = {"id": line["id"], "text": line["text"], "found": found, "wanted": line["constraints"]}
        ok = right(query.constraints, line, "constraints")
        kinds.add(line["kind"], ok, **about)
        total.add("constraints", ok, **about)
        intents = (line["intent"], *line.get("accept_intent", ()))
        total.add(
            "intent", query.intent in intents, id=line["id"], text=line["text"], found=query.intent, wanted=intents
        )
        if line.get("references"):
            total.add(
                "references",
                set(query.references) == set(line["references"]),
                id=line["id"],
                text=line["text"],
                found=query.references,
                wanted=line["references"],
            )
        if line.get("sort"):
            total.add(
                "sort",
                query.sort == tuple(line["sort"]),
                id=line["id"],
                text=line["text"],
                found=query.sort,
                wanted=line["sort"],
            )
    return {**total.shares(), "by_kind": kinds.shares(), "n": len(lines)}, total.wrong


def _score_pointing(total: Tally, turn: Mapping[str, Any], query: Query, count: int, said: dict[str, Any]) -> None:
    """References, feedback in words and superlatives, where a turn has them."""

    def ranks(found: Iterable[int]) -> list[int]:
        return sorted({r if r > 0 or not count else r + count + 1 for r in found})

    if turn.get("references"):
        mine, theirs = ranks(query.references), ranks(turn["references"])
        total.add("references", mine == theirs, **said, found=mine, wanted=theirs)
    if turn.get("events"):
        shown = turn.get("shown", ())
        opinions = [(r, kind) for r, kind in query.opinions if kind != "click" and 0 < abs(r) <= count]
        events = sorted([shown[r - 1 if r > 0 else r], kind] for r, kind in opinions)
        wanted = sorted([e["item"], e["kind"]] for e in turn["events"])
        total.add("events", events == wanted, **said, found=events, wanted=wanted)
    if turn.get("sort"):
        total.add("sort", query.sort == tuple(turn["sort"]), **said, found=query.sort, wanted=turn["sort"])


def dialogues(
    lines: Sequence[Mapping[str, Any]],
    parsers: Mapping[str, Understanding],
    catalogs: Mapping[str, Catalog],
    score: Callable[[str], float] | None = None,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Scores of conversations turn by turn: `intent`, `state` (also by kind of dialogue), `references`, `events` and `sort`.

    `score` hears praise and complaint, as the page does (`language.sentiment.praise`).
    """
    total, kinds = Tally(), Tally()
    for line in lines:
        parser, catalog = parsers[line["catalog"]], catalogs[line["catalog"]]
        states: list[Query | None] = []
        focus: tuple[str, ...] = ()
        for turn in line["turns"]:
            shown = [catalog.items[catalog.row[i]] for i in turn.get("shown", ())]
            state = states[-1] if states else None
            query = remarked(parser.parse(turn["text"], state, shown, turn.get("asked", ""), focus), score)
            focus = spoken_of(query, turn.get("shown", ()), focus)
            after = parser.follow(states, query)
            states = states[:-1] if query.intent == "undo" and len(states) > 1 else [*states, after]
            found = [c.to_json() for c in after.constraints] if after else []
            said = {"id": line["id"], "text": turn["text"]}
            ok = right(after.constraints if after else (), turn, "state")
            total.add("state", ok, **said, found=found, wanted=turn["state"])
            kinds.add(line["kind"], ok, **said, found=found, wanted=turn["state"])
            intents = (turn["intent"], *turn.get("accept_intent", ()))
            total.add("intent", query.intent in intents, **said, found=query.intent, wanted=intents)
            _score_pointing(total, turn, query, len(shown), said)
    return {**total.shares(), "by_kind": kinds.shares(), "n": len(lines), "turns": total.asked["state"]}, total.wrong


def evaluate(
    folder: Path, find: Callable[[str], tuple[Catalog, Understanding]], score: Callable[[str], float] | None = None
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Every annotated file of a folder, and the wrong answers of the open ones (those of the held ones, `…_held…`, stay unseen)."""
    out: dict[str, Any] = {}
    wrong: list[dict[str, Any]] = []
    parsers: dict[str, Understanding] = {}
    catalogs: dict[str, Catalog] = {}
    for file in sorted(folder.glob("utterances*.jsonl")) + sorted(folder.glob("dialogues*.jsonl")):
        name, lines = file.stem, read_jsonl(file)
        for catalog_name in {line["catalog"] for line in lines} - set(parsers):
            catalogs[catalog_name], parsers[catalog_name] = find(catalog_name)
        if name.startswith("utterances"):
            out[name], missed = utterances(lines, parsers)
        else:
            out[name], missed = dialogues(lines, parsers, catalogs, score)
        wrong += [] if "_held" in name else [{"file": name, **m} for m in missed]
    return out, wrong
