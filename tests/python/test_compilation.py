"""Compiling: what a target cannot express is reported, for every target there is."""

import unicodedata
from itertools import chain

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import instants, packages, platforms, prose
from support import copies, digest_of, instant

import libblock
from libblock import (
    AuditScope,
    Compilation,
    Criterion,
    ExportedDocument,
    HashEntry,
    Loss,
    MetadataRule,
    Package,
    RulePart,
)

TARGETS = [each for each in libblock.targets() if not each.refusal]
BLOCKERS = [each for each in TARGETS if each.capabilities.audit == AuditScope.NONE]

each_target = pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)

#: What stands in names and values to end, escape or hide what comes behind them.
hostile = st.text("aZ09.\"'`:;,|]>< &%$\\/*-#{}()=?äß漢🦀\u202e\u200b", min_size=1, max_size=24)
hostile_entries = st.builds(
    HashEntry,
    st.binary(min_size=32, max_size=32).map(libblock.Sha256),
    st.sampled_from(libblock.HashKind),
    file_name=hostile,
    platform=st.none() | platforms,
    note=prose,
    source=hostile,
)


def visible(text: str) -> bool:
    return text.strip() == text and not any(
        unicodedata.category(each) in ("Cc", "Cf") for each in text
    )


values = hostile.filter(visible)


@st.composite
def hostile_rules(draw: st.DrawFn, target: libblock.Target) -> MetadataRule:
    """Rules that use the fields of a target more often than others."""
    supported = [
        (each.field, operation)
        for each in target.capabilities.fields
        for operation in each.operations
        if not libblock.compares_versions(operation)
    ]
    others = [(field, libblock.Operation.CONTAINS) for field in libblock.Field]
    criteria = st.sampled_from(supported or others) | st.sampled_from(others)
    return MetadataRule(
        draw(values),
        draw(st.lists(platforms, min_size=1, unique=True)),
        [
            Criterion(*draw(criteria), draw(values))
            for _ in range(draw(st.integers(min_value=1, max_value=2)))
        ],
    )


@st.composite
def hostile_packages(draw: st.DrawFn, target: libblock.Target) -> Package:
    package = Package(
        draw(values),
        description=draw(prose),
        references=[draw(values)],
        tags=[draw(values)],
        expires=draw(st.none() | instants),
    )
    package.add_entries(draw(st.lists(hostile_entries, max_size=4)))
    rules = draw(st.lists(hostile_rules(target), max_size=3, unique_by=lambda rule: rule.name))
    for rule in rules:
        package.add_rule(rule)
    return package


def text_of(compilation: Compilation) -> str:
    return "\n".join(each.text for each in compilation.documents)


def lost_entries(compilation: Compilation, kind: str = "left_out") -> set[HashEntry]:
    return set(
        chain.from_iterable(each.entries for each in compilation.losses if each.kind == kind)
    )


def lost_rules(compilation: Compilation) -> set[str]:
    return {
        part.rule for each in compilation.losses if each.kind == "left_out" for part in each.rules
    }


@each_target
@given(data=st.data())
def test_each_hash_stands_in_a_document_or_in_a_loss(
    target: libblock.Target, data: st.DataObject
) -> None:
    package = data.draw(hostile_packages(target))
    compilation = libblock.compile_package(package, target.name)
    text = text_of(compilation).lower()
    lost = lost_entries(compilation)
    for entry in package.entries:
        same_digest = {each for each in package.entries if each.sha256 == entry.sha256}
        if len(same_digest) == 1:
            assert (entry.sha256.hex in text) != (entry in lost)


@each_target
@given(data=st.data())
def test_each_rule_makes_a_document_or_a_loss(target: libblock.Target, data: st.DataObject) -> None:
    rule = data.draw(hostile_rules(target))
    package = Package("rule")
    package.add_rule(rule)
    compilation = libblock.compile_package(package, target.name)
    assert bool(compilation.documents) != (rule.name in lost_rules(compilation))


@each_target
@given(data=st.data())
def test_rules_are_lost_alike_alone_and_among_others(
    target: libblock.Target, data: st.DataObject
) -> None:
    package = data.draw(hostile_packages(target))
    together = lost_rules(libblock.compile_package(package, target.name))
    for rule in package.rules:
        alone = Package(package.name)
        alone.add_rule(rule)
        lost = lost_rules(libblock.compile_package(alone, target.name))
        assert (rule.name in lost) == (rule.name in together)


@each_target
@given(data=st.data())
def test_nothing_in_a_document_steers_a_reader(
    target: libblock.Target, data: st.DataObject
) -> None:
    package = data.draw(hostile_packages(target))
    compilation = libblock.compile_package(package, target.name)
    names = [each.name for each in compilation.documents]
    assert len(set(map(str.lower, names))) == len(names)
    for document in compilation.documents:
        assert set(document.name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-_.")
        assert document.name[0].isalnum()
        bad = {
            each
            for each in document.text
            if each not in "\n\t\r" and unicodedata.category(each) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        }
        assert not bad


@each_target
@given(package=packages(), at=st.none() | instants)
def test_the_same_arguments_give_the_same_bytes(
    target: libblock.Target, package: Package, at: None
) -> None:
    first = libblock.compile_package(package, target.name, at=at)
    assert libblock.compile_package(package.copy(), target.name, at=at) == first


@pytest.mark.parametrize("target", BLOCKERS, ids=lambda each: each.name)
@given(data=st.data())
def test_in_audit_nothing_is_written_that_blocks(
    target: libblock.Target, data: st.DataObject
) -> None:
    package = data.draw(hostile_packages(target))
    assume(package.entries or package.rules)
    compilation = libblock.compile_package(package, target.name, state="audit")
    assert compilation.documents == ()
    assert lost_entries(compilation) == set(package.entries)
    assert lost_rules(compilation) == {each.name for each in package.rules}


@each_target
def test_a_large_package_compiles(target: libblock.Target) -> None:
    package = Package("large")
    numbers = (number.to_bytes(32, "big") for number in range(1, 30_001))
    package.add_entries(HashEntry(libblock.Sha256(each)) for each in numbers)
    compilation = libblock.compile_package(package, target.name)
    lost = sum(len(each.entries) for each in compilation.losses if each.kind == "left_out")
    assert text_of(compilation).lower().count("0" * 59) + lost >= 30_000


# ---- the functions -----------------------------------------------------------------------------


def small_package() -> Package:
    package = Package("small", expires=instant(2026))
    package.add_entries([HashEntry(digest_of("a"), "authenticode"), HashEntry(digest_of("b"))])
    package.add_rule(MetadataRule("r", ["linux"], [Criterion("user_name", "equals", "x")]))
    return package


def test_losses_say_what_and_why() -> None:
    compilation = libblock.compile_package(small_package(), "clamav")
    assert [each.name for each in compilation.documents] == ["small.hsb"]
    left_out, rule, widened = compilation.losses
    assert (left_out.kind, left_out.reason) == ("left_out", "hash_kind")
    assert left_out.entries == (HashEntry(digest_of("a"), "authenticode"),)
    assert rule.message == "ClamAV cannot ask for user_name"
    assert rule.rules == (RulePart("r", 0),)
    assert (widened.kind, widened.reason) == ("widened", "expiry")
    assert (len(widened.entries), widened.rules) == (0, ())


def test_at_leaves_out_what_has_expired() -> None:
    compilation = libblock.compile_package(small_package(), "clamav", at=instant(2027))
    assert compilation.documents == ()
    assert [each.reason for each in compilation.losses] == ["expired"]


def test_strict_raises() -> None:
    with pytest.raises(libblock.NotExpressibleError, match=r"'small': .* \(and 2 more\)"):
        libblock.compile_package(small_package(), "clamav", strict=True)


def test_groups_take_their_states_from_the_tree() -> None:
    tree = libblock.PolicyTree()
    tree.set_state("/", "small", "audit")
    packages = [small_package(), Package("other")]
    compilation = libblock.compile_group(packages, tree, "/", "fapolicyd")
    assert compilation.documents == ()
    assert [each.reason for each in compilation.losses] == ["state"]
    with pytest.raises(libblock.NotFoundError, match="'small', in force by /, is not given"):
        libblock.compile_group([], tree, "/", "fapolicyd")
    with pytest.raises(libblock.NotExpressibleError):
        libblock.compile_group(packages, tree, "/", "fapolicyd", strict=True)


def test_bad_arguments_are_refused() -> None:
    package = small_package()
    with pytest.raises(libblock.NotFoundError):
        libblock.compile_package(package, "none")
    with pytest.raises(libblock.InvalidValueError, match="disabled"):
        libblock.compile_package(package, "clamav", state="disabled")
    with pytest.raises(libblock.InvalidValueError, match="has no setting"):
        libblock.compile_package(package, "clamav", settings={"x": "y"})
    with pytest.raises(libblock.InvalidValueError, match="none of the choices"):
        libblock.compile_package(package, "fapolicyd", settings={"permission": "y"})


def test_results_are_values() -> None:
    compilation = libblock.compile_package(small_package(), "clamav")
    for copy in copies(compilation):
        assert copy == compilation
    assert repr(compilation) == "<Compilation documents=1 losses=3>"
    loss = Loss("p", "left_out", "field", "because", [HashEntry(digest_of("a"))], [RulePart("r")])
    assert loss.rules[0].criterion is None
    assert Compilation([ExportedDocument("n", "t")], [loss]).losses == (loss,)
