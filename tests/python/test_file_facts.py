import os
from types import MappingProxyType

import pytest
from hypothesis import given
from strategies import facts
from support import copies, digest_of

from libblock import Field, FileFacts, InvalidValueError, Platform


def test_attributes() -> None:
    known = FileFacts(
        "windows",
        sha256=digest_of("a"),
        authenticode=digest_of("b").hex,
        path="C:\\x.exe",
        security_group=["Staff", "Admins"],
    )
    assert known.platform is Platform.WINDOWS
    assert known.sha256 == digest_of("a")
    assert known.authenticode == digest_of("b")
    assert known.values == {
        Field.PATH: ("C:\\x.exe",),
        Field.SECURITY_GROUP: ("Staff", "Admins"),
    }


def test_what_is_absent_is_unknown() -> None:
    known = FileFacts(path=None, security_group=[])
    assert known == FileFacts()
    assert (known.platform, known.sha256, known.authenticode) == (None, None, None)
    assert known.values == {}
    assert known.values_of("path") == ()


def test_a_file_name_is_taken_from_the_path() -> None:
    assert FileFacts("windows", path="C:\\a\\x.exe").values_of(Field.FILE_NAME) == ("x.exe",)
    assert FileFacts("linux", path="/a/x").values_of("file_name") == ("x",)
    assert FileFacts("linux", path="/a/x", file_name="y").values_of("file_name") == ("y",)


@given(facts)
def test_round_trips(known: FileFacts) -> None:
    for copy in [*copies(known), FileFacts.from_dict(known.to_dict())]:
        assert copy == known
        assert hash(copy) == hash(known)


def test_any_mapping_is_taken() -> None:
    facts_of_a_file = MappingProxyType({"platform": "linux", "path": "/x"})
    assert FileFacts.from_dict(facts_of_a_file) == FileFacts("linux", path="/x")
    with pytest.raises(TypeError):
        FileFacts.from_dict(5)  # type: ignore[arg-type]


def test_dicts_are_plain() -> None:
    known = FileFacts("linux", sha256=digest_of("a"), path="/x", security_group=["a", "b"])
    assert known.to_dict() == {
        "platform": "linux",
        "sha256": digest_of("a").hex,
        "path": "/x",
        "security_group": ["a", "b"],
    }
    assert type(known.to_dict()["platform"]) is str


def test_the_dict_of_values_is_a_copy() -> None:
    known = FileFacts(path="/x")
    known.values.clear()
    assert known.values == {Field.PATH: ("/x",)}
    with pytest.raises(AttributeError):
        known.platform = Platform.LINUX  # type: ignore[misc]


def test_paths_that_are_not_utf8_are_kept() -> None:
    path = os.fsdecode(b"/tmp/\xff\xfe")
    known = FileFacts("linux", path=path)
    assert known.values_of("path") == (path,)
    assert FileFacts.from_dict(known.to_dict()) == known


def test_what_is_no_fact_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="'orignal_filename' is no Field, did you mean"):
        FileFacts(orignal_filename="x")
    with pytest.raises(InvalidValueError, match="is no Field"):
        FileFacts.from_dict({"md5": "x"})
    with pytest.raises(InvalidValueError, match="64 hexadecimal digits"):
        FileFacts(sha256="abc")
    with pytest.raises(TypeError):
        FileFacts(path=3)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        FileFacts(path=[3])  # type: ignore[list-item]
    with pytest.raises(UnicodeEncodeError):
        FileFacts(path="\ud800")


def test_forms() -> None:
    known = FileFacts("windows", path="<x>")
    assert repr(known) == "FileFacts(platform='windows', path='<x>')"
    assert "&lt;x&gt;" in known._repr_html_()
