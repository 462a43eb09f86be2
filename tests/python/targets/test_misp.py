"""MISP events and feeds, as PyMISP reads them. It takes values of any form, so that those are
checked here by the rules of MISP itself."""

import hashlib
import json
import re
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from exported import (
    EXAMPLE,
    HOSTILE_NAMES,
    HOSTILE_VALUES,
    entry_named,
    export,
    hashes_of,
    hostile_package,
    many,
    package_of,
    rule_of,
)

import libblock

pymisp = pytest.importorskip("pymisp")

# Source: app/Lib/Tools/AttributeValidationTool.php of github.com/MISP/MISP.
VALUES = {
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "authentihash": re.compile(r"[0-9a-f]{64}"),
    "filename|sha256": re.compile(r"[^|\n]+\|[0-9a-f]{64}"),
    "filename|authentihash": re.compile(r"[^|\n]+\|[0-9a-f]{64}"),
    "filename": re.compile(r"[^\n]+"),
    "link": re.compile(r"https?://[^\s]+"),
    "text": re.compile(r"(?s).+"),
    "comment": re.compile(r"(?s).+"),
}
HASHES = [name for name in VALUES if name.endswith(("sha256", "authentihash"))]


def read(text: str) -> Any:
    """An event that PyMISP takes, and MISP would."""
    document = json.loads(text)
    assert list(document) == ["Event"]
    event = pymisp.MISPEvent()
    event.load(text)
    inner = [each for item in event.objects for each in item.attributes]
    uuids = [event.uuid, *(each.uuid for each in [*event.attributes, *event.objects, *inner])]
    assert len(set(uuids)) == len(uuids)
    types = event.describe_types
    for each in [*event.attributes, *inner]:
        assert VALUES[each.type].fullmatch(each.value), each.value
        assert each.value == each.value.strip()
        assert each.type in types["category_type_mappings"][each.category]
    return event


def hashes_in(event: Any) -> list[str]:
    return [each.value.split("|")[-1] for each in event.attributes if each.type in HASHES]


def test_the_example_becomes_an_event(tmp_path: Path) -> None:
    exported = export(EXAMPLE, "misp", tmp_path)
    assert list(exported.documents) == ["3cx-desktopapp.misp.json"]
    event = read(exported.text)
    assert len(hashes_in(event)) == 8
    assert set(hashes_in(event)) == hashes_of(EXAMPLE)
    assert event.info == "3CX DesktopApp (version 5)"
    assert event.date.isoformat() == "2023-03-30"
    assert [each.name for each in event.tags] == ['libblock:state="enforce"', "supply-chain"]
    named = [each.value for each in event.attributes if each.type == "filename|sha256"]
    assert len(named) == 4
    assert any(each.startswith("3cxdesktopapp-18.12.407.msi|aa12") for each in named)
    (pe,) = event.objects
    (attribute,) = pe.attributes
    assert (attribute.object_relation, attribute.value, attribute.to_ids) == (
        "original-filename",
        "3CXDesktopApp.exe",
        True,
    )
    lost = {rule["rule"] for each in exported.losses for rule in each["rules"]}
    assert lost == {"3CXDesktopApp on linux", "3CXDesktopApp on macos"}
    assert set(exported.told()) == {("left_out", "field")}


def test_objects_follow_the_template_of_misp(tmp_path: Path) -> None:
    template = json.loads(
        (resources.files("pymisp") / "data/misp-objects/objects/pe/definition.json").read_text(
            encoding="utf-8"
        )
    )
    fields = [
        "original_filename",
        "internal_name",
        "product_name",
        "file_description",
        "company_name",
    ]
    rules = [
        rule_of((field, "equals", value), name=f"{field} {value}")
        for field in fields
        for value in HOSTILE_VALUES
    ]
    exported = export(package_of(rules=rules), "misp", tmp_path)
    event = read(exported.text)
    assert exported.losses == []
    assert len(event.objects) == len(rules)
    relations = set()
    for each in event.objects:
        assert (each.name, each.template_uuid) == (template["name"], template["uuid"])
        assert each["meta-category"] == template["meta-category"]
        assert each.description == template["description"]
        (attribute,) = each.attributes
        relation = template["attributes"][attribute.object_relation]
        assert attribute.type == relation["misp-attribute"]
        relations.add(attribute.object_relation)
    assert len(relations) == len(fields)
    assert {each.attributes[0].value for each in event.objects} == set(HOSTILE_VALUES)


def test_hostile_names_hide_nothing(tmp_path: Path) -> None:
    package = hostile_package()
    event = read(export(package, "misp", tmp_path).text)
    assert set(hashes_in(event)) == hashes_of(package)
    assert len(hashes_in(event)) == len(HOSTILE_NAMES)
    altered = [each for each in event.attributes if each.type == "sha256"]
    assert sorted(each.comment.split("\n")[0] for each in altered) == sorted(
        [" blank ends ", "a:b|c.exe", "zero\ufffdwidth.exe", "\ufffdgpj.exe"]
    )
    links = [each.value for each in event.attributes if each.type == "link"]
    assert links == ["https://example.com/a?b=c"]


def test_many_hashes_are_all_there(tmp_path: Path) -> None:
    package = many()
    event = read(export(package, "misp", tmp_path).text)
    assert len(hashes_in(event)) == 5_000
    assert set(hashes_in(event)) == hashes_of(package)


def test_both_kinds_of_hashes_have_their_types(tmp_path: Path) -> None:
    entries = [
        libblock.HashEntry("a" * 64),
        libblock.HashEntry("a" * 64, kind="authenticode"),
        entry_named("b.exe"),
        entry_named("c.exe", kind="authenticode"),
    ]
    event = read(export(package_of(entries), "misp", tmp_path).text)
    types = [each.type for each in event.attributes if each.type in HASHES]
    assert sorted(types) == sorted(HASHES)


def test_nothing_is_to_be_acted_on_in_audit(tmp_path: Path) -> None:
    rules = [rule_of(("original_filename", "equals", "a.exe"))]
    package = package_of([entry_named("a.exe")], rules)
    uuids = set()
    for state, acted_on in (("audit", False), ("enforce", True)):
        event = read(export(package, "misp", tmp_path, "--state", state).text)
        found = [each for each in event.attributes if each.type in HASHES]
        found += [each for item in event.objects for each in item.attributes]
        assert [each.to_ids for each in found] == [acted_on, acted_on]
        assert event.tags[0].name == f'libblock:state="{state}"'
        uuids.add(event.uuid)
    assert len(uuids) == 2


def test_a_feed_has_an_event_a_manifest_and_an_index(tmp_path: Path) -> None:
    package = hostile_package()
    package.add_rule(rule_of(("original_filename", "equals", "a|b.exe")))
    exported = export(package, "misp", tmp_path, "--set", "form=feed")
    manifest = json.loads(exported.documents.pop("manifest.json"))
    index = exported.documents.pop("hashes.csv")
    ((name, text),) = exported.documents.items()
    event = read(text)
    assert name == f"{event.uuid}.json"
    assert set(hashes_in(event)) == hashes_of(package)
    assert comparable(manifest) == comparable(event.manifest)
    lines = [line.split(",") for line in index.splitlines()]
    assert {uuid for _, uuid in lines} == {event.uuid}
    assert sorted(md5 for md5, _ in lines) == sorted(event.attributes_hashes("md5"))
    value = min(hashes_of(package))
    assert hashlib.md5(value.encode(), usedforsecurity=False).hexdigest() in index
    fed = event.to_feed()["Event"]
    assert {each["value"] for each in fed["Attribute"]} == {x.value for x in event.attributes}
    assert fed["published"] is True


def comparable(manifest: dict[str, Any]) -> dict[str, Any]:
    """PyMISP makes numbers of some texts, and says more of tags."""
    return {
        uuid: {
            **{key: str(value) for key, value in event.items() if key not in ("Orgc", "Tag")},
            "Orgc": event["Orgc"],
            "Tag": [{"name": each["name"], "colour": each["colour"]} for each in event["Tag"]],
        }
        for uuid, event in manifest.items()
    }


def test_file_names_have_no_platform(tmp_path: Path) -> None:
    rules = [
        rule_of(("file_name", "equals", "a.exe"), name="one"),
        rule_of(("file_name", "equals", "b"), platforms=["windows", "macos", "linux"], name="all"),
        rule_of(("file_name", "contains", "b"), name="operation"),
        rule_of(("product_name", "equals", "a"), ("company_name", "equals", "b"), name="two"),
    ]
    exported = export(package_of(rules=rules), "misp", tmp_path)
    event = read(exported.text)
    names = [each.value for each in event.attributes if each.type == "filename"]
    assert names == ["b", "a.exe"] or names == ["a.exe", "b"]
    told = {
        (each["kind"], each["reason"], rule["rule"])
        for each in exported.losses
        for rule in each["rules"]
    }
    assert told == {
        ("widened", "platform", "one"),
        ("left_out", "operation", "operation"),
        ("left_out", "several_criteria", "two"),
    }


@pytest.mark.parametrize("form", ["event", "feed"])
def test_rules_on_one_name_are_one_attribute(tmp_path: Path, form: str) -> None:
    rules = [
        rule_of(("file_name", "equals", "a.exe"), name="on windows"),
        rule_of(("file_name", "equals", "a.exe"), platforms=["linux"], name="on linux"),
        rule_of(("file_name", "equals", "b.exe"), name="other"),
    ]
    exported = export(package_of(rules=rules), "misp", tmp_path, "--set", f"form={form}")
    (text,) = (text for text in exported.documents.values() if text.startswith('{\n  "Event"'))
    found = [(each.value, each.comment) for each in read(text).attributes if each.to_ids]
    assert found == [("a.exe", "on windows\non linux"), ("b.exe", "other")]
