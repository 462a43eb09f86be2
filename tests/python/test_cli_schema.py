"""libblock schema, and the schema of the output itself."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cli_support import ok, output_schema, refused
from jsonschema import Draft7Validator
from libblock.cli._main import cli

import libblock

ENUMS: dict[str, type[libblock.TextEnum]] = {
    "platform": libblock.Platform,
    "kind": libblock.HashKind,
    "state": libblock.EnforcementState,
    "field": libblock.Field,
    "operation": libblock.Operation,
    "reason": libblock.RejectionReason,
    "outcome": libblock.CriterionOutcome,
    "verdict": libblock.Verdict,
    "severity": libblock.Severity,
    "loss_kind": libblock.LossKind,
    "loss_reason": libblock.LossReason,
    "category": libblock.TargetCategory,
    "proof": libblock.Proof,
    "audit": libblock.AuditScope,
    "letter_case": libblock.LetterCase,
}


def objects(schema: Any) -> Iterator[dict[str, Any]]:
    """All mappings in a schema."""
    if isinstance(schema, dict):
        yield schema
    for each in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(each, (dict, list)):
            yield from objects(each)


@pytest.mark.parametrize("name", ["package", "policy", "output"])
def test_schemas_are_printed_and_written(name: str, tmp_path: Path) -> None:
    out = ok("schema", name)
    Draft7Validator.check_schema(json.loads(out))
    file = tmp_path / "schema.json"
    assert ok("schema", name, "-o", file) == ""
    assert file.read_text(encoding="utf-8") == out


def test_a_file_that_is_there_is_overwritten_with_force_only(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text("mine", encoding="utf-8")
    assert refused("schema", "package", "-o", file) == (
        f"{file}: there is such a file already\n"
        "libblock: hint: --force overwrites the file that is there"
    )
    assert file.read_text(encoding="utf-8") == "mine"
    ok("schema", "package", "-o", file, "--force")
    assert file.read_text(encoding="utf-8") == ok("schema", "package")
    ok("schema", "package", "-o", file)  # the same bytes are no loss
    assert refused("schema", "policy", "-o", file).startswith(f"{file}: there is such a file")


def test_unknown_schemas_are_refused(tmp_path: Path) -> None:
    assert "'nope' is not one of 'package'" in refused("schema", "nope")
    assert "missing argument" in refused("schema")
    missing = tmp_path / "no/schema.json"
    assert str(missing) in refused("schema", "package", "-o", missing)


def test_the_output_schema_knows_the_words_of_the_model() -> None:
    found = {}
    for each in objects(output_schema()):
        for name, property_schema in each.get("properties", each).items():
            if name in ENUMS and isinstance(property_schema, dict) and "enum" in property_schema:
                found[name] = property_schema["enum"]
    assert found == {name: [str(word) for word in enum] for name, enum in ENUMS.items()}


def test_the_output_schema_knows_all_rules_and_errors() -> None:
    rules = output_schema()["definitions"]["remark"]["properties"]["rule"]["enum"]
    errors = [code.replace("_", "-") for code in libblock.ErrorCode]
    assert rules == [*libblock.CheckRule, *errors]


def test_the_output_schema_knows_all_facts() -> None:
    facts = output_schema()["definitions"]["facts"]["properties"]
    assert list(facts) == ["platform", "sha256", "authenticode", *libblock.Field]


def test_everything_in_the_output_schema_is_described_and_used() -> None:
    schema = output_schema()
    text = json.dumps(schema)
    for name, definition in schema["definitions"].items():
        assert definition["description"]
        assert f'"#/definitions/{name}"' in text
    for each in objects(schema):
        for property_schema in each.get("properties", {}).values():
            assert {"description", "$ref"} & property_schema.keys()


def test_every_command_has_a_definition() -> None:
    definitions = output_schema()["definitions"]
    context = cli.make_context("libblock", ["schema", "output"])
    for name in cli.list_commands(context):
        assert name == "schema" or any(
            each == name or each.startswith(f"{name}-") for each in definitions
        )
