"""``python -m libblock`` is the ``libblock`` command."""

import sys

from libblock.cli import main

if __name__ == "__main__":
    sys.exit(main())
