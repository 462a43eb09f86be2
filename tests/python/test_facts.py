"""libblock.facts: what files say of themselves."""

import hashlib
import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from libblock.facts import read_facts
from pe_builder import build_pe

import libblock
from libblock import Field, FileAccessError, FileFacts, Platform

VERSION = {
    "CompanyName": "3CX Ltd.",
    "FileDescription": "3CX Desktop App",
    "FileVersion": "18.12.416",
    "InternalName": "3CXDesktopApp",
    "OriginalFilename": "3CXDesktopApp.exe",
    "ProductName": "3CX Desktop App",
    "ProductVersion": "18.12.416",
}
EXECUTABLES = {
    "elf": (b"\x7fELF\x02\x01\x01", Platform.LINUX),
    "mach-o 64": (b"\xcf\xfa\xed\xfe\x07\0\0\x01", Platform.MACOS),
    "mach-o 32": (b"\xce\xfa\xed\xfe", Platform.MACOS),
    "mach-o big endian": (b"\xfe\xed\xfa\xcf", Platform.MACOS),
    "mach-o fat": (b"\xca\xfe\xba\xbe" + struct.pack(">I", 2), Platform.MACOS),
    "pe": (build_pe(), Platform.WINDOWS),
    "java class": (b"\xca\xfe\xba\xbe" + struct.pack(">HH", 0, 52), None),
    "dos program": (b"MZ" + b"\0" * 100, None),
    "pe header beyond the end": (b"MZ".ljust(0x3C, b"\0") + b"\xff\xff\xff\x7f", None),
    "text": (b"hello", None),
    "empty": (b"", None),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "setup.bin"


def facts_of(file: Path, data: bytes) -> FileFacts:
    file.write_bytes(data)
    return read_facts(file)


def pe_hash(data: bytes, end: int | None = None) -> str:
    """The Authenticode hash of a built file, by its known offsets."""
    checksum, security = 0x58 + 0x40, 0x40 + 24 + 112 + 4 * 8
    hashed = data[:checksum] + data[checksum + 4 : security] + data[security + 8 : end]
    length = len(data) if end is None else end
    return hashlib.sha256(hashed + b"\0" * (-length % 8)).hexdigest()


# ---- every file --------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "platform"), EXECUTABLES.values(), ids=EXECUTABLES)
def test_the_format_tells_the_platform(file: Path, data: bytes, platform: Platform | None) -> None:
    facts = facts_of(file, data)
    assert facts.platform is platform
    assert facts.sha256 == libblock.hash_bytes(data)


def test_the_platform_can_be_given(file: Path) -> None:
    file.write_bytes(b"MSI")
    assert read_facts(file, platform="windows").platform is Platform.WINDOWS
    with pytest.raises(libblock.InvalidValueError):
        read_facts(file, platform="beos")


def test_path_and_name_are_absolute_and_links_stay(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_bytes(b"x")
    link = file.with_name("link")
    link.symlink_to(file)
    monkeypatch.chdir(file.parent)
    facts = read_facts("./link")
    assert facts.values[Field.PATH] == (str(link),)
    assert facts.values[Field.FILE_NAME] == ("link",)


def test_progress_is_that_of_the_hashing(file: Path) -> None:
    file.write_bytes(bytes(20 << 20))
    done: list[int] = []
    read_facts(file, progress=done.append)
    assert done
    assert done == sorted(done)


@pytest.mark.parametrize("name", ["nope", "."])
def test_what_cannot_be_read_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileAccessError):
        read_facts(tmp_path / name)


# ---- version resources -------------------------------------------------------------------------


def test_the_version_resource_gives_its_texts(file: Path) -> None:
    facts = facts_of(file, build_pe([VERSION]))
    assert facts.values_of("original_filename") == ("3CXDesktopApp.exe",)
    assert {str(field): values[0] for field, values in facts.values.items()} == {
        "path": str(file),
        "file_name": "setup.bin",
        "company_name": "3CX Ltd.",
        "file_description": "3CX Desktop App",
        "file_version": "18.12.416",
        "internal_name": "3CXDesktopApp",
        "original_filename": "3CXDesktopApp.exe",
        "product_name": "3CX Desktop App",
        "product_version": "18.12.416",
    }


def test_the_publisher_is_not_claimed(file: Path) -> None:
    assert facts_of(file, build_pe([VERSION])).values_of("publisher") == ()


def test_all_languages_count_and_each_value_once(file: Path) -> None:
    tables = [VERSION, {**VERSION, "OriginalFilename": "3CX.exe"}, {"OriginalFilename": "a.exe"}]
    facts = facts_of(file, build_pe(tables))
    assert facts.values_of("original_filename") == ("3CXDesktopApp.exe", "3CX.exe", "a.exe")
    assert facts.values_of("product_name") == ("3CX Desktop App",)


def test_keys_are_found_in_any_case_as_windows_finds_them(file: Path) -> None:
    facts = facts_of(file, build_pe([{"ORIGINALFILENAME": "a.exe", "fileversion": "1.2"}]))
    assert facts.values_of("original_filename") == ("a.exe",)
    assert facts.values_of("file_version") == ("1.2",)


@pytest.mark.parametrize("name", ["ä漢.exe", "🦀.exe", "two words.exe", "x" * 300])
def test_any_text_comes_through(file: Path, name: str) -> None:
    facts = facts_of(file, build_pe([{"OriginalFilename": name, "ProductName": "x"}]))
    assert facts.values_of("original_filename") == (name,)
    assert facts.values_of("product_name") == ("x",)


def test_empty_texts_are_absent(file: Path) -> None:
    facts = facts_of(file, build_pe([{"OriginalFilename": "", "ProductName": "x"}]))
    assert Field.ORIGINAL_FILENAME not in facts.values


def test_half_a_surrogate_pair_is_replaced(file: Path) -> None:
    data = build_pe([{"OriginalFilename": "a?.exe"}])
    data = data.replace("a?.exe".encode("utf-16-le"), b"a\0\x00\xd8.\0e\0x\0e\0")
    assert facts_of(file, data).values_of("original_filename") == ("a\ufffd.exe",)


def test_a_text_without_end_stops_at_the_end_of_its_block(file: Path) -> None:
    data = build_pe([{"OriginalFilename": "a.exe", "ProductName": "x"}])
    data = data.replace("a.exe\0".encode("utf-16-le"), "a.exe!".encode("utf-16-le"))
    assert facts_of(file, data).values_of("original_filename") == ("a.exe!",)


def test_a_huge_resource_is_cut_off_and_not_searched_for_ever(file: Path) -> None:
    data = bytearray(build_pe([VERSION], overlay=b"\x06\0\0\0" * 1_000_000))
    at = data.index("VS_VERSION_INFO".encode("utf-16-le")) - 6
    entry = data.rindex(struct.pack("<I", 0x2000 + 88), 0, at)
    data[entry + 4 : entry + 8] = struct.pack("<I", 4_000_000)
    assert facts_of(file, bytes(data)).values_of("original_filename") == ("3CXDesktopApp.exe",)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(edits=st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 255)), max_size=12))
def test_broken_files_never_raise(file: Path, edits: list[tuple[int, int]]) -> None:
    data = bytearray(build_pe([VERSION]))
    for offset, value in edits:
        data[offset % len(data)] = value
    facts = facts_of(file, bytes(data))
    assert facts.sha256 == libblock.hash_bytes(data)


@pytest.mark.parametrize("length", [0x80, 0x100, 0x180, 0x3FF, 0x500, 0x700])
def test_files_that_are_cut_off_never_raise(file: Path, length: int) -> None:
    data = build_pe([VERSION])[:length]
    facts = facts_of(file, data)
    assert facts.sha256 == libblock.hash_bytes(data)


# ---- Authenticode ------------------------------------------------------------------------------


def test_the_authenticode_hash_leaves_out_checksum_and_certificates(file: Path) -> None:
    plain = build_pe([VERSION])
    signed = build_pe([VERSION], certificate=b"certificate bytes".ljust(24, b"\0"))
    with_checksum = plain[:0x98] + b"\1\2\3\4" + plain[0x9C:]
    expected = libblock.Sha256(pe_hash(plain))
    assert facts_of(file, plain).authenticode == expected
    assert facts_of(file, signed).authenticode == expected
    assert facts_of(file, with_checksum).authenticode == expected
    assert facts_of(file, signed).sha256 != facts_of(file, plain).sha256


@pytest.mark.parametrize("overlay", [b"x", b"12345678", b"y" * 3_000_000])
def test_an_overlay_counts_and_is_aligned(file: Path, overlay: bytes) -> None:
    data = build_pe(overlay=overlay)
    assert facts_of(file, data).authenticode == libblock.Sha256(pe_hash(data))


def test_the_hash_is_absent_where_readers_differ(file: Path) -> None:
    signed = build_pe(certificate=b"c" * 24)
    assert facts_of(file, build_pe([VERSION], gap=0x200)).authenticode is None
    assert facts_of(file, signed + b"more").authenticode is None
    assert facts_of(file, signed[:-8]).authenticode is None
    assert facts_of(file, b"\x7fELF").authenticode is None


def run(*command: str | Path) -> str:
    done = subprocess.run(
        [str(part) for part in command], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


@pytest.mark.skipif(
    not (shutil.which("osslsigncode") and shutil.which("openssl")),
    reason="needs osslsigncode and openssl",
)
@pytest.mark.parametrize("overlay", [b"", b"odd"])
def test_the_hash_is_that_of_osslsigncode(tmp_path: Path, overlay: bytes) -> None:
    plain, signed = tmp_path / "plain.exe", tmp_path / "signed.exe"
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    plain.write_bytes(build_pe([VERSION], overlay=overlay))
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test",
        "-keyout", key, "-out", certificate)  # fmt: skip
    run("osslsigncode", "sign", "-h", "sha256", "-certs", certificate, "-key", key,
        "-in", plain, "-out", signed)  # fmt: skip
    report = run("osslsigncode", "verify", "-in", signed)
    found = re.search(r"Calculated message digest\s*:\s*([0-9A-F]{64})", report)
    assert found, report
    assert read_facts(signed).authenticode == libblock.Sha256(found[1])
    assert read_facts(plain).authenticode == read_facts(signed).authenticode
