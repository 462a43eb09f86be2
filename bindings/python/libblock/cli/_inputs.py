"""What commands read: advisories, the clock, files on the way to a hash."""

import difflib
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

import click

import libblock
from libblock.cli._output import complain

STDIN = "-"
_SHOWN_FROM = 64 << 20  # bytes; less is hashed before anyone wonders


class Advisory(NamedTuple):
    """A text to find hashes in: its name as given, and its bytes."""

    name: str
    data: bytes


def read_advisories(names: Sequence[str]) -> list[Advisory]:
    """Reads all before anything is done with one; no names stand for standard input."""
    if not names:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("no input: name files, or pipe a text in")
        names = [STDIN]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        raise click.UsageError(f"{repeated} is given twice")
    return [Advisory("stdin" if name == STDIN else name, read_bytes(name)) for name in names]


def read_bytes(name: str) -> bytes:
    """The bytes of a file, or of standard input for "-"."""
    try:
        return _read_stdin() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        raise libblock.FileAccessError(f"cannot be read: {error.strerror}", name) from None


def _read_stdin() -> bytes:
    if sys.stdin is None:
        raise click.UsageError("standard input is closed")
    if sys.stdin.isatty():
        complain("note", "reading from the terminal; end the text with Ctrl-D on a line of its own")
    return sys.stdin.buffer.read()


def now() -> datetime:
    """The present instant, or the one that SOURCE_DATE_EPOCH names, for reproducible files."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return datetime.now(timezone.utc).replace(microsecond=0)
    try:
        return datetime.fromtimestamp(int(epoch), timezone.utc)
    except (ValueError, OverflowError, OSError):
        raise libblock.InvalidValueError(
            f"SOURCE_DATE_EPOCH is {epoch!r}, not a number of seconds since 1970"
        ) from None


def utf8(text: str) -> str:
    """An argument that is a text of the model, not the name of a file, which may be any bytes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise click.BadParameter(f"{text!r} is not UTF-8") from None
    return text


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The end of a message about a word that is none of the choices."""
    near = difflib.get_close_matches(word, list(choices), 1)
    return f", did you mean {near[0]}?" if near else ""


def instant(text: str) -> datetime:
    """An instant in UTC, or a day, which stands for its beginning."""
    found = libblock.parse_timestamp(text) or libblock.parse_timestamp(f"{text}T00:00:00Z")
    if found is None:
        raise click.BadParameter(f"{text!r} is no time: write 2023-03-30 or 2023-03-30T12:00:00Z")
    return found


@contextmanager
def hashing_progress(path: str) -> Iterator[Callable[[int], object]]:
    """What `hash_file` can report to: on a terminal, a bar for a file that takes its time."""
    size = _size_of(path)
    if not sys.stderr.isatty() or size < _SHOWN_FROM:
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

    columns = TextColumn("hashing"), BarColumn(), DownloadColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=size)
        yield lambda done: progress.update(task, completed=done)


def _size_of(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:  # whoever reads it will say so
        return 0
