"""Santa: the same rules in its three carriers, each by its own constraints."""

import json
import plistlib
import re
import uuid
from typing import Any

import pytest
import target_support as support
from target_support import package_of, rule_of

from libblock import Compilation, HashEntry, Package

FORMS = ["import", "mobileconfig", "sync"]
REQUIRED = {"identifier", "rule_type", "policy"}
OPTIONAL = {"import": {"custom_msg", "comment"}, "sync": {"custom_msg"}}
OPTIONAL["mobileconfig"] = OPTIONAL["import"]


def rules_of(compilation: Compilation, form: str) -> list[dict[str, Any]]:
    """The rules of the only document, of which the carrier would take each."""
    text = support.text_of(compilation)
    (name,) = [each.name for each in compilation.documents]
    if form == "mobileconfig":
        assert name.endswith(".mobileconfig")
        rules = static_rules(text)
    else:
        assert name.endswith(".sync.json" if form == "sync" else ".json")
        document = json.loads(text)
        assert set(document) == {"rules"}
        rules = document["rules"]
    for each in rules:
        assert set(each) >= REQUIRED
        assert set(each) <= REQUIRED | OPTIONAL[form]
        assert re.fullmatch("[0-9a-f]{64}", each["identifier"])
        assert each["rule_type"] == "BINARY"
        assert each["policy"] in {"BLOCKLIST", "SILENT_BLOCKLIST"}
        assert all(isinstance(value, str) for value in each.values())
    identifiers = [each["identifier"] for each in rules]
    assert len(identifiers) == len(set(identifiers))
    return rules


def static_rules(text: str) -> list[dict[str, Any]]:
    profile = plistlib.loads(text.encode(), fmt=plistlib.FMT_XML)
    (payload,) = profile["PayloadContent"]
    assert profile["PayloadType"] == "Configuration"
    assert profile["PayloadScope"] == "System"
    assert payload["PayloadType"] == "com.northpolesec.santa"
    for each in (profile, payload):
        assert each["PayloadVersion"] == 1
        assert str(uuid.UUID(each["PayloadUUID"])) == each["PayloadUUID"]
        assert each["PayloadIdentifier"]
        assert each["PayloadDisplayName"]
    assert profile["PayloadUUID"] != payload["PayloadUUID"]
    assert profile["PayloadIdentifier"] != payload["PayloadIdentifier"]
    rules = payload["StaticRules"]
    assert isinstance(rules, list)
    return rules


def compiled(package: Package, form: str, **settings: str) -> Compilation:
    return support.compiled(package, "santa", settings={"form": form, **settings})


def identifiers(compilation: Compilation, form: str) -> set[str]:
    return {each["identifier"] for each in rules_of(compilation, form)}


@pytest.mark.parametrize("form", FORMS)
def test_of_3cx_all_hashes_are_written(form: str) -> None:
    compilation = compiled(support.example(), form)
    assert identifiers(compilation, form) == set(support.hexes(support.example()))
    entries = {str(each.sha256): each for each in support.example().entries}
    foreign = support.loss_of(compilation, "cannot_match", "platform")
    assert {str(each.sha256) for each in foreign.entries} == {
        digits for digits, each in entries.items() if str(each.platform) == "windows"
    }
    images = support.loss_of(compilation, "cannot_match", "engine")
    assert [each.file_name for each in images.entries] == [
        "3CXDesktopApp-18.11.1213.dmg",
        "3cxdesktopapp-latest.dmg",
    ]
    assert "Mach-O" in images.message
    assert support.lost_rules(compilation) == set(support.EXAMPLE_RULES)


@pytest.mark.parametrize("form", FORMS)
def test_audit_writes_nothing(form: str) -> None:
    compilation = support.compiled(
        support.example(), "santa", state="audit", settings={"form": form}
    )
    assert compilation.documents == ()
    lost = support.loss_of(compilation, "left_out", "state")
    assert (len(lost.entries), len(lost.rules)) == (8, 3)
    assert lost.message == "Santa has no audit: what it is given, it blocks"


def test_comments_name_the_file_but_not_for_sync_servers() -> None:
    package = package_of([HashEntry(support.digest(0), file_name="evil")])
    for form in ("import", "mobileconfig"):
        (only,) = rules_of(compiled(package, form), form)
        assert only["comment"] == "3CX DesktopApp: evil"
    (only,) = rules_of(compiled(package, "sync"), "sync")
    assert set(only) == REQUIRED


@pytest.mark.parametrize("form", FORMS)
def test_settings_say_what_the_person_sees(form: str) -> None:
    package = package_of([HashEntry(support.digest(0))])
    (only,) = rules_of(
        compiled(package, form, policy="SILENT_BLOCKLIST", message='Ask "IT" <&> ]]>'), form
    )
    assert only["policy"] == "SILENT_BLOCKLIST"
    assert only["custom_msg"] == 'Ask "IT" <&> ]]>'
    support.assert_refuses_setting("santa", "form", "xml")
    support.assert_refuses_setting("santa", "policy", "ALLOWLIST")


def test_what_santa_does_not_compare_is_left_out() -> None:
    package = package_of(
        [HashEntry(support.digest(0), kind="authenticode")],
        [rule_of("r", ("path", "equals", "/tmp/evil"), platforms=["macos"])],
    )
    compilation = compiled(package, "import")
    assert compilation.documents == ()
    assert support.lost_hexes(compilation) == set(support.hexes(package))
    assert support.lost_rules(compilation) == {"r"}


@pytest.mark.parametrize("form", FORMS)
def test_hostile_texts_stay_texts(form: str) -> None:
    package = support.hostile_package(rules=support.hostile_rules(), platform="macos")
    compilation = compiled(package, form)
    assert identifiers(compilation, form) == set(support.hexes(package))
    assert support.lost_rules(compilation) == support.names_of(package.rules)


@pytest.mark.parametrize("form", FORMS)
def test_static_rules_alone_have_a_limit(form: str) -> None:
    package = support.numbered(5000)
    compilation = compiled(package, form)
    written = identifiers(compilation, form)
    support.assert_accounts(package, compilation, written)
    if form == "mobileconfig":
        assert len(written) == 3000
        assert "form=import" in support.loss_of(compilation, "left_out", "limit").message
    else:
        assert compilation.losses == ()
    assert compilation == compiled(package, form)


def test_what_is_never_decided_on_takes_no_place_of_what_is() -> None:
    programs = [HashEntry(support.digest(i), file_name="evil") for i in range(2990)]
    names = ("a.dmg", "b.pkg", "c.exe", "d.zip")
    others = [HashEntry(support.digest(i), file_name=names[i % 4]) for i in range(3000, 3010)]
    foreign = [HashEntry(support.digest(i), platform="windows") for i in range(4000, 4010)]
    package = package_of([*programs, *others, *foreign], name="First")
    compilation = compiled(package, "mobileconfig")
    written = identifiers(compilation, "mobileconfig")
    assert len(written) == 3000
    assert written >= {str(each.sha256) for each in programs}
    support.assert_accounts(package, compilation, written)
    idle = [HashEntry(support.digest(i), platform="linux") for i in range(5000, 8000)]
    behind = package_of(idle, name="Before")
    both = support.compiled_group(
        [behind, package], "enforce", "santa", settings={"form": "mobileconfig"}
    )
    together = identifiers(both, "mobileconfig")
    assert len(together) == 3000
    assert together >= {str(each.sha256) for each in programs}


def test_static_rules_of_several_packages_are_in_one_profile() -> None:
    first = package_of([HashEntry(support.digest(i)) for i in (0, 1)], name="First")
    second = package_of([HashEntry(support.digest(i)) for i in (1, 2)], name="Second")
    settings = {"form": "mobileconfig"}
    together = support.compiled_group([first, second], "enforce", "santa", settings=settings)
    assert [each.name for each in together.documents] == ["blocklist.mobileconfig"]
    assert identifiers(together, "mobileconfig") == set(support.hexes(first)) | set(
        support.hexes(second)
    )
    apart = support.compiled_group([first, second], "enforce", "santa")
    assert [each.name for each in apart.documents] == ["first.json", "second.json"]
