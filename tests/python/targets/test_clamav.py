"""ClamAV finds what is listed, and nothing else."""

from pathlib import Path

import pytest
from engine import among_hostile, entry_of, export, plant, require, run
from target_support import numbered, package_of

import libblock


@pytest.fixture(autouse=True)
def _engine() -> None:
    require("clamscan")


def scan(database: Path, *files: Path) -> dict[str, str]:
    """The name of the signature by the name of each file that is found."""
    printed = run("clamscan", "--no-summary", "-d", database, *files, expect=(0, 1))
    results = dict(line.rsplit(": ", 1) for line in printed.splitlines() if ": " in line)
    return {
        Path(file).name: result.removesuffix(" FOUND")
        for file, result in results.items()
        if result.endswith(" FOUND")
    }


def test_a_planted_file_is_found_and_its_neighbour_is_not(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware", copy="malware", neighbour="malware.")
    package = package_of([entry_of(files["planted"], file_name="setup.exe")])
    (database,) = export(package, "clamav", tmp_path)
    assert database.name == "3cx-desktopapp.hsb"
    name = "Libblock.3cx_desktopapp.setup_exe.UNOFFICIAL"
    assert scan(database, *files.values()) == {"planted": name, "copy": name}


def test_hostile_names_hide_nothing(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware", neighbour="benign")
    (database,) = export(among_hostile(files["planted"]), "clamav", tmp_path)
    assert list(scan(database, *files.values())) == ["planted"]


def test_many_hashes_load(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware", neighbour="benign")
    package = package_of([entry_of(files["planted"])])
    package.add_entries(numbered(20_000).entries)
    (database,) = export(package, "clamav", tmp_path)
    assert list(scan(database, *files.values())) == ["planted"]


def test_the_hash_of_an_empty_file_is_reported(tmp_path: Path) -> None:
    files = plant(tmp_path, empty="", planted="malware")
    package = package_of([entry_of(each) for each in files.values()])
    compilation = libblock.compile_package(package, "clamav")
    libblock.save_documents(compilation.documents, tmp_path)
    (document,) = compilation.documents
    assert list(scan(tmp_path / document.name, *files.values())) == ["planted"]
    (loss,) = compilation.losses
    assert (loss.kind, loss.reason) == ("cannot_match", "engine")
    assert loss.message == "ClamAV does not look at files without contents"
    assert list(loss.entries) == [entry_of(files["empty"])]
