from datetime import datetime, timezone

import pytest
from hypothesis import given
from strategies import package_lists, trees
from support import copies, digest_of, instant

from libblock import (
    CheckRule,
    Criterion,
    Finding,
    HashEntry,
    InvalidValueError,
    MetadataRule,
    Package,
    PolicyTree,
    Severity,
    check,
    severity_of,
)


def found(*packages: Package, policy: PolicyTree | None = None, **options: object) -> list[str]:
    return [finding.rule for finding in check(packages, policy, **options)]  # type: ignore[arg-type]


def package_of(name: str = "a", digest: str = "a") -> Package:
    package = Package(name)
    package.add_entries([HashEntry(digest_of(digest))])
    return package


def rule_of(field: str, operation: str, value: str, platform: str = "windows") -> Package:
    package = Package("a")
    package.add_rule(MetadataRule("r", [platform], [Criterion(field, operation, value)]))
    return package


def policy_of(state: str, since: datetime | None = None) -> PolicyTree:
    tree = PolicyTree()
    tree.set_state("/", "a", state, since)
    return tree


def test_nothing_to_say() -> None:
    assert check([]) == []
    assert check([package_of()]) == []
    assert check([package_of()], policy_of("audit")) == []


def test_each_rule_has_something_to_find() -> None:
    expired = package_of()
    expired.expires = instant(2023)
    tree = policy_of("enforce")
    assert found(Package("a")) == ["empty-package"]
    assert found(package_of(), policy=PolicyTree()) == ["unassigned-package"]
    assert found(policy=tree) == ["unknown-package"]
    assert found(package_of(), package_of("a", "b")) == ["duplicate-package-name"]
    assert found(package_of(), package_of("b")) == ["duplicate-hash"]
    assert found(rule_of("path", "wildcard", "**")) == ["matches-everything"]
    assert found(rule_of("original_filename", "equals", "x", "linux")) == ["field-not-on-platform"]
    assert found(rule_of("original_filename", "equals", "x")) == ["original-filename-extension"]
    assert found(package_of(), policy=tree) == ["enforced-without-audit"]
    assert found(expired, now=instant(2024)) == ["expired-package"]
    assert found(package_of(), policy=policy_of("audit", instant(2023)), now=instant(2024)) == [
        "stale-audit"
    ]


def test_findings_say_where() -> None:
    package = rule_of("original_filename", "equals", "3CX")
    (finding,) = check([package_of("b"), package])
    assert finding.rule is CheckRule.ORIGINAL_FILENAME_EXTENSION
    assert finding.severity is severity_of(finding.rule) is Severity.WARNING
    assert finding.package == 1
    assert finding.pointer == "/rules/0/criteria/0/value"
    assert "'3CX.exe'" in finding.message


def test_findings_about_the_policy_have_no_package() -> None:
    (finding,) = check([], policy_of("enforce"))
    assert finding.package is None
    assert finding.pointer


def test_days_in_audit() -> None:
    tree = policy_of("audit", instant(2024, 1, 1))
    assert found(package_of(), policy=tree, now=instant(2024, 1, 31)) == []
    assert found(package_of(), policy=tree, now=instant(2024, 2, 1)) == ["stale-audit"]
    assert found(package_of(), policy=tree, now=instant(2024, 2, 1), max_audit_days=31) == []
    assert found(package_of(), policy=tree) == []


def test_now_of_the_clock_is_taken() -> None:
    assert check([package_of()], now=datetime.now(timezone.utc)) == []
    with pytest.raises(InvalidValueError, match="time zone"):
        check([], now=datetime(2024, 1, 1))


@given(package_lists, trees())
def test_findings_come_by_package_and_then_by_rule(
    packages: list[Package], tree: PolicyTree
) -> None:
    findings = check(iter(packages), tree, now=instant(2024))
    rules = list(CheckRule)
    order = [
        (len(packages) if each.package is None else each.package, rules.index(each.rule))
        for each in findings
    ]
    assert order == sorted(order)
    for finding in findings:
        assert finding.message
        assert all(copy == finding for copy in copies(finding))


def test_every_rule_has_a_severity() -> None:
    assert {severity_of(rule) for rule in CheckRule} == set(Severity)
    assert Finding("stale-audit", "old").severity is severity_of("stale-audit")


def test_refusals() -> None:
    with pytest.raises(TypeError):
        check([1])  # type: ignore[list-item]
    with pytest.raises(InvalidValueError, match="is no CheckRule"):
        severity_of("stale_audit")
