"""Reputation overrides of Carbon Black Cloud, as its own client sends them."""

from support import digest_of, instant
from target_support import (
    EXAMPLE_RULES,
    compiled,
    example,
    hexes,
    hostile_package,
    lines_of,
    losses_of,
    lossless,
    numbered,
    package_of,
    shown,
)

import libblock

MEMBERS = ["description", "override_list", "override_type", "sha256_hash", "filename"]


def test_the_example_package() -> None:
    package = example()
    compilation = compiled(package, "carbonblack")
    (document,) = compilation.documents
    assert document.name == "3cx-desktopapp.ndjson"
    for item, entry in zip(lines_of(document.text), package.entries, strict=True):
        assert list(item) == MEMBERS
        assert (item["override_list"], item["override_type"]) == ("BLACK_LIST", "SHA256")
        assert item["sha256_hash"] == entry.sha256.hex
        assert item["filename"] == (entry.file_name or "unknown")
        assert item["description"].startswith("3CX DesktopApp")
    assert losses_of(compilation) == [("left_out", "field", 0, EXAMPLE_RULES)]


def test_other_kinds_of_hashes_are_not_written() -> None:
    entries = [libblock.HashEntry(digest_of("a"), "authenticode"), libblock.HashEntry("b" * 64)]
    compilation = compiled(package_of(entries), "carbonblack")
    (item,) = lines_of(compilation.documents[0].text)
    assert item["sha256_hash"] == "b" * 64
    assert losses_of(compilation) == [("left_out", "hash_kind", 1, [])]


def test_there_is_no_audit_and_no_expiry() -> None:
    compilation = compiled(numbered(3), "carbonblack", state="audit")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "state", 3, [])]
    compilation = compiled(numbered(1, expires=instant(2026)), "carbonblack")
    assert losses_of(compilation) == [("widened", "expiry", 0, [])]


def test_each_hash_is_a_call_of_its_own() -> None:
    package = numbered(5_000)
    (text,) = lossless(package, "carbonblack").values()
    assert [item["sha256_hash"] for item in lines_of(text)] == hexes(package)


def test_hostile_names_stay_in_their_members() -> None:
    package = hostile_package()
    (text,) = lossless(package, "carbonblack").values()
    items = lines_of(text)
    assert [list(item) for item in items] == [MEMBERS] * len(package.entries)
    assert [item["filename"] for item in items] == [
        shown(each.file_name) for each in package.entries
    ]
