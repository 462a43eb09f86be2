import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import digests
from support import digest_of

from libblock import (
    DocumentError,
    FileAccessError,
    HashIndex,
    HashIndexBuilder,
    HashSet,
    HashTextCounts,
    HashTextReader,
    InvalidValueError,
    Sha256,
    hash_bytes,
)


def build(path: Path, items: list[Sha256]) -> HashIndex:
    builder = HashIndexBuilder(path)
    builder.add(items)
    assert builder.finish() == len(set(items))
    return HashIndex.open(path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(digests), st.lists(digests))
def test_it_answers_as_a_set_does(
    tmp_path: Path, known: list[Sha256], others: list[Sha256]
) -> None:
    index = build(tmp_path / "i", known)
    asked = known + others
    expected = [digest in set(known) for digest in asked]
    assert len(index) == len(set(known))
    assert bool(index) == bool(known)
    assert list(index) == sorted(set(known))
    assert [digest in index for digest in asked] == expected
    assert index.contains_all(asked) == expected
    assert index.contains_all(b"".join(map(bytes, asked))) == expected
    assert index.contains_all(digest.hex for digest in asked) == expected
    assert index.filter(HashSet(asked)) == HashSet(known)
    assert np.asarray(memoryview(index)).tobytes() == b"".join(map(bytes, index))
    index.verify()


@pytest.mark.skipif(sys.platform == "win32", reason="has no limits of files")
@pytest.mark.parametrize("failing", [1, 30])
def test_a_full_disk_loses_nothing(tmp_path: Path, failing: int) -> None:
    """A piece that could not be added is added again once there is room."""
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    builder = HashIndexBuilder(tmp_path / "i", memory=1 << 20)
    items = [hash_bytes(str(i).encode()) for i in range(60_000)]
    failures = 0
    for i in range(0, len(items), 500):
        piece = items[i : i + 500]
        if i == 500 * failing:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        try:
            builder.add(piece)
        except FileAccessError:
            failures += 1
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            builder.add(piece)
    assert failures == 1
    assert builder.finish() == len(items)
    assert all(HashIndex.open(tmp_path / "i").contains_all(items))


def test_texts_are_read(tmp_path: Path) -> None:
    a, b = digest_of("a"), digest_of("b")
    (tmp_path / "list").write_text(f'{a}  x\nnone\n"{b}",1\n', encoding="utf-8")
    builder = HashIndexBuilder(tmp_path / "i", memory=1 << 20)
    assert builder.add_file(tmp_path / "list") == HashTextCounts(2, 3, 1)
    builder.add_text(b"c" * 30)
    builder.add_text(b"c" * 34)
    assert builder.end_text() == HashTextCounts(1, 1, 0)
    builder.add_text(b"d" * 64)
    assert builder.add_file(tmp_path / "list") == HashTextCounts(2, 3, 1)
    builder.add(bytes(32))
    assert builder.finish() == 5
    with pytest.raises(InvalidValueError, match="finished already"):
        builder.finish()
    reader = HashTextReader()
    assert reader.read(f"{a} {b.hex[:9]}".encode()) == [a]
    assert reader.read(b.hex[9:].encode()) == []
    assert reader.finish() == ([b], HashTextCounts(2, 1, 0))
    assert reader.read(f"{a}\n{b}\n".encode("utf-16")) == [a, b]
    assert reader.finish() == ([], HashTextCounts(2, 2, 0))
    assert reader.read(f"{a}\n".encode("utf-16") * 40 + f"{b}\n".encode()) == [a] * 40 + [b]
    assert reader.finish() == ([], HashTextCounts(41, 41, 0))


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError):
        HashIndex.open(tmp_path / "none")
    (tmp_path / "text").write_text("text", encoding="utf-8")
    with pytest.raises(DocumentError, match="is no hash index"):
        HashIndex.open(tmp_path / "text")
    index = build(tmp_path / "i", [digest_of("a")])
    with pytest.raises(DocumentError, match="i: is a hash index, not a text"):
        HashIndexBuilder(tmp_path / "j").add_file(tmp_path / "i")
    with pytest.raises(DocumentError, match="is a hash index, not a text"):
        HashTextReader().read((tmp_path / "i").read_bytes())
    with pytest.raises(InvalidValueError, match="33 is no multiple"):
        index.contains_all(bytes(33))
    data = bytearray((tmp_path / "i").read_bytes())
    data[4096] ^= 1
    (tmp_path / "damaged").write_bytes(data)
    with pytest.raises(DocumentError, match="not those that were written"):
        HashIndex.open(tmp_path / "damaged").verify()
    with pytest.raises(InvalidValueError, match="too few"):
        HashIndexBuilder(tmp_path / "i", memory=5)


def test_digests_may_be_any_iterable_but_a_text(tmp_path: Path) -> None:
    digests = [digest_of(letter) for letter in "abc"]
    index = build(tmp_path / "i", digests)
    builder = HashIndexBuilder(tmp_path / "j")
    for take in (index.contains_all, builder.add):
        wrong: Any
        for wrong in (5, None, digests[0].hex, [5], [None]):
            with pytest.raises(TypeError, match="Iterable"):
                take(wrong)
        with pytest.raises(InvalidValueError, match="is 64 hexadecimal digits, not 'x'"):
            take(["x"])
    builder.add(digest.hex for digest in digests)
    assert builder.finish() == 3  # none of an iterator is lost


def test_work_can_be_stopped(tmp_path: Path) -> None:
    def stop(*_: int) -> None:
        raise KeyboardInterrupt

    builder = HashIndexBuilder(tmp_path / "i")
    builder.add([digest_of("a")])
    with pytest.raises(KeyboardInterrupt):
        builder.finish(progress=stop)
    assert list(tmp_path.iterdir()) == []
    assert repr(build(tmp_path / "i", [])) == "<HashIndex of 0>"
