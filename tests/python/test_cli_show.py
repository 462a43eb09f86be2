"""libblock show."""

from pathlib import Path

import pytest
from cli_support import SHA, ok, refused, run
from support import instant

import libblock


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def package() -> libblock.Package:
    """A package with something of everything, saved as p.yaml."""
    package = libblock.Package(
        "3CX",
        version=3,
        description="Trojanised.\nTwo lines.",
        references=["https://x.example"],
        tags=["a", "b c"],
        expires=instant(2030),
    )
    source = libblock.Source("a.txt", SHA["f"], instant(2023, 3, 30))
    extraction = libblock.extract(f"Windows {SHA['a']} app.exe")
    package.import_extraction(extraction, source)
    package.add_entries([libblock.HashEntry(SHA["b"], "authenticode", note="seen at home")])
    criteria = [libblock.Criterion("original_filename", "equals", "App.exe")]
    package.add_rule(libblock.MetadataRule("R", ["windows", "macos"], criteria))
    package.save("p.yaml")
    return package


def test_a_package_is_shown(package: libblock.Package) -> None:
    assert ok("show", "p.yaml") == (
        "3CX, version 3\n"
        "  expires    2030-01-01T00:00:00Z\n"
        "  tags       a, b c\n"
        "  reference  https://x.example\n"
        f"  digest     {package.digest().hex}\n"
        "  Trojanised.\n"
        "  Two lines.\n"
        "\n"
        "2 hashes\n"
        f"  {SHA['a']}  windows  app.exe         a.txt:1:9\n"
        f"  {SHA['b']}           (authenticode)             seen at home\n"
        "\n"
        "1 rule\n"
        "  R (windows, macos)\n"
        '    original_filename equals "App.exe"\n'
        "\n"
        "1 import\n"
        "  a.txt  2023-03-30  1 found, 1 taken, 1 added, 0 rejected\n"
    )


def test_an_empty_package_is_shown_in_two_lines() -> None:
    libblock.Package("X").save("x.yaml")
    digest = libblock.Package("X").digest().hex
    assert ok("show", "x.yaml") == f"X, version 1\n  digest     {digest}\n\n0 hashes\n"


def test_a_package_as_json(package: libblock.Package) -> None:
    document = run("show", "p.yaml", "--format", "json").json("show-package")
    assert document["package"] == {
        "name": "3CX",
        "version": 3,
        "digest": package.digest().hex,
        "hashes": 2,
        "rules": 1,
        "description": "Trojanised.\nTwo lines.",
        "expires": "2030-01-01T00:00:00Z",
        "references": ["https://x.example"],
        "tags": ["a", "b c"],
    }
    first, second = document["hashes"]
    assert first["file_name"] == "app.exe"
    assert (second["kind"], second["note"]) == ("authenticode", "seen at home")
    assert document["rules"][0]["platforms"] == ["windows", "macos"]
    assert document["provenance"][0]["added"] == 1


def test_a_policy_is_shown_as_by_its_own_command() -> None:
    ok("policy", "init", "policy.yaml")
    assert ok("show", "policy.yaml") == ok("policy", "show", "policy.yaml") == "/\n"
    document = run("show", "policy.yaml", "--format", "json").json("show")
    assert document["groups"] == [{"path": "/", "states": []}]


def test_large_packages_come_with_their_lists() -> None:
    package = libblock.Package("Large")
    package.add_entries(libblock.HashEntry(f"{number:064x}") for number in range(1, 1202))
    package.save("large.yaml")
    assert len(Path("large.yaml").read_text(encoding="utf-8").splitlines()) < 20
    assert "1,201 hashes\n" in ok("show", "large.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "x.yaml:1:1: the document is empty"),
        ("libblock: 1\nname: x\nversion: 0\n", "x.yaml:3:10: "),
        ("libblock_policy: 1\ngroups:\n  - path: x\n", "x.yaml:3:11: the group path 'x'"),
        ("libblock: 1\nname: [\n", "x.yaml:"),
        ("\x00", "x.yaml:1:1: "),
        ("# only a comment\n", "x.yaml:"),
    ],
)
def test_broken_documents_are_placed(text: str, message: str) -> None:
    Path("x.yaml").write_text(text, encoding="utf-8")
    assert refused("show", "x.yaml").startswith(message)


def test_what_is_no_text_is_refused() -> None:
    Path("junk").write_bytes(b"\xff\xfe" * 100)
    assert refused("show", "junk").startswith("junk:1:1: ")
    assert refused("show", "nope").startswith("nope: cannot be read")
    assert refused("show", ".").startswith(".: is a folder")


def test_hostile_texts_cannot_steer_the_terminal() -> None:
    package = libblock.Package("x", description="a\u202eb\tc")
    package.add_entries([libblock.HashEntry(SHA["a"], note="n\no\u200bte", file_name="e\u202exe")])
    package.save("x.yaml")
    out = ok("show", "x.yaml")
    assert "  a\\u202eb\\tc\n" in out
    assert "e\\u202exe  n\\no\\u200bte\n" in out
