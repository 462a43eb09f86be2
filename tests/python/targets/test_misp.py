"""MISP events and feeds, as PyMISP reads them. It takes values of any form, so that those are
checked here by the rules of MISP itself."""

import hashlib
import json
import re
from importlib import resources
from typing import Any

import pytest
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
    shown,
    text_of,
    texts_of,
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


def test_the_example_becomes_an_event() -> None:
    compilation = compiled(example(), "misp")
    assert list(texts_of(compilation)) == ["3cx-desktopapp.misp.json"]
    event = read(text_of(compilation))
    assert len(hashes_in(event)) == 8
    assert set(hashes_in(event)) == set(hexes(example()))
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
    assert losses_of(compilation) == [
        ("left_out", "field", 0, [name]) for name in EXAMPLE_RULES[:2]
    ]


def test_objects_follow_the_template_of_misp() -> None:
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
        rule_of(f"{field} {value}", (field, "equals", value))
        for field in fields
        for value in HOSTILE_VALUES
    ]
    compilation = compiled(package_of(rules=rules), "misp")
    event = read(text_of(compilation))
    assert compilation.losses == ()
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


def test_hostile_names_hide_nothing() -> None:
    package = hostile_package()
    event = read(text_of(compiled(package, "misp")))
    assert set(hashes_in(event)) == set(hexes(package))
    assert len(hashes_in(event)) == len(HOSTILE_NAMES)
    altered = [each for each in event.attributes if each.type == "sha256"]
    # A value of two parts has no room for these as they are.
    assert sorted(each.comment.split("\n")[0] for each in altered) == sorted(
        shown(name)
        for name in HOSTILE_NAMES
        if "|" in name or name != name.strip() or name != shown(name)
    )
    assert {" blank ends ", "a:b|c.exe", "zero\ufffdwidth.exe", "\ufffdgpj.exe"} <= {
        each.comment.split("\n")[0] for each in altered
    }
    links = [each.value for each in event.attributes if each.type == "link"]
    assert links == ["https://example.com/a?b=c"]


def test_many_hashes_are_all_there() -> None:
    package = numbered(5_000)
    event = read(text_of(compiled(package, "misp")))
    assert len(hashes_in(event)) == 5_000
    assert set(hashes_in(event)) == set(hexes(package))


def test_both_kinds_of_hashes_have_their_types() -> None:
    entries = [
        libblock.HashEntry("a" * 64),
        libblock.HashEntry("a" * 64, kind="authenticode"),
        entry_named("b.exe"),
        entry_named("c.exe", kind="authenticode"),
    ]
    event = read(text_of(compiled(package_of(entries), "misp")))
    types = [each.type for each in event.attributes if each.type in HASHES]
    assert sorted(types) == sorted(HASHES)


def test_nothing_is_to_be_acted_on_in_audit() -> None:
    rules = [rule_of("rule", ("original_filename", "equals", "a.exe"))]
    package = package_of([entry_named("a.exe")], rules)
    uuids = set()
    for state, acted_on in (("audit", False), ("enforce", True)):
        event = read(text_of(compiled(package, "misp", state=state)))
        found = [each for each in event.attributes if each.type in HASHES]
        found += [each for item in event.objects for each in item.attributes]
        assert [each.to_ids for each in found] == [acted_on, acted_on]
        assert event.tags[0].name == f'libblock:state="{state}"'
        uuids.add(event.uuid)
    assert len(uuids) == 2


def test_a_feed_has_an_event_a_manifest_and_an_index() -> None:
    package = hostile_package()
    package.add_rule(rule_of("rule", ("original_filename", "equals", "a|b.exe")))
    texts = texts_of(compiled(package, "misp", settings={"form": "feed"}))
    manifest = json.loads(texts.pop("manifest.json"))
    index = texts.pop("hashes.csv")
    ((name, text),) = texts.items()
    event = read(text)
    assert name == f"{event.uuid}.json"
    assert set(hashes_in(event)) == set(hexes(package))
    assert comparable(manifest) == comparable(event.manifest)
    lines = [line.split(",") for line in index.splitlines()]
    assert {uuid for _, uuid in lines} == {event.uuid}
    assert sorted(md5 for md5, _ in lines) == sorted(event.attributes_hashes("md5"))
    value = min(set(hexes(package)))
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


def test_file_names_have_no_platform() -> None:
    rules = [
        rule_of("one", ("file_name", "equals", "a.exe")),
        rule_of("all", ("file_name", "equals", "b"), platforms=["windows", "macos", "linux"]),
        rule_of("operation", ("file_name", "contains", "b")),
        rule_of("two", ("product_name", "equals", "a"), ("company_name", "equals", "b")),
    ]
    compilation = compiled(package_of(rules=rules), "misp")
    event = read(text_of(compilation))
    names = [each.value for each in event.attributes if each.type == "filename"]
    assert names == ["b", "a.exe"] or names == ["a.exe", "b"]
    assert sorted(losses_of(compilation)) == [
        ("left_out", "operation", 0, ["operation"]),
        ("left_out", "several_criteria", 0, ["two"]),
        ("widened", "platform", 0, ["one"]),
    ]


@pytest.mark.parametrize("form", ["event", "feed"])
def test_rules_on_one_name_are_one_attribute(form: str) -> None:
    rules = [
        rule_of("on windows", ("file_name", "equals", "a.exe")),
        rule_of("on linux", ("file_name", "equals", "a.exe"), platforms=["linux"]),
        rule_of("other", ("file_name", "equals", "b.exe")),
    ]
    texts = texts_of(compiled(package_of(rules=rules), "misp", settings={"form": form}))
    (text,) = (text for text in texts.values() if text.startswith('{\n  "Event"'))
    found = [(each.value, each.comment) for each in read(text).attributes if each.to_ids]
    assert found == [("a.exe", "on windows\non linux"), ("b.exe", "other")]
