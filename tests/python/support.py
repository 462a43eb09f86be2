"""What the tests of several nouns share."""

import copy
import json
import os
import pickle
import sys
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, TypeVar

from libblock import Sha256

ROOT = Path(__file__).resolve().parents[2]
VECTORS = ROOT / "tests/vectors"

#: The package of the 3CX incident: eight hashes and three rules on the Original Filename.
EXAMPLE = ROOT / "examples/3cx/3cx-desktopapp.yaml"

T = TypeVar("T")


def load_vectors(name: str) -> Any:
    """A shared test vector file; `name` is relative to tests/vectors."""
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def command_environment() -> dict[str, str]:
    """The environment of commands that are run as a person would: the tested `libblock` first."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return {**os.environ, "PATH": path}


def digest_of(prefix: str) -> Sha256:
    """A digest that begins with `prefix`, the rest zeros."""
    return Sha256(prefix.ljust(64, "0"))


def instant(year: int, month: int = 1, day: int = 1) -> datetime:
    return datetime(year, month, day, tzinfo=timezone.utc)


def copies(value: T) -> list[T]:
    """The value by every way of copying and pickling."""
    pickles = [pickle.loads(pickle.dumps(value, protocol)) for protocol in (2, 5)]
    return [copy.copy(value), copy.deepcopy(value), *pickles]
