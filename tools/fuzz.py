"""Run each fuzzer for some time on seeds made from the test vectors, and count its runs.

Usage: fuzz.py BUILD [--seconds N] [TARGET ...]

BUILD is the build folder of the preset `fuzz`. Corpora grow in BUILD/corpus/TARGET and are used
again; an input that breaks a property is left in BUILD/findings, and ends the run with status 1.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TESTS = Path(__file__).resolve().parent.parent / "tests"


def texts() -> Iterator[bytes]:
    """The texts of the extraction vectors."""
    vectors = json.loads((TESTS / "vectors/extraction.json").read_text(encoding="utf-8"))["vectors"]
    for vector in vectors:
        yield vector["text"].encode() if "text" in vector else bytes.fromhex(vector["hex"])


def documents() -> Iterator[bytes]:
    for path in sorted((TESTS / "vectors/documents").rglob("*.yaml")):
        yield path.read_bytes()


def hash_lists() -> Iterator[bytes]:
    for path in sorted((TESTS / "vectors/documents").rglob("*.sha256")):
        yield path.read_bytes()
    yield from texts()


def rules() -> Iterator[bytes]:
    """Criteria and facts, as `rules.cpp` takes them apart: the choices are its last bytes."""
    vectors = json.loads((TESTS / "vectors/rules.json").read_text(encoding="utf-8"))["criteria"]
    for i, vector in enumerate(vectors):
        for fact in vector.get("facts", [""]):
            value = vector["value"].replace("\\", "\\\\") + "\\ "
            yield (value + fact).encode() + bytes([i % 9, i % 20, i % 3])


def scalars() -> Iterator[bytes]:
    yield from (
        b"2026-11-23T08:00:00Z",
        b"ab" * 32,
        b"starts_wit",
        b"a: [1, 'b']",
        "é漢\U0001d7ce".encode(),
    )


def random_bytes() -> Iterator[bytes]:
    generator = random.Random(1)
    for size in (1, 10, 100, 500, 1000):
        yield generator.randbytes(size)


class Fuzzer(NamedTuple):
    seeds: Callable[[], Iterator[bytes]]
    dictionary: str | None = None
    longest: int = 4096


FUZZERS = {
    "extract": Fuzzer(texts, "text.dict", 6000),
    "kernels": Fuzzer(texts, "text.dict"),
    "encodings": Fuzzer(texts, "text.dict"),
    "documents": Fuzzer(documents, "documents.dict"),
    "hash_list": Fuzzer(hash_lists, "text.dict"),
    "hash_index": Fuzzer(random_bytes),
    "rules": Fuzzer(rules, longest=600),
    "scalars": Fuzzer(scalars, "documents.dict", 300),
}


def make_seeds(name: str, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for i, seed in enumerate(FUZZERS[name].seeds()):
        (folder / f"{i:04}").write_bytes(seed)


def command(build: Path, name: str, seconds: int) -> list[str]:
    fuzzer = FUZZERS[name]
    corpus, seeds, findings = (build / kind / name for kind in ("corpus", "seeds", "findings"))
    make_seeds(name, seeds)
    corpus.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    options = [
        f"-max_total_time={seconds}",
        f"-max_len={fuzzer.longest}",
        "-timeout=20",
        "-rss_limit_mb=2048",
        "-print_final_stats=1",
        f"-artifact_prefix={findings}/",
    ]
    if fuzzer.dictionary:
        options.append(f"-dict={TESTS / 'fuzz' / fuzzer.dictionary}")
    return [str(build / "tests/fuzz" / name), *options, str(corpus), str(seeds)]


def run(build: Path, name: str, seconds: int) -> bool:
    """Whether a fuzzer found nothing."""
    log = build / f"{name}.log"
    begin = time.monotonic()
    environment = {
        "ASAN_OPTIONS": "strict_string_checks=1:detect_stack_use_after_return=1",
        "UBSAN_OPTIONS": "print_stacktrace=1",
        **os.environ,
    }
    with log.open("wb") as output:
        status = subprocess.run(
            command(build, name, seconds),
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        ).returncode
    taken = time.monotonic() - begin
    text = log.read_text(encoding="utf-8", errors="replace")
    counts = re.findall(r"stat::number_of_executed_units:\s*(\d+)", text)
    runs = int(counts[-1]) if counts else 0
    outcome = "nothing found" if status == 0 else f"FAILED, see {log}"
    print(f"{name:<12}{runs:>12,} runs{taken:>8.0f} s  {outcome}", flush=True)
    return status == 0


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the fuzzers one after the other.")
    parser.add_argument("build", type=Path)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(FUZZERS))
    parser.add_argument("--seconds", type=int, default=60, help="for each target; 60 if not given")
    arguments = parser.parse_intermixed_args()
    unknown = set(arguments.targets) - set(FUZZERS)
    if unknown:
        parser.error(f"there is no fuzzer {', '.join(sorted(unknown))}: {', '.join(FUZZERS)}")
    names = arguments.targets or list(FUZZERS)
    build = arguments.build.resolve()
    failed = [name for name in names if not run(build, name, arguments.seconds)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
