"""libblock new."""

from pathlib import Path

import pytest
from cli_support import ok, refused, run
from support import instant

import libblock


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "3cx.yaml"


def test_the_package_has_what_was_said(file: Path) -> None:
    options = ["--description", "Trojanised.", "--expires", "2030-01-31", "--tag", "a"]
    options += ["--reference", "https://x.example/1", "--reference", "b", "--tag", "supply chain"]
    out = ok("new", file, "--name", "3CX DesktopApp", *options)
    assert out == f'created {file}: package "3CX DesktopApp", version 1\n'
    package = libblock.Package.load(file)
    assert package == libblock.Package(
        "3CX DesktopApp",
        description="Trojanised.",
        references=["https://x.example/1", "b"],
        tags=["a", "supply chain"],
        expires=instant(2030, 1, 31),
    )


def test_json_tells_what_was_created(file: Path) -> None:
    document = run("new", file, "--name", "X", "--format", "json").json("new")
    digest = libblock.Package("X").digest().hex
    package = {"name": "X", "version": 1, "digest": digest, "hashes": 0, "rules": 0}
    assert document == {"version": 1, "file": str(file), "package": package}


def test_a_file_is_overwritten_by_force_only(file: Path) -> None:
    file.write_text("# mine\nkey: value # yours\n", encoding="utf-8")
    assert refused("new", file, "--name", "X") == f"{file}: there is such a file already"
    assert "mine" in file.read_text(encoding="utf-8")
    ok("new", file, "--name", "X", "--force")
    assert libblock.Package.load(file).name == "X"


def test_an_instant_may_be_exact(file: Path) -> None:
    ok("new", file, "--name", "X", "--expires", "2030-01-31T12:00:00Z")
    expires = libblock.Package.load(file).expires
    assert expires == instant(2030, 1, 31).replace(hour=12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "missing option '--name'"),
        (["--name", ""], "the name of a package is empty"),
        (["--name", "a\x1b"], "control character"),
        (["--name", "X", "--expires", "tomorrow"], "'tomorrow' is no time"),
        (["--name", "X", "--expires", "2030-02-30"], "'2030-02-30' is no time"),
        (["--name", "X", "--tag", "a", "--tag", "a"], "a tag 'a' is given twice"),
    ],
)
def test_bad_arguments_are_refused(file: Path, arguments: list[str], message: str) -> None:
    assert message in refused("new", file, *arguments)
    assert not file.exists()


def test_a_folder_that_is_missing_is_not_made(tmp_path: Path) -> None:
    assert "cannot be written" in refused("new", tmp_path / "no/x.yaml", "--name", "X")
