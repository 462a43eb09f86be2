"""What commands read: advisories, the clock, files on the way to a hash."""

import contextlib
import difflib
import os
import re
import sys
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timezone
from io import BufferedIOBase
from pathlib import Path
from typing import NamedTuple

import click

import libblock
from libblock.cli._output import complain

STDIN = "-"
_PIECE = 1 << 20
_INDEX_MARK = b"\x89LBIDX"  # that a transfer as text leaves alone; docs/index.md
# The first key of a package or a policy, behind comments. Each line matches in one way only, so
# that no number of comments makes it slow.
_DOCUMENT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:(?:---)?[ \t]*(?:#[^\r\n]*)?\r?\n)*libblock(?:_policy)?[ \t]*:"
)
_SHOWN_FROM = 64 << 20  # bytes; less is hashed before anyone wonders


def text_names(names: Sequence[str]) -> list[str]:
    """The texts that are meant, each named once; no names stand for standard input."""
    if not names:
        if sys.stdin is None or sys.stdin.isatty():
            raise click.UsageError("no input: name files, or pipe a text in")
        return [STDIN]
    refuse_repeated(names)
    return list(names)


def refuse_repeated(names: Sequence[str]) -> None:
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated:
        raise click.UsageError(f"{repeated} is given twice")


def is_stream(name: str) -> bool:
    """Whether bytes come while they are read, and once: from standard input, or from a pipe such as
    the `<(zcat list.gz)` of a shell."""
    return name == STDIN or Path(name).is_fifo()


def shown_name(name: str) -> str:
    return "stdin" if name == STDIN else name


def read_pieces(name: str) -> Generator[memoryview, None, None]:
    """The bytes of a file of any size, or of standard input for "-", piece by piece in one buffer:
    each piece holds until the next is asked for."""
    if not name:  # which would be that of the folder
        raise click.UsageError("the name of a file is empty")
    buffer = memoryview(bytearray(_PIECE))
    try:
        with _opened(name) as stream:
            while size := stream.readinto1(buffer):
                yield buffer[:size]
    except OSError as error:
        raise libblock.FileAccessError(f"cannot be read: {error.strerror}", name) from None


def read_bytes(name: str) -> bytes:
    """The bytes of a file, or of standard input for "-"."""
    return b"".join(map(bytes, read_pieces(name)))


def _opened(name: str) -> AbstractContextManager[BufferedIOBase]:
    if name != STDIN:
        return Path(name).open("rb")
    if sys.stdin is None:
        raise click.UsageError("standard input is closed")
    if sys.stdin.isatty():
        complain("note", "reading from the terminal; end the text with Ctrl-D on a line of its own")
    return nullcontext(sys.stdin.buffer)  # type: ignore[arg-type]


class Text(NamedTuple):
    """What was found in a text, and the SHA-256 of its bytes if somebody wants to know."""

    name: str
    extraction: libblock.Extraction
    sha256: libblock.Sha256 | None


def extract_texts(
    names: Sequence[str],
    *,
    rejoin: bool = False,
    context: bool = True,
    known_good: "Sequence[KnownGood]" = (),
    hashed: bool = False,
    only_texts: bool = False,
) -> list[Text]:
    """Finds the hashes of all texts before anything is done with one. `only_texts` refuses files
    of libblock itself, whose digests are not all of malware."""
    guards = [each.hashes for each in known_good]

    def read(name: str) -> Text:
        extractor = libblock.Extractor(rejoin=rejoin, context=context, known_good=guards or None)
        hasher = libblock.Hasher() if hashed else None
        for number, piece in enumerate(read_pieces(name)):
            if only_texts and number == 0:
                refuse_own_file(bytes(piece), name)
            extractor.feed(piece)
            if hasher:
                hasher.update(piece)
        return Text(shown_name(name), extractor.finish(), hasher.finish() if hasher else None)

    return [read(name) for name in names]


def warn_of_nothing(texts: Iterable[Text]) -> None:
    """Tells of texts without anything that looks like a digest: what should have written such a
    one has failed, or it is compressed."""
    warn_of_no_hashes(
        name
        for name, extraction, _ in texts
        if not (extraction.accepted or extraction.rejected or extraction.duplicates)
    )


def warn_of_no_hashes(names: Iterable[str]) -> None:
    for name in names:
        complain("warning", f"{shown_name(name)}: no SHA-256 is in it")


def refuse_own_file(head: bytes, name: str) -> None:
    """Refuses what libblock itself has written, by its first bytes: the digests in it are not all
    of malware."""
    if head.startswith(_INDEX_MARK):
        raise libblock.InvalidValueError("is a hash index, not a text", shown_name(name))
    if _DOCUMENT.match(head):
        raise libblock.InvalidValueError(
            "is a document of libblock, which keeps digests of lists and sources too, not a text "
            "with hashes to take",
            shown_name(name),
        )


class KnownGood(NamedTuple):
    """The hashes of good files, and the name of what they are from."""

    name: str
    hashes: libblock.HashSet | libblock.HashIndex


def load_known_good(names: Sequence[str], texts: Sequence[str]) -> list[KnownGood]:
    """Loads what must not be taken: indices, and the hashes of other texts. None may be without
    a hash, for then somebody trusts in a guard that is none. `texts` are read beside them."""
    refuse_repeated(names)
    if STDIN in names and STDIN in texts:
        raise click.UsageError("standard input cannot be a text and known good at once")
    return [KnownGood(shown_name(name), _load_guard(name)) for name in names]


def _load_guard(name: str) -> libblock.HashSet | libblock.HashIndex:
    hashes: libblock.HashSet | libblock.HashIndex
    if is_index(name):
        hashes = libblock.HashIndex.open(name)
    else:
        found = extract_texts([name], only_texts=True)[0].extraction
        hashes = found.hashes_of(libblock.HashKind.FILE)
        hashes |= found.hashes_of(libblock.HashKind.AUTHENTICODE)
    if not hashes:
        raise libblock.InvalidValueError(
            "no SHA-256 is in it, so that nothing would be known as good", shown_name(name)
        )
    return hashes


def is_index(name: str) -> bool:
    """Whether a file begins as a hash index does; nothing but a regular file is asked."""
    if name == STDIN or not Path(name).is_file():  # a pipe can be read only once
        return False
    with contextlib.closing(read_pieces(name)) as pieces:
        return bytes(next(pieces, b"")[: len(_INDEX_MARK)]) == _INDEX_MARK


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


def is_utf8(text: str) -> bool:
    """False of an argument that other bytes were in, as names of files may be."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def utf8(text: str) -> str:
    """An argument that is a text of the model, not the name of a file, which may be any bytes."""
    if not is_utf8(text):
        raise click.BadParameter(f"{text!r} is not UTF-8")
    return text


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """The end of a message about a word that is none of the choices; case is no difference."""
    by_lower = {each.casefold(): each for each in choices}
    near = difflib.get_close_matches(word.casefold(), list(by_lower), 1)
    return f", did you mean {by_lower[near[0]]}?" if near else ""


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
