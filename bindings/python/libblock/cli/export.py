"""``libblock export``: packages in the form that an engine loads."""

import hashlib
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import click

import libblock
from libblock.cli._documents import load_listed
from libblock.cli._forms import loss_form
from libblock.cli._inputs import STDIN, instant, now, utf8
from libblock.cli._main import FINDINGS, OK, HintedError
from libblock.cli._options import format_option
from libblock.cli._output import (
    Output,
    Part,
    complain,
    counted,
    out,
    write_bytes,
    write_json,
)
from libblock.cli._text import LOSS_STYLES, TITLE

STDOUT = "-"
_MOST_RULES = 10
_MOST_HASHES = 3
_SHOWN_DIGITS = 12
_MARK_WITHIN = 1 << 16  # bytes of a document, in which it says who made it

_STATES = [str(each) for each in libblock.EnforcementState if each != "disabled"]


class Exported(NamedTuple):
    """What was compiled for whom, and which of its files were written."""

    target: libblock.Target
    compilation: libblock.Compilation
    written: Sequence[str]
    refused: bool


class Request(NamedTuple):
    """What came of the arguments: packages, whether one is to be stopped, and what they are in the
    form of the target."""

    packages: Sequence[libblock.Package]
    enforced: bool
    compilation: libblock.Compilation


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
        request = _compile_group(policy_file, group, target_name, at, given)
    elif package_file is not None and policy_file is None and group is None:
        request = _compile_package(package_file, target_name, state, at, given)
    else:
        raise click.UsageError("name a package, or a policy and a group of it")

    compilation = request.compilation
    refused = strict and bool(compilation.losses)
    written = [] if refused else _write(compilation, folder, overwrite=force)
    exported = Exported(target, compilation, written, refused)
    if form == "json":
        _print_json(exported)
    else:
        _print_text(exported, folder)
    if at is None:
        _warn_of_expired(request.packages)
    if request.enforced and not target.capabilities.enforce and compilation.documents:
        complain("note", f"{target.engine} reports what matches and blocks nothing")
    if refused:
        complain("error", "something would be lost, and --strict is given: nothing is written")
    elif folder != STDOUT:
        _note_others(exported, Path(folder))
    return FINDINGS if refused or not compilation.documents else OK


def _compile_package(
    package_file: str,
    target_name: str,
    state: str | None,
    at: datetime | None,
    settings: dict[str, str],
) -> Request:
    package = _load_package(package_file)
    return Request(
        [package],
        state == "enforce",
        libblock.compile_package(package, target_name, state=state, at=at, settings=settings),
    )


def _load_package(file: str) -> libblock.Package:
    if file == STDIN:
        raise click.UsageError(
            "a package is read from a file, beside which its hash lists lie: - is none"
        )
    try:
        return libblock.Package.load(file)
    except libblock.DocumentError as error:
        if not _is_policy(file):
            raise
        raise HintedError(
            libblock.DocumentError("is a policy, not a package", file),
            f"--policy {file} --group PATH exports all that is in force on a group of it",
        ) from error


def _is_policy(file: str) -> bool:
    try:
        libblock.load_policy(file)
    except libblock.Error:
        return False
    return True


def _compile_group(
    policy_file: str, group: str, target_name: str, at: datetime | None, settings: dict[str, str]
) -> Request:
    document = libblock.load_policy(policy_file)
    tree = document.policy.tree
    packages = _packages_in_force(document, policy_file, group)
    return Request(
        packages,
        any(each.state == "enforce" for each in tree.in_force(group)),
        libblock.compile_group(packages, tree, group, target_name, at=at, settings=settings),
    )


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
        try:
            return libblock.save_documents(documents, folder, overwrite=overwrite)
        except libblock.AlreadyExistsError as error:
            raise HintedError(error, "--force overwrites the files that are there") from None
    if len(documents) > 1:
        names = ", ".join(each.name for each in documents)
        raise click.UsageError(f"-o - prints a single document, and there are several: {names}")
    for each in documents:
        write_bytes(each.text.encode())
    return [each.name for each in documents]


def _warn_of_expired(packages: Iterable[libblock.Package]) -> None:
    for each in packages:
        if each.expires is not None and each.expires <= now():
            when = libblock.format_timestamp(each.expires)
            complain("warning", f"{each.name} expired at {when}: --at now leaves it out")


def _note_others(exported: Exported, folder: Path) -> None:
    """Tells of files in the folder that were made for the same engine in another export: of a
    package that has left the group, or has another name now, they are still in force."""
    names = {each.name for each in exported.compilation.documents}
    others = sorted(_files_for(exported.target, folder) - names)
    if others:
        complain(
            "note",
            f"{folder} holds {counted(len(others), 'more file')} that libblock made for "
            f"{exported.target.engine}, of no package in this export: {', '.join(others)}",
        )


def _files_for(target: libblock.Target, folder: Path) -> set[str]:
    """The files that say themselves that libblock made them for the target."""
    engine = re.escape(target.engine.encode())
    made_for = re.compile(rb"Made by libblock \S+ for %b; do not edit" % engine)
    return {each.name for each in _regular_files(folder) if made_for.search(_beginning_of(each))}


def _regular_files(folder: Path) -> Iterator[Path]:
    try:
        yield from (each for each in folder.iterdir() if each.is_file())
    except OSError:  # there is none, for nothing was written
        return


def _beginning_of(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_MARK_WITHIN)
    except OSError:  # whose it is, nobody can tell
        return b""


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
    if any(map(_is_abridged, losses)):
        report.line("--format json names them all")
    if not documents:
        complain("warning", f"there is nothing that {exported.target.engine} could load")
    elif folder != STDOUT and not exported.refused:
        output = out()
        for each in documents:
            done = "written" if each.name in exported.written else "unchanged"
            output.line(f"{os.path.join(folder, each.name)}: {done}")  # noqa: PTH118 - as it is given


def _loss_cells(loss: libblock.Loss) -> list[Part]:
    kind = str(loss.kind).replace("_", " ")
    return [(kind, LOSS_STYLES[loss.kind]), _subjects_of(loss), loss.message]


def _subjects_of(loss: libblock.Loss) -> str:
    """Which hashes, and which rules; with neither it is about the package as a whole."""
    parts = [_hashes_of(loss)] if loss.entries else []
    names = _rules_of(loss)
    if len(names) > _MOST_RULES:
        parts.append(counted(len(names), "rule"))
    elif names:
        quoted = ", ".join(f'"{each}"' for each in names)
        parts.append(f"rule{'s' if len(names) > 1 else ''} {quoted}")
    return ", ".join(parts) or "the package"


def _hashes_of(loss: libblock.Loss) -> str:
    """How many there are, and of which files if they are few."""
    count = counted(len(loss.entries), "hash", "hashes")
    if len(loss.entries) > _MOST_HASHES:
        return count
    names = (each.file_name or f"{each.sha256.hex[:_SHOWN_DIGITS]}..." for each in loss.entries)
    return f"{count} ({', '.join(names)})"


def _rules_of(loss: libblock.Loss) -> list[str]:
    return list(dict.fromkeys(each.rule for each in loss.rules))


def _is_abridged(loss: libblock.Loss) -> bool:
    return len(loss.entries) > _MOST_HASHES or len(_rules_of(loss)) > _MOST_RULES
