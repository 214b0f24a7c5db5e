"""A seeded fuzzer over every reader: one clear line or a result, never a traceback.

``GAN_NUMPY_FUZZ=3000`` tries more inputs than the 300 of every run, and
``GAN_NUMPY_FUZZ_SEED=7`` others. A failure names its seed; that alone reproduces it:
``python -m tests.robustness.test_fuzz READER SEED``.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import traceback
import warnings
from collections import Counter
from pathlib import Path
from unittest import mock

import numpy as np
import pytest

from gan_numpy.evaluation.parzen import ParzenResult, ParzenScore
from gan_numpy.reproduce.jobs import write_result
from tests.robustness.ground import contents, fresh_copy, make_ground
from tests.robustness.mutations import BYTES, pick
from tests.robustness.readers import READERS

INPUTS = int(os.environ.get("GAN_NUMPY_FUZZ", 300))
SEED = int(os.environ.get("GAN_NUMPY_FUZZ_SEED", 0))
SECONDS = 60  # of the processor's time, after which an input counts as a hang ...
ASLEEP = 600  # ... or by the clock: what waits for nothing takes no such time
SCORE = ParzenScore(1.0, 0.1, 0.2)


class Hang(BaseException):
    """Raised by the alarm clock: nothing that catches errors catches it."""


def raise_hang(*_: object) -> None:
    raise Hang


def start_clocks() -> None:
    """Busy for too long is a hang, however slow the machine; so is asleep."""
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, raise_hang)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    signal.alarm(ASLEEP)


def stop_clocks() -> None:
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.alarm(0)


def what_is_wrong(reader: str, seed: int, pristine: Path, folder: Path) -> str | None:
    """Damage one input; what the command did wrong, or None."""
    rng = np.random.default_rng([seed, list(READERS).index(reader)])
    chosen = READERS[reader]
    with fresh_copy(pristine, folder):
        if chosen.file:
            path = folder / chosen.file
            bytewise = chosen.mutate is None or rng.integers(3) == 0
            mutate = pick(rng, BYTES) if bytewise else chosen.mutate
            path.write_bytes(mutate(path.read_bytes(), rng))
        before = contents(folder)
        command = pick(rng, chosen.commands)
        start_clocks()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                code, out, err = command(folder, rng)
        except Hang:
            return "hang"
        except Exception:
            return (
                "traceback: "
                + traceback.format_exc().splitlines()[-1][:200]
                + (" <- " + traceback.format_exc().splitlines()[-3].strip()[:150])
            )
        finally:
            stop_clocks()
        if "Traceback" in err:
            return "traceback on stderr"
        if code not in (0, 1, 2):
            return f"exit code {code}"
        if code == 2:
            lines = err.strip().splitlines()
            if len(lines) != 1 or "error: " not in lines[0]:
                return f"not one line: {err[:300]!r}"
            if contents(folder) != before:
                changed = contents(folder).items() ^ before.items()
                return f"refused, but changed {sorted({n for n, _ in changed})}"
    return None


def make_pristine(folder: Path) -> None:
    """The ground, with a kept Parzen score."""
    make_ground(folder)
    result = ParzenResult(SCORE, SCORE)
    write_result(folder / "run" / "parzen.json", {"step": 8, "samples": 20}, result)


def setting(folder: Path):
    """Environment and shortcuts: no compiling, and no score of 10,000 samples."""
    cheap = ParzenResult(SCORE, SCORE)
    place = "gan_numpy.evaluation.state_score."
    stack = [
        mock.patch.dict(
            os.environ,
            GAN_NUMPY_KERNELS="reference",
            GAN_NUMPY_PROGRESS=str(folder / "progress.json"),
            GAN_NUMPY_CACHE=str(folder / "cache"),
        ),
        mock.patch(place + "score_state", lambda *a, **k: cheap),
        mock.patch(place + "score_untrained", lambda *a, **k: cheap),
        mock.patch("gan_numpy.runs.job.save_curves", lambda *a: None),
        mock.patch("gan_numpy.plots.save_sheets", lambda *a: None),
    ]
    return stack


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ground")
    with mock.patch.dict(os.environ, GAN_NUMPY_KERNELS="reference"):
        make_pristine(folder)
    return folder


@pytest.mark.parametrize("reader", READERS)
def test_damaged_input(reader, pristine, tmp_path, monkeypatch):
    work = tmp_path / "work"
    monkeypatch.chdir(tmp_path)
    each = -(-INPUTS // len(READERS))
    for patch in setting(tmp_path / "scratch"):
        patch.start()
    try:
        found = {
            seed: problem
            for seed in range(SEED, SEED + each)
            if (problem := what_is_wrong(reader, seed, pristine, work))
        }
    finally:
        mock.patch.stopall()
    assert not found


# Found by longer campaigns, each a kind of its own: nested beyond Python's stack, a
# header that leads SciPy's reader astray, sizes that no array can have; a recipe whose
# name is empty (it trained the default one), half a character or a zero byte in an
# argument.
SEEN = (
    *(("parzen", 70042), ("matlab", 70018), ("settings", 70178)),
    *(("names", 70196), ("names", 815211), ("names", 906088), ("names", 917882)),
)


@pytest.mark.parametrize("reader, seed", SEEN)
def test_what_was_found_before(reader, seed, pristine, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for patch in setting(tmp_path / "scratch"):
        patch.start()
    try:
        found = what_is_wrong(reader, seed, pristine, tmp_path / "work")
    finally:
        mock.patch.stopall()
    assert found is None


def campaign(count: int, first: int) -> None:
    """Print what goes wrong for each reader, and how often."""
    for patch in setting(Path(tempfile.mkdtemp())):
        patch.start()
    kinds: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as place:
        ground = Path(place) / "pristine"
        ground.mkdir()
        make_pristine(ground)
        os.chdir(place)
        for reader in READERS:
            for seed in range(first, first + -(-count // len(READERS))):
                problem = what_is_wrong(reader, seed, ground, Path(place) / "work")
                if problem:
                    kinds[f"{reader}: {problem.split(':')[0]}"] += 1
                    print(f"{reader} {seed}: {problem}", flush=True)
    print(*(f"{n:4} {kind}" for kind, n in kinds.most_common()), sep="\n")
    print(f"{sum(kinds.values())} of {count}")


if __name__ == "__main__":
    if sys.argv[1].isdigit():
        campaign(int(sys.argv[1]), int(sys.argv[2]))
    else:
        for patch in setting(Path(tempfile.mkdtemp())):
            patch.start()
        with tempfile.TemporaryDirectory() as place:
            ground = Path(place) / "pristine"
            ground.mkdir()
            make_pristine(ground)
            os.chdir(place)
            work = Path(place) / "work"
            print(what_is_wrong(sys.argv[1], int(sys.argv[2]), ground, work))
