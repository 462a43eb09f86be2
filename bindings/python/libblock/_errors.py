"""One exception class for each error code of the core, which raises them from here."""

from typing import Any, ClassVar

from libblock._core import ErrorCode


class Error(Exception):
    """What libblock raises when it refuses something; each cause has a subclass.

    ``line`` and ``column`` count from 1, and 0 stands for "no place"; ``file`` is empty if the
    error is not about a file.
    """

    code: ClassVar[ErrorCode]
    message: str
    file: str
    line: int
    column: int

    def __init__(self, message: str, file: str = "", line: int = 0, column: int = 0) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column

    def __str__(self) -> str:
        spot = f"{self.line}:{self.column}" if self.line else ""
        place = ":".join(part for part in (self.file, spot) if part)
        return f"{place}: {self.message}" if place else self.message

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.file, self.line, self.column)


class InvalidValueError(Error, ValueError):
    """An argument is outside its domain."""

    code = ErrorCode.INVALID_VALUE


class NotFoundError(Error, LookupError):
    """What was named does not exist."""

    code = ErrorCode.NOT_FOUND


class AlreadyExistsError(Error, ValueError):
    """What was named exists already."""

    code = ErrorCode.ALREADY_EXISTS


class DocumentError(Error, ValueError):
    """A document breaks its format."""

    code = ErrorCode.INVALID_DOCUMENT


class DigestMismatchError(Error):
    """A hash list is not the one that its package names."""

    code = ErrorCode.DIGEST_MISMATCH


class LimitError(Error, ValueError):
    """An input is larger than its limit."""

    code = ErrorCode.LIMIT_EXCEEDED


class CommentsAtRiskError(Error):
    """Saving would drop comments that somebody wrote into the file."""

    code = ErrorCode.COMMENTS_AT_RISK


class NotExpressibleError(Error):
    """A target cannot express what a package says."""

    code = ErrorCode.NOT_EXPRESSIBLE


class FileAccessError(Error, OSError):
    """A file cannot be read or written."""

    code = ErrorCode.FILE_ACCESS


by_code: dict[ErrorCode, type[Error]] = {error.code: error for error in Error.__subclasses__()}

for _error in (Error, *by_code.values()):
    _error.__module__ = __package__  # where users find them, and tracebacks name them
