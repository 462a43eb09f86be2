"""Indicators of Microsoft Defender for Endpoint, as the documentation of their import has them."""

import csv
import io
import json
from itertools import chain
from typing import Any

import pytest
from support import digest_of, instant
from target_support import (
    EXAMPLE_RULES,
    compiled,
    compiled_group,
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

#: As the sample spells them that the portal offers.
COLUMNS = [
    "IndicatorType",
    "IndicatorValue",
    "ExpirationTime",
    "Action",
    "Severity",
    "Title",
    "Description",
    "RecommendedActions",
    "RbacGroups",
    "Category",
    "MitreTechniques",
    "GenerateAlert",
]
JSON_MEMBERS = {
    "indicatorValue",
    "indicatorType",
    "title",
    "action",
    "severity",
    "description",
    "generateAlert",
}


def rows_of(text: str) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows = list(reader)
    assert reader.fieldnames == COLUMNS
    assert all(None not in row and None not in row.values() for row in rows)
    return rows


def items_of(text: str) -> list[dict[str, Any]]:
    document = json.loads(text)
    assert list(document) == ["Indicators"]
    items: list[dict[str, Any]] = document["Indicators"]
    return items


def test_the_example_package() -> None:
    package = example()
    compilation = compiled(package, "defender")
    (document,) = compilation.documents
    assert document.name == "3cx-desktopapp.csv"
    rows = rows_of(document.text)
    assert [row["IndicatorValue"] for row in rows] == hexes(package)
    assert {row["IndicatorType"] for row in rows} == {"FileSha256"}
    assert {row["Action"] for row in rows} == {"Block"}
    assert {row["Severity"] for row in rows} == {"High"}
    assert {row["GenerateAlert"] for row in rows} == {"True"}
    assert {row["ExpirationTime"] + row["RbacGroups"] for row in rows} == {""}
    assert rows[0]["Title"] == "3CX DesktopApp: 3CXDesktopApp-18.11.1213.dmg"
    assert package.digest().hex in rows[0]["Description"]
    assert losses_of(compilation) == [
        ("left_out", "field", 0, EXAMPLE_RULES),
        ("cannot_match", "engine", 2, []),
    ]
    installers = {each.file_name for each in compilation.losses[1].entries}
    assert installers == {"3cxdesktopapp-18.12.416.msi", "3cxdesktopapp-18.12.407.msi"}


def test_other_kinds_of_hashes_are_not_written() -> None:
    package = package_of(
        [libblock.HashEntry(digest_of("a"), "authenticode"), libblock.HashEntry(digest_of("b"))]
    )
    compilation = compiled(package, "defender")
    rows = rows_of(compilation.documents[0].text)
    assert [row["IndicatorValue"] for row in rows] == [digest_of("b").hex]
    assert losses_of(compilation) == [("left_out", "hash_kind", 1, [])]


@pytest.mark.parametrize(
    ("file_name", "platform", "lost"),
    [
        ("setup.msi", "windows", 1),
        ("SETUP.MSI", None, 1),
        ("setup.exe", "windows", 0),
        ("plugin.xyz", "windows", 0),
        ("setup.msi", "macos", 0),
        ("setup.dmg", None, 0),
        ("setup.dmg", "windows", 1),
        ("a.docx", "windows", 1),
        ("driver.sys", "windows", 0),
        ("msi", "windows", 0),
    ],
)
def test_what_is_no_executable_on_windows_is_reported(
    file_name: str, platform: str | None, lost: int
) -> None:
    entry = libblock.HashEntry(digest_of("a"), file_name=file_name, platform=platform)
    compilation = compiled(package_of([entry]), "defender")
    assert len(rows_of(compilation.documents[0].text)) == 1
    assert len(compilation.losses) == lost
    assert all(each.kind == "cannot_match" for each in compilation.losses)


def test_the_state_is_the_action() -> None:
    package = numbered(2)
    (text,) = lossless(package, "defender", state="audit").values()
    assert [row["Action"] for row in rows_of(text)] == ["Audit", "Audit"]
    for action in ("Block", "BlockAndRemediate", "Warn"):
        settings = {"action": action}
        enforced = compiled(package, "defender", state="enforce", settings=settings)
        told = [(str(each.kind), str(each.reason)) for each in enforced.losses]
        assert told == ([("narrowed", "state")] if action == "Warn" else [])
        text = enforced.documents[0].text
        assert {row["Action"] for row in rows_of(text)} == {action}
        (text,) = lossless(package, "defender", state="audit", settings=settings).values()
        assert {row["Action"] for row in rows_of(text)} == {"Audit"}


@pytest.mark.parametrize(("count", "sizes"), [(500, [500]), (501, [500, 1]), (1000, [500, 500])])
@pytest.mark.parametrize("form", ["csv", "json"])
def test_a_document_has_five_hundred_indicators(count: int, sizes: list[int], form: str) -> None:
    package = numbered(count)
    documents = lossless(package, "defender", settings={"form": form})
    several = [f"many.{number}.{form}" for number in range(1, len(sizes) + 1)]
    assert list(documents) == (several if len(sizes) > 1 else [f"many.{form}"])
    read = rows_of if form == "csv" else items_of
    key = "IndicatorValue" if form == "csv" else "indicatorValue"
    found = [[row[key] for row in read(text)] for text in documents.values()]
    assert [len(each) for each in found] == sizes
    assert list(chain.from_iterable(found)) == hexes(package)


def test_names_of_many_documents_sort_as_they_follow() -> None:
    names = list(lossless(numbered(5_001), "defender"))
    assert names == sorted(names)
    assert (names[0], names[-1]) == ("many.01.csv", "many.11.csv")


def test_no_other_package_has_the_name_of_a_document() -> None:
    packages = [numbered(501, "a"), numbered(1, "a 1", first=501), numbered(1, "a.2", first=502)]
    compilation = compiled_group(packages, "enforce", "defender")
    names = [each.name for each in compilation.documents]
    assert names == ["a.1.csv", "a.2.csv", "a-1.csv", "a-2.csv"]


def test_a_tenant_takes_fifteen_thousand() -> None:
    package = numbered(15_001)
    compilation = compiled(package, "defender")
    rows = [row for each in compilation.documents for row in rows_of(each.text)]
    assert [row["IndicatorValue"] for row in rows] == hexes(package)[:15_000]
    assert losses_of(compilation) == [("left_out", "limit", 1, [])]
    assert [each.sha256.hex for each in compilation.losses[0].entries] == hexes(package)[15_000:]


def test_installers_take_no_place_of_programs() -> None:
    found = hexes(numbered(15_010))
    package = libblock.Package("many")
    package.add_entries(
        libblock.HashEntry(each, file_name="a.msi" if number < 100 else "")
        for number, each in enumerate(found)
    )
    compilation = compiled(package, "defender")
    rows = [row for each in compilation.documents for row in rows_of(each.text)]
    assert len(rows) == 15_000
    assert {row["IndicatorValue"] for row in rows} >= set(found[100:])
    assert losses_of(compilation) == [
        ("left_out", "limit", 10, []),
        ("cannot_match", "engine", 90, []),
    ]


def test_a_tenant_takes_fifteen_thousand_of_all_packages_together() -> None:
    packages = [numbered(10_000, "a"), numbered(6_000, "b", first=10_000), numbered(1, "c")]
    compilation = compiled_group(packages, "enforce", "defender")
    rows = [row for each in compilation.documents for row in rows_of(each.text)]
    wanted = hexes(packages[0]) + hexes(packages[1])[:5_000]
    assert [row["IndicatorValue"] for row in rows] == wanted
    lost = {each.package: len(each.entries) for each in compilation.losses}
    assert lost == {"b": 1_000, "c": 1}
    message = "Microsoft Defender for Endpoint takes at most 15000 hashes of all packages together"
    assert {each.message for each in compilation.losses} == {message}


def test_indicators_expire_with_the_package() -> None:
    package = numbered(1, expires=instant(2026, 2, 3))
    (text,) = lossless(package, "defender").values()
    assert rows_of(text)[0]["ExpirationTime"] == "2026-02-03T00:00:00.0Z"
    (text,) = lossless(package, "defender", settings={"form": "json"}).values()
    assert items_of(text)[0]["expirationTime"] == "2026-02-03T00:00:00.0Z"


def test_the_form_of_the_interface() -> None:
    package = numbered(2)
    settings = {"form": "json", "severity": "Low", "action": "Warn"}
    text = compiled(package, "defender", settings=settings).documents[0].text
    for item, value in zip(items_of(text), hexes(package), strict=True):
        assert set(item) == JSON_MEMBERS
        assert (item["indicatorType"], item["indicatorValue"]) == ("FileSha256", value)
        assert (item["action"], item["severity"]) == ("Warn", "Low")
        assert item["generateAlert"] is True


def test_groups_and_severity() -> None:
    settings = {"groups": 'Servers, "Lab" , ', "severity": "Informational"}
    (text,) = lossless(numbered(1), "defender", settings=settings).values()
    (row,) = rows_of(text)
    assert (row["RbacGroups"], row["Severity"]) == ('Servers,"Lab"', "Informational")
    (text,) = lossless(numbered(1), "defender", settings={**settings, "form": "json"}).values()
    assert items_of(text)[0]["rbacGroupNames"] == ["Servers", '"Lab"']


@pytest.mark.parametrize(
    "setting", [{"form": "xml"}, {"action": "Allowed"}, {"severity": "high"}, {"groups": "a\nb"}]
)
def test_other_values_of_settings_are_refused(setting: dict[str, str]) -> None:
    with pytest.raises(libblock.InvalidValueError, match=next(iter(setting))):
        compiled(numbered(1), "defender", settings=setting)


def test_hostile_names_stay_in_their_cells() -> None:
    package = hostile_package()
    (text,) = lossless(package, "defender").values()
    rows = rows_of(text)
    assert text.count("\n") == len(rows) + 1
    assert [row["IndicatorValue"] for row in rows] == hexes(package)
    titles = [f"'{package.name}: {shown(each.file_name)}" for each in package.entries]
    assert [row["Title"] for row in rows] == titles
    assert not any(row[column][:1] in list("=+-@") for row in rows for column in COLUMNS)


def test_hostile_names_stay_in_their_members() -> None:
    package = hostile_package()
    (text,) = lossless(package, "defender", settings={"form": "json"}).values()
    items = items_of(text)
    titles = [f"{package.name}: {shown(each.file_name)}" for each in package.entries]
    assert [item["title"] for item in items] == titles
    assert {frozenset(item) for item in items} == {frozenset(JSON_MEMBERS)}
