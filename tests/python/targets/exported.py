"""What the tests of targets that carry indicators share: packages, and their way through the
command to documents and losses."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cli_support import run

import libblock

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/3cx/3cx-desktopapp.yaml"

#: Texts that would end, escape or hide what a careless writer puts them into.
HOSTILE_NAMES = (
    'quote".exe',
    "it's.exe",
    "a:b|c.exe",
    "a,b;c.exe",
    "]]><!-- --> & <x>.exe",
    "back\\slash\\n.exe",
    "*/ /* // # % $(id) `id` {{x}}.exe",
    "\u202egpj.exe",
    "zero\u200bwidth.exe",
    "ümläut 漢字 🦀.exe",
    " blank ends ",
    "' OR file:name = '",
    "- yaml: {x}",
    "-rf",
    "null",
)
HOSTILE_TEXT = "line one\nline \"two\"\n'three' ]]> --> */ \u202e :,; \\"
HOSTILE_VALUES = ('it\'s \\ [x] | "y".exe', "50%_*?.exe", "' OR 'a' = 'a", "{a: b} # c")


class Exported(NamedTuple):
    """The texts of the documents by name, and the losses as the command tells them."""

    documents: dict[str, str]
    losses: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """The one document there is."""
        (text,) = self.documents.values()
        return text

    def told(self) -> list[tuple[str, str]]:
        """Kind and reason of each loss."""
        return [(each["kind"], each["reason"]) for each in self.losses]


def export(package: libblock.Package | Path, target: str, folder: Path, *options: str) -> Exported:
    if isinstance(package, libblock.Package):
        file = folder / "package.yaml"
        package.save(file)
    else:
        file = package
    out = folder / "out"
    result = run("export", file, "--to", target, "-o", out, "--force", "--format", "json", *options)
    assert result.code in (0, 1), result.err
    report = json.loads(result.out)
    names = [each["name"] for each in report["documents"]]
    texts = {name: (out / name).read_text(encoding="utf-8") for name in names}
    for text in texts.values():
        assert not {"\u202e", "\u200b"} & set(text)
    return Exported(texts, report["losses"])


def package_of(
    entries: Iterable[libblock.HashEntry] = (),
    rules: Sequence[libblock.MetadataRule] = (),
    name: str = "3CX DesktopApp",
    **attributes: Any,
) -> libblock.Package:
    package = libblock.Package(name, **attributes)
    package.add_entries(list(entries))
    for rule in rules:
        package.add_rule(rule)
    return package


def rule_of(
    *criteria: tuple[str, str, str], platforms: Sequence[str] = ("windows",), name: str = "rule"
) -> libblock.MetadataRule:
    return libblock.MetadataRule(name, platforms, [libblock.Criterion(*each) for each in criteria])


def entry_named(name: str, *, kind: str = "file", note: str = "") -> libblock.HashEntry:
    digest = libblock.hash_bytes(name.encode())
    return libblock.HashEntry(digest, kind=kind, file_name=name, note=note)


def hostile_package() -> libblock.Package:
    return package_of(
        [entry_named(name, note=HOSTILE_TEXT) for name in HOSTILE_NAMES],
        name="]]> '\"; 漢 : */ --> & <b>",
        description=HOSTILE_TEXT,
        references=["https://example.com/a?b=c", "no address: 'x' \"y\""],
        tags=["'tag': \"x\"", "supply-chain"],
    )


def many(count: int = 5_000) -> libblock.Package:
    numbers = (number.to_bytes(32, "big") for number in range(1, count + 1))
    return package_of(libblock.HashEntry(libblock.Sha256(each)) for each in numbers)


def hashes_of(package: libblock.Package | Path) -> set[str]:
    if isinstance(package, Path):
        package = libblock.Package.load(package)
    return {each.sha256.hex for each in package.entries}
