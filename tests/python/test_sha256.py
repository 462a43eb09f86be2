import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import digests
from support import copies

from libblock import HashKind, InvalidValueError, Sha256

HEX = "dde03348075512796241389dfea5560c20a3d2a2eac95c894e7bbed5e85a0acc"


def test_forms() -> None:
    digest = Sha256(HEX)
    assert digest.hex == str(digest) == f"{digest}" == HEX
    assert bytes(digest) == bytes.fromhex(HEX)
    assert repr(digest) == f"Sha256('{HEX}')"
    assert Sha256(HEX.upper()) == digest == Sha256(bytes.fromhex(HEX)) == Sha256(digest)


@pytest.mark.parametrize("text", ["", HEX[1:], HEX + "0", HEX[1:] + "g", " " + HEX[1:], "é" * 64])
def test_other_text_is_refused(text: str) -> None:
    assert Sha256.parse(text) is None
    with pytest.raises(InvalidValueError, match="64 hexadecimal digits"):
        Sha256(text)


@pytest.mark.parametrize("count", [0, 31, 33])
def test_other_bytes_are_refused(count: int) -> None:
    with pytest.raises(InvalidValueError, match=f"32 bytes, not {count}"):
        Sha256(bytes(count))


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError):
        Sha256(5)  # type: ignore[arg-type]


@given(st.binary())
def test_it_holds_what_hashlib_computes(data: bytes) -> None:
    known = hashlib.sha256(data)
    assert Sha256(known.digest()).hex == known.hexdigest()
    assert Sha256.parse(known.hexdigest()) == Sha256(known.digest())


@given(digests, digests)
def test_it_is_ordered_as_its_text(left: Sha256, right: Sha256) -> None:
    assert (left < right) == (left.hex < right.hex)
    assert (left <= right) == (left.hex <= right.hex)
    assert (left > right) == (left.hex > right.hex)
    assert (left >= right) == (left.hex >= right.hex)
    assert (left == right) == (left.hex == right.hex)


@given(digests)
def test_copies_are_equal(digest: Sha256) -> None:
    for copy in copies(digest):
        assert copy == digest
        assert hash(copy) == hash(digest)


def test_it_equals_only_digests() -> None:
    assert Sha256(HEX) != HEX
    assert Sha256(HEX) != HEX
    assert Sha256(HEX) != bytes.fromhex(HEX)
    with pytest.raises(TypeError):
        assert Sha256(HEX) < HEX  # type: ignore[operator]


def test_it_is_immutable() -> None:
    with pytest.raises(AttributeError):
        Sha256(HEX).hex = HEX  # type: ignore[misc]


def test_kinds() -> None:
    assert [str(kind) for kind in HashKind] == ["file", "authenticode"]
