"""The text forms of the model: rows for tables and phrases for lines."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat
from typing import NamedTuple

import libblock
from libblock.cli._columns import Columns
from libblock.cli._documents import states_on
from libblock.cli._output import Output, Part, out

GOOD, BAD, NOTABLE, QUIET, TITLE = "green", "bold red", "yellow", "dim", "bold"

STATE_STYLES = {
    libblock.EnforcementState.DISABLED: QUIET,
    libblock.EnforcementState.AUDIT: NOTABLE,
    libblock.EnforcementState.ENFORCE: BAD,
}

VERDICT_STYLES = {
    libblock.Verdict.ALLOWED: GOOD,
    libblock.Verdict.AUDITED: NOTABLE,
    libblock.Verdict.BLOCKED: BAD,
}

LOSS_STYLES = {
    libblock.LossKind.LEFT_OUT: BAD,
    libblock.LossKind.NARROWED: NOTABLE,
    libblock.LossKind.WIDENED: BAD,
    libblock.LossKind.CANNOT_MATCH: NOTABLE,
}

#: What a state makes of a match is as strong as the verdict that it leads to.
_STRENGTHS = {
    libblock.EnforcementState.AUDIT: 1,
    libblock.Verdict.AUDITED: 1,
    libblock.EnforcementState.ENFORCE: 2,
    libblock.Verdict.BLOCKED: 2,
}

STATE_WORDS = {
    libblock.EnforcementState.DISABLED: "disabled",
    libblock.EnforcementState.AUDIT: "audited",
    libblock.EnforcementState.ENFORCE: "enforced",
}

_PLAIN_LABELS = (libblock.DigestLabel.NONE, libblock.DigestLabel.SHA256)
_LONGEST_RUN = 64


def place(source: str, line: int, column: int) -> str:
    """`source:line:column`, shortened by what is not known."""
    if line and column and not source:  # nearly always
        return f"{line}:{column}"
    return ":".join(str(part) for part in (source, line, column) if part)


def candidate_columns(of: Columns, source: str = "") -> list[list[Part]]:
    """Digest, platform, file name, place, and of which digest it is if not of a plain SHA-256."""
    labels = of["labelled_as"]
    return [
        *_hash_columns(of, repeat(source)),
        ["" if label in _PLAIN_LABELS else (label, NOTABLE) for label in labels],
    ]


def entry_columns(of: Columns) -> list[list[Part]]:
    """Digest, platform, file name, place in the source, and note."""
    return [*_hash_columns(of, of["source"]), list(of["note"])]


def _hash_columns(of: Columns, sources: Iterable[str]) -> list[list[Part]]:
    kinds = zip(of["file_name"], of["kind"], strict=True)
    return [
        [(digest, TITLE) for digest in of["sha256"]],
        [platform or "" for platform in of["platform"]],
        [name if kind is libblock.HashKind.FILE else _of_kind(name, kind) for name, kind in kinds],
        _places(of, sources),
    ]


def rejection_columns(of: Columns, source: str = "") -> list[list[Part]]:
    """Digits, the reason in words, and place."""
    words = {each: each.description.removesuffix(".") for each in set(of["reason"])}
    return [
        [text if len(text) <= _LONGEST_RUN else text[:_LONGEST_RUN] + "..." for text in of["text"]],
        [(words[reason], NOTABLE) for reason in of["reason"]],
        _places(of, repeat(source)),
    ]


def _places(of: Columns, sources: Iterable[str]) -> list[Part]:
    places = zip(sources, of["line"], of["column"], strict=False)  # the source may be all the same
    return [(place(*each), QUIET) for each in places]


def _of_kind(name: str, kind: libblock.HashKind) -> str:
    return f"{name} ({kind})".lstrip()


def marked(mark: str, style: str, columns: list[list[Part]]) -> list[list[Part]]:
    """The columns of a table with a mark before the first cell of each row."""
    return [[(mark + _text(cell), style) for cell in columns[0]], *columns[1:]]


def _text(part: Part) -> str:
    return part if isinstance(part, str) else part[0]


def print_rules(output: Output, rules: Sequence[libblock.MetadataRule], indent: int = 0) -> None:
    for rule in rules:
        output.line((rule.name, TITLE), f" ({', '.join(rule.platforms)})", indent=indent)
        for criterion in rule.criteria:
            output.line(criterion_text(criterion), indent=indent + 2)


def criterion_text(criterion: libblock.Criterion) -> str:
    return f'{criterion.field} {criterion.operation} "{criterion.value}"'


# ---- decisions ---------------------------------------------------------------------------------


def print_decision(
    output: Output, name: str, facts: libblock.FileFacts, group: str, decision: libblock.Decision
) -> None:
    """Prints a verdict, what it rests on, and what more facts could make of it."""
    style = VERDICT_STYLES[decision.verdict]
    output.line((name, TITLE), ": ", (decision.verdict, style), f" on {group}")
    for evidence in decision.evidence:
        _print_evidence(output, evidence)
    for (where, absent), names in _undecided(decision, facts).items():
        rules = f"the rule{'s' if len(names) > 1 else ''} {', '.join(names)}"
        output.line(("cannot tell", NOTABLE), f" about {rules} of {where}: {absent}", indent=2)
    for package in decision.expired:
        output.line(f'"{package}" has expired and is left out', indent=2)


def _print_evidence(output: Output, evidence: libblock.Evidence) -> None:
    package = _in_force(evidence)
    if evidence.entry is not None:
        output.line(f"{package}, holds the hash", indent=2)
        entries = libblock.HashEntries([evidence.entry])
        output.table([entry_columns(entries.columns())], indent=4)
        return
    assert evidence.rule is not None
    output.line(f'{package}, has the rule "{evidence.rule.name}"', indent=2)
    for result in evidence.criteria:
        fact = "" if result.fact == result.criterion.value else f': it is "{result.fact}"'
        output.line(criterion_text(result.criterion) + fact, indent=4)


def _in_force(item: libblock.Evidence | libblock.UndecidedRule) -> str:
    where = f"{STATE_WORDS[item.state]} on {item.group}" if item.group else "which is set nowhere"
    return f'"{item.package}", {where}'


def _undecided(
    decision: libblock.Decision, facts: libblock.FileFacts
) -> dict[tuple[str, str], list[str]]:
    """The names of the rules that could change the verdict, by what they are of and what of the
    facts they miss."""
    rules: dict[tuple[str, str], list[str]] = {}
    for each in decision.undecided:
        if _STRENGTHS.get(each.state, 0) > _STRENGTHS.get(decision.verdict, 0):
            absent = [] if facts.platform else ["platform"]
            absent += [
                str(result.criterion.field)
                for result in each.criteria
                if result.outcome == libblock.CriterionOutcome.FACT_ABSENT
            ]
            verb = "is" if len(absent) == 1 else "are"
            key = _in_force(each), f"{' and '.join(absent)} {verb} not known"
            rules.setdefault(key, []).append(f'"{each.rule.name}"')
    return rules


# ---- the tree of a policy ----------------------------------------------------------------------


def print_policy(policy: libblock.Policy, top: str = "/") -> None:
    """Prints the groups from `top` down with their states, and where the packages are."""
    output = out()
    output.rows(policy_rows(policy.tree, top), lambda row: row)
    if policy.packages:
        output.line()
        output.line(("packages", TITLE))
        output.rows(policy.packages, lambda each: [each.name, each.file], indent=2)


class _Guides(NamedTuple):
    """What leads from a group to those below it."""

    child: str
    last_child: str
    past: str
    past_last: str = "    "


_LINES = _Guides("├── ", "└── ", "│   ")
_ASCII = _Guides("|-- ", "`-- ", "|   ")


def policy_rows(tree: libblock.PolicyTree, top: str) -> list[list[Part]]:
    """The groups as a drawn tree, each with its packages, their states and where these are set."""
    guides = _LINES if (sys.stdout.encoding or "").lower().startswith("utf") else _ASCII

    def rows(path: str, name: str, before: str, below: str) -> Iterator[list[Part]]:
        children = tree.children(path)
        states = [_state_cells(each, path) for each in states_on(tree, path)] or [["", "", ""]]
        first, *others = states
        yield [before + name, *first]
        for cells in others:
            yield [below + (guides.past if children else ""), *cells]
        for number, child in enumerate(children, 1):
            last = number == len(children)
            yield from rows(
                child,
                child.rpartition("/")[2],
                below + (guides.last_child if last else guides.child),
                below + (guides.past_last if last else guides.past),
            )

    return list(rows(top, top, "", ""))


def _state_cells(state: libblock.PackageState, path: str) -> list[Part]:
    since = f"since {state.since:%Y-%m-%d}" if state.since else ""
    origin = since if state.group == path else f"from {state.group}"
    return [state.package, (STATE_WORDS[state.state], STATE_STYLES[state.state]), (origin, QUIET)]
