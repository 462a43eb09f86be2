"""STIX bundles, as three libraries of others read them: stix2, stix2-validator, stix2-patterns."""

import re
from typing import Any

import pytest
from support import instant
from target_support import (
    EXAMPLE_RULES,
    HOSTILE_NAMES,
    HOSTILE_VALUES,
    compiled,
    entry_named,
    example,
    hexes,
    hostile_package,
    losses_of,
    numbered,
    package_of,
    rule_of,
    text_of,
    texts_of,
)

import libblock

stix2 = pytest.importorskip("stix2")
stix2patterns = pytest.importorskip("stix2patterns.validator")
stix2validator = pytest.importorskip("stix2validator")

PATTERN = re.compile(r"\[file:hashes\.'SHA-256' = '([0-9a-f]{64})'\]")


def read(compilation: libblock.Compilation, *, validate: bool = True) -> dict[str, list[Any]]:
    """The objects of the bundle by their types, which all readers must take."""
    if validate:
        options = stix2validator.ValidationOptions(version="2.1")
        result = stix2validator.validate_string(text_of(compilation), options)
        assert result.is_valid, [str(each) for each in result.errors]
    objects: dict[str, list[Any]] = {}
    for each in stix2.parse(text_of(compilation), version="2.1").objects:
        objects.setdefault(each["type"], []).append(each)
    for each in objects.get("indicator", [])[:100]:
        assert stix2patterns.run_validator(each.pattern, stix_version="2.1") == []
    return objects


def hashes_in(indicators: list[Any]) -> list[str]:
    return [match[1] for each in indicators if (match := PATTERN.fullmatch(each.pattern))]


def test_the_example_becomes_an_indicator_for_each_hash() -> None:
    compilation = compiled(example(), "stix")
    assert list(texts_of(compilation)) == ["3cx-desktopapp.stix.json"]
    objects = read(compilation)
    hashes = hashes_in(objects["indicator"])
    assert len(hashes) == len(objects["indicator"]) == 8
    assert set(hashes) == set(hexes(example()))
    names = [each.name for each in objects["indicator"]]
    assert "3cxdesktopapp-18.12.407.msi" in names
    assert f"SHA-256 {min(h for h in hashes if h.startswith('92'))}" in names
    (identity,) = objects["identity"]
    assert {each.created_by_ref for each in objects["indicator"]} == {identity.id}
    (grouping,) = objects["grouping"]
    assert grouping.name == "3CX DesktopApp"
    assert grouping.object_refs == [each.id for each in objects["indicator"]]
    assert str(grouping.created) == "2023-03-30 08:00:00+00:00"
    assert losses_of(compilation) == [("left_out", "field", 0, EXAMPLE_RULES)]


def test_hostile_names_are_names_and_nothing_else() -> None:
    package = hostile_package()
    objects = read(compiled(package, "stix"))
    assert set(hashes_in(objects["indicator"])) == set(hexes(package))
    assert len(objects["indicator"]) == len(HOSTILE_NAMES)
    names = {each.name for each in objects["indicator"]}
    assert {"it's.exe", "ümläut 漢字 🦀.exe", "\ufffdgpj.exe"} <= names
    references = objects["grouping"][0].external_references
    assert [("url" in each, "description" in each) for each in references] == [
        (True, False),
        (False, True),
    ]


def test_many_hashes_are_all_there() -> None:
    package = numbered(5_000)
    objects = read(compiled(package, "stix"), validate=False)
    hashes = hashes_in(objects["indicator"])
    assert len(hashes) == 5_000
    assert set(hashes) == set(hexes(package))
    assert len({each.id for each in objects["indicator"]}) == 5_000


def test_the_state_is_a_label_and_other_objects() -> None:
    package = package_of([entry_named("a.exe")], tags=["supply-chain"])
    ids = set()
    for state in ("audit", "enforce"):
        compilation = compiled(package, "stix", state=state)
        assert compilation.losses == ()
        (indicator,) = read(compilation)["indicator"]
        assert indicator.labels == [f"libblock:state={state}", "supply-chain"]
        assert compiled(package, "stix", state=state) == compilation
        ids.add(indicator.id)
    assert len(ids) == 2


def test_the_time_of_export_makes_another_version_of_the_same_objects() -> None:
    found = []
    for month in (1, 2):
        objects = read(compiled(example(), "stix", at=instant(2024, month)))
        found.append({each.id: each for each in objects["indicator"]})
    old, new = found
    assert list(old) == list(new)
    for key, each in old.items():
        assert new[key].created == each.created
        assert new[key].modified > each.modified


@pytest.mark.parametrize("year", [1970, 2020, 2030])
def test_an_expiry_ends_the_validity(year: int) -> None:
    package = example()
    package.expires = instant(year)
    compilation = compiled(package, "stix")
    for indicator in read(compilation, validate=year != 1970)["indicator"]:
        assert indicator.valid_until == package.expires
        assert indicator.valid_from < indicator.valid_until
    assert losses_of(compilation) == [("left_out", "field", 0, EXAMPLE_RULES)]


def test_authenticode_hashes_are_lost() -> None:
    package = package_of([entry_named("a.exe"), entry_named("b.exe", kind="authenticode")])
    compilation = compiled(package, "stix")
    assert len(read(compilation)["indicator"]) == 1
    assert losses_of(compilation) == [("left_out", "hash_kind", 1, [])]


@pytest.mark.parametrize("value", ["setup.exe", *HOSTILE_VALUES])
@pytest.mark.parametrize("operation", ["equals", "contains", "starts_with", "ends_with"])
def test_patterns_mean_what_the_criterion_means(operation: str, value: str) -> None:
    rule = rule_of("rule", ("file_name", operation, value), platforms=["linux"])
    compilation = compiled(package_of(rules=[rule]), "stix")
    (indicator,) = read(compilation)["indicator"]
    assert losses_of(compilation) == [("widened", "platform", 0, ["rule"])]
    for name in (value, f"x{value}", f"{value}x", f"x{value}x", "other", value.replace("x", "y")):
        facts = libblock.FileFacts("linux", file_name=name)
        expected = libblock.match(rule, facts).outcome == "matched"
        assert finds(indicator.pattern, name) == expected, (indicator.pattern, name)


def test_wildcards_mean_what_they_mean_in_libblock() -> None:
    rule = rule_of("rule", ("file_name", "wildcard", "se?up*.(exe)"), platforms=["linux"])
    (indicator,) = read(compiled(package_of(rules=[rule]), "stix"))["indicator"]
    for name in ("setup.(exe)", "seTup-1.2.(exe)", "seup.(exe)", "setup.exe", "setup.(exe).x"):
        facts = libblock.FileFacts("linux", file_name=name)
        expected = libblock.match(rule, facts).outcome == "matched"
        assert finds(indicator.pattern, name) == expected


def test_what_a_pattern_cannot_say_is_told() -> None:
    rules = [
        rule_of("letters", ("file_name", "equals", "a.exe")),
        rule_of("two", ("file_name", "equals", "a"), ("file_name", "contains", "b")),
        rule_of("field", ("command_line", "contains", "x")),
    ]
    compilation = compiled(package_of(rules=rules), "stix")
    assert sorted(losses_of(compilation)) == [
        ("left_out", "field", 0, ["field"]),
        ("left_out", "several_criteria", 0, ["two"]),
        ("narrowed", "letter_case", 0, ["letters"]),
        ("widened", "platform", 0, ["letters"]),
    ]
    assert len(read(compilation)["indicator"]) == 1


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
