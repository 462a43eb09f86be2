import hashlib
import mmap
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libblock import FileAccessError, Hasher, hash_bytes, hash_file

MEBIBYTE = 1 << 20


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@given(st.lists(st.binary()))
def test_pieces_hash_as_their_whole(pieces: list[bytes]) -> None:
    hasher = Hasher()
    for piece in pieces:
        hasher.update(piece)
    whole = b"".join(pieces)
    assert hasher.finish().hex == sha256(whole)
    assert hash_bytes(whole).hex == sha256(whole)


def test_it_starts_anew_after_finish() -> None:
    hasher = Hasher()
    hasher.update(b"abc")
    assert hasher.finish().hex == sha256(b"abc")
    assert hasher.finish().hex == sha256(b"")


def test_any_buffer_is_taken(tmp_path: Path) -> None:
    assert hash_bytes(bytearray(b"abc")) == hash_bytes(b"abc")
    assert hash_bytes(memoryview(b"xabcx")[1:4]) == hash_bytes(b"abc")
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped,
    ):
        assert hash_bytes(mapped) == hash_bytes(b"abc")


def test_what_has_no_contiguous_buffer_is_refused() -> None:
    with pytest.raises(TypeError):
        hash_bytes("abc")  # type: ignore[arg-type]
    with pytest.raises(BufferError):
        hash_bytes(memoryview(b"abcdef")[::2])


@pytest.mark.parametrize("size", [0, 1, MEBIBYTE - 1, MEBIBYTE, 3 * MEBIBYTE + 7])
def test_files_hash_as_their_bytes(tmp_path: Path, size: int) -> None:
    data = os.urandom(size)
    path = tmp_path / "file"
    path.write_bytes(data)
    assert hash_file(path).hex == sha256(data)
    assert hash_file(str(path)).hex == sha256(data)


def test_a_file_name_may_be_any_bytes(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("other systems do not take such a name")
    path = os.fsencode(tmp_path) + b"/\xff\xfe"
    Path(os.fsdecode(path)).write_bytes(b"abc")
    assert hash_file(os.fsdecode(path)) == hash_bytes(b"abc")
    with pytest.raises(FileAccessError) as caught:
        hash_file(os.fsdecode(path + b"x"))
    assert caught.value.file == os.fsdecode(path + b"x")


def test_only_regular_files_are_read(tmp_path: Path) -> None:
    with pytest.raises(FileAccessError, match="folder"):
        hash_file(tmp_path)
    with pytest.raises(FileAccessError, match="nothing"):
        hash_file(tmp_path / "nothing")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(FileAccessError, match="not a regular file"):
            hash_file(tmp_path / "pipe")


@pytest.fixture
def large_file(tmp_path: Path) -> Path:
    path = tmp_path / "large"
    with path.open("wb") as file:
        file.truncate(64 * MEBIBYTE)
    return path


def test_progress_tells_the_bytes_done(large_file: Path) -> None:
    seen: list[int] = []
    hash_file(large_file, progress=seen.append)
    assert seen
    assert seen == sorted(set(seen))
    assert all(
        after - before <= 16 * MEBIBYTE for before, after in zip([0, *seen], seen, strict=False)
    )
    assert seen[-1] <= 64 * MEBIBYTE


def test_what_progress_raises_stops_the_work(large_file: Path) -> None:
    def stop(bytes_done: int) -> None:
        raise KeyError(bytes_done)

    with pytest.raises(KeyError):
        hash_file(large_file, progress=stop)


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C raises KeyboardInterrupt, as in a terminal: what runs in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("interruptible")
def test_ctrl_c_stops_the_work(large_file: Path) -> None:
    calls: list[int] = []

    def interrupt(bytes_done: int) -> None:
        calls.append(bytes_done)
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        hash_file(large_file, progress=interrupt)
    assert len(calls) == 1


def test_other_threads_run_meanwhile() -> None:
    data = bytes(256 * MEBIBYTE)
    started, done = threading.Event(), threading.Event()

    def work() -> None:
        started.set()
        hash_bytes(data)
        done.set()

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # nobody is made to let others run
    try:
        thread = threading.Thread(target=work)
        thread.start()
        started.wait()
        assert not done.is_set()
        thread.join()
    finally:
        sys.setswitchinterval(interval)


def test_threads_may_share_a_hasher() -> None:
    hasher = Hasher()
    piece = bytes(MEBIBYTE)
    threads = [threading.Thread(target=hasher.update, args=(piece,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hasher.finish() == hash_bytes(piece * 8)
