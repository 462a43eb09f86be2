"""``libblock new``: an empty package."""

from collections.abc import Sequence
from datetime import datetime

import click

import libblock
from libblock.cli._forms import package_form
from libblock.cli._inputs import instant
from libblock.cli._options import format_option
from libblock.cli._output import out, write_json


@click.command("new", short_help="Create a package.")
@click.argument("file")
@click.option("--name", required=True, help="What the package is called everywhere.")
@click.option("--description", default="", metavar="TEXT", help="What it is for.")
@click.option(
    "--reference", "references", multiple=True, metavar="TEXT", help="Where to read more."
)
@click.option("--tag", "tags", multiple=True, metavar="TEXT", help="A word to find it by.")
@click.option(
    "--expires", type=instant, metavar="TIME", help="When it stops matching: a day or an instant."
)
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@format_option()
def command(
    file: str,
    name: str,
    description: str,
    references: Sequence[str],
    tags: Sequence[str],
    expires: datetime | None,
    force: bool,
    form: str,
) -> None:
    """Create the package FILE, a YAML document without hashes and rules.

    The options --reference and --tag may be given several times.
    """
    package = libblock.Package(
        name, description=description, references=references, tags=tags, expires=expires
    )
    package.save(file, must_be_new=not force, drop_comments=force)
    if form == "json":
        write_json({"version": 1, "file": file, "package": package_form(package)})
    else:
        out().line("created ", file, f': package "{name}", version {package.version}')
