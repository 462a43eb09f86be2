"""Ctrl-C while the command is being imported, which takes some tenths of a second.

It ends the process as SIGINT ends others, without a traceback. A program that imports the library
is left as it is.
"""

import signal
import sys
from itertools import pairwise

_changed: list[object] = []


def _is_command() -> bool:
    """Whether the script is being run, or `python -m libblock`, whose first argument is `-m` until
    the package is imported."""
    name: str = (getattr(sys, "argv", None) or [""])[0]
    if name == "-m":
        return ("-m", "libblock") in pairwise(sys.orig_argv)
    return name.replace("\\", "/").rpartition("/")[2].removesuffix(".exe") == "libblock"


def let_signals_end_imports() -> None:
    if _is_command() and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        _changed.append(signal.signal(signal.SIGINT, signal.SIG_DFL))


def catch_signals_again() -> None:
    if _changed:
        _changed.clear()
        signal.signal(signal.SIGINT, signal.default_int_handler)
