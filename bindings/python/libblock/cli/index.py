"""``libblock index``: files of known hashes, by the hundred million."""

import re
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import click

import libblock
from libblock.cli._inputs import (
    STDIN,
    is_index,
    is_stream,
    read_pieces,
    refuse_own_file,
    shown_name,
    warn_of_no_hashes,
)
from libblock.cli._main import BAD_INPUT, FINDINGS, OK, Group, HintedError
from libblock.cli._options import format_option
from libblock.cli._output import counted, out, write_json

_SHOWN_FROM = 64 << 20  # bytes; less is read before anyone wonders
_UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
_DIGITS = re.compile(r"[0-9a-fA-F]{64}")
_SOME_DIGITS = re.compile(r"[0-9a-fA-F]{8,}")

Progress = Callable[[int, int], object]


@click.group("index", cls=Group, short_help="Look hashes up among hundreds of millions.")
def command() -> None:
    """Keep known hashes, such as those of the NSRL, in a file that is searched where it lies."""


def memory_size(text: str) -> int:
    """A number of bytes such as 512M."""
    match = re.fullmatch(r"([0-9]{1,9})([KMG]?)", text)
    if match is None:
        raise click.BadParameter(f"{text!r} is no size: write 512M or 2G")
    return int(match[1]) * _UNITS[match[2]]


# ---- build -------------------------------------------------------------------------------------


@command.command("build", short_help="Build an index.")
@click.argument("file", metavar="OUT")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUTS...|-")
@click.option(
    "--memory",
    type=memory_size,
    default="512M",
    show_default=True,
    help="How much memory to use for sorting; at least 1M.",
)
@click.option("--force", is_flag=True, help="Overwrite a file that is no index.")
@format_option()
def build(file: str, inputs: Sequence[str], memory: int, force: bool, form: str) -> None:
    """Build the index OUT of all SHA-256s in texts: one on a line, lines of "sha256sum", CSV.

    Each word of 64 hexadecimal digits is taken. OUT is replaced as a whole or not at all, and only
    if it is an index.
    """
    _refuse_to_overwrite(file, inputs, force=force)
    builder = libblock.HashIndexBuilder(file, memory=memory)
    counts = [_add(builder, name) for name in inputs]
    _refuse_no_hashes(file, inputs, counts)
    with _bar("writing", "digests") as progress:
        size = builder.finish(progress=progress)
    if form == "json":
        items = [
            {
                "file": shown_name(name),
                "hashes": count.hashes,
                "lines": count.lines,
                "lines_without_hash": count.lines_without_hash,
            }
            for name, count in zip(inputs, counts, strict=True)
        ]
        write_json({"version": 1, "index": file, "hashes": size, "inputs": items})
        return
    for name, count in zip(inputs, counts, strict=True):
        without = counted(count.lines_without_hash, "line")
        out().line(
            f"{shown_name(name)}: {counted(count.hashes, 'hash', 'hashes')}, {without} without"
        )
    out().line(f"{file}: {counted(size, 'hash', 'hashes')}")


def _refuse_to_overwrite(file: str, inputs: Sequence[str], *, force: bool) -> None:
    """A forgotten OUT makes one of the texts it; an older index alone is meant to be replaced."""
    for name in inputs:
        if name != STDIN and _is_same_file(file, name):
            raise click.UsageError(f"OUT and the input {name} are the same file")
    path = Path(file)
    if not force and path.exists() and not path.is_dir() and not is_index(file):
        raise HintedError(
            libblock.AlreadyExistsError(
                "there is such a file already, and it is no hash index", file
            ),
            "--force overwrites the file that is there",
        )


def _is_same_file(file: str, other: str) -> bool:
    try:
        return Path(file).samefile(other)
    except OSError:  # one of them does not exist; whoever reads it will say so
        return False


def _add(builder: libblock.HashIndexBuilder, name: str) -> libblock.HashTextCounts:
    if is_stream(name):
        with _naming(name):
            for piece in _text_pieces(name):
                builder.add_text(piece)
            counts = builder.end_text()
    else:
        _require_text(name)
        size = _size_of(name)
        with _bar("reading", "bytes", size >= _SHOWN_FROM) as progress:
            counts = builder.add_file(name, progress=lambda done: progress(done, size))
    return counts


@contextmanager
def _naming(name: str) -> Iterator[None]:
    """Says of what text it is that the library refuses it."""
    try:
        yield
    except libblock.DocumentError as error:
        raise libblock.DocumentError(error.message, shown_name(name)) from None


def _refuse_no_hashes(
    file: str, inputs: Sequence[str], counts: Sequence[libblock.HashTextCounts]
) -> None:
    """What should have given the hashes has failed then, and the old index is the better one."""
    if not any(count.hashes for count in counts):
        raise libblock.InvalidValueError(
            "is not written, for no SHA-256 is in what it would be built of", file
        )
    warn_of_no_hashes(name for name, count in zip(inputs, counts, strict=True) if count.hashes == 0)


def _size_of(name: str) -> int:
    try:
        return Path(name).stat().st_size
    except OSError:  # whoever reads it will say so
        return 0


@contextmanager
def _bar(doing: str, what: str, wanted: bool = True) -> Iterator[Progress]:
    """What is told of the work that is done; on a terminal it shows a bar."""
    if not wanted or not sys.stderr.isatty():
        yield lambda _done, _all: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TextColumn

    amount = DownloadColumn() if what == "bytes" else MofNCompleteColumn()
    columns = TextColumn(doing), BarColumn(), amount
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, most: bar.update(task, completed=done, total=most)


# ---- query -------------------------------------------------------------------------------------


@command.command("query", short_help="Look hashes up.")
@click.argument("file", metavar="INDEX")
@click.argument("inputs", nargs=-1, required=True, metavar="HASHES|FILES...|-")
@click.option("--only", type=click.Choice(["known", "unknown"]), help="Print only these.")
@click.option(
    "--strict",
    is_flag=True,
    help="Exit with 1 if any hash is not in the index, with 2 if a text has none.",
)
@format_option("hashes")
def query(file: str, inputs: Sequence[str], only: str | None, strict: bool, form: str) -> int:
    """Say which hashes are in INDEX: hashes as such, or all that stand in texts.

    The hashes of files are those that "libblock hash" prints:

    \b
      libblock hash *.exe | libblock index query nsrl.index -
    """
    index = libblock.HashIndex.open(file)
    for name in inputs:
        _refuse_unreadable(name)
    counts = {True: 0, False: 0}
    without: list[str] = []
    failures: list[Exception] = []

    def answers() -> Iterator[tuple[libblock.Sha256, bool]]:
        for name in inputs:
            before = sum(counts.values())
            for digests in _until_failure(_digests_of(name), failures):
                for digest, known in zip(digests, index.contains_all(digests), strict=True):
                    counts[known] += 1
                    if only is None or only == _WORDS[known]:
                        yield digest, known
                sys.stdout.flush()  # whoever feeds the pipe may be waiting for the answers
            if failures:
                return
            if sum(counts.values()) == before:
                without.append(name)

    _PRINTERS[form](answers())
    if failures:
        raise failures[0]
    if form == "text":
        out().line(f"{counts[True]:,} known, {counts[False]:,} unknown")
    warn_of_no_hashes(without)
    if strict and without:
        return BAD_INPUT
    return FINDINGS if strict and counts[False] else OK


_WORDS = {True: "known", False: "unknown"}


def _refuse_unreadable(name: str) -> None:
    """Refuses a text that cannot be read before any answer is printed."""
    if name == STDIN or _DIGITS.fullmatch(name):
        return
    try:
        mode = Path(name).stat().st_mode
        if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):  # a pipe can be opened only once
            return
        Path(name).open("rb").close()
    except OSError as error:
        refusal = libblock.FileAccessError(f"cannot be read: {error.strerror}", name)
        if not _SOME_DIGITS.fullmatch(name):
            raise refusal from None
        hint = f"a SHA-256 has 64 hexadecimal digits, and this has {len(name)}"
        raise HintedError(refusal, hint) from None
    _require_text(name)


def _require_text(name: str) -> None:
    """Refuses a file that libblock itself has written."""
    if Path(name).is_file():  # a pipe can be read only once
        with closing(read_pieces(name)) as pieces:
            refuse_own_file(bytes(next(pieces, b"")), name)


def _text_pieces(name: str) -> Iterator[bytes | memoryview]:
    for number, piece in enumerate(read_pieces(name)):
        if number == 0:
            refuse_own_file(bytes(piece), name)
        yield piece


def _until_failure(
    items: Iterable[list[libblock.Sha256]], failures: list[Exception]
) -> Iterator[list[libblock.Sha256]]:
    """The items up to a text that cannot be read, so that the document that is being printed ends
    as one."""
    try:
        yield from items
    except (libblock.Error, click.ClickException) as error:
        failures.append(error)


def _digests_of(name: str) -> Iterator[list[libblock.Sha256]]:
    """The hash as such, or those of a text in reading order, some thousands at a time."""
    if _DIGITS.fullmatch(name):
        yield [libblock.Sha256(name)]
        return
    reader = libblock.HashTextReader()
    for piece in _text_pieces(name):
        with _naming(name):
            found = reader.read(piece)
        yield found
    with _naming(name):
        found = reader.finish()[0]
    yield found


def _print_text(answers: Iterator[tuple[libblock.Sha256, bool]]) -> None:
    output = out()
    for digest, known in answers:
        output.line(f"{digest.hex}  ", (_WORDS[known], "green" if known else "yellow"))


def _print_json(answers: Iterator[tuple[libblock.Sha256, bool]]) -> None:
    items = ({"sha256": digest.hex, "known": known} for digest, known in answers)
    write_json({"version": 1, "hashes": items})


def _print_hashes(answers: Iterator[tuple[libblock.Sha256, bool]]) -> None:
    for digest, _ in answers:
        sys.stdout.write(f"{digest.hex}\n")


_PRINTERS = {"text": _print_text, "json": _print_json, "hashes": _print_hashes}


# ---- info --------------------------------------------------------------------------------------


@command.command("info", short_help="Describe an index.")
@click.argument("file", metavar="INDEX")
@click.option("--verify", is_flag=True, help="Read all of it, and refuse it if it is damaged.")
@format_option()
def info(file: str, verify: bool, form: str) -> None:
    """Say how many hashes INDEX holds."""
    index = libblock.HashIndex.open(file)
    if verify:
        with _bar("verifying", "digests") as progress:
            index.verify(progress=progress)
    size, digest = _size_of(file), index.digests_sha256.hex
    if form == "json":
        document = {"version": 1, "index": file, "hashes": len(index), "bytes": size}
        write_json({**document, "digests_sha256": digest, "verified": verify})
        return
    words = "as it was written" if verify else "not verified"
    out().line(f"{file}: {counted(len(index), 'hash', 'hashes')}, {size:,} bytes, {words}")
    out().line(f"SHA-256 of its digests: {digest}")
