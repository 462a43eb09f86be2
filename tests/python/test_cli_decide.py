"""libblock decide."""

import json
from pathlib import Path

import pytest
from cli_support import SHA, ok, refused, run
from pe_builder import build_pe
from support import instant

import libblock
from libblock import Criterion, MetadataRule

WINDOWS_RULE = MetadataRule(
    "App on Windows", ["windows"], [Criterion("original_filename", "equals", "3CXDesktopApp.exe")]
)
PUBLISHER_RULE = MetadataRule("By 3CX", ["windows"], [Criterion("publisher", "equals", "3CX Ltd")])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policy that enforces at the root, audits on /Servers, and disables on /Lab."""
    monkeypatch.chdir(tmp_path)
    package = libblock.Package("3CX")
    evil = libblock.hash_bytes(b"evil")
    package.add_entries([libblock.HashEntry(evil, file_name="evil.bin", source="a.txt", line=3)])
    package.add_rule(WINDOWS_RULE)
    package.save("3cx.yaml")
    policy = libblock.Policy(packages=[libblock.PackageFile("3CX", "3cx.yaml")])
    for path, state in (("/", "enforce"), ("/Servers", "audit"), ("/Lab", "disabled")):
        if path != "/":
            policy.tree.add_group(path)
        policy.tree.set_state(path, "3CX", state, instant(2023, 3, 30))
    policy.save("policy.yaml")
    Path("evil.bin").write_bytes(b"evil")
    Path("good.bin").write_bytes(b"good")
    Path("renamed.exe").write_bytes(build_pe([{"OriginalFilename": "3CXDesktopApp.exe"}]))
    return tmp_path


def decide(*args: str, group: str = "/", stdin: bytes = b"") -> tuple[int, str]:
    arguments = ["--policy", "policy.yaml", "--group", group, *args]
    result = run("decide", *arguments, stdin=stdin)
    assert result.err == ""
    document = run("decide", *arguments, "--format", "json", stdin=stdin)
    assert document.code == result.code
    document.json("decide")
    return result.code, result.out


def verdicts(*args: str, group: str = "/", stdin: bytes = b"") -> dict[str, str]:
    arguments = ["--policy", "policy.yaml", "--group", group, *args, "--format", "json"]
    decisions = run("decide", *arguments, stdin=stdin).json("decide")["decisions"]
    return {each["name"]: each["verdict"] for each in decisions}


def decide_refused(*args: str, stdin: bytes = b"") -> str:
    return refused("decide", "--policy", "policy.yaml", "--group", "/", *args, stdin=stdin)


def add_rule(rule: MetadataRule) -> None:
    package = libblock.Package.load("3cx.yaml")
    package.add_rule(rule)
    package.save("3cx.yaml")


# ---- files -------------------------------------------------------------------------------------


def test_a_hash_blocks() -> None:
    evil = libblock.hash_bytes(b"evil").hex
    assert decide("evil.bin") == (
        1,
        "evil.bin: blocked on /\n"
        '  "3CX", enforced on /, holds the hash\n'
        f"    {evil}  evil.bin  a.txt:3\n",
    )


def test_a_rule_blocks_a_renamed_file() -> None:
    assert decide("renamed.exe") == (
        1,
        "renamed.exe: blocked on /\n"
        '  "3CX", enforced on /, has the rule "App on Windows"\n'
        '    original_filename equals "3CXDesktopApp.exe"\n',
    )


def test_a_fact_that_differs_from_the_value_is_shown() -> None:
    Path("renamed.exe").write_bytes(build_pe([{"OriginalFilename": "3cxdesktopAPP.exe"}]))
    assert 'equals "3CXDesktopApp.exe": it is "3cxdesktopAPP.exe"\n' in decide("renamed.exe")[1]


def test_what_is_audited_runs() -> None:
    code, out = decide("evil.bin", group="/Servers")
    assert code == 0
    assert out.startswith('evil.bin: audited on /Servers\n  "3CX", audited on /Servers, holds')


def test_what_is_disabled_is_allowed_and_said() -> None:
    code, out = decide("evil.bin", group="/Lab")
    assert code == 0
    assert out.startswith('evil.bin: allowed on /Lab\n  "3CX", disabled on /Lab, holds the hash')


def test_what_cannot_be_told_is_said() -> None:
    add_rule(PUBLISHER_RULE)
    code, out = decide("good.bin")
    assert code == 0
    assert out == (
        "good.bin: allowed on /\n"
        '  cannot tell about the rule "App on Windows" of "3CX", enforced on /: '
        "platform and original_filename are not known\n"
        '  cannot tell about the rule "By 3CX" of "3CX", enforced on /: '
        "platform and publisher are not known\n"
    )
    _, out = decide("good.bin", "--platform", "windows", "--fact", "original_filename=x")
    assert out == (
        "good.bin: allowed on /\n"
        '  cannot tell about the rule "By 3CX" of "3CX", enforced on /: publisher is not known\n'
    )


def test_what_could_not_change_the_verdict_is_left_to_json() -> None:
    add_rule(PUBLISHER_RULE)
    assert "cannot tell" not in decide("renamed.exe")[1]
    arguments = ["--policy", "policy.yaml", "--group", "/", "renamed.exe", "--format", "json"]
    (decision,) = run("decide", *arguments).json("decide")["decisions"]
    (undecided,) = decision["undecided"]
    assert undecided["rule"]["criteria"][0]["outcome"] == "fact_absent"


def test_facts_of_files_can_be_added_and_replaced() -> None:
    add_rule(PUBLISHER_RULE)
    assert decide("good.bin", "--fact", "publisher=3CX Ltd", "--platform", "windows")[0] == 1
    assert decide("renamed.exe", "--fact", "original_filename=other.exe")[0] == 0
    several = ["--fact", "security_group=a", "--fact", "security_group=b"]
    arguments = ["--policy", "policy.yaml", "--group", "/", "good.bin", *several]
    document = run("decide", *arguments, "--format", "json").json("decide")
    assert document["decisions"][0]["facts"]["security_group"] == ["a", "b"]


def test_several_files_and_groups_are_summed_up() -> None:
    arguments = ["--policy", "policy.yaml", "--group", "/", "--group", "/Servers"]
    result = run("decide", *arguments, "evil.bin", "good.bin")
    assert result.code == 1
    heads = [line for line in result.out.splitlines() if line and line[0] != " "]
    assert heads == [
        "evil.bin: blocked on /",
        "evil.bin: audited on /Servers",
        "good.bin: allowed on /",
        "good.bin: allowed on /Servers",
        "1 blocked, 1 audited, 2 allowed",
    ]


def test_json_has_facts_and_evidence(folder: Path) -> None:
    arguments = ["--policy", "policy.yaml", "--group", "/", "--at", "2023-04-01"]
    result = run("decide", *arguments, "evil.bin", "renamed.exe", "--format", "json")
    document = result.json("decide")
    assert (document["policy"], document["at"]) == ("policy.yaml", "2023-04-01T00:00:00Z")
    evil, renamed = document["decisions"]
    digest = libblock.hash_bytes(b"evil").hex
    assert evil["facts"] == {
        "sha256": digest,
        "path": str(folder / "evil.bin"),
        "file_name": "evil.bin",
    }
    assert evil["evidence"] == [
        {
            "package": "3CX",
            "state": "enforce",
            "group": "/",
            "since": "2023-03-30T00:00:00Z",
            "hash": {
                "sha256": digest,
                "kind": "file",
                "file_name": "evil.bin",
                "source": "a.txt",
                "line": 3,
            },
        }
    ]
    (evidence,) = renamed["evidence"]
    assert evidence["rule"]["name"] == "App on Windows"
    assert evidence["rule"]["criteria"] == [
        {
            "field": "original_filename",
            "operation": "equals",
            "value": "3CXDesktopApp.exe",
            "outcome": "matched",
            "fact": "3CXDesktopApp.exe",
        }
    ]


# ---- facts as JSON -----------------------------------------------------------------------------

FACTS = {"name": "app", "platform": "windows", "original_filename": "3CXDesktopApp.exe"}
OTHER = {"path": "C:\\x\\y.exe", "platform": "windows", "sha256": SHA["a"].upper()}
THIRD = {"sha256": libblock.hash_bytes(b"evil").hex, "security_group": ["a", "b"]}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([FACTS, OTHER, THIRD]),
        "\n".join(map(json.dumps, (FACTS, OTHER, THIRD))),
        "\r\n\r\n".join(json.dumps(each, indent=2) for each in (FACTS, OTHER, THIRD)) + "\r\n",
    ],
    ids=["list", "lines", "one after the other"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_facts_come_in_every_usual_form(text: str, encoding: str) -> None:
    Path("facts.json").write_bytes(text.encode(encoding))
    assert verdicts("--facts", "facts.json") == {
        "app": "blocked",
        "C:\\x\\y.exe": "allowed",
        "facts.json #3": "blocked",
    }


def test_facts_come_from_standard_input_and_beside_files() -> None:
    found = verdicts("--facts", "-", "good.bin", stdin=json.dumps(FACTS).encode())
    assert found == {"good.bin": "allowed", "app": "blocked"}


def test_no_facts_are_no_decisions() -> None:
    assert decide("--facts", "-", stdin=b"[]") == (0, "")
    assert decide("--facts", "-", stdin=b"\n") == (0, "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "f.json:1:2: expecting property name enclosed in double quotes"),
        ("[1,]", "f.json:1:4: "),
        ('{"path": "x"} x', "f.json:1:15: expecting value"),
        ("[1]", "f.json:1:1: item 1: facts are an object, not a number"),
        ("null", "f.json:1:1: facts are an object, not null"),
        ("[[]]", "f.json:1:1: item 1: facts are an object, not a list"),
        ("{}\n{}\ntrue", "f.json:3:1: facts are an object, not true or false"),
        (
            '{}\n{"publishr": "x"}',
            "f.json:2:1: there is no fact 'publishr', did you mean publisher?",
        ),
        ('[{}, {"qqq": "x"}]', "f.json:1:1: item 2: there is no fact 'qqq'"),
        ('{"path": 1}', "f.json:1:1: path must be a text or a list of texts, not a number"),
        ('{"path": ["x", null]}', "path must be a text or a list of texts, not null"),
        ('{"platform": ["windows"]}', "platform must be a text, not a list"),
        ('{"name": {}}', "name must be a text, not an object"),
        ('{"platform": "widows"}', "did you mean 'windows'?"),
        ('{"sha256": "abc"}', "f.json:1:1: "),
        ('{"path": "\\ud800"}', "path holds half of a surrogate pair"),
        ('{}\n{"path": "a", "path": "b"}', "f.json:2:1: the key 'path' stands twice"),
        ("[" * 100_000, "f.json:1:1: the facts are nested too deeply"),
    ],
)
def test_bad_facts_are_refused_with_their_place(text: str, message: str) -> None:
    Path("f.json").write_text(text, encoding="utf-8")
    assert message in decide_refused("--facts", "f.json")


def test_facts_that_are_no_text_are_refused() -> None:
    Path("f.json").write_bytes(b'{"path": "\xff\xfe"}')
    assert decide_refused("--facts", "f.json") == "f.json: the facts are no text"


# ---- packages ----------------------------------------------------------------------------------


def test_a_given_package_stands_in_for_the_listed_one() -> None:
    libblock.Package("3CX").save("changed.yaml")
    assert verdicts("--package", "changed.yaml", "evil.bin") == {"evil.bin": "allowed"}


def test_a_given_package_without_a_state_is_mentioned() -> None:
    other = libblock.Package("Other")
    other.add_entries([libblock.HashEntry(libblock.hash_bytes(b"good"))])
    other.save("other.yaml")
    arguments = ["--policy", "policy.yaml", "--group", "/", "--package", "other.yaml", "good.bin"]
    result = run("decide", *arguments)
    assert result.code == 0
    assert '\n  "Other", which is set nowhere, holds the hash\n' in result.out
    assert result.err == (
        'libblock: warning: "Other" is set on none of these groups: it decides nothing\n'
    )


def test_two_given_packages_of_a_name_are_refused() -> None:
    message = decide_refused("--package", "3cx.yaml", "--package", "./3cx.yaml", "good.bin")
    assert message == './3cx.yaml: a second package "3CX"'


def test_a_package_in_force_must_be_there() -> None:
    Path("3cx.yaml").unlink()
    message = decide_refused("good.bin")
    assert message.startswith('policy.yaml:5:11: cannot read the package "3CX": 3cx.yaml: ')


def test_a_package_in_force_must_be_listed() -> None:
    policy = libblock.Policy.load("policy.yaml")
    policy.packages = ()
    policy.save("policy.yaml")
    message = decide_refused("good.bin")
    assert message == (
        'policy.yaml: "3CX" is enforced on /, but the policy does not say which file holds it'
    )


def test_a_package_must_have_the_listed_name() -> None:
    libblock.Package("New name").save("3cx.yaml")
    message = decide_refused("good.bin")
    assert message == 'policy.yaml:5:11: 3cx.yaml holds the package "New name", not "3CX"'


def test_packages_that_are_set_nowhere_above_are_not_needed() -> None:
    policy = libblock.Policy.load("policy.yaml")
    policy.tree.remove_package("3CX")
    policy.tree.set_state("/Lab", "3CX", "enforce")
    policy.save("policy.yaml")
    Path("3cx.yaml").unlink()
    assert ok("decide", "--policy", "policy.yaml", "--group", "/", "evil.bin") == (
        "evil.bin: allowed on /\n"
    )


def test_expired_packages_are_left_out() -> None:
    package = libblock.Package.load("3cx.yaml")
    package.expires = instant(2024)
    package.save("3cx.yaml")
    assert decide("evil.bin", "--at", "2023-12-31")[0] == 1
    code, out = decide("evil.bin", "--at", "2024-01-01")
    assert (code, out) == (0, 'evil.bin: allowed on /\n  "3CX" has expired and is left out\n')
    assert decide("evil.bin")[0] == 0


# ---- bad arguments -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "nothing to decide on"),
        (["nope.bin"], "nope.bin: "),
        (["."], ".: is a folder, not a file"),
        (["good.bin", "--group", "/Nope"], "there is no group '/Nope'"),
        (["good.bin", "--fact", "publisher"], "is not of the form FIELD=VALUE"),
        (["good.bin", "--fact", "publishr=x"], "did you mean publisher?"),
        (["good.bin", "--fact", "sha256=x"], "there is no field 'sha256'"),
        (["good.bin", "--group", "/\udcff"], "is not UTF-8"),
        (["good.bin", "--platform", "beos"], "'beos' is not one of"),
        (["good.bin", "--at", "now"], "'now' is no time"),
        (["--facts", "nope.json"], "nope.json: cannot be read"),
    ],
)
def test_bad_arguments_are_refused(arguments: list[str], message: str) -> None:
    assert message in decide_refused(*arguments)


def test_policy_and_group_are_required() -> None:
    assert "missing option '--policy'" in refused("decide", "--group", "/", "good.bin")
    assert "missing option '--group'" in refused("decide", "--policy", "policy.yaml", "good.bin")


def test_hostile_names_and_facts_cannot_steer_the_terminal() -> None:
    Path("a\x1b[2J\n.bin").write_bytes(b"evil")
    _, out = decide("a\x1b[2J\n.bin")
    assert out.startswith("a\\x1b[2J\\n.bin: blocked")
    facts = {**FACTS, "name": "x\u202ey\x07"}
    _, out = decide("--facts", "-", stdin=json.dumps(facts).encode())
    assert out.startswith("x\\u202ey\\x07: blocked")
