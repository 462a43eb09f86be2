"""libblock rule."""

from pathlib import Path

import pytest
from cli_support import ok, refused, run

import libblock
from libblock import Criterion, Field, MetadataRule


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "3cx.yaml"
    libblock.Package("3CX").save(path)
    return path


def rules_of(file: Path) -> tuple[MetadataRule, ...]:
    return libblock.Package.load(file).rules


def test_a_rule_is_added_as_the_next_version(file: Path) -> None:
    out = ok("rule", "add", file, "--name", "App", "--platform", "windows",
             "--original-filename", "3CXDesktopApp.exe")  # fmt: skip
    assert out == f'{file}: added the rule "App"; "3CX" is now version 2\n'
    criterion = Criterion("original_filename", "equals", "3CXDesktopApp.exe")
    assert rules_of(file) == (MetadataRule("App", ["windows"], [criterion]),)
    assert libblock.Package.load(file).version == 2


def test_criteria_add_up(file: Path) -> None:
    ok("rule", "add", file, "--name", "R", "--platform", "windows", "--platform", "macos",
       "--where", "command_line", "contains", "-enc", "--publisher", "3CX Ltd",
       "--where", "path", "wildcard", "**/3CX/*")  # fmt: skip
    (rule,) = rules_of(file)
    assert [str(each) for each in rule.platforms] == ["windows", "macos"]
    assert rule.criteria == (
        Criterion("command_line", "contains", "-enc"),
        Criterion("path", "wildcard", "**/3CX/*"),
        Criterion("publisher", "equals", "3CX Ltd"),
    )


@pytest.mark.parametrize("field", Field)
def test_every_field_has_an_option(file: Path, field: Field) -> None:
    option = "--" + field.replace("_", "-")
    assert run("rule", "add", file, "--name", "R", "--platform", "windows", option, "1").code == 0
    assert rules_of(file)[0].criteria == (Criterion(field, "equals", "1"),)


def test_what_check_would_find_is_said_at_once(file: Path) -> None:
    result = run("rule", "add", file, "--name", "R", "--platform", "windows",
                 "--original-filename", "3CXDesktopApp")  # fmt: skip
    assert result.code == 0
    assert result.err.startswith("libblock: warning: an Original Filename on Windows ends with")
    assert result.err.endswith("[original-filename-extension]\n")
    other = run("rule", "add", file, "--name", "S", "--platform", "macos", "--path", "/a")
    assert other.err == ""  # the first rule has been warned of


def test_list_shows_rules_and_criteria(file: Path) -> None:
    assert ok("rule", "list", file) == "no rules\n"
    for name, platform in (("B", "linux"), ("A", "windows")):
        ok("rule", "add", file, "--name", name, "--platform", platform, "--path", "/x")
    assert ok("rule", "list", file) == (
        'B (linux)\n  path equals "/x"\nA (windows)\n  path equals "/x"\n'
    )


def test_remove_takes_several(file: Path) -> None:
    for name in "ABC":
        ok("rule", "add", file, "--name", name, "--platform", "linux", "--path", "/x")
    out = ok("rule", "remove", file, "A", "C")
    assert out == f'{file}: removed 2 rules; "3CX" is now version 5\n'
    assert [rule.name for rule in rules_of(file)] == ["B"]


def test_remove_is_all_or_nothing(file: Path) -> None:
    ok("rule", "add", file, "--name", "A", "--platform", "linux", "--path", "/x")
    assert "there is no rule named 'B'" in refused("rule", "remove", file, "A", "B")
    assert len(rules_of(file)) == 1
    assert "is not UTF-8" in refused("rule", "remove", file, "\udcff")


def test_json_is_the_package_after_it(file: Path) -> None:
    arguments = ["--name", "A", "--platform", "linux", "--path", "/x", "--format", "json"]
    added = run("rule", "add", file, *arguments).json("rule")
    assert added["package"]["version"] == 2
    assert added["rules"] == [
        {
            "name": "A",
            "platforms": ["linux"],
            "criteria": [{"field": "path", "operation": "equals", "value": "/x"}],
        }
    ]
    assert run("rule", "list", file, "--format", "json").json("rule") == added
    removed = run("rule", "remove", file, "A", "--format", "json").json("rule")
    assert (removed["package"]["version"], removed["rules"]) == (3, [])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--name", "R", "--platform", "linux"], "the rule 'R' has no criteria"),
        (["--name", "R", "--path", "/x"], "missing option '--platform'"),
        (["--platform", "linux", "--path", "/x"], "missing option '--name'"),
        (["--name", "R", "--platform", "beos", "--path", "/x"], "'beos' is not one of"),
        (["--name", "R", "--platform", "linux", "--path", ""], "empty"),
        (["--name", "R", "--platform", "linux", "--where", "pth", "equals", "x"], "mean 'path'?"),
        (["--name", "R", "--platform", "linux", "--where", "path", "equal", "x"], "'equals'?"),
        (["--name", "R", "--platform", "linux", "--where", "path", "equals"], "--where"),
        (["--name", "R", "--platform", "linux", "--where", "path", "less_than", "1"], "version"),
        (["--name", "R", "--platform", "linux", "--path", "a\u200bb"], "U+200B"),
        (["--name", "old", "--platform", "linux", "--path", "/x"], "named 'old' already"),
    ],
)
def test_bad_rules_are_refused(file: Path, arguments: list[str], message: str) -> None:
    ok("rule", "add", file, "--name", "old", "--platform", "linux", "--path", "/x")
    before = file.read_bytes()
    assert message in refused("rule", "add", file, *arguments)
    assert file.read_bytes() == before


def test_comments_are_not_lost_by_surprise(file: Path) -> None:
    with file.open("a", encoding="utf-8") as stream:
        stream.write("# mine\n")
    arguments = ["--name", "A", "--platform", "linux", "--path", "/x"]
    assert "--drop-comments" in refused("rule", "add", file, *arguments)
    ok("rule", "add", file, *arguments, "--drop-comments")
