"""libblock extract."""

import json
from pathlib import Path

import pytest
from cli_support import MD5, SHA, ok, refused, run

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
    assert ok("extract", path) == "0 hashes, 0 rejected, 0 duplicates\n"
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


def test_a_text_counts_once(advisory: Path) -> None:
    assert "is given twice" in refused("extract", advisory, advisory)
    assert "- is given twice" in refused("extract", "-", "-")


def test_texts_cannot_steer_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[31m\u202eb\x07.txt"
    path.write_text(f"{SHA['a']}\n{MD5}\n", encoding="utf-8")
    other = tmp_path / "other"
    other.write_text("", encoding="utf-8")
    out = ok("extract", path, other)
    assert "a\\x1b[31m\\u202eb\\x07.txt:1:1" in out
    assert all(each.isprintable() for each in out.splitlines())
    message = refused("extract", tmp_path / "no\x1b[31m")
    assert "no\\x1b[31m" in message
