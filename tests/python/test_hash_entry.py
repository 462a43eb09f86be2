from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import entries
from support import copies, digest_of

from libblock import (
    HashEntries,
    HashEntry,
    HashKind,
    InvalidValueError,
    LimitError,
    Platform,
    validate,
)


def test_attributes() -> None:
    entry = HashEntry(
        digest_of("a").hex,
        "authenticode",
        file_name="x.exe",
        platform="windows",
        note="two\nlines",
        source="advisory.txt",
        line=3,
        column=7,
    )
    assert entry.sha256 == digest_of("a")
    assert entry.kind is HashKind.AUTHENTICODE
    assert entry.platform is Platform.WINDOWS
    assert (entry.file_name, entry.note) == ("x.exe", "two\nlines")
    assert (entry.source, entry.line, entry.column) == ("advisory.txt", 3, 7)
    with pytest.raises(AttributeError):
        entry.note = ""  # type: ignore[misc]


def test_defaults() -> None:
    entry = HashEntry(digest_of("a"))
    assert entry.kind is HashKind.FILE
    assert entry.platform is None
    assert repr(entry) == f"HashEntry(sha256=Sha256('{digest_of('a')}'))"


@given(entries)
def test_copies_are_equal(entry: HashEntry) -> None:
    validate(entry)
    for copy in copies(entry):
        assert copy == entry
        assert hash(copy) == hash(entry)


def test_refusals() -> None:
    with pytest.raises(InvalidValueError, match="64 hexadecimal digits"):
        HashEntry("abc")
    with pytest.raises(InvalidValueError, match="'pe' is no HashKind"):
        HashEntry(digest_of("a"), "pe")
    with pytest.raises(InvalidValueError, match="file name"):
        validate(HashEntry(digest_of("a"), file_name="a\nb"))
    with pytest.raises(InvalidValueError, match="note"):
        validate(HashEntry(digest_of("a"), note="a\x00b"))
    with pytest.raises(InvalidValueError, match="UTF-8"):
        validate(HashEntry(digest_of("a"), file_name="a\udcff"))
    with pytest.raises(LimitError):
        validate(HashEntry(digest_of("a"), note="a" * (1 << 20)))
    with pytest.raises(TypeError):
        HashEntry(digest_of("a"), line=-1)


# Entries.


@given(st.lists(entries, max_size=6, unique_by=lambda entry: (entry.sha256, entry.kind)), entries)
def test_entries_are_like_the_tuple_of_them(items: list[HashEntry], other: HashEntry) -> None:
    view = HashEntries(iter(items))
    same = tuple(sorted(items, key=lambda each: (each.sha256, list(HashKind).index(each.kind))))
    assert view == same
    assert same == view
    assert hash(view) == hash(same)
    assert len(view) == len(same)
    assert bool(view) == bool(same)
    assert list(view) == list(same)
    assert list(reversed(view)) == list(reversed(same))
    for bound in range(-8, 9):
        assert view[bound:] == same[bound:]
        assert view[:bound:2] == same[:bound:2]
        assert view[::-1] == same[::-1]
    for index, entry in enumerate(same):
        assert view[index] == view[index - len(same)] == entry
        assert view.index(entry) == view.index(entry, -len(same)) == index
        assert view.count(entry) == 1
    assert (other in view) == (other in same)
    assert view.count(other) == same.count(other)
    assert all(copy == view for copy in copies(view))
    assert HashEntries(view) == view


def test_entries_are_a_sequence() -> None:
    view = HashEntries([HashEntry(digest_of("b")), HashEntry(digest_of("a"))])
    assert isinstance(view, Sequence)
    assert repr(view) == "<HashEntries of 2>"
    assert view != (view[0],)
    assert view != (view[0], "b")
    assert view != [*view]
    assert view != HashEntries()
    assert None not in view
    assert view.count("a") == 0
    with pytest.raises(IndexError, match="HashEntries index out of range"):
        view[2]
    with pytest.raises(IndexError):
        view[-3]
    with pytest.raises(ValueError, match="is not in the sequence"):
        view.index(view[0], 1)
    with pytest.raises(ValueError, match="slice step"):
        view[::0]
    with pytest.raises(TypeError):
        HashEntries(["a"])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError):
        HashEntries([HashEntry(digest_of("a"), note="\x00")])
