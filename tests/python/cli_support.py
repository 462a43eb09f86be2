"""Running the command in tests: within this process for speed, or as a process of its own."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from jsonschema import Draft7Validator
from libblock.cli import main

COMMAND = [sys.executable, "-m", "libblock"]

SHA = {letter: letter * 60 + "0123" for letter in "abcdef"}
MD5 = "d41d8cd98f00b204e9800998ecf8427e"


class Result(NamedTuple):
    """How a run of the command ended, and what it printed."""

    code: int
    out: str
    err: str

    def json(self, definition: str) -> Any:
        """The printed document, which must be one that the schema of the command describes."""
        document = json.loads(self.out)
        errors = [error.message for error in _validator(definition).iter_errors(document)]
        assert not errors
        return document


@cache
def _validator(definition: str) -> Draft7Validator:
    schema = output_schema()
    Draft7Validator.check_schema(schema)
    return Draft7Validator({**schema, "anyOf": [{"$ref": f"#/definitions/{definition}"}]})


@cache
def output_schema() -> dict[str, Any]:
    path = resources.files("libblock") / "schemas" / "output.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return schema


def run(*args: str | Path, stdin: bytes = b"") -> Result:
    """Runs the command in this process; none of its streams is a terminal."""
    streams = {
        "stdin": io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"),
        "stdout": io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
        "stderr": io.TextIOWrapper(io.BytesIO(), encoding="utf-8"),
    }
    with ExitStack() as patches:
        for name, stream in streams.items():
            patches.enter_context(mock.patch.object(sys, name, stream))
        code = main([str(each) for each in args])
    return Result(code, _printed(streams["stdout"]), _printed(streams["stderr"]))


def _printed(stream: io.TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def ok(*args: str | Path, stdin: bytes = b"") -> str:
    """What a run that must succeed without a message prints."""
    result = run(*args, stdin=stdin)
    assert (result.code, result.err) == (0, "")
    return result.out


def refused(*args: str | Path, stdin: bytes = b"") -> str:
    """The message of a run that must be refused: one line, and perhaps a hint."""
    result = run(*args, stdin=stdin)
    assert result.code == 2
    assert result.out == ""
    message, *hints = result.err.splitlines()
    assert message.startswith("libblock: error: ")
    assert all(hint.startswith("libblock: hint: ") for hint in hints)
    assert len(hints) <= 1
    return result.err.removeprefix("libblock: error: ").rstrip("\n")


def start(*args: str | Path, env: Mapping[str, str] = {}, **options: Any) -> Any:
    """Starts the command as a process with pipes."""
    pipe = subprocess.PIPE
    return subprocess.Popen(
        [*COMMAND, *map(str, args)],
        env={**os.environ, **env},
        **{"stdin": pipe, "stdout": pipe, "stderr": pipe, **options},
    )
