"""sha256deep finds what is listed, and sha256sum reads the list."""

from pathlib import Path

from engine import among_hostile, entry_of, export, plant, require, run
from target_support import package_of

#: The exit code of sha256deep says, beside that all went well, whether known hashes were not found.
UNUSED_HASHES = 1


def test_a_planted_file_is_found_and_its_neighbour_is_not(tmp_path: Path) -> None:
    require("sha256deep")
    files = plant(tmp_path, planted="malware", renamed="malware", neighbour="malware.")
    package = package_of([entry_of(files["planted"], file_name="setup.exe")])
    (known,) = export(package, "sha256sum", tmp_path / "out")
    assert known.name == "3cx-desktopapp.sha256"
    found = run("sha256deep", "-m", known, *files.values())
    assert sorted(found.splitlines()) == sorted(map(str, [files["planted"], files["renamed"]]))


def test_hostile_names_hide_nothing(tmp_path: Path) -> None:
    require("sha256deep")
    files = plant(tmp_path, planted="malware", neighbour="benign")
    (known,) = export(among_hostile(files["planted"]), "sha256sum", tmp_path / "out")
    found = run("sha256deep", "-m", known, *files.values(), expect=(UNUSED_HASHES,))
    assert found.splitlines() == [str(files["planted"])]


def test_sha256sum_takes_every_line(tmp_path: Path) -> None:
    require("sha256sum")
    files = plant(tmp_path, planted="malware")
    (known,) = export(among_hostile(files["planted"]), "sha256sum", tmp_path / "out")
    printed = run("sha256sum", "--check", "--strict", "--ignore-missing", known, expect=(0, 1))
    assert "improperly formatted" not in printed


def test_sha256sum_verifies_the_file_of_that_name(tmp_path: Path) -> None:
    require("env", "sha256sum")
    files = plant(tmp_path, planted="malware", neighbour="benign")
    entries = [entry_of(files["planted"], file_name="planted")]
    (known,) = export(package_of(entries), "sha256sum", tmp_path / "out")
    assert run("env", "-C", tmp_path, "sha256sum", "-c", "--strict", known) == "planted: OK\n"
    files["planted"].write_text("other")
    printed = run("env", "-C", tmp_path, "sha256sum", "-c", "--strict", known, expect=(1,))
    assert "planted: FAILED" in printed


def test_hashes_without_a_name_stand_for_no_file(tmp_path: Path) -> None:
    require("env", "sha256sum")
    files = plant(tmp_path, planted="malware", dash="other")
    dash = files["dash"].rename(tmp_path / "-")
    unnamed, named = entry_of(files["planted"]), entry_of(dash, file_name="-")
    (known,) = export(package_of([unnamed, named]), "sha256sum", tmp_path / "out")
    assert sorted(known.read_text().splitlines()) == sorted(
        [f"{unnamed.sha256}  {unnamed.sha256}", f"{named.sha256}  ./-"]
    )
    printed = run("env", "-C", tmp_path, "sha256sum", "-c", "--strict", "--ignore-missing", known)
    assert printed == "./-: OK\n"
