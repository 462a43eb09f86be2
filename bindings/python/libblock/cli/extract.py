"""``libblock extract``: the hashes of a text."""

import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click

import libblock
from libblock.cli._columns import Columns, blocks
from libblock.cli._forms import candidate_forms, known_good_form, rejection_forms
from libblock.cli._inputs import (
    KnownGood,
    Text,
    extract_texts,
    load_known_good,
    text_names,
    warn_of_nothing,
)
from libblock.cli._main import FINDINGS, OK
from libblock.cli._options import (
    context_option,
    format_option,
    known_good_option,
    rejoin_option,
)
from libblock.cli._output import Json, complain, counted, out, write_json
from libblock.cli._text import NOTABLE, TITLE, candidate_columns, rejection_columns


@dataclass
class Findings:
    """What is in all texts together, a hash only where it appears first. There may be millions, so
    they come some at a time."""

    known_good: Sequence[KnownGood]
    texts: Sequence[Text]
    first_seen: list[Sequence[int]] = field(default_factory=list)
    """Of each text, the indices of the accepted that are in none before it."""

    def accepted(self, *names: str) -> Iterator[tuple[str, Columns]]:
        """The name of a text and attributes of some hashes in it."""
        for text, indices in zip(self.texts, self.first_seen, strict=True):
            for block in blocks(text.extraction.accepted, *names, rows=indices):
                yield text.name, block

    def rejected(self) -> Iterator[tuple[str, Columns]]:
        for text in self.texts:
            for block in blocks(text.extraction.rejected):
                yield text.name, block

    @property
    def accepted_count(self) -> int:
        return sum(map(len, self.first_seen))

    @property
    def rejected_count(self) -> int:
        return sum(len(text.extraction.rejected) for text in self.texts)

    @property
    def duplicate_count(self) -> int:
        appearances = (
            len(text.extraction.accepted) + len(text.extraction.duplicates) for text in self.texts
        )
        return sum(appearances) - self.accepted_count


@click.command("extract", short_help="Find the SHA-256s of a text.")
@click.argument("files", nargs=-1, metavar="[FILES...|-]")
@rejoin_option()
@context_option()
@known_good_option()
@click.option("--strict", is_flag=True, help="Exit with 1 if anything was rejected.")
@format_option("hashes", "sha256sum")
def command(
    files: Sequence[str],
    rejoin: bool,
    context: bool,
    known_good: Sequence[str],
    strict: bool,
    form: str,
) -> int:
    """Find the SHA-256s of advisories: of files, or of what is piped in.

    Everything that looks like a digest and is not taken is listed with the reason. The format
    "hashes" prints one hash a line, "sha256sum" the file name behind it.
    """
    names = text_names(files)
    guards = load_known_good(known_good, names)
    texts = extract_texts(names, rejoin=rejoin, context=context, known_good=guards)
    findings = Findings(guards, texts, _first_seen(texts))
    _PRINTERS[form](findings)
    warn_of_nothing(texts)
    return FINDINGS if strict and findings.rejected_count else OK


def _first_seen(texts: Sequence[Text]) -> list[Sequence[int]]:
    seen = {kind: libblock.HashSet() for kind in libblock.HashKind}
    indices: list[Sequence[int]] = []
    for number, text in enumerate(texts, 1):
        accepted = text.extraction.accepted
        if any(seen.values()):
            new = (i for i, each in enumerate(accepted) if each.sha256 not in seen[each.kind])
            indices.append(array("Q", new))
        else:
            indices.append(range(len(accepted)))
        if number < len(texts):
            seen = {kind: seen[kind] | text.extraction.hashes_of(kind) for kind in seen}
    return indices


def _print_text(findings: Findings) -> None:
    def shown(source: str) -> str:
        return source if len(findings.texts) > 1 else ""

    output = out()
    output.table(candidate_columns(block, shown(name)) for name, block in findings.accepted())
    if findings.rejected_count:
        if findings.accepted_count:
            output.line()
        output.line(("rejected", NOTABLE))
        rejected = (rejection_columns(block, shown(name)) for name, block in findings.rejected())
        output.table(rejected, indent=2)
    if findings.accepted_count or findings.rejected_count:
        output.line()
    output.line((counted(findings.accepted_count, "hash", "hashes"), TITLE), _remainder(findings))


def _remainder(findings: Findings) -> str:
    duplicates = counted(findings.duplicate_count, "duplicate")
    return f", {findings.rejected_count:,} rejected, {duplicates}"


def _print_json(findings: Findings) -> None:
    several = len(findings.texts) > 1

    def placed(form: Json, source: str) -> Json:
        return form | {"source": source} if several else form

    write_json(
        {
            "version": 1,
            **({"sources": [text.name for text in findings.texts]} if several else {}),
            **known_good_form(findings.known_good),
            "accepted": (
                placed(form, name)
                for name, block in findings.accepted()
                for form in candidate_forms(block)
            ),
            "rejected": (
                placed(form, name)
                for name, block in findings.rejected()
                for form in rejection_forms(block)
            ),
            "duplicates": findings.duplicate_count,
        }
    )


def _print_hashes(findings: Findings) -> None:
    for _, block in findings.accepted("sha256"):
        sys.stdout.write("\n".join(block["sha256"]) + "\n")
    _note_rejected(findings)


def _print_sha256sum(findings: Findings) -> None:
    for _, block in findings.accepted("sha256", "file_name"):
        lines = map(libblock.HashListLine, block["sha256"], block["file_name"])
        sys.stdout.write(libblock.format_hash_list(list(lines)))
    _note_rejected(findings)


def _note_rejected(findings: Findings) -> None:
    if findings.rejected_count:
        rejected = counted(findings.rejected_count, "look-alike")
        complain("note", f"{rejected} rejected, which this format does not show")


_PRINTERS = {
    "text": _print_text,
    "json": _print_json,
    "hashes": _print_hashes,
    "sha256sum": _print_sha256sum,
}
