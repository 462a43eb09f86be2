"""Windows App Control: policies that hold together and deny what the package names."""

import re
from xml.etree import ElementTree

import pytest
import target_support as support
from target_support import package_of, rule_of

from libblock import Compilation, HashEntry, Package

NAMESPACE = "{urn:schemas-microsoft-com:sipolicy}"
IDS = re.compile(r"ID_(DENY|ALLOW)_[A-Z][_A-Z0-9]*")
GUID = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
KERNEL, USER = "131", "12"
ALL_VERSIONS = ("0.0.0.0", "65535.65535.65535.65535")
ATTRIBUTES = ("Hash", "FileName", "InternalName", "FileDescription", "ProductName", "FilePath")


_FILE_RULE = {
    *("ID", "FriendlyName", "FileName", "InternalName", "FileDescription", "ProductName"),
    *("PackageFamilyName", "PackageVersion", "MinimumFileVersion", "MaximumFileVersion"),
    *("Hash", "AppIDs", "FilePath"),
}

#: What an element may hold by Microsoft's schema, cipolicy.xsd, as children and as attributes;
#: those that are not listed hold text alone.
FORM: dict[str, tuple[set[str], set[str]]] = {
    "SiPolicy": (
        {
            *("VersionEx", "PolicyTypeID", "PlatformID", "PolicyID", "BasePolicyID", "Rules"),
            *("EKUs", "FileRules", "Signers", "SigningScenarios", "UpdatePolicySigners"),
            *("CiSigners", "HvciOptions", "Settings", "Macros", "SupplementalPolicySigners"),
        },
        {"FriendlyName", "PolicyType"},
    ),
    "Rules": ({"Rule"}, set()),
    "Rule": ({"Option"}, set()),
    "FileRules": ({"Allow", "Deny", "FileAttrib"}, set()),
    "Allow": (set(), _FILE_RULE),
    "Deny": (set(), _FILE_RULE),
    "SigningScenarios": ({"SigningScenario"}, set()),
    "SigningScenario": (
        {"ProductSigners", "TestSigners", "TestSigningSigners"},
        {"ID", "FriendlyName", "Value", "InheritedScenarios", "MinimumHashAlgorithm"},
    ),
    "ProductSigners": ({"AllowedSigners", "DeniedSigners", "FileRulesRef"}, set()),
    "FileRulesRef": ({"FileRuleRef"}, {"Workaround"}),
    "FileRuleRef": (set(), {"RuleID"}),
    "Settings": ({"Setting"}, set()),
    "Setting": ({"Value"}, {"Provider", "Key", "ValueName"}),
    "Value": ({"Boolean", "DWord", "Binary", "String"}, set()),
}

#: Those of the options that the schema lists which a blocklist has a use for.
OPTIONS = {
    "Enabled:UMCI",
    "Enabled:Audit Mode",
    "Enabled:Unsigned System Integrity Policy",
    "Enabled:Update Policy No Reboot",
    "Enabled:Allow Supplemental Policies",
    "Disabled:Runtime FilePath Rule Protection",
    "Disabled:Script Enforcement",
}

#: How the schema wants the values of attributes.
VALUES = {
    "Hash": r"([0-9A-Fa-f]{2})+",
    "MinimumFileVersion": r"\d+(\.\d+){3}",
    "MaximumFileVersion": r"\d+(\.\d+){3}",
    "RuleID": r"ID_(ALLOW|DENY)_[A-Z][_A-Z0-9]*",
    "Value": r"\d{1,3}",
    "PolicyType": "(Base|Supplemental) Policy",
}


def check_form(element: ElementTree.Element) -> None:
    """An element and all in it must be what the schema lets in, in any order, once each."""
    name = element.tag.removeprefix(NAMESPACE)
    children, attributes = FORM.get(name, (set(), set()))
    held = [each.tag.removeprefix(NAMESPACE) for each in element]
    assert set(held) <= children, name
    assert set(element.attrib) <= attributes, name
    if name == "SiPolicy":
        assert len(held) == len(set(held))
        assert {"VersionEx", "PlatformID", "Rules"} <= set(held)
    if name == "Option":
        assert element.text in OPTIONS
    if name == "SigningScenario":
        assert re.fullmatch(r"ID_SIGNINGSCENARIO_[A-Z][_A-Z0-9]*", element.attrib["ID"])
    for attribute, value in element.attrib.items():
        assert re.fullmatch(VALUES.get(attribute, "(?s).*"), value), attribute
    for each in element:
        check_form(each)


class Policy:
    """A policy as an engine reads it; making one checks that it holds together."""

    def __init__(self, text: str) -> None:
        self.root = support.xml_of(text)
        assert self.root.tag == NAMESPACE + "SiPolicy"
        check_form(self.root)
        self.options = [each.text for each in self.all("Option")]
        self.rules = {each.attrib["ID"]: each for each in self.one("FileRules")}
        assert len(self.rules) == len(self.one("FileRules")), "an id is there twice"
        self.scenarios = {
            each.attrib["Value"]: [
                ref.attrib["RuleID"] for ref in each.iter() if "RuleID" in ref.attrib
            ]
            for each in self.all("SigningScenario")
        }
        self.check()

    def all(self, name: str) -> list[ElementTree.Element]:
        return list(self.root.iter(NAMESPACE + name))

    def one(self, name: str) -> ElementTree.Element:
        (only,) = self.all(name)
        return only

    @property
    def id(self) -> str:
        return self.one("PolicyID").text or ""

    def check(self) -> None:
        assert set(self.scenarios) == {KERNEL, USER}
        assert all(len(each) > 0 for each in self.all("FileRulesRef"))
        for references in self.scenarios.values():
            assert len(references) == len(set(references))
            assert set(references) <= set(self.rules), "a reference leads nowhere"
        used = {each for references in self.scenarios.values() for each in references}
        assert used == set(self.rules), "a rule that nothing refers to does nothing"
        for name, each in self.rules.items():
            assert IDS.fullmatch(name)
            assert sum(attribute in each.attrib for attribute in ATTRIBUTES) == 1
            assert name in self.scenarios[USER] or each.tag == NAMESPACE + "Allow"
        assert GUID.fullmatch(self.id)
        assert self.one("BasePolicyID").text == self.id
        assert re.fullmatch(r"\d+\.\d+\.\d+\.\d+", self.one("VersionEx").text or "")
        assert "Enabled:UMCI" in self.options
        assert "Enabled:Unsigned System Integrity Policy" in self.options

    def denied(self, attribute: str, scenario: str = USER) -> set[str]:
        return {
            self.rules[each].attrib[attribute]
            for each in self.scenarios[scenario]
            if self.rules[each].tag == NAMESPACE + "Deny" and attribute in self.rules[each].attrib
        }

    def allows_everything(self, scenario: str) -> bool:
        return any(
            self.rules[each].tag == NAMESPACE + "Allow"
            and self.rules[each].attrib.get("FileName") == "*"
            for each in self.scenarios[scenario]
        )


def policies(compilation: Compilation) -> list[Policy]:
    return [Policy(each.text) for each in compilation.documents]


def compiled(package: Package, **settings: str) -> Policy:
    (only,) = policies(support.compiled(package, "wdac", settings=settings))
    return only


def hashes(policy: Policy, scenario: str = USER) -> set[str]:
    return {each.lower() for each in policy.denied("Hash", scenario)}


def test_of_3cx_the_original_filename_is_denied() -> None:
    policy = compiled(support.example())
    for scenario in (KERNEL, USER):
        assert policy.denied("FileName", scenario) == {"3CXDesktopApp.exe"}
        assert policy.allows_everything(scenario)
        assert hashes(policy, scenario) == set()
    (deny,) = policy.all("Deny")
    bounds = (deny.attrib["MinimumFileVersion"], deny.attrib["MaximumFileVersion"])
    assert bounds == ALL_VERSIONS


def test_of_3cx_eight_file_hashes_cannot_match() -> None:
    compilation = support.compiled(support.example(), "wdac")
    lost = {
        each.message: sorted(entry.file_name for entry in each.entries)
        for each in compilation.losses
        if each.entries
    }
    assert lost == {
        "Windows App Control knows PE files by their Authenticode hash, which the hash of the "
        "whole file never equals: take the Authenticode hashes of the samples if they are at hand, "
        "or a rule on the Original Filename": ["", ""],
        "by their names these are no PE files but installers, archives or documents, and that "
        "Windows App Control decides on their file hashes is not documented: take the Authenticode "
        "hashes of the programs in them": [
            "3cxdesktopapp-18.12.407.msi",
            "3cxdesktopapp-18.12.416.msi",
        ],
        "they are labelled for macos, and not expected where Windows App Control runs": [
            "",
            "",
            "3CXDesktopApp-18.11.1213.dmg",
            "3cxdesktopapp-latest.dmg",
        ],
    }
    # Nothing is said to stand in the documents that is left out of them.
    assert {str(each.kind) for each in compilation.losses} == {"left_out"}
    assert support.lost_rules(compilation) == {
        "3CXDesktopApp on macos",
        "3CXDesktopApp on linux",
    }
    support.assert_accounts(support.example(), compilation, set())


def test_authenticode_hashes_are_denied_in_both_scenarios() -> None:
    entries = [HashEntry(support.digest(i), kind="authenticode") for i in range(3)]
    neighbour = HashEntry(support.digest(0), kind="file", file_name="x.exe")
    policy = compiled(package_of([*entries, neighbour]))
    expected = {str(each.sha256) for each in entries}
    assert hashes(policy, KERNEL) == hashes(policy, USER) == expected
    assert all(each == each.upper() for each in policy.denied("Hash"))


def test_scripts_alone_are_denied_by_their_file_hash() -> None:
    names = ["run.PS1", "x.vbs", "x.exe", "x.bat", "x.ps1.exe", "", "ps1"]
    entries = [
        HashEntry(support.digest(i), file_name=name, platform=None) for i, name in enumerate(names)
    ]
    entries.append(HashEntry(support.digest(99), file_name="x.ps1", platform="linux"))
    compilation = support.compiled(package_of(entries), "wdac")
    (policy,) = policies(compilation)
    scripts = {str(each.sha256) for each in entries[:2]}
    assert hashes(policy, USER) == scripts
    assert hashes(policy, KERNEL) == set()
    assert support.lost_hexes(compilation, "narrowed") == scripts
    support.assert_accounts(package_of(entries), compilation, scripts)


def test_a_digest_of_both_kinds_has_two_rules() -> None:
    both = [
        HashEntry(support.digest(1), kind="file", file_name="x.ps1"),
        HashEntry(support.digest(1), kind="authenticode"),
    ]
    assert len(compiled(package_of(both)).all("Deny")) == 2


def test_each_field_has_its_attribute() -> None:
    fields = {
        "original_filename": "FileName",
        "internal_name": "InternalName",
        "file_description": "FileDescription",
        "product_name": "ProductName",
    }
    policy = compiled(
        package_of(rules=[rule_of(each, (each, "equals", f"a {each}")) for each in fields])
    )
    for field, attribute in fields.items():
        for scenario in (KERNEL, USER):
            assert policy.denied(attribute, scenario) >= {f"a {field}"}
    for deny in policy.all("Deny"):
        assert (
            deny.attrib["MinimumFileVersion"],
            deny.attrib["MaximumFileVersion"],
        ) == ALL_VERSIONS


@pytest.mark.parametrize(
    ("operation", "value", "pattern"),
    [
        ("equals", "C:/Temp/evil.exe", "C:\\Temp\\evil.exe"),
        ("starts_with", "C:\\Temp\\", "C:\\Temp\\*"),
        ("ends_with", "\\evil.exe", "*\\evil.exe"),
        ("wildcard", "**\\evil.exe", "*\\evil.exe"),
        ("wildcard", "C:\\Temp\\**", "C:\\Temp\\*"),
        ("wildcard", "C:\\Temp\\evil.exe", "C:\\Temp\\evil.exe"),
    ],
)
def test_paths_are_denied_in_user_mode(operation: str, value: str, pattern: str) -> None:
    policy = compiled(package_of(rules=[rule_of("r", ("path", operation, value))]))
    assert policy.denied("FilePath", USER) == {pattern}
    assert policy.denied("FilePath", KERNEL) == set()
    assert "Disabled:Runtime FilePath Rule Protection" in policy.options


@pytest.mark.parametrize(
    ("operation", "value", "loss"),
    [
        ("equals", "C:\\Windows\\System32\\drivers\\evil.SYS", "cannot_match"),
        ("ends_with", "\\evil.sys", "cannot_match"),
        ("starts_with", "C:\\Temp\\", "narrowed"),
        ("equals", "C:\\Temp\\evil.exe", ""),
    ],
)
def test_paths_stop_no_drivers(operation: str, value: str, loss: str) -> None:
    package = package_of(rules=[rule_of("r", ("path", operation, value))])
    compilation = support.compiled(package, "wdac")
    told = [(str(each.kind), str(each.reason)) for each in compilation.losses]
    assert told == ([(loss, "engine")] if loss else [])
    assert all("drivers" in each.message for each in compilation.losses)
    (policy,) = policies(compilation)
    assert len(policy.denied("FilePath", USER)) == 1


def test_a_star_that_stops_at_a_folder_leads_to_two() -> None:
    package = package_of(rules=[rule_of("r", ("path", "wildcard", "C:\\Temp\\*"))])
    lost = support.loss_of(support.compiled(package, "wdac"), "left_out", "value")
    assert "stops at a folder" in lost.message
    assert "C:\\Temp\\**" in lost.message


def test_the_option_on_paths_is_there_for_paths_alone() -> None:
    option = "Disabled:Runtime FilePath Rule Protection"
    path = rule_of("path", ("path", "wildcard", "C:\\*\\a.exe"))  # which no policy can say
    name = rule_of("name", ("original_filename", "equals", "a.exe"))
    assert option not in compiled(package_of(rules=[path, name])).options
    good = rule_of("good", ("path", "equals", "C:\\a.exe"))
    policy = compiled(package_of(rules=[good, name, rule_of("r", ("path", "equals", "C:\\b.exe"))]))
    assert policy.options.count(option) == 1


def test_a_policy_for_merging_is_not_taken_for_one_that_stands_alone() -> None:
    package = support.example()
    safe = support.compiled(package, "wdac")
    merge = support.compiled(package, "wdac", settings={"allow": "none"})
    (safe_policy,), (policy,) = policies(safe), policies(merge)
    assert policy.all("Allow") == []
    assert policy.id != safe_policy.id
    assert [each.name for each in merge.documents] == ["3cx-desktopapp.merge.xml"]
    assert [each.name for each in safe.documents] == ["3cx-desktopapp.xml"]
    text = support.text_of(merge)
    assert "<!-- Only for merging into an allowlist." in text
    assert "only for merging)" in text
    assert "merging" not in support.text_of(safe)
    lost = support.loss_of(merge, "widened", "engine")
    assert "deployed alone, they stop everything" in lost.message
    assert not lost.entries
    assert not [each for each in safe.losses if str(each.kind) == "widened"]
    empty = package_of([HashEntry(support.digest(0))])
    nothing = support.compiled(empty, "wdac", settings={"allow": "none"})
    assert {str(each.kind) for each in nothing.losses} == {"left_out"}


def test_policies_for_merging_are_numbered_too() -> None:
    compilation = support.compiled(
        support.numbered(10_001, kind="authenticode"), "wdac", settings={"allow": "none"}
    )
    names = [each.name for each in compilation.documents]
    assert names == ["many.merge.xml", "many.merge.2.xml"]


@pytest.mark.parametrize(
    ("criteria", "reason"),
    [
        # A star alone would deny everything.
        ([("original_filename", "equals", "*")], "value"),
        ([("original_filename", "equals", "a?.exe")], "value"),
        ([("path", "wildcard", "C:\\*\\evil.exe")], "value"),
        ([("path", "wildcard", "**evil**")], "value"),
        ([("path", "wildcard", "**")], "value"),
        ([("path", "equals", "C:\\a*.exe")], "value"),
        ([("original_filename", "contains", "evil")], "operation"),
        ([("publisher", "equals", "Evil Ltd")], "field"),
        (
            [("original_filename", "equals", "a"), ("product_name", "equals", "b")],
            "several_criteria",
        ),
    ],
)
def test_what_no_rule_can_say_is_left_out(
    criteria: list[tuple[str, str, str]], reason: str
) -> None:
    compilation = support.compiled(package_of(rules=[rule_of("r", *criteria)]), "wdac")
    assert compilation.documents == ()
    assert [str(each.reason) for each in compilation.losses] == [reason]
    assert support.lost_rules(compilation) == {"r"}


def test_audit_is_an_option_of_a_policy_of_its_own() -> None:
    audit, enforce = (
        policies(support.compiled(support.example(), "wdac", state=state))[0]
        for state in ("audit", "enforce")
    )
    assert "Enabled:Audit Mode" in audit.options
    assert "Enabled:Audit Mode" not in enforce.options
    assert audit.id != enforce.id
    assert audit.denied("FileName") == enforce.denied("FileName")


def test_a_policy_keeps_its_id_and_raises_its_version() -> None:
    package = support.example()
    before = compiled(package)
    package.version = package.version + 70000
    package.add_entries([HashEntry(support.digest(1), kind="authenticode")])
    after = compiled(package)
    assert after.id == before.id
    assert before.one("VersionEx").text == "1.0.0.5"
    assert after.one("VersionEx").text == "1.0.1.4469"
    assert compiled(package_of(package.entries, package.rules, "Other")).id != before.id


def test_settings_change_what_they_say() -> None:
    package = package_of(rules=[rule_of("r", ("path", "equals", "C:\\a.exe"))])
    merged = compiled(package, allow="none", script_enforcement="off")
    assert merged.all("Allow") == []
    assert "Disabled:Script Enforcement" in merged.options
    assert "Disabled:Runtime FilePath Rule Protection" not in merged.options
    assert "Disabled:Script Enforcement" not in compiled(package).options
    support.assert_refuses_setting("wdac", "allow", "some")


def test_hostile_texts_stay_texts() -> None:
    package = support.hostile_package(rules=support.hostile_rules(), kind="authenticode")
    compilation = support.compiled(package, "wdac")
    (policy,) = policies(compilation)
    assert hashes(policy) == set(support.hexes(package))
    written = {
        each.criteria[0].value.replace("/", "\\")
        for each in package.rules
        if each.name not in support.lost_rules(compilation)
    }
    values = policy.denied("FileName") | policy.denied("FilePath")
    assert {each.replace("/", "\\") for each in values} == written
    assert len(written) >= 3
    # Beside those, each rule is among the losses.
    assert len(policy.all("Deny")) == len(package.entries) + len(package.rules) - len(
        support.lost_rules(compilation)
    )


def test_many_hashes_stand_in_one_policy_and_more_in_several() -> None:
    package = support.numbered(5000, kind="authenticode")
    assert hashes(compiled(package)) == set(support.hexes(package))
    support.assert_deterministic(package, "wdac")

    package = support.numbered(10_001, kind="authenticode")
    compilation = support.compiled(package, "wdac")
    assert [each.name for each in compilation.documents] == ["many.xml", "many.2.xml"]
    first, second = policies(compilation)
    assert (len(first.all("Deny")), len(second.all("Deny"))) == (10_000, 1)
    assert hashes(first) | hashes(second) == set(support.hexes(package))
    assert first.id != second.id
    assert second.allows_everything(KERNEL)
    assert second.allows_everything(USER)


@pytest.mark.parametrize("state", ["audit", "enforce"])
def test_policies_of_hostile_packages_have_the_form_of_the_schema(state: str) -> None:
    package = support.hostile_package(rules=support.hostile_rules(), kind="authenticode")
    for each in policies(support.compiled(package, "wdac", state=state)):
        assert len(each.rules) > 50


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("<EKUs />", "<EKUs /><EKUs />"),
        ("<EKUs />", "<Eku />"),
        ("Enabled:UMCI", "Enabled:Umci"),
        ('FriendlyName="All drivers"', 'Friendlyname="All drivers"'),
        ("<HvciOptions>0</HvciOptions>", "<HvciOptions><DWord>0</DWord></HvciOptions>"),
        ('PolicyType="Base Policy"', 'PolicyType="Base"'),
    ],
)
def test_another_form_is_noticed(good: str, bad: str) -> None:
    text = support.text_of(support.compiled(support.example(), "wdac"))
    Policy(text)
    with pytest.raises(AssertionError):
        Policy(text.replace(good, bad, 1))
    assert good in text
