"""What files say of themselves, as facts to decide on."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeAlias

from libblock._core import Field, FileFacts, Platform, hash_file

_Path: TypeAlias = str | os.PathLike[str]

_PE_TEXTS = {
    "originalfilename": Field.ORIGINAL_FILENAME,
    "productname": Field.PRODUCT_NAME,
    "filedescription": Field.FILE_DESCRIPTION,
    "internalname": Field.INTERNAL_NAME,
    "companyname": Field.COMPANY_NAME,
    "fileversion": Field.FILE_VERSION,
    "productversion": Field.PRODUCT_VERSION,
}

_MACH_O = (b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
_MACH_O_FAT = (b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf")
_MOST_ARCHITECTURES = 40  # Java classes begin like fat files; their next number is 45 or more


def read_facts(
    path: _Path,
    *,
    platform: Platform | str | None = None,
    progress: Callable[[int], object] | None = None,
) -> FileFacts:
    """Reads the facts that a file carries in itself.

    Gives its SHA-256, its absolute path and name, the platform by its format (PE, Mach-O, ELF)
    unless `platform` says which, and of PE files the texts of the version resource (of all its
    languages) and the Authenticode SHA-256. What a file does not say, or says in a broken way, is
    absent. So is the publisher: it would be a claim until somebody verifies the signature.

    `progress` is that of `hash_file`. Raises FileAccessError or OSError if the file cannot be
    read, InvalidValueError for a platform that is none.
    """
    digest = hash_file(path, progress=progress)
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would follow links
    with absolute.open("rb") as file:
        detected = _platform_of(file)

    fields: dict[str, list[str]] = {
        Field.PATH: [str(absolute)],
        Field.FILE_NAME: [absolute.name],
    }
    authenticode = None
    if detected is Platform.WINDOWS:
        from libblock._pe import read_pe  # only PE files need pefile, which is slow to import

        pe = read_pe(absolute)
        authenticode = pe.authenticode
        fields |= {field: pe.texts[key] for key, field in _PE_TEXTS.items() if pe.texts.get(key)}
    return FileFacts(
        platform=platform or detected, sha256=digest, authenticode=authenticode, **fields
    )


def _is_pe(file: BinaryIO) -> bool:
    if _read(file, 0, 2) != b"MZ":
        return False
    header = int.from_bytes(_read(file, 0x3C, 4), "little")
    return _read(file, header, 4) == b"PE\0\0"


def _is_mach_o(file: BinaryIO) -> bool:
    magic = _read(file, 0, 4)
    if magic in _MACH_O_FAT:
        return 0 < int.from_bytes(_read(file, 4, 4), "big") < _MOST_ARCHITECTURES
    return magic in _MACH_O


def _is_elf(file: BinaryIO) -> bool:
    return _read(file, 0, 4) == b"\x7fELF"


def _read(file: BinaryIO, offset: int, count: int) -> bytes:
    file.seek(offset)
    return file.read(count)


_FORMATS: tuple[tuple[Platform, Callable[[BinaryIO], bool]], ...] = (
    (Platform.WINDOWS, _is_pe),
    (Platform.MACOS, _is_mach_o),
    (Platform.LINUX, _is_elf),
)


def _platform_of(file: BinaryIO) -> Platform | None:
    """The platform whose executables begin like this file."""
    return next((platform for platform, begins in _FORMATS if begins(file)), None)
