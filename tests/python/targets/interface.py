"""What tests of targets share that are documents for the interfaces of other products. No engine
of theirs runs here: their documents are read with the readers of Python, and held against what
the documentation says."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import HOSTILE_NAMES, HOSTILE_TEXT

import libblock

#: The package of the 3CX incident: eight hashes and three rules on the Original Filename.
EXAMPLE = Path(__file__).resolve().parents[3] / "examples/3cx/3cx-desktopapp.yaml"
EXAMPLE_RULES = ["3CXDesktopApp on linux", "3CXDesktopApp on macos", "3CXDesktopApp on windows"]


def example() -> libblock.Package:
    return libblock.Package.load(EXAMPLE)


def hexes(package: libblock.Package, *platforms: str) -> list[str]:
    """The hashes of a package in their order, or those of some platforms."""
    return [
        each.sha256.hex for each in package.entries if not platforms or each.platform in platforms
    ]


def digests(count: int, first: int = 0) -> list[str]:
    numbers = range(first, first + count)
    return sorted(hashlib.sha256(str(number).encode()).hexdigest() for number in numbers)


def numbered(
    count: int, name: str = "many", expires: datetime | None = None, first: int = 0
) -> libblock.Package:
    package = libblock.Package(name, expires=expires)
    package.add_entries([libblock.HashEntry(each) for each in digests(count, first)])
    return package


def hostile() -> libblock.Package:
    """Hashes whose file names are hostile, in a package whose texts are too."""
    package = libblock.Package("=]]> '\"; 漢 : */ --> & <b>", description=HOSTILE_TEXT)
    package.add_entries(
        libblock.HashEntry(
            hashlib.sha256(name.encode()).hexdigest(), file_name=name, note=HOSTILE_TEXT
        )
        for name in HOSTILE_NAMES
    )
    return package


def shown(text: str) -> str:
    """A text of a package as documents show it: without what steers or hides."""
    return text.replace("\u202e", "\ufffd").replace("\u200b", "\ufffd")


def compiled(
    package: libblock.Package,
    target: str,
    state: str | None = None,
    settings: Mapping[str, str] = {},
) -> libblock.Compilation:
    return libblock.compile_package(package, target, state=state, settings=settings)


def lossless(
    package: libblock.Package,
    target: str,
    state: str | None = None,
    settings: Mapping[str, str] = {},
) -> dict[str, str]:
    """The texts of the documents by their names, of a package that is expressed as a whole."""
    compilation = libblock.compile_package(
        package, target, state=state, settings=settings, strict=True
    )
    return {each.name: each.text for each in compilation.documents}


def enforced_group(packages: Iterable[libblock.Package], target: str) -> libblock.Compilation:
    packages = list(packages)
    tree = libblock.PolicyTree()
    for package in packages:
        tree.set_state("/", package.name, "enforce")
    return libblock.compile_group(packages, tree, "/", target)


def lines_of(text: str) -> list[Any]:
    """The values of NDJSON, which is one on each line, and a line end after each."""
    assert text.endswith("\n")
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]


def losses_of(compilation: libblock.Compilation) -> list[tuple[str, str, int, list[str]]]:
    """Kind, reason, the number of hashes, and the rules."""
    return [
        (
            str(each.kind),
            str(each.reason),
            len(each.entries),
            sorted({part.rule for part in each.rules}),
        )
        for each in compilation.losses
    ]
