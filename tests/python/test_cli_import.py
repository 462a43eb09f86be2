"""libblock import."""

import hashlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from cli_support import MD5, SHA, ok, refused, run, start
from support import instant

import libblock

ADVISORY = f"Windows {SHA['a']} app.exe\n{SHA['b']}\n{SHA['b']}\n{MD5}\n"


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1680134400")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "p.yaml"
    libblock.Package("3CX").save(path)
    return path


@pytest.fixture
def advisory(tmp_path: Path) -> Path:
    path = tmp_path / "advisory.txt"
    path.write_text(ADVISORY, encoding="utf-8")
    return path


def test_the_hashes_are_added_with_a_record(package: Path, advisory: Path) -> None:
    assert ok("import", package, advisory) == (
        "advisory.txt: 2 added, 1 rejected, 1 repeated\n"
        f"  + {SHA['a']}  windows  app.exe  1:9\n"
        f"  + {SHA['b']}                    2:1\n"
        f"  ! {MD5}  32 digits: the length of an MD5  4:1\n"
        f'{package}: "3CX" is now version 2, with 2 hashes\n'
    )
    after = libblock.Package.load(package)
    assert after.version == 2
    entry = after.find(SHA["a"])
    assert entry == libblock.HashEntry(
        SHA["a"], "file", "app.exe", "windows", source="advisory.txt", line=1, column=9
    )
    digest = hashlib.sha256(ADVISORY.encode()).hexdigest()
    source = libblock.Source("advisory.txt", digest, instant(2023, 3, 30))
    assert after.provenance == (libblock.Provenance(source, 2, 1, 1, 2, 2),)


def test_json_tells_all_of_it(package: Path, advisory: Path) -> None:
    document = run("import", package, advisory, "--format", "json").json("import")
    assert document["file"] == str(package)
    assert document["changed"] is True
    assert document["dry_run"] is False
    assert document["package"]["version"] == 2
    assert document["package"]["hashes"] == 2
    assert [each["sha256"] for each in document["added"]] == [SHA["a"], SHA["b"]]
    assert document["present"] == []
    assert document["rejected"][0]["reason"] == "md5"
    assert {each["source"] for each in document["added"]} == {"advisory.txt"}
    assert document["imports"][0]["imported"] == "2023-03-30T00:00:00Z"


def test_nothing_new_leaves_the_file_alone(package: Path, advisory: Path) -> None:
    ok("import", package, advisory)
    before = package.stat().st_mtime_ns, package.read_bytes()
    out = ok("import", package, advisory)
    assert "advisory.txt: 0 added, 2 there already, 1 rejected, 1 repeated\n" in out
    assert f"  = {SHA['b']}" in out
    assert f'{package}: "3CX" is as it was: nothing is new\n' in out
    assert (package.stat().st_mtime_ns, package.read_bytes()) == before
    document = run("import", package, advisory, "--format", "json").json("import")
    assert document["changed"] is False
    assert document["package"]["version"] == 2
    assert [each["sha256"] for each in document["present"]] == [SHA["a"], SHA["b"]]


def test_a_hash_that_learns_its_context_is_a_change(package: Path, advisory: Path) -> None:
    ok("import", package, advisory, "--no-context")
    out = ok("import", package, advisory)
    assert "0 added, 2 there already, 1 of these completed" in out
    entry = libblock.Package.load(package).find(SHA["a"])
    assert entry is not None
    assert entry.file_name == "app.exe"


def test_several_advisories_are_one_version(package: Path, advisory: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text(f"{SHA['b']} {SHA['c']}", encoding="utf-8")
    known = tmp_path / "known.txt"
    known.write_text(SHA["c"], encoding="utf-8")
    out = ok("import", package, advisory, other, known)
    assert "other.txt: 1 added, 1 there already\n" in out
    after = libblock.Package.load(package)
    assert (after.version, len(after)) == (2, 3)
    names = [each.source.name for each in after.provenance]
    assert names == ["advisory.txt", "other.txt"]  # the third one brought nothing


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_standard_input_is_a_source(package: Path, arguments: list[str]) -> None:
    ok("import", package, *arguments, stdin=SHA["a"].encode())
    assert libblock.Package.load(package).provenance[0].source.name == "stdin"


def test_the_source_can_be_named(package: Path, advisory: Path, tmp_path: Path) -> None:
    ok("import", package, advisory, "--source", "https://vendor.example/advisory")
    record = libblock.Package.load(package).provenance[0]
    assert record.source.name == "https://vendor.example/advisory"
    other = tmp_path / "other.txt"
    other.write_text("", encoding="utf-8")
    message = refused("import", package, advisory, other, "--source", "x")
    assert "--source names one advisory" in message


def test_files_of_libblock_itself_are_no_advisories(package: Path, tmp_path: Path) -> None:
    before = package.read_bytes()
    document = "is a document of libblock, which keeps digests of lists and sources too, not a text"
    other = tmp_path / "other.yaml"
    others = libblock.Package("Other")
    others.add_hashes(libblock.HashSet([SHA["a"]]))
    others.save(other)
    assert document in refused("import", package, other)
    assert document in refused("import", package, "-", stdin=other.read_bytes())
    assert document in refused("extract", other, "--known-good", other)
    index = tmp_path / "all.idx"
    builder = libblock.HashIndexBuilder(index)
    builder.add([SHA["a"]])
    builder.finish()
    assert "is a hash index, not a text" in refused("import", package, index)
    assert package.read_bytes() == before
    assert SHA["a"] in ok("extract", other)
    for source, stdin in ((other, b""), ("-", other.read_bytes())):
        assert document in refused("index", "build", tmp_path / "new.idx", source, stdin=stdin)
        assert document in refused("index", "query", index, source, stdin=stdin)
    assert not (tmp_path / "new.idx").exists()


def test_many_comments_before_the_hashes_take_no_time(package: Path) -> None:
    text = b"# comment\r\n" * 10_000 + f"{SHA['a']}\r\n".encode()
    assert "stdin: 1 added" in ok("import", package, stdin=text)


def test_dry_run_writes_nothing(package: Path, advisory: Path) -> None:
    before = package.read_bytes()
    out = ok("import", package, advisory, "--dry-run")
    assert f'{package}: "3CX" would become version 2, with 2 hashes\n' in out
    assert package.read_bytes() == before
    document = run("import", package, advisory, "--dry-run", "--format", "json").json("import")
    assert document["dry_run"] is True


def test_strict_takes_all_or_nothing(package: Path, advisory: Path) -> None:
    before = package.read_bytes()
    result = run("import", package, advisory, "--strict")
    assert result.code == 1
    assert "--strict takes nothing" in result.out
    assert package.read_bytes() == before
    ok("import", package, "--strict", stdin=SHA["a"].encode())


def test_nothing_is_written_if_an_input_fails(package: Path, advisory: Path) -> None:
    before = package.read_bytes()
    nope = advisory.with_name("nope.txt")
    assert "nope.txt: cannot be read" in refused("import", package, advisory, nope)
    assert package.read_bytes() == before


def test_comments_are_not_lost_by_surprise(package: Path, advisory: Path) -> None:
    with package.open("a", encoding="utf-8") as file:
        file.write("# reviewed by ann\n")
    before = package.read_bytes()
    result = run("import", package, advisory)
    assert result.code == 2
    assert result.out == ""
    error, hint = result.err.splitlines()
    assert error.startswith(f"libblock: error: {package}:5:1: saving would lose this comment")
    assert hint == "libblock: hint: --drop-comments writes the file without them"
    assert package.read_bytes() == before
    ok("import", package, advisory, "--drop-comments")
    assert len(libblock.Package.load(package)) == 2


def test_broken_packages_are_placed(package: Path, advisory: Path) -> None:
    package.write_text("libblock: 1\nname: x\nversion: 0\n", encoding="utf-8")
    assert refused("import", package, advisory).startswith(f"{package}:3:10: ")


def test_a_hostile_name_is_no_source(package: Path, tmp_path: Path) -> None:
    hostile = tmp_path / "a\x1b[2Jb.txt"
    hostile.write_text(SHA["a"], encoding="utf-8")
    message = refused("import", package, hostile)
    assert "control character" in message
    assert message.isprintable()
    ok("import", package, hostile, "--source", "a harmless name")


def test_known_good_hashes_stay_out(package: Path, advisory: Path, tmp_path: Path) -> None:
    good = tmp_path / "good"
    good.write_text(SHA["b"], encoding="utf-8")
    arguments: list[str | Path] = ["import", package, advisory, "--known-good", good]
    document = run(*arguments, "--dry-run", "--format", "json").json("import")
    assert document["known_good"] == [{"file": str(good), "hashes": 1}]
    assert [each["reason"] for each in document["rejected"]] == ["known_good", "known_good", "md5"]
    out = ok(*arguments)
    assert "advisory.txt: 1 added, 3 rejected\n" in out
    assert f"  ! {SHA['b']}  In the set of known good files " in out
    after = libblock.Package.load(package)
    assert [str(each.sha256) for each in after.entries] == [SHA["a"]]
    assert run(*arguments, "--strict").code == 1


def test_a_guard_that_guards_nothing_writes_nothing(
    package: Path, advisory: Path, tmp_path: Path
) -> None:
    before = package.read_bytes()
    good = tmp_path / "good"
    assert f"{good}: cannot be read" in refused("import", package, advisory, "--known-good", good)
    good.write_text(MD5, encoding="utf-8")
    message = refused("import", package, advisory, "--known-good", good)
    assert message == f"{good}: no SHA-256 is in it, so that nothing would be known as good"
    assert package.read_bytes() == before


def test_some_may_be_new_and_some_present(package: Path, advisory: Path) -> None:
    ok("import", package, stdin=f"{SHA['b']} Authentihash: {SHA['a']}".encode())
    document = run("import", package, advisory, "--format", "json").json("import")
    assert [each["sha256"] for each in document["added"]] == [SHA["a"]]
    assert [each["sha256"] for each in document["present"]] == [SHA["b"]]
    assert len(libblock.Package.load(package)) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals of POSIX")
def test_an_interrupt_leaves_the_package_alone(package: Path) -> None:
    before = package.read_bytes()
    process = start("import", package)
    process.stdin.write(f"{SHA['a']}\n".encode() * 40_000)
    process.stdin.flush()
    time.sleep(1)  # it has read, and waits for more
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")
    assert package.read_bytes() == before
    assert [path.name for path in package.parent.iterdir()] == [package.name]


def test_selecting_needs_a_terminal(package: Path, advisory: Path) -> None:
    assert "--select needs a terminal" in refused("import", package, advisory, "--select")
    message = refused("import", package, advisory, "--select", "--format", "json")
    assert "--select asks on the terminal" in message


@pytest.mark.parametrize("epoch", ["soon", "", "99999999999999999999"])
def test_a_bad_epoch_is_refused(
    package: Path, advisory: Path, monkeypatch: pytest.MonkeyPatch, epoch: str
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert f"SOURCE_DATE_EPOCH is {epoch!r}" in refused("import", package, advisory)


def test_without_an_epoch_it_is_now(
    package: Path, advisory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    ok("import", package, advisory)
    imported = libblock.Package.load(package).provenance[0].source.imported
    assert imported is not None
    assert imported.year >= 2024


def test_an_advisory_that_holds_nothing_is_warned_of(tmp_path: Path) -> None:
    ok("new", str(tmp_path / "p.yaml"), "--name", "P")
    result = run("import", str(tmp_path / "p.yaml"), "-", stdin=b"no such hash")
    assert (result.code, result.err) == (0, "libblock: warning: stdin: no SHA-256 is in it\n")


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are UTF-8")
def test_an_advisory_without_a_name_in_utf8_wants_another_one(tmp_path: Path) -> None:
    package = str(tmp_path / "p.yaml")
    ok("new", package, "--name", "P")
    advisory = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    Path(advisory).write_text("a" * 63 + "b", encoding="utf-8")
    message = refused("import", package, advisory)
    assert "its name is not UTF-8" in message
    assert "--source" in message
    ok("import", package, advisory, "--source", "advisory")
