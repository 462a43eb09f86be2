"""The command as a whole: help, errors, streams, signals, and what it imports."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from cli_support import COMMAND, MD5, SHA, ok, refused, run, start
from libblock.cli._main import cli

import libblock

HEAVY = ["click", "rich", "pefile", "questionary", "prompt_toolkit", "numpy"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("advisory.txt").write_text(f"{SHA['a']}\n", encoding="utf-8")


def commands(group: click.Group, prefix: tuple[str, ...] = ()) -> dict[tuple[str, ...], object]:
    """All commands below a group by their words, groups included."""
    found: dict[tuple[str, ...], object] = {}
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        words = (*prefix, name)
        found[words] = command
        if isinstance(command, click.Group):
            found |= commands(command, words)
    return found


COMMANDS = commands(cli)


# ---- help --------------------------------------------------------------------------------------


def test_version() -> None:
    assert ok("--version") == f"libblock {libblock.__version__}\n"


@pytest.mark.parametrize("words", [(), *COMMANDS], ids=lambda words: " ".join(words))
@pytest.mark.parametrize("option", ["-h", "--help"])
def test_every_command_has_help_of_80_columns(words: tuple[str, ...], option: str) -> None:
    out = ok(*words, option)
    assert out.startswith(f"Usage: {' '.join(['libblock', *words])} ")
    assert max(len(line) for line in out.splitlines()) <= 80


def test_help_lists_commands_in_the_order_of_the_work() -> None:
    out = ok("--help")
    positions = [out.index(f"\n  {words[0]} ") for words in COMMANDS if len(words) == 1]
    assert positions == sorted(positions)


@pytest.mark.parametrize("words", [(), ("rule",), ("policy",), ("policy", "group")])
def test_a_group_alone_prints_its_help_as_an_error(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert (result.code, result.out) == (2, "")
    assert result.err == ok(*words, "--help")


# ---- errors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["extrct"], "there is no command 'extrct', did you mean extract?"),
        (["xyz"], "there is no command 'xyz'"),
        (["policy", "group", "ad"], "there is no command 'ad', did you mean add?"),
        (["--nope"], "no such option"),
        (["extract", "--formt", "json"], "no such option"),
        (["extract", "--format", "yaml"], "invalid value for '--format': 'yaml' is not one of"),
        (["show"], "missing argument 'FILE'"),
        (["show", "a", "b"], "got unexpected extra argument (b)"),
    ],
)
def test_wrong_arguments_are_one_line_and_a_hint(arguments: list[str], error: str) -> None:
    message = refused(*arguments)
    assert message.startswith(error)
    assert "\nlibblock: hint: see libblock" in message


def test_mistakes_of_ours_are_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(libblock, "Extractor", fail)
    with pytest.raises(ZeroDivisionError):
        run("extract", "advisory.txt")


def test_lack_of_memory_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise MemoryError

    monkeypatch.setattr(libblock, "Extractor", fail)
    assert refused("extract", "advisory.txt") == "not enough memory"


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs /proc")
def test_a_file_that_fails_while_it_is_read_is_named() -> None:
    assert refused("extract", "/proc/self/mem").startswith("/proc/self/mem: cannot be read: ")


# ---- what is imported --------------------------------------------------------------------------


def imported(code: str) -> set[str]:
    """Which of the heavy modules some code imports."""
    report = f"import sys; print([name for name in {HEAVY} if name in sys.modules], end='')"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\n{report}"], capture_output=True, text=True, check=True
    )
    found: list[str] = eval(done.stdout.splitlines()[-1])
    return set(found)


def test_the_library_imports_nothing_of_the_command() -> None:
    assert imported("import libblock, libblock.facts") == set()


@pytest.mark.parametrize(
    "arguments", [["--version"], ["--help"], ["extract", "advisory.txt"], ["hash", "advisory.txt"]]
)
def test_in_a_pipe_the_command_imports_only_click(arguments: list[str]) -> None:
    assert imported(f"from libblock.cli import main\nmain({arguments})\nprint()") == {"click"}


# ---- streams -----------------------------------------------------------------------------------


def test_the_module_is_the_command() -> None:
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"libblock {libblock.__version__}\n"


def test_a_script_of_the_command_is_installed() -> None:
    script = Path(sys.executable).with_name("libblock")
    if not script.exists():
        pytest.skip("libblock is not installed as a distribution")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"libblock {libblock.__version__}\n"


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_reader_that_goes_away_ends_it_quietly(form: str) -> None:
    digests = (f"{number:064x}\n" for number in range(1, 20_000))
    Path("long.txt").write_text("".join(digests), encoding="utf-8")
    with start("extract", "long.txt", "--format", form) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 141


def test_a_full_disk_is_an_error() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("needs /dev/full")
    with Path("/dev/full").open("wb") as full:
        process = start("extract", "advisory.txt", stdout=full)
        _, err = process.communicate()
    assert process.returncode == 2
    assert err == b"libblock: error: the output cannot be written: No space left on device\n"


@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    ("arguments", "redirection", "code"),
    [
        ("extract advisory.txt", ">&-", 2),
        ("extract advisory.txt --format json", ">&-", 2),
        ("index query i.index advisory.txt", ">&-", 2),
        ("index query i.index advisory.txt --format json", ">&-", 2),
        ("hash advisory.txt", ">&-", 2),
        ("--version", ">&-", 2),
        ("extract advisory.txt", "2>&-", 0),
        ("extract nope.txt", "2>&-", 2),
        ("extract nope.txt", "2>/dev/full", 2),
        ("extract", "<&-", 2),
        ("extract -", "<&-", 2),
        ("hash -", "<&-", 2),
        ("import p.yaml", "<&-", 2),
    ],
)
def test_closed_streams_do_no_harm(arguments: str, redirection: str, code: int) -> None:
    libblock.Package("X").save("p.yaml")
    ok("index", "build", "i.index", "advisory.txt")
    command = f"{' '.join(COMMAND)} {arguments} {redirection}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)
    assert done.returncode == code
    assert b"Traceback" not in done.stderr
    if redirection == ">&-":
        assert done.stderr == (
            b"libblock: error: the output cannot be written: Bad file descriptor\n"
        )


def test_names_that_the_encoding_lacks_are_escaped() -> None:
    Path("ä.txt").write_text(MD5, encoding="utf-8")
    Path("b.txt").write_text(SHA["a"], encoding="utf-8")
    process = start("import", "p.yaml", "ä.txt", env={"PYTHONIOENCODING": "ascii"})
    libblock.Package("X").save("p.yaml")
    out, err = process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert out.startswith(b"\\xe4.txt: 0 added, 1 rejected\n")


def test_trees_are_drawn_in_ascii_where_that_is_all() -> None:
    ok("policy", "init", "p.yaml")
    ok("policy", "group", "add", "p.yaml", "/A", "/A/B", "/C")
    process = start("policy", "show", "p.yaml", env={"PYTHONIOENCODING": "ascii"})
    assert process.communicate()[0].splitlines() == [b"/", b"|-- A", b"|   `-- B", b"`-- C"]


# ---- colour ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("env", "colored"),
    [
        ({}, False),
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ({"TERM": "xterm-256color"}, False),
    ],
)
def test_a_pipe_gets_colours_by_force_only(env: dict[str, str], colored: bool) -> None:
    clean = {"FORCE_COLOR": "", "NO_COLOR": "", **env}
    out, _ = start("extract", "advisory.txt", env=clean).communicate()
    assert (b"\x1b[" in out) is colored
    _, err = start("extract", "nope", env=clean).communicate()
    assert (b"\x1b[" in err) is colored


def test_forced_colours_do_not_wrap_lines() -> None:
    Path("wide.txt").write_text(f"{SHA['a']} {'x' * 100}.exe\n", encoding="utf-8")
    env = {"FORCE_COLOR": "1", "COLUMNS": "80"}
    out, _ = start("extract", "wide.txt", env=env).communicate()
    assert b"x" * 100 + b".exe" in out.splitlines()[0]


# ---- signals -----------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
def test_ctrl_c_ends_hashing_at_once() -> None:
    with Path("huge").open("wb") as file:
        file.truncate(64 << 30)
    process = start("hash", "advisory.txt", "huge")
    assert process.stdout.readline().endswith(b"  advisory.txt\n")
    began = time.monotonic()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert (process.returncode, out, err) == (130, b"", b"")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals")
@pytest.mark.parametrize("module", ["click", "libblock._errors"])
@pytest.mark.parametrize("script", [False, True])
def test_ctrl_c_while_it_is_imported_ends_it_quietly(
    module: str, script: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [str(Path(sys.executable).with_name("libblock"))] if script else COMMAND
    if not Path(command[0]).exists():
        pytest.skip("libblock is not installed as a distribution")
    Path("sitecustomize.py").write_text(
        "import os, signal, sys\n"
        "class Finder:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        f"        if name == {module!r}:\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Finder())\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    done = subprocess.run([*command, "--version"], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (-signal.SIGINT, b"", b"")


def test_a_program_that_imports_the_library_keeps_its_signals() -> None:
    code = (
        "import signal, libblock, libblock.cli\n"
        "assert signal.getsignal(signal.SIGINT) is signal.default_int_handler"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_ctrl_c_while_anything_runs_is_130(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(libblock, "Extractor", interrupt)
    result = run("extract", "advisory.txt")
    assert result == (130, "", "")


# ---- completion --------------------------------------------------------------------------------


def test_shells_can_complete_it() -> None:
    env = {**os.environ, "_LIBBLOCK_COMPLETE": "bash_complete", "COMP_CWORD": "1"}
    env["COMP_WORDS"] = "libblock ext"
    done = subprocess.run(COMMAND, env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "plain,extract\n"
