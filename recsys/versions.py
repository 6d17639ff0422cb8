"""Trained weights by version: a folder of numbered folders, and a file `current` that names the one being served.

A version is complete before `current` names it, and `current` is replaced in one step, so that whoever reads while
another writes finds the old weights or the new ones.
"""

import os
import shutil
from pathlib import Path

from recsys.errors import NotFound

_CURRENT = "current"


def current(models: Path) -> Path | None:
    """The folder that is served; None where nothing was trained here, or all of it was rolled back."""
    try:
        name = (models / _CURRENT).read_text("ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return None
    return models / name if name.isdigit() and (models / name).is_dir() else None


def stamp(models: Path) -> tuple[int, int]:
    """What changes whenever another version comes to be served."""
    return dated(models / _CURRENT)


def dated(pointer: Path) -> tuple[int, int]:
    """What changes whenever a file is put in place of another; a look at its date, cheap enough for every turn."""
    try:
        found = pointer.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_ino


def publish(models: Path, made: Path) -> Path:
    """Serve the weights in the folder `made`, which is moved; returns where they lie now."""
    models.mkdir(parents=True, exist_ok=True)
    folder = models / str(max(_numbers(models), default=0) + 1)
    shutil.move(made, folder)
    point(models / _CURRENT, folder.name)
    return folder


def rollback(models: Path) -> Path | None:
    """Serve the version before the current one; returns it, None where that is the shipped one.

    Raises:
        NotFound: the shipped weights are being served already.
    """
    now = current(models)
    if now is None:
        raise NotFound(f"the shipped weights are being served: nothing is left in {models} to roll back from")
    earlier = max((n for n in _numbers(models) if n < int(now.name)), default=0)
    point(models / _CURRENT, str(earlier))
    return current(models)


def _numbers(models: Path) -> list[int]:
    return [int(p.name) for p in models.iterdir() if p.name.isdigit() and p.is_dir()]


def point(pointer: Path, text: str) -> None:
    """Replace what a small file says in one step."""
    fresh = pointer.with_name(f"{pointer.name}.{os.getpid()}")
    fresh.write_text(text, "utf-8")
    os.replace(fresh, pointer)
