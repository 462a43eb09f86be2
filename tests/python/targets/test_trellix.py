"""Trellix Network Security takes no SHA-256: every package is refused with the reason."""

from pathlib import Path

import pytest
from cli_support import refused
from support import EXAMPLE
from target_support import example

import libblock

SENTENCE = (
    "trellix takes no package: the blocklist of Network Security (NSM) compares MD5 alone, and no "
    "MD5 follows from a SHA-256"
)


def test_every_package_is_refused() -> None:
    assert libblock.find_target("trellix").engine == "Trellix Network Security (NSM)"
    for package in (example(), libblock.Package("empty")):
        with pytest.raises(libblock.NotExpressibleError) as caught:
            libblock.compile_package(package, "trellix")
        assert str(caught.value) == SENTENCE


def test_the_command_says_so_and_writes_nothing(tmp_path: Path) -> None:
    message = refused("export", EXAMPLE, "--to", "trellix", "-o", tmp_path / "out")
    assert message == SENTENCE
    assert not (tmp_path / "out").exists()
