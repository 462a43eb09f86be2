"""``libblock check``: what is valid but probably not meant."""

import os
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import NamedTuple, TypeVar

import click

import libblock
from libblock.cli._documents import load_listed, package_path
from libblock.cli._inputs import instant, now
from libblock.cli._main import BAD_INPUT, FINDINGS, OK
from libblock.cli._options import format_option
from libblock.cli._output import complain
from libblock.cli._report import PRINTERS, Remark, Report, rule_of_error

_SEVERITIES = [str(each) for each in libblock.Severity]
_RULES = [str(each) for each in libblock.CheckRule]

T = TypeVar("T")


class Documents(NamedTuple):
    """What is checked, and what could not be loaded."""

    packages: list[tuple[str, libblock.PackageDocument]]
    policy: libblock.PolicyDocument | None
    errors: list[libblock.Error]


@click.command(
    "check",
    short_help="Find what is probably not meant.",
    epilog="Rules: " + ", ".join(_RULES) + ".",
)
@click.argument("package_files", nargs=-1, metavar="[PACKAGES...]")
@click.option("--policy", "policy_file", metavar="POLICY", help="The policy they are used in.")
@format_option("sarif", "github")
@click.option(
    "--max-audit-days",
    type=click.IntRange(0, 36500),
    default=30,
    show_default=True,
    metavar="DAYS",
    help="How long a package may stay in audit.",
)
@click.option("--at", type=instant, metavar="TIME", help="Check as of then instead of now.")
@click.option(
    "--ignore",
    multiple=True,
    type=click.Choice(_RULES),
    metavar="RULE",
    help="A rule whose findings are left out; may be given several times.",
)
@click.option(
    "--fail-on",
    type=click.Choice(_SEVERITIES),
    default="warning",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
def command(
    package_files: Sequence[str],
    policy_file: str | None,
    form: str,
    max_audit_days: int,
    at: datetime | None,
    ignore: Sequence[str],
    fail_on: str,
) -> int:
    """Look for what is valid but probably not meant, in packages and in the policy they are in.

    The packages of the policy are checked too, or alone if no others are named. Exits with 1 if
    there is a finding, other than a note unless --fail-on says so, and with 2 if a document cannot
    be loaded.
    """
    if not package_files and policy_file is None:
        raise click.UsageError("nothing to check: name packages, or a policy with --policy")
    documents = _load(package_files, policy_file)
    if documents.errors:
        PRINTERS[form](Report([], [_remark_of(each) for each in documents.errors]))
        for error in documents.errors:
            complain("error", str(error))
        return BAD_INPUT

    policy = documents.policy
    found = libblock.check(
        [document.package for _, document in documents.packages],
        policy.policy.tree if policy else None,
        now=at or now(),
        max_audit_days=max_audit_days,
    )
    remarks = [
        _placed(each, documents, policy_file or "") for each in found if each.rule not in ignore
    ]
    PRINTERS[form](Report(remarks, []))
    failing = _SEVERITIES[_SEVERITIES.index(fail_on) :]
    return FINDINGS if any(each.severity in failing for each in remarks) else OK


def _load(package_files: Sequence[str], policy_file: str | None) -> Documents:
    documents = Documents([], None, [])

    def attempt(load: Callable[[], T]) -> T | None:
        try:
            return load()
        except libblock.Error as error:
            documents.errors.append(error)
            return None

    for file in package_files:
        document = attempt(partial(libblock.load_package, file))
        if document is not None:
            documents.packages.append((file, document))
    policy = attempt(partial(libblock.load_policy, policy_file)) if policy_file else None
    if policy is None or policy_file is None:
        return documents
    given = {os.path.realpath(file) for file in package_files}
    for listed in policy.policy.packages:
        if os.path.realpath(package_path(policy_file, listed)) in given:
            continue
        loaded = attempt(partial(load_listed, policy, policy_file, listed))
        if loaded is not None:
            documents.packages.append(loaded)
    return documents._replace(policy=policy)


def _placed(finding: libblock.Finding, documents: Documents, policy_file: str) -> Remark:
    document: libblock.PackageDocument | libblock.PolicyDocument | None
    if finding.package is not None:
        file, document = documents.packages[finding.package]
    else:
        file, document = policy_file, documents.policy
    position = document.locate(finding.pointer) if document else libblock.Position()
    return Remark(
        finding.rule, finding.severity, finding.message, file, position.line, position.column
    )


def _remark_of(error: libblock.Error) -> Remark:
    rule = rule_of_error(error.code)
    return Remark(
        rule, libblock.Severity.ERROR, error.message, error.file, error.line, error.column
    )
