"""libblock targets: what packages can be exported to, and docs/targets.md."""

from pathlib import Path

from cli_support import ok, run

import libblock

DOCS = Path(__file__).resolve().parents[2] / "docs/targets.md"


def test_every_target_stands_in_the_list() -> None:
    lines = ok("targets").splitlines()
    for target in libblock.targets():
        (line,) = [each for each in lines if each.split()[:1] == [target.name]]
        assert target.refusal in line
        assert ("enforces" in line) == target.capabilities.enforce
        assert ("experimental" in line) == target.experimental
        unproven = not target.refusal and target.proof == "documentation"
        assert ("unproven: written from documentation" in line) == unproven
        assert ("  proven by" in line) == (not target.refusal and not unproven)


def test_json_says_what_each_can_express() -> None:
    document = run("targets", "--format", "json").json("targets")
    assert [each["name"] for each in document["targets"]] == [
        each.name for each in libblock.targets()
    ]
    by_name = {each["name"]: each for each in document["targets"]}
    assert by_name["fapolicyd"]["fields"] == [
        {
            "field": "path",
            "operations": ["equals", "starts_with"],
            "platforms": ["linux"],
            "letter_case": "as_meant",
        }
    ]
    assert by_name["santa"]["executables_only"] == ["macos"]
    assert by_name["fapolicyd"]["executables_only"] == []
    assert "refusal" not in by_name["fapolicyd"]
    assert "refusal" in by_name["hashdeep"]


def test_the_documentation_is_made_of_the_same_data() -> None:
    text = DOCS.read_text(encoding="utf-8")
    assert text == ok("targets", "--format", "markdown"), (
        "run: libblock targets --format markdown > docs/targets.md"
    )
