import json
from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import entries, few_digests, instants, kinds, names, packages, records, rules
from support import copies, digest_of, instant

from libblock import (
    AlreadyExistsError,
    AttributeChange,
    Criterion,
    EntryChange,
    HashEntry,
    HashKind,
    HashSet,
    InvalidValueError,
    LimitError,
    MetadataRule,
    NotFoundError,
    Package,
    PackageDiff,
    Provenance,
    RuleChange,
    Sha256,
    Source,
    extract,
    hash_bytes,
)

A, B = digest_of("a"), digest_of("b")
RULE = MetadataRule("name", ["windows"], [Criterion("original_filename", "equals", "3CX.exe")])
SOURCE = Source("advisory.txt", digest_of("50"), instant(2023, 3, 30))

entry_lists = st.lists(entries, max_size=8)


def key(entry: HashEntry) -> tuple[Sha256, HashKind]:
    return entry.sha256, entry.kind


# Attributes.


def test_attributes() -> None:
    package = Package(
        "3CX",
        version=2,
        description="two\nlines",
        references=iter(["https://example.com"]),
        tags=["supply-chain"],
        expires=instant(2030),
    )
    assert (package.name, package.version) == ("3CX", 2)
    assert package.description == "two\nlines"
    assert package.references == ("https://example.com",)
    assert package.tags == ("supply-chain",)
    assert package.expires == instant(2030)
    assert package.entries == ()
    assert (package.rules, package.provenance) == ((), ())


def test_attributes_can_be_set() -> None:
    package = Package("old")
    package.name = "new"
    package.version = 3
    package.description = "why"
    package.references = ["b", "a"]
    package.tags = ("t",)
    package.expires = instant(2030)
    assert package == Package(
        "new",
        version=3,
        description="why",
        references=["b", "a"],
        tags=["t"],
        expires=instant(2030),
    )
    package.expires = None
    assert package.expires is None


def test_attributes_refuse_what_is_invalid() -> None:
    package = Package("3CX")
    with pytest.raises(InvalidValueError, match="name of a package"):
        package.name = " 3CX"
    with pytest.raises(InvalidValueError, match="count from 1"):
        package.version = 0
    with pytest.raises(InvalidValueError, match="U\\+0000"):
        package.description = "a\x00"
    with pytest.raises(InvalidValueError, match="twice"):
        package.tags = ["a", "a"]
    with pytest.raises(InvalidValueError, match="twice"):
        package.references = ["a", "a"]
    with pytest.raises(InvalidValueError, match="time zone"):
        package.expires = datetime(2030, 1, 1)
    with pytest.raises(InvalidValueError, match="whole second"):
        package.expires = instant(2030).replace(microsecond=5)
    with pytest.raises(InvalidValueError, match="UTF-8"):
        package.name = "\udcff"
    with pytest.raises(LimitError):
        package.name = "a" * 257
    with pytest.raises(TypeError):
        package.tags = "abc"
    with pytest.raises(TypeError):
        package.version = -1
    assert package == Package("3CX")


def test_keywords_are_needed() -> None:
    with pytest.raises(TypeError):
        Package("3CX", 2)  # type: ignore[call-arg]


# Entries.


@given(entry_lists, entry_lists)
def test_adding_keeps_one_entry_of_each_digest_and_kind(
    first: list[HashEntry], second: list[HashEntry]
) -> None:
    package = Package("a")
    assert package.add_entries(first) == len(set(map(key, first)))
    before = package.entries
    assert package.add_entries(second) == len(set(map(key, second)) - set(map(key, first)))
    assert list(map(key, package.entries)) == sorted(
        set(map(key, first + second)), key=lambda each: (each[0], list(HashKind).index(each[1]))
    )
    assert len(package) == len(package.entries)
    for entry in before:
        now = package.find(*key(entry))
        assert now is not None
        assert not entry.note or now.note == entry.note
        assert not entry.file_name or now.file_name == entry.file_name


@given(entry_lists)
def test_adding_again_changes_nothing(items: list[HashEntry]) -> None:
    package = Package("a")
    package.add_entries(items)
    again = package.copy()
    assert again.add_entries(package.entries) == 0
    assert again == package


def test_gaps_are_filled_and_nothing_is_overwritten() -> None:
    package = Package("a")
    package.add_entries([HashEntry(A, file_name="x")])
    assert package.add_entries([HashEntry(A, file_name="y", platform="linux", note="n")]) == 0
    assert package.entries == (HashEntry(A, file_name="x", platform="linux", note="n"),)


def test_a_bad_entry_keeps_all_out() -> None:
    package = Package("a")
    with pytest.raises(InvalidValueError, match="note"):
        package.add_entries([HashEntry(A), HashEntry(B, note="\x00")])
    assert len(package) == 0
    with pytest.raises(TypeError):
        package.add_entries([A])  # type: ignore[list-item]


@given(entry_lists, few_digests, kinds)
def test_finding_and_removing(items: list[HashEntry], digest: Sha256, kind: HashKind) -> None:
    package = Package("a")
    package.add_entries(items)
    present = (digest, kind) in set(map(key, items))
    found = package.find(digest.hex, kind)
    assert (found in package.entries) == present
    assert (digest in package.hashes(kind)) == present
    if kind is HashKind.FILE:
        assert (digest in package) == (digest.hex in package) == present
    assert package.remove(digest, kind) == present
    assert package.find(digest, kind) is None
    assert not package.remove(digest.hex, kind)


def test_hashes_can_be_added_as_a_set() -> None:
    package = Package("a")
    package.add_entries([HashEntry(A, note="known")])
    assert package.add_hashes(HashSet([A, B])) == 1
    assert package.add_hashes(HashSet([B]), "authenticode") == 1
    assert package.entries == (
        HashEntry(A, note="known"),
        HashEntry(B),
        HashEntry(B, "authenticode"),
    )


def test_entries_stay_as_they_were_when_asked_for() -> None:
    package = Package("a")
    package.add_hashes(HashSet([A, B]))
    before = package.entries
    package.remove(A)
    assert before == (HashEntry(A), HashEntry(B))
    assert package.entries == (HashEntry(B),)


def test_kinds_are_kept_apart() -> None:
    package = Package("a")
    package.add_entries([HashEntry(A), HashEntry(A, "authenticode"), HashEntry(B, "authenticode")])
    assert package.hashes() == HashSet([A])
    assert package.hashes("authenticode") == HashSet([A, B])
    assert B not in package
    assert package.remove(A)
    assert package.hashes() == HashSet()


def test_a_package_is_true_even_when_empty() -> None:
    assert len(Package("a")) == 0
    assert Package("a")


def test_removing_while_iterating_is_safe() -> None:
    package = Package("a")
    package.add_entries([HashEntry(A, note="first"), HashEntry(B, note="second")])
    notes = []
    for entry in package.entries:
        package.remove(entry.sha256)
        notes.append(entry.note)
    assert notes == ["first", "second"]


# Imports.


def test_import_adds_all_accepted_with_a_record() -> None:
    found = extract(f"Windows a.exe {A}\nLinux {B} {B} {'0' * 64}")
    package = Package("a")
    record = package.import_extraction(found, SOURCE)
    assert record == Provenance(SOURCE, accepted=2, rejected=1, duplicates=1, selected=2, added=2)
    assert package.provenance == (record,)
    assert package.entries[0] == HashEntry(
        A, file_name="a.exe", platform="windows", source="advisory.txt", line=1, column=15
    )
    again = package.import_extraction(found, SOURCE)
    assert (again.selected, again.added) == (2, 0)
    assert len(package) == 2


def test_import_of_a_selection() -> None:
    found = extract(f"{A} {B}")
    package = Package("a")
    record = package.import_extraction(found, SOURCE, select=iter([1, 1]))
    assert (record.accepted, record.selected, record.added) == (2, 1, 1)
    assert package.hashes() == HashSet([B])
    assert package.import_extraction(found, SOURCE, select=[]).selected == 0
    with pytest.raises(InvalidValueError, match="candidate 2 is selected, but there are only 2"):
        package.import_extraction(found, SOURCE, select=[0, 2])
    assert package.hashes() == HashSet([B])
    with pytest.raises(TypeError):
        package.import_extraction(found, SOURCE, select=[-1])


def test_a_bad_source_is_refused() -> None:
    package = Package("a")
    with pytest.raises(InvalidValueError, match="source"):
        package.import_extraction(extract(""), Source("a\nb", A))
    assert package.provenance == ()


# Rules.


def test_rules() -> None:
    package = Package("a")
    package.add_rule(RULE)
    assert package.rules == (RULE,)
    with pytest.raises(AlreadyExistsError, match="'name'"):
        package.add_rule(RULE)
    with pytest.raises(NotFoundError, match="'other'"):
        package.remove_rule("other")
    with pytest.raises(InvalidValueError):
        package.add_rule(MetadataRule("empty", [], []))
    package.remove_rule("name")
    assert not package.rules


# Whole packages.


@given(packages(), st.lists(records, max_size=2))
def test_copies_are_equal_and_independent(package: Package, imports: list[Provenance]) -> None:
    for record in imports:
        package.import_extraction(extract(""), record.source)
    for copy in [*copies(package), package.copy()]:
        assert copy == package
        assert copy.provenance == package.provenance
        assert copy.digest() == package.digest()
        copy.add_entries([HashEntry(digest_of("cc"))])
        assert digest_of("cc") not in package


def test_a_copy_may_have_another_name() -> None:
    package = Package("a", version=7, tags=["t"])
    assert package.copy("b") == Package("b", version=1, tags=["t"])
    assert package.copy(name="b").name == "b"
    with pytest.raises(InvalidValueError):
        package.copy("")


@given(packages(), packages())
def test_diff_says_what_changed(before: Package, after: Package) -> None:
    changes = before.diff(after)
    assert bool(changes) == (
        any(
            getattr(before, name) != getattr(after, name)
            for name in ("name", "version", "description", "references", "tags", "expires")
        )
        or before.entries != after.entries
        or set(before.rules) != set(after.rules)
    )
    rest = set(before.entries) - set(changes.entries_removed)
    rest -= {change.before for change in changes.entries_changed}
    rest |= {change.after for change in changes.entries_changed}
    assert rest | set(changes.entries_added) == set(after.entries)
    names_now = {rule.name for rule in before.rules} - {rule.name for rule in changes.rules_removed}
    names_now |= {rule.name for rule in changes.rules_added}
    assert names_now == {rule.name for rule in after.rules}


@given(packages())
def test_a_package_does_not_differ_from_itself(package: Package) -> None:
    assert package.diff(package.copy()) == PackageDiff()
    assert not package.diff(package)


def test_diff_values() -> None:
    before, after = Package("a"), Package("b")
    before.add_entries([HashEntry(A)])
    after.add_entries([HashEntry(A, note="n"), HashEntry(B)])
    before.add_rule(RULE)
    changed = MetadataRule("name", ["linux"], RULE.criteria)
    after.add_rule(changed)
    changes = before.diff(after)
    assert changes == PackageDiff(
        attributes=[AttributeChange("name", "a", "b")],
        entries_added=[HashEntry(B)],
        entries_changed=[EntryChange(HashEntry(A), HashEntry(A, note="n"))],
        rules_changed=[RuleChange(RULE, changed)],
    )
    assert all(copy == changes for copy in copies(changes))
    assert "n" in changes._repr_html_()


@given(packages(), packages())
def test_merge_adds_everything(base: Package, other: Package) -> None:
    by_name = {rule.name: rule for rule in base.rules}
    if any(by_name.get(rule.name, rule) != rule for rule in other.rules):
        with pytest.raises(AlreadyExistsError):
            base.merge(other)
        return
    merged = base.merge(other)
    for attribute in ("name", "version", "description", "expires"):
        assert getattr(merged, attribute) == getattr(base, attribute)
    assert set(merged.references) == {*base.references, *other.references}
    assert set(merged.tags) == {*base.tags, *other.tags}
    assert set(map(key, merged.entries)) == {*map(key, base.entries), *map(key, other.entries)}
    assert set(merged.rules) == {*base.rules, *other.rules}
    assert merged.merge(other) == merged
    assert base.merge(base) == base


@given(packages(), st.randoms())
def test_the_digest_knows_no_order_of_entries_and_places(package: Package, random: Random) -> None:
    items = list(package.entries)
    random.shuffle(items)
    other = package.copy()
    for entry in items:
        other.remove(entry.sha256, entry.kind)
    for entry in items:
        other.add_entries([entry])
    for rule in package.rules:
        other.remove_rule(rule.name)
    for rule in reversed(package.rules):
        other.add_rule(rule)
    assert other.canonical_bytes() == package.canonical_bytes()
    assert package.digest() == hash_bytes(package.canonical_bytes())
    assert json.loads(package.canonical_bytes())["name"] == package.name


@given(packages(), names, instants)
def test_the_digest_knows_every_attribute(package: Package, text: str, moment: datetime) -> None:
    other = package.copy()
    other.description = package.description + text
    assert other.digest() != package.digest()
    other = package.copy()
    other.expires = moment
    assert (other.digest() == package.digest()) == (package.expires == moment)


@given(packages(), instants)
def test_expiry(package: Package, now: datetime) -> None:
    assert package.expired(now) == (package.expires is not None and package.expires <= now)


def test_forms() -> None:
    package = Package("<3CX>", description="a & b")
    package.add_entries([HashEntry(A, file_name="<x>")])
    package.add_rule(RULE)
    assert repr(package) == "<Package '<3CX>' version=1 hashes=1 rules=1>"
    html = package._repr_html_()
    assert "&lt;3CX&gt;" in html
    assert "a &amp; b" in html
    assert "original_filename equals 3CX.exe" in html
    assert "<x>" not in html


def test_a_package_has_no_hash() -> None:
    with pytest.raises(TypeError, match="unhashable"):
        hash(Package("a"))


@given(records, rules)
def test_records_are_values(record: Provenance, rule: MetadataRule) -> None:
    for copy in copies(record):
        assert copy == record
        assert hash(copy) == hash(record)
    assert record != rule
