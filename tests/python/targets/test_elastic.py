"""Items of the blocklist of Elastic Defend, held against what its own validator asks for."""

import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from support import digest_of, instant
from target_support import (
    EXAMPLE_RULES,
    compiled,
    example,
    hexes,
    hostile_package,
    lines_of,
    losses_of,
    lossless,
    numbered,
    package_of,
)

import libblock
from libblock import Criterion, MetadataRule

SYSTEMS = ["windows", "macos", "linux"]
MEMBERS = {
    "list_id",
    "item_id",
    "namespace_type",
    "type",
    "os_types",
    "name",
    "description",
    "tags",
    "entries",
}


def require_valid(item: dict[str, Any]) -> None:
    """What Kibana refuses an item for."""
    assert set(item) == MEMBERS
    assert item["list_id"] == "endpoint_blocklists"
    assert (item["namespace_type"], item["type"]) == ("agnostic", "simple")
    assert item["name"]
    assert item["description"]
    (system,) = item["os_types"]
    assert system in SYSTEMS
    assert uuid.UUID(item["item_id"]).version == 5
    (entry,) = item["entries"]
    if entry["type"] == "nested":
        assert system == "windows"
        assert set(entry) == {"type", "field", "entries"}
        assert entry["field"] == "file.Ext.code_signature"
        (entry,) = entry["entries"]
        assert entry["field"] == "subject_name"
    else:
        assert entry["field"] in {"file.hash.sha256", "file.path", "file.path.caseless"}
    assert set(entry) == {"field", "type", "operator", "value"}
    assert (entry["type"], entry["operator"]) == ("match_any", "included")
    assert 1 <= len(entry["value"]) <= 2000


def items_of(compilation: libblock.Compilation) -> list[dict[str, Any]]:
    (document,) = compilation.documents
    assert document.text.isascii()
    items = lines_of(document.text)
    for item in items:
        require_valid(item)
    assert len({item["item_id"] for item in items}) == len(items)
    return items


def hashes_on(items: Sequence[dict[str, Any]], system: str) -> list[str]:
    return [
        value
        for item in items
        for entry in item["entries"]
        if item["os_types"] == [system] and entry["field"] == "file.hash.sha256"
        for value in entry["value"]
    ]


def rules_of(*rules: MetadataRule) -> list[dict[str, Any]]:
    return items_of(compiled(package_of(rules=rules), "elastic"))


def test_the_example_package() -> None:
    package = example()
    compilation = compiled(package, "elastic")
    assert compilation.documents[0].name == "3cx-desktopapp.ndjson"
    items = items_of(compilation)
    assert [item["os_types"] for item in items] == [["windows"], ["macos"]]
    for system in SYSTEMS:
        assert hashes_on(items, system) == (hexes(package, system) if system != "linux" else [])
    assert items[0]["name"] == "3CX DesktopApp (windows, 1 to 4)"
    assert package.digest().hex in items[0]["description"]
    assert {tuple(item["tags"]) for item in items} == {("policy:all",)}
    assert losses_of(compilation) == [("left_out", "field", 0, EXAMPLE_RULES)]


def test_other_kinds_of_hashes_are_not_written() -> None:
    package = package_of([libblock.HashEntry(digest_of("a"), "authenticode")])
    compilation = compiled(package, "elastic")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "hash_kind", 1, [])]


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, [1]), (2000, [2000]), (2001, [2000, 1]), (5000, [2000, 2000, 1000])]
)
def test_an_item_has_two_thousand_values(count: int, sizes: list[int]) -> None:
    package = numbered(count)
    compilation = compiled(package, "elastic")
    assert compilation.losses == ()
    items = items_of(compilation)
    found = [len(item["entries"][0]["value"]) for item in items]
    assert found == sizes * len(SYSTEMS)
    for system in SYSTEMS:
        assert hashes_on(items, system) == hexes(package)


def test_a_path_is_compared_as_its_system_does() -> None:
    path = MetadataRule("tool", ["linux"], [Criterion("path", "equals", "/opt/x/Tool")])
    caseless = MetadataRule("Tool", ["windows"], [Criterion("path", "equals", "C:\\x\\Tool.exe")])
    windows, linux = rules_of(path, caseless)
    assert (linux["os_types"], linux["name"]) == (["linux"], "3CX DesktopApp: tool")
    assert linux["entries"][0]["field"] == "file.path"
    assert linux["entries"][0]["value"] == ["/opt/x/Tool"]
    assert windows["os_types"] == ["windows"]
    assert windows["entries"][0]["field"] == "file.path.caseless"
    assert windows["entries"][0]["value"] == ["C:\\x\\Tool.exe"]


def test_paths_of_windows_have_backslashes() -> None:
    criteria = [Criterion("path", "equals", "C:/x/Tool.exe")]
    items = rules_of(MetadataRule("r", ["windows", "linux"], criteria))
    values = {item["os_types"][0]: item["entries"][0]["value"] for item in items}
    assert values == {"windows": ["C:\\x\\Tool.exe"], "linux": ["C:/x/Tool.exe"]}


def test_it_says_how_the_items_are_taken_in() -> None:
    target = libblock.find_target("elastic")
    assert "the body of a call a line" in target.output
    remarks = " ".join(target.remarks)
    assert "POST /api/exception_lists/items" in remarks
    assert "the list endpoint_blocklists has to be there" in remarks
    assert "not for the import of Kibana" in remarks


def test_a_rule_has_an_item_for_each_of_its_systems() -> None:
    items = rules_of(MetadataRule("t", ["macos", "linux"], [Criterion("path", "equals", "/x")]))
    fields = {item["os_types"][0]: item["entries"][0]["field"] for item in items}
    assert fields == {"macos": "file.path.caseless", "linux": "file.path"}


def test_a_publisher_is_asked_for_on_windows_alone() -> None:
    rule = MetadataRule(
        "signer", ["windows", "macos"], [Criterion("publisher", "equals", "3CX Ltd")]
    )
    compilation = compiled(package_of(rules=[rule]), "elastic")
    (item,) = items_of(compilation)
    assert item["os_types"] == ["windows"]
    assert item["entries"][0]["entries"][0]["value"] == ["3CX Ltd"]
    assert losses_of(compilation) == [
        ("narrowed", "platform", 0, ["signer"]),
        ("narrowed", "letter_case", 0, ["signer"]),
    ]


def test_rules_that_would_stop_more_are_left_out() -> None:
    path = Criterion("path", "equals", "C:\\x.exe")
    several = MetadataRule("both", ["windows"], [path, Criterion("publisher", "equals", "3CX")])
    pattern = MetadataRule("part", ["windows"], [Criterion("path", "contains", "x")])
    compilation = compiled(package_of(rules=[several, pattern]), "elastic")
    assert compilation.documents == ()
    assert sorted(losses_of(compilation)) == [
        ("left_out", "operation", 0, ["part"]),
        ("left_out", "several_criteria", 0, ["both"]),
    ]


def test_there_is_no_audit_of_an_item() -> None:
    compilation = compiled(numbered(3), "elastic", state="audit")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "state", 3, [])]


def test_items_do_not_expire() -> None:
    compilation = compiled(numbered(1, expires=instant(2026)), "elastic")
    assert losses_of(compilation) == [("widened", "expiry", 0, [])]


def test_the_policies_are_tags() -> None:
    (text,) = lossless(numbered(1), "elastic", settings={"policy": "0a1b-2c, 3d"}).values()
    assert {tuple(item["tags"]) for item in lines_of(text)} == {("policy:0a1b-2c", "policy:3d")}
    for nothing in ("", " , "):
        with pytest.raises(libblock.InvalidValueError, match="names no policy"):
            compiled(numbered(1), "elastic", settings={"policy": nothing})


def test_hostile_names_stay_in_their_items() -> None:
    package = hostile_package()
    items = items_of(compiled(package, "elastic"))
    assert [item["os_types"][0] for item in items] == SYSTEMS
    for system in SYSTEMS:
        assert hashes_on(items, system) == hexes(package)


def test_values_of_rules_are_exact_however_hostile_package() -> None:
    value = "/x/\"'; ]]> ü 漢 🦀 \\"
    (item,) = rules_of(MetadataRule("r", ["linux"], [Criterion("path", "equals", value)]))
    assert item["entries"][0]["value"] == [value]


def test_rules_of_names_that_begin_alike_have_ids_of_their_own() -> None:
    names = ["n" * 100 + end for end in "ab"]
    criteria = [Criterion("path", "equals", "/x")]
    items = rules_of(*(MetadataRule(name, ["linux"], criteria) for name in names))
    assert len(items) == 2
