"""Facts as JSON: what other tools know of files and executions."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import libblock
from libblock.cli._inputs import did_you_mean

_TEXT_KEYS = ("name", "platform", "sha256", "authenticode")
_KEYS = (*_TEXT_KEYS, *(str(field) for field in libblock.Field))
_JSON_NAMES = {dict: "an object", list: "a list", str: "a text", bool: "true or false"}
_BLANKS = " \t\r\n"


class Subject(NamedTuple):
    """What is decided on, and what the reader calls it."""

    name: str
    facts: libblock.FileFacts


def parse_subjects(data: bytes, file: str) -> list[Subject]:
    """Reads facts: an object, a list of objects, or objects one after the other (JSON Lines).

    Raises DocumentError with the place of the object, or of the list and the number in it.
    """
    try:
        text = data.decode(json.detect_encoding(data)).removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise libblock.DocumentError("the facts are no text", file) from None
    subjects: list[Subject] = []
    for place, value in _values(text, file):
        items = value if isinstance(value, list) else [value]
        for number, item in enumerate(items, 1):
            where = f"item {number}: " if isinstance(value, list) else ""
            with _placed(where, file, place):
                subjects.append(_subject(item, f"{file} #{len(subjects) + 1}"))
    return subjects


@contextmanager
def _placed(where: str, file: str, place: libblock.Position) -> Iterator[None]:
    """Gives what is refused its place in the file."""
    try:
        yield
    except (TypeError, libblock.InvalidValueError) as error:
        raise libblock.DocumentError(f"{where}{error}", file, place.line, place.column) from None


def _values(text: str, file: str) -> Iterator[tuple[libblock.Position, object]]:
    """The JSON values of a text, each with the place where it begins."""
    decoder = json.JSONDecoder(object_pairs_hook=_object)
    line, counted = 1, 0
    at = _skip_blanks(text, 0)
    while at < len(text):
        line, counted = line + text.count("\n", counted, at), at
        place = libblock.Position(line, at - text.rfind("\n", 0, at))
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            reason = error.msg[:1].lower() + error.msg[1:]
            raise libblock.DocumentError(reason, file, error.lineno, error.colno) from None
        except libblock.InvalidValueError as error:
            raise libblock.DocumentError(str(error), file, place.line, place.column) from None
        except RecursionError:
            message = "the facts are nested too deeply"
            raise libblock.DocumentError(message, file, place.line, place.column) from None
        yield place, value
        at = _skip_blanks(text, at)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON, in which no key may stand twice: one of the two would be left out."""
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise libblock.InvalidValueError(f"the key {key!r} stands twice in an object")
        found[key] = value
    return found


def _skip_blanks(text: str, at: int) -> int:
    while at < len(text) and text[at] in _BLANKS:
        at += 1
    return at


def _subject(item: object, default_name: str) -> Subject:
    if not isinstance(item, dict):
        raise TypeError(f"facts are an object, not {_name_of(item)}")
    for key, value in item.items():
        _require_fact(key, value)
    facts = libblock.FileFacts.from_dict({k: v for k, v in item.items() if k != "name"})
    names = (item.get("name"), *facts.values_of("path"), *facts.values_of("file_name"))
    return Subject(next(filter(None, names), default_name), facts)


def _require_fact(key: str, value: object) -> None:
    if key not in _KEYS:
        raise TypeError(f"there is no fact {key!r}{did_you_mean(key, _KEYS)}")
    several = isinstance(value, list) and key not in _TEXT_KEYS
    for text in value if isinstance(value, list) and several else [value]:
        if not isinstance(text, str):
            expected = "a text" if key in _TEXT_KEYS else "a text or a list of texts"
            raise TypeError(f"{key} must be {expected}, not {_name_of(text)}")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise TypeError(f"{key} holds half of a surrogate pair")


def _name_of(value: object) -> str:
    if value is None:
        return "null"
    return _JSON_NAMES.get(type(value), "a number")
