"""The blocklist of Cortex XDR, as the documentation of its interface has it."""

import json
from typing import Any

from support import digest_of, instant
from target_support import (
    EXAMPLE_RULES,
    compiled,
    example,
    hexes,
    hostile_package,
    losses_of,
    lossless,
    numbered,
    package_of,
    shown,
)

import libblock


def request_of(text: str) -> dict[str, Any]:
    body = json.loads(text)
    assert list(body) == ["request_data"]
    request: dict[str, Any] = body["request_data"]
    assert list(request) == ["hash_list", "comment"]
    return request


def test_the_example_package() -> None:
    package = example()
    compilation = compiled(package, "cortex")
    (document,) = compilation.documents
    assert document.name == "3cx-desktopapp.json"
    request = request_of(document.text)
    assert request["hash_list"] == hexes(package)
    assert package.digest().hex in request["comment"]
    assert losses_of(compilation) == [("left_out", "field", 0, EXAMPLE_RULES)]


def test_other_kinds_of_hashes_are_not_written() -> None:
    entries = [libblock.HashEntry(digest_of("a"), "authenticode"), libblock.HashEntry("b" * 64)]
    compilation = compiled(package_of(entries), "cortex")
    assert request_of(compilation.documents[0].text)["hash_list"] == ["b" * 64]
    assert losses_of(compilation) == [("left_out", "hash_kind", 1, [])]


def test_there_is_no_audit_and_no_expiry() -> None:
    compilation = compiled(numbered(3), "cortex", state="audit")
    assert compilation.documents == ()
    assert losses_of(compilation) == [("left_out", "state", 3, [])]
    compilation = compiled(numbered(1, expires=instant(2026)), "cortex")
    assert losses_of(compilation) == [("widened", "expiry", 0, [])]


def test_many_hashes_are_one_list() -> None:
    package = numbered(5_000)
    (text,) = lossless(package, "cortex").values()
    assert request_of(text)["hash_list"] == hexes(package)
    remarks = " ".join(libblock.find_target("cortex").remarks)
    assert "is not documented: a package is one call" in remarks


def test_hostile_names_stay_in_the_comment() -> None:
    package = hostile_package()
    (text,) = lossless(package, "cortex").values()
    request = request_of(text)
    assert request["hash_list"] == hexes(package)
    assert f"package {shown(package.name)} version" in request["comment"]
