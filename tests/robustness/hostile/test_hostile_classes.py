"""Classes of hostile submissions: nothing earned, nothing changed, everybody graded.

A third of them in turn; ``GAN_NUMPY_HOSTILE=all`` grades all, also without name spaces
and, started as root, as an ordinary user; ``hostile_table.py`` prints what each does
alone.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_table import CASES, NOBODY, How, classes

from gan_numpy.grading.sandbox import NOBODY as NO_USER
from tests.programs import finished
from tests.turns import share

TABLE = Path(__file__).with_name("hostile_table.py")

# What is seen in spite of the walls, by system: the guide says so. Strict: what is no
# longer seen must leave this list.
KNOWN = {
    "with": set[str](),
    "without": {"told SIZE-SEEN"},
}
ALL = os.environ.get("GAN_NUMPY_HOSTILE") == "all"
SYSTEMS = {
    "with": How(),
    "without": How(without=True),
    "user with": How(user=True),
    "user without": How(user=True, without=True),
}
KINDS = {case.kind for case in CASES.values()}


def has_name_spaces() -> bool:
    """Whether this system lets us have some."""
    command = "import ctypes; exit(ctypes.CDLL(None).unshare(0x10000000))"
    return subprocess.run([sys.executable, "-c", command], check=False).returncode == 0


def usable(how: How) -> str:
    """Why this system cannot be had here; empty if it can."""
    if sys.platform != "linux":
        return "only Linux has these walls"
    if how.user and os.getuid() != 0:
        return "only root becomes another user"
    if os.getuid() == 0 and (how.user or how.without):
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}"]
        # What it starts shows what it may do: itself it is started as root.
        starts = "import sys, subprocess as s, gan_numpy; s.check_call(sys.argv[1:])"
        inner = [sys.executable, "-c", "import ctypes"]
        outer = [*command, "--clear-groups", sys.executable, "-c", starts, *inner]
        if subprocess.run(outer, capture_output=True, check=False).returncode != 0:
            return "an ordinary user may not run this Python"
    if not how.without and not has_name_spaces():
        return "this system has no name spaces"
    return ""


@pytest.mark.parametrize("title", classes(KINDS))
@pytest.mark.parametrize("system", SYSTEMS)
def test_a_class(title, system):
    if system != "with" and not ALL:
        pytest.skip("GAN_NUMPY_HOSTILE=all grades it so as well")
    if reason := usable(SYSTEMS[system]):
        pytest.skip(reason)
    names = share(classes(KINDS)[title], 3, "GAN_NUMPY_HOSTILE")
    how = SYSTEMS[system]
    options = ["--user"] * how.user + ["--without"] * how.without
    # It adopts and ends what is left of the class, so it has a process of its own.
    done = finished(
        [sys.executable, TABLE, "--together", "--json", *options, *names],
        seconds=600,
        cwd=TABLE.parents[3],
    )
    assert done.returncode == 0, done.stderr
    (outcome,) = map(json.loads, done.stdout.splitlines())
    walls = title.endswith("everything allowed")
    known = KNOWN[system.split()[-1]] if walls else set()
    assert set(outcome["harms"]) == known, outcome["said"]


def test_there_are_many():
    assert len(CASES) >= 208 and NOBODY == NO_USER
    assert {"points", "replies", "walls", "texts", "intake"} == KINDS
