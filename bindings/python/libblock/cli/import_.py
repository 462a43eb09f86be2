"""``libblock import``: the hashes of advisories into a package."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

import libblock
from libblock.cli._columns import Columns, blocks
from libblock.cli._documents import save_next_version
from libblock.cli._forms import (
    candidate_forms,
    known_good_form,
    package_form,
    provenance_form,
    rejection_forms,
)
from libblock.cli._inputs import (
    KnownGood,
    Text,
    extract_texts,
    is_utf8,
    load_known_good,
    now,
    text_names,
    warn_of_nothing,
)
from libblock.cli._main import FINDINGS, OK, HintedError
from libblock.cli._options import (
    context_option,
    drop_comments_option,
    format_option,
    known_good_option,
    rejoin_option,
)
from libblock.cli._output import Json, Output, counted, out, write_json
from libblock.cli._select import require_terminal, select_candidates
from libblock.cli._text import (
    BAD,
    GOOD,
    NOTABLE,
    QUIET,
    TITLE,
    candidate_columns,
    marked,
    rejection_columns,
)


@dataclass
class Import:
    """What was found in one advisory, and what became of it. The added and the present are indices
    of accepted hashes."""

    extraction: libblock.Extraction
    record: libblock.Provenance
    added: Sequence[int]
    present: Sequence[int]
    completed: int
    """How many of the present learned something of their context."""

    def candidates(self, indices: Sequence[int]) -> Iterator[Columns]:
        """Some at a time, because there may be millions."""
        return blocks(self.extraction.accepted, rows=indices)


@dataclass
class Outcome:
    """What the command did as a whole."""

    file: str
    package: libblock.Package
    imports: list[Import]
    known_good: Sequence[KnownGood]
    changed: bool
    dry_run: bool
    refused: bool


@click.command("import", short_help="Add the hashes of advisories to a package.")
@click.argument("file", metavar="PACKAGE")
@click.argument("advisories", nargs=-1, metavar="[ADVISORIES...|-]")
@click.option("--select", is_flag=True, help="Choose the hashes on the terminal.")
@rejoin_option()
@context_option()
@known_good_option()
@click.option("--source", metavar="NAME", help="What the package calls the advisory.")
@click.option("--strict", is_flag=True, help="If any is rejected, write nothing and exit with 1.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and write nothing.")
@drop_comments_option()
@format_option()
def command(
    file: str,
    advisories: Sequence[str],
    select: bool,
    rejoin: bool,
    context: bool,
    known_good: Sequence[str],
    source: str | None,
    strict: bool,
    dry_run: bool,
    drop_comments: bool,
    form: str,
) -> int:
    """Add the SHA-256s of advisories, of files or of what is piped in, to PACKAGE.

    The package keeps a record of each import and becomes its next version. An advisory that
    brings nothing new leaves no record, and without a change the file is not touched. Nothing is
    written unless every advisory can be read.
    """
    if select:
        require_terminal(form)
    package = libblock.Package.load(file)
    names = text_names(advisories)
    if source is not None and len(names) > 1:
        raise click.UsageError("--source names one advisory, but several are given")
    guards = load_known_good(known_good, names)
    texts = extract_texts(
        names, rejoin=rejoin, context=context, known_good=guards, hashed=True, only_texts=True
    )
    sources = [_source_of(each, source) for each in texts]
    found = [each.extraction for each in texts]
    selections = select_candidates(package, [s.name for s in sources], found) if select else None

    imports: list[Import] = []
    for number, (origin, extraction) in enumerate(zip(sources, found, strict=True)):
        selection = selections[number] if selections else range(len(extraction))
        package, done = _import(package, extraction, origin, selection)
        imports.append(done)

    refused = strict and any(extraction.rejected for extraction in found)
    changed = not refused and any(each.added or each.completed for each in imports)
    if changed and not dry_run:
        save_next_version(package, file, drop_comments=drop_comments)
    outcome = Outcome(file, package, imports, guards, changed, dry_run, refused)
    _PRINTERS[form](outcome)
    warn_of_nothing(texts)
    return FINDINGS if refused else OK


def _source_of(text: Text, name: str | None) -> libblock.Source:
    assert text.sha256 is not None
    called = name or Path(text.name).name
    if not is_utf8(called):
        raise HintedError(
            libblock.InvalidValueError("its name is not UTF-8, as a package calls it", text.name),
            "--source gives it another name",
        )
    return libblock.Source(called, text.sha256, now())


def _import(
    package: libblock.Package,
    extraction: libblock.Extraction,
    source: libblock.Source,
    selection: Sequence[int],
) -> tuple[libblock.Package, Import]:
    """The package with the import, or as it was if that brings nothing new, and what happened."""
    after = package.copy()
    record = after.import_extraction(extraction, source, selection)
    if record.added == record.selected:
        done = Import(extraction, record, selection, (), 0)
    else:
        added, present = _parted(package, extraction, selection)
        completed = len(package.diff(after).entries_changed)
        done = Import(extraction, record, added, present, completed)
    return after if done.added or done.completed else package, done


def _parted(
    package: libblock.Package, extraction: libblock.Extraction, selection: Sequence[int]
) -> tuple[Sequence[int], Sequence[int]]:
    """The selected that are not in the package, and those that are."""
    accepted = extraction.accepted
    held = {kind: package.hashes(kind) for kind in libblock.HashKind}
    parts = array("Q"), array("Q")
    for index in selection:
        each = accepted[index]
        parts[each.sha256 in held[each.kind]].append(index)
    return parts


# ---- what is printed ---------------------------------------------------------------------------


def _print_text(outcome: Outcome) -> None:
    output = out()
    for each in outcome.imports:
        _print_import(output, each)
    name = f'{outcome.file}: "{outcome.package.name}" '
    if outcome.refused:
        output.line((name + "is as it was: --strict takes nothing if anything is rejected", BAD))
    elif not outcome.changed:
        output.line(name + "is as it was: nothing is new")
    else:
        verb = "would become" if outcome.dry_run else "is now"
        total = counted(len(outcome.package), "hash", "hashes")
        version = outcome.package.version + outcome.dry_run
        output.line((name + f"{verb} version {version}, with {total}", TITLE))


def _print_import(output: Output, done: Import) -> None:
    rejected = done.extraction.rejected
    output.line((done.record.source.name, TITLE), ": ", _summary(done))
    added, present = done.candidates(done.added), done.candidates(done.present)
    for mark, style, candidates in ("+ ", GOOD, added), ("= ", QUIET, present):
        columns = (marked(mark, style, candidate_columns(each)) for each in candidates)
        output.table(columns, indent=2)
    columns = (marked("! ", NOTABLE, rejection_columns(each)) for each in blocks(rejected))
    output.table(columns, indent=2)


def _summary(done: Import) -> str:
    """ "8 added, 1 there already, 2 rejected": what is nought is left out."""
    left_out = done.record.accepted - done.record.selected
    counts = {
        "there already": len(done.present),
        "of these completed": done.completed,
        "left out": left_out,
        "rejected": done.record.rejected,
        "repeated": done.record.duplicates,
    }
    parts = [f"{done.record.added:,} added"]
    return ", ".join(parts + [f"{count:,} {what}" for what, count in counts.items() if count])


def _print_json(outcome: Outcome) -> None:
    write_json(
        {
            "version": 1,
            "file": outcome.file,
            "changed": outcome.changed,
            "dry_run": outcome.dry_run,
            "package": package_form(outcome.package),
            "imports": [provenance_form(each.record) for each in outcome.imports],
            **known_good_form(outcome.known_good),
            "added": _candidate_forms(outcome, "added"),
            "present": _candidate_forms(outcome, "present"),
            "rejected": (
                form | {"source": each.record.source.name}
                for each in outcome.imports
                for block in blocks(each.extraction.rejected)
                for form in rejection_forms(block)
            ),
        }
    )


def _candidate_forms(outcome: Outcome, of: str) -> Iterator[Json]:
    for each in outcome.imports:
        name = each.record.source.name
        for block in each.candidates(getattr(each, of)):
            yield from (form | {"source": name} for form in candidate_forms(block))


_PRINTERS = {"text": _print_text, "json": _print_json}
