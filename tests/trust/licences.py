"""The licences of what requirements.txt installs, as a table: `python tests/trust/licences.py`."""

import re
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[2]


def pinned(file: str = "requirements.txt") -> dict[str, str]:
    """Name -> the exact version that a requirements file asks for."""
    lines = (ROOT / file).read_text("utf-8").splitlines()
    parsed = [Requirement(line) for line in lines if line.strip() and not line.startswith(("#", "-"))]
    return {r.name: str(r.specifier).removeprefix("==") for r in parsed}


def closure() -> list[str]:
    """Every distribution that is installed for the pinned ones, by name."""
    todo, seen = list(pinned()), {}
    while todo:
        name = todo.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in seen:
            continue
        try:
            seen[key] = metadata(name)["Name"]
        except PackageNotFoundError:
            continue
        for line in requires(name) or ():
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                todo.append(needed.name)
    return sorted(seen.values(), key=str.lower)


def licence(name: str) -> str:
    """What a distribution says of its licence, in a few words."""
    told = metadata(name)
    if told.get("License-Expression"):
        return str(told["License-Expression"])
    classes = [c.rsplit(" :: ", 1)[-1] for c in told.get_all("Classifier") or () if c.startswith("License :: OSI")]
    if classes:
        return ", ".join(dict.fromkeys(classes))
    return next(iter((told.get("License") or "").strip().splitlines()), "")[:60]


def rows() -> str:
    """The table's rows."""
    return "".join(f"| {name} | {licence(name) or 'not stated'} |\n" for name in closure())


if __name__ == "__main__":
    print("| package | licence |\n| --- | --- |\n" + rows(), end="")
