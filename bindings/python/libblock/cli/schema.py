"""``libblock schema``: the JSON schemas of documents and output."""

import sys
from importlib import resources
from pathlib import Path

import click

_SCHEMAS = ("package", "policy", "output")


@click.command("schema", short_help="Print a JSON schema.")
@click.argument("name", metavar="SCHEMA", type=click.Choice(_SCHEMAS))
@click.option("-o", "--output", "file", metavar="FILE", help="Write it to a file instead.")
def command(name: str, file: str | None) -> None:
    """Print a JSON schema (draft-07): of a "package", a "policy", or the "output" of commands.

    Editors check and complete documents by the schema that stands beside them:

    \b
      libblock schema package -o package.schema.json
    """
    text = (resources.files("libblock") / "schemas" / f"{name}.schema.json").read_bytes()
    if file is None:
        sys.stdout.write(text.decode("utf-8"))
    else:
        Path(file).write_bytes(text)
