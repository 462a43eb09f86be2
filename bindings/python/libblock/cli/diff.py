"""``libblock diff``: what changed from one package to the next."""

from itertools import chain
from pathlib import Path

import click

import libblock
from libblock.cli._columns import blocks
from libblock.cli._forms import entry_form, entry_forms, rule_form
from libblock.cli._inputs import STDIN, read_bytes
from libblock.cli._main import FINDINGS, OK
from libblock.cli._options import format_option
from libblock.cli._output import Output, out, write_json
from libblock.cli._text import BAD, GOOD, NOTABLE, criterion_text, entry_columns, marked


@click.command("diff", short_help="Compare two packages.")
@click.argument("old")
@click.argument("new")
@format_option()
def command(old: str, new: str, form: str) -> int:
    """List what changed from the package OLD to the package NEW: attributes, hashes, rules.

    Exits with 1 if they differ. One of the two may be "-":

    \b
      git show HEAD:3cx.yaml | libblock diff - 3cx.yaml
    """
    if old == new == STDIN:
        raise click.UsageError("only one of the two can come from standard input")
    changes = _load(old, new).diff(_load(new, old))
    _PRINTERS[form](changes)
    return FINDINGS if changes else OK


def _load(file: str, other: str) -> libblock.Package:
    """The package of a file; of one from standard input the hash lists stand beside the other."""
    if file != STDIN:
        return libblock.Package.load(file)
    try:
        return libblock.parse_package(read_bytes(STDIN), Path(other).parent).package
    except libblock.Error as error:
        error.file = error.file or "stdin"
        raise


# ---- what is printed ---------------------------------------------------------------------------


def _print_text(changes: libblock.PackageDiff) -> None:
    output = out()
    for attribute in changes.attributes:
        _print_attribute(output, attribute)
    for mark, style, entries in (
        ("- ", BAD, changes.entries_removed),
        ("+ ", GOOD, changes.entries_added),
    ):
        output.table(marked(mark, style, entry_columns(each)) for each in blocks(entries))
    for entry in changes.entries_changed:
        output.line(("~ " + entry.after.sha256.hex, NOTABLE))
        _print_lines(output, _entry_lines(entry.before), _entry_lines(entry.after))
    for rule in changes.rules_removed:
        output.line((f'- rule "{rule.name}"', BAD))
        _print_lines(output, _rule_lines(rule), [])
    for rule in changes.rules_added:
        output.line((f'+ rule "{rule.name}"', GOOD))
        _print_lines(output, [], _rule_lines(rule))
    for change in changes.rules_changed:
        output.line((f'~ rule "{change.after.name}"', NOTABLE))
        _print_lines(output, _rule_lines(change.before), _rule_lines(change.after))
    if not changes:
        output.line("no differences")


def _print_attribute(output: Output, change: libblock.AttributeChange) -> None:
    output.line(("~ " + change.attribute, NOTABLE))
    several = change.attribute in ("references", "tags")
    sides = (change.before, change.after)
    before, after = (side.split("\n") if several else [side] for side in sides)
    _print_lines(output, before, after)


def _entry_lines(entry: libblock.HashEntry) -> list[str]:
    return [f"{key} {value}" for key, value in entry_form(entry).items()]


def _rule_lines(rule: libblock.MetadataRule) -> list[str]:
    return [
        *(f"platform {each}" for each in rule.platforms),
        *(criterion_text(each) for each in rule.criteria),
    ]


def _print_lines(output: Output, before: list[str], after: list[str]) -> None:
    for line in before:
        if line and line not in after:
            output.line(("- " + line, BAD), indent=4)
    for line in after:
        if line and line not in before:
            output.line(("+ " + line, GOOD), indent=4)


def _print_json(changes: libblock.PackageDiff) -> None:
    write_json(
        {
            "version": 1,
            "attributes": [
                {"attribute": each.attribute, "before": each.before, "after": each.after}
                for each in changes.attributes
            ],
            "hashes": {
                "added": chain.from_iterable(map(entry_forms, blocks(changes.entries_added))),
                "removed": chain.from_iterable(map(entry_forms, blocks(changes.entries_removed))),
                "changed": (
                    {"before": entry_form(each.before), "after": entry_form(each.after)}
                    for each in changes.entries_changed
                ),
            },
            "rules": {
                "added": [rule_form(each) for each in changes.rules_added],
                "removed": [rule_form(each) for each in changes.rules_removed],
                "changed": [
                    {"before": rule_form(each.before), "after": rule_form(each.after)}
                    for each in changes.rules_changed
                ],
            },
        }
    )


_PRINTERS = {"text": _print_text, "json": _print_json}
