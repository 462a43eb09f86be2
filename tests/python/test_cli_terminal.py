"""The command on a terminal: colours, widths, and choosing hashes by hand."""

import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from cli_support import COMMAND, MD5, SHA, ok

import libblock

if sys.platform == "win32":
    pytest.skip("needs a pseudo terminal", allow_module_level=True)

import pexpect

DOWN, SPACE, ENTER = "\x1b[B", " ", "\r"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    Path("advisory.txt").write_text(
        f"Windows {SHA['a']} app.exe\nmacOS {SHA['b']}\n{MD5}\n", encoding="utf-8"
    )
    libblock.Package("3CX").save("p.yaml")


def spawn(*args: str, columns: int = 80, shell: str = "") -> Any:
    command = [*COMMAND, *args]
    if shell:
        command = ["sh", "-c", shell.replace("libblock", " ".join(COMMAND))]
    # Without an environment of its own it would get what readline sets behind Python's back.
    env = dict(os.environ)
    return pexpect.spawn(
        command[0],
        command[1:],
        env=env,
        dimensions=(40, columns),
        encoding="utf-8",
        timeout=60,
    )


def show(*args: str, columns: int = 80) -> tuple[int, str]:
    """The exit code, and what appears on the terminal."""
    child = spawn(*args, columns=columns)
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, child.before.replace("\r\n", "\n")


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)


# ---- what is shown -----------------------------------------------------------------------------


def test_a_terminal_gets_colours() -> None:
    code, shown = show("extract", "advisory.txt", columns=120)
    assert code == 0
    assert f"\x1b[1m{SHA['a']}\x1b[0m" in shown
    assert plain(shown) == ok("extract", "advisory.txt")


def test_a_terminal_does_not_get_what_nobody_reads() -> None:
    digests = (f"{number:064x}\n" for number in range(1 << 64, (1 << 64) + 5002))
    Path("long.txt").write_text("".join(digests), encoding="ascii")
    code, shown = show("extract", "long.txt", columns=120)
    assert code == 0
    lines = plain(shown).splitlines()
    assert lines[4999].endswith("  5000:1")
    assert lines[5000:] == [
        "... and 2 more, which --format json or a pipe gets",
        "",
        "5,002 hashes, 0 rejected, 0 duplicates",
    ]


@pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
def test_colours_can_be_turned_off(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    _, shown = show("extract", "advisory.txt", columns=120)
    assert shown == ok("extract", "advisory.txt")
    _, shown = show("extract", "nope.txt")
    assert "\x1b" not in shown


def test_rows_that_are_too_wide_go_on_two_lines() -> None:
    _, shown = show("extract", "advisory.txt", columns=80)
    assert plain(shown).splitlines()[:4] == [
        SHA["a"],
        "    windows  app.exe  1:9",
        SHA["b"],
        "    macos  2:7",
    ]
    assert max(len(line) for line in plain(shown).splitlines()) <= 80


def test_long_messages_are_wrapped_between_words() -> None:
    package = libblock.Package("3CX")
    criterion = libblock.Criterion("original_filename", "equals", "App")
    package.add_rule(libblock.MetadataRule("A rule", ["windows"], [criterion]))
    package.save("p.yaml")
    code, shown = show("check", "p.yaml", columns=60)
    assert code == 1
    lines = plain(shown).splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[1].startswith("  ")
    assert " ".join(line.strip() for line in lines[:-1]) == (
        "p.yaml:11:16: warning: an Original Filename on Windows ends with its extension: "
        "was 'App.exe' meant? [original-filename-extension]"
    )


def test_paths_are_never_cut() -> None:
    name = "x" * 150 + ".txt"
    Path(name).write_text(SHA["a"], encoding="utf-8")
    _, shown = show("extract", name, "advisory.txt")
    assert f"{name}:1:1" in plain(shown)


def test_hostile_texts_cannot_steer_the_terminal() -> None:
    name = "a\x1b[2Jb\nc\x07\u202ed.txt"
    Path(name).write_text(SHA["a"], encoding="utf-8")
    for arguments in (["extract", name, "advisory.txt"], ["hash", name], ["hash", "no\x1b[2J"]):
        _, shown = show(*arguments)
        assert "\x1b[2J" not in shown
        assert "\x07" not in shown
        assert "\u202e" not in shown
        assert "\\x1b[2J" in shown


def test_hashing_much_shows_a_bar() -> None:
    with Path("large").open("wb") as file:
        file.truncate(100 << 20)
    code, shown = show("hash", "large")
    assert code == 0
    assert "hashing" in shown
    assert plain(shown).rstrip().splitlines()[-1].endswith("  large")
    _, shown = show("hash", "advisory.txt")
    assert "hashing" not in shown


# ---- reading from the terminal -----------------------------------------------------------------


def test_building_an_index_shows_a_bar() -> None:
    with Path("large.txt").open("wb") as file:
        file.write(f"{SHA['a']}\n".encode() * 1_100_000)
    code, shown = show("index", "build", "i", "large.txt")
    assert code == 0
    assert "reading" in shown
    assert "MB" in shown
    assert "writing" in shown
    assert plain(shown).endswith("i: 1 hash\n")
    ok("index", "build", "i", "large.txt")  # through pipes: nothing but the result


def test_nothing_to_read_is_an_error_and_no_wait() -> None:
    code, shown = show("extract")
    assert code == 2
    assert "no input: name files, or pipe a text in" in plain(shown)
    assert show("import", "p.yaml")[0] == 2


def test_a_text_can_be_pasted() -> None:
    child = spawn("extract", "-")
    child.expect("reading from the terminal")
    child.sendline(SHA["c"])
    child.sendeof()
    child.expect("1 hash")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_ctrl_c_while_pasting_is_130() -> None:
    child = spawn("extract", "-")
    child.expect("Ctrl-D")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert "Traceback" not in child.before


# ---- import --select ---------------------------------------------------------------------------


def answer(child: Any, keys: str) -> tuple[int, str]:
    child.expect("Hashes to add to 3CX")
    child.expect(re.escape(SHA["b"][:12]))  # the list is drawn
    child.send(keys)
    child.expect(pexpect.EOF)
    child.close()
    return child.exitstatus, plain(child.before)


def hashes() -> list[str]:
    return [entry.sha256.hex for entry in libblock.Package.load("p.yaml").entries]


def test_all_are_ticked_at_first() -> None:
    code, shown = answer(spawn("import", "p.yaml", "advisory.txt", "--select"), ENTER)
    assert code == 0
    assert "advisory.txt: 2 added, 1 rejected" in shown
    assert hashes() == [SHA["a"], SHA["b"]]


def test_hashes_are_chosen() -> None:
    code, shown = answer(spawn("import", "p.yaml", "advisory.txt", "--select"), SPACE + ENTER)
    assert code == 0
    assert "advisory.txt: 1 added, 1 left out, 1 rejected" in shown
    assert hashes() == [SHA["b"]]
    (record,) = libblock.Package.load("p.yaml").provenance
    assert (record.accepted, record.selected, record.added) == (2, 1, 1)


def test_hashes_are_chosen_from_several_texts() -> None:
    Path("other.txt").write_text(f"{SHA['c']} {SHA['b']}", encoding="utf-8")
    child = spawn("import", "p.yaml", "advisory.txt", "other.txt", "--select")
    code, shown = answer(child, DOWN + DOWN + SPACE + ENTER)
    assert code == 0
    assert "other.txt: 0 added, 1 there already, 1 left out" in shown
    assert hashes() == [SHA["a"], SHA["b"]]


def test_the_text_may_come_through_a_pipe() -> None:
    child = spawn(shell="cat advisory.txt | libblock import p.yaml - --select")
    code, _ = answer(child, SPACE + ENTER)
    assert code == 0
    assert hashes() == [SHA["b"]]


def test_choosing_nothing_changes_nothing() -> None:
    before = Path("p.yaml").read_bytes()
    child = spawn("import", "p.yaml", "advisory.txt", "--select")
    code, shown = answer(child, SPACE + DOWN + SPACE + ENTER)
    assert code == 0
    assert "nothing is new" in shown
    assert Path("p.yaml").read_bytes() == before


def test_ctrl_c_while_choosing_changes_nothing() -> None:
    before = Path("p.yaml").read_bytes()
    code, shown = answer(spawn("import", "p.yaml", "advisory.txt", "--select"), "\x03")
    assert code == 130
    assert "Traceback" not in shown
    assert Path("p.yaml").read_bytes() == before


def test_the_list_shows_what_is_known() -> None:
    package = libblock.Package.load("p.yaml")
    package.add_entries([libblock.HashEntry(SHA["b"])])
    package.save("p.yaml")
    child = spawn("import", "p.yaml", "advisory.txt", "--select", columns=120)
    child.expect("Hashes to add to 3CX")
    child.expect(f"{SHA['a']}  windows  app.exe")
    child.expect(re.escape(f"{SHA['b']}  macos  (there already)"))
    child.send(ENTER)
    child.expect(pexpect.EOF)


def test_a_narrow_terminal_shortens_hashes() -> None:
    child = spawn("import", "p.yaml", "advisory.txt", "--select", columns=60)
    child.expect("Hashes to add to 3CX")
    child.expect(r"a{10,}\.\.  windows  app\.exe")
    child.send(ENTER)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_nothing_to_choose_asks_nothing() -> None:
    Path("empty.txt").write_text("", encoding="utf-8")
    code, shown = show("import", "p.yaml", "empty.txt", "--select")
    assert code == 0
    assert "nothing is new" in shown


def test_choosing_without_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    child = spawn("import", "p.yaml", "advisory.txt", "--select")
    child.expect("Hashes to add")
    child.expect(re.escape(SHA["b"][:12]))
    child.send(ENTER)
    child.expect(pexpect.EOF)
    assert not re.search(r"\x1b\[[0-9;]*(3[0-7]|38;)[0-9;]*m", child.before)
