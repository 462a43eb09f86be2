"""Package and policy documents on their way between files and commands."""

import os
from pathlib import Path, PurePath

import libblock


def save_next_version(package: libblock.Package, file: str, *, drop_comments: bool) -> None:
    """Saves a package that has changed."""
    package.version += 1
    package.save(file, drop_comments=drop_comments)


def load_document(file: str) -> libblock.PackageDocument | libblock.PolicyDocument:
    """Loads a package or a policy, whichever the file holds."""
    try:
        return libblock.load_package(file)
    except libblock.DocumentError as no_package:
        try:
            return libblock.load_policy(file)
        except libblock.DocumentError as no_policy:
            # The reader of the right kind of document came further.
            raise max(no_package, no_policy, key=lambda e: (e.line, e.column)) from None


def load_listed(
    policy: libblock.PolicyDocument, policy_file: str, listed: libblock.PackageFile
) -> tuple[str, libblock.PackageDocument]:
    """Loads a package that a policy names, and says from where; what is wrong with the naming is
    placed in the policy."""
    path = package_path(policy_file, listed)
    escaped = listed.name.replace("~", "~0").replace("/", "~1")  # RFC 6901
    place = policy.locate(f"/packages/{escaped}/file")
    try:
        document = libblock.load_package(path)
    except libblock.FileAccessError as error:
        raise libblock.FileAccessError(
            f'cannot read the package "{listed.name}": {error}',
            policy_file,
            place.line,
            place.column,
        ) from None
    if document.package.name != listed.name:
        raise libblock.DocumentError(
            f'{listed.file} holds the package "{document.package.name}", not "{listed.name}"',
            policy_file,
            place.line,
            place.column,
        )
    return path, document


def package_path(policy_file: str, package: libblock.PackageFile) -> str:
    """Where a package of a policy is, seen from here."""
    return os.path.normpath(Path(policy_file).parent / package.file)


def path_in_policy(policy_file: str, package_file: str) -> str:
    """How a policy names the file of a package: relative to its own folder."""
    folder = os.path.dirname(os.path.abspath(policy_file))  # noqa: PTH100, PTH120 - links stay
    try:
        relative = os.path.relpath(package_file, folder)
    except ValueError:  # on another drive of Windows
        raise libblock.InvalidValueError(
            "no relative path leads from the policy to the package", package_file
        ) from None
    return PurePath(relative).as_posix()


def groups_below(tree: libblock.PolicyTree, top: str) -> list[str]:
    """The paths of a group and of all groups below it, each before those below it."""
    paths = [top]
    for child in tree.children(top):
        paths += groups_below(tree, child)
    return paths


def states_on(tree: libblock.PolicyTree, path: str) -> list[libblock.PackageState]:
    """The states of all packages that have one set on a group or above it, by name."""
    effective = ((name, tree.effective_state(path, name)) for name in tree.packages())
    return [
        libblock.PackageState(name, each.state, each.group, each.since)
        for name, each in effective
        if each.group
    ]
