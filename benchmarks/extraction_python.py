"""Times extraction through Python beside the same in C++: in turns, on the same bytes.

python benchmarks/extraction_python.py LIBRARY [MEGABYTES]

LIBRARY is build/release/benchmarks/extraction_library.so; the text is the log corpus, which has no
hash, so that what is compared is the way to the text and back.
"""

from __future__ import annotations

import argparse
import ctypes
import statistics
import time
from typing import TYPE_CHECKING

import libblock

if TYPE_CHECKING:
    from collections.abc import Callable

RUNS = 15
MEGABYTES = 500
MOST_PERCENT = 5


def make_log(library: ctypes.CDLL, size: int) -> bytes:
    buffer = ctypes.create_string_buffer(size)
    library.fill_log(buffer, ctypes.c_size_t(size))
    return buffer.raw


def seconds(work: Callable[[], int]) -> float:
    start = time.thread_time()
    found = work()
    elapsed = time.thread_time() - start
    if found:
        raise RuntimeError(f"{found} hashes in a text without any")
    return elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description="Times extraction through Python and in C++.")
    parser.add_argument("library", help="build/release/benchmarks/extraction_library.so")
    parser.add_argument("megabytes", nargs="?", type=int, default=MEGABYTES)
    options = parser.parse_args()
    try:
        library = ctypes.CDLL(options.library)
    except OSError as error:
        parser.error(str(error))
    library.count_hashes.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    library.count_hashes.restype = ctypes.c_size_t
    text = make_log(library, options.megabytes * 1_000_000)

    in_cpp: list[float] = []
    in_python: list[float] = []
    for _ in range(RUNS):
        in_cpp.append(seconds(lambda: library.count_hashes(text, len(text))))
        in_python.append(seconds(lambda: len(libblock.extract(text))))

    cpp, python = statistics.median(in_cpp), statistics.median(in_python)
    print(f"extract on {options.megabytes} MB without a hash, CPU time, medians of {RUNS} runs")
    print(f"  C++     {len(text) / cpp / 1e9:8.2f} GB/s")
    print(f"  Python  {len(text) / python / 1e9:8.2f} GB/s")
    print(f"  Python takes {(python / cpp - 1) * 100:+.1f} % (wanted: at most +{MOST_PERCENT} %)")


if __name__ == "__main__":
    main()
