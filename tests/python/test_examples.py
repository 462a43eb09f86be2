"""The examples run, and write what stands in the repository."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from support import command_environment

import libblock

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PREFIX = ROOT / "build/install/static"

VERDICTS = "/Workstations: blocked\n/Servers: blocked\n/Servers/Linux: audited\n"
SUMMARY = "3CX DesktopApp: 8 hashes, 3 rules\n"


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env=command_environment(),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_the_demo_writes_the_package_and_the_policy_of_the_repository(tmp_path: Path) -> None:
    printed = run(EXAMPLES / "3cx/demo.sh", tmp_path, cwd=tmp_path)
    assert "blocked" in printed
    for name in ["3cx-desktopapp.yaml", "policy.yaml"]:
        assert (tmp_path / name).read_bytes() == (EXAMPLES / "3cx" / name).read_bytes()


def test_the_reviewed_package_holds_the_eight_hashes_and_three_rules() -> None:
    package = libblock.load_package(EXAMPLES / "3cx/3cx-desktopapp.yaml").package
    extraction = libblock.extract((EXAMPLES / "3cx/advisory.md").read_bytes())
    assert len(package) == 8
    assert package.hashes() == extraction.hashes
    assert [rule.platforms for rule in package.rules] == [
        (libblock.Platform.WINDOWS,),
        (libblock.Platform.MACOS,),
        (libblock.Platform.LINUX,),
    ]


def test_the_python_script_does_the_job(tmp_path: Path) -> None:
    printed = run(sys.executable, EXAMPLES / "python/block_3cx.py", tmp_path, cwd=tmp_path)
    assert printed == SUMMARY + VERDICTS
    written = libblock.load_package(tmp_path / "3cx-desktopapp.yaml").package
    reviewed = libblock.load_package(EXAMPLES / "3cx/3cx-desktopapp.yaml").package
    assert written.hashes() == reviewed.hashes()
    assert written.rules == reviewed.rules


@pytest.mark.skipif(not PREFIX.is_dir(), reason="needs the C++ library in build/install/static")
def test_the_cpp_program_does_the_job(tmp_path: Path) -> None:
    run(
        "cmake",
        "-S",
        EXAMPLES / "cpp",
        "-B",
        "build",
        f"-DCMAKE_PREFIX_PATH={PREFIX}",
        cwd=tmp_path,
    )
    run("cmake", "--build", "build", cwd=tmp_path)
    program = tmp_path / "build/block_3cx"
    printed = run(program, EXAMPLES / "3cx/advisory.md", tmp_path, cwd=tmp_path)
    assert printed == SUMMARY + VERDICTS
    written = libblock.load_package(tmp_path / "3cx-desktopapp.yaml").package
    assert len(written) == 8


def test_the_pipeline_passes_on_the_reviewed_package_and_policy(tmp_path: Path) -> None:
    for folder in ["3cx", "ci"]:
        shutil.copytree(EXAMPLES / folder, tmp_path, dirs_exist_ok=True)
    pipeline = YAML(typ="safe").load(EXAMPLES / "ci/blocklist.yml")
    steps = {step["name"]: step.get("run") for step in pipeline["jobs"]["check"]["steps"]}
    del steps["Check out"], steps["Set up Python"], steps["Install libblock"]
    assert len(steps) == 3
    for script in steps.values():
        run("bash", "-eo", "pipefail", "-c", script, cwd=tmp_path)
