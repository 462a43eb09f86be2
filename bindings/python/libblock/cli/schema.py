"""``libblock schema``: the JSON schemas of documents and output."""

import sys
from importlib import resources
from pathlib import Path

import click

import libblock
from libblock.cli._main import HintedError

_SCHEMAS = ("package", "policy", "output")


@click.command("schema", short_help="Print a JSON schema.")
@click.argument("name", metavar="SCHEMA", type=click.Choice(_SCHEMAS))
@click.option("-o", "--output", "file", metavar="FILE", help="Write it to a file instead.")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
def command(name: str, file: str | None, force: bool) -> None:
    """Print a JSON schema (draft-07): of a "package", a "policy", or the "output" of commands.

    Editors check and complete documents by the schema that stands beside them:

    \b
      libblock schema package -o package.schema.json
    """
    text = (resources.files("libblock") / "schemas" / f"{name}.schema.json").read_bytes()
    if file is None:
        sys.stdout.write(text.decode("utf-8"))
    else:
        _write(Path(file), text, overwrite=force)


def _write(path: Path, text: bytes, *, overwrite: bool) -> None:
    """Writes a file that is not there yet, or is to be overwritten; the same is left alone."""
    if path.is_file():
        if path.read_bytes() == text:
            return
        if not overwrite:
            raise HintedError(
                libblock.AlreadyExistsError("there is such a file already", str(path)),
                "--force overwrites the file that is there",
            )
    path.write_bytes(text)
