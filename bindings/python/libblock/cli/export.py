"""``libblock export``: packages in the form that an engine loads."""

import hashlib
import sys
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import click

import libblock
from libblock.cli._documents import load_listed
from libblock.cli._forms import loss_form
from libblock.cli._inputs import instant, now, utf8
from libblock.cli._main import FINDINGS, OK
from libblock.cli._options import format_option
from libblock.cli._output import Output, Part, complain, counted, out, write_json
from libblock.cli._text import LOSS_STYLES, TITLE

STDOUT = "-"
_MOST_NAMES = 3

_STATES = [str(each) for each in libblock.EnforcementState if each != "disabled"]


class Exported(NamedTuple):
    """What was compiled for whom, and which of its files were written."""

    target: libblock.Target
    compilation: libblock.Compilation
    written: Sequence[str]


def _instant_or_now(text: str) -> datetime:
    return now() if text == "now" else instant(text)


def _setting(text: str) -> tuple[str, str]:
    name, equals, value = utf8(text).partition("=")
    if not equals:
        raise click.BadParameter(f"{text} is not of the form NAME=VALUE")
    return name, value


@click.command("export", short_help="Write packages in the form that an engine loads.")
@click.argument("package_file", required=False, metavar="[PACKAGE]")
@click.option("--to", "target_name", type=utf8, required=True, metavar="TARGET", help="For which.")
@click.option("--policy", "policy_file", metavar="POLICY", help="Export the packages of a policy.")
@click.option(
    "--group",
    type=utf8,
    metavar="PATH",
    help="The group of the policy whose packages are exported, each in its state there.",
)
@click.option(
    "--state",
    type=click.Choice(_STATES),
    help="Whether what matches is recorded or stopped; by default the strongest there is.",
)
@click.option(
    "--at",
    type=_instant_or_now,
    metavar="TIME",
    help='Leave out packages that have expired by then; "now" stands for the present.',
)
@click.option(
    "--set",
    "settings",
    type=_setting,
    multiple=True,
    metavar="NAME=VALUE",
    help="A setting of the target; may be given several times.",
)
@click.option("--strict", is_flag=True, help="Write nothing if anything would be lost.")
@click.option(
    "-o",
    "--output",
    "folder",
    default=".",
    metavar="DIR",
    help='The folder for the files, or "-" to print a single one.',
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@format_option()
def command(
    package_file: str | None,
    target_name: str,
    policy_file: str | None,
    group: str | None,
    state: str | None,
    at: datetime | None,
    settings: Sequence[tuple[str, str]],
    strict: bool,
    folder: str,
    force: bool,
    form: str,
) -> int:
    """Write a package, or all that is in force on a group of a policy, for a TARGET.

    What the target cannot express is reported on standard error. Exits with 1 if there is nothing
    to write, or if there is a loss and --strict is given. `libblock targets` lists the targets.

    \b
      libblock export 3cx-desktopapp.yaml --to fapolicyd -o rules.d
      libblock export --policy policy.yaml --group /Servers --to clamav -o out
    """
    if folder == STDOUT and form != "text":
        raise click.UsageError("-o - prints the document itself: it goes with --format text alone")
    target = libblock.find_target(target_name)
    given = dict(settings)
    if policy_file is not None and package_file is None and group is not None:
        if state is not None:
            raise click.UsageError("the policy gives each package its state: --state says another")
        document = libblock.load_policy(policy_file)
        compilation = libblock.compile_group(
            _packages_in_force(document, policy_file, group),
            document.policy.tree,
            group,
            target_name,
            at=at,
            settings=given,
        )
    elif package_file is not None and policy_file is None and group is None:
        compilation = libblock.compile_package(
            libblock.Package.load(package_file),
            target_name,
            state=state,
            at=at,
            settings=given,
        )
    else:
        raise click.UsageError("name a package, or a policy and a group of it")

    refused = strict and bool(compilation.losses)
    written = [] if refused else _write(compilation, folder, overwrite=force)
    exported = Exported(target, compilation, written)
    if form == "json":
        _print_json(exported)
    else:
        _print_text(exported, folder)
    if refused:
        complain("error", "something would be lost, and --strict is given: nothing is written")
    return FINDINGS if refused or not compilation.documents else OK


def _packages_in_force(
    document: libblock.PolicyDocument, policy_file: str, group: str
) -> list[libblock.Package]:
    listed = {each.name: each for each in document.policy.packages}
    return [
        load_listed(document, policy_file, listed[each.package])[1].package
        for each in document.policy.tree.in_force(group)
        if each.package in listed
    ]


def _write(compilation: libblock.Compilation, folder: str, *, overwrite: bool) -> Sequence[str]:
    documents = compilation.documents
    if folder != STDOUT:
        return libblock.save_documents(documents, folder, overwrite=overwrite)
    if len(documents) > 1:
        names = ", ".join(each.name for each in documents)
        raise click.UsageError(f"-o - prints a single document, and there are several: {names}")
    for each in documents:
        sys.stdout.flush()
        sys.stdout.buffer.write(each.text.encode())
    return [each.name for each in documents]


# ---- what is printed ---------------------------------------------------------------------------


def _print_json(exported: Exported) -> None:
    documents = [
        {
            "name": each.name,
            "bytes": len(each.text.encode()),
            "sha256": hashlib.sha256(each.text.encode()).hexdigest(),
            "written": each.name in exported.written,
        }
        for each in exported.compilation.documents
    ]
    write_json(
        {
            "version": 1,
            "target": exported.target.name,
            "documents": documents,
            "losses": (loss_form(each) for each in exported.compilation.losses),
        }
    )


def _print_text(exported: Exported, folder: str) -> None:
    documents, losses = exported.compilation.documents, exported.compilation.losses
    report = Output(sys.stderr)
    for package in dict.fromkeys(each.package for each in losses):
        of_package = [each for each in losses if each.package == package]
        report.line((package, TITLE), f": not all of it goes into {exported.target.engine}")
        report.rows(of_package, _loss_cells, indent=2)
    if not documents:
        complain("warning", f"there is nothing that {exported.target.engine} could load")
    elif folder != STDOUT:
        output = out()
        for each in documents:
            done = "written" if each.name in exported.written else "unchanged"
            output.line(f"{folder}/{each.name}: {done}")


def _loss_cells(loss: libblock.Loss) -> list[Part]:
    kind = str(loss.kind).replace("_", " ")
    return [(kind, LOSS_STYLES[loss.kind]), _subjects_of(loss), loss.message]


def _subjects_of(loss: libblock.Loss) -> str:
    """How many hashes, and which rules; with neither it is about the package as a whole."""
    names = list(dict.fromkeys(f'"{each.rule}"' for each in loss.rules))
    parts = [counted(len(loss.entries), "hash", "hashes")] if loss.entries else []
    if len(names) > _MOST_NAMES:
        parts.append(counted(len(names), "rule"))
    elif names:
        parts.append(f"rule{'s' if len(names) > 1 else ''} {', '.join(names)}")
    return ", ".join(parts) or "the package"
