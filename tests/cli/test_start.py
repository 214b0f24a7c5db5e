"""A command does not wait for libraries that it does not use."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = {"sklearn", "scipy.optimize", "scipy.stats", "IPython"}
LISTING = {*SLOW, "scipy.linalg", "numba", "matplotlib", "requests", "pooch"}
COMMANDS = [
    ("--version", LISTING),
    ("recipes", LISTING),
    ("train --help", LISTING),
    ("exercises", LISTING),
    ("train ring --epochs 1 --quiet --out run", SLOW),
    ("train digits --epochs 1 --quiet --out run", SLOW),
]
LOADED = """
import sys
from gan_numpy.cli import main
try:
    failed = main(sys.argv[1:])
except SystemExit as end:
    failed = end.code
assert not failed, failed
print("loaded:", *sys.modules)
"""


@pytest.mark.parametrize("command, unused", COMMANDS, ids=[c for c, _ in COMMANDS])
def test_a_command_loads_no_more_than_it_needs(command, unused, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *command.split()],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stdout.split("loaded:")[1].split()
    assert not unused & {*loaded}
