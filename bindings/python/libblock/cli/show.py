"""``libblock show``: a package or a policy for the reader."""

from itertools import chain

import click

import libblock
from libblock.cli._columns import blocks
from libblock.cli._documents import load_document
from libblock.cli._forms import (
    entry_forms,
    known,
    package_form,
    policy_form,
    provenance_form,
    rule_form,
    time_form,
)
from libblock.cli._options import format_option
from libblock.cli._output import Output, Part, counted, out, write_json
from libblock.cli._text import TITLE, entry_columns, print_policy, print_rules


@click.command("show", short_help="Show a package or a policy.")
@click.argument("file")
@format_option()
def command(file: str, form: str) -> None:
    """Show what is in a package or a policy, whichever FILE holds."""
    document = load_document(file)
    if isinstance(document, libblock.PolicyDocument):
        _show_policy(file, document.policy, form)
    elif form == "json":
        _print_package_json(file, document.package)
    else:
        _print_package(document.package)


def _show_policy(file: str, policy: libblock.Policy, form: str) -> None:
    if form == "json":
        write_json({"version": 1, "file": file, **policy_form(policy)})
    else:
        print_policy(policy)


def _print_package(package: libblock.Package) -> None:
    output = out()
    output.line((package.name, TITLE), f", version {package.version}")
    attributes = [
        ("expires", time_form(package.expires) or ""),
        ("tags", ", ".join(package.tags)),
        *(("reference", each) for each in package.references),
        ("digest", package.digest().hex),
    ]
    for name, value in attributes:
        if value:
            output.line(f"{name:<11}{value}", indent=2)
    for line in package.description.splitlines():
        output.line(line, indent=2)

    _heading(output, counted(len(package), "hash", "hashes"))
    output.table(map(entry_columns, blocks(package.entries)), indent=2)
    if package.rules:
        _heading(output, counted(len(package.rules), "rule"))
        print_rules(output, package.rules, indent=2)
    if package.provenance:
        _heading(output, counted(len(package.provenance), "import"))
        output.rows(package.provenance, _provenance_cells, indent=2)


def _heading(output: Output, text: str) -> None:
    output.line()
    output.line((text, TITLE))


def _provenance_cells(record: libblock.Provenance) -> list[Part]:
    imported = record.source.imported
    counts = {
        "found": record.accepted,
        "taken": record.selected,
        "added": record.added,
        "rejected": record.rejected,
    }
    return [
        record.source.name,
        f"{imported:%Y-%m-%d}" if imported else "",
        ", ".join(f"{count:,} {what}" for what, count in counts.items()),
    ]


def _print_package_json(file: str, package: libblock.Package) -> None:
    attributes = known(description=package.description, expires=time_form(package.expires))
    write_json(
        {
            "version": 1,
            "file": file,
            "package": {
                **package_form(package),
                **attributes,
                "references": package.references,
                "tags": package.tags,
            },
            "hashes": chain.from_iterable(map(entry_forms, blocks(package.entries))),
            "rules": [rule_form(each) for each in package.rules],
            "provenance": [provenance_form(each) for each in package.provenance],
        }
    )
