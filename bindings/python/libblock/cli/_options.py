"""Options that several commands have, so that they look and work alike."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])
Decorator = Callable[[F], F]


def format_option(*others: str) -> Decorator[Any]:
    """`--format`: text for people, JSON for programs, and what else a command offers."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", *others]),
        default="text",
        show_default=True,
        help="What to print.",
    )


def rejoin_option() -> Decorator[Any]:
    return click.option(
        "--rejoin",
        is_flag=True,
        help="Take hashes that line breaks split, where the joining is certain.",
    )


def context_option() -> Decorator[Any]:
    return click.option(
        "--no-context",
        "context",
        flag_value=False,
        default=True,
        help="Leave out what the text says about the hashes: platforms, file names, labels.",
    )


def known_good_option() -> Decorator[Any]:
    return click.option(
        "--known-good",
        "known_good",
        multiple=True,
        metavar="FILE",
        help="Reject the hashes in FILE, a text or an index; may be given several times.",
    )


def drop_comments_option() -> Decorator[Any]:
    return click.option(
        "--drop-comments",
        is_flag=True,
        help="Write the file although comments that were added to it by hand get lost.",
    )
