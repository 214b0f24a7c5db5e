r"""Lesson 09: how many modes does a generator cover? (arXiv:1712.04086)"""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.values import Formulas


def modes_covered(
    samples: np.ndarray, modes: np.ndarray, radius: float
) -> tuple[int, float]:
    r"""Which modes have a good sample, and what share of the samples is good.

    A sample is good if its nearest mode is within ``radius`` (Euclidean).

    Parameters
    ----------
    samples : (N, 2)
    modes : (K, 2)
    radius : float

    Returns
    -------
    covered : int
        How many modes are the nearest of at least one good sample.
    share : float
        The share of good samples.
    """
    d = np.sqrt(((samples[:, None] - modes) ** 2).sum(axis=2))
    nearest = d.argmin(axis=1)
    good = d.min(axis=1) <= radius
    covered = len(np.unique(nearest[good]))
    return covered, float(good.mean())


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Some modes without, with bad, with few and with many samples."""
    K = 11
    angle = 2 * np.pi * np.arange(K) / K
    modes = 1.7 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    used = rng.permutation(K)[: int(rng.integers(3, 9))]
    which = rng.choice(used, 40)
    spread = np.where(which == used[0], 0.9, 0.25)  # one of them is badly hit
    samples = modes[which] + spread[:, None] * rng.standard_normal((40, 2))
    return {"samples": samples, "modes": modes, "radius": 0.33}


def _distances(samples: np.ndarray, modes: np.ndarray) -> np.ndarray:
    return np.sqrt(((samples[:, None] - modes) ** 2).sum(axis=2))


def _answer(d: np.ndarray, good: np.ndarray) -> tuple[int, float]:
    return len(np.unique(d.argmin(axis=1)[good])), float(good.mean())


MISTAKES: dict[str, tuple[str, Any]] = {
    "radius-ignored": (
        "every mode that is nearest of any sample counts: the radius is not used",
        lambda s, m, r: (len(np.unique(_distances(s, m).argmin(axis=1))), None),
    ),
    "squared-distance": (
        "the squared distance is compared with the radius: a root is missing",
        lambda s, m, r: _answer(
            _distances(s, m), _distances(s, m).min(axis=1) ** 2 <= r
        ),
    ),
    "samples-counted": (
        "good samples are counted, not modes",
        lambda s, m, r: (int((_distances(s, m).min(axis=1) <= r).sum()), None),
    ),
    "city-block": (
        "the distance is a sum of absolute values, not Euclidean",
        lambda s, m, r: _answer(
            np.abs(s[:, None] - m).sum(axis=2),
            np.abs(s[:, None] - m).sum(axis=2).min(axis=1) <= r,
        ),
    ),
    "bad-counted": (
        "the samples beyond the radius are counted: the comparison is reversed",
        lambda s, m, r: _answer(_distances(s, m), _distances(s, m).min(axis=1) > r),
    ),
    "share-of-modes": (
        "the share is that of the modes covered, not of the good samples",
        lambda s, m, r: (
            None,
            _answer(_distances(s, m), _distances(s, m).min(axis=1) <= r)[0] / len(m),
        ),
    ),
    "uncovered": (
        "the modes that are missed are counted",
        lambda s, m, r: (
            len(m) - _answer(_distances(s, m), _distances(s, m).min(axis=1) <= r)[0],
            None,
        ),
    ),
}


def _fixed(samples: list[list[float]], modes: list[list[float]], r: float) -> Maker:
    given = {"samples": np.array(samples), "modes": np.array(modes), "radius": r}
    return lambda rng: given


def _overlapping(rng: np.random.Generator) -> dict[str, Any]:
    """Modes closer than the radius: a sample is within it of several of them."""
    modes = 0.3 * rng.standard_normal((5, 2))
    return {"samples": rng.standard_normal((17, 2)), "modes": modes, "radius": 0.9}


FAR = [[9.0, 9.0], [-9.0, 8.0], [7.0, -9.0]]
CORNERS = (
    Corner("two modes within the radius of a sample", _overlapping),
    Corner(
        "samples at exactly the radius",
        _fixed([[3.0, 4.0], [0.0, 5.0], [6.0, 8.0]], [[0.0, 0.0], [0.0, 40.0]], 5.0),
    ),
    Corner("no good sample at all", _fixed(FAR, [[0.0, 0.0], [1.0, 0.0]], 0.5)),
    Corner("a single mode", _fixed([[0.1, 0.0], [3.0, 0.0]], [[0.0, 0.0]], 0.5)),
    Corner("a single sample", _fixed([[0.1, 0.0]], FAR + [[0.0, 0.0]], 0.5)),
    Corner("all samples at one mode", _fixed([[9.0, 9.1]] * 5, FAR, 0.5)),
    Corner(
        "all samples good, one at each mode",
        _fixed([[x + 0.1, y] for x, y in FAR], FAR, 0.5),
    ),
)


MODES = Exercise(
    modes_covered,
    lesson="09",
    title="Modes covered",
    statement=(
        "A sample is good if the nearest of the K modes is at most radius away.\n"
        "Return how many modes are the nearest of some good sample, and the share of\n"
        "good samples."
    ),
    check=value_check(
        modes_covered,
        _inputs,
        Formulas(mistakes=MISTAKES),
        outputs=("covered", "share"),
        repeats=24,
        corners=CORNERS,
    ),
    mutants=(
        mutant("radius-ignored", "nearest[good]", "nearest"),
        mutant(
            "squared-distance",
            "np.sqrt(((samples[:, None] - modes) ** 2).sum(axis=2))",
            "((samples[:, None] - modes) ** 2).sum(axis=2)",
        ),
        mutant("samples-counted", "len(np.unique(nearest[good]))", "int(good.sum())"),
        mutant(
            "city-block",
            "np.sqrt(((samples[:, None] - modes) ** 2).sum(axis=2))",
            "abs(samples[:, None] - modes).sum(axis=2)",
        ),
        mutant("bad-counted", "<= radius", "> radius"),
        mutant("share-of-modes", "float(good.mean())", "covered / len(modes)"),
        mutant("uncovered", "    return covered,", "    return len(modes) - covered,"),
        mutant("mean-missing", "float(good.mean())", "float(good.sum())"),
        mutant("count", "covered, float(good.mean())", "covered"),
    ),
    hints=(
        "First the distance of every sample to every mode, then the nearest.",
        "covered = len(np.unique(nearest[d.min(axis=1) <= radius]))",
    ),
)

EXERCISES = (MODES,)
