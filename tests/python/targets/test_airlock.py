"""Airlock: a document that a tolerant reader takes apart; no server has read one."""

from xml.etree import ElementTree

import pytest
import target_support as support
from target_support import package_of, rule_of

from libblock import Compilation, HashEntry, find_target

Rule = tuple[str, str, tuple[tuple[str, str, str], ...]]


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def hashes_of(compilation: Compilation) -> list[str]:
    """From elements of that name alone, wherever they are, and never from criteria."""
    root = support.xml_of(support.text_of(compilation))
    return [each.text or "" for each in root.iter() if local(each) == "sha256"]


def rules_of(compilation: Compilation) -> set[Rule]:
    """Records with repeated criteria children."""
    root = support.xml_of(support.text_of(compilation))
    rules = set()
    for record in root.iter():
        criteria = [each for each in record if local(each) == "criteria"]
        if not criteria:
            continue
        assert 1 <= len(criteria) <= 5
        assert [each.findtext("index") for each in criteria] == [
            str(i) for i in range(len(criteria))
        ]
        texts = tuple(
            (
                each.findtext("field") or "",
                each.findtext("operation") or "",
                each.findtext("value") or "",
            )
            for each in criteria
        )
        system = record.findtext("os") or ""
        assert system in {"windows", "linux", "mac"}
        rules.add((record.findtext("name") or "", system, texts))
    return rules


def test_it_says_that_it_is_experimental() -> None:
    target = find_target("airlock")
    assert target.experimental
    assert target.proof == "documentation"
    assert any("no server has read it" in each for each in target.remarks)


def test_the_export_says_what_is_not_known() -> None:
    compilation = support.compiled(support.example(), "airlock")
    assert "<!-- Experimental: no server has read this form." in support.text_of(compilation)
    state = support.loss_of(compilation, "narrowed", "state")
    assert "not in the document" in state.message
    assert "experimental" in state.message
    assert not state.entries
    assert not state.rules
    word = support.loss_of(compilation, "narrowed", "missing_fact")
    assert "not confirmed" in word.message
    assert {part.rule for part in word.rules} == {each.name for each in support.example().rules}
    told = support.compiled(support.example(), "airlock", settings={"original_filename": "name"})
    assert kinds(told) == [("narrowed", "state")]
    plain = package_of(rules=[rule_of("r", ("path", "equals", "C:\\x"))])
    assert kinds(support.compiled(plain, "airlock")) == [("narrowed", "state")]


def kinds(compilation: Compilation) -> list[tuple[str, str]]:
    return [(str(each.kind), str(each.reason)) for each in compilation.losses]


def test_3cx_is_written_as_a_whole() -> None:
    compilation = support.compiled(support.example(), "airlock")
    hashes = hashes_of(compilation)
    assert len(hashes) == len(set(hashes))
    assert set(hashes) == set(support.hexes(support.example()))
    assert rules_of(compilation) == {
        ("3CXDesktopApp on windows", "windows", (("origname", "match", "3CXDesktopApp.exe"),)),
        ("3CXDesktopApp on macos", "mac", (("origname", "match", "3CXDesktopApp"),)),
        ("3CXDesktopApp on linux", "linux", (("origname", "match", "3CXDesktopApp"),)),
    }
    assert not support.lost_rules(compilation)
    assert not support.lost_hexes(compilation)


def test_words_are_settings_and_what_is_not_known_is_left_out() -> None:
    package = package_of(
        rules=[
            rule_of("parent", ("parent_process", "contains", "evil")),
            rule_of("name", ("original_filename", "equals", "evil.exe")),
        ]
    )
    compilation = support.compiled(package, "airlock")
    assert support.lost_rules(compilation) == {"parent"}
    assert "is not known" in support.loss_of(compilation, "left_out", "missing_fact").message
    told = support.compiled(
        package,
        "airlock",
        settings={"parent_process": "pprocess", "original_filename": "originalfilename"},
    )
    assert not support.lost_rules(told)
    assert rules_of(told) == {
        ("parent", "windows", (("pprocess", "contains", "evil"),)),
        ("name", "windows", (("originalfilename", "match", "evil.exe"),)),
    }


@pytest.mark.parametrize(("count", "written"), [(5, True), (6, False)])
def test_a_rule_has_five_criteria_at_most(count: int, written: bool) -> None:
    criteria = [("path", "contains", f"folder{i}") for i in range(count)]
    compilation = support.compiled(package_of(rules=[rule_of("r", *criteria)]), "airlock")
    assert bool(compilation.documents) == written
    assert support.lost_rules(compilation) == (set() if written else {"r"})


def test_what_is_not_offered_is_left_out() -> None:
    package = package_of(
        [HashEntry(support.digest(0), kind="authenticode")],
        [
            rule_of("field", ("product_name", "equals", "x")),
            rule_of("operation", ("path", "starts_with", "C:\\")),
        ],
    )
    compilation = support.compiled(package, "airlock")
    assert compilation.documents == ()
    assert support.lost_hexes(compilation) == set(support.hexes(package))
    assert support.lost_rules(compilation) == {"field", "operation"}


def test_hostile_texts_stay_texts() -> None:
    package = support.hostile_package(rules=support.hostile_rules())
    compilation = support.compiled(package, "airlock")
    assert set(hashes_of(compilation)) == set(support.hexes(package))
    lost = support.lost_rules(compilation)
    words = {"original_filename": "origname", "path": "path"}
    assert rules_of(compilation) == {
        (
            each.name,
            "windows",
            tuple((words[str(c.field)], "match", c.value) for c in each.criteria),
        )
        for each in package.rules
        if each.name not in lost
    }
    assert len(package.rules) > len(lost)


def test_many_hashes() -> None:
    package = support.numbered(5000)
    assert set(hashes_of(support.compiled(package, "airlock"))) == set(support.hexes(package))
    support.assert_deterministic(package, "airlock")
