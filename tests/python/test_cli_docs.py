"""docs/cli.md says what the command does."""

import re
from pathlib import Path

import click
import pytest
from libblock.cli._main import cli

import libblock

TEXT = (Path(__file__).resolve().parents[2] / "docs/cli.md").read_text(encoding="utf-8")
SECTIONS = {part.splitlines()[0]: part for part in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]}
TOP_LEVEL = cli.list_commands(click.Context(cli))
FIELD_OPTIONS = {"--" + field.replace("_", "-") for field in libblock.Field}


def leaves(command: click.Command, words: str) -> dict[str, click.Command]:
    """The commands at the ends of the tree, by their words."""
    if not isinstance(command, click.Group):
        return {words: command}
    found: dict[str, click.Command] = {}
    for name in command.list_commands(click.Context(command)):
        child = command.get_command(click.Context(command), name)
        assert child is not None
        found |= leaves(child, f"{words} {name}")
    return found


COMMANDS = leaves(cli, "libblock")


def synopsis_of(words: str) -> str:
    """The indented lines that begin with a command, up to the next one."""
    section = SECTIONS[words.split()[1]]
    match = re.search(rf"^    {words}\b.*\n(     +.*\n)*", section, flags=re.MULTILINE)
    assert match, words
    return match[0]


def test_commands_are_described_in_order() -> None:
    assert [name for name in SECTIONS if name in TOP_LEVEL] == TOP_LEVEL
    assert re.findall(r"^\| \[`(\w+)`\]", TEXT, flags=re.MULTILINE) == TOP_LEVEL


@pytest.mark.parametrize("words", COMMANDS)
def test_every_option_stands_in_the_synopsis(words: str) -> None:
    synopsis = synopsis_of(words)
    options = {
        option
        for parameter in COMMANDS[words].params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }
    described = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", synopsis))
    names = options - FIELD_OPTIONS - {"--output"}  # which stands there as -o
    assert names <= described
    assert described <= options


@pytest.mark.parametrize("words", COMMANDS)
def test_every_choice_stands_in_the_synopsis(words: str) -> None:
    for parameter in COMMANDS[words].params:
        if isinstance(parameter.type, click.Choice) and parameter.name != "ignore":
            assert "|".join(parameter.type.choices) in synopsis_of(words)


def test_every_lint_rule_is_described() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (\w+) \| (.*) \|$", TEXT, flags=re.MULTILINE)
    assert rows == [
        (str(rule), str(libblock.severity_of(rule)), rule.description)
        for rule in libblock.CheckRule
    ]


def test_every_field_and_operation_is_described() -> None:
    words = re.findall(r"`(\w+)`", SECTIONS["rule"])
    assert {*libblock.Field, *libblock.Operation} <= set(words)
