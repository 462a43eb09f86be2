"""What tests of targets share: planted files, hostile texts, engines that may be missing."""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest

import libblock

#: Names of files that would end, escape or hide what a careless writer puts them into.
HOSTILE_NAMES = (
    'quote".exe',
    "it's.exe",
    "a:b:c.exe",
    "a,b;c.exe",
    "]]><!-- --> & <x>.exe",
    "back\\slash\\n.exe",
    "*/ /* // # % $(id) `id` {{x}}.exe",
    "\u202egpj.exe",
    "zero\u200bwidth.exe",
    "ümläut 漢字 🦀.exe",
    " blank ends ",
    "-rf",
)
HOSTILE_TEXT = "line one\nline \"two\"\n'three' ]]> --> */ \u202e :,; \\"


def require(*programs: str) -> None:
    """Skips the test if an engine is not there."""
    for program in programs:
        if _find(program) is None:
            pytest.skip(f"{program} is not installed (tools/install-packages test)")


def run(*command: str | Path, expect: Iterable[int] = (0,)) -> str:
    """What a program prints; it must end with one of the codes."""
    program = _find(str(command[0]))
    assert program is not None
    result = subprocess.run(
        [program, *command[1:]],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=300,
        check=False,
    )
    printed = result.stdout.decode(errors="replace")
    assert result.returncode in expect, printed
    return printed


def _find(program: str) -> str | None:
    return shutil.which(program, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"]))


def plant(folder: Path, **contents: str | bytes) -> dict[str, Path]:
    """Files by their names; those of the same contents have the same hash."""
    paths = {}
    for name, content in contents.items():
        paths[name] = folder / name
        paths[name].write_bytes(content.encode() if isinstance(content, str) else content)
    return paths


def entry_of(path: Path, file_name: str = "") -> libblock.HashEntry:
    return libblock.HashEntry(hashlib.sha256(path.read_bytes()).hexdigest(), file_name=file_name)


def package_of(
    entries: Iterable[libblock.HashEntry] = (),
    rules: Sequence[libblock.MetadataRule] = (),
    name: str = "3CX DesktopApp",
) -> libblock.Package:
    package = libblock.Package(name, description=HOSTILE_TEXT)
    package.add_entries(list(entries))
    for rule in rules:
        package.add_rule(rule)
    return package


def hostile_package(planted: Path) -> libblock.Package:
    """A package with the hash of a planted file among many whose names are hostile, the planted
    one's too."""
    others = [
        libblock.HashEntry(
            hashlib.sha256(name.encode()).hexdigest(), file_name=name, note=HOSTILE_TEXT
        )
        for name in HOSTILE_NAMES
    ]
    mine = entry_of(planted, file_name="".join(HOSTILE_NAMES))
    return package_of([*others, mine], name="]]> '\"; 漢 : */ --> & <b>")


def export(
    package: libblock.Package, target: str, folder: Path, settings: Mapping[str, str] = {}
) -> list[Path]:
    """The files of a package that a target can express without a loss."""
    compilation = libblock.compile_package(package, target, strict=True, settings=settings)
    libblock.save_documents(compilation.documents, folder)
    return [folder / each.name for each in compilation.documents]
