"""Sigma rules, as pySigma reads, validates and converts them."""

import re
from typing import Any

import pytest
from target_support import (
    EXAMPLE_RULES,
    HOSTILE_TITLE,
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

pytest.importorskip("sigma")
from sigma.collection import SigmaCollection
from sigma.validation import SigmaValidator
from sigma.validators.core import validators

# These fetch lists from the network.
ONLINE = {"attacktag", "d3_fendtag"}


def read(text: str, *, escapes: bool = False) -> list[Any]:
    """The rules, which must be without a fault; escaped wildcards are none if they are meant."""
    rules: list[Any] = list(SigmaCollection.from_yaml(text).rules)
    left_out = ONLINE | ({"escaped_wildcard"} if escapes else set())
    assert left_out <= set(validators)
    chosen = [each for name, each in validators.items() if name not in left_out]
    assert len(chosen) > 20
    issues = SigmaValidator(chosen).validate_rules(iter(rules))
    assert [str(each) for each in issues] == []
    return rules


def values_of(rule: Any) -> list[Any]:
    """All values of a rule, each with its field."""
    return [
        (item.field, value)
        for detection in rule.detection.detections.values()
        for item in detection.detection_items
        for value in item.value
    ]


def hashes_in(rules: list[Any], category: str) -> list[str]:
    found = []
    for rule in rules:
        if rule.logsource.category != category:
            continue
        for field, value in values_of(rule):
            if field == "Hashes":
                match = re.fullmatch(r"\*SHA256=([0-9A-F]{64})\*", value.to_plain())
                assert match
                found.append(match[1].lower())
    return found


CATEGORIES = ("process_creation", "image_load")


def test_the_example_becomes_rules_on_two_kinds_of_events() -> None:
    compilation = compiled(example(), "sigma")
    assert list(texts_of(compilation)) == ["3cx-desktopapp.yml"]
    rules = read(text_of(compilation))
    for category in CATEGORIES:
        assert len(hashes_in(rules, category)) == 8
        assert set(hashes_in(rules, category)) == set(hexes(example()))
    assert [each.title for each in rules] == [
        "3CX DesktopApp: hashes 1 (process creation)",
        "3CX DesktopApp: hashes 1 (image load)",
        "3CX DesktopApp: 3CXDesktopApp on windows (process creation)",
        "3CX DesktopApp: 3CXDesktopApp on windows (image load)",
    ]
    assert [(field, value.to_plain()) for field, value in values_of(rules[2])] == [
        ("OriginalFileName", "3CXDesktopApp.exe")
    ]
    assert str(rules[0].date) == "2023-03-30"
    linux, macos, _ = EXAMPLE_RULES
    assert losses_of(compilation) == [
        ("left_out", "platform", 0, [linux]),
        ("left_out", "platform", 0, [macos]),
        ("cannot_match", "platform", 4, []),
        ("cannot_match", "engine", 2, []),
    ]
    assert {each.file_name[-4:] for each in compilation.losses[-1].entries} == {".msi"}


def test_a_backend_makes_queries_of_the_example() -> None:
    splunk = pytest.importorskip("sigma.backends.splunk")
    compilation = compiled(example(), "sigma")
    queries = splunk.SplunkBackend().convert(SigmaCollection.from_yaml(text_of(compilation)))
    assert len(queries) == 4
    for digest in set(hexes(example())):
        assert f"SHA256={digest.upper()}" in queries[0]
    assert queries[2] == 'OriginalFileName="3CXDesktopApp.exe"'


def test_hostile_names_hide_nothing() -> None:
    package = hostile_package()
    package.add_rule(rule_of("a: 'b' # \"c\" {d} - e", ("product_name", "equals", "x")))
    rules = read(text_of(compiled(package, "sigma")))
    assert len(rules) == 4
    assert set(hashes_in(rules, "image_load")) == set(hexes(package))
    assert rules[0].title.startswith(f"{HOSTILE_TITLE}: hashes 1")
    assert "line \"two\"\n'three' ]]> --> */ \ufffd :,; \\" in rules[0].description
    assert rules[0].references == ["https://example.com/a?b=c", "no address: 'x' \"y\""]


def test_many_hashes_are_spread_over_rules() -> None:
    package = numbered(5_000)
    rules = read(text_of(compiled(package, "sigma")))
    assert len(rules) == 20
    for category in CATEGORIES:
        assert len(hashes_in(rules, category)) == 5_000
        assert set(hashes_in(rules, category)) == set(hexes(package))
    assert len({each.id for each in rules}) == 20


TEXTS = ("original_filename", "product_name", "file_description", "company_name", "command_line")
OPERATIONS = ("equals", "contains", "starts_with", "ends_with")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("field", TEXTS)
def test_criteria_mean_what_they_mean_in_libblock(field: str, operation: str) -> None:
    values = ["setup.exe", "null", "2023-01-01", *HOSTILE_VALUES]
    rules = [rule_of(value, (field, operation, value)) for value in values]
    compilation = compiled(package_of(rules=rules), "sigma")
    assert compilation.losses == ()
    categories = ("process_creation",) if field == "command_line" else CATEGORIES
    found = read(text_of(compilation), escapes=True)
    assert len(found) == len(values) * len(categories)
    for rule in rules:
        (value,) = (each.value for each in rule.criteria)
        same = [each for each in found if f": {value} (" in each.title]
        assert [each.logsource.category for each in same] == list(categories)
        for text in (value, value.upper(), f"x{value}", f"{value}x", f"x{value}x", "other"):
            facts = libblock.FileFacts("windows", **{field: text})
            expected = libblock.match(rule, facts).outcome == "matched"
            assert all(finds(each, text) == expected for each in same), (value, text)


@pytest.mark.parametrize(
    ("field", "operation", "value"),
    [
        ("path", "equals", "C:/Temp/a?.exe"),
        ("path", "starts_with", "C:\\Temp\\"),
        ("path", "contains", "\\te*mp\\"),
        ("path", "ends_with", "\\a.exe"),
        ("file_name", "equals", "a.exe"),
        ("file_name", "ends_with", ".exe"),
        ("product_name", "wildcard", "C:\\T?mp\\*.exe"),
    ],
)
def test_paths_and_wildcards(field: str, operation: str, value: str) -> None:
    rule = rule_of("rule", (field, operation, value))
    compilation = compiled(package_of(rules=[rule]), "sigma")
    assert compilation.losses == ()
    outcomes = set()
    for path in (
        "C:\\Temp\\a?.exe",
        "C:\\Temp\\a.exe",
        "c:\\TEMP\\A.EXE",
        "C:\\te*mp\\x",
        "C:\\ba.exe",
        "C:\\a.exe\\b",
        "C:\\Temp\\ab.exe",
    ):
        facts = {"path": path, "file_name": path.rpartition("\\")[2], "product_name": path}
        expected = libblock.match(rule, libblock.FileFacts("windows", **facts)).outcome
        for each in read(text_of(compilation), escapes=True):
            assert finds(each, path) == (expected == "matched"), path
        outcomes.add(str(expected))
    assert outcomes == {"matched", "not_matched"}


def test_all_criteria_must_hold() -> None:
    rule = rule_of(
        "rule",
        ("product_name", "contains", "a"),
        ("product_name", "contains", "b"),
        ("parent_process", "ends_with", "/explorer.exe"),
    )
    (found,) = read(text_of(compiled(package_of(rules=[rule]), "sigma")))
    assert found.detection.condition == ["criterion_1 and criterion_2 and criterion_3"]
    plain = [(field, value.to_plain()) for field, value in values_of(found)]
    assert plain == [
        ("Product", "*a*"),
        ("Product", "*b*"),
        ("ParentImage", "*\\explorer.exe"),
    ]


def test_what_events_do_not_tell_is_lost() -> None:
    rules = [
        rule_of("field", ("publisher", "equals", "x")),
        rule_of("operation", ("path", "wildcard", "C:\\*\\x")),
        rule_of("platform", ("path", "equals", "/x"), platforms=["linux"]),
    ]
    compilation = compiled(package_of(rules=rules), "sigma")
    assert compilation.documents == ()
    reasons = ["field", "operation", "platform"]
    assert sorted(losses_of(compilation)) == [("left_out", each, 0, [each]) for each in reasons]


def test_drivers_are_looked_for_among_loaded_drivers() -> None:
    entries = [entry_named("a.exe"), entry_named("RTCore64.SYS")]
    rules = [
        rule_of("name", ("file_name", "equals", "RTCore64.sys")),
        rule_of("path", ("path", "ends_with", "\\gdrv.sys")),
        rule_of("original", ("original_filename", "equals", "gdrv.sys")),
    ]
    compilation = compiled(package_of(entries, rules), "sigma")
    found = read(text_of(compilation))
    assert hashes_in(found, "driver_load") == [entries[1].sha256.hex]
    for category in CATEGORIES:
        assert hashes_in(found, category) == [entries[0].sha256.hex]
    of_rules = {
        (rule.logsource.category, field, value.to_plain())
        for rule in found
        for field, value in values_of(rule)
        if field != "Hashes"
    }
    assert of_rules == {
        ("driver_load", "ImageLoaded", "*\\RTCore64.sys"),
        ("driver_load", "ImageLoaded", "*\\gdrv.sys"),
        ("process_creation", "OriginalFileName", "gdrv.sys"),
        ("image_load", "OriginalFileName", "gdrv.sys"),
    }
    assert losses_of(compilation) == [("cannot_match", "engine", 0, ["original"])]


def test_what_is_no_image_is_reported() -> None:
    entries = [entry_named("setup.MSI"), entry_named("a.exe"), entry_named("msi")]
    rules = [
        rule_of("name", ("file_name", "equals", "setup.msi")),
        rule_of("path", ("path", "ends_with", "\\run.ps1")),
        rule_of("image", ("file_name", "ends_with", ".dll")),
    ]
    compilation = compiled(package_of(entries, rules), "sigma")
    assert len(hashes_in(read(text_of(compilation)), "process_creation")) == 3
    assert losses_of(compilation) == [("cannot_match", "engine", 1, ["name", "path"])]
    assert [each.file_name for each in compilation.losses[0].entries] == ["setup.MSI"]


@pytest.mark.parametrize("operation", ["equals", "ends_with"])
@pytest.mark.parametrize("value", ["\\cmd.exe", "Temp\\a.exe", "Temp/a.exe"])
def test_names_with_folders_match_nothing(operation: str, value: str) -> None:
    rule = rule_of("name", ("file_name", operation, value))
    name = re.split(r"[/\\]", value)[-1]
    facts = libblock.FileFacts("windows", file_name=name, path=f"C:\\Temp\\{name}")
    assert libblock.match(rule, facts).outcome == "not_matched"
    compilation = compiled(package_of(rules=[rule]), "sigma")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "value", 0, ["name"])]


def finds(rule: Any, text: str) -> bool:
    """Whether the one value of a rule, as pySigma understands it, finds a text."""
    ((_, value),) = values_of(rule)
    expression = value.to_regex().regexp.to_plain()
    return re.fullmatch(expression, text, re.IGNORECASE | re.DOTALL) is not None
