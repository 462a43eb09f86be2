"""Extraction from texts that come in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
