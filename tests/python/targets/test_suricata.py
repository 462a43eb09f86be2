"""Suricata raises an alert for a download of what is listed, and for nothing else."""

import json
import re
from pathlib import Path

import pytest
from engine import among_hostile, entry_of, plant, require, run
from pcap_builder import http_download
from target_support import compiled, compiled_group, package_of

import libblock

# What the remarks of the target ask for, so that large files are hashed as a whole.
WHOLE_FILES = """%YAML 1.1
---
default-rule-path: {folder}
stream:
  reassembly:
    depth: 0
app-layer:
  protocols:
    http:
      enabled: yes
      libhtp:
        default-config:
          request-body-limit: 0
          response-body-limit: 0
outputs:
  - eve-log:
      enabled: yes
      filetype: regular
      filename: eve.json
      types:
        - alert
"""


@pytest.fixture(autouse=True)
def _engine() -> None:
    require("suricata")


def export(package: libblock.Package, folder: Path) -> libblock.Compilation:
    compilation = compiled(package, "suricata", strict=True, settings={"list-folder": str(folder)})
    libblock.save_documents(compilation.documents, folder, overwrite=True)
    return compilation


def alerts(folder: Path, download: bytes) -> list[str]:
    """The messages that Suricata raises for a download under the exported rules."""
    (rules,) = folder.glob("*.rules")
    work = folder / "work"
    work.mkdir(exist_ok=True)
    for old in work.iterdir():
        old.unlink()
    (work / "suricata.yaml").write_text(WHOLE_FILES.format(folder=folder))
    (work / "download.pcap").write_bytes(http_download(download))
    common: list[str | Path] = ["-c", work / "suricata.yaml", "-S", rules, "-l", work]
    run("suricata", "-T", *common)
    run("suricata", "-r", work / "download.pcap", "-k", "none", *common)
    lines = (work / "eve.json").read_text().splitlines()
    return [json.loads(line)["alert"]["signature"] for line in lines]


def test_a_listed_download_is_seen_and_its_neighbour_is_not(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware" * 100, neighbour="malware" * 101)
    compilation = export(package_of([entry_of(files["planted"])]), tmp_path)
    names = [each.name for each in compilation.documents]
    assert names == ["3cx-desktopapp.list", "3cx-desktopapp.rules"]
    assert alerts(tmp_path, files["planted"].read_bytes()) == ["libblock 3CX DesktopApp"]
    assert alerts(tmp_path, files["neighbour"].read_bytes()) == []


def test_large_files_are_hashed_as_a_whole(tmp_path: Path) -> None:
    files = plant(tmp_path, planted=b"\x7fmalware" * 40_000)
    export(package_of([entry_of(files["planted"])]), tmp_path)
    assert alerts(tmp_path, files["planted"].read_bytes()) == ["libblock 3CX DesktopApp"]


def test_hostile_names_hide_nothing(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware", neighbour="benign")
    export(among_hostile(files["planted"]), tmp_path)
    assert len(alerts(tmp_path, b"malware")) == 1
    assert alerts(tmp_path, b"benign") == []


def test_packages_of_a_group_have_numbers_of_their_own(tmp_path: Path) -> None:
    files = plant(tmp_path, one="first", two="second")
    packages = [package_of([entry_of(file)], name=name) for name, file in files.items()]
    compilation = compiled_group(
        packages, "audit", "suricata", settings={"list-folder": str(tmp_path)}
    )
    names = [each.name for each in compilation.documents]
    assert names == ["one.list", "two.list", "libblock.rules"]
    libblock.save_documents(compilation.documents, tmp_path)
    assert alerts(tmp_path, b"first") == ["libblock one"]
    assert alerts(tmp_path, b"second") == ["libblock two"]


def sid_of(package: libblock.Package) -> int:
    rules = libblock.compile_package(package, "suricata").documents[-1].text
    (sid,) = re.findall(r"sid:(\d+);", rules)
    return int(sid)


def test_packages_that_are_exported_apart_have_numbers_of_their_own() -> None:
    entries = [libblock.HashEntry("a" * 64)]
    sids = {sid_of(package_of(entries, name=f"package {number}")) for number in range(2_000)}
    assert len(sids) == 2_000
    assert min(sids) >= 1_000_000_000
    assert max(sids) < 1 << 31
    again = package_of(entries, name="package 0")
    again.version = 7
    assert sid_of(again) in sids


def test_packages_that_are_exported_apart_lie_beside_each_other(tmp_path: Path) -> None:
    files = plant(tmp_path, one="first", two="second")
    for name, file in files.items():
        export(package_of([entry_of(file)], name=name), tmp_path)
    both = tmp_path / "both"
    both.mkdir()
    texts = [(tmp_path / f"{name}.rules").read_text() for name in files]
    (both / "all.rules").write_text("".join(texts))
    assert alerts(both, b"first") == ["libblock one"]
    assert alerts(both, b"second") == ["libblock two"]


def test_the_largest_version_loads(tmp_path: Path) -> None:
    files = plant(tmp_path, planted="malware")
    package = package_of([entry_of(files["planted"])])
    package.version = (1 << 32) - 1
    export(package, tmp_path)
    assert len(alerts(tmp_path, b"malware")) == 1


@pytest.mark.parametrize("folder", ["relative", "/with blank", '/with"quote', "/with;end"])
def test_folders_that_a_rule_cannot_name_are_refused(folder: str) -> None:
    package = package_of([libblock.HashEntry("a" * 64)])
    with pytest.raises(libblock.InvalidValueError, match="list-folder"):
        compiled(package, "suricata", settings={"list-folder": folder})
