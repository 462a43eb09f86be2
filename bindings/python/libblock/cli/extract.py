"""``libblock extract``: the hashes of a text."""

import sys
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import click

import libblock
from libblock.cli._forms import candidate_form, known_good_form, rejection_form
from libblock.cli._inputs import KnownGood, Text, extract_texts, load_known_good, text_names
from libblock.cli._main import FINDINGS, OK
from libblock.cli._options import (
    context_option,
    format_option,
    known_good_option,
    rejoin_option,
)
from libblock.cli._output import Json, complain, counted, out, write_json
from libblock.cli._text import NOTABLE, TITLE, candidate_cells, rejection_cells


@dataclass
class Findings:
    """What is in all texts together, a hash only where it appears first. Each item comes with the
    name of its text, made when it is asked for, because there may be millions."""

    known_good: Sequence[KnownGood]
    texts: Sequence[Text]
    first_seen: list[Sequence[int]] = field(default_factory=list)
    """Of each text, the indices of the accepted that are in none before it."""

    def accepted(self) -> Iterator[tuple[str, libblock.Candidate]]:
        for text, indices in zip(self.texts, self.first_seen, strict=True):
            accepted = text.extraction.accepted
            yield from ((text.name, accepted[index]) for index in indices)

    def rejected(self) -> Iterator[tuple[str, libblock.Rejection]]:
        for text in self.texts:
            yield from ((text.name, each) for each in text.extraction.rejected)

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
    output.rows(findings.accepted(), lambda found: candidate_cells(found[1], shown(found[0])))
    if findings.rejected_count:
        if findings.accepted_count:
            output.line()
        output.line(("rejected", NOTABLE))
        output.rows(
            findings.rejected(), lambda found: rejection_cells(found[1], shown(found[0])), indent=2
        )
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
            "accepted": (placed(candidate_form(each), name) for name, each in findings.accepted()),
            "rejected": (placed(rejection_form(each), name) for name, each in findings.rejected()),
            "duplicates": findings.duplicate_count,
        }
    )


def _print_hashes(findings: Findings) -> None:
    sys.stdout.writelines(f"{each.sha256.hex}\n" for _, each in findings.accepted())
    _note_rejected(findings)


def _print_sha256sum(findings: Findings) -> None:
    for _, each in findings.accepted():
        line = libblock.HashListLine(each.sha256, each.file_name)
        sys.stdout.write(libblock.format_hash_list([line]))
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
