import pickle
from pathlib import Path

import pytest

import libblock
from libblock import (
    AlreadyExistsError,
    CommentsAtRiskError,
    DigestMismatchError,
    DocumentError,
    Error,
    ErrorCode,
    FileAccessError,
    InvalidValueError,
    LimitError,
    NotExpressibleError,
    NotFoundError,
    Package,
    PolicyTree,
    Position,
)

BUILTINS: dict[type[Error], type[Exception]] = {
    InvalidValueError: ValueError,
    NotFoundError: LookupError,
    AlreadyExistsError: ValueError,
    DocumentError: ValueError,
    DigestMismatchError: Error,
    LimitError: ValueError,
    CommentsAtRiskError: Error,
    NotExpressibleError: Error,
    FileAccessError: OSError,
}


def test_each_code_has_one_class() -> None:
    assert [error.code for error in Error.__subclasses__()] == list(ErrorCode)
    assert set(BUILTINS) == set(Error.__subclasses__())


@pytest.mark.parametrize(("error", "builtin"), BUILTINS.items())
def test_classes_fit_the_builtin_ones(error: type[Error], builtin: type[Exception]) -> None:
    assert issubclass(error, builtin)
    assert getattr(libblock, error.__name__) is error
    assert error.__module__ == "libblock"
    assert error.__doc__


@pytest.mark.parametrize("error_class", BUILTINS)
def test_errors_keep_their_place_when_pickled(error_class: type[Error]) -> None:
    error = error_class("is bad", "a.yaml", 3, 7)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is error_class
    assert (again.message, again.file, again.line, again.column) == ("is bad", "a.yaml", 3, 7)
    assert str(again) == "a.yaml:3:7: is bad"


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (Error("is bad"), "is bad"),
        (Error("is bad", "a.yaml"), "a.yaml: is bad"),
        (Error("is bad", line=3, column=7), "3:7: is bad"),
    ],
)
def test_text_leaves_out_what_is_not_known(error: Error, text: str) -> None:
    assert str(error) == text


def test_the_core_raises_the_class_of_its_code(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="empty"):
        Package("")
    with pytest.raises(LimitError):
        Package("a" * 10_000)
    with pytest.raises(NotFoundError, match="no group '/a'"):
        PolicyTree().group("/a")
    with pytest.raises(AlreadyExistsError):
        PolicyTree().add_group("/")
    with pytest.raises(FileAccessError) as caught:
        libblock.hash_file(tmp_path / "nothing")
    assert caught.value.file == str(tmp_path / "nothing")
    assert caught.value.line == 0


def test_a_document_error_has_its_place(tmp_path: Path) -> None:
    path = tmp_path / "package.yaml"
    path.write_text("libblock: 1\nnam: x\n")
    with pytest.raises(DocumentError) as caught:
        Package.load(path)
    error = caught.value
    assert (error.file, error.line, error.column) == (str(path), 2, 1)
    assert str(error) == f"{path}:2:1: {error.message}"
    assert "did you mean" in error.message


def test_position_is_a_value() -> None:
    assert Position() == Position(0, 0)
    assert Position(2, 3) == Position(line=2, column=3)
    assert Position(2, 3) != Position(3, 2)
    assert repr(Position(2)) == "Position(line=2)"
