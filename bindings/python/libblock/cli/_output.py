"""What commands print: lines for people and JSON for programs.

Texts that come from files never reach a terminal as they are: all that could steer one is escaped
here, and nowhere else.
"""

import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, TextIO, TypeAlias, TypeVar

from libblock.cli._columns import BLOCK

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

T = TypeVar("T")
Json: TypeAlias = dict[str, Any]
Part: TypeAlias = str | tuple[str, str]
"""A text, or a text and its style."""

_GAP = "  "
_NARROWEST = 20
_MOST_ROWS = 5000  # on a terminal


def printable(text: str) -> str:
    """`text` on one line, with escapes in place of what is not visible."""
    if text.isprintable():  # nearly always
        return text
    return "".join(each if each.isprintable() else _escape(each) for each in text)


def _escape(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def counted(count: int, noun: str, plural: str = "") -> str:
    """A number and its noun; the plural is the noun with an "s" unless given."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


class Output:
    """Lines of styled text on one stream; plain where nobody would see the styles."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._console = _console_for(stream)

    def line(self, *parts: Part, indent: int = 0, wrap: bool = True) -> None:
        """Prints one line; on a terminal it is wrapped between words, and then hangs."""
        if self._console is None:
            self._stream.write(" " * indent + "".join(map(_plain, parts)).rstrip() + "\n")
            return
        text = _styled(parts)
        width = max(self._console.width - indent - 2, _NARROWEST)
        breaks = _breaks(text.plain, width) if wrap else []
        for number, each in enumerate(text.divide(breaks)):
            each.rstrip()
            each.pad_left(indent + (2 if number else 0))
            self._console.print(each, soft_wrap=True)

    def rows(
        self, items: Iterable[T], cells: Callable[[T], Sequence[Part]], indent: int = 0
    ) -> None:
        """Prints a row for each item, as `table` does."""
        remaining = iter(items)
        rows = iter(lambda: [cells(item) for item in islice(remaining, BLOCK)], [])
        self.table((list(zip(*block, strict=True)) for block in rows), indent)

    def table(self, blocks: Iterable[Sequence[Sequence[Part]]], indent: int = 0) -> None:
        """Prints rows, some at a time, each block of which comes column by column. Cells are
        aligned with those before and some behind; on a terminal too narrow for that, the first
        cell stands above the others. A terminal does not get more rows than anybody reads."""
        left = _MOST_ROWS if self._stream.isatty() else None
        hidden = 0
        widths: list[int] = []
        for block in _merged(blocks):
            columns = [column[:left] for column in block]
            if left is not None:
                left -= len(columns[0])
                hidden += len(block[0]) - len(columns[0])
            texts = [_plain_column(column) for column in columns]
            widths = _widened(widths, texts)
            if self._console is None:
                self._plain_rows(texts, widths, " " * indent)
            else:
                self._styled_rows(zip(*columns, strict=True), widths, indent)
        if hidden:
            more = f"... and {hidden:,} more, which --format json or a pipe gets"
            self.line((more, "dim"), indent=indent)

    def _plain_rows(
        self, columns: Sequence[Sequence[str]], widths: Sequence[int], before: str
    ) -> None:
        """The rows without styles, of which there may be millions."""
        padded = [
            _padded_column(column, width)
            for column, width in zip(columns, widths, strict=True)
            if width  # a column without a text takes no place
        ]
        rows = zip(*padded, strict=True)
        self._stream.writelines((before + _GAP.join(row)).rstrip() + "\n" for row in rows)

    def _styled_rows(
        self, rows: Iterable[Sequence[Part]], widths: Sequence[int], indent: int
    ) -> None:
        assert self._console is not None
        row_width = indent + sum(width + len(_GAP) for width in widths if width) - len(_GAP)
        for cells in rows:
            if row_width <= self._console.width:
                self.line(*_padded(cells, widths), indent=indent)
            else:
                self._stacked(cells, indent)

    def _stacked(self, cells: Sequence[Part], indent: int) -> None:
        self.line(cells[0], indent=indent)
        rest = [cell for cell in cells[1:] if _plain(cell)]
        if rest:
            self.line(*_joined(rest), indent=indent + 4)


def _merged(blocks: Iterable[Sequence[Sequence[Part]]]) -> Iterator[Sequence[Sequence[Part]]]:
    """The same rows in fewer blocks, so that those of several texts are aligned."""
    block: list[list[Part]] = []
    for columns in blocks:
        block = block or [[] for _ in columns]
        for column, more in zip(block, columns, strict=True):
            column.extend(more)
        if len(block[0]) >= BLOCK:
            yield block
            block = []
    if block:
        yield block


def _console_for(stream: TextIO) -> "Console | None":
    colored = _is_colored(stream)
    if not colored and not stream.isatty():
        return None
    from rich.console import Console  # slow to import, and not needed in a pipe

    return Console(
        file=stream,
        color_system="standard" if colored else None,
        force_terminal=colored,
        highlight=False,
        # Nothing but the width of a real terminal wraps anything.
        width=None if stream.isatty() else 1 << 20,
    )


def _is_colored(stream: TextIO) -> bool:
    """Source: https://no-color.org, https://force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def _plain(part: Part) -> str:
    return printable(part if isinstance(part, str) else part[0])


def _styled(parts: Iterable[Part]) -> "Text":
    from rich.text import Text

    text = Text()
    for part in parts:
        text.append(_plain(part), None if isinstance(part, str) else part[1])
    return text


def _breaks(text: str, width: int) -> list[int]:
    """Where to break a line between words; a word is never cut, for it may be a path or a hash."""
    breaks = []
    used = 0
    for word in re.finditer(r"\S+\s*", text):
        if used and used + _columns(word[0].rstrip()) > width:
            breaks.append(word.start())
            used = 0
        used += _columns(word[0])
    return breaks


def _plain_column(parts: Iterable[Part]) -> list[str]:
    texts = [part if isinstance(part, str) else part[0] for part in parts]
    return texts if "".join(texts).isprintable() else list(map(printable, texts))


def _widened(widths: Sequence[int], columns: Sequence[Sequence[str]]) -> list[int]:
    """How wide columns must be for these texts too."""
    before = widths or [0] * len(columns)
    return [
        max([width, *map(_measure_of(column), column)])
        for width, column in zip(before, columns, strict=True)
    ]


def _padded_column(column: Sequence[str], width: int) -> list[str]:
    measure = _measure_of(column)
    if measure is len:
        return [text.ljust(width) for text in column]
    return [text + " " * (width - measure(text)) for text in column]


def _measure_of(column: Sequence[str]) -> Callable[[str], int]:
    """What tells the columns that each of the texts takes: quickly, if that is their length."""
    return len if "".join(column).isascii() else _columns


def _columns(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _padded(cells: Sequence[Part], widths: Sequence[int]) -> Iterator[Part]:
    for cell, width in zip(cells, widths, strict=True):
        if width:  # a column without a text takes no place
            yield cell
            yield " " * (width - _columns(_plain(cell))) + _GAP


def _joined(cells: Sequence[Part]) -> Iterator[Part]:
    for number, cell in enumerate(cells):
        if number:
            yield _GAP
        yield cell


def out() -> Output:
    return Output(sys.stdout)


def write_bytes(data: bytes) -> None:
    """Writes bytes to standard output as they are, all of them; `whole` has seen to that."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def whole(stream: TextIO) -> TextIO:
    """The stream itself, or one in its place that writes all it is given or fails: with
    PYTHONUNBUFFERED, what a full disk does not take is dropped without a word."""
    if not isinstance(getattr(stream, "buffer", None), io.RawIOBase):
        return stream
    return open(
        stream.fileno(),
        "w",
        buffering=1,  # a line at a time: whoever asks for no buffer reads along
        encoding=stream.encoding,
        errors=stream.errors,
        closefd=False,
    )


def complain(severity: str, message: str) -> None:
    """Prints a message about the work, in the form of compilers, to standard error."""
    style = {"error": "bold red", "warning": "bold yellow"}.get(severity, "bold")
    Output(sys.stderr).line("libblock: ", (severity, style), ": ", message, wrap=False)


def write_json(document: Json) -> None:
    """Prints a document with each item of its lists on one line; lists may be iterators."""
    stream = sys.stdout
    before = "{"
    for key, value in document.items():
        stream.write(f"{before}\n  {json.dumps(key)}: ")
        if isinstance(value, (list, Iterator)):
            _write_list(stream, value)
        else:
            stream.writelines(_json_pieces(value))
        before = ","
    stream.write("\n}\n")


def _write_list(stream: TextIO, items: Iterable[object]) -> None:
    before = "["
    for item in items:
        stream.write(f"{before}\n    {json.dumps(item)}")
        before = ","
    stream.write("[]" if before == "[" else "\n  ]")


def _json_pieces(value: object) -> Iterator[str]:
    """The JSON of a value, on one line; iterators in it are lists, one item at a time."""
    if isinstance(value, dict):
        yield "{"
        for number, (key, each) in enumerate(value.items()):
            yield f"{', ' if number else ''}{json.dumps(key)}: "
            yield from _json_pieces(each)
        yield "}"
    elif isinstance(value, Iterator):
        yield "["
        for number, each in enumerate(value):
            yield f"{', ' if number else ''}{json.dumps(each)}"
        yield "]"
    else:
        yield json.dumps(value)
