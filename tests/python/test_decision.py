from datetime import datetime, timezone
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import (
    entries,
    facts,
    instants,
    package_lists,
    paths,
    rules,
    trees,
)
from support import copies, digest_of, instant

from libblock import (
    AlreadyExistsError,
    Criterion,
    Decision,
    EnforcementState,
    Evidence,
    FileFacts,
    HashEntry,
    InvalidValueError,
    MetadataRule,
    NotFoundError,
    Package,
    PolicyTree,
    RuleEvidence,
    RuleOutcome,
    UndecidedRule,
    Verdict,
    decide,
    match,
)

A = digest_of("a")
RULE = MetadataRule("name", ["windows"], [Criterion("original_filename", "equals", "3CX.exe")])
STRENGTH = {
    Verdict.ALLOWED: 0,
    Verdict.AUDITED: 1,
    Verdict.BLOCKED: 2,
}


def package_of(name: str = "3CX") -> Package:
    package = Package(name)
    package.add_entries([HashEntry(A, file_name="3CX.exe")])
    package.add_rule(RULE)
    return package


def tree_with(state: str, package: str = "3CX") -> PolicyTree:
    tree = PolicyTree()
    tree.add_group("/Workstations")
    tree.set_state("/", package, state, instant(2023, 3, 30))
    return tree


# Properties.


@given(facts, package_lists, trees(), paths)
def test_the_verdict_is_that_of_the_strongest_match(
    known: FileFacts, packages: list[Package], tree: PolicyTree, path: str
) -> None:
    strongest = 0
    for package in packages:
        state = tree.effective_state(path, package.name).state
        by_hash = known.sha256 in package.hashes() if known.sha256 else False
        by_image = known.authenticode and known.authenticode in package.hashes("authenticode")
        by_rule = any(match(rule, known).outcome is RuleOutcome.MATCHED for rule in package.rules)
        if by_hash or by_image or by_rule:
            strongest = max(strongest, list(EnforcementState).index(state))
    decision = decide(known, packages, tree, path)
    assert STRENGTH[decision.verdict] == strongest


@given(facts, package_lists, trees(), paths)
def test_evidence_is_in_order_of_precedence(
    known: FileFacts, packages: list[Package], tree: PolicyTree, path: str
) -> None:
    decision = decide(known, packages, tree, path)
    order = [
        (
            -list(EnforcementState).index(each.state),
            each.package,
            each.rule is not None,
            each.rule.name if each.rule else "",
        )
        for each in decision.evidence
    ]
    assert order == sorted(order)
    results: list[Evidence | UndecidedRule] = [*decision.evidence, *decision.undecided]
    for each in results:
        effective = tree.effective_state(path, each.package)
        assert (each.state, each.group, each.since) == (
            effective.state,
            effective.group,
            effective.since,
        )


@given(facts, package_lists, trees(), paths, entries | rules)
def test_adding_never_unblocks(
    known: FileFacts,
    packages: list[Package],
    tree: PolicyTree,
    path: str,
    addition: HashEntry | MetadataRule,
) -> None:
    before = decide(known, packages, tree, path).verdict
    for package in packages:
        more = package.copy()
        if isinstance(addition, HashEntry):
            more.add_entries([addition])
        elif addition.name not in {rule.name for rule in more.rules}:
            more.add_rule(addition)
        others = [each for each in packages if each is not package]
        assert STRENGTH[decide(known, [*others, more], tree, path).verdict] >= STRENGTH[before]


@given(facts, package_lists, trees(), paths, st.randoms(use_true_random=False))
def test_input_order_never_matters(
    known: FileFacts, packages: list[Package], tree: PolicyTree, path: str, random: Random
) -> None:
    expected = decide(known, packages, tree, path)
    shuffled = packages.copy()
    random.shuffle(shuffled)
    assert decide(known, shuffled, tree, path) == expected
    assert decide(known, iter(shuffled), tree, path) == expected


@given(facts, package_lists, trees(), paths)
def test_audit_never_blocks(
    known: FileFacts, packages: list[Package], tree: PolicyTree, path: str
) -> None:
    for group in tree.groups:
        for package in group.states:
            tree.set_state(group.path, package, "audit")
    assert decide(known, packages, tree, path).verdict is not Verdict.BLOCKED


@given(facts, package_lists, trees(), paths, instants)
def test_an_expired_package_is_as_good_as_absent(
    known: FileFacts, packages: list[Package], tree: PolicyTree, path: str, now: datetime
) -> None:
    current = [package for package in packages if not package.expired(now)]
    decision = decide(known, packages, tree, path, now=now)
    assert decision.evidence == decide(known, current, tree, path).evidence
    assert set(decision.expired) == {each.name for each in packages} - {
        each.name for each in current
    }


@given(facts, package_lists, trees(), paths)
def test_missing_packages_are_named(
    known: FileFacts, packages: list[Package], tree: PolicyTree, path: str
) -> None:
    in_force = {each.package for each in tree.in_force(path)}
    given_names = {package.name for package in packages}
    assert set(decide(known, packages, tree, path).missing) == in_force - given_names


@given(facts, package_lists, trees(), paths)
def test_copies_are_equal(
    known: FileFacts, packages: list[Package], tree: PolicyTree, path: str
) -> None:
    decision = decide(known, packages, tree, path)
    for copy in copies(decision):
        assert copy == decision
        assert hash(copy) == hash(decision)


# Examples.


def test_by_hash() -> None:
    decision = decide(FileFacts(sha256=A), [package_of()], tree_with("enforce"), "/Workstations")
    assert decision.verdict is Verdict.BLOCKED
    (evidence,) = decision.evidence
    assert (evidence.package, evidence.group) == ("3CX", "/")
    assert evidence.state is EnforcementState.ENFORCE
    assert evidence.since == instant(2023, 3, 30)
    assert evidence.entry == evidence.match == HashEntry(A, file_name="3CX.exe")
    assert evidence.rule is None
    assert evidence.criteria == ()


def test_by_rule() -> None:
    known = FileFacts("windows", original_filename="3cx.exe")
    decision = decide(known, [package_of()], tree_with("audit"), "/")
    assert decision.verdict is Verdict.AUDITED
    (evidence,) = decision.evidence
    assert evidence.entry is None
    assert evidence.rule == RULE
    assert evidence.criteria == match(RULE, known).criteria
    assert evidence.match == RuleEvidence(RULE, evidence.criteria)
    assert evidence == Evidence(
        "3CX", evidence.match, evidence.state, evidence.group, evidence.since
    )


def test_undecided_without_the_fact() -> None:
    decision = decide(FileFacts("windows"), [package_of()], tree_with("enforce"), "/")
    assert decision.verdict is Verdict.ALLOWED
    assert decision.evidence == ()
    (undecided,) = decision.undecided
    assert (undecided.package, undecided.rule, undecided.group) == ("3CX", RULE, "/")
    assert [each.outcome for each in undecided.criteria] == ["fact_absent"]


def test_now_of_the_clock_is_taken() -> None:
    package = package_of()
    package.expires = instant(2024)
    now = datetime.now(timezone.utc)
    decision = decide(FileFacts(sha256=A), [package], tree_with("enforce"), "/", now=now)
    assert decision == Decision("allowed", expired=["3CX"])


def test_a_package_that_changes_is_seen_as_it_is() -> None:
    package = package_of()
    tree = tree_with("enforce")
    assert decide(FileFacts(sha256=A), [package], tree, "/").verdict is Verdict.BLOCKED
    package.remove(A)
    assert decide(FileFacts(sha256=A), [package], tree, "/").verdict is Verdict.ALLOWED


def test_refusals() -> None:
    tree = tree_with("enforce")
    with pytest.raises(NotFoundError, match="no group '/Server'"):
        decide(FileFacts(), [], tree, "/Server")
    with pytest.raises(InvalidValueError):
        decide(FileFacts(), [], tree, "Workstations")
    with pytest.raises(AlreadyExistsError, match="two packages have the name '3CX'"):
        decide(FileFacts(), [package_of(), package_of()], tree, "/")
    with pytest.raises(TypeError, match="expected a Package, not int"):
        decide(FileFacts(), [1], tree, "/")  # type: ignore[list-item]
    with pytest.raises(TypeError):
        decide(FileFacts(), package_of(), tree, "/")  # type: ignore[arg-type]


def test_forms() -> None:
    known = FileFacts("windows", sha256=A)
    decision = decide(known, [package_of("<3CX>")], tree_with("enforce", "<3CX>"), "/")
    assert repr(decision) == "<Decision blocked evidence=1 undecided=1>"
    html = decision._repr_html_()
    assert str(A) in html
    assert "&lt;3CX&gt;" in html
    assert "cannot run" in html
