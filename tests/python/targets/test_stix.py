"""STIX bundles, as three libraries of others read them: stix2, stix2-validator, stix2-patterns."""

import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from exported import (
    EXAMPLE,
    HOSTILE_NAMES,
    HOSTILE_VALUES,
    Exported,
    entry_named,
    export,
    hashes_of,
    hostile_package,
    many,
    package_of,
    rule_of,
)

import libblock

stix2 = pytest.importorskip("stix2")
stix2patterns = pytest.importorskip("stix2patterns.validator")
stix2validator = pytest.importorskip("stix2validator")

PATTERN = re.compile(r"\[file:hashes\.'SHA-256' = '([0-9a-f]{64})'\]")


def read(exported: Exported, *, validate: bool = True) -> dict[str, list[Any]]:
    """The objects of the bundle by their types, which all readers must take."""
    if validate:
        options = stix2validator.ValidationOptions(version="2.1")
        result = stix2validator.validate_string(exported.text, options)
        assert result.is_valid, [str(each) for each in result.errors]
    objects: dict[str, list[Any]] = {}
    for each in stix2.parse(exported.text, version="2.1").objects:
        objects.setdefault(each["type"], []).append(each)
    for each in objects.get("indicator", [])[:100]:
        assert stix2patterns.run_validator(each.pattern, stix_version="2.1") == []
    return objects


def hashes_in(indicators: list[Any]) -> list[str]:
    return [match[1] for each in indicators if (match := PATTERN.fullmatch(each.pattern))]


def test_the_example_becomes_an_indicator_for_each_hash(tmp_path: Path) -> None:
    exported = export(EXAMPLE, "stix", tmp_path)
    assert list(exported.documents) == ["3cx-desktopapp.stix.json"]
    objects = read(exported)
    hashes = hashes_in(objects["indicator"])
    assert len(hashes) == len(objects["indicator"]) == 8
    assert set(hashes) == hashes_of(EXAMPLE)
    names = [each.name for each in objects["indicator"]]
    assert "3cxdesktopapp-18.12.407.msi" in names
    assert f"SHA-256 {min(h for h in hashes if h.startswith('92'))}" in names
    (identity,) = objects["identity"]
    assert {each.created_by_ref for each in objects["indicator"]} == {identity.id}
    (grouping,) = objects["grouping"]
    assert grouping.name == "3CX DesktopApp"
    assert grouping.object_refs == [each.id for each in objects["indicator"]]
    assert str(grouping.created) == "2023-03-30 08:00:00+00:00"
    assert exported.told() == [("left_out", "field")]
    assert [each["rule"] for each in exported.losses[0]["rules"]] == [
        "3CXDesktopApp on linux",
        "3CXDesktopApp on macos",
        "3CXDesktopApp on windows",
    ]


def test_hostile_names_are_names_and_nothing_else(tmp_path: Path) -> None:
    package = hostile_package()
    objects = read(export(package, "stix", tmp_path))
    assert set(hashes_in(objects["indicator"])) == hashes_of(package)
    assert len(objects["indicator"]) == len(HOSTILE_NAMES)
    names = {each.name for each in objects["indicator"]}
    assert {"it's.exe", "ümläut 漢字 🦀.exe", "\ufffdgpj.exe"} <= names
    references = objects["grouping"][0].external_references
    assert [("url" in each, "description" in each) for each in references] == [
        (True, False),
        (False, True),
    ]


def test_many_hashes_are_all_there(tmp_path: Path) -> None:
    package = many()
    objects = read(export(package, "stix", tmp_path), validate=False)
    hashes = hashes_in(objects["indicator"])
    assert len(hashes) == 5_000
    assert set(hashes) == hashes_of(package)
    assert len({each.id for each in objects["indicator"]}) == 5_000


def test_the_state_is_a_label_and_other_objects(tmp_path: Path) -> None:
    package = package_of([entry_named("a.exe")], tags=["supply-chain"])
    ids = set()
    for state in ("audit", "enforce"):
        exported = export(package, "stix", tmp_path, "--state", state)
        assert exported.losses == []
        (indicator,) = read(exported)["indicator"]
        assert indicator.labels == [f"libblock:state={state}", "supply-chain"]
        assert export(package, "stix", tmp_path, "--state", state) == exported
        ids.add(indicator.id)
    assert len(ids) == 2


def test_the_time_of_export_makes_another_version_of_the_same_objects(tmp_path: Path) -> None:
    found = []
    for at in ("2024-01-01", "2024-02-01"):
        objects = read(export(EXAMPLE, "stix", tmp_path, "--at", at))
        found.append({each.id: each for each in objects["indicator"]})
    old, new = found
    assert list(old) == list(new)
    for key, each in old.items():
        assert new[key].created == each.created
        assert new[key].modified > each.modified


@pytest.mark.parametrize("year", [1970, 2020, 2030])
def test_an_expiry_ends_the_validity(tmp_path: Path, year: int) -> None:
    package = libblock.Package.load(EXAMPLE)
    package.expires = datetime(year, 1, 1, tzinfo=timezone.utc)
    exported = export(package, "stix", tmp_path)
    for indicator in read(exported, validate=year != 1970)["indicator"]:
        assert indicator.valid_until == package.expires
        assert indicator.valid_from < indicator.valid_until
    assert ("widened", "expiry") not in exported.told()


def test_authenticode_hashes_are_lost(tmp_path: Path) -> None:
    package = package_of([entry_named("a.exe"), entry_named("b.exe", kind="authenticode")])
    exported = export(package, "stix", tmp_path)
    assert len(read(exported)["indicator"]) == 1
    assert exported.told() == [("left_out", "hash_kind")]


@pytest.mark.parametrize("value", ["setup.exe", *HOSTILE_VALUES])
@pytest.mark.parametrize("operation", ["equals", "contains", "starts_with", "ends_with"])
def test_patterns_mean_what_the_criterion_means(tmp_path: Path, operation: str, value: str) -> None:
    rule = rule_of(("file_name", operation, value), platforms=["linux"])
    exported = export(package_of(rules=[rule]), "stix", tmp_path)
    (indicator,) = read(exported)["indicator"]
    assert exported.told() == [("widened", "platform")]
    for name in (value, f"x{value}", f"{value}x", f"x{value}x", "other", value.replace("x", "y")):
        facts = libblock.FileFacts("linux", file_name=name)
        expected = libblock.match(rule, facts).outcome == "matched"
        assert finds(indicator.pattern, name) == expected, (indicator.pattern, name)


def test_wildcards_mean_what_they_mean_in_libblock(tmp_path: Path) -> None:
    rule = rule_of(("file_name", "wildcard", "se?up*.(exe)"), platforms=["linux"])
    (indicator,) = read(export(package_of(rules=[rule]), "stix", tmp_path))["indicator"]
    for name in ("setup.(exe)", "seTup-1.2.(exe)", "seup.(exe)", "setup.exe", "setup.(exe).x"):
        facts = libblock.FileFacts("linux", file_name=name)
        expected = libblock.match(rule, facts).outcome == "matched"
        assert finds(indicator.pattern, name) == expected


def test_what_a_pattern_cannot_say_is_told(tmp_path: Path) -> None:
    rules = [
        rule_of(("file_name", "equals", "a.exe"), name="letters"),
        rule_of(("file_name", "equals", "a"), ("file_name", "contains", "b"), name="two"),
        rule_of(("command_line", "contains", "x"), name="field"),
    ]
    exported = export(package_of(rules=rules), "stix", tmp_path)
    told = {
        (each["kind"], each["reason"], rule["rule"])
        for each in exported.losses
        for rule in each["rules"]
    }
    assert told == {
        ("narrowed", "letter_case", "letters"),
        ("widened", "platform", "letters"),
        ("left_out", "several_criteria", "two"),
        ("left_out", "field", "field"),
    }
    assert len(read(exported)["indicator"]) == 1


def finds(pattern: str, name: str) -> bool:
    """Whether a pattern on a file name, as stix2 understands it, finds a file of that name."""
    from stix2.pattern_visitor import create_pattern_object

    comparison = create_pattern_object(pattern, version="2.1").operand
    assert str(comparison.lhs) == "file:name"
    # stix2 keeps the escapes of a literal as they are written.
    constant = re.sub(r"\\(['\\])", r"\1", comparison.rhs.value)
    if comparison.operator == "MATCHES":
        return re.fullmatch(constant, name) is not None
    assert comparison.operator == "="
    return bool(constant == name)
