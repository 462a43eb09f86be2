"""libblock hash."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cli_support import COMMAND, ok, refused, run, start


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_lines_are_those_of_sha256sum() -> None:
    Path("a").write_bytes(b"A" * 100_000)
    Path("b c").write_bytes(b"")
    out = ok("hash", "a", "b c")
    assert out == f"{digest_of(b'A' * 100_000)}  a\n{digest_of(b'')}  b c\n"


def test_standard_input_is_hashed() -> None:
    data = bytes(range(256)) * 20_000
    assert ok("hash", "-", stdin=data) == f"{digest_of(data)}  -\n"
    assert ok("hash", "-") == f"{digest_of(b'')}  -\n"


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
def test_a_named_pipe_is_hashed() -> None:
    os.mkfifo("pipe")
    process = start("hash", "pipe")
    Path("pipe").write_bytes(b"A")
    out, err = process.communicate(timeout=60)
    assert (out.decode(), err) == (f"{digest_of(b'A')}  pipe\n", b"")


def test_json_lists_the_files() -> None:
    Path("a").write_bytes(b"A")
    document = run("hash", "a", "--format", "json").json("hash")
    assert document == {"version": 1, "files": [{"file": "a", "sha256": digest_of(b"A")}]}


def test_files_that_cannot_be_read_do_not_stop_the_others() -> None:
    Path("a").write_bytes(b"A")
    Path("folder").mkdir()
    result = run("hash", "nope", "a", "folder")
    assert result.code == 2
    assert result.out == f"{digest_of(b'A')}  a\n"
    first, second = result.err.splitlines()
    assert first.startswith("libblock: error: nope: ")
    assert second.startswith("libblock: error: folder: ")
    document = run("hash", "nope", "a", "--format", "json")
    assert document.code == 2
    assert len(document.json("hash")["files"]) == 1


def test_a_name_is_needed() -> None:
    assert "missing argument" in refused("hash")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse such names")
@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum")
def test_sha256sum_checks_lines_of_any_name() -> None:
    names = [b"plain", b"new\nline", b"back\\slash", b"both\\\n\r", b"\xff\xfe", "ä漢".encode()]
    for name in names:
        Path(os.fsdecode(name)).write_bytes(name)
    lines = subprocess.run([*COMMAND, "hash", *names], capture_output=True, check=True).stdout
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "--quiet"], input=lines, check=False
    )
    assert checked.returncode == 0


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_cannot_be_written_as_a_whole_is_an_error(form: str, unbuffered: str) -> None:
    resource = pytest.importorskip("resource")
    Path("a").write_bytes(b"A")

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (50, 50))

    command = ("hash", "a", "--format", form)
    with Path("out").open("wb") as file:
        env = {"PYTHONUNBUFFERED": unbuffered}
        process = start(*command, env=env, stdout=file, preexec_fn=limit)
        _, err = process.communicate()
    assert process.returncode == 2
    assert err == b"libblock: error: the output cannot be written: File too large\n"
