"""The command as a whole: its subcommands, its exit codes, and how it reports errors."""

import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import click

import libblock
from libblock._startup import catch_signals_again
from libblock.cli._inputs import did_you_mean
from libblock.cli._output import complain, whole

OK, FINDINGS, BAD_INPUT = 0, 1, 2
INTERRUPTED, BROKEN_PIPE = 130, 141  # as shells report SIGINT and SIGPIPE

_MODULES = {
    "extract": "extract",
    "new": "new",
    "import": "import_",
    "rule": "rule",
    "policy": "policy",
    "export": "export",
    "targets": "targets",
    "taxii": "taxii",
    "decide": "decide",
    "check": "check",
    "show": "show",
    "diff": "diff",
    "hash": "hash",
    "index": "index",
    "schema": "schema",
}

_HINTS: dict[type[Exception], str] = {
    libblock.CommentsAtRiskError: "--drop-comments writes the file without them",
}


class HintedError(Exception):
    """A mistake of the user, and what to do about it in this command."""

    def __init__(self, error: Exception, hint: str) -> None:
        super().__init__(str(error))
        self.error = error
        self.hint = hint


class Group(click.Group):
    """A command group that knows what was meant, and prints its help if nothing was."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(self.commands)  # in the order of the source, not of the alphabet

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), err=True)
            ctx.exit(BAD_INPUT)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            ctx.fail(f"there is no command {name!r}{did_you_mean(name, self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)


class Commands(Group):
    """The subcommands, each imported when it is asked for, in the order of the work."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(_MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _MODULES:
            return None
        module = importlib.import_module(f"libblock.cli.{_MODULES[cmd_name]}")
        command: click.Command = module.command
        return command


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(libblock.__version__, message="%(prog)s %(version)s")
def cli() -> None:
    """Author, review and simulate blocklist packages.

    Exit codes: 0 all is well, 1 there are findings (a file is blocked, packages differ, a check
    found something), 2 the arguments or files are bad.
    """


def main(args: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code."""
    _prepare_streams()
    try:
        catch_signals_again()
        code = _run(sys.argv[1:] if args is None else list(args))
        sys.stdout.flush()
    except (KeyboardInterrupt, click.Abort):
        code = INTERRUPTED
    except BrokenPipeError:
        code = BROKEN_PIPE
    except Exception as error:
        code = report(error)
    _finish(sys.stdout)
    _finish(sys.stderr)
    return code


def _run(args: list[str]) -> int:
    if "_LIBBLOCK_COMPLETE" in os.environ:
        cli.main(args, prog_name="libblock")  # click answers the shell and exits
    try:
        with cli.make_context("libblock", args) as context:
            return cli.invoke(context) or OK
    except click.exceptions.Exit as done:
        return done.exit_code


def report(error: Exception) -> int:
    """Prints a mistake of the user; what is none of theirs is raised again."""
    with contextlib.suppress(OSError):
        complain("error", _message_of(error.error if isinstance(error, HintedError) else error))
        hint = _hint_for(error)
        if hint:
            complain("hint", hint)
    return BAD_INPUT


def _message_of(error: Exception) -> str:
    if isinstance(error, click.ClickException):
        return _one_line(error.format_message())
    if isinstance(error, libblock.Error):
        return str(error)
    if isinstance(error, OSError):
        name = "the output cannot be written" if error.filename is None else error.filename
        return f"{name}: {error.strerror}"
    if isinstance(error, MemoryError):
        return "not enough memory"
    raise error


def _one_line(message: str) -> str:
    """A message of click in the manner of the library's own."""
    message = " ".join(message.split()).removesuffix(".")
    return message[:1].lower() + message[1:] if message[1:2].islower() else message


def _hint_for(error: Exception) -> str | None:
    if isinstance(error, HintedError):
        return error.hint
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"see {error.ctx.command_path} --help"
    return next((hint for kind, hint in _HINTS.items() if isinstance(error, kind)), None)


def _prepare_streams() -> None:
    # What is closed by whoever started us is no stream: results are lost, which is an error, and
    # messages are not wanted.
    instead = {"stdout": os.O_RDONLY, "stderr": os.O_WRONLY}
    for name, mode in instead.items():
        stream: Any = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.open(os.devnull, mode), "w"))  # noqa: SIM115, PTH123
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
            setattr(sys, name, whole(stream))


def _finish(stream: TextIO) -> None:
    """Flushes a stream; what cannot be written any more must not be tried again at exit."""
    try:
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
