import gc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import digests, few_digests, hash_sets
from support import copies, digest_of

from libblock import HashSet, InvalidValueError, Sha256

lists = st.lists(few_digests, max_size=12)


def as_array(hashes: HashSet) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.asarray(memoryview(hashes))


@given(lists, lists)
def test_algebra_is_that_of_sets(left: list[Sha256], right: list[Sha256]) -> None:
    a, b = HashSet(left), HashSet(right)
    x, y = set(left), set(right)
    assert set(a | b) == x | y
    assert set(a & b) == x & y
    assert set(a - b) == x - y
    assert set(a ^ b) == x ^ y
    assert (a <= b, a < b, a >= b, a > b) == (x <= y, x < y, x >= y, x > y)
    assert (a == b) == (x == y)
    assert all((digest in a) == (digest in x) for digest in y)


@given(st.lists(digests))
def test_it_is_sorted_and_unique(items: list[Sha256]) -> None:
    hashes = HashSet(items)
    expected = sorted(set(items))
    assert list(hashes) == expected
    assert [hashes[i] for i in range(len(hashes))] == expected
    assert [hashes[-i - 1] for i in range(len(hashes))] == expected[::-1]
    assert bool(hashes) == bool(items)


@given(hash_sets, st.slices(8))
def test_slices_are_those_of_a_tuple(hashes: HashSet, part: slice) -> None:
    assert hashes[part] == tuple(hashes)[part]


@given(hash_sets)
def test_copies_are_equal(hashes: HashSet) -> None:
    for copy in copies(hashes):
        assert copy == hashes
        assert hash(copy) == hash(hashes)


@given(hash_sets, hash_sets)
def test_diff_leads_from_one_to_the_other(before: HashSet, after: HashSet) -> None:
    changes = before.diff(after)
    assert (before - changes.removed) | changes.added == after
    assert not changes.added & before
    assert changes.removed <= before
    assert after.diff(before).added == changes.removed


@given(lists)
def test_any_iterable_of_digests_or_digits_makes_one(items: list[Sha256]) -> None:
    hashes = HashSet(items)
    assert HashSet(digest.hex for digest in items) == hashes
    assert HashSet(hashes) == HashSet(set(items)) == HashSet(tuple(items)) == hashes
    assert HashSet.from_bytes(b"".join(map(bytes, items))) == hashes


def test_what_is_no_digest_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="64 hexadecimal digits"):
        HashSet([digest_of("a"), "abc"])
    with pytest.raises(InvalidValueError, match="33 is no multiple"):
        HashSet.from_bytes(bytes(33))
    with pytest.raises(TypeError):
        HashSet([5])  # type: ignore[list-item]
    with pytest.raises(TypeError):
        HashSet("a" * 64)
    with pytest.raises(IndexError):
        HashSet()[0]
    with pytest.raises(TypeError):
        HashSet() | {digest_of("a")}  # type: ignore[operator]


def test_membership_takes_digits_in_either_case() -> None:
    hashes = HashSet([digest_of("ab")])
    assert digest_of("ab") in hashes
    assert digest_of("ab").hex.upper() in hashes
    assert digest_of("ac") not in hashes
    with pytest.raises(InvalidValueError):
        assert "ab" in hashes


@given(hash_sets)
def test_the_buffer_is_the_digests(hashes: HashSet) -> None:
    view = memoryview(hashes)
    assert view.shape == (len(hashes), 32)
    assert view.format == "B"
    assert view.readonly
    assert view.c_contiguous
    assert view.tobytes() == b"".join(map(bytes, hashes))
    assert HashSet.from_bytes(view) == hashes


def test_numpy_shares_the_memory_and_keeps_it_alive() -> None:
    hashes = HashSet([digest_of("01"), digest_of("02")])
    array = as_array(hashes)
    assert array.shape == (2, 32)
    assert array.dtype == np.uint8
    assert not array.flags.writeable
    assert np.shares_memory(array, as_array(hashes))
    del hashes
    gc.collect()
    HashSet([digest_of("ff")] * 2)  # might take the place of a set that was freed
    assert array[:, 0].tolist() == [1, 2]


def test_a_subset_can_be_made_of_an_array() -> None:
    hashes = HashSet(bytes_of for bytes_of in map(digest_of, ["01", "02", "03"]))
    array = as_array(hashes)
    assert HashSet.from_bytes(array[array[:, 0] > 1].tobytes()) == HashSet(hashes[1:])


def test_forms() -> None:
    assert repr(HashSet([digest_of("a")])) == "<HashSet of 1>"
    assert digest_of("a").hex in HashSet([digest_of("a")])._repr_html_()
    many = HashSet(Sha256(number.to_bytes(32, "big")) for number in range(60))
    assert "and 10 more" in many._repr_html_()
