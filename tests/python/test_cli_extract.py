"""libblock extract."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from cli_support import MD5, SHA, ok, refused, run, start
from hypothesis import given
from hypothesis import strategies as st
from strategies import real_digests

import libblock

ADVISORY = f"""\
Windows: {SHA["a"]}  app.exe
macOS:   {SHA["b"]}
again    {SHA["a"]}
md5      {MD5}
"""


@pytest.fixture
def advisory(tmp_path: Path) -> Path:
    path = tmp_path / "advisory.txt"
    path.write_text(ADVISORY, encoding="utf-8")
    return path


def test_json_is_the_contract(advisory: Path) -> None:
    result = run("extract", advisory, "--format", "json")
    assert result.code == 0
    document = result.json("extract")
    assert list(document) == ["version", "accepted", "rejected", "duplicates"]
    assert document["version"] == 1
    first, second = document["accepted"]
    assert first["sha256"] == SHA["a"]
    assert (first["line"], first["column"], first["kind"]) == (1, 10, "file")
    assert (first["platform"], first["file_name"]) == ("windows", "app.exe")
    assert second["sha256"] == SHA["b"]
    assert "file_name" not in second
    assert document["rejected"] == [{"text": MD5, "reason": "md5", "line": 4, "column": 10}]
    assert document["duplicates"] == 1


def test_each_item_stands_on_one_line(advisory: Path) -> None:
    lines = ok("extract", advisory, "--format", "json").splitlines()
    assert json.loads(lines[3].rstrip(","))["sha256"] == SHA["a"]


def test_several_files_are_one_extraction(advisory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(f"{SHA['b']} {SHA['c']} {MD5}", encoding="utf-8")
    document = run("extract", advisory, other, "--format", "json").json("extract")
    assert document["sources"] == [str(advisory), str(other)]
    found = [(Path(each["source"]).name, each["sha256"]) for each in document["accepted"]]
    assert found == [
        ("advisory.txt", SHA["a"]),
        ("advisory.txt", SHA["b"]),
        ("other.txt", SHA["c"]),
    ]
    assert [each["source"] for each in document["rejected"]] == [str(advisory), str(other)]
    assert document["duplicates"] == 2


def test_text_is_aligned_and_plain(advisory: Path) -> None:
    a, b = SHA["a"], SHA["b"]
    assert ok("extract", advisory) == (
        f"{a}  windows  app.exe  1:10\n"
        f"{b}  macos             2:10\n"
        "\n"
        "rejected\n"
        f"  {MD5}  32 digits: the length of an MD5  4:10\n"
        "\n"
        "2 hashes, 1 rejected, 1 duplicate\n"
    )


def test_text_of_several_files_says_where(advisory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(SHA["c"], encoding="utf-8")
    assert f"{other}:1:1\n" in ok("extract", advisory, other)


def test_columns_without_text_take_no_place(tmp_path: Path) -> None:
    bare = tmp_path / "bare.txt"
    bare.write_text(SHA["a"], encoding="utf-8")
    assert ok("extract", bare).splitlines()[0] == f"{SHA['a']}  1:1"


def test_context_can_be_left_out(advisory: Path) -> None:
    document = run("extract", advisory, "--no-context", "--format", "json").json("extract")
    assert list(document["accepted"][0]) == ["sha256", "line", "column", "kind"]


def test_hash_lists_are_for_other_tools(advisory: Path) -> None:
    hashes = run("extract", advisory, "--format", "hashes")
    assert hashes.out == f"{SHA['a']}\n{SHA['b']}\n"
    sums = run("extract", advisory, "--format", "sha256sum")
    assert sums.out == f"{SHA['a']}  app.exe\n{SHA['b']}\n"
    assert "1 look-alike rejected" in hashes.err == sums.err


def test_strict_makes_rejections_findings(advisory: Path) -> None:
    assert run("extract", advisory, "--strict").code == 1
    assert run("extract", "--strict", stdin=SHA["a"].encode()).code == 0


def test_split_hashes_are_joined_on_request(tmp_path: Path) -> None:
    split = tmp_path / "split.txt"
    digest = SHA["a"]
    split.write_text(f"{digest[:50]}\n{digest[50:]}\n", encoding="utf-8")
    assert "0 hashes" in ok("extract", split)
    assert ok("extract", split, "--rejoin", "--format", "hashes") == f"{digest}\n"


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input_is_read(arguments: list[str]) -> None:
    out = ok("extract", *arguments, "--format", "hashes", stdin=SHA["a"].encode())
    assert out == f"{SHA['a']}\n"


@pytest.mark.parametrize("data", [b"", bytes(range(256)) * 40, b"\0" * 1000])
def test_nothing_in_it_is_no_error(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "data"
    path.write_bytes(data)
    result = run("extract", path)
    assert (result.code, result.out) == (0, "0 hashes, 0 rejected, 0 duplicates\n")
    document = run("extract", path, "--format", "json").json("extract")
    assert document == {"version": 1, "accepted": [], "rejected": [], "duplicates": 0}


def test_long_runs_are_shortened_for_people_only(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("ab" * 100, encoding="utf-8")
    assert f"  {'ab' * 32}...  " in ok("extract", path)
    document = run("extract", path, "--format", "json").json("extract")
    assert document["rejected"][0]["text"] == "ab" * 80


def test_what_cannot_be_read_is_refused(advisory: Path, tmp_path: Path) -> None:
    nope = tmp_path / "nope.txt"
    assert refused("extract", advisory, nope) == (
        f"{nope}: cannot be read: No such file or directory"
    )
    assert "directory" in refused("extract", tmp_path).lower()


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are those of POSIX")
def test_a_file_without_permission_is_refused(advisory: Path) -> None:
    advisory.chmod(0)
    command = [sys.executable, "-m", "libblock", "extract", str(advisory)]
    if os.geteuid() == 0:  # may read everything, unless that is taken away
        command[:0] = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == f"libblock: error: {advisory}: cannot be read: Permission denied\n"


def test_a_text_counts_once(advisory: Path) -> None:
    assert "is given twice" in refused("extract", advisory, advisory)
    assert "- is given twice" in refused("extract", "-", "-")


def test_texts_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\u202eb\x07.txt"
    path.write_text(f"{SHA['a']}\n{MD5}\n", encoding="utf-8")
    other = tmp_path / "other"
    other.write_text(MD5, encoding="utf-8")
    out = ok("extract", path, other)
    assert "a\\x1b[31m\\u202eb\\x07.txt:1:1" in out
    assert all(each.isprintable() for each in out.splitlines())
    message = refused("extract", tmp_path / "no\x1b[31m")
    assert "no\\x1b[31m" in message


def test_a_hash_of_each_kind_counts_once(tmp_path: Path) -> None:
    paths = [tmp_path / "a", tmp_path / "b"]
    for path in paths:
        path.write_text(f"Authentihash: {SHA['a']}\nSHA-256: {SHA['b']}\n", encoding="utf-8")
    document = run("extract", *paths, "--format", "json").json("extract")
    assert [each["kind"] for each in document["accepted"]] == ["authenticode", "file"]
    assert document["duplicates"] == 2


# ---- known good --------------------------------------------------------------------------------


@pytest.fixture
def index(tmp_path: Path) -> Path:
    path = tmp_path / "nsrl.index"
    builder = libblock.HashIndexBuilder(path)
    builder.add([libblock.Sha256(SHA["b"])])
    builder.finish()
    return path


@pytest.mark.parametrize(
    "text",
    [
        f"{SHA['a']}  app.exe\n",
        f'"file","sha256"\r\n"app.exe","{SHA["a"].upper()}"\r\n',
        f"We built {SHA['a']} ourselves.",
        f"Authentihash: {SHA['a']}",
    ],
)
def test_known_good_hashes_are_rejected(advisory: Path, tmp_path: Path, text: str) -> None:
    good = tmp_path / "good"
    good.write_text(text, encoding="utf-8")
    document = run("extract", advisory, "--known-good", good, "--format", "json").json("extract")
    assert document["known_good"] == [{"file": str(good), "hashes": 1}]
    assert [each["sha256"] for each in document["accepted"]] == [SHA["b"]]
    reasons = [(each["text"], each["reason"], each["line"]) for each in document["rejected"]]
    assert reasons == [
        (SHA["a"], "known_good", 1),
        (SHA["a"], "known_good", 3),
        (MD5, "md5", 4),
    ]
    assert f"  {SHA['a']}  In the set of known good files " in ok(
        "extract", advisory, "--known-good", good
    )
    assert run("extract", "--known-good", good, "--strict", stdin=SHA["a"].encode()).code == 1


def test_known_good_files_of_all_sorts_combine(advisory: Path, tmp_path: Path, index: Path) -> None:
    good = tmp_path / "good"
    good.write_text(SHA["c"], encoding="utf-8")
    arguments: list[str | Path] = ["--known-good", index, "--known-good", "-", "--known-good", good]
    result = run("extract", advisory, *arguments, "--format", "json", stdin=SHA["a"].encode())
    document = result.json("extract")
    names = [(each["file"], each["hashes"]) for each in document["known_good"]]
    assert names == [(str(index), 1), ("stdin", 1), (str(good), 1)]
    assert document["accepted"] == []


def test_without_known_good_there_is_no_guard_in_json(advisory: Path) -> None:
    assert "known_good" not in run("extract", advisory, "--format", "json").json("extract")


def test_a_guard_that_guards_nothing_is_refused(advisory: Path, tmp_path: Path) -> None:
    def message(*files: Path | str, stdin: bytes = b"") -> str:
        options = [word for file in files for word in ("--known-good", str(file))]
        return refused("extract", advisory, *options, stdin=stdin)

    nope = tmp_path / "nope"
    assert message(nope) == f"{nope}: cannot be read: No such file or directory"
    assert "directory" in message(tmp_path)
    junk = tmp_path / "junk"
    for data in (b"", bytes(range(256)) * 10, MD5.encode()):
        junk.write_bytes(data)
        assert message(junk) == (
            f"{junk}: no SHA-256 is in it, so that nothing would be known as good"
        )
    assert message("-").startswith("stdin: no SHA-256 is in it")
    assert "is given twice" in message(junk, junk)
    assert "at once" in refused("extract", "-", "--known-good", "-")


def test_a_damaged_index_is_no_guard(advisory: Path, index: Path, tmp_path: Path) -> None:
    data = index.read_bytes()
    damaged = tmp_path / "damaged"
    for wrong in (data[:-1], data[:100], data[:7], data.replace(b"\r\n", b"\n", 1)):
        damaged.write_bytes(wrong)
        assert refused("extract", advisory, "--known-good", damaged).startswith(f"{damaged}: ")
    empty = tmp_path / "empty"
    libblock.HashIndexBuilder(empty).finish()
    assert "no SHA-256 is in it" in refused("extract", advisory, "--known-good", empty)


# ---- what is printed holds what was found ------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "hashes", "sha256sum"])
@given(st.lists(real_digests, min_size=1, max_size=6))
def test_each_format_holds_the_hashes(form: str, digests: list[libblock.Sha256]) -> None:
    text = "\n".join(f"{each}  a b.exe" for each in digests).encode()
    assert libblock.extract(ok("extract", "--format", form, stdin=text)).hashes == (
        libblock.HashSet(digests)
    )


@pytest.mark.parametrize("form", ["text", "json"])
@given(st.lists(real_digests, max_size=6).map(libblock.HashSet))
def test_what_is_shown_holds_the_hashes(form: str, hashes: libblock.HashSet) -> None:
    package = libblock.Package("3CX")
    package.add_hashes(hashes)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.yaml"
        package.save(path)
        shown = ok("show", path, "--format", form)
    # The digest of the package is shown too, and is one like the others.
    assert libblock.extract(shown).hashes == hashes | libblock.HashSet([package.digest()])


# ---- large texts -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("large") / "many.txt"
    random = Random(1)
    with path.open("w", encoding="ascii") as file:
        file.writelines(f"{random.getrandbits(256):064x}\n" for _ in range(100_000))
    return path


def test_long_tables_are_whole_in_a_pipe(many: Path) -> None:
    lines = ok("extract", many).splitlines()
    assert len(lines) == 100_002
    assert lines[99_999].endswith("  100000:1")
    assert ok("extract", many, "--format", "hashes") == many.read_text(encoding="ascii")


def test_columns_grow_with_their_texts(tmp_path: Path) -> None:
    """Rows are printed as they come, aligned with those before and near behind them."""
    path = tmp_path / "names.txt"
    rows = [f"{number:064x} a.exe\n" for number in range(1 << 64, (1 << 64) + 1500)]
    rows[1200] = rows[1200].replace("a.exe", "a_much_longer_name.exe")
    path.write_text("".join(rows), encoding="ascii")
    lines = ok("extract", path).splitlines()
    columns = [line.rindex(" ") for line in lines[:1500]]
    assert (len(set(columns[:1000])), len(set(columns[1000:]))) == (1, 1)
    assert columns[0] < columns[1000]


def peak_of(arguments: Sequence[str | Path], stdin: Path | None = None) -> int:
    """The most memory that a run took, in KiB."""
    code = (
        "import resource, sys; from libblock.cli import main; code = main(sys.argv[1:]);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr);"
        "sys.exit(code)"
    )
    with (stdin or Path(os.devnull)).open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdin=stream,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=True,
        )
    return int(done.stderr)


@pytest.mark.skipif(sys.platform != "linux", reason="needs resource usage as on Linux")
@pytest.mark.parametrize("form", ["text", "json", "hashes", "sha256sum"])
def test_memory_is_what_the_results_need(many: Path, tmp_path: Path, form: str) -> None:
    idle = peak_of(["--version"])
    large = tmp_path / "large.txt"
    with large.open("wb") as file:
        for _ in range(64):
            file.write(b"a line about nothing at all\n" * 40_000)  # a megabyte
        file.write(many.read_bytes())
    for arguments, stdin in (([large], None), ([], large)):
        peak = peak_of(["extract", "--format", form, *arguments], stdin)
        assert peak - idle < 20 << 10  # 100,000 hashes, two windows, and the spread of the idle


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")
@pytest.mark.parametrize("form", ["text", "json", "hashes", "sha256sum"])
def test_an_interrupt_ends_it_quietly(form: str) -> None:
    process = start("extract", "--format", form)
    process.stdin.write(b"a line about nothing at all\n" * 40_000)
    process.stdin.flush()
    time.sleep(1)  # it has read, and waits for more
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")


def test_a_text_that_holds_nothing_is_warned_of(tmp_path: Path) -> None:
    nothing = tmp_path / "nothing"
    nothing.write_bytes(b"")
    for form in ("text", "json", "hashes", "sha256sum"):
        result = run("extract", str(nothing), "-", "--format", form, stdin=b"no such hash")
        warning = "libblock: warning: {}: no SHA-256 is in it\n".format
        assert (result.code, result.err) == (0, warning(nothing) + warning("stdin"))
    assert run("extract", "-", stdin=b"d41d8cd98f00b204e9800998ecf8427e").err == ""


def test_no_name_is_no_folder() -> None:
    assert refused("extract", "").startswith("the name of a file is empty")
