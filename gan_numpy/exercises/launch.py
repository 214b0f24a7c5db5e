r"""Starting a Python process of ours that imports nothing from where it is started.

``python -m`` and ``python -c`` look for modules in the current folder first: a
``json.py`` or ``random.py`` beside a solution would take the place of Python's own.
"""

from __future__ import annotations

import os
import sys

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The path is mended before anything else is imported; then this very package is found.
PROGRAM = """
import os, sys
home, here, module = sys.argv[1:4]
kept = ("site-packages", "dist-packages")
sys.path[:] = [
    p for p in sys.path
    if p and (os.path.abspath(p) != here or os.path.basename(p) in kept)
]
from importlib import import_module
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
spec = PathFinder.find_spec("gan_numpy", [home])
sys.modules["gan_numpy"] = package = module_from_spec(spec)
spec.loader.exec_module(package)
import_module(module).main()
"""


def command(module: str, *arguments: str) -> list[str]:
    """The command that calls ``main()`` of a module of this package."""
    try:
        here = os.getcwd()
    except OSError:  # the folder is gone
        here = ""
    return [sys.executable, "-c", PROGRAM, HOME, here, module, *arguments]
