"""AppLocker: policies that deny what the package names and stop nothing else."""

import uuid

import pytest
import target_support as support
from target_support import package_of, rule_of

from libblock import Compilation, HashEntry, Package, find_target

COLLECTIONS = {"Exe", "Dll", "Msi", "Script", "Appx"}


class Policy:
    """A policy as an engine reads it; making one checks its structure."""

    def __init__(self, text: str) -> None:
        self.root = support.xml_of(text)
        assert (self.root.tag, self.root.attrib) == ("AppLockerPolicy", {"Version": "1"})
        self.collections = {each.attrib["Type"]: each for each in self.root}
        assert len(self.collections) == len(self.root), "a collection is there twice"
        assert set(self.collections) <= COLLECTIONS
        self.check()

    def check(self) -> None:
        rules = [each for collection in self.root for each in collection]
        ids = [each.attrib["Id"] for each in rules]
        assert len(ids) == len(set(ids))
        for each in rules:
            assert str(uuid.UUID(each.attrib["Id"])) == each.attrib["Id"]
            assert 1 <= len(each.attrib["Name"]) <= 1024
            assert len(each.attrib["Description"]) <= 1024
            assert each.attrib["UserOrGroupSid"] == "S-1-1-0"
            (conditions,) = each
            (condition,) = conditions
            assert (conditions.tag, condition.tag) == (
                "Conditions",
                each.tag.replace("Rule", "Condition"),
            )
        for name, collection in self.collections.items():
            assert self.allows_everything(name), "what no rule allows is stopped"
            assert len(collection) > 1 or name == "Appx"
        # Rules for executables stop packaged apps that no rule allows.
        assert ("Appx" in self.collections) == ("Exe" in self.collections)

    def allows_everything(self, name: str) -> bool:
        condition = ".//FilePublisherCondition" if name == "Appx" else ".//FilePathCondition"
        return any(
            each.attrib["Action"] == "Allow" and set(found.attrib.values()) == {"*"}
            for each in self.collections[name]
            for found in each.findall(condition)
        )

    @property
    def modes(self) -> set[str]:
        return {each.attrib["EnforcementMode"] for each in self.root}

    def hashes(self, name: str, kind: str = "SHA256") -> set[str]:
        found = [
            each.attrib["Data"]
            for each in self.collections.get(name, ())
            if each.attrib["Action"] == "Deny"
            for each in each.iter("FileHash")
            if each.attrib["Type"] == kind
        ]
        assert all(each.startswith("0x") and len(each) == 66 for each in found)
        assert len(found) == len(set(found))
        return {each[2:] for each in found}

    def denied(self, name: str, condition: str) -> list[dict[str, str]]:
        return [
            dict(found.attrib)
            for each in self.collections.get(name, ())
            if each.attrib["Action"] == "Deny"
            for found in each.iter(condition)
        ]


def policy_of(compilation: Compilation) -> Policy:
    return Policy(support.text_of(compilation))


def compiled(package: Package, **settings: str) -> Policy:
    return policy_of(support.compiled(package, "applocker", settings=settings))


def test_of_3cx_signed_files_of_the_name_are_denied() -> None:
    compilation = support.compiled(support.example(), "applocker")
    policy = policy_of(compilation)
    assert set(policy.collections) == {"Exe", "Appx"}
    assert policy.denied("Exe", "FilePublisherCondition") == [
        {"PublisherName": "*", "ProductName": "*", "BinaryName": "3CXDESKTOPAPP.EXE"}
    ]
    assert policy.hashes("Exe") == set()
    narrowed = support.loss_of(compilation, "narrowed", "engine")
    assert narrowed.message == (
        "AppLocker reads Original Filename and product of signed files alone: an unsigned one runs"
    )
    assert [each.rule for each in narrowed.rules] == ["3CXDesktopApp on windows"]
    assert len(support.loss_of(compilation, "left_out", "hash_kind").entries) == 8


def test_of_3cx_file_hashes_are_written_if_asked_for() -> None:
    compilation = support.compiled(
        support.example(), "applocker", settings={"flat_hashes": "sha256flat"}
    )
    policy = policy_of(compilation)
    named_msi = {
        str(each.sha256) for each in support.example().entries if each.file_name.endswith(".msi")
    }
    assert policy.hashes("Msi", "SHA256Flat") == named_msi
    # What the name does not tell may be a program or a library.
    others = set(support.hexes(support.example())) - named_msi
    assert policy.hashes("Exe", "SHA256Flat") == policy.hashes("Dll", "SHA256Flat") == others
    assert policy.hashes("Exe") == set()
    assert "not documented" in support.loss_of(compilation, "narrowed", "hash_kind").message
    support.assert_refuses_setting("applocker", "flat_hashes", "sha1")


def test_hashes_go_by_the_name_of_the_file() -> None:
    names = {"a.EXE": "Exe", "b.dll": "Dll", "c.msi": "Msi", "d.ps1": "Script", "e.cmd": "Script"}
    entries = [
        HashEntry(support.digest(i), kind="authenticode", file_name=name)
        for i, name in enumerate(names)
    ]
    policy = compiled(package_of(entries))
    assert set(policy.collections) == COLLECTIONS
    for type_ in ("Exe", "Dll", "Msi", "Script"):
        assert policy.hashes(type_) == {
            str(each.sha256) for each in entries if names[each.file_name] == type_
        }


def test_libraries_may_be_left_out() -> None:
    entries = [
        HashEntry(support.digest(0), kind="authenticode", file_name="a.dll"),
        HashEntry(support.digest(1), kind="authenticode"),
    ]
    compilation = support.compiled(package_of(entries), "applocker", settings={"dlls": "no"})
    policy = policy_of(compilation)
    assert set(policy.collections) == {"Exe", "Appx"}
    assert policy.hashes("Exe") == {str(entries[1].sha256)}
    assert support.lost_hexes(compilation) == {str(entries[0].sha256)}
    assert support.lost_hexes(compilation, "narrowed") == {str(entries[1].sha256)}


def test_paths_and_products() -> None:
    policy = compiled(
        package_of(
            rules=[
                rule_of("file", ("path", "equals", "C:/Temp/evil.ps1")),
                rule_of("folder", ("path", "starts_with", "C:\\Temp\\")),
                rule_of(
                    "both",
                    ("original_filename", "equals", "Straße.dll"),
                    ("product_name", "equals", "Evil é"),
                ),
            ]
        )
    )
    assert policy.denied("Script", "FilePathCondition") == [
        {"Path": "C:\\Temp\\evil.ps1"},
        {"Path": "C:\\Temp\\*"},
    ]
    for name in ("Exe", "Dll", "Msi"):
        assert policy.denied(name, "FilePathCondition") == [{"Path": "C:\\Temp\\*"}]
    assert policy.denied("Exe", "FilePublisherCondition") == []
    (publisher,) = policy.denied("Dll", "FilePublisherCondition")
    assert publisher["PublisherName"] == "*"
    assert publisher["ProductName"] == "EVIL É"
    assert publisher["BinaryName"].startswith("STRA")
    assert publisher["BinaryName"].endswith("E.DLL")


@pytest.mark.parametrize(
    "criteria",
    [
        [("original_filename", "equals", "*")],
        [("path", "wildcard", "C:\\*\\x.exe")],
        [("path", "equals", "C:\\a.exe"), ("product_name", "equals", "b")],
        [("product_name", "equals", "a"), ("product_name", "equals", "b")],
        [("publisher", "equals", "Evil Ltd")],
    ],
)
def test_what_no_rule_can_say_is_left_out(criteria: list[tuple[str, str, str]]) -> None:
    compilation = support.compiled(package_of(rules=[rule_of("r", *criteria)]), "applocker")
    assert compilation.documents == ()
    assert support.lost_rules(compilation) == {"r"}


def test_audit_is_the_mode_of_each_collection() -> None:
    for state, mode in {"audit": "AuditOnly", "enforce": "Enabled"}.items():
        compilation = support.compiled(support.example(), "applocker", state=state)
        assert policy_of(compilation).modes == {mode}


def test_an_audited_package_is_left_out_beside_an_enforced_one() -> None:
    audited = package_of([HashEntry(support.digest(0), kind="authenticode")], name="Audited")
    enforced = package_of([HashEntry(support.digest(1), kind="authenticode")], name="Enforced")
    packages = [audited, enforced]
    states = {"Audited": "audit", "Enforced": "enforce"}
    both = support.compiled_group(packages, states, "applocker")
    assert policy_of(both).hashes("Exe") == set(support.hexes(enforced))
    lost = support.loss_of(both, "left_out", "state")
    assert (lost.package, len(lost.entries)) == ("Audited", 1)
    alike = support.compiled_group(packages, "audit", "applocker")
    assert [each.name for each in alike.documents] == ["audited.xml", "enforced.xml"]
    assert not support.lost_hexes(alike)


def test_an_audited_package_is_written_beside_an_enforced_one_that_says_nothing() -> None:
    audited = package_of([HashEntry(support.digest(0), kind="authenticode")], name="Audited")
    enforced = package_of([HashEntry(support.digest(1))], name="Enforced")
    states = {"Audited": "audit", "Enforced": "enforce"}
    compilation = support.compiled_group([audited, enforced], states, "applocker")
    assert [each.name for each in compilation.documents] == ["audited.xml"]
    assert policy_of(compilation).modes == {"AuditOnly"}
    assert support.lost_hexes(compilation) == set(support.hexes(enforced))


def test_no_rule_has_the_same_id_in_another_state() -> None:
    package = package_of(
        [HashEntry(support.digest(0), kind="authenticode")],
        [
            rule_of("path", ("path", "equals", "C:\\a.exe")),
            rule_of("name", ("original_filename", "equals", "a.exe")),
        ],
    )
    ids = {
        state: {
            each.attrib["Id"]
            for collection in policy_of(support.compiled(package, "applocker", state=state)).root
            for each in collection
        }
        for state in ("audit", "enforce")
    }
    assert len(ids["audit"]) == len(ids["enforce"]) > 3
    assert not ids["audit"] & ids["enforce"]


def test_it_says_what_a_merge_does() -> None:
    audited, enforced = (
        support.compiled(support.example(), "applocker", state=state)
        for state in ("audit", "enforce")
    )
    lost = support.loss_of(audited, "widened", "state")
    assert "merged into an enforced collection the rules block" in lost.message
    assert not lost.entries
    assert "widened" not in {str(each.kind) for each in enforced.losses}
    for each in (audited, enforced):
        assert "undo its allowlist" in support.text_of(each)
    assert "into an enforced collection, these rules block" in support.text_of(audited)
    assert "these rules block" not in support.text_of(enforced)
    remarks = " ".join(find_target("applocker").remarks)
    assert "keeps its enforcement mode" in remarks
    assert "AppIDSvc" in remarks


@pytest.mark.parametrize(
    ("name", "undecided"),
    [
        ("evil.sys", True),
        ("evil.appx", True),
        ("evil.PDF", True),
        ("evil.docx", True),
        ("evil.dmg", True),
        ("evil.iso", True),
        ("evil.wsf", True),
        ("evil.exe", False),
        ("evil.msi", False),
        ("evil.ps1", False),
        ("evil.xyz", False),
        ("", False),
    ],
)
def test_files_on_which_no_collection_decides_are_reported(name: str, undecided: bool) -> None:
    entry = HashEntry(support.digest(0), kind="authenticode", file_name=name)
    compilation = support.compiled(package_of([entry]), "applocker")
    assert support.lost_hexes(compilation, "cannot_match") == (
        {str(entry.sha256)} if undecided else set()
    )
    assert compilation.documents
    if name:
        paths = package_of(rules=[rule_of("r", ("path", "equals", f"C:\\drivers\\{name}"))])
        lost = support.lost_rules(support.compiled(paths, "applocker"), "cannot_match")
        assert lost == ({"r"} if undecided else set())


def test_a_driver_is_not_stopped_by_its_original_filename() -> None:
    package = package_of(rules=[rule_of("r", ("original_filename", "equals", "evil.sys"))])
    assert support.lost_rules(support.compiled(package, "applocker"), "cannot_match") == {"r"}


def test_a_star_that_stops_at_a_folder_leads_to_two() -> None:
    package = package_of(rules=[rule_of("r", ("path", "wildcard", "C:\\Temp\\*"))])
    lost = support.loss_of(support.compiled(package, "applocker"), "left_out", "value")
    assert "stops at a folder" in lost.message
    assert "C:\\Temp\\**" in lost.message


def test_hostile_texts_stay_texts() -> None:
    package = support.hostile_package(rules=support.hostile_rules(), kind="authenticode")
    compilation = support.compiled(package, "applocker")
    policy = policy_of(compilation)
    assert policy.hashes("Exe") == set(support.hexes(package))
    lost = support.lost_rules(compilation)
    written = [each for each in package.rules if each.name not in lost]
    denied = policy.denied("Exe", "FilePublisherCondition")
    assert {each["BinaryName"] for each in denied} == {
        each.criteria[0].value.upper()
        for each in written
        if str(each.criteria[0].field) == "original_filename"
    }
    assert denied


def test_many_hashes_stand_in_several_rules() -> None:
    package = support.numbered(5000, kind="authenticode")
    policy = compiled(package)
    assert policy.hashes("Exe") == policy.hashes("Dll") == set(support.hexes(package))
    assert len(policy.collections["Exe"]) == 1 + 5
    support.assert_deterministic(package, "applocker")
