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
    schema = resources.files("libblock") / "schemas" / f"{name}.schema.json"
    text = schema.read_text(encoding="utf-8")
    if file is None:
        sys.stdout.write(text)
    else:
        _write(Path(file), text, overwrite=force)


def _write(path: Path, text: str, *, overwrite: bool) -> None:
    """Writes a file as a whole that is not there yet, or is to be overwritten; the same is left
    alone."""
    if path.is_file() and path.read_bytes() == text.encode():
        return
    if not path.parent.is_dir():
        raise libblock.FileAccessError("cannot be written: there is no such folder", str(path))
    document = libblock.ExportedDocument(path.name, text)
    try:
        libblock.save_documents([document], path.parent, overwrite=overwrite)
    except libblock.AlreadyExistsError as error:
        raise HintedError(error, "--force overwrites the file that is there") from None
