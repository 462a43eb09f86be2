"""Hypothesis strategies for the model: values that the library takes, small enough to collide."""

import re
from datetime import datetime, timezone

from hypothesis import strategies as st

from libblock import (
    Criterion,
    EnforcementState,
    Field,
    FileFacts,
    HashEntry,
    HashKind,
    HashSet,
    MetadataRule,
    Operation,
    Package,
    Platform,
    PolicyTree,
    Provenance,
    Sha256,
    Source,
    compares_versions,
)

#: Any digest at all.
digests = st.binary(min_size=32, max_size=32).map(Sha256)
#: One of a few digests, so that sets and packages overlap.
few_digests = st.integers(0, 2).map(lambda number: Sha256(bytes([number]) * 31 + b"\x01"))
hash_sets = st.lists(few_digests, max_size=12).map(HashSet)


def is_repetitive(digest: Sha256) -> bool:
    """Whether extraction takes a digest for a placeholder: a few digits over and over."""
    data = bytes(digest)
    return any(data[period:] == data[:-period] for period in range(1, 17))


real_digests = digests.filter(lambda digest: not is_repetitive(digest))

#: What advisories are made of, and what makes extraction difficult.
_SCRAPS = r"""
\n|\r\n|\n  |\n> |\t| |  |,|;|"|'|`|_|-|:|/|(|)|[|]|<|>|*|**|...|\u2026|\\|\\n|=\r\n|=3D|%2F
0x|SHA256|SHA-256: |MD5: |SHA-512: |Authentihash: |Thumbprint: |sha256-|# SHA-256\n|####
g|Z|7|a|O|\u0430|\xe9|\u6f22|\u200b|\xad|<wbr>|&shy;|<td>|\x00|\x1b[31m|app.exe
Windows|macOS|00000000  |0010: |00
"""
_scraps = st.just("|") | st.sampled_from(
    [scrap.encode().decode("unicode_escape") for scrap in re.split(r"[|\n]", _SCRAPS) if scrap]
)
_lengths = st.sampled_from(
    [2, 8, 16, 31, 32, 33, 40, 48, 56, 63, 64, 64, 65, 66, 96, 127, 128, 129, 161, 200]
)
_runs = st.tuples(st.binary(min_size=101, max_size=101), _lengths).map(
    lambda drawn: drawn[0].hex()[: drawn[1]]
)
_cased_runs = _runs | _runs.map(str.upper)
_pieces_of_runs = st.builds(
    lambda run, size, between: between.join(run[at : at + size] for at in range(0, len(run), size)),
    real_digests.map(str),
    st.sampled_from([2, 4, 8, 16, 32, 33, 40, 50, 62]),
    st.sampled_from([" ", ":", "-", "\n", "\r\n  ", "=\r\n", "\u200b", "\u00ad", "<wbr>", "\n> "]),
)
#: Texts with runs of digits of every length, whole and in pieces, beside everything else.
mixtures = st.lists(
    few_digests.map(str)
    | real_digests.map(str)
    | _cased_runs
    | _pieces_of_runs
    | _scraps
    | _scraps,
    max_size=24,
).map("".join)

names = st.text("abcXYZ019_-.:#äß漢", min_size=1, max_size=8)
#: Text of several lines, with what YAML and JSON have to quote.
prose = st.text("aZ09 \n\t:#-'\"\\{}[]&*!|>%@,?äß漢🦀\u202e\u200b", max_size=24)
instants = st.datetimes(
    datetime(1970, 1, 1), datetime(9999, 12, 31), timezones=st.just(timezone.utc)
).map(lambda moment: moment.replace(microsecond=0))

platforms = st.sampled_from(Platform)
kinds = st.sampled_from(HashKind)
states = st.sampled_from(EnforcementState)

entries = st.builds(
    HashEntry,
    few_digests,
    kinds,
    file_name=st.just("") | names,
    platform=st.none() | platforms,
    note=prose,
    source=st.just("") | names,
    line=st.integers(0, 9),
    column=st.integers(0, 9),
)

#: Any field, and two of them often.
_few_fields = st.sampled_from([Field.PATH, Field.PUBLISHER])
fields = _few_fields | _few_fields | st.sampled_from(Field)
#: Facts and the values of criteria come from the same few texts, so that some match.
texts = st.sampled_from(["a", "ab", "A", "/a/b"])
versions = st.sampled_from(["1.2", "1.2.0", "2.10"])
_text_operations = [operation for operation in Operation if not compares_versions(operation)]
_version_fields = [Field.FILE_VERSION, Field.PRODUCT_VERSION]

criteria = st.builds(Criterion, fields, st.sampled_from(_text_operations), texts) | st.builds(
    Criterion, st.sampled_from(_version_fields), st.sampled_from(Operation), versions
)
rules = st.builds(
    MetadataRule,
    names,
    st.just(tuple(Platform)) | st.lists(platforms, min_size=1, unique=True),
    st.lists(criteria, min_size=1, max_size=2),
)

facts = st.builds(
    lambda platform, sha256, authenticode, values: FileFacts(
        platform, sha256, authenticode, **values
    ),
    st.none() | platforms | platforms,
    st.none() | few_digests | few_digests,
    st.none() | few_digests | few_digests,
    st.dictionaries(
        fields.map(str),
        texts | versions | st.lists(texts, min_size=1, max_size=3),
        min_size=1,
        max_size=6,
    ),
)

sources = st.builds(Source, names, digests, st.none() | instants)
records = st.builds(
    Provenance,
    sources,
    accepted=st.integers(0, 9),
    rejected=st.integers(0, 9),
    duplicates=st.integers(0, 9),
    selected=st.integers(0, 9),
    added=st.integers(0, 9),
)


@st.composite
def packages(draw: st.DrawFn) -> Package:
    package = Package(
        draw(names),
        version=draw(st.integers(1, 2**32 - 1)),
        description=draw(prose),
        references=draw(st.lists(names, max_size=2, unique=True)),
        tags=draw(st.lists(names, max_size=2, unique=True)),
        expires=draw(st.none() | instants),
    )
    package.add_entries(draw(st.lists(entries, max_size=6)))
    for rule in draw(st.lists(rules, max_size=3, unique_by=lambda rule: rule.name)):
        package.add_rule(rule)
    return package


#: Few paths in a tree that is two deep, and few packages, so that settings meet.
paths = st.sampled_from(["/", "/a", "/b", "/a/x", "/a/y", "/b/x"])
package_names = st.sampled_from(["one", "two"])


@st.composite
def trees(draw: st.DrawFn) -> PolicyTree:
    tree = PolicyTree()
    for path in ("/a", "/b", "/a/x", "/a/y", "/b/x"):
        tree.add_group(path)
    for package in draw(st.lists(package_names, min_size=1, unique=True)):
        tree.set_state("/", package, draw(states))
    settings = st.tuples(paths, package_names, states, st.none() | instants)
    for path, package, state, since in draw(st.lists(settings, max_size=5)):
        tree.set_state(path, package, state, since)
    return tree


@st.composite
def plain_packages(draw: st.DrawFn) -> Package:
    """A package with what decides, and nothing for the reader."""
    package = Package(draw(package_names), expires=draw(st.none() | instants))
    plain_entries = st.builds(HashEntry, few_digests, kinds)
    package.add_entries(draw(st.lists(plain_entries, min_size=3, max_size=6)))
    for rule in draw(st.lists(rules, max_size=2, unique_by=lambda rule: rule.name)):
        package.add_rule(rule)
    return package


#: Packages of different names, as `decide` and `check` take them.
package_lists = st.lists(
    plain_packages(), min_size=1, max_size=2, unique_by=lambda package: package.name
)
