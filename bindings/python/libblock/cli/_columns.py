"""The lists of extractions and packages, read column by column: much faster than item by item, and
of a million items only some are in memory at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, SupportsIndex, TypeAlias

BLOCK = 1000
"""Items that are read at a time."""

Columns: TypeAlias = dict[str, list[Any]]
"""The attributes of some items, each as a list."""


class HasColumns(Protocol):
    def __len__(self) -> int: ...

    def columns(self, *names: str, rows: Iterable[SupportsIndex] | None = None) -> Columns: ...


def blocks(items: HasColumns, *names: str, rows: Sequence[int] | None = None) -> Iterator[Columns]:
    """The attributes of the names, or all, of the items with the indices `rows`, or all."""
    if rows is None:
        rows = range(len(items))
    for start in range(0, len(rows), BLOCK):
        yield items.columns(*names, rows=rows[start : start + BLOCK])
