"""A list on the terminal in which a person ticks the hashes to take."""

import shutil
import sys
from collections.abc import Sequence

import click

import libblock
from libblock.cli._output import printable

_FRAME = 6  # columns that the list needs for pointer, tick and margin
_FEWEST_DIGITS = 12


def require_terminal(form: str) -> None:
    if form != "text":
        raise click.UsageError(f"--select asks on the terminal, where --format {form} prints")
    if not sys.stdout.isatty():
        raise click.UsageError("--select needs a terminal to ask on; without it all are taken")


def select_candidates(
    package: libblock.Package, names: Sequence[str], found: Sequence[libblock.Extraction]
) -> list[list[int]]:
    """Asks which candidates to take; of each extraction the indices of those that are ticked."""
    if not any(found):
        return [[] for _ in found]
    import questionary
    from prompt_toolkit.input import create_input

    choices: list[questionary.Choice] = []
    for number, (name, extraction) in enumerate(zip(names, found, strict=True)):
        if len(found) > 1:
            choices.append(questionary.Separator(printable(name)))
        choices += [
            questionary.Choice(_title(package, each), (number, index), checked=True)
            for index, each in enumerate(extraction.accepted)
        ]
    ticked: list[tuple[int, int]] = questionary.checkbox(
        f"Hashes to add to {printable(package.name)}",
        choices,
        # The advisory may come through a pipe while a person sits at the terminal.
        input=create_input(always_prefer_tty=True),
    ).unsafe_ask()
    return [[index for at, index in ticked if at == number] for number in range(len(found))]


def _title(package: libblock.Package, candidate: libblock.Candidate) -> str:
    there = package.find(candidate.sha256, candidate.kind) is not None
    context = [candidate.platform or "", candidate.file_name, "(there already)" if there else ""]
    text = "  ".join(printable(part) for part in context if part)
    digits = shutil.get_terminal_size().columns - _FRAME - len(text) - 2
    shown = candidate.sha256.hex
    if digits < len(shown):
        shown = shown[: max(digits - 2, _FEWEST_DIGITS)] + ".."
    return f"{shown}  {text}".rstrip()
