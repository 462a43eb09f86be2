import pytest
from hypothesis import given
from strategies import entries
from support import copies, digest_of

from libblock import HashEntry, HashKind, InvalidValueError, LimitError, Platform, validate


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
