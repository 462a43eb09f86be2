"""What the tests of all targets share: packages, hostile texts, compilations and their losses."""

import json
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any
from xml.etree import ElementTree

import pytest
from support import EXAMPLE

import libblock

#: The rules of the 3CX package, each on the Original Filename.
EXAMPLE_RULES = ["3CXDesktopApp on linux", "3CXDesktopApp on macos", "3CXDesktopApp on windows"]

#: Characters that steer what is shown, or that nobody sees; documents have none of them.
UNSEEN = "\u200b\u202e\u2066\ue000\ufdd0\ufffe\U000e0001"

#: Names of files that would end, escape or hide what a careless writer puts them into.
HOSTILE_NAMES = (
    'quote".exe',
    "it's.exe",
    "a\"b'c`d.exe",
    "a:b:c.exe",
    "a:b|c.exe",
    "a,b;c.exe",
    "key:value:, \\ \\n # * ? | .exe",
    "]]><!-- --> & <x>.exe",
    "]]><!--x--><x>&amp;&quot;.exe",
    "back\\slash\\n.exe",
    "*/ /* // # % $(id) `id` {{x}}.exe",
    "$(curl x);-- ' OR 1=1 --%n{{x}}.exe",
    "' OR file:name = '",
    "- yaml: {x}",
    "\u202egpj.exe",
    "gpj.\u202eexe.\u2066exe",
    "zero\u200bwidth.exe",
    "\ufffe\ufdd0\ue000\U000e0001.exe",
    "ümläut 漢字 🦀.exe",
    " blank ends ",
    "-rf",
    "null",
)
#: Values of criteria, which documents have to give back to the letter.
HOSTILE_VALUES = ('it\'s \\ [x] | "y".exe', "50%_*?.exe", "' OR 'a' = 'a", "{a: b} # c")
HOSTILE_TEXT = "line one\nline \"two\"\n'three' ]]> --> */ \u202e :,; \\"
HOSTILE_TITLE = "=]]> '\"; 漢 : */ --> & <b> &amp; $(x) \\ package"


def shown(text: str) -> str:
    """A text of a package as documents show it: without what steers or hides."""
    return text.translate(dict.fromkeys(map(ord, UNSEEN), "\ufffd"))


# ---- packages ----------------------------------------------------------------------------------


def example() -> libblock.Package:
    """The package of the 3CX incident: eight file hashes and a rule for each platform."""
    return libblock.Package.load(EXAMPLE)


def package_of(
    entries: Iterable[libblock.HashEntry] = (),
    rules: Iterable[libblock.MetadataRule] = (),
    name: str = "3CX DesktopApp",
    description: str = HOSTILE_TEXT,
    **attributes: Any,
) -> libblock.Package:
    package = libblock.Package(name, description=description, **attributes)
    package.add_entries(list(entries))
    for rule in rules:
        package.add_rule(rule)
    return package


def digest(number: int) -> libblock.Sha256:
    return libblock.hash_bytes(str(number).encode())


def numbered(
    count: int,
    name: str = "many",
    *,
    first: int = 0,
    kind: str = "file",
    expires: datetime | None = None,
) -> libblock.Package:
    """A package of hashes that say nothing else, in the order of documents."""
    digests = sorted(digest(number) for number in range(first, first + count))
    return package_of(
        (libblock.HashEntry(each, kind) for each in digests), (), name, expires=expires
    )


def entry_named(
    name: str, *, kind: str = "file", note: str = "", platform: str | None = None
) -> libblock.HashEntry:
    """A hash that goes with the name of its file, and no other's."""
    sha256 = libblock.hash_bytes(name.encode())
    return libblock.HashEntry(sha256, kind, file_name=name, note=note, platform=platform)


def rule_of(
    name: str, *criteria: tuple[str, str, str], platforms: Sequence[str] = ("windows",)
) -> libblock.MetadataRule:
    return libblock.MetadataRule(name, platforms, [libblock.Criterion(*each) for each in criteria])


def hostile_package(
    entries: Iterable[libblock.HashEntry] = (),
    rules: Iterable[libblock.MetadataRule] = (),
    *,
    kind: str = "file",
    platform: str | None = None,
) -> libblock.Package:
    """Texts that want to be something else wherever a package has a text, around what is given."""
    names = [
        entry_named(each, kind=kind, note=HOSTILE_TEXT, platform=platform) for each in HOSTILE_NAMES
    ]
    return package_of(
        [*names, *entries],
        rules,
        HOSTILE_TITLE,
        references=["https://example.com/a?b=c", "no address: 'x' \"y\""],
        tags=["'tag': \"x\"", "supply-chain"],
    )


def hostile_rules() -> list[libblock.MetadataRule]:
    """The texts as values of criteria, as far as packages let them in."""
    rules = []
    for i, text in enumerate([*HOSTILE_NAMES, *HOSTILE_VALUES]):
        for field in ("original_filename", "path", "file_name"):
            with suppress(libblock.InvalidValueError):  # the package refuses what nobody sees
                rule = rule_of(f"{field} {i} <\"'&]]>", (field, "equals", text))
                package_of(rules=[rule])
                rules.append(rule)
    return rules


def hexes(package: libblock.Package, *platforms: str) -> list[str]:
    """The hashes of a package in their order, or those of some platforms."""
    return [
        each.sha256.hex for each in package.entries if not platforms or each.platform in platforms
    ]


def names_of(rules: Iterable[libblock.MetadataRule]) -> set[str]:
    return {each.name for each in rules}


# ---- compilations ------------------------------------------------------------------------------


def compiled(package: libblock.Package, target: str, **options: Any) -> libblock.Compilation:
    return _checked(libblock.compile_package(package, target, **options))


def compiled_group(
    packages: Sequence[libblock.Package],
    states: str | Mapping[str, str],
    target: str,
    **options: Any,
) -> libblock.Compilation:
    """Of a group on which the packages are in their states, or all in one."""
    tree = libblock.PolicyTree()
    for each in packages:
        tree.set_state("/", each.name, states if isinstance(states, str) else states[each.name])
    return _checked(libblock.compile_group(packages, tree, "/", target, **options))


def _checked(compilation: libblock.Compilation) -> libblock.Compilation:
    """A compilation whose documents have no character that nobody sees, beside line ends."""
    for each in compilation.documents:
        characters = set(each.text)
        assert not characters & set(UNSEEN)
        assert all(c.isprintable() or c in "\n\t" for c in characters)
    return compilation


def texts_of(compilation: libblock.Compilation) -> dict[str, str]:
    """The texts of the documents by their names."""
    return {each.name: each.text for each in compilation.documents}


def text_of(compilation: libblock.Compilation) -> str:
    """The text of the only document."""
    (only,) = compilation.documents
    return only.text


def lossless(package: libblock.Package, target: str, **options: Any) -> dict[str, str]:
    """The texts of the documents of a package that is expressed as a whole."""
    return texts_of(compiled(package, target, strict=True, **options))


def xml_of(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text.encode())


def lines_of(text: str) -> list[Any]:
    """The values of NDJSON, which is one on each line, and a line end after each."""
    assert text.endswith("\n")
    return [json.loads(line) for line in text.removesuffix("\n").split("\n")]


# ---- losses ------------------------------------------------------------------------------------


def losses_of(compilation: libblock.Compilation) -> list[tuple[str, str, int, list[str]]]:
    """Kind, reason, the number of hashes, and the rules."""
    return [
        (
            str(each.kind),
            str(each.reason),
            len(each.entries),
            sorted({part.rule for part in each.rules}),
        )
        for each in compilation.losses
    ]


def loss_of(compilation: libblock.Compilation, kind: str, reason: str) -> libblock.Loss:
    """The only loss of that kind and reason."""
    (only,) = (each for each in compilation.losses if (each.kind, each.reason) == (kind, reason))
    return only


def lost_rules(compilation: libblock.Compilation, kind: str = "left_out") -> set[str]:
    return {part.rule for each in compilation.losses if each.kind == kind for part in each.rules}


def lost_hexes(compilation: libblock.Compilation, kind: str = "left_out") -> set[str]:
    return {
        entry.sha256.hex
        for each in compilation.losses
        if each.kind == kind
        for entry in each.entries
    }


# ---- what is asked of all ----------------------------------------------------------------------


def assert_deterministic(package: libblock.Package, target: str) -> None:
    assert compiled(package, target) == compiled(package, target)


def assert_accounts(
    package: libblock.Package, compilation: libblock.Compilation, written: set[str]
) -> None:
    """Each hash stands in a document or in a loss that says it does not."""
    assert written | lost_hexes(compilation) == set(hexes(package))
    assert not written & lost_hexes(compilation)


def assert_refuses_setting(target: str, name: str, value: str) -> None:
    assert name in [each.name for each in libblock.find_target(target).settings]
    with pytest.raises(libblock.InvalidValueError, match=name):
        compiled(example(), target, settings={name: value})
