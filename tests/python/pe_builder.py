"""Builds small PE files: valid headers, one section of code, one of resources."""

import struct
from collections.abc import Mapping, Sequence

_FILE_ALIGNMENT = 0x200
_SECTION_ALIGNMENT = 0x1000
_RESOURCE_RVA = 0x2000


def build_pe(
    languages: Sequence[Mapping[str, str]] = (),
    *,
    overlay: bytes = b"",
    certificate: bytes = b"",
    gap: int = 0,
) -> bytes:
    """A PE32+ file. `languages` are the string tables of its version resource; `overlay` follows
    the sections, `certificate` comes last, and `gap` bytes lie between the sections."""
    code = _padded(b"\xc3")
    resources = _padded(_resource_section(_version_resource(languages))) if languages else b""
    code_at = _FILE_ALIGNMENT * 2
    resources_at = code_at + len(code) + gap
    sections = _section(b".text", 0x1000, code_at, len(code), 0x60000020)
    if resources:
        sections += _section(b".rsrc", _RESOURCE_RVA, resources_at, len(resources), 0x40000040)
    body = code + b"\xee" * gap + resources + overlay
    certificates_at = code_at + len(body)
    headers = _headers(
        section_count=len(sections) // 40,
        resources=len(resources),
        certificates=(certificates_at, len(certificate)) if certificate else (0, 0),
    )
    return (headers + sections).ljust(code_at, b"\0") + body + certificate


def _headers(*, section_count: int, resources: int, certificates: tuple[int, int]) -> bytes:
    dos = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40)
    directories = [(0, 0)] * 16
    directories[2] = (_RESOURCE_RVA, resources) if resources else (0, 0)
    directories[4] = certificates
    optional = struct.pack(
        "<HBBIIIIIQIIHHHHHHIIIIHHQQQQII",
        *(0x20B, 14, 0, 0x200, 0, 0, 0x1000, 0x1000),  # magic, linker, sizes, entry, code
        *(0x140000000, _SECTION_ALIGNMENT, _FILE_ALIGNMENT),  # base and alignments
        *(6, 0, 0, 0, 6, 0, 0),  # versions
        *(0x4000, _FILE_ALIGNMENT * 2, 0, 3, 0x8160),  # image, headers, checksum, subsystem
        *(0x100000, 0x1000, 0x100000, 0x1000, 0, 16),  # stack, heap, directories
    )
    optional += b"".join(struct.pack("<II", *each) for each in directories)
    file_header = struct.pack("<HHIIIHH", 0x8664, section_count, 0, 0, 0, len(optional), 0x22)
    return dos + b"PE\0\0" + file_header + optional


def _section(name: bytes, rva: int, offset: int, size: int, flags: int) -> bytes:
    return struct.pack("<8sIIIIIIHHI", name, size, rva, size, offset, 0, 0, 0, 0, flags)


def _padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % _FILE_ALIGNMENT)


def _resource_section(version: bytes) -> bytes:
    """A directory of three levels (type, name, language) with one version resource."""

    def level(identifier: int, target: int) -> bytes:
        return struct.pack("<IIHHHHII", 0, 0, 0, 0, 0, 1, identifier, target)

    subdirectory = 0x80000000
    data_entry = 3 * 24
    directories = level(16, subdirectory | 24) + level(1, subdirectory | 48) + level(0, data_entry)
    data_at = data_entry + 16
    entry = struct.pack("<IIII", _RESOURCE_RVA + data_at, len(version), 0, 0)
    return directories + entry + version


def _version_resource(languages: Sequence[Mapping[str, str]]) -> bytes:
    fixed = struct.pack("<13I", 0xFEEF04BD, 0x10000, *(0,) * 11)
    tables = b"".join(
        _block(f"{0x0407 + number:04x}04b0", children=_strings(table))
        for number, table in enumerate(languages)
    )
    variables = _block("VarFileInfo", children=_block("Translation", b"\x07\x04\xb0\x04"))
    return _block("VS_VERSION_INFO", fixed, variables + _block("StringFileInfo", children=tables))


def _strings(table: Mapping[str, str]) -> bytes:
    return b"".join(
        _block(key, (value + "\0").encode("utf-16-le"), text=True) for key, value in table.items()
    )


def _block(key: str, value: bytes = b"", children: bytes = b"", *, text: bool = False) -> bytes:
    def aligned(data: bytes) -> bytes:
        return data + b"\0" * (-len(data) % 4)

    head = aligned(b"\0" * 6 + (key + "\0").encode("utf-16-le"))
    block = aligned(head + value) + children if children else head + value
    length = len(value) // 2 if text else len(value)
    return aligned(struct.pack("<HHH", len(block), length, int(text)) + block[6:])
