"""Custom indicators of CrowdStrike Falcon, as its clients send them."""

import json
from itertools import chain
from typing import Any

import pytest
from support import digest_of, instant
from target_support import (
    EXAMPLE_RULES,
    compiled,
    example,
    hexes,
    hostile_package,
    losses_of,
    lossless,
    numbered,
    package_of,
    shown,
)

import libblock

GROUPS = ["0123456789abcdef" * 2, "f" * 32]
MEMBERS = {
    "type",
    "value",
    "action",
    "severity",
    "platforms",
    "source",
    "description",
    "applied_globally",
}


def indicators(package: libblock.Package, **options: Any) -> list[dict[str, Any]]:
    """Those of a package that comes to one document without a loss."""
    (text,) = lossless(package, "crowdstrike", **options).values()
    items: list[dict[str, Any]] = json.loads(text)["indicators"]
    return items


def test_the_example_package() -> None:
    package = example()
    compilation = compiled(package, "crowdstrike")
    (document,) = compilation.documents
    assert document.name == "3cx-desktopapp.json"
    body = json.loads(document.text)
    assert list(body) == ["comment", "indicators"]
    assert package.digest().hex in body["comment"]
    items = body["indicators"]
    assert [item["value"] for item in items] == hexes(package)
    words = {"windows": "windows", "macos": "mac"}
    for item, entry in zip(items, package.entries, strict=True):
        assert set(item) - {"metadata"} == MEMBERS
        assert (item["type"], item["action"], item["severity"]) == ("sha256", "prevent", "high")
        assert item["platforms"] == [words[str(entry.platform)]]
        assert item.get("metadata", {"filename": ""}) == {"filename": entry.file_name}
        assert 1 <= len(item["source"]) <= 256
    assert losses_of(compilation) == [("left_out", "field", 0, EXAMPLE_RULES)]


def test_other_kinds_of_hashes_are_not_written() -> None:
    package = package_of([libblock.HashEntry(digest_of("a"), "authenticode")])
    compilation = compiled(package, "crowdstrike")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "hash_kind", 1, [])]


def test_hashes_of_no_platform_are_for_all() -> None:
    (item,) = indicators(numbered(1))
    assert item["platforms"] == ["windows", "mac", "linux"]


def test_the_state_is_the_action() -> None:
    for action in ("prevent", "prevent_no_ui"):
        settings = {"action": action}
        (item,) = indicators(numbered(1), state="enforce", settings=settings)
        assert item["action"] == action
        (item,) = indicators(numbered(1), state="audit", settings=settings)
        assert item["action"] == "detect"


def test_indicators_expire_with_the_package() -> None:
    (item,) = indicators(numbered(1, expires=instant(2026, 2, 3)))
    assert item["expiration"] == "2026-02-03T00:00:00Z"


def test_groups_and_severity() -> None:
    settings = {"groups": ", ".join(GROUPS), "severity": "critical"}
    (item,) = indicators(numbered(1), settings=settings)
    assert (item["host_groups"], item["severity"]) == (GROUPS, "critical")
    assert "applied_globally" not in item
    (item,) = indicators(numbered(1))
    assert item["applied_globally"] is True
    assert "host_groups" not in item


@pytest.mark.parametrize(
    "setting",
    [
        {"groups": "Servers"},
        {"groups": f"{GROUPS[0]},{'F' * 32}"},
        {"groups": "f" * 31},
        {"severity": "High"},
        {"action": "allow"},
    ],
)
def test_other_values_of_settings_are_refused(setting: dict[str, str]) -> None:
    with pytest.raises(libblock.InvalidValueError, match=next(iter(setting))):
        compiled(numbered(1), "crowdstrike", settings=setting)


def test_a_document_is_a_modest_call() -> None:
    package = numbered(5_000)
    documents = lossless(package, "crowdstrike")
    assert list(documents) == [f"many.{number:02}.json" for number in range(1, 26)]
    found = [
        [item["value"] for item in json.loads(text)["indicators"]] for text in documents.values()
    ]
    assert {len(each) for each in found} == {200}
    assert list(chain.from_iterable(found)) == hexes(package)


def test_hostile_names_stay_in_their_members() -> None:
    package = hostile_package()
    items = indicators(package)
    assert [item["value"] for item in items] == hexes(package)
    names = [shown(each.file_name) for each in package.entries]
    assert [item["metadata"]["filename"] for item in items] == names
    assert [item["description"] for item in items] == [f"{package.name}: {each}" for each in names]
    assert {frozenset(item) for item in items} == {frozenset({*MEMBERS, "metadata"})}
