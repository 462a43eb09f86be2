"""``libblock taxii``: STIX bundles on their way to a TAXII server."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import click

from libblock.cli._inputs import read_bytes, shown_name, text_names, utf8
from libblock.cli._main import FINDINGS, OK, Group
from libblock.cli._options import format_option
from libblock.cli._output import complain, counted, out, write_json
from libblock.taxii import BATCH, PushResult, StixObject, TaxiiClient, TaxiiError, read_bundle


@click.group("taxii", cls=Group, short_help="Send STIX bundles to a TAXII 2.1 server.")
def command() -> None:
    """Bring what "libblock export --to stix" writes to those who subscribe to a collection."""


@command.command("push", short_help="Add the objects of bundles to a collection.")
@click.argument("bundles", nargs=-1, required=True, metavar="BUNDLES...|-")
@click.option("--url", required=True, help="The API root, such as https://taxii.example.com/api1/.")
@click.option("--collection", type=utf8, required=True, metavar="ID", help="The collection.")
@click.option(
    "--user",
    metavar="NAME",
    help="Who you are; the password is LIBBLOCK_TAXII_PASSWORD, or asked for.",
)
@click.option(
    "--token", is_flag=True, help="Send a bearer token: LIBBLOCK_TAXII_TOKEN, or asked for."
)
@click.option("--ca", "ca_file", metavar="FILE", help="Trust these authorities, in PEM, instead.")
@click.option(
    "--batch",
    type=click.IntRange(1, 100_000),
    default=BATCH,
    show_default=True,
    help="How many objects to send at once.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(1, 3600),
    default=60.0,
    show_default=True,
    help="Seconds to wait for an answer, and for the server to be done with what it was sent.",
)
@format_option()
def push(
    bundles: Sequence[str],
    url: str,
    collection: str,
    user: str | None,
    token: bool,
    ca_file: str | None,
    batch: int,
    timeout: float,
    form: str,
) -> int:
    """Add the objects of STIX bundles to a collection of a TAXII 2.1 server.

    Objects that the collection has already are not sent again. Waits until the server is done, and
    exits with 1 if it did not take an object. Passwords and tokens are never arguments, which every
    user of a machine can read.

    \b
      libblock export 3cx-desktopapp.yaml --to stix -o - |
        libblock taxii push - --url https://taxii.example.com/api/ --collection ID
    """
    if user is not None and token:
        raise click.UsageError("--user or --token, not both")
    objects = _read(bundles)
    if (user is not None or token) and _is_readable_on_the_way(url):
        complain("warning", "http:// shows everybody on the way who you are; use https://")
    try:
        with (
            TaxiiClient(
                url,
                auth=None
                if user is None
                else (user, _secret("LIBBLOCK_TAXII_PASSWORD", "Password")),
                token=_secret("LIBBLOCK_TAXII_TOKEN", "Token") if token else None,
                ca_file=ca_file,
                timeout=timeout,
            ) as client,
            _bar(len(objects)) as progress,
        ):
            result = client.push(collection, objects, batch=batch, progress=progress)
    except (TaxiiError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    _print(result, url, collection, form)
    return FINDINGS if result.failures else OK


def _is_readable_on_the_way(url: str) -> bool:
    try:
        address = urlsplit(url)
        host = address.hostname
    except ValueError:
        return False  # it will be refused
    return address.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1")


def _read(bundles: Sequence[str]) -> list[StixObject]:
    """The objects of all bundles, each once: that of libblock itself stands in every one."""
    objects: dict[tuple[str, str], StixObject] = {}
    try:
        for name in text_names(bundles):
            for each in read_bundle(read_bytes(name), shown_name(name)):
                objects.setdefault((each["id"], str(each.get("modified"))), each)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    if not objects:
        raise click.ClickException("there are no objects to send")
    return list(objects.values())


def _secret(variable: str, name: str) -> str:
    value = os.environ.get(variable)
    if value is None and sys.stdin is not None and sys.stdin.isatty():
        value = click.prompt(name, hide_input=True, err=True)
    if value is None:
        raise click.UsageError(f"set {variable}: there is no terminal to ask on")
    return str(value)


@contextmanager
def _bar(size: int) -> Iterator[Callable[[int], object]]:
    """What is told of the objects that are done; on a terminal it shows a bar."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = TextColumn("sending"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=size)
        yield lambda done: bar.update(task, completed=done)


def _print(result: PushResult, url: str, collection: str, form: str) -> None:
    if form == "json":
        write_json(
            {
                "version": 1,
                "url": url,
                "collection": collection,
                "successes": result.successes,
                "present": result.present,
                "failures": [each._asdict() for each in result.failures],
            }
        )
        return
    output = out()
    output.rows(result.failures, lambda each: [("failed", "bold red"), each.id, each.message])
    parts = [f"{counted(result.successes, 'object')} added"]
    if result.present:
        parts.append(f"{result.present:,} there already")
    if result.failures:
        parts.append(counted(len(result.failures), "failure"))
    output.line(f"{collection}: {', '.join(parts)}")
