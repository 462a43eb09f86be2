"""Every enum of the module: members are their texts, described, and taken as text."""

import enum

import pytest
from support import copies

import libblock
from libblock import Field, InvalidValueError, Platform, TextEnum

ENUMS = TextEnum.__subclasses__()


def test_all_enums_are_exported() -> None:
    assert len(ENUMS) == 19
    for each in ENUMS:
        assert getattr(libblock, each.__name__) is each
        assert each.__module__ == "libblock"


@pytest.mark.parametrize("each", ENUMS, ids=lambda each: each.__name__)
def test_members_are_their_texts(each: type[TextEnum]) -> None:
    assert issubclass(each, enum.Enum)
    assert each.__doc__
    for member in each:
        assert isinstance(member, str)
        assert member == member.value == str(member) == f"{member}"
        assert each(member.value) is member
        assert member.name == member.value.upper().replace("-", "_")
        assert repr(member) == f"{each.__name__}.{member.name}"
        assert member.description.endswith(".")
        assert all(copy is member for copy in copies(member))


def test_members_are_in_the_order_of_the_table() -> None:
    assert list(Platform) == [Platform.WINDOWS, Platform.MACOS, Platform.LINUX]


def test_functions_take_a_member_or_its_text_and_return_members() -> None:
    assert libblock.exists_on(Field.ORIGINAL_FILENAME, Platform.WINDOWS)
    assert libblock.exists_on("original_filename", "windows")
    assert libblock.Criterion("path", "equals", "x").field is Field.PATH


def test_unknown_text_is_refused_with_a_suggestion() -> None:
    with pytest.raises(InvalidValueError, match="'widows' is no Platform, did you mean 'windows'"):
        libblock.exists_on("path", "widows")
    with pytest.raises(InvalidValueError, match="'Windows' is no Platform"):
        libblock.exists_on("path", "Windows")
    with pytest.raises(ValueError, match="is not a valid Platform"):
        Platform("widows")


def test_other_types_are_refused() -> None:
    with pytest.raises(TypeError):
        libblock.exists_on(3, "windows")  # type: ignore[arg-type]
