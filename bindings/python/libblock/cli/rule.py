"""``libblock rule``: the metadata rules of a package."""

from collections.abc import Callable, Sequence
from typing import Any

import click

import libblock
from libblock.cli._documents import save_next_version
from libblock.cli._forms import package_form, rule_form
from libblock.cli._inputs import utf8
from libblock.cli._main import Group
from libblock.cli._options import drop_comments_option, format_option
from libblock.cli._output import complain, counted, out, write_json
from libblock.cli._text import print_rules

_CRITERIA_HELP = "\n\n".join(
    [
        "Fields: " + ", ".join(libblock.Field) + ".",
        "Operations: " + ", ".join(libblock.Operation) + ".",
    ]
)


@click.group("rule", cls=Group, short_help="Add, list and remove metadata rules.")
def command() -> None:
    """Add, list and remove the metadata rules of a package."""


def _field_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--original-filename VALUE` and the like: short for a criterion with "equals"."""
    for field in reversed(libblock.Field):
        function = click.option(
            f"--{field.replace('_', '-')}",
            field,
            multiple=True,
            metavar="VALUE",
            help=f"{field} equals VALUE.",
        )(function)
    return function


@command.command("add", short_help="Add a rule.", epilog=_CRITERIA_HELP)
@click.argument("file", metavar="PACKAGE")
@click.option("--name", required=True, help="What the rule is called.")
@click.option(
    "--platform",
    "platforms",
    multiple=True,
    required=True,
    type=click.Choice([str(each) for each in libblock.Platform]),
    help="Where the rule applies; may be given several times.",
)
@click.option(
    "--where",
    multiple=True,
    type=(str, str, str),
    metavar="FIELD OPERATION VALUE",
    help="What must hold of the file; may be given several times: all must hold.",
)
@_field_options
@drop_comments_option()
@format_option()
def add(
    file: str,
    name: str,
    platforms: Sequence[str],
    where: Sequence[tuple[str, str, str]],
    drop_comments: bool,
    form: str,
    **equal: Sequence[str],
) -> None:
    """Add a metadata rule to PACKAGE, which becomes its next version.

    A rule matches a file of one of its platforms for which all of its criteria hold:

    \b
      libblock rule add 3cx.yaml --name "3CX on Windows" --platform windows \\
          --original-filename 3CXDesktopApp.exe \\
          --where product_version at_most 18.12.416
    """
    criteria = [libblock.Criterion(*each) for each in where]
    for field in libblock.Field:
        criteria += [libblock.Criterion(field, "equals", value) for value in equal[field]]
    package = libblock.Package.load(file)
    rule = libblock.MetadataRule(name, platforms, criteria)
    package.add_rule(rule)
    save_next_version(package, file, drop_comments=drop_comments)
    _warn_about(package, len(package.rules) - 1)
    _print_change(form, file, package, f'added the rule "{name}"')


def _warn_about(package: libblock.Package, index: int) -> None:
    """Says what `libblock check` would find in the rule."""
    pointer = f"/rules/{index}"
    for finding in libblock.check([package]):
        if (finding.pointer + "/").startswith(pointer + "/"):
            complain(finding.severity, f"{finding.message} [{finding.rule}]")


@command.command("list", short_help="List the rules.")
@click.argument("file", metavar="PACKAGE")
@format_option()
def list_rules(file: str, form: str) -> None:
    """List the metadata rules of PACKAGE with their platforms and criteria."""
    package = libblock.Package.load(file)
    if form == "json":
        _print_json(file, package)
        return
    output = out()
    print_rules(output, package.rules)
    if not package.rules:
        output.line("no rules")


@command.command("remove", short_help="Remove rules.")
@click.argument("file", metavar="PACKAGE")
@click.argument("names", type=utf8, metavar="NAME...", nargs=-1, required=True)
@drop_comments_option()
@format_option()
def remove(file: str, names: Sequence[str], drop_comments: bool, form: str) -> None:
    """Remove the metadata rules of these names from PACKAGE, which becomes its next version."""
    package = libblock.Package.load(file)
    for name in names:
        package.remove_rule(name)
    save_next_version(package, file, drop_comments=drop_comments)
    _print_change(form, file, package, f"removed {counted(len(names), 'rule')}")


def _print_change(form: str, file: str, package: libblock.Package, change: str) -> None:
    if form == "json":
        _print_json(file, package)
    else:
        name = f'"{package.name}"'
        out().line(f"{file}: {change}; {name} is now version {package.version}")


def _print_json(file: str, package: libblock.Package) -> None:
    write_json(
        {
            "version": 1,
            "file": file,
            "package": package_form(package),
            "rules": [rule_form(each) for each in package.rules],
        }
    )
