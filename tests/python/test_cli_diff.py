"""libblock diff."""

from pathlib import Path

import pytest
from cli_support import SHA, ok, refused, run
from support import instant

import libblock
from libblock import Criterion, HashEntry, MetadataRule


def rule(name: str, value: str, *platforms: str) -> MetadataRule:
    return MetadataRule(name, platforms or ["windows"], [Criterion("file_name", "equals", value)])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with two versions of a package."""
    monkeypatch.chdir(tmp_path)
    old = libblock.Package("3CX", tags=["a", "b"])
    old.add_entries([HashEntry(SHA["a"]), HashEntry(SHA["b"])])
    for each in (rule("gone", "x"), rule("kept", "x"), rule("changed", "x")):
        old.add_rule(each)
    old.save("old.yaml")
    new = libblock.Package("3CX", version=2, tags=["a", "c"], expires=instant(2030))
    new.add_entries([HashEntry(SHA["b"], file_name="b.exe"), HashEntry(SHA["c"], source="s")])
    for each in (rule("kept", "x"), rule("changed", "y", "windows", "linux"), rule("new", "z")):
        new.add_rule(each)
    new.save("new.yaml")


def test_the_difference_is_a_finding() -> None:
    result = run("diff", "old.yaml", "new.yaml")
    assert (result.code, result.err) == (1, "")
    assert result.out == (
        "~ version\n    - 1\n    + 2\n"
        "~ tags\n    - b\n    + c\n"
        "~ expires\n    + 2030-01-01T00:00:00Z\n"
        f"- {SHA['a']}\n"
        f"+ {SHA['c']}  s\n"
        f"~ {SHA['b']}\n    + file_name b.exe\n"
        '- rule "gone"\n    - platform windows\n    - file_name equals "x"\n'
        '+ rule "new"\n    + platform windows\n    + file_name equals "z"\n'
        '~ rule "changed"\n    - file_name equals "x"\n'
        '    + platform linux\n    + file_name equals "y"\n'
    )


def test_no_difference_is_none() -> None:
    assert ok("diff", "old.yaml", "old.yaml") == "no differences\n"
    document = run("diff", "old.yaml", "old.yaml", "--format", "json").json("diff")
    assert document["attributes"] == []


def test_the_difference_as_json() -> None:
    result = run("diff", "old.yaml", "new.yaml", "--format", "json")
    assert result.code == 1
    document = result.json("diff")
    assert [each["attribute"] for each in document["attributes"]] == ["version", "tags", "expires"]
    assert document["attributes"][1] == {"attribute": "tags", "before": "a\nb", "after": "a\nc"}
    hashes = document["hashes"]
    assert [each["sha256"] for each in hashes["added"]] == [SHA["c"]]
    assert [each["sha256"] for each in hashes["removed"]] == [SHA["a"]]
    assert hashes["changed"][0]["after"]["file_name"] == "b.exe"
    assert [each["name"] for each in document["rules"]["added"]] == ["new"]
    assert [each["name"] for each in document["rules"]["removed"]] == ["gone"]
    assert document["rules"]["changed"][0]["before"]["criteria"][0]["value"] == "x"


def test_one_side_may_come_through_a_pipe() -> None:
    old = Path("old.yaml").read_bytes()
    assert ok("diff", "-", "old.yaml", stdin=old) == "no differences\n"
    assert ok("diff", "old.yaml", "-", stdin=old) == "no differences\n"
    assert "only one of the two" in refused("diff", "-", "-", stdin=old)


def test_hash_lists_of_a_piped_package_stand_beside_the_other() -> None:
    Path("packages").mkdir()
    package = libblock.Package("Large")
    package.add_entries(HashEntry(f"{number:064x}") for number in range(1, 1202))
    package.save("packages/large.yaml")
    piped = Path("packages/large.yaml").read_bytes()
    assert ok("diff", "-", "packages/large.yaml", stdin=piped) == "no differences\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["old.yaml"], "missing argument 'NEW'"),
        (["old.yaml", "nope.yaml"], "nope.yaml: cannot be read"),
        (["-", "new.yaml"], "stdin:1:1: the document is empty"),
    ],
)
def test_what_cannot_be_compared_is_refused(arguments: list[str], message: str) -> None:
    assert message in refused("diff", *arguments)
