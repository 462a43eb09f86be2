"""``python -m libblock`` is the ``libblock`` command."""

import sys

from libblock.cli import main

sys.exit(main())
