"""Blocked items of Sophos Central, as the documentation of its interface has them."""

from support import digest_of, instant
from target_support import (
    EXAMPLE_RULES,
    compiled,
    compiled_group,
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


def hashes_of(text: str) -> list[str]:
    items = lines_of(text)
    for item in items:
        assert list(item) == ["type", "properties", "comment"]
        assert item["type"] == "sha256"
        assert list(item["properties"]) == ["sha256"]
        assert item["comment"]
    return [item["properties"]["sha256"] for item in items]


def test_the_example_package() -> None:
    package = example()
    compilation = compiled(package, "sophos")
    (document,) = compilation.documents
    assert document.name == "3cx-desktopapp.ndjson"
    assert hashes_of(document.text) == hexes(package)
    linux, macos, windows = EXAMPLE_RULES
    assert sorted(losses_of(compilation)) == [
        ("cannot_match", "engine", 2, []),
        ("cannot_match", "platform", 4, []),
        ("left_out", "field", 0, [windows]),
        ("left_out", "platform", 0, [linux]),
        ("left_out", "platform", 0, [macos]),
    ]
    (foreign,) = (
        each
        for each in compilation.losses
        if each.reason == "platform" and each.kind == "cannot_match"
    )
    assert [each.sha256.hex for each in foreign.entries] == hexes(package, "macos")


def test_other_kinds_of_hashes_are_not_written() -> None:
    entries = [libblock.HashEntry(digest_of("a"), "authenticode"), libblock.HashEntry("b" * 64)]
    compilation = compiled(package_of(entries), "sophos")
    assert hashes_of(compilation.documents[0].text) == ["b" * 64]
    assert losses_of(compilation) == [("left_out", "hash_kind", 1, [])]


def test_there_is_no_audit_and_no_expiry() -> None:
    compilation = compiled(numbered(3), "sophos", state="audit")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "state", 3, [])]
    compilation = compiled(numbered(1, expires=instant(2026)), "sophos")
    assert losses_of(compilation) == [("widened", "expiry", 0, [])]


def test_five_thousand_items_are_all() -> None:
    package = numbered(5_000)
    (text,) = lossless(package, "sophos").values()
    assert hashes_of(text) == hexes(package)
    package = numbered(5_002)
    compilation = compiled(package, "sophos")
    assert hashes_of(compilation.documents[0].text) == hexes(package)[:5_000]
    assert losses_of(compilation) == [("left_out", "limit", 2, [])]
    assert [each.sha256.hex for each in compilation.losses[0].entries] == hexes(package)[5_000:]


def test_five_thousand_items_are_all_of_all_packages_together() -> None:
    packages = [numbered(4_999, "a"), numbered(3, "b", first=4_999), numbered(1, "c", first=6_000)]
    compilation = compiled_group(packages, "enforce", "sophos")
    first, second = compilation.documents
    assert (first.name, second.name) == ("a.ndjson", "b.ndjson")
    assert hashes_of(first.text) == hexes(packages[0])
    assert hashes_of(second.text) == hexes(packages[1])[:1]
    assert {each.package: len(each.entries) for each in compilation.losses} == {"b": 2, "c": 1}


def with_others(name: str, matching: int, others: int, first: int = 0) -> libblock.Package:
    """A package of programs, and as many files as wanted that Sophos Central never looks at."""
    package = libblock.Package(name)
    found = hexes(numbered(matching + others, first=first))
    for number, each in enumerate(found):
        entry = libblock.HashEntry(each)
        if number < others:
            entry = (
                libblock.HashEntry(each, platform="macos")
                if number % 2
                else libblock.HashEntry(each, file_name="a.msi")
            )
        package.add_entries([entry])
    return package


def test_what_cannot_match_takes_no_place_of_what_can() -> None:
    package = with_others("a", 4_990, 20)
    compilation = compiled(package, "sophos")
    written = set(hashes_of(compilation.documents[0].text))
    assert len(written) == 5_000
    matching = {each.sha256.hex for each in package.entries if not each.platform}
    assert written >= matching - {
        each.sha256.hex for each in package.entries if each.file_name == "a.msi"
    }
    assert sorted(losses_of(compilation)) == [
        ("cannot_match", "engine", 5, []),
        ("cannot_match", "platform", 5, []),
        ("left_out", "limit", 10, []),
    ]


def test_what_cannot_match_takes_no_place_in_other_packages() -> None:
    packages = [with_others("a", 0, 3_000), with_others("b", 4_000, 0, first=3_000)]
    compilation = compiled_group(packages, "enforce", "sophos")
    first, second = compilation.documents
    assert len(hashes_of(first.text)) == 1_000
    assert hashes_of(second.text) == hexes(packages[1])
    left_out = [each for each in compilation.losses if each.kind == "left_out"]
    assert [(each.package, len(each.entries)) for each in left_out] == [("a", 2_000)]


def test_hostile_names_stay_in_the_comment() -> None:
    package = hostile_package()
    (text,) = lossless(package, "sophos").values()
    assert hashes_of(text) == hexes(package)
    comments = [f"{package.name}: {shown(each.file_name)}" for each in package.entries]
    assert [item["comment"] for item in lines_of(text)] == comments
