"""Check that the folders list the nouns and targets of cmake/nouns.cmake."""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DETAIL_LISTS = ("LIBBLOCK_DETAIL", "LIBBLOCK_X86_KERNELS", "LIBBLOCK_NEON_KERNELS")


def cmake_list(name: str) -> set[str]:
    text = (ROOT / "cmake/nouns.cmake").read_text(encoding="utf-8")
    match = re.search(rf"set\({name}\s+([^)]*)\)", text)
    assert match, f"{name} is not in cmake/nouns.cmake"
    return set(match[1].split())


def names(pattern: str) -> set[str]:
    """What stands for `*` in the paths that match the pattern."""
    before, after = pattern.split("*")
    paths = (path.relative_to(ROOT).as_posix() for path in ROOT.glob(pattern))
    return {path[len(before) : len(path) - len(after)] for path in paths}


def main() -> int:
    nouns = cmake_list("LIBBLOCK_NOUNS")
    details = set.union(*map(cmake_list, DETAIL_LISTS))
    targets = cmake_list("LIBBLOCK_TARGETS")
    # A pattern, the names that must be there, and the names that may.
    rules = [
        ("libblock/*.hpp", nouns | cmake_list("LIBBLOCK_HEADERS"), set()),
        ("libblock/*.cpp", nouns - cmake_list("LIBBLOCK_HEADER_ONLY"), set()),
        ("libblock/detail/*.cpp", details, set()),
        ("libblock/targets/*.cpp", targets, set()),
        ("tests/python/targets/test_*.py", targets, set()),
        ("bindings/*.cpp", nouns | {"bindings", "module"}, set()),
        ("tests/cpp/*_test.cpp", nouns, set()),
        ("tests/cpp/detail/*_test.cpp", cmake_list("LIBBLOCK_DETAIL_TESTS"), set()),
        # The package, the command and the documentation have tests of their own.
        ("tests/python/test_*.py", nouns, names("tests/python/test_*.py")),
    ]
    problems = [
        f"{pattern.replace('*', name)}: {problem}"
        for pattern, required, allowed in rules
        for problem, wrong in [
            ("missing", required - names(pattern)),
            ("not in cmake/nouns.cmake", names(pattern) - required - allowed),
        ]
        for name in sorted(wrong)
    ]
    if problems:
        print(*problems, sep="\n", file=sys.stderr)
        return 1
    print(f"{len(targets)} targets in libblock/targets/ and tests/python/targets/")
    print(f"{len(nouns)} nouns in libblock/, bindings/, tests/cpp/ and tests/python/")
    return 0


if __name__ == "__main__":
    sys.exit(main())
