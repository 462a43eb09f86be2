"""The base of the enums that the core builds from its own tables."""

from enum import Enum


class TextEnum(str, Enum):
    """A member is its own text, as it stands in documents: ``Platform.WINDOWS == "windows"``."""

    _description: str  # set by the core

    def __new__(cls, value: str) -> "TextEnum":  # that of `str` takes an encoding too
        member = str.__new__(cls, value)
        member._value_ = value
        return member

    @property
    def description(self) -> str:
        """What the member means to a reader."""
        return self._description

    def __str__(self) -> str:
        return str.__str__(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"
