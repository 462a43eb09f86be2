"""The schemas and the library take the same documents, and speak of them in the same words."""

import json
import re
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from strategies import packages
from support import VECTORS, load_vectors

import libblock

DOCUMENTS = VECTORS / "documents"
SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
KINDS = ("package", "policy")
INDEX = load_vectors("documents/index.json")

LOAD = {"package": libblock.load_package, "policy": libblock.load_policy}

ENUMS: list[tuple[str, str, type[Enum]]] = [
    ("package", "definitions.platform", libblock.Platform),
    ("package", "definitions.kind", libblock.HashKind),
    ("package", "definitions.criterion.properties.field", libblock.Field),
    ("package", "definitions.criterion.properties.operation", libblock.Operation),
    ("policy", "definitions.state.properties.state", libblock.EnforcementState),
]


def schema_of(kind: str) -> Any:
    return json.loads((SCHEMAS / f"{kind}.schema.json").read_text(encoding="utf-8"))


VALIDATORS = {kind: jsonschema.Draft7Validator(schema_of(kind)) for kind in KINDS}


# ---- YAML as its core schema has it ------------------------------------------------------------

INTEGER = re.compile(r"[-+]?[0-9]+")
OCTAL = re.compile(r"0o[0-7]+")
HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
SPECIAL = re.compile(r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN")
WORDS = {
    **dict.fromkeys(["null", "Null", "NULL", "~", ""], None),
    **dict.fromkeys(["true", "True", "TRUE"], True),
    **dict.fromkeys(["false", "False", "FALSE"], False),
}


def scalar_of(node: ScalarNode) -> Any:
    text: str = node.value
    if node.style is not None:
        return text
    if text in WORDS:
        return WORDS[text]
    if INTEGER.fullmatch(text):
        return int(text)
    if OCTAL.fullmatch(text) or HEXADECIMAL.fullmatch(text):
        return int(text, 0)
    if FLOAT.fullmatch(text) or SPECIAL.fullmatch(text):
        return float(
            text.replace(".i", "i").replace(".I", "I").replace(".n", "n").replace(".N", "N")
        )
    return text


def value_of(node: Any) -> Any:
    if isinstance(node, ScalarNode):
        return scalar_of(node)
    if isinstance(node, SequenceNode):
        return [value_of(item) for item in node.value]
    assert isinstance(node, MappingNode)
    mapping: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = value_of(key_node)
        if not isinstance(key, str) or key in mapping:
            raise ValueError(f"{key!r} is no unique text")
        mapping[key] = value_of(value_node)
    return mapping


def parse_core(text: str) -> Any:
    node = YAML(typ="safe", pure=True).compose(text)
    return None if node is None else value_of(node)


def schema_takes(file: str) -> bool:
    """Whether the document is YAML and its schema takes it."""
    try:
        document = parse_core((DOCUMENTS / file).read_bytes().decode("utf-8"))
    except (YAMLError, ValueError):
        return False
    return VALIDATORS[kind_of(file)].is_valid(document)


def kind_of(file: str) -> str:
    return file.partition("/")[0]


# ---- the schemas themselves --------------------------------------------------------------------


def walk(schema: Any) -> Iterator[dict[str, Any]]:
    """Each schema within a schema, itself included."""
    if isinstance(schema, list):
        for item in schema:
            yield from walk(item)
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from walk(value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_one(kind: str) -> None:
    schema = schema_of(kind)
    jsonschema.Draft7Validator.check_schema(schema)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema["$id"] == f"urn:libblock:schema:{kind}:1"


@pytest.mark.parametrize("kind", KINDS)
def test_each_property_says_what_it_is(kind: str) -> None:
    objects = [part for part in walk(schema_of(kind)) if part.get("type") == "object"]
    assert objects
    for part in objects:
        assert part["additionalProperties"] is False
        assert set(part["required"]) <= set(part["properties"])
        for described in (part, *part["properties"].values()):
            assert described["title"]
            assert described["description"].endswith(".")


@pytest.mark.parametrize(("kind", "path", "enum"), ENUMS, ids=[row[1] for row in ENUMS])
def test_words_are_those_of_the_library(kind: str, path: str, enum: type[Enum]) -> None:
    part = schema_of(kind)
    for key in path.split("."):
        part = part[key]
    assert part["enum"] == [member.value for member in enum]


def keys_in(document: Any) -> set[str]:
    if isinstance(document, list):
        return set().union(*map(keys_in, document))
    if isinstance(document, dict):
        return set(document).union(*map(keys_in, document.values()))
    return set()


@pytest.mark.parametrize("kind", KINDS)
def test_each_key_of_the_schema_stands_in_a_valid_document(kind: str) -> None:
    known = {key for part in walk(schema_of(kind)) for key in part.get("properties", {})}
    used: set[str] = set()
    for file in INDEX["valid"]:
        if kind_of(file) == kind:
            used |= keys_in(parse_core((DOCUMENTS / file).read_bytes().decode("utf-8-sig")))
    assert used == known


# ---- agreement ---------------------------------------------------------------------------------


@pytest.mark.parametrize("file", INDEX["valid"])
def test_both_take_what_is_valid(file: str) -> None:
    LOAD[kind_of(file)](DOCUMENTS / file)
    assert schema_takes(file)


@pytest.mark.parametrize("vector", INDEX["invalid"], ids=lambda vector: vector["file"])
def test_both_refuse_what_is_invalid(vector: dict[str, Any]) -> None:
    file = vector["file"]
    with pytest.raises(libblock.Error) as refusal:
        LOAD[kind_of(file)](DOCUMENTS / file)
    assert refusal.value.code == vector["code"]
    assert (refusal.value.line, refusal.value.column) == (vector["line"], vector["column"])
    assert vector["message"] in refusal.value.message
    assert schema_takes(file) == ("schema_cannot_tell" in vector), vector.get("schema_cannot_tell")


def test_the_schema_can_tell_most() -> None:
    blind = [vector for vector in INDEX["invalid"] if "schema_cannot_tell" in vector]
    assert len(blind) < len(INDEX["invalid"]) / 6


# ---- other readers -----------------------------------------------------------------------------


@given(packages())
def test_written_packages_follow_the_schema(package: libblock.Package) -> None:
    document = parse_core(libblock.format_package(package, "x").yaml)
    VALIDATORS["package"].validate(document)
    assert document["name"] == package.name
    assert document.get("description", "") == package.description


@given(
    st.text(max_size=20)
    | st.text("01eExXoO.+-_~:,# \n\t'\"[]{}&*!|>%@`?=<yYnN", max_size=8)
    | st.sampled_from(["null", "yes", "2026-01-01", "1_000", "12:30:45", "0b1", "<<", "---"])
)
@pytest.mark.parametrize("version", [(1, 1), (1, 2)])
def test_every_reader_sees_the_same_text(version: tuple[int, int], text: str) -> None:
    package = libblock.Package("x")
    try:
        package.description = text
    except libblock.InvalidValueError:
        return
    yaml = YAML(typ="safe", pure=True)
    yaml.version = version
    document = yaml.load(libblock.format_package(package, "x").yaml)
    assert document.get("description", "") == text
