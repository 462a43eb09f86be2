import io
import re
import threading
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import digests, few_digests
from support import copies, digest_of, load_vectors

from libblock import (
    Candidate,
    Duplicate,
    Extraction,
    HashKind,
    HashSet,
    Platform,
    Rejection,
    RejectionReason,
    Sha256,
    extract,
)

VECTORS = load_vectors("extraction.json")["vectors"]
A = digest_of("a1").hex
B = digest_of("b2").hex


def expected(vector: dict[str, Any]) -> Extraction:
    return Extraction(
        [Candidate(**each) for each in vector["accepted"]],
        [Rejection(**each) for each in vector["rejected"]],
        [Duplicate(**each) for each in vector["duplicates"]],
    )


@pytest.mark.parametrize("vector", VECTORS, ids=[each["name"] for each in VECTORS])
def test_vectors(vector: dict[str, Any]) -> None:
    data = vector["text"] if "text" in vector else bytes.fromhex(vector["hex"])
    assert extract(data, **vector.get("options", {})) == expected(vector)


# Against Python's `re`, on texts without ellipses and digests that line breaks split.

lonely = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?![0-9A-Za-z])")


def is_placeholder(digest: Sha256) -> bool:
    data = bytes(digest)
    return any(data[period:] == data[:-period] for period in range(1, 17))


real_digests = digests.filter(lambda digest: not is_placeholder(digest))
pieces = (
    few_digests.filter(lambda digest: not is_placeholder(digest)).map(str)
    | real_digests.map(lambda digest: digest.hex.upper())
    | real_digests.map(lambda digest: digest.hex[:40])
    | real_digests.map(lambda digest: digest.hex + "0")
    | st.sampled_from(["g", "Z", "9", "_", "-", "é", "漢", "SHA-256: ", "app.exe", "\x00", "<td>"])
)
separators = st.sampled_from([" ", "\t", ",", ";", " | ", "", " \n- ", "\r\n* ", "/", "\u200b"])
documents = st.lists(st.tuples(pieces, separators), max_size=12).map(
    lambda items: "".join(piece + separator for piece, separator in items)
)


def appearances(found: Extraction) -> list[Candidate | Duplicate]:
    return [*found.accepted, *found.duplicates]


@given(documents)
def test_accepted_are_the_runs_that_stand_alone(text: str) -> None:
    found = extract(text)
    data = text.encode()
    matches = [(match.start(), Sha256(match[0].decode())) for match in lonely.finditer(data)]
    placed = [(each.offset, each.sha256) for each in appearances(found)]
    assert sorted(placed) == matches
    assert [each.sha256 for each in found.accepted] == list(
        dict.fromkeys(digest for _, digest in matches)
    )
    assert found.hashes == HashSet(digest for _, digest in matches)


@given(documents)
def test_places_are_where_the_digits_stand(text: str) -> None:
    found = extract(text)
    lines = re.split("\r\n|\r|\n", text)
    data = text.encode()
    for each in appearances(found):
        assert lines[each.line - 1][each.column - 1 :][:64].lower() == each.sha256.hex
        assert data[each.offset :][:64].lower() == each.sha256.hex.encode()
    for duplicate in found.duplicates:
        assert found.accepted[duplicate.first].sha256 == duplicate.sha256
        assert found.accepted[duplicate.first].offset < duplicate.offset


@given(st.binary() | st.text())
def test_nothing_crashes_it(data: bytes | str) -> None:
    found = extract(data, rejoin=True)
    assert found == extract(data, rejoin=True)
    for copy in copies(found):
        assert copy == found


@given(documents)
def test_context_changes_no_hash(text: str) -> None:
    bare = extract(text, context=False)
    assert [each.sha256 for each in bare] == [each.sha256 for each in extract(text)]
    assert all((each.platform, each.file_name, each.label) == (None, "", "") for each in bare)


# Kinds of input.


def test_every_kind_of_input_gives_the_same(tmp_path: Path) -> None:
    text = f"Windows é {A}\n{B}"
    data = text.encode()
    path = tmp_path / "advisory.txt"
    path.write_bytes(data)
    found = extract(text)
    assert len(found) == 2
    assert extract(data) == extract(bytearray(data)) == extract(memoryview(data)) == found
    assert extract(io.StringIO(text)) == extract(io.BytesIO(data)) == found
    with path.open("rb") as binary, path.open(encoding="utf-8") as textual:
        assert extract(binary) == extract(textual) == found


def test_lone_surrogates_only_separate() -> None:
    found = extract(f"\ud800{A}\udcff {B}")
    assert [each.sha256.hex for each in found] == [A, B]
    assert found.accepted[0].column == 2


def test_bytes_that_are_not_utf8_only_separate() -> None:
    data = b"\xff\xfe" + A.encode() + b"\xc3 \xf0\x9f name\xff.exe " + B.encode()
    found = extract(data)
    assert [each.sha256.hex for each in found] == [A, B]
    assert all(isinstance(each.file_name + each.label, str) for each in found)


def test_other_input_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="expected str, bytes or an open file, not int"):
        extract(5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Path"):
        extract(tmp_path)  # type: ignore[arg-type]
    with pytest.raises(BufferError):
        extract(memoryview(b"abcdef")[::2])
    with pytest.raises(TypeError):
        extract("", True)  # type: ignore[call-arg]


def test_what_a_file_raises_is_passed_on() -> None:
    file = io.BytesIO()
    file.close()
    with pytest.raises(ValueError, match="closed file"):
        extract(file)


def test_threads_extract_side_by_side() -> None:
    text = "\n".join(Sha256(number.to_bytes(32, "big")).hex for number in range(1, 5000))
    results: list[Extraction] = []
    threads = [threading.Thread(target=lambda: results.append(extract(text))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(each) for each in results] == [4999] * 4


# The values.


def test_length_and_iteration_are_those_of_accepted() -> None:
    found = extract(f"{A} {B} {A} {'0' * 64}")
    assert len(found) == 2
    assert tuple(found) == found.accepted
    assert found
    assert not extract("nothing")
    assert [each.first for each in found.duplicates] == [0]
    assert [each.reason for each in found.rejected] == [RejectionReason.PLACEHOLDER]


def test_context() -> None:
    (candidate,) = extract(f"macOS SHA-256: {A} app.dmg")
    assert candidate.platform is Platform.MACOS
    assert candidate.file_name == "app.dmg"
    assert candidate.kind is HashKind.FILE


def test_forms() -> None:
    found = extract(f"{A} <b>.exe {A} {B[:32]}")
    assert repr(found) == "<Extraction accepted=1 rejected=1 duplicates=1>"
    html = found._repr_html_()
    assert A in html
    assert "the length of an MD5" in html
    assert "<b>" not in html
    assert repr(Candidate(A, line=3)) == f"Candidate(sha256=Sha256('{A}'), line=3)"


def test_values_are_immutable_and_hashable() -> None:
    found = extract(f"{A} {A} {B[:32]}")
    assert len({found, extract(f"{A} {A} {B[:32]}")}) == 1
    for value in (found.accepted[0], found.rejected[0], found.duplicates[0]):
        assert value in {value}
        with pytest.raises(AttributeError):
            value.line = 7  # type: ignore[misc]
