"""Sysmon: a configuration that stops the writing of what the package names, or records it."""

import pytest
import target_support as support
from target_support import package_of, rule_of

from libblock import Compilation, HashEntry

BLOCK, DETECT = "FileBlockExecutable", "FileExecutableDetected"


class Configuration:
    """A configuration as Sysmon reads it; making one checks its structure."""

    def __init__(self, compilation: Compilation) -> None:
        self.root = support.xml_of(support.text_of(compilation))
        assert self.root.tag == "Sysmon"
        self.schema = self.root.attrib["schemaversion"]
        assert [each.tag for each in self.root] == ["HashAlgorithms", "EventFiltering"]
        assert self.root[0].text == "SHA256"
        self.events = {}
        for group in self.root[1]:
            assert group.tag == "RuleGroup"
            assert group.attrib["groupRelation"] == "or"
            (event,) = group
            assert event.tag in {BLOCK, DETECT}
            assert event.attrib == {"onmatch": "include"}
            assert len(event) > 0
            self.events[group.attrib["name"]] = event

    def hashes(self, event: str = BLOCK) -> set[str]:
        found = [
            each.text or ""
            for parent in self.events.values()
            if parent.tag == event
            for each in parent.findall("Hashes")
            if each.attrib["condition"] == "contains"
        ]
        assert all(each.startswith("SHA256=") and len(each) == 71 for each in found)
        assert len(found) == len(set(found))
        return {each[7:].lower() for each in found}

    def rules(self) -> dict[str, list[tuple[str, str, str]]]:
        return {
            each.attrib["name"]: [(c.tag, c.attrib["condition"], c.text or "") for c in each]
            for parent in self.events.values()
            for each in parent.findall("Rule")
            if each.attrib["groupRelation"] == "and"
        }


def test_of_3cx_the_writing_is_stopped() -> None:
    compilation = support.compiled(support.example(), "sysmon")
    configuration = Configuration(compilation)
    assert configuration.schema == "4.82"
    assert configuration.hashes() == set(support.hexes(support.example()))
    assert configuration.hashes(DETECT) == set()
    assert len(support.loss_of(compilation, "cannot_match", "platform").entries) == 4
    installers = support.loss_of(compilation, "cannot_match", "engine").entries
    assert {each.file_name for each in installers} == {
        "3cxdesktopapp-18.12.407.msi",
        "3cxdesktopapp-18.12.416.msi",
    }
    assert support.loss_of(compilation, "narrowed", "engine").message == (
        "Sysmon stops a file from being written: one that is there already still runs"
    )
    assert support.lost_rules(compilation) == set(support.EXAMPLE_RULES)


def test_audit_records_and_blocks_nothing() -> None:
    compilation = support.compiled(support.example(), "sysmon", state="audit")
    configuration = Configuration(compilation)
    assert configuration.schema == "4.90"
    assert configuration.hashes(BLOCK) == set()
    assert configuration.hashes(DETECT) == set(support.hexes(support.example()))
    assert support.lost_hexes(compilation, "narrowed") == set()


def test_names_and_paths_are_those_of_the_written_file() -> None:
    package = package_of(
        rules=[
            rule_of("name", ("file_name", "equals", "evil.exe")),
            rule_of("path", ("path", "equals", "C:/Temp/evil.exe")),
            rule_of("both", ("path", "starts_with", "C:\\Temp\\"), ("path", "contains", "\\x\\")),
            rule_of("end", ("path", "ends_with", "\\evil.dll")),
            rule_of("other", ("original_filename", "equals", "evil.exe")),
            rule_of("pattern", ("path", "wildcard", "C:\\*\\evil.exe")),
        ]
    )
    compilation = support.compiled(package, "sysmon")
    assert Configuration(compilation).rules() == {
        "name": [("TargetFilename", "end with", "\\evil.exe")],
        "path": [("TargetFilename", "is", "C:\\Temp\\evil.exe")],
        "both": [
            ("TargetFilename", "begin with", "C:\\Temp\\"),
            ("TargetFilename", "contains", "\\x\\"),
        ],
        "end": [("TargetFilename", "end with", "\\evil.dll")],
    }
    assert support.lost_rules(compilation) == {"other", "pattern"}


@pytest.mark.parametrize("state", ["audit", "enforce"])
def test_hostile_texts_stay_texts(state: str) -> None:
    package = support.hostile_package(rules=support.hostile_rules())
    compilation = support.compiled(package, "sysmon", state=state)
    configuration = Configuration(compilation)
    event = DETECT if state == "audit" else BLOCK
    assert configuration.hashes(event) == set(support.hexes(package))
    assert list(configuration.events) == [package.name]
    lost = support.lost_rules(compilation)
    assert set(configuration.rules()) == support.names_of(package.rules) - lost
    assert len(configuration.rules()) >= 3


def test_many_hashes() -> None:
    package = support.numbered(5000)
    compilation = support.compiled(package, "sysmon")
    assert Configuration(compilation).hashes() == set(support.hexes(package))
    support.assert_deterministic(package, "sysmon")


def test_packages_share_a_configuration_each_in_its_state() -> None:
    audited = package_of([HashEntry(support.digest(0))], name="Audited")
    enforced = package_of([HashEntry(support.digest(1))], name="Enforced")
    states = {"Audited": "audit", "Enforced": "enforce"}
    compilation = support.compiled_group([audited, enforced], states, "sysmon")
    assert [each.name for each in compilation.documents] == ["blocklist.xml"]
    configuration = Configuration(compilation)
    assert configuration.schema == "4.90"
    assert configuration.hashes(DETECT) == set(support.hexes(audited))
    assert configuration.hashes(BLOCK) == set(support.hexes(enforced))
