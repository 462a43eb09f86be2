"""``libblock hash``: the digests of files."""

import os
import sys
from collections.abc import Iterator, Sequence

import click

import libblock
from libblock.cli._inputs import hashing_progress, is_stream, read_pieces
from libblock.cli._main import BAD_INPUT, OK, report
from libblock.cli._options import format_option
from libblock.cli._output import printable, write_bytes, write_json


@click.command("hash", short_help="Print the SHA-256s of files.")
@click.argument("files", nargs=-1, required=True, metavar="FILES...|-")
@format_option()
def command(files: Sequence[str], form: str) -> int:
    """Print the SHA-256s of files as "sha256sum" does, for "-" that of standard input.

    Files that cannot be read are reported, and make the exit code 2.
    """
    unread: list[str] = []
    hashes = _hash_all(files, unread)
    if form == "json":
        items = ({"file": file, "sha256": digest.hex} for file, digest in hashes)
        write_json({"version": 1, "files": items})
    else:
        for file, digest in hashes:
            _print_line(file, digest)
    return BAD_INPUT if unread else OK


def _hash_all(files: Sequence[str], unread: list[str]) -> Iterator[tuple[str, libblock.Sha256]]:
    """The digests of the files that can be read; the others are reported and put in `unread`."""
    for file in files:
        digest = _hash_or_report(file)
        if digest is None:
            unread.append(file)
        else:
            yield file, digest


def _hash_or_report(file: str) -> libblock.Sha256 | None:
    try:
        return _hash(file)
    except OSError as error:
        report(error)
        return None


def _hash(file: str) -> libblock.Sha256:
    if is_stream(file):
        return _hash_stream(file)
    with hashing_progress(file) as progress:
        return libblock.hash_file(file, progress=progress)


def _hash_stream(name: str) -> libblock.Sha256:
    hasher = libblock.Hasher()
    for piece in read_pieces(name):
        hasher.update(piece)
    return hasher.finish()


def _print_line(file: str, digest: libblock.Sha256) -> None:
    """Prints a line that `sha256sum --check` reads; on a terminal, one that does it no harm."""
    if sys.stdout.isatty():
        print(f"{digest.hex}  {printable(file)}")
        return
    line = f"{digest.hex}  {file}"
    if "\n" in file or "\r" in file:  # then all is escaped, which a backslash announces
        line = "\\" + line.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    write_bytes(os.fsencode(line) + b"\n")  # at once: the next file may take long
