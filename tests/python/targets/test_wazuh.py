"""Wazuh: a list of keys and values, and the rule that looks hashes up in it."""

import re
from xml.etree import ElementTree

import pytest
import target_support as support
from target_support import package_of, rule_of

from libblock import Compilation, Error, HashEntry


def lists_of(compilation: Compilation) -> dict[str, dict[str, str]]:
    """Keys and values by the name of the list, read as Wazuh does: up to the first colon."""
    found = {}
    for each in compilation.documents:
        if each.name.endswith(".xml"):
            continue
        lines = each.text.removesuffix("\n").split("\n")
        pairs = [(line.partition(":")[0], line.partition(":")[2]) for line in lines]
        assert all(re.fullmatch("[0-9a-f]{64}", key) for key, _ in pairs)
        assert all(":" in line for line in lines)
        found[each.name] = dict(pairs)
        assert len(found[each.name]) == len(lines)
    return found


def rules_of(compilation: Compilation) -> list[ElementTree.Element]:
    """The rules, each of which names a list that is there."""
    rules = []
    for each in compilation.documents:
        if not each.name.endswith(".xml"):
            continue
        group = support.xml_of(each.text)
        assert group.tag == "group"
        (only,) = group
        (lookup,) = only.findall("list")
        assert lookup.attrib == {"field": "sha256", "lookup": "match_key"}
        assert (lookup.text or "").removeprefix("etc/lists/") in lists_of(compilation)
        assert only.findtext("if_sid") == "550, 554"
        assert "$(file)" in (only.findtext("description") or "")
        # Wazuh's own parser knows neither declarations nor entities.
        assert "<?" not in each.text
        assert "&" not in each.text
        rules.append(only)
    return rules


def test_of_3cx_all_hashes_are_keys() -> None:
    compilation = support.compiled(support.example(), "wazuh")
    (entries,) = lists_of(compilation).values()
    assert set(entries) == set(support.hexes(support.example()))
    assert "3cxdesktopapp-18.12.416.msi" in entries.values()
    (only,) = rules_of(compilation)
    assert 101_000 <= int(only.attrib["id"]) < 120_000
    assert only.attrib["level"] == "13"
    assert only.findtext("description") == ("File of the blocklist package 3CX DesktopApp: $(file)")
    assert support.lost_rules(compilation) == set(support.EXAMPLE_RULES)
    assert support.compiled(support.example(), "wazuh", state="enforce") == compilation


def test_authenticode_hashes_and_rules_are_left_out() -> None:
    package = package_of(
        [HashEntry(support.digest(0), kind="authenticode")],
        [rule_of("r", ("path", "equals", "C:\\x"))],
    )
    compilation = support.compiled(package, "wazuh")
    assert compilation.documents == ()
    assert support.lost_hexes(compilation) == set(support.hexes(package))
    assert support.lost_rules(compilation) == {"r"}


def test_each_package_has_its_rule() -> None:
    packages = [package_of([HashEntry(support.digest(0))], name=name) for name in ("A", "B")]
    compilation = support.compiled_group(packages, "audit", "wazuh", settings={"rule_id": "100100"})
    assert [each.attrib["id"] for each in rules_of(compilation)] == ["100100", "100101"]
    assert set(lists_of(compilation)) == {"libblock-a", "libblock-b"}
    with pytest.raises(Error, match="2 packages need as many ids"):
        support.compiled_group(packages, "audit", "wazuh", settings={"rule_id": "120000"})


def test_packages_exported_apart_have_ids_of_their_own() -> None:
    def id_of(name: str, number: int = 0) -> str:
        package = package_of([HashEntry(support.digest(number))], name=name)
        (only,) = rules_of(support.compiled(package, "wazuh"))
        return only.attrib["id"]

    ids = {name: id_of(name) for name in ("A", "B", "C", "3CX DesktopApp")}
    assert len(set(ids.values())) == len(ids)
    # It stays when the package changes, in a group too.
    assert id_of("A", 1) == ids["A"]
    packages = [package_of([HashEntry(support.digest(0))], name=name) for name in ids]
    together = rules_of(support.compiled_group(packages, "audit", "wazuh"))
    assert {each.attrib["id"] for each in together} == set(ids.values())


def test_in_one_export_no_two_rules_have_one_id() -> None:
    names = [f"package {i}" for i in range(400)]
    packages = [package_of([HashEntry(support.digest(0))], name=name) for name in names]
    alone = [rules_of(support.compiled(each, "wazuh"))[0].attrib["id"] for each in packages]
    assert len(set(alone)) < len(alone)  # by chance, as the remark says
    compilation = support.compiled_group(packages, "audit", "wazuh")
    texts = [each.text for each in compilation.documents if each.name.endswith(".xml")]
    ids = {support.xml_of(each)[0].attrib["id"] for each in texts}
    assert len(ids) == len(packages)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("rule_id", "99999"),
        ("rule_id", "120001"),
        ("rule_id", "1e5"),
        ("level", "0"),
        ("level", ""),
    ],
)
def test_numbers_are_checked(name: str, value: str) -> None:
    support.assert_refuses_setting("wazuh", name, value)


def test_hostile_texts_stay_texts() -> None:
    package = support.hostile_package(rules=support.hostile_rules())
    compilation = support.compiled(package, "wazuh")
    (entries,) = lists_of(compilation).values()
    assert set(entries) == set(support.hexes(package))
    assert all(":" not in each and '"' not in each for each in entries.values())
    (only,) = rules_of(compilation)
    assert (only.findtext("description") or "").count("$(") == 1
    assert support.lost_rules(compilation) == support.names_of(package.rules)


def test_many_hashes() -> None:
    package = support.numbered(5000)
    (entries,) = lists_of(support.compiled(package, "wazuh")).values()
    assert set(entries) == set(support.hexes(package))
    assert set(entries.values()) == {"many"}
    support.assert_deterministic(package, "wazuh")
