"""Print line and branch coverage of libblock/ by the C++ tests, and fail if it is too low.

Usage: coverage.py BUILD [--missing]

BUILD is the build folder of the preset `coverage` after its tests ran. `--missing` lists each
branch of which a side was never taken.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

MINIMUM_BRANCHES = 95.0
LIBRARY = Path(__file__).resolve().parent.parent / "libblock"
# A suffix such as "-14" where the tools have one.
SUFFIX = os.environ.get("LLVM_SUFFIX", "")


def llvm(tool: str, *arguments: str | Path) -> str:
    command = [f"llvm-{tool}{SUFFIX}", *map(str, arguments)]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def measure(build: Path) -> dict[str, Any]:
    """What `llvm-cov export` says of the library's own files."""
    profile = build / "tests.profdata"
    llvm("profdata", "merge", "-o", profile, *sorted((build / "profiles").glob("*.profraw")))
    exported = llvm("cov", "export", build / "libblock_tests", f"-instr-profile={profile}", LIBRARY)
    (data,) = json.loads(exported)["data"]
    return dict(data)


def row(name: str, summary: dict[str, Any]) -> str:
    cells = []
    for kind in ("lines", "branches"):
        covered, count = summary[kind]["covered"], summary[kind]["count"]
        percent = f"{100 * covered / count:.2f} %" if count else "-"
        cells.append(f"{covered:>6} of {count:<6}{percent:>9}")
    return f"{name:<28}" + "  ".join(cells)


def missing_branches(file: dict[str, Any]) -> list[str]:
    """Each place whose condition was, over all instantiations, never true or never false."""
    taken: dict[tuple[int, int], list[int]] = {}
    for line, column, _, _, true, false, *_ in file["branches"]:
        counts = taken.setdefault((line, column), [0, 0])
        counts[0] += true
        counts[1] += false
    name = Path(file["filename"]).relative_to(LIBRARY.parent)
    return [
        f"{name}:{line}:{column}: never {'true' if true == 0 else 'false'}"
        for (line, column), (true, false) in sorted(taken.items())
        # Neither side: a constant condition, or a place whose own condition is listed.
        if (true == 0) != (false == 0)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("build", type=Path)
    parser.add_argument("--missing", action="store_true")
    arguments = parser.parse_args()

    data = measure(arguments.build)
    files = sorted(data["files"], key=lambda file: file["filename"])
    print(f"{'':<28}{'lines':^24}{'branches':^24}")
    for file in files:
        print(row(str(Path(file["filename"]).relative_to(LIBRARY)), file["summary"]))
    print(row("TOTAL", data["totals"]))
    if arguments.missing:
        print(*(line for file in files for line in missing_branches(file)), sep="\n")

    reached = data["totals"]["branches"]["percent"]
    if reached < MINIMUM_BRANCHES:
        print(f"branch coverage is {reached:.2f} %, below {MINIMUM_BRANCHES} %", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
