"""``libblock extract``: the hashes of a text."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field

import click

import libblock
from libblock.cli._forms import candidate_form, rejection_form
from libblock.cli._inputs import Advisory, read_advisories
from libblock.cli._main import FINDINGS, OK
from libblock.cli._options import context_option, format_option, rejoin_option
from libblock.cli._output import Json, complain, counted, out, write_json
from libblock.cli._text import NOTABLE, TITLE, candidate_cells, rejection_cells


@dataclass
class Findings:
    """What is in all texts together: each item with the name of its text, and a hash only where
    it appears first."""

    sources: list[str]
    accepted: list[tuple[str, libblock.Candidate]] = field(default_factory=list)
    rejected: list[tuple[str, libblock.Rejection]] = field(default_factory=list)
    duplicates: int = 0


@click.command("extract", short_help="Find the SHA-256s of a text.")
@click.argument("files", nargs=-1, metavar="[FILES...|-]")
@rejoin_option()
@context_option()
@click.option("--strict", is_flag=True, help="Exit with 1 if anything was rejected.")
@format_option("hashes", "sha256sum")
def command(files: Sequence[str], rejoin: bool, context: bool, strict: bool, form: str) -> int:
    """Find the SHA-256s of advisories: of files, or of what is piped in.

    Everything that looks like a digest and is not taken is listed with the reason. The format
    "hashes" prints one hash a line, "sha256sum" the file name behind it.
    """
    findings = _extract(read_advisories(files), rejoin=rejoin, context=context)
    _PRINTERS[form](findings)
    return FINDINGS if strict and findings.rejected else OK


def _extract(advisories: Sequence[Advisory], *, rejoin: bool, context: bool) -> Findings:
    findings = Findings([each.name for each in advisories])
    seen = libblock.HashSet()
    for name, data in advisories:
        extraction = libblock.extract(data, rejoin=rejoin, context=context)
        accepted = extraction.accepted
        new = [each for each in accepted if each.sha256 not in seen] if seen else accepted
        seen |= extraction.hashes
        findings.accepted += [(name, each) for each in new]
        findings.rejected += [(name, each) for each in extraction.rejected]
        findings.duplicates += len(extraction.duplicates) + len(accepted) - len(new)
    return findings


def _print_text(findings: Findings) -> None:
    def shown(source: str) -> str:
        return source if len(findings.sources) > 1 else ""

    output = out()
    output.rows(findings.accepted, lambda found: candidate_cells(found[1], shown(found[0])))
    if findings.rejected:
        if findings.accepted:
            output.line()
        output.line(("rejected", NOTABLE))
        output.rows(
            findings.rejected, lambda found: rejection_cells(found[1], shown(found[0])), indent=2
        )
    if findings.accepted or findings.rejected:
        output.line()
    output.line((counted(len(findings.accepted), "hash", "hashes"), TITLE), _remainder(findings))


def _remainder(findings: Findings) -> str:
    return f", {len(findings.rejected):,} rejected, {counted(findings.duplicates, 'duplicate')}"


def _print_json(findings: Findings) -> None:
    several = len(findings.sources) > 1

    def placed(form: Json, source: str) -> Json:
        return form | {"source": source} if several else form

    write_json(
        {
            "version": 1,
            **({"sources": findings.sources} if several else {}),
            "accepted": (placed(candidate_form(each), name) for name, each in findings.accepted),
            "rejected": (placed(rejection_form(each), name) for name, each in findings.rejected),
            "duplicates": findings.duplicates,
        }
    )


def _print_hashes(findings: Findings) -> None:
    _print_list(findings, [libblock.HashListLine(each.sha256) for _, each in findings.accepted])


def _print_sha256sum(findings: Findings) -> None:
    lines = [libblock.HashListLine(each.sha256, each.file_name) for _, each in findings.accepted]
    _print_list(findings, lines)


def _print_list(findings: Findings, lines: list[libblock.HashListLine]) -> None:
    sys.stdout.write(libblock.format_hash_list(lines))
    if findings.rejected:
        rejected = counted(len(findings.rejected), "look-alike")
        complain("note", f"{rejected} rejected, which this format does not show")


_PRINTERS = {
    "text": _print_text,
    "json": _print_json,
    "hashes": _print_hashes,
    "sha256sum": _print_sha256sum,
}
