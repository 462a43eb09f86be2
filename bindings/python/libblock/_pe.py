"""What a PE file says of itself: the texts of its version resource and its Authenticode hash."""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pefile

from libblock._core import Hasher, Sha256

_RESOURCES = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]
_SECURITY = pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_SECURITY"]
_MAX_RESOURCE = 0xFFFF  # the length of a version resource is a 16-bit number
_CHUNK = 1 << 20


class PeFacts(NamedTuple):
    """The texts of the version resource by lower-case key, and the Authenticode SHA-256."""

    texts: dict[str, list[str]]
    authenticode: Sha256 | None


def read_pe(path: Path) -> PeFacts:
    """Reads a PE file; what is broken in it is absent."""
    try:
        image = pefile.PE(str(path), fast_load=True)
    except pefile.PEFormatError:
        return PeFacts({}, None)
    with image, path.open("rb") as file:
        return PeFacts(_version_texts(image), _authenticode(image, file))


# ---- version resource --------------------------------------------------------------------------


class _Block(NamedTuple):
    """A node of a version resource: its key, where its value begins, and where it ends."""

    key: str
    value: int
    value_length: int
    end: int


def _version_texts(image: Any) -> dict[str, list[str]]:
    resources: list[Any] = []
    # Its own parser takes quadratic time, knows one spelling of keys, and stops at the first table.
    image.parse_version_information = resources.append
    try:
        image.parse_data_directories(directories=[_RESOURCES])
        found = [image.get_data(each.OffsetToData, each.Size)[:_MAX_RESOURCE] for each in resources]
    except Exception:  # a broken directory makes pefile raise nearly anything
        return {}
    texts: dict[str, list[str]] = {}
    for data in found:
        for key, text in _strings(data):
            values = texts.setdefault(key.lower(), [])
            if text and text not in values:
                values.append(text)
    return texts


def _strings(data: bytes) -> Iterator[tuple[str, str]]:
    """The keys and values of all string tables of a VS_VERSIONINFO."""
    for root in _blocks(data, 0, len(data)):
        for info in _blocks(data, _aligned(root.value + root.value_length), root.end):
            if info.key != "StringFileInfo":
                continue
            for table in _blocks(data, info.value, info.end):
                for text in _blocks(data, table.value, table.end):
                    yield text.key, _text(data, text.value, text.end)


def _blocks(data: bytes, begin: int, end: int) -> Iterator[_Block]:
    """The blocks that follow each other from `begin`: three 16-bit numbers, a key, a value."""
    header = struct.Struct("<HHH")
    while begin + header.size <= end:
        length, value_length, _ = header.unpack_from(data, begin)
        if length < header.size:
            return
        stop = min(begin + length, end)
        key = _text(data, begin + header.size, stop)
        value = _aligned(begin + header.size + 2 * (_units(key) + 1))
        yield _Block(key, value, value_length, stop)
        begin = _aligned(stop)


def _text(data: bytes, begin: int, end: int) -> str:
    """The UTF-16 text from `begin` to its NUL, or to `end`."""
    return data[begin:end].decode("utf-16-le", "replace").partition("\0")[0]


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _aligned(offset: int) -> int:
    return (offset + 3) & ~3


# ---- Authenticode ------------------------------------------------------------------------------


def _authenticode(image: Any, file: BinaryIO) -> Sha256 | None:
    """The SHA-256 that a signature of the image covers: all but checksum and certificates.

    Source: "Windows Authenticode Portable Executable Signature Format". None where readers of that
    text differ: sections that overlap or leave gaps, and bytes after the certificates.
    """
    size = file.seek(0, 2)
    directories = image.OPTIONAL_HEADER.DATA_DIRECTORY
    if len(directories) <= _SECURITY or not _is_contiguous(image):
        return None
    security = directories[_SECURITY]
    end = security.VirtualAddress if security.Size else size  # a file offset, here alone
    if security.Size and end + security.Size != size:
        return None

    checksum = image.OPTIONAL_HEADER.get_field_absolute_offset("CheckSum")
    entry = security.get_file_offset()
    if not checksum + 4 <= entry <= entry + 8 <= end:
        return None
    hasher = Hasher()
    for begin, stop in ((0, checksum), (checksum + 4, entry), (entry + 8, end)):
        _feed(hasher, file, begin, stop)
    hasher.update(bytes(-end % 8))  # signing aligns the certificates
    return hasher.finish()


def _is_contiguous(image: Any) -> bool:
    end = image.OPTIONAL_HEADER.SizeOfHeaders
    sections = [each for each in image.sections if each.SizeOfRawData]
    for section in sorted(sections, key=lambda each: int(each.PointerToRawData)):
        if section.PointerToRawData != end:
            return False
        end += section.SizeOfRawData
    return True


def _feed(hasher: Hasher, file: BinaryIO, begin: int, end: int) -> None:
    file.seek(begin)
    while begin < end:
        chunk = file.read(min(_CHUNK, end - begin))
        if not chunk:
            return
        hasher.update(chunk)
        begin += len(chunk)
