import gc
import io
import mmap
import re
import string
import threading
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import few_digests, is_repetitive, mixtures, real_digests
from support import copies, digest_of, load_vectors

from libblock import (
    Candidate,
    Duplicate,
    Extraction,
    HashEntries,
    HashEntry,
    HashIndex,
    HashIndexBuilder,
    HashKind,
    HashListLine,
    HashSet,
    Package,
    Platform,
    Rejection,
    RejectionReason,
    Sha256,
    extract,
    format_hash_list,
    format_package,
    hash_bytes,
)

VECTORS = load_vectors("extraction.json")["vectors"]
A = digest_of("a1").hex
B = digest_of("b2").hex
C = digest_of("c3").hex


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

# A label that begins directly behind is that of what comes next.
lonely = re.compile(rb"(?<![0-9A-Za-z])[0-9A-Fa-f]{64}(?=SHA-256: |(?![0-9A-Za-z]))")


pieces = (
    few_digests.filter(lambda digest: not is_repetitive(digest)).map(str)
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
@example(f"{'0' * 63}1SHA-256: ")
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


# Nothing is lost: every run of digits is told of once. The oracle knows nothing of the reasons; it
# follows the characters that an item shows through the text, from the digits where it stands.

Item = Candidate | Duplicate | Rejection
_digits = re.compile(rb"[0-9a-f]*")
_in_pieces = re.compile("(?:[0-9a-f]|[\\s=>]|\u200b|\xad|<wbr>|&shy;)*".encode())


class Span(NamedTuple):
    """What an item tells of: the run of digits where it stands, and other runs that it shows. If it
    stands in pieces these are its own; those in a word, or beyond 160 characters, may be told of
    by items of their own."""

    start: int
    end: int
    in_pieces: bool


def end_of_run(text: bytes, at: int) -> int:
    run = _digits.match(text, at)
    assert run is not None
    return run.end()


def span_of(text: bytes, item: Item) -> Span:
    shown = (item.text if isinstance(item, Rejection) else item.sha256.hex).lower().encode()
    own_end = end_of_run(text, item.offset)
    first = text[item.offset : min(own_end, item.offset + 32)]
    # The digits may be glued to a word, and shown within it.
    places = [match.start() for match in re.finditer(rb"(?=%b)" % re.escape(first), shown)]
    for place in places:
        start = item.offset - place
        if start >= 0 and text.startswith(shown, start):
            end = start + len(shown)
            pieces = _in_pieces.match(text, item.offset)
            if len(shown.decode()) == 160 and pieces and pieces.end() >= end:
                end = pieces.end()  # nobody can tell from outside how far it goes
            return Span(item.offset, end_of_run(text, end), False)
    at = item.offset
    for character in shown[places[0] :]:
        at = text.index(bytes([character]), at) + 1
    return Span(item.offset, end_of_run(text, at), True)


def items_of(found: Extraction) -> list[Item]:
    return [*found.accepted, *found.duplicates, *found.rejected]


def assert_each_run_is_told_of_once(text: str, found: Extraction) -> None:
    data = text.encode().lower()
    spans = [span_of(data, item) for item in items_of(found)]
    for run in re.finditer(rb"[0-9a-f]{32,}", data):
        reaching = [each for each in spans if each.start < run.end() and run.start() < each.end]
        own = [each for each in reaching if each.in_pieces or each.start >= run.start()]
        assert len(own) == 1 or (reaching and not own), (run, reaching)


@given(mixtures, st.booleans())
def test_each_run_of_digits_is_told_of_once(text: str, rejoin: bool) -> None:
    assert_each_run_is_told_of_once(text, extract(text, rejoin=rejoin))


@pytest.mark.parametrize("rejoin", [False, True])
@pytest.mark.parametrize("vector", VECTORS, ids=[each["name"] for each in VECTORS])
def test_each_run_of_a_vector_is_told_of_once(vector: dict[str, Any], rejoin: bool) -> None:
    if "text" in vector:
        assert_each_run_is_told_of_once(vector["text"], extract(vector["text"], rejoin=rejoin))


# What cannot matter does not: the case of digits, and punctuation around a hash.

_run = re.compile("[0-9A-Fa-f]{32,}")


@pytest.mark.parametrize("change", [str.upper, str.lower])
@given(mixtures, st.booleans())
def test_the_case_of_digits_changes_nothing(
    change: Callable[[str], str], text: str, rejoin: bool
) -> None:
    found = extract(text, rejoin=rejoin)
    other = extract(_run.sub(lambda run: change(run[0]), text), rejoin=rejoin)
    # The digits of a label that is glued to a hash are changed with it.
    assert _without_case(other.accepted) == _without_case(found.accepted)
    assert other.duplicates == found.duplicates
    assert [each.reason for each in other.rejected] == [each.reason for each in found.rejected]


def _without_case(candidates: Sequence[Candidate]) -> list[tuple[Any, ...]]:
    return [
        (each.sha256, each.kind, each.offset, each.labelled_as, each.label.lower())
        for each in candidates
    ]


punctuation = st.sampled_from(
    [
        *string.punctuation,
        "",
        *"\xab\xbb\u201c\u201d\u2018\u2019\u3001\u3002\u300c\u300d\uff01\uff1a",
    ]
)


@given(st.lists(st.tuples(punctuation, real_digests, punctuation), max_size=6))
def test_punctuation_around_a_hash_changes_nothing(
    items: list[tuple[str, Sha256, str]],
) -> None:
    for separator in (" ", "\n", "\r\n"):
        text = separator.join(f"{before}{digest}{behind}" for before, digest, behind in items)
        assert extract(text).hashes == HashSet(digest for _, digest, _ in items)


# What libblock writes, it finds again.

digest_sets = st.lists(real_digests, max_size=8).map(HashSet)
file_names = st.just("") | st.sampled_from(["a.exe", "b c.dll", "ä.dmg", "d", "deadbeef"])


def package_of(hashes: HashSet, name: str = "") -> Package:
    package = Package("3CX")
    package.add_entries(HashEntry(each, file_name=name) for each in hashes)
    return package


@given(digest_sets, file_names)
def test_hash_lists_hold_their_hashes(hashes: HashSet, name: str) -> None:
    text = format_hash_list([HashListLine(each, name) for each in hashes])
    assert extract(text).hashes == hashes


@given(digest_sets, file_names)
def test_documents_hold_the_hashes_of_their_package(hashes: HashSet, name: str) -> None:
    package = package_of(hashes, name)
    document = format_package(package, "p")
    found = extract(document.yaml).hashes
    for content in document.lists.values():
        assert hash_bytes(content) in found  # the document vouches for its lists
        found = (found - HashSet([hash_bytes(content)])) | extract(content).hashes
    assert found == hashes


@given(digest_sets, file_names)
def test_canonical_bytes_hold_the_hashes(hashes: HashSet, name: str) -> None:
    assert extract(package_of(hashes, name).canonical_bytes()).hashes == hashes


@given(digest_sets)
def test_reprs_and_tables_hold_the_hashes(hashes: HashSet) -> None:
    assert extract(repr(list(hashes))).hashes == hashes
    assert extract(hashes._repr_html_()).hashes == hashes
    assert extract(extract(repr(list(hashes)))._repr_html_()).hashes == hashes
    assert extract(package_of(hashes)._repr_html_()).hashes == hashes


# The lists of an extraction.


@given(mixtures)
def test_lists_are_like_tuples(text: str) -> None:
    found = extract(text)
    lists: list[Sequence[object]] = [found.accepted, found.rejected, found.duplicates]
    for items in lists:
        plain = tuple(items)
        assert items == plain
        assert plain == items
        assert isinstance(items, Sequence)
        assert (len(items), list(reversed(items))) == (len(plain), list(reversed(plain)))
        assert items[1:] == plain[1:]
        assert hash(items) == hash(plain)
        assert type(items)(plain) == items
        for copy in copies(items):
            assert copy == items
        if plain:
            assert items[-1] == plain[-1]
            assert plain[0] in items
            assert (items.index(plain[0]), items.count(plain[0])) == (0, plain.count(plain[0]))
        with pytest.raises(IndexError):
            items[len(plain)]
    assert Extraction(found.accepted, found.rejected, found.duplicates) == found


@given(mixtures)
def test_columns_are_the_attributes_of_the_items(text: str) -> None:
    found = extract(text)
    for items in (found.accepted, found.rejected, found.duplicates):
        columns = items.columns()
        for name, column in columns.items():
            values = [getattr(item, name) for item in items]
            assert column == [each.hex if isinstance(each, Sha256) else each for each in values]
    assert list(found.rejected.columns()) == ["text", "reason", "line", "column", "offset"]


def test_columns_are_those_that_are_asked_for() -> None:
    accepted = extract(f"Windows {A}\n{B} lib.so\n{C}").accepted
    assert accepted.columns("line", "sha256", rows=[2, -3]) == {"line": [3, 1], "sha256": [C, A]}
    assert list(accepted.columns("line", "sha256")) == ["line", "sha256"]
    assert accepted.columns("file_name", rows=range(1, 3)) == {"file_name": ["lib.so", ""]}
    assert accepted.columns("platform", rows=()) == {"platform": []}
    entries = HashEntries([HashEntry(A, note="a")])
    assert entries.columns("sha256", "note", "line") == {"sha256": [A], "note": ["a"], "line": [0]}


def test_columns_that_are_none_are_refused() -> None:
    accepted = extract(A).accepted
    with pytest.raises(ValueError, match="there is no column 'sha'; there are sha256, kind, line"):
        accepted.columns("line", "sha")
    with pytest.raises(IndexError, match="Candidates index out of range"):
        accepted.columns(rows=[0, 1])
    with pytest.raises(IndexError, match="Candidates index out of range"):
        accepted.columns(rows=range(2**62))
    for rows in ("a", [1.5], 1):
        with pytest.raises(TypeError):
            accepted.columns(rows=rows)  # type: ignore[arg-type]


def test_lists_outlive_their_extraction() -> None:
    accepted = extract(f"{A} {B}").accepted
    items = iter(extract(f"{A} {B}").accepted)
    gc.collect()
    assert [each.sha256.hex for each in accepted] == [A, B]
    assert [each.sha256.hex for each in items] == [A, B]
    assert repr(accepted) == "<Candidates of 2>"


def test_lists_are_compact() -> None:
    text = "\n".join(Sha256(number.to_bytes(32, "big")).hex for number in range(1, 100_001))
    found = extract(text)
    tracemalloc.start()
    assert sum(1 for _ in found.accepted) == len(found.accepted) == 100_000
    assert found.accepted[99_999].line == 100_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


def test_known_good_may_be_several(tmp_path: Path) -> None:
    builder = HashIndexBuilder(tmp_path / "index")
    builder.add([Sha256(B)])
    builder.finish()
    guards: list[HashSet | HashIndex] = [HashSet([A]), HashIndex.open(tmp_path / "index")]
    found = extract(f"{A} {B} {C}", known_good=iter(guards))
    assert [each.sha256.hex for each in found] == [C]
    assert [each.reason for each in found.rejected] == [RejectionReason.KNOWN_GOOD] * 2
    assert len(extract(A, known_good=[])) == 1
    for wrong in ("text", 5, [guards[0], None], [guards]):
        with pytest.raises(TypeError, match="expected a HashSet or a HashIndex, or several, not"):
            extract(A, known_good=wrong)  # type: ignore[arg-type]


# Kinds of input.


def test_memory_maps_are_read_where_they_lie(tmp_path: Path) -> None:
    path = tmp_path / "large.txt"
    path.write_bytes(b"nothing here\n" * 1_000_000 + A.encode())
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        tracemalloc.start()
        found = extract(mapped)
        with memoryview(mapped) as view, view[:-64] as part:
            assert extract(part) == extract("")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 10_000
    assert [each.sha256.hex for each in found] == [A]


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
