"""Extraction from texts that come in pieces."""

import subprocess
import sys
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import mixtures
from support import load_vectors

import libblock

A = str(libblock.hash_bytes(b"a"))
B = str(libblock.hash_bytes(b"b"))

parts = st.sampled_from(
    [A, B, A[:40], "\n", " ", "| x.exe |", "...", "\u200b", "é", "=\r\n", "SHA256"]
)


@given(st.lists(parts, max_size=40), st.integers(1, 50), st.booleans())
def test_pieces_give_what_the_whole_gives(texts: list[str], size: int, rejoin: bool) -> None:
    data = "".join(texts).encode()
    extractor = libblock.Extractor(rejoin=rejoin)
    for at in range(0, len(data), size):
        extractor.feed(data[at : at + size])
    assert extractor.finish() == libblock.extract(data, rejoin=rejoin)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


def extract_cut(data: bytes, places: list[int], **options: Any) -> libblock.Extraction:
    extractor = libblock.Extractor(**options)
    for piece in cut(data, places):
        extractor.feed(piece)
    return extractor.finish()


VECTORS = load_vectors("extraction.json")["vectors"]
cuts = st.lists(st.integers(0, 1 << 20), max_size=12)


@given(mixtures, cuts, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]), st.booleans())
def test_cuts_change_nothing(text: str, places: list[int], encoding: str, rejoin: bool) -> None:
    data = text.encode(encoding)
    assert extract_cut(data, places, rejoin=rejoin) == libblock.extract(data, rejoin=rejoin)


@pytest.mark.parametrize("vector", VECTORS, ids=[each["name"] for each in VECTORS])
def test_cuts_change_no_vector(vector: dict[str, Any]) -> None:
    data = vector["text"].encode() if "text" in vector else bytes.fromhex(vector["hex"])
    options = vector.get("options", {})
    whole = libblock.extract(data, **options)
    random = Random(vector["name"])
    assert extract_cut(data, list(range(len(data))), **options) == whole
    for _ in range(20):
        places = [random.randrange(len(data) + 1) for _ in range(random.randrange(8))]
        assert extract_cut(data, places, **options) == whole


@settings(max_examples=20)
@given(st.lists(mixtures, min_size=1, max_size=8), st.integers(0, 200), cuts)
def test_what_windows_cut_changes_nothing(texts: list[str], shift: int, places: list[int]) -> None:
    """Mixtures near the places where the window of a megabyte slides."""
    gap = "prose about nothing\n" * (150_000 // 20)
    data = ("x" * shift + gap.join(texts * 3) + gap).encode()
    assert extract_cut(data, places) == libblock.extract(data)


@given(mixtures, mixtures, cuts, st.sampled_from(["utf-16", "utf-16-le", "utf-16-be"]))
def test_bytes_behind_utf16_are_read(
    before: str, behind: str, places: list[int], code: str
) -> None:
    """As programs leave them that append to a file in another encoding."""
    wide = ("prose about nothing\n" * 150 + before + "\n").encode(code)
    data = wide + f"{B}  x.exe\r\n{behind}\n".encode()
    whole = libblock.extract(data)
    assert extract_cut(data, places) == whole
    told = [*whole.accepted, *whole.duplicates]
    assert len(wide) in [each.offset for each in told if str(each.sha256) == B]
    alone = libblock.extract(data[len(wide) :])
    assert [each.sha256 for each in told if each.offset >= len(wide)] == [
        each.sha256 for each in [*alone.accepted, *alone.duplicates]
    ]


@pytest.mark.parametrize("size", range(4085, 4101))
def test_a_mark_changes_nothing(size: int) -> None:
    """The first line is a header only if it ends within the head, with the mark."""
    header = "filename,sha256,note".ljust(size, "x")
    rows = "ab,cd,ef\n" * 9000
    data = f"\ufeff{header}\n{rows}setup name,{A},zz\n".encode()
    assert extract_cut(data, []) == libblock.extract(data)


def test_utf16_takes_no_memory() -> None:
    """Digits of a byte each, which are told from characters late, fill no window beyond its end."""
    script = """
import resource, libblock
extractor = libblock.Extractor()
extractor.feed(b"\\xff\\xfe" + "text\\n".encode("utf-16-le") * 500)
piece = ("\\u6161" * 15 + "\\u4e00").encode("utf-16-le") * 2000
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for _ in range(1000):
    extractor.feed(piece)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert int(result.stdout) < 32 * 1024


def test_an_extractor_ends_once() -> None:
    extractor = libblock.Extractor()
    extractor.feed(A.encode())
    assert [str(each.sha256) for each in extractor.finish()] == [A]
    with pytest.raises(libblock.InvalidValueError):
        extractor.feed(b"")
    with pytest.raises(libblock.InvalidValueError):
        extractor.finish()


def test_known_good_hashes_are_told_of() -> None:
    good = libblock.HashSet([A])
    extractor = libblock.Extractor(known_good=good)
    extractor.feed(f"{A} {B}".encode())
    found = extractor.finish()
    assert [str(each.sha256) for each in found] == [B]
    assert [each.reason for each in found.rejected] == ["known_good"]
    assert found == libblock.extract(f"{A} {B}", known_good=good)


def test_wrong_types_are_refused() -> None:
    with pytest.raises(TypeError):
        libblock.Extractor(known_good={A})  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        libblock.Extractor().feed("text")  # type: ignore[arg-type]
