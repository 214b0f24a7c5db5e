r"""Lesson 14: least squares (arXiv:1611.04076) and Wasserstein (arXiv:1701.07875)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.findings import Finding
from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Mistake, Term
from gan_numpy.exercises.base import Exercise, Functions, mutant
from gan_numpy.exercises.checks import gradient_of, value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.losses import TWO_BATCHES, batch_constants
from gan_numpy.exercises.values import Formulas


def least_squares_loss(
    a_real: np.ndarray, a_fake: np.ndarray, a: float, b: float
) -> float:
    r"""1/2 mean (a_real - b)^2 + 1/2 mean (a_fake - a)^2."""
    return float(np.mean((a_real - b) ** 2) / 2 + np.mean((a_fake - a) ** 2) / 2)


def least_squares_gradient(
    a_real: np.ndarray, a_fake: np.ndarray, a: float, b: float
) -> tuple[np.ndarray, np.ndarray]:
    r"""The gradient of the least-squares discriminator loss.

    Parameters
    ----------
    a_real : (N,)
        Outputs for real samples; their target is b.
    a_fake : (M,)
        Outputs for generated samples; their target is a.

    Returns
    -------
    da_real : (N,)
    da_fake : (M,)
    """
    da_real = (a_real - b) / len(a_real)
    da_fake = (a_fake - a) / len(a_fake)
    return da_real, da_fake


def critic_loss(a_real: np.ndarray, a_fake: np.ndarray) -> float:
    r"""mean a_fake - mean a_real: the critic descends it."""
    return float(np.mean(a_fake) - np.mean(a_real))


def critic_gradient(
    a_real: np.ndarray, a_fake: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""The gradient of the Wasserstein critic's loss, mean a_fake - mean a_real.

    Parameters
    ----------
    a_real : (N,)
    a_fake : (M,)

    Returns
    -------
    da_real : (N,)
    da_fake : (M,)
    """
    da_real = np.full(a_real.shape, -1 / len(a_real), dtype=a_real.dtype)
    da_fake = np.full(a_fake.shape, 1 / len(a_fake), dtype=a_fake.dtype)
    return da_real, da_fake


def clip_weights(params: dict[str, np.ndarray], c: float) -> dict[str, np.ndarray]:
    r"""Every entry of every parameter between -c and c; a new dict of new arrays."""
    return {name: np.clip(p, -c, c) for name, p in params.items()}


def _outputs(rng: np.random.Generator) -> dict[str, Any]:
    return {"a_real": rng.standard_normal(7), "a_fake": rng.standard_normal(11)}


def _targets(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "a_real": rng.standard_normal(7),
        "a_fake": rng.standard_normal(11),
        "a": -0.37,
        "b": 1.31,
    }


def _candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    real, fake, a, b = inputs.values()
    n, m = len(real), len(fake)
    swapped = "the targets are swapped: b is that of the real samples, a of the fakes"
    return {
        "a_real": Candidates(
            constants=batch_constants(n, m),
            mistakes=[Mistake("labels-swapped", swapped, (real - a) / n)],
            terms=[Term("target", np.full(n, -b / n))],
        ),
        "a_fake": Candidates(
            constants=batch_constants(m, n),
            mistakes=[Mistake("labels-swapped", swapped, (fake - b) / m)],
            terms=[Term("target", np.full(m, -a / m))],
        ),
    }


def _targets_of(inputs: Maker, a: float, b: float) -> Maker:
    return lambda rng: {**inputs(rng), "a": a, "b": b}


LEAST_SQUARES_CORNERS = (
    Corner("a = 0, b = 1", _targets_of(_outputs, 0.0, 1.0)),
    Corner("a = -1, b = 1", _targets_of(_outputs, -1.0, 1.0)),
    Corner("a = b = 0", _targets_of(_outputs, 0.0, 0.0)),
    *(Corner(c.says, _targets_of(c.inputs, 0.3, -0.8)) for c in TWO_BATCHES),
)


LEAST_SQUARES = Exercise(
    least_squares_gradient,
    lesson="14",
    title="The least-squares gradient",
    statement=(
        "L = 1/2 mean (a_real - b)^2 + 1/2 mean (a_fake - a)^2.\n"
        "Return dL/da_real and dL/da_fake."
    ),
    check=gradient_of(
        least_squares_loss,
        least_squares_gradient,
        _targets,
        ("a_real", "a_fake"),
        _candidates,
        batch=False,
        corners=LEAST_SQUARES_CORNERS,
    ),
    mutants=(
        mutant("factor-2", "(a_real - b) /", "2 * (a_real - b) /"),
        mutant("factor-half", "(a_fake - a) /", "0.5 * (a_fake - a) /"),
        mutant("mean-missing", " / len(a_real)", ""),
        mutant("mean-twice", "/ len(a_fake)", "/ len(a_fake) ** 2"),
        mutant(
            "other-batch",
            "(a_fake - a) / len(a_fake)",
            "(a_fake - a) / len(a_real)",
        ),
        mutant("sign", "(a_real - b)", "(b - a_real)"),
        mutant("labels-swapped", "(a_real - b)", "(a_real - a)"),
        mutant("labels-swapped", "(a_fake - a)", "(a_fake - b)"),
        mutant("target-missing", "(a_real - b)", "a_real"),
        mutant("target-sign", "(a_fake - a)", "(a_fake + a)"),
        mutant("mutated", "da_real = (a_real - b)", "a_real -= b; da_real = a_real"),
    ),
    hints=(
        "The 2 of the square and the 1/2 of the loss cancel; the mean stays.",
        "da_real = (a_real - b)/N, da_fake = (a_fake - a)/M",
    ),
    points=1,
)


def _critic_candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    n, m = len(inputs["a_real"]), len(inputs["a_fake"])
    return {
        "a_real": Candidates(constants=batch_constants(n, m)),
        "a_fake": Candidates(constants=batch_constants(m, n)),
    }


CRITIC = Exercise(
    critic_gradient,
    lesson="14",
    title="The Wasserstein critic's gradient",
    statement=(
        "L = mean a_fake - mean a_real, which the critic descends.\n"
        "Return dL/da_real and dL/da_fake: they do not saturate."
    ),
    check=gradient_of(
        critic_loss,
        critic_gradient,
        _outputs,
        ("a_real", "a_fake"),
        _critic_candidates,
        batch=False,
        corners=TWO_BATCHES,
    ),
    mutants=(
        mutant("sign", "-1 / len(a_real)", "1 / len(a_real)"),
        mutant("sign", ", 1 / len(a_fake)", ", -1 / len(a_fake)"),
        mutant("mean-missing", "-1 / len(a_real)", "-1.0"),
        mutant("other-batch", ", 1 / len(a_fake)", ", 1 / len(a_real)"),
        mutant(
            "both-batches",
            ", 1 / len(a_fake)",
            ", 1 / (len(a_real) + len(a_fake))",
        ),
        mutant("mean-twice", "-1 / len(a_real)", "-1 / len(a_real) ** 2"),
        mutant(
            "a-real-extra",
            "np.full(a_real.shape, -1 / len(a_real), dtype=a_real.dtype)",
            "-a_real / len(a_real)",
        ),
        mutant(
            "shape",
            "np.full(a_fake.shape, 1 / len(a_fake), dtype=a_fake.dtype)",
            "1 / len(a_fake)",
        ),
        mutant(
            "all-zero",
            "np.full(a_fake.shape, 1 / len(a_fake), dtype=a_fake.dtype)",
            "np.zeros(len(a_fake))",
        ),
    ),
    hints=(
        "Each output enters the loss once, with the weight of its mean.",
        "da_real = -1/N for every entry, da_fake = 1/M",
    ),
    points=1,
)


def _parameters(rng: np.random.Generator) -> dict[str, Any]:
    shapes = {"W": (5, 3), "b": (11,)}
    return {"params": {k: rng.standard_normal(s) for k, s in shapes.items()}, "c": 0.41}


def _each(change: Any) -> Any:
    return lambda params, c: tuple(change(params[k], c) for k in ("W", "b"))


def _named(c: float, **shapes: tuple[int, ...]) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        params = {k: np.array(rng.standard_normal(s)) for k, s in shapes.items()}
        return {"params": params, "c": c}

    return inputs


def new_arrays(functions: Functions) -> list[Finding]:
    """What is within the bounds is copied as well: no array is shared."""
    params = {"W": np.array([[0.1, -0.2]]), "b": np.array([9.0])}
    clipped = functions["clip_weights"](params, 0.5)
    shared = [k for k in params if np.may_share_memory(params[k], clipped[k])]
    if not shared:
        return []
    says = "it is the array that was given, not a new one: changing one changes both"
    return [Finding("behavior", ("not-copied",), tuple(shared), says)]


CLIP_CORNERS = (
    Corner("a c that no entry reaches", _named(50.0, W=(5, 3), b=(11,))),
    Corner("c = 0", _named(0.0, W=(5, 3), b=(11,))),
    Corner("other names of parameters", _named(0.3, W1=(5, 3), gamma=(7,), b2=(3,))),
    Corner("a single parameter of one entry", _named(0.01, scale=(1,))),
    Corner("a kernel of four axes", _named(0.4, kernel=(3, 2, 5, 5))),
)


CLIP = Exercise(
    clip_weights,
    lesson="14",
    title="Weight clipping",
    statement="Return every parameter with its entries clipped to [-c, c].",
    check=value_check(
        clip_weights,
        _parameters,
        Formulas(
            mistakes={
                "lower-bound-missing": (
                    "entries below -c stay",
                    _each(lambda p, c: np.minimum(p, c)),
                ),
                "upper-bound-missing": (
                    "entries above c stay",
                    _each(lambda p, c: np.maximum(p, -c)),
                ),
                "not-negative": (
                    "negative entries become 0: the range is -c to c, not 0 to c",
                    _each(lambda p, c: np.clip(p, 0, c)),
                ),
                "rescaled": (
                    "the whole array is scaled down; clipping acts on each entry",
                    _each(lambda p, c: p * c / np.abs(p).max()),
                ),
                "norm-clipped": (
                    "the norm is clipped; clipping acts on each entry",
                    _each(lambda p, c: p * min(1.0, c / np.linalg.norm(p))),
                ),
                "unclipped": ("it is not clipped", _each(lambda p, c: p)),
                "set-to-zero": (
                    "entries beyond c become 0; they must become c or -c",
                    _each(lambda p, c: np.where(np.abs(p) > c, 0, p)),
                ),
            }
        ),
        outputs=("W", "b"),
        names=lambda inputs: tuple(inputs["params"]),
        also=new_arrays,
        corners=CLIP_CORNERS,
    ),
    mutants=(
        mutant("lower-bound-missing", "np.clip(p, -c, c)", "np.minimum(p, c)"),
        mutant("upper-bound-missing", "np.clip(p, -c, c)", "np.maximum(p, -c)"),
        mutant("not-negative", "np.clip(p, -c, c)", "np.clip(p, 0, c)"),
        mutant("rescaled", "np.clip(p, -c, c)", "p * c / abs(p).max()"),
        mutant(
            "norm-clipped",
            "np.clip(p, -c, c)",
            "p * min(1, c / np.linalg.norm(p))",
        ),
        mutant("set-to-zero", "np.clip(p, -c, c)", "np.where(abs(p) > c, 0, p)"),
        mutant("unclipped", "np.clip(p, -c, c)", "p.copy()"),
        mutant("mutated", "np.clip(p, -c, c)", "np.clip(p, -c, c, out=p)"),
    ),
    hints=(
        "Each entry by itself: larger than c becomes c, smaller than -c becomes -c.",
        "np.clip(p, -c, c) for every parameter",
    ),
    points=1,
)

EXERCISES = (LEAST_SQUARES, CRITIC, CLIP)
