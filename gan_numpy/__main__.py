"""``python -m gan_numpy``: the command line."""

from __future__ import annotations

import sys

from gan_numpy.cli import main

if __name__ == "__main__":
    sys.exit(main())
