"""libblock index."""

import os
import random
import signal
import sys
import time
from pathlib import Path

import pytest
from cli_support import SHA, ok, refused, run, start


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("list").write_text(f'{SHA["a"]}  app\n"{SHA["b"]}","x"\nnone\n', encoding="utf-8")


def test_texts_become_an_index() -> None:
    out = ok("index", "build", "i", "list", "-", stdin=SHA["c"].encode())
    assert out == ("list: 2 hashes, 1 line without\nstdin: 1 hash, 0 lines without\ni: 3 hashes\n")
    assert ok("index", "query", "i", SHA["a"], SHA["d"], "--only", "unknown") == (
        f"{SHA['d']}  unknown\n1 known, 1 unknown\n"
    )
    out = ok("index", "query", "i", "list", "--only", "known", "--format", "hashes")
    assert out == f"{SHA['a']}\n{SHA['b']}\n"


def test_json() -> None:
    built = run("index", "build", "i", "list", "--format", "json").json("index-build")
    assert built["hashes"] == 2
    assert built["inputs"] == [{"file": "list", "hashes": 2, "lines": 3, "lines_without_hash": 1}]
    answers = run("index", "query", "i", "-", "--format", "json", stdin=SHA["a"].encode())
    assert answers.json("index-query")["hashes"] == [{"sha256": SHA["a"], "known": True}]
    told = run("index", "info", "i", "--verify", "--format", "json").json("index-info")
    assert (told["hashes"], told["verified"]) == (2, True)
    assert "2 hashes" in ok("index", "info", "i")


def test_exit_codes() -> None:
    ok("index", "build", "i", "list")
    assert run("index", "query", "i", SHA["d"]).code == 0
    assert run("index", "query", "i", SHA["d"], "--strict").code == 1
    assert run("index", "query", "i", SHA["a"], "--strict").code == 0
    assert "no hash index" in refused("index", "info", "list")
    assert "nope" in refused("index", "query", "i", "nope")
    assert "nope" in refused("index", "build", "i", "nope")
    assert "is no size" in refused("index", "build", "i", "list", "--memory", "many")
    assert "too few" in refused("index", "build", "i", "list", "--memory", "1K")


def test_nothing_is_printed_if_a_text_cannot_be_read() -> None:
    ok("index", "build", "i", "list")
    Path("folder").mkdir()
    for wrong in ("nope", "folder", "i"):
        for form in ("text", "json", "hashes"):
            command = ["index", "query", "i", SHA["a"], "list", wrong, "--format", form]
            assert refused(*command).startswith(f"{wrong}: ")


def test_a_document_ends_as_one_if_a_pipe_fails() -> None:
    ok("index", "build", "i", "list")
    index = Path("i").read_bytes()
    result = run("index", "query", "i", SHA["a"], "-", "--format", "json", stdin=index)
    assert result.json("index-query")["hashes"] == [{"sha256": SHA["a"], "known": True}]
    assert (result.code, result.err) == (
        2,
        "libblock: error: stdin: is a hash index, not a text\n",
    )


@pytest.mark.parametrize("length", [8, 32, 63, 65, 300])
def test_a_wrong_number_of_digits_is_told(length: int) -> None:
    ok("index", "build", "i", "list")
    message = refused("index", "query", "i", "a" * length)
    assert "cannot be read" in message
    assert message.endswith(
        f"\nlibblock: hint: a SHA-256 has 64 hexadecimal digits, and this has {length}"
    )
    assert "hint" not in refused("index", "query", "i", "list.txt")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
def test_a_named_pipe_is_read() -> None:
    ok("index", "build", "i", "list")
    os.mkfifo("pipe")
    process = start("index", "query", "i", "pipe")
    Path("pipe").write_text(SHA["a"], encoding="utf-8")
    out, err = process.communicate(timeout=60)
    assert (out.decode(), err) == (f"{SHA['a']}  known\n1 known, 0 unknown\n", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="has no such pipes")
def test_an_index_is_built_of_a_named_pipe() -> None:
    os.mkfifo("pipe")
    process = start("index", "build", "i", "list", "pipe")
    Path("pipe").write_text(f"{SHA['c']}\nnone\n", encoding="utf-8")
    out, err = process.communicate(timeout=60)
    expected = "list: 2 hashes, 1 line without\npipe: 1 hash, 1 line without\ni: 3 hashes\n"
    assert (out.decode(), err) == (expected, b"")


def test_a_query_for_nothing_is_told() -> None:
    ok("index", "build", "i", "list")
    Path("none").write_text("no such hash\n", encoding="utf-8")
    warning = "libblock: warning: {}: no SHA-256 is in it\n".format
    for form in ("text", "json", "hashes"):
        command = ["index", "query", "i", "--format", form]
        for options, code in (([], 0), (["--strict"], 2)):
            result = run(*command, *options, "-", SHA["a"], "none")
            assert (result.code, result.err) == (code, warning("stdin") + warning("none"))
            assert SHA["a"] in result.out
    assert run("index", "query", "i", "none", SHA["d"], "--strict").code == 2
    # What is not printed is a hash all the same.
    assert ok("index", "query", "i", "list", "--only", "unknown") == "2 known, 0 unknown\n"


def test_what_is_no_whole_index_is_refused_in_one_line() -> None:
    ok("index", "build", "i", "list")
    data = Path("i").read_bytes()
    broken = {
        b"": "is no hash index",
        b"\x7fELF" + bytes(9000): "is no hash index",
        data[:3000]: "is cut short",
        data[:5000]: "is damaged: it has 5000 bytes",
        data + b"x": "is damaged",
        data[:16] + b"\3" + data[17:]: "is damaged: the header",
    }
    for content, message in broken.items():
        Path("broken").write_bytes(content)
        for command in (["info", "broken"], ["query", "broken", SHA["a"]]):
            assert refused("index", *command).startswith(f"broken: {message}")
    Path("broken").write_bytes(data[:5000] + b"\1" + data[5001:])
    assert ok("index", "info", "broken").startswith("broken: 2 hashes")
    assert "is damaged" in refused("index", "info", "broken", "--verify")


def test_lists_of_all_kinds_make_the_same_index() -> None:
    generator = random.Random(2)
    hashes = [f"{generator.getrandbits(256):064x}" for _ in range(5000)]
    lists = {
        "plain": "".join(f"{each}\n" for each in hashes),
        "sums": "".join(f"{each} *dir/a b.exe\r\n" for each in hashes),
        "nsrl": '"SHA-256","SHA-1","MD5","FileName"\n'
        + "".join(f'"{each.upper()}","{each[:40]}","{each[:32]}","x, y.dll"\n' for each in hashes),
        "line": " ".join(hashes),
    }
    for name, content in lists.items():
        Path(name).write_text(content, encoding="utf-8")
        ok("index", "build", f"{name}.index", name, "--memory", "1M")
        assert ok("index", "info", f"{name}.index", "--verify").startswith(f"{name}.index: 5,000 h")
    assert len({Path(f"{name}.index").read_bytes() for name in lists}) == 1
    digests = Path("plain.index").read_bytes()[4096 : 4096 + 32 * 5000]
    assert digests == b"".join(sorted(map(bytes.fromhex, hashes)))


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are buffered otherwise")
def test_answers_come_while_the_pipe_is_open() -> None:
    ok("index", "build", "i", "list")
    process = start("index", "query", "i", "-")
    for letter, word in (("a", "known"), ("c", "unknown"), ("b", "known")):
        process.stdin.write(f"{SHA[letter]}\n".encode())
        process.stdin.flush()
        assert process.stdout.readline().decode() == f"{SHA[letter]}  {word}\n"
    out, err = process.communicate()
    assert (out, err) == (b"2 known, 1 unknown\n", b"")


def test_a_text_without_hashes_is_told() -> None:
    Path("empty").touch()
    result = run("index", "build", "i", "list", "empty")
    assert result.code == 0
    assert result.err == "libblock: warning: empty: no SHA-256 is in it\n"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_texts_may_be_utf16(encoding: str) -> None:
    """As PowerShell writes them, for one."""
    text = f"{SHA['a']}  app\r\n{SHA['b']}\r\n\r\n".encode(encoding)
    Path("wide").write_bytes(text)
    out = ok("index", "build", "i", "wide", "-", stdin=text)
    assert out.splitlines()[:2] == [
        "wide: 2 hashes, 1 line without",
        "stdin: 2 hashes, 1 line without",
    ]
    known = f"{SHA['a']}\n{SHA['b']}\n"
    assert ok("index", "query", "i", "wide", "--only", "known", "--format", "hashes") == known
    assert ok("index", "query", "i", "-", "--format", "hashes", stdin=text) == known


def test_an_index_is_no_text() -> None:
    ok("index", "build", "i", "list")
    data = Path("i").read_bytes()
    for command in (["build", "j"], ["query", "i"]):
        assert refused("index", *command, "i") == "i: is a hash index, not a text"
        message = refused("index", *command, "-", stdin=data)
        assert message == "stdin: is a hash index, not a text"
    assert refused("index", "query", "i", "-", stdin=data[:6]).startswith("stdin: is a hash index")
    assert not Path("j").exists()


def test_no_hashes_at_all_make_no_index() -> None:
    Path("none").write_text("no such hash\n", encoding="utf-8")
    message = "i: is not written, for no SHA-256 is in what it would be built of"
    assert refused("index", "build", "i", "none", "-") == message
    assert not Path("i").exists()
    ok("index", "build", "i", "list")
    old = Path("i").read_bytes()
    assert refused("index", "build", "i", "-") == message
    assert Path("i").read_bytes() == old


def test_an_input_is_never_overwritten() -> None:
    old = Path("list").read_bytes()
    Path("link").symlink_to("list")
    Path("hard").hardlink_to("list")
    for out, text in (("list", "list"), ("./list", "list"), ("link", "list"), ("list", "hard")):
        for options in ([], ["--force"]):
            command = ["index", "build", out, "-", text, *options]
            message = refused(*command, stdin=SHA["c"].encode())
            assert message.startswith(f"OUT and the input {text} are the same file\n")
    assert Path("list").read_bytes() == old
    assert Path("link").is_symlink()


def test_nothing_but_an_index_is_overwritten_unasked() -> None:
    Path("other").write_text(SHA["c"], encoding="utf-8")
    ok("new", "p.yaml", "--name", "3CX")
    Path("empty").touch()
    for name in ("other", "p.yaml", "empty"):
        old = Path(name).read_bytes()
        assert refused("index", "build", name, "list") == (
            f"{name}: there is such a file already, and it is no hash index\n"
            "libblock: hint: --force overwrites the file that is there"
        )
        assert Path(name).read_bytes() == old
    ok("index", "build", "other", "list", "--force")
    ok("index", "build", "other", "-", stdin=SHA["d"].encode())
    assert ok("index", "info", "other").startswith("other: 1 hash,")
    Path("folder").mkdir()
    assert refused("index", "build", "folder", "list").startswith("folder: ")


def many_hashes(count: int) -> None:
    generator = random.Random(1)
    with Path("many").open("w", encoding="ascii") as file:
        for _ in range(count):
            file.write(f"{generator.getrandbits(256):064x}\n")


linux = pytest.mark.skipif(
    sys.platform != "linux", reason="needs resource limits and signals as on Linux"
)


@linux
def test_memory_is_bounded() -> None:
    import resource

    many_hashes(600_000)
    idle = start("--version")
    idle.communicate()
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    process = start("index", "build", "i", "many", "--memory", "8M")
    process.communicate()
    assert process.returncode == 0
    # In KiB: the index alone has 21 MB, and what the interpreter takes differs a little.
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < 16 << 10


@linux
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_stops_a_build_leaves_the_old_index_alone(how: signal.Signals) -> None:
    ok("index", "build", "i", "list")
    old = Path("i").read_bytes()
    many_hashes(300_000)
    process = start("index", "build", "i", "-", "--memory", "1M")
    process.stdin.write(Path("many").read_bytes())
    process.stdin.flush()
    time.sleep(0.5)
    process.send_signal(how)
    process.communicate()
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert sorted(path.name for path in Path().iterdir()) == ["i", "list", "many"]
    assert Path("i").read_bytes() == old


@linux
@pytest.mark.parametrize("most", [1 << 20, 5 << 20])
def test_a_full_disk_leaves_the_old_index_alone(most: int) -> None:
    """The first limit is met by what is sorted on the way, the second by the index."""
    import resource

    ok("index", "build", "i", "list")
    old = Path("i").read_bytes()
    many_hashes(150_000)  # 4.8 MB, and 600 kB of blocks
    process = start(
        *("index", "build", "i", "many", "--memory", "1M"),
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )
    out, err = process.communicate()
    assert (process.returncode, out) == (2, b"")
    assert err == b"libblock: error: i: cannot be written: File too large\n"
    assert sorted(path.name for path in Path().iterdir()) == ["i", "list", "many"]
    assert Path("i").read_bytes() == old
