import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import facts, rules
from support import copies, load_vectors

import libblock
from libblock import (
    Criterion,
    CriterionOutcome,
    CriterionResult,
    Error,
    Field,
    FileFacts,
    InvalidValueError,
    MetadataRule,
    Operation,
    Platform,
    RuleOutcome,
    RuleResult,
    match,
    validate,
)

VECTORS = load_vectors("rules.json")


def by_name(vectors: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("vector", vectors, ids=[each["name"] for each in vectors])


@by_name(VECTORS["criteria"])
def test_criteria_of_the_vectors(vector: dict[str, Any]) -> None:
    criterion = Criterion(vector["field"], vector["operation"], vector["value"])
    known = FileFacts(vector["platform"], **{vector["field"]: vector.get("facts")})
    result = match(MetadataRule("rule", [vector["platform"]], [criterion]), known)
    assert [each.outcome for each in result.criteria] == [vector["outcome"]]
    assert result.criteria[0].criterion == criterion


@by_name(VECTORS["refused"])
def test_refusals_of_the_vectors(vector: dict[str, Any]) -> None:
    criterion = Criterion(vector["field"], vector["operation"], vector["value"])
    with pytest.raises(Error, match=re.escape(vector["message"])) as caught:
        validate(criterion)
    assert caught.value.code == vector["error"]
    with pytest.raises(Error, match=re.escape(vector["message"])):
        validate(MetadataRule("rule", ["windows"], [criterion]))


@given(rules, facts)
def test_outcome_follows_from_the_criteria(rule: MetadataRule, known: FileFacts) -> None:
    validate(rule)
    result = match(rule, known)
    outcomes = [each.outcome for each in result.criteria]
    broken = {CriterionOutcome.NOT_MATCHED, CriterionOutcome.NOT_COMPARABLE} & set(outcomes)
    if known.platform is not None and known.platform not in rule.platforms:
        assert result == RuleResult(RuleOutcome.OTHER_PLATFORM)
        return
    assert [each.criterion for each in result.criteria] == list(rule.criteria)
    if broken:
        assert result.outcome is RuleOutcome.NOT_MATCHED
    elif CriterionOutcome.FACT_ABSENT in outcomes or known.platform is None:
        assert result.outcome is RuleOutcome.UNDECIDED
    else:
        assert result.outcome is RuleOutcome.MATCHED


@given(rules, facts)
def test_a_fact_that_decides_is_one_of_the_file(rule: MetadataRule, known: FileFacts) -> None:
    for each in match(rule, known).criteria:
        values = known.values_of(each.criterion.field)
        assert each.fact in values if values else each.fact == ""
        assert (each.outcome is CriterionOutcome.FACT_ABSENT) == (not values)


# Wildcards, against patterns of Python's `re`.

PIECES = {"?": "[^/]", "*": "[^/]*", "**": ".*"}
PIECES_OUTSIDE_PATHS = {"?": ".", "*": ".*", "**": ".*"}


def as_regex(pattern: str, pieces: dict[str, str]) -> str:
    tokens = re.findall(r"\*+|.", pattern, flags=re.DOTALL)
    return "".join(pieces.get(token[:2], re.escape(token)) for token in tokens)


def wildcard(field: Field, pattern: str, fact: str) -> bool:
    rule = MetadataRule("rule", ["linux"], [Criterion(field, "wildcard", pattern)])
    return match(rule, FileFacts("linux", **{field: fact})).outcome is RuleOutcome.MATCHED


patterns = st.text("ab€/?*.", min_size=1, max_size=8)
subjects = st.text("ab€/.", min_size=1, max_size=10)


@given(patterns, subjects)
def test_wildcards_in_paths(pattern: str, subject: str) -> None:
    expected = re.fullmatch(as_regex(pattern, PIECES), subject, re.DOTALL) is not None
    assert wildcard(Field.PATH, pattern, subject) == expected


@given(patterns, subjects)
def test_wildcards_elsewhere(pattern: str, subject: str) -> None:
    expected = re.fullmatch(as_regex(pattern, PIECES_OUTSIDE_PATHS), subject, re.DOTALL)
    assert wildcard(Field.PUBLISHER, pattern, subject) == (expected is not None)


def test_no_wildcard_takes_exponential_time() -> None:
    assert not wildcard(Field.PUBLISHER, "*a" * 200 + "b", "a" * 4000)


# The values.


def test_attributes() -> None:
    criterion = Criterion("original_filename", "equals", "3CXDesktopApp.exe")
    assert criterion.field is Field.ORIGINAL_FILENAME
    assert criterion.operation is Operation.EQUALS
    assert criterion.value == "3CXDesktopApp.exe"
    rule = MetadataRule("3CX", ["windows", Platform.MACOS], iter([criterion]))
    assert rule.platforms == (Platform.WINDOWS, Platform.MACOS)
    assert rule.criteria == (criterion,)
    with pytest.raises(AttributeError):
        rule.name = "other"  # type: ignore[misc]


def test_forms() -> None:
    rule = MetadataRule("3CX", ["windows"], [Criterion("publisher", "equals", "3CX Ltd")])
    assert repr(rule) == (
        "MetadataRule(name='3CX', platforms=(Platform.WINDOWS,), criteria=(Criterion("
        "field=Field.PUBLISHER, operation=Operation.EQUALS, value='3CX Ltd'),))"
    )
    assert eval(repr(rule), vars(libblock)) == rule


@given(rules, facts)
def test_copies_are_equal(rule: MetadataRule, known: FileFacts) -> None:
    for value in (rule, rule.criteria[0], match(rule, known), *match(rule, known).criteria):
        for copy in copies(value):
            assert copy == value
            assert hash(copy) == hash(value)


def test_results_compare() -> None:
    criterion = Criterion("path", "equals", "/x")
    result = CriterionResult(criterion, "matched", "/x")
    assert result.outcome is CriterionOutcome.MATCHED
    assert result != CriterionResult(criterion, "matched")
    assert RuleResult("matched", [result]) != RuleResult("matched")


def test_what_is_no_rule_is_refused() -> None:
    criterion = Criterion("path", "equals", "/x")
    with pytest.raises(InvalidValueError, match="'equal' is no Operation, did you mean 'equals'"):
        Criterion("path", "equal", "x")
    with pytest.raises(TypeError):
        MetadataRule("rule", "windows", [criterion])
    with pytest.raises(InvalidValueError, match="no platform"):
        validate(MetadataRule("rule", [], [criterion]))
    with pytest.raises(InvalidValueError, match="windows twice"):
        validate(MetadataRule("rule", ["windows", "windows"], [criterion]))
    with pytest.raises(InvalidValueError, match="no criteria"):
        validate(MetadataRule("rule", ["windows"], []))
    with pytest.raises(InvalidValueError, match="no version field"):
        validate(Criterion("path", "less_than", "1.0"))


def test_operations() -> None:
    assert [each for each in Operation if libblock.compares_versions(each)] == [
        Operation.LESS_THAN,
        Operation.AT_MOST,
        Operation.AT_LEAST,
        Operation.GREATER_THAN,
    ]


def test_a_rule_that_matches_everything_is_found() -> None:
    def rule(value: str) -> MetadataRule:
        return MetadataRule("rule", ["linux"], [Criterion("path", "wildcard", value)])

    assert libblock.matches_everything(rule("**"))
    assert libblock.matches_everything(rule("/**"))
    assert not libblock.matches_everything(rule("/tmp/**"))
