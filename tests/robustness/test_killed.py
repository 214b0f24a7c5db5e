"""kill -9 before and after every change that a command makes to the file system.

Whatever is left, the next command goes on with a whole run - the old one or the new
one - and the end has the bits of a run that nobody disturbed. Deaths at renamings are
tried each time, a quarter of the others in turn, all by ``GAN_NUMPY_KILLED=all``.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.programs import finished

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def drive(tmp_path_factory):
    """The report of a scenario, which is driven once."""
    known = {}

    def report(name: str) -> dict:
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            rng = np.random.default_rng(1)
            np.save(folder / "own.npy", rng.random((40, 2, 2), dtype=np.float32))
            done = finished(
                [sys.executable, "-m", "tests.robustness.faults", folder, name],
                cwd=ROOT,
                env={
                    **os.environ,
                    "GAN_NUMPY_KERNELS": "reference",
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                },
            )
            assert done.returncode == 0, done.stderr
            known[name] = json.loads(done.stdout)
        return known[name]

    return report


def where(death: dict) -> str:
    return f"{death['moment']} change {death['at']}: {death['next']['err']}"


@pytest.mark.parametrize("scenario", ["start", "force", "resume", "evaluate"])
def test_the_next_command_works_and_nothing_is_left_over(scenario, drive):
    report = drive(scenario)
    assert len(report["deaths"]) >= 2
    for death in report["deaths"]:
        assert death["next"]["code"] == 0, where(death)
        assert death["next"]["err"] == "", where(death)
        litter = [n for n in death["end"]["files"] if Path(n).name.startswith(".")]
        assert not litter, where(death)


@pytest.mark.parametrize("scenario", ["start", "resume"])
def test_the_end_has_the_bits_of_an_undisturbed_run(scenario, drive):
    report = drive(scenario)
    for death in report["deaths"]:
        assert death["end"] == report["whole"], where(death)


def test_force_leaves_the_old_run_or_the_new_one(drive):
    """`config.json` says which; the end is the end of that one, to the bit."""
    report = drive("force")
    old, new = report["old"], report["whole"]
    assert old["units"] != new["units"] and old["epochs"] != new["epochs"]
    seen = set()
    for death in report["deaths"]:
        is_new = death["left"]["units"] == new["units"]
        seen.add(is_new)
        if not is_new:  # nothing of it is lost
            assert set(old["files"]) <= set(death["left"]["files"]), where(death)
            assert death["left"]["checkpoint.npz"] == old["checkpoint.npz"]
        assert death["end"] == (new if is_new else old), where(death)
    assert seen == {False, True}


def test_an_evaluation_leaves_the_run_as_it_was(drive):
    report = drive("evaluate")
    for death in report["deaths"]:
        assert death["end"] == report["whole"], where(death)
        assert death["left"]["checkpoint.npz"] == report["old"]["checkpoint.npz"]
