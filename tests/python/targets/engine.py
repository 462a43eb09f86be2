"""What tests with real engines share: programs that may be missing, planted files, running."""

import os
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from target_support import HOSTILE_NAMES, compiled, hostile_package

import libblock


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
    return libblock.HashEntry(libblock.hash_file(path), file_name=file_name)


def among_hostile(planted: Path) -> libblock.Package:
    """A package with the hash of a planted file among many whose names are hostile, the planted
    one's too."""
    return hostile_package([entry_of(planted, file_name="".join(HOSTILE_NAMES))])


def export(
    package: libblock.Package, target: str, folder: Path, settings: Mapping[str, str] = {}
) -> list[Path]:
    """The files of a package that a target can express without a loss."""
    compilation = compiled(package, target, strict=True, settings=settings)
    libblock.save_documents(compilation.documents, folder)
    return [folder / each.name for each in compilation.documents]
