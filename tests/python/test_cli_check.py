"""libblock check."""

import json
from pathlib import Path
from typing import Any

import pytest
from cli_support import SHA, ok, refused, run
from support import instant

import libblock
from libblock import CheckRule, Criterion, MetadataRule, Severity

RULE = MetadataRule("App", ["windows"], [Criterion("original_filename", "equals", "App")])
MESSAGE = "an Original Filename on Windows ends with its extension: was 'App.exe' meant?"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a clean package, one with a warning, and one that does not load."""
    monkeypatch.chdir(tmp_path)
    clean = libblock.Package("Clean")
    clean.add_entries([libblock.HashEntry(SHA["a"])])
    clean.save("clean.yaml")
    package = libblock.Package("3CX")
    package.add_rule(RULE)
    package.save("3cx.yaml")
    Path("broken.yaml").write_text("libblock: 1\nname: x\nversion: 0\n", encoding="utf-8")
    return tmp_path


def save_policy(**states: str) -> libblock.Policy:
    """A policy of the packages "3CX" and "Clean" with states at the root."""
    files = [libblock.PackageFile("3CX", "3cx.yaml"), libblock.PackageFile("Clean", "clean.yaml")]
    policy = libblock.Policy(packages=files)
    for name, state in states.items():
        policy.tree.set_state("/", {"x3cx": "3CX", "clean": "Clean"}[name], state, instant(2023))
    policy.save("policy.yaml")
    return policy


def value_position() -> libblock.Position:
    """Where the value stands that the check warns of."""
    position = libblock.load_package("3cx.yaml").locate("/rules/0/criteria/0/value")
    assert position.line > 1
    return position


def check(*args: str) -> tuple[int, list[str]]:
    """The exit code, and the rules of what is found."""
    result = run("check", *args, "--format", "json")
    findings = result.json("check")["findings"]
    return result.code, [each["rule"] for each in findings]


def test_what_is_clean_passes() -> None:
    assert ok("check", "clean.yaml") == "no findings\n"


def test_findings_are_placed() -> None:
    result = run("check", "clean.yaml", "3cx.yaml")
    assert (result.code, result.err) == (1, "")
    place = f"3cx.yaml:{value_position().line}:{value_position().column}"
    assert result.out == (f"{place}: warning: {MESSAGE} [original-filename-extension]\n1 warning\n")


def test_findings_as_json() -> None:
    result = run("check", "3cx.yaml", "--format", "json")
    assert result.code == 1
    assert result.json("check") == {
        "version": 1,
        "findings": [
            {
                "rule": "original-filename-extension",
                "severity": "warning",
                "message": MESSAGE,
                "file": "3cx.yaml",
                "line": value_position().line,
                "column": value_position().column,
            }
        ],
        "errors": [],
    }


def test_a_policy_brings_its_packages() -> None:
    save_policy(x3cx="enforce")
    code, rules = check("--policy", "policy.yaml")
    assert code == 1
    assert rules == [
        "original-filename-extension",
        "enforced-without-audit",
        "unassigned-package",
    ]
    out = run("check", "--policy", "policy.yaml").out
    assert "clean.yaml:3:7: warning: the package is audited or enforced in no group" in out
    assert out.endswith("2 warnings, 1 note\n")


def test_packages_of_the_policy_are_not_taken_twice() -> None:
    save_policy(x3cx="audit", clean="audit")
    once = check("--policy", "policy.yaml", "--at", "2023-01-02")
    assert check("./3cx.yaml", "--policy", "policy.yaml", "--at", "2023-01-02") == once
    assert once == (1, ["original-filename-extension"])


def test_findings_of_the_policy_are_placed_in_it() -> None:
    save_policy(x3cx="audit", clean="audit")
    result = run("check", "--policy", "policy.yaml", "--at", "2023-03-01", "--ignore",
                 "original-filename-extension")  # fmt: skip
    assert result.code == 1
    place = libblock.load_policy("policy.yaml").locate("/groups/~1/states/3CX")
    message = "'3CX' has been in audit on / for 59 days, longer than 30 [stale-audit]"
    assert f"policy.yaml:{place.line}:{place.column}: warning: {message}\n" in result.out


def test_the_patience_with_audit_can_be_set() -> None:
    save_policy(clean="audit", x3cx="audit")
    common = ["--policy", "policy.yaml", "--at", "2023-03-01", "--ignore"]
    ignored = [*common, "original-filename-extension"]
    assert check(*ignored) == (1, ["stale-audit", "stale-audit"])
    assert check(*ignored, "--max-audit-days", "59") == (0, [])


def test_time_is_now_unless_given(monkeypatch: pytest.MonkeyPatch) -> None:
    package = libblock.Package.load("clean.yaml")
    package.expires = instant(2023)
    package.save("clean.yaml")
    assert check("clean.yaml") == (1, ["expired-package"])
    assert check("clean.yaml", "--at", "2022-12-31") == (0, [])
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert check("clean.yaml") == (0, [])


def test_rules_can_be_ignored() -> None:
    libblock.Package("Empty").save("empty.yaml")
    assert check("3cx.yaml", "empty.yaml", "--ignore", "empty-package") == (
        1,
        ["original-filename-extension"],
    )
    ignored = ["--ignore", "empty-package", "--ignore", "original-filename-extension"]
    assert check("3cx.yaml", "empty.yaml", *ignored) == (0, [])


@pytest.mark.parametrize(("severity", "code"), [("note", 1), ("warning", 0), ("error", 0)])
def test_the_failing_severity_can_be_set(severity: str, code: int) -> None:
    libblock.Package.load("clean.yaml").copy(name="Copy").save("copy.yaml")
    expected = (code, ["duplicate-hash"])
    assert check("clean.yaml", "copy.yaml", "--fail-on", severity) == expected


def test_a_warning_does_not_fail_on_errors() -> None:
    assert run("check", "3cx.yaml", "--fail-on", "error").code == 0
    assert run("check", "3cx.yaml", "--fail-on", "note").code == 1


# ---- GitHub ------------------------------------------------------------------------------------


def test_github_annotations() -> None:
    result = run("check", "3cx.yaml", "--format", "github")
    assert result.code == 1
    place = f"line={value_position().line},col={value_position().column}"
    title = "title=original-filename-extension"
    assert result.out == f"::warning file=3cx.yaml,{place},{title}::{MESSAGE}\n"


def test_github_annotations_cannot_be_forged() -> None:
    libblock.Package("a").save("a,b:c%\n::x::.yaml")
    result = run("check", "a,b:c%\n::x::.yaml", "--format", "github", "--fail-on", "error")
    (line,) = result.out.splitlines()
    assert line.startswith("::warning file=a%2Cb%3Ac%25\\n%3A%3Ax%3A%3A.yaml,line=")


def test_notes_are_notices() -> None:
    libblock.Package.load("clean.yaml").copy(name="Copy").save("copy.yaml")
    result = run("check", "clean.yaml", "copy.yaml", "--format", "github")
    assert result.out.startswith("::notice file=copy.yaml,")


# ---- SARIF -------------------------------------------------------------------------------------


def sarif(*args: str) -> tuple[int, Any]:
    result = run("check", *args, "--format", "sarif")
    document = json.loads(result.out)
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("sarif-2.1.0.json")
    (run_object,) = document["runs"]
    assert set(run_object) == {"tool", "invocations", "columnKind", "results"}
    driver = run_object["tool"]["driver"]
    assert driver["name"] == "libblock"
    assert driver["version"] == libblock.__version__
    for each in run_object["results"]:
        assert driver["rules"][each["ruleIndex"]]["id"] == each["ruleId"]
        assert each["level"] in {"note", "warning", "error"}
        assert each["message"]["text"]
    return result.code, run_object


def test_sarif_describes_all_rules() -> None:
    code, document = sarif("clean.yaml")
    assert code == 0
    assert document["results"] == []
    assert document["invocations"] == [{"executionSuccessful": True}]
    rules = {each["id"]: each for each in document["tool"]["driver"]["rules"]}
    for rule in CheckRule:
        assert rules[rule] == {
            "id": rule,
            "shortDescription": {"text": rule.description},
            "defaultConfiguration": {"level": libblock.severity_of(rule)},
        }


def test_sarif_places_results() -> None:
    code, document = sarif("3cx.yaml")
    assert code == 1
    (result,) = document["results"]
    assert result["ruleId"] == "original-filename-extension"
    assert result["level"] == Severity.WARNING
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "3cx.yaml"},
                "region": {
                    "startLine": value_position().line,
                    "startColumn": value_position().column,
                },
            }
        }
    ]


def test_sarif_files_are_uris(folder: Path) -> None:
    Path("a b:c").mkdir()
    libblock.Package("x").save("a b:c/ä%.yaml")
    _, document = sarif("a b:c/ä%.yaml", str(folder / "3cx.yaml"))
    uris = [
        each["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for each in document["results"]
    ]
    assert uris == ["a%20b%3Ac/%C3%A4%25.yaml", (folder / "3cx.yaml").as_uri()]


# ---- documents that do not load ----------------------------------------------------------------


def test_what_does_not_load_is_an_error_in_every_format() -> None:
    message = "'0' is not between 1 and 4294967295"
    error = f"libblock: error: broken.yaml:3:10: {message}\n"
    text = run("check", "clean.yaml", "broken.yaml")
    assert (text.code, text.out, text.err) == (2, "", error)

    document = run("check", "broken.yaml", "--format", "json")
    assert (document.code, document.err) == (2, error)
    assert document.json("check")["errors"] == [
        {
            "rule": "invalid-document",
            "severity": "error",
            "message": message,
            "file": "broken.yaml",
            "line": 3,
            "column": 10,
        }
    ]

    github = run("check", "broken.yaml", "--format", "github")
    assert github.code == 2
    where = "file=broken.yaml,line=3,col=10,title=invalid-document"
    assert github.out == f"::error {where}::{message}\n"

    code, run_object = sarif("broken.yaml")
    assert code == 2
    assert run_object["invocations"] == [{"executionSuccessful": False}]
    (result,) = run_object["results"]
    assert (result["ruleId"], result["level"]) == ("invalid-document", "error")


def test_a_file_that_is_missing_has_no_line() -> None:
    _, document = sarif("nope.yaml")
    (result,) = document["results"]
    assert result["ruleId"] == "file-access"
    (location,) = result["locations"]
    assert location["physicalLocation"] == {"artifactLocation": {"uri": "nope.yaml"}}


def test_all_that_does_not_load_is_reported() -> None:
    result = run("check", "broken.yaml", "3cx.yaml", "nope.yaml", "--policy", "no.yaml")
    assert result.code == 2
    assert [line.split(":")[2].strip() for line in result.err.splitlines()] == [
        "broken.yaml",
        "nope.yaml",
        "no.yaml",
    ]


def test_a_listed_package_that_does_not_load_is_an_error() -> None:
    save_policy(x3cx="audit")
    Path("3cx.yaml").unlink()
    result = run("check", "--policy", "policy.yaml")
    assert result.code == 2
    assert result.err.startswith('libblock: error: policy.yaml:5:11: cannot read the package "3CX"')


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to check"),
        (["3cx.yaml", "--ignore", "nope"], "'nope' is not one of"),
        (["3cx.yaml", "--max-audit-days", "-1"], "--max-audit-days"),
        (["3cx.yaml", "--fail-on", "never"], "'never' is not one of"),
        (["3cx.yaml", "--at", "x"], "'x' is no time"),
    ],
)
def test_bad_arguments_are_refused(arguments: list[str], message: str) -> None:
    assert message in refused("check", *arguments)
