import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import digests, names
from support import copies, digest_of

from libblock import (
    DocumentError,
    FileAccessError,
    HashListLine,
    InvalidValueError,
    format_hash_list,
    load_hash_list,
    parse_hash_list,
)

lines = st.lists(st.builds(HashListLine, digests, st.just("") | names))


@given(lines)
def test_round_trip(items: list[HashListLine]) -> None:
    text = format_hash_list(items)
    assert parse_hash_list(text) == parse_hash_list(text.encode()) == items
    assert format_hash_list(iter(items)) == text


def test_lines_are_those_of_sha256sum() -> None:
    digest = hashlib.sha256(b"").hexdigest()
    assert parse_hash_list(f"{digest}  a b.exe\n{digest} *b\r\n\n# remark\n{digest}") == [
        HashListLine(digest, "a b.exe"),
        HashListLine(digest, "b"),
        HashListLine(digest),
    ]
    assert format_hash_list([HashListLine(digest, "a"), HashListLine(digest)]) == (
        f"{digest}  a\n{digest}\n"
    )


def test_other_lines_are_refused_with_their_place(tmp_path: Path) -> None:
    text = f"{digest_of('a')}\nabc\n"
    with pytest.raises(DocumentError) as caught:
        parse_hash_list(text)
    assert (caught.value.line, caught.value.file) == (2, "")
    path = tmp_path / "list.sha256"
    path.write_text(text)
    with pytest.raises(DocumentError) as caught:
        load_hash_list(path)
    assert (caught.value.line, caught.value.file) == (2, str(path))


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "list.sha256"
    path.write_text(format_hash_list([HashListLine(digest_of("a"), "é")]), encoding="utf-8")
    assert load_hash_list(path) == load_hash_list(str(path)) == [HashListLine(digest_of("a"), "é")]
    with pytest.raises(FileAccessError):
        load_hash_list(tmp_path / "nothing")


def test_a_name_with_a_line_break_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="U\\+000A"):
        format_hash_list([HashListLine(digest_of("a"), "a\nb")])


def test_lines_are_values() -> None:
    line = HashListLine(digest_of("a").hex, "x")
    assert (line.sha256, line.name) == (digest_of("a"), "x")
    assert line in {line}
    assert all(copy == line for copy in copies(line))
