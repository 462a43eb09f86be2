"""fapolicyd keeps what is listed from running, in the kernel, and lets its neighbour run."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from engine import among_hostile, entry_of, export, require
from target_support import compiled, losses_of, numbered, package_of, rule_of

import libblock

SCRIPT = Path(__file__).with_name("fapolicyd.sh")

#: Whatever happens, all that was started ends with it, the daemon too.
SANDBOX = [
    "timeout",
    "-k",
    "5",
    "90",
    "unshare",
    "--mount",
    "--pid",
    "--fork",
    "--kill-child",
    "--mount-proc",
]

RUNS, DENIED = 0, 126  # as `timeout` reports a program that must not be executed


@pytest.fixture(autouse=True)
def _engine() -> None:
    require("fapolicyd", "fagenrules", "timeout", "unshare", "mount")
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("fapolicyd and its private mounts need root")


@pytest.fixture
def programs(tmp_path: Path) -> dict[str, Path]:
    """Two programs that do nothing, in different words."""
    folder = tmp_path / "programs"
    folder.mkdir()
    paths = {name: folder / name for name in ("listed", "neighbour")}
    true = Path(shutil.which("true") or "/bin/true")
    for name, path in paths.items():
        path.write_bytes(true.read_bytes() + name.encode())  # ELF does not mind
        path.chmod(0o755)
    return paths


def execute(folder: Path, *, permissive: bool = False) -> dict[str, int]:
    """The exit codes of the programs under the rules that stand beside them."""
    result = subprocess.run(
        [*SANDBOX, SCRIPT, folder],
        env={**os.environ, "PERMISSIVE": str(int(permissive)), "PATH": _path()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    for missing in ("unshare failed", "mount: ", "fanotify_init", "Error requesting fanotify"):
        if missing in result.stderr:
            pytest.skip(f"the kernel does not let fapolicyd work here: {result.stderr.strip()}")
    assert result.returncode == 0, result.stderr
    codes = (line.rsplit(" ", 1) for line in result.stdout.splitlines())
    return {name: int(code) for name, code in codes}


def _path() -> str:
    return os.pathsep.join([os.environ["PATH"], "/usr/sbin", "/sbin"])


def log_of(folder: Path) -> list[str]:
    lines = (folder / "log").read_text().splitlines()
    return [line for line in lines if line.startswith("rule=")]


def test_a_listed_program_cannot_run_and_its_neighbour_can(
    tmp_path: Path, programs: dict[str, Path]
) -> None:
    package = package_of([entry_of(programs["listed"], file_name="setup")])
    (rules,) = export(package, "fapolicyd", tmp_path / "rules.d")
    assert rules.name == "15-blocklist-3cx-desktopapp.rules"
    assert execute(tmp_path) == {"listed": DENIED, "neighbour": RUNS}
    (line,) = log_of(tmp_path)
    assert "dec=deny_audit" in line
    assert line.endswith("/mnt/listed")


def test_without_rules_both_run(tmp_path: Path, programs: dict[str, Path]) -> None:
    assert set(programs) == {"listed", "neighbour"}
    (tmp_path / "rules.d").mkdir()
    assert execute(tmp_path) == {"listed": RUNS, "neighbour": RUNS}


def test_a_permissive_host_audits(tmp_path: Path, programs: dict[str, Path]) -> None:
    package = package_of([entry_of(programs["listed"])])
    export(package, "fapolicyd", tmp_path / "rules.d")
    assert execute(tmp_path, permissive=True) == {"listed": RUNS, "neighbour": RUNS}
    (line,) = log_of(tmp_path)
    assert line.endswith("/mnt/listed")


def test_hostile_names_hide_nothing(tmp_path: Path, programs: dict[str, Path]) -> None:
    export(among_hostile(programs["listed"]), "fapolicyd", tmp_path / "rules.d")
    assert execute(tmp_path) == {"listed": DENIED, "neighbour": RUNS}


@pytest.mark.parametrize(
    ("operation", "end"), [("equals", "mnt/listed"), ("starts_with", "mnt/folder/")]
)
def test_paths_are_denied(
    tmp_path: Path, programs: dict[str, Path], operation: str, end: str
) -> None:
    assert programs
    rule = rule_of("path", ("path", operation, f"{tmp_path}/{end}"), platforms=["linux"])
    export(package_of(rules=[rule]), "fapolicyd", tmp_path / "rules.d")
    denied = DENIED if operation == "equals" else RUNS
    assert execute(tmp_path) == {"listed": denied, "neighbour": RUNS}


def test_a_folder_is_denied(tmp_path: Path, programs: dict[str, Path]) -> None:
    assert programs
    rule = rule_of("folder", ("path", "starts_with", f"{tmp_path}/mnt/"), platforms=["linux"])
    export(package_of(rules=[rule]), "fapolicyd", tmp_path / "rules.d")
    assert execute(tmp_path) == {"listed": DENIED, "neighbour": DENIED}


@pytest.mark.parametrize("value", ["/a b", "/a,b", "/%a", '/"a"', "/#a", "/ä", "relative"])
def test_paths_that_a_rule_cannot_hold_are_lost(value: str) -> None:
    rule = rule_of("path", ("path", "equals", value), platforms=["linux"])
    compilation = compiled(package_of(rules=[rule]), "fapolicyd")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "value", 0, ["path"])]


def test_the_settings_stand_in_each_rule(tmp_path: Path, programs: dict[str, Path]) -> None:
    package = package_of([entry_of(programs["listed"])])
    settings = {"decision": "deny_syslog", "permission": "any"}
    compilation = compiled(package, "fapolicyd", settings=settings)
    libblock.save_documents(compilation.documents, tmp_path / "rules.d")
    assert "\ndeny_syslog perm=any all : sha256hash=" in compilation.documents[0].text
    assert execute(tmp_path) == {"listed": DENIED, "neighbour": RUNS}


def test_many_hashes_load_in_time(tmp_path: Path, programs: dict[str, Path]) -> None:
    package = package_of([entry_of(programs["listed"])])
    package.add_entries(numbered(20_000).entries)
    (rules,) = export(package, "fapolicyd", tmp_path / "rules.d")
    assert rules.read_text().count("sha256hash=") == 201
    assert execute(tmp_path) == {"listed": DENIED, "neighbour": RUNS}
