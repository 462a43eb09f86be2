"""Packages that the tests of targets for endpoints compile, and what they ask of all of them."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree

import pytest

from libblock import (
    Compilation,
    Criterion,
    Error,
    HashEntry,
    Loss,
    MetadataRule,
    Package,
    PolicyTree,
    Sha256,
    compile_package,
    find_target,
)

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/3cx/3cx-desktopapp.yaml"

# What ends a text or begins something else in one of the formats, and what nobody sees.
HOSTILE_TEXTS = [
    "a\"b'c`d.exe",
    "]]><!--x--><x>&amp;&quot;.exe",
    "$(curl x);-- ' OR 1=1 --%n{{x}}.exe",
    "gpj.\u202eexe.\u2066exe",
    "key:value:, \\ \\n # * ? | .exe",
    "\ufffe\ufdd0\ue000\U000e0001.exe",
]

# None of these may be in a document as they are.
FORBIDDEN = "\u202e\u2066\ufffe\ufdd0\ue000\U000e0001\x00\x1b"


def digest(number: int) -> Sha256:
    return Sha256(hashlib.sha256(str(number).encode()).hexdigest())


def example() -> Package:
    """The 3CX package: eight file hashes and a rule for each platform."""
    return Package.load(EXAMPLE)


def package_of(
    entries: Sequence[HashEntry] = (),
    rules: Sequence[MetadataRule] = (),
    name: str = "Test package",
) -> Package:
    package = Package(name)
    package.add_entries(list(entries))
    for rule in rules:
        package.add_rule(rule)
    return package


def rule(name: str, *criteria: tuple[str, str, str], on: str = "windows") -> MetadataRule:
    return MetadataRule(name, [on], [Criterion(*each) for each in criteria])


def hostile(kind: str = "file", platform: str | None = None) -> Package:
    """Texts that want to be something else, as far as packages let them in."""
    entries = [
        HashEntry(digest(i), kind=kind, file_name=text, platform=platform)
        for i, text in enumerate(HOSTILE_TEXTS)
    ]
    package = Package("Evil\"'<x>]]>--&amp; $(x) \\ package")
    package.add_entries(entries)
    for i, text in enumerate(HOSTILE_TEXTS):
        for field in ("original_filename", "path", "file_name"):
            with suppress(Error):  # the package refuses what nobody sees
                package.add_rule(rule(f"{field} {i} <\"'&]]>", (field, "equals", text)))
    return package


def many(count: int = 5000, kind: str = "file") -> Package:
    return package_of([HashEntry(digest(i), kind=kind) for i in range(count)], name="Many hashes")


def tree_of(states: Mapping[str, str]) -> PolicyTree:
    """A policy whose root gives each package its state."""
    tree = PolicyTree()
    for name, state in states.items():
        tree.set_state("/", name, state)
    return tree


def digits(package: Package) -> set[str]:
    return {str(each.sha256) for each in package.entries}


def document(compilation: Compilation) -> str:
    """The text of the only document."""
    (only,) = compilation.documents
    return only.text


def xml_of(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.encode())


def loss(compilation: Compilation, kind: str, reason: str) -> Loss:
    """The only loss of that kind and reason."""
    (only,) = [
        each for each in compilation.losses if (str(each.kind), str(each.reason)) == (kind, reason)
    ]
    return only


def lost_rules(compilation: Compilation, kind: str = "left_out") -> set[str]:
    return {
        part.rule for loss in compilation.losses if str(loss.kind) == kind for part in loss.rules
    }


def lost_digits(compilation: Compilation, kind: str = "left_out") -> set[str]:
    return {
        str(entry.sha256)
        for loss in compilation.losses
        if str(loss.kind) == kind
        for entry in loss.entries
    }


def assert_harmless(compilation: Compilation) -> None:
    """No document has a character that nobody sees, beside line ends."""
    assert compilation.documents
    for each in compilation.documents:
        assert not set(each.text) & set(FORBIDDEN)
        assert all(c.isprintable() or c in "\n\t" for c in each.text)


def assert_deterministic(package: Package, target: str) -> None:
    assert compile_package(package, target) == compile_package(package, target)


def assert_accounts(package: Package, compilation: Compilation, written: set[str]) -> None:
    """Each hash stands in a document or in a loss that says it does not."""
    assert written | lost_digits(compilation) == digits(package)
    assert not written & lost_digits(compilation)


def assert_refuses_setting(target: str, name: str, value: str) -> None:
    assert name in [each.name for each in find_target(target).settings]
    with pytest.raises(Error, match=name):
        compile_package(example(), target, settings={name: value})
