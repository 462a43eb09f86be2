"""Airlock: a document that a tolerant reader takes apart; no server has read one."""

from xml.etree import ElementTree

import policy_target_support as support
import pytest
from policy_target_support import package_of, rule

from libblock import Compilation, HashEntry, compile_package, find_target

Rule = tuple[str, str, tuple[tuple[str, str, str], ...]]


def local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2].lower()


def hashes_of(compilation: Compilation) -> list[str]:
    """From elements of that name alone, wherever they are, and never from criteria."""
    root = support.xml_of(support.document(compilation))
    return [each.text or "" for each in root.iter() if local(each) == "sha256"]


def rules_of(compilation: Compilation) -> set[Rule]:
    """Records with repeated criteria children."""
    root = support.xml_of(support.document(compilation))
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
    compilation = compile_package(support.example(), "airlock")
    assert "<!-- Experimental: no server has read this form." in support.document(compilation)
    state = support.loss(compilation, "narrowed", "state")
    assert "not in the document" in state.message
    assert "experimental" in state.message
    assert not state.entries
    assert not state.rules
    word = support.loss(compilation, "narrowed", "missing_fact")
    assert "not confirmed" in word.message
    assert {part.rule for part in word.rules} == {each.name for each in support.example().rules}
    told = compile_package(support.example(), "airlock", settings={"original_filename": "name"})
    assert kinds(told) == [("narrowed", "state")]
    plain = package_of(rules=[rule("r", ("path", "equals", "C:\\x"))])
    assert kinds(compile_package(plain, "airlock")) == [("narrowed", "state")]


def kinds(compilation: Compilation) -> list[tuple[str, str]]:
    return [(str(each.kind), str(each.reason)) for each in compilation.losses]


def test_3cx_is_written_as_a_whole() -> None:
    compilation = compile_package(support.example(), "airlock")
    hashes = hashes_of(compilation)
    assert len(hashes) == len(set(hashes))
    assert set(hashes) == support.digits(support.example())
    assert rules_of(compilation) == {
        ("3CXDesktopApp on windows", "windows", (("origname", "match", "3CXDesktopApp.exe"),)),
        ("3CXDesktopApp on macos", "mac", (("origname", "match", "3CXDesktopApp"),)),
        ("3CXDesktopApp on linux", "linux", (("origname", "match", "3CXDesktopApp"),)),
    }
    assert not support.lost_rules(compilation)
    assert not support.lost_digits(compilation)


def test_words_are_settings_and_what_is_not_known_is_left_out() -> None:
    package = package_of(
        rules=[
            rule("parent", ("parent_process", "contains", "evil")),
            rule("name", ("original_filename", "equals", "evil.exe")),
        ]
    )
    compilation = compile_package(package, "airlock")
    assert support.lost_rules(compilation) == {"parent"}
    assert "is not known" in support.loss(compilation, "left_out", "missing_fact").message
    told = compile_package(
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
    compilation = compile_package(package_of(rules=[rule("r", *criteria)]), "airlock")
    assert bool(compilation.documents) == written
    assert support.lost_rules(compilation) == (set() if written else {"r"})


def test_what_is_not_offered_is_left_out() -> None:
    package = package_of(
        [HashEntry(support.digest(0), kind="authenticode")],
        [
            rule("field", ("product_name", "equals", "x")),
            rule("operation", ("path", "starts_with", "C:\\")),
        ],
    )
    compilation = compile_package(package, "airlock")
    assert compilation.documents == ()
    assert support.lost_digits(compilation) == support.digits(package)
    assert support.lost_rules(compilation) == {"field", "operation"}


def test_hostile_texts_stay_texts() -> None:
    package = support.hostile()
    compilation = compile_package(package, "airlock")
    support.assert_harmless(compilation)
    assert set(hashes_of(compilation)) == support.digits(package)
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
    package = support.many()
    assert set(hashes_of(compile_package(package, "airlock"))) == support.digits(package)
    support.assert_deterministic(package, "airlock")
