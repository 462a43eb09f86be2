"""``libblock policy``: which packages are in force on which groups."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

import libblock
from libblock import EnforcementState
from libblock.cli._documents import package_path, path_in_policy
from libblock.cli._forms import policy_form
from libblock.cli._inputs import did_you_mean, instant, now, utf8
from libblock.cli._main import Group
from libblock.cli._options import drop_comments_option, format_option
from libblock.cli._output import counted, out, write_json
from libblock.cli._text import STATE_WORDS, print_policy

_GROUP_OPTION = click.option(
    "--group",
    "paths",
    type=utf8,
    metavar="PATH",
    multiple=True,
    required=True,
    help='A group such as "/" or "/Servers/Linux"; may be given several times.',
)
_SINCE_OPTION = click.option(
    "--since", type=instant, metavar="TIME", help="Since when, if not since now."
)


@click.group("policy", cls=Group, short_help="Enable packages on groups of machines.")
def command() -> None:
    """Say which packages are in force on which groups of machines.

    Groups form a tree below "/". A state that is set on a group holds there and on all groups
    below it, down to the next one where another state is set for the same package.
    """


# ---- the file ----------------------------------------------------------------------------------


@command.command("init", short_help="Create a policy.")
@click.argument("file")
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@format_option()
def init(file: str, force: bool, form: str) -> None:
    """Create the policy FILE, a YAML document with the group "/" alone."""
    policy = libblock.Policy()
    policy.save(file, must_be_new=not force, drop_comments=force)
    _print(form, file, policy, ['created, with the group "/"'])


@command.command("show", short_help="Show groups and states.")
@click.argument("file", metavar="POLICY")
@click.option(
    "--group", "path", type=utf8, metavar="PATH", help="Show this group and those below it alone."
)
@format_option()
def show(file: str, path: str | None, form: str) -> None:
    """Show the tree of groups with the state of each package, and where it comes from."""
    policy = libblock.Policy.load(file)
    top = "/" if path is None else policy.tree.group(path).path
    if form == "json":
        write_json({"version": 1, "file": file, **policy_form(policy, top)})
    else:
        print_policy(policy, top)


# ---- groups ------------------------------------------------------------------------------------


@command.group("group", cls=Group, short_help="Add, remove, move and list groups.")
def group() -> None:
    """Add, remove, move and list the groups of a policy."""


@group.command("add", short_help="Add groups.")
@click.argument("file", metavar="POLICY")
@click.argument("paths", type=utf8, metavar="PATH...", nargs=-1, required=True)
@click.option("--parents", is_flag=True, help="Add what is missing above them too.")
@drop_comments_option()
@format_option()
def add_groups(
    file: str, paths: Sequence[str], parents: bool, drop_comments: bool, form: str
) -> None:
    """Add groups such as /Servers/Linux to POLICY."""
    policy = libblock.Policy.load(file)
    for path in paths:
        for above in _missing_above(policy.tree, path):
            if not parents:
                raise click.UsageError(f"there is no group {above}; --parents adds it too")
            policy.tree.add_group(above)
        policy.tree.add_group(path)
    _save(form, file, policy, [f"added {path}" for path in paths], drop_comments=drop_comments)


def _missing_above(tree: libblock.PolicyTree, path: str) -> list[str]:
    parts = path.strip("/").split("/")
    above = ["/" + "/".join(parts[:count]) for count in range(1, len(parts))]
    return [each for each in above if each not in tree]


@group.command("remove", short_help="Remove groups.")
@click.argument("file", metavar="POLICY")
@click.argument("paths", type=utf8, metavar="PATH...", nargs=-1, required=True)
@click.option("--recursive", is_flag=True, help="Remove the groups below them too.")
@drop_comments_option()
@format_option()
def remove_groups(
    file: str, paths: Sequence[str], recursive: bool, drop_comments: bool, form: str
) -> None:
    """Remove groups from POLICY, with the states that are set on them."""
    policy = libblock.Policy.load(file)
    for path in paths:
        below = policy.tree.children(path)
        if below and not recursive:
            raise click.UsageError(f"{path} has groups below it; --recursive removes them too")
        policy.tree.remove_group(path)
    _save(form, file, policy, [f"removed {path}" for path in paths], drop_comments=drop_comments)


@group.command("move", short_help="Move or rename a group.")
@click.argument("file", metavar="POLICY")
@click.argument("source", type=utf8, metavar="PATH")
@click.argument("target", type=utf8, metavar="NEW_PATH")
@drop_comments_option()
@format_option()
def move_group(file: str, source: str, target: str, drop_comments: bool, form: str) -> None:
    """Move or rename a group, with all below it and the states that are set on it."""
    policy = libblock.Policy.load(file)
    policy.tree.move_group(source, target)
    _save(form, file, policy, [f"moved {source} to {target}"], drop_comments=drop_comments)


@group.command("list", short_help="List the groups.")
@click.argument("file", metavar="POLICY")
@format_option()
def list_groups(file: str, form: str) -> None:
    """List the paths of the groups of POLICY, one a line."""
    policy = libblock.Policy.load(file)
    if form == "json":
        write_json({"version": 1, "file": file, "groups": list(policy.tree)})
        return
    output = out()
    for path in policy.tree:
        output.line(path)


# ---- states ------------------------------------------------------------------------------------


@command.command("enable", short_help="Put a package in force on groups.")
@click.argument("file", metavar="POLICY")
@click.argument("package_file", metavar="PACKAGE")
@_GROUP_OPTION
@click.option("--audit", is_flag=True, help="What matches runs, and is recorded.")
@click.option("--enforce", is_flag=True, help="What matches cannot run.")
@_SINCE_OPTION
@drop_comments_option()
@format_option()
def enable(
    file: str,
    package_file: str,
    paths: Sequence[str],
    audit: bool,
    enforce: bool,
    since: datetime | None,
    drop_comments: bool,
    form: str,
) -> None:
    """Put the package of the file PACKAGE in force on groups of POLICY and on all below them.

    Give --audit to see first what it would stop, or --enforce to stop it.
    """
    if audit == enforce:
        raise click.UsageError("give either --audit or --enforce")
    state = EnforcementState.ENFORCE if enforce else EnforcementState.AUDIT
    policy = libblock.Policy.load(file)
    name = libblock.Package.load(package_file).name
    changes = _list_package(
        policy, file, libblock.PackageFile(name, path_in_policy(file, package_file))
    )
    changes += _set_state(policy, paths, name, state, since)
    _save(form, file, policy, changes, drop_comments=drop_comments)


@command.command("disable", short_help="Disable a package on groups.")
@click.argument("file", metavar="POLICY")
@click.argument("package", metavar="PACKAGE")
@_GROUP_OPTION
@_SINCE_OPTION
@drop_comments_option()
@format_option()
def disable(
    file: str,
    package: str,
    paths: Sequence[str],
    since: datetime | None,
    drop_comments: bool,
    form: str,
) -> None:
    """Disable PACKAGE, a name or a file, on groups of POLICY and on all below them.

    That is a setting like the others: it wins over what stands above it.
    """
    policy = libblock.Policy.load(file)
    name = _name_of(policy, file, package)
    changes = _set_state(policy, paths, name, EnforcementState.DISABLED, since)
    _save(form, file, policy, changes, drop_comments=drop_comments)


@command.command("inherit", short_help="Take a setting back.")
@click.argument("file", metavar="POLICY")
@click.argument("package", metavar="PACKAGE")
@_GROUP_OPTION
@drop_comments_option()
@format_option()
def inherit(file: str, package: str, paths: Sequence[str], drop_comments: bool, form: str) -> None:
    """Take back what is set for PACKAGE, a name or a file, on groups of POLICY.

    They have from then on what the groups above them have.
    """
    policy = libblock.Policy.load(file)
    name = _name_of(policy, file, package)
    changes = []
    for path in paths:
        if policy.tree.clear_state(path, name):
            word = STATE_WORDS[policy.tree.effective_state(path, name).state]
            changes.append(f'"{name}" is no longer set on {path}, and {word} there')
    _save(form, file, policy, changes, drop_comments=drop_comments)


@command.command("remove", short_help="Remove a package from the policy.")
@click.argument("file", metavar="POLICY")
@click.argument("package", metavar="PACKAGE")
@drop_comments_option()
@format_option()
def remove(file: str, package: str, drop_comments: bool, form: str) -> None:
    """Remove PACKAGE, a name or a file, from POLICY with all that is set for it."""
    policy = libblock.Policy.load(file)
    name = _name_of(policy, file, package)
    count = policy.tree.remove_package(name)
    policy.packages = [each for each in policy.packages if each.name != name]
    changes = [f'removed "{name}" and {counted(count, "setting")}']
    _save(form, file, policy, changes, drop_comments=drop_comments)


def _list_package(
    policy: libblock.Policy, policy_file: str, package: libblock.PackageFile
) -> list[str]:
    """Makes the policy name a package and its file; what had to change for that."""
    by_name = {each.name: each for each in policy.packages}
    known = by_name.get(package.name)
    if known == package:
        return []
    if known is not None and Path(package_path(policy_file, known)).exists():
        raise libblock.AlreadyExistsError(
            f'the policy has a package "{package.name}" already, in {known.file}', policy_file
        )
    renamed = next((each for each in policy.packages if each.file == package.file), None)
    if renamed is not None:
        policy.tree.rename_package(renamed.name, package.name)
        del by_name[renamed.name]
    policy.packages = list((by_name | {package.name: package}).values())
    was = f', which was "{renamed.name}"' if renamed else ""
    return [f'"{package.name}" is the package in {package.file}{was}']


def _name_of(policy: libblock.Policy, policy_file: str, given: str) -> str:
    """The name of a package that is given by its name or file."""
    names = sorted({*policy.tree.packages(), *(each.name for each in policy.packages)})
    if given in names:
        return given
    path = path_in_policy(policy_file, given)
    for each in policy.packages:
        if each.file == path:
            return each.name
    meant = did_you_mean(given, names)
    raise libblock.NotFoundError(f'there is no package "{given}" in the policy{meant}', policy_file)


def _set_state(
    policy: libblock.Policy,
    paths: Sequence[str],
    name: str,
    state: EnforcementState,
    since: datetime | None,
) -> list[str]:
    """Sets a state where it is not set yet; what that changed."""
    changes = []
    for path in paths:
        setting = policy.tree.group(path).states.get(name)
        if setting and setting.state == state and since in (None, setting.since):
            continue  # it has been so since then, not since now
        policy.tree.set_state(path, name, state, since or now())
        changes.append(f'"{name}" is {STATE_WORDS[state]} on {path}')
    return changes


# ---- what is printed ---------------------------------------------------------------------------


def _save(
    form: str, file: str, policy: libblock.Policy, changes: Sequence[str], *, drop_comments: bool
) -> None:
    """Saves a policy if it has changed, and says what did."""
    if changes:
        policy.save(file, drop_comments=drop_comments)
    _print(form, file, policy, changes)


def _print(form: str, file: str, policy: libblock.Policy, changes: Sequence[str]) -> None:
    if form == "json":
        changed = bool(changes)
        write_json({"version": 1, "file": file, "changed": changed, **policy_form(policy)})
        return
    output = out()
    for change in changes or ["nothing changed"]:
        output.line(f"{file}: {change}")
