"""Every snippet of the README does what the README says."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support import command_environment

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def snippets(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def environment() -> dict[str, str]:
    """What a person at a terminal of 100 columns has, on the day of the incident."""
    return {**command_environment(), "COLUMNS": "100", "SOURCE_DATE_EPOCH": "1680163200"}


def commands_of(session: str) -> list[tuple[str, str]]:
    """The commands of a console session, each with what it prints."""
    parts = re.split(r"^\$ ", session, flags=re.MULTILINE)
    assert parts[0] == "", "a session begins with a command"
    commands = []
    for part in parts[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command += "\n" + more
        commands.append((command, output))
    return commands


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with the advisory that the README reads."""
    shutil.copy(ROOT / "examples/3cx/advisory.md", tmp_path)
    shutil.copy(ROOT / "examples/3cx/executions.json", tmp_path)
    return tmp_path


def test_console_sessions_print_what_they_show(folder: Path) -> None:
    sessions = snippets("console")
    assert sessions
    for session in sessions:
        for command, expected in commands_of(session):
            done = subprocess.run(
                ["bash", "-c", command],
                cwd=folder,
                env=environment(),
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
            assert done.stdout == expected, command


def test_python_snippets_run(folder: Path) -> None:
    programs = snippets("python")
    assert programs
    for program in programs:
        subprocess.run([sys.executable, "-c", program], cwd=folder, check=True)


def test_the_cpp_snippet_is_the_example() -> None:
    """The example is compiled and run by its own test; the README shows a part of it."""
    example = (ROOT / "examples/cpp/block_3cx.cpp").read_text(encoding="utf-8")
    programs = snippets("cpp")
    assert programs
    for program in programs:
        assert program in example
