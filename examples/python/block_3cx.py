"""The 3CX job in Python: from the advisory's text to decisions.

Run it with the folder to write into: python block_3cx.py OUTPUT
"""

import sys
from datetime import datetime, timezone
from pathlib import Path

import libblock

ADVISORY = Path(__file__).parent.parent / "3cx" / "advisory.md"
ORIGINAL_FILENAMES = {
    libblock.Platform.WINDOWS: "3CXDesktopApp.exe",
    libblock.Platform.MACOS: "3CXDesktopApp",
    libblock.Platform.LINUX: "3CXDesktopApp",
}


def author_package(advisory: Path, now: datetime) -> libblock.Package:
    """Paste the advisory, extract, bulk add, and add a rule for each operating system."""
    package = libblock.Package("3CX DesktopApp", tags=["supply-chain"])
    source = libblock.Source(advisory.name, libblock.hash_file(advisory), imported=now)
    package.import_extraction(libblock.extract(advisory.read_bytes()), source)
    for platform, value in ORIGINAL_FILENAMES.items():
        criterion = libblock.Criterion("original_filename", "equals", value)
        name = f"3CXDesktopApp on {platform.value}"
        package.add_rule(libblock.MetadataRule(name, [platform], [criterion]))
    return package


def author_policy(package: libblock.Package, file: str, now: datetime) -> libblock.Policy:
    """Enforce at the root, and only watch on the Linux servers."""
    tree = libblock.PolicyTree()
    for group in ["/Workstations", "/Servers", "/Servers/Linux"]:
        tree.add_group(group)
    tree.set_state("/", package.name, "enforce", since=now)
    tree.set_state("/Servers/Linux", package.name, "audit", since=now)
    return libblock.Policy(tree, [libblock.PackageFile(package.name, file)])


def main(output: Path) -> None:
    now = datetime(2023, 3, 30, 8, tzinfo=timezone.utc)
    package = author_package(ADVISORY, now)
    policy = author_policy(package, "3cx-desktopapp.yaml", now)
    package.save(output / "3cx-desktopapp.yaml")
    policy.save(output / "policy.yaml")
    print(f"{package.name}: {len(package.entries)} hashes, {len(package.rules)} rules")

    renamed = libblock.FileFacts(
        platform="windows",
        path=r"C:\ProgramData\updater.exe",
        original_filename="3CXDesktopApp.exe",
    )
    for group in ["/Workstations", "/Servers", "/Servers/Linux"]:
        decision = libblock.decide(renamed, [package], policy.tree, group)
        print(f"{group}: {decision.verdict.value}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
