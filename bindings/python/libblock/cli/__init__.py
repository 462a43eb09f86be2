"""The ``libblock`` command."""

from libblock.cli._main import main

__all__ = ["main"]
