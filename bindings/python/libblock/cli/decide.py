"""``libblock decide``: what a policy does to files and executions."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import click

import libblock
from libblock.cli._documents import load_listed, states_on
from libblock.cli._facts_json import Subject, parse_subjects
from libblock.cli._forms import decision_form, time_form
from libblock.cli._inputs import (
    STDIN,
    did_you_mean,
    hashing_progress,
    instant,
    now,
    read_bytes,
    utf8,
)
from libblock.cli._main import FINDINGS, OK
from libblock.cli._options import format_option
from libblock.cli._output import complain, out, write_json
from libblock.cli._text import STATE_WORDS, TITLE, print_decision
from libblock.facts import read_facts

_FIELDS = [str(each) for each in libblock.Field]


class Case(NamedTuple):
    """A subject in a group, and what happens."""

    subject: Subject
    group: str
    decision: libblock.Decision


class Outcome(NamedTuple):
    """All that was decided, and as of when."""

    policy_file: str
    at: datetime
    cases: list[Case]


@click.command("decide", short_help="Say what a policy does to files, and why.")
@click.argument("files", nargs=-1)
@click.option("--policy", "policy_file", required=True, metavar="POLICY", help="The policy.")
@click.option(
    "--group",
    "groups",
    type=utf8,
    multiple=True,
    required=True,
    metavar="PATH",
    help="The group of the machine; may be given several times.",
)
@click.option(
    "--package",
    "package_files",
    multiple=True,
    metavar="PACKAGE",
    help="A package to use in place of the policy's of that name.",
)
@click.option(
    "--facts",
    "facts_files",
    multiple=True,
    metavar="FACTS",
    help='Facts as JSON, or "-": an object, a list, or JSON Lines.',
)
@click.option(
    "--fact",
    "extra",
    multiple=True,
    metavar="FIELD=VALUE",
    help="A fact that FILES do not tell, such as publisher=ACME; replaces what they do.",
)
@click.option(
    "--platform",
    type=click.Choice([str(each) for each in libblock.Platform]),
    help="The platform of FILES, if it is not that of their format.",
)
@click.option("--at", type=instant, metavar="TIME", help="Decide as of then instead of now.")
@format_option()
def command(
    files: Sequence[str],
    policy_file: str,
    groups: Sequence[str],
    package_files: Sequence[str],
    facts_files: Sequence[str],
    extra: Sequence[str],
    platform: str | None,
    at: datetime | None,
    form: str,
) -> int:
    """Say what happens when files are executed on the machines of a group, and because of what.

    The facts of FILES are read from them: digests, platform, path, and the version resource of PE
    files. Their publisher is not: nobody has verified the signature. Exits with 1 if one is
    blocked.

    \b
      libblock decide --policy policy.yaml --group /Workstations setup.exe
      libblock decide --policy policy.yaml --group / --facts executions.jsonl
    """
    if not files and not facts_files:
        raise click.UsageError("nothing to decide on: name files, or give --facts")
    policy = libblock.load_policy(policy_file)
    packages = _load_packages(policy, policy_file, groups, package_files)
    known = _parse_facts(extra)
    at = at or now()
    subjects = [_read_subject(file, platform, known) for file in files]
    for file in facts_files:
        subjects += parse_subjects(read_bytes(file), "stdin" if file == STDIN else file)
    cases = [
        Case(
            subject,
            group,
            libblock.decide(subject.facts, packages, policy.policy.tree, group, now=at),
        )
        for subject in subjects
        for group in groups
    ]
    _PRINTERS[form](Outcome(policy_file, at, cases))
    blocked = any(case.decision.verdict == libblock.Verdict.BLOCKED for case in cases)
    return FINDINGS if blocked else OK


def _parse_facts(facts: Sequence[str]) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for fact in facts:
        field, equals, value = fact.partition("=")
        if not equals:
            raise click.UsageError(f"--fact {fact} is not of the form FIELD=VALUE")
        if field not in _FIELDS:
            raise click.UsageError(f"there is no field {field!r}{did_you_mean(field, _FIELDS)}")
        values.setdefault(field, []).append(value)
    return values


def _read_subject(file: str, platform: str | None, known: dict[str, list[str]]) -> Subject:
    with hashing_progress(file) as progress:
        facts = read_facts(file, platform=platform, progress=progress)
    return Subject(file, libblock.FileFacts.from_dict({**facts.to_dict(), **known}))


def _load_packages(
    policy: libblock.PolicyDocument,
    policy_file: str,
    groups: Sequence[str],
    package_files: Sequence[str],
) -> list[libblock.Package]:
    """The packages that have a state on the groups: those that are given, else the policy's."""
    packages = {}
    for file in package_files:
        package = libblock.Package.load(file)
        if package.name in packages:
            raise libblock.AlreadyExistsError(f'a second package "{package.name}"', file)
        packages[package.name] = package

    listed = {each.name: each for each in policy.policy.packages}
    states = {
        each.package: each for group in groups for each in states_on(policy.policy.tree, group)
    }
    for name in sorted(packages.keys() - states.keys()):
        complain("warning", f'"{name}" is set on none of these groups: it decides nothing')
    for name in sorted(states.keys() - packages.keys()):
        if name not in listed:
            raise libblock.NotFoundError(
                f'"{name}" is {STATE_WORDS[states[name].state]} on {states[name].group}, but the '
                "policy does not say which file holds it",
                policy_file,
            )
        _, document = load_listed(policy, policy_file, listed[name])
        packages[name] = document.package
    return list(packages.values())


# ---- what is printed ---------------------------------------------------------------------------


def _print_text(outcome: Outcome) -> None:
    output = out()
    for case in outcome.cases:
        print_decision(output, *case.subject, case.group, case.decision)
    if len(outcome.cases) > 1:
        counts = Counter(case.decision.verdict for case in outcome.cases)
        summary = ", ".join(
            f"{counts[verdict]:,} {verdict}" for verdict in reversed(libblock.Verdict)
        )
        output.line()
        output.line((summary, TITLE))


def _print_json(outcome: Outcome) -> None:
    write_json(
        {
            "version": 1,
            "policy": outcome.policy_file,
            "at": time_form(outcome.at),
            "decisions": [
                {
                    "name": case.subject.name,
                    "group": case.group,
                    **decision_form(case.decision),
                    "facts": case.subject.facts.to_dict(),
                }
                for case in outcome.cases
            ],
        }
    )


_PRINTERS = {"text": _print_text, "json": _print_json}
