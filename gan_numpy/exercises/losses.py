r"""Lesson 05: the gradients of both players with respect to D's logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import (
    Candidates,
    Constant,
    Factor,
    Mistake,
)
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import gradient_of
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.functions import sigmoid, softplus


def discriminator_loss(a_real: np.ndarray, a_fake: np.ndarray) -> float:
    r"""mean softplus(-a_real) + mean softplus(a_fake), which is -V."""
    return float(np.mean(softplus(-a_real)) + np.mean(softplus(a_fake)))


def discriminator_gradient(
    a_real: np.ndarray, a_fake: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    r"""The gradient of the discriminator's loss with respect to its logits.

    Parameters
    ----------
    a_real : (N,)
        Logits of real samples.
    a_fake : (M,)
        Logits of generated samples.

    Returns
    -------
    da_real : (N,)
    da_fake : (M,)
    """
    da_real = (sigmoid(a_real) - 1) / len(a_real)
    da_fake = sigmoid(a_fake) / len(a_fake)
    return da_real, da_fake


def generator_loss(a_fake: np.ndarray) -> float:
    r"""mean softplus(-a_fake) = -mean log D(G(z)), the non-saturating loss."""
    return float(np.mean(softplus(-a_fake)))


def generator_gradient(a_fake: np.ndarray) -> np.ndarray:
    r"""The gradient of the non-saturating loss with respect to the fakes' logits.

    Parameters
    ----------
    a_fake : (N,)

    Returns
    -------
    (N,)
    """
    return (sigmoid(a_fake) - 1) / len(a_fake)


def _two_batches(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "a_real": 0.6 + 1.5 * rng.standard_normal(7),
        "a_fake": 1.5 * rng.standard_normal(11) - 0.4,
    }


def _batch(rng: np.random.Generator) -> dict[str, Any]:
    return {"a_fake": 1.5 * rng.standard_normal(7) - 0.4}


def _logits(n: int, m: int, size: float = 1.5) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        real, fake = rng.standard_normal(n), rng.standard_normal(m)
        return {"a_real": size * real, "a_fake": size * fake}

    return inputs


def _one_batch(n: int, size: float = 1.5) -> Maker:
    return lambda rng: {"a_fake": _logits(n, n, size)(rng)["a_fake"]}


TWO_BATCHES = (
    Corner("more real samples than fakes", _logits(13, 5)),
    Corner("one real sample", _logits(1, 7)),
    Corner("one fake", _logits(7, 1)),
    Corner("batches of the same size", _logits(7, 7)),
    Corner("large logits, up to 30", _logits(7, 11, 12.0)),
)
ONE_BATCH = (
    Corner("a batch of one", _one_batch(1)),
    Corner("a batch of two", _one_batch(2)),
    Corner("a batch of 97", _one_batch(97)),
    Corner("large logits, up to 30", _one_batch(7, 12.0)),
)


def batch_constants(mine: int, other: int | None = None) -> list[Constant]:
    """What the sizes of the two batches mean as factors."""
    says = f"{mine} is the batch size: "
    found = [
        Constant(
            "batch",
            float(mine),
            "mean-twice",
            "mean-missing",
            says + "divided by it once too often",
            says + f"the mean, 1/{mine}, is missing",
        )
    ]
    if other is not None:
        swapped = f"divided by {other}, the size of the other batch, not by {mine}"
        found.append(
            Constant("ratio", mine / other, "x", "other-batch", swapped, swapped)
        )
        both = f"divided by {mine + other}, both batches together, not by {mine}"
        found.append(
            Constant("share", mine / (mine + other), "x", "both-batches", both, both)
        )
    return found


def _discriminator_candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    r, f = sigmoid(inputs["a_real"]), sigmoid(inputs["a_fake"])
    n, m = len(r), len(f)
    label = "the label is wrong: this is the gradient for the other kind of sample"
    real_as_fake = Mistake("labels-swapped", label, r / n)
    fake_as_real = Mistake("labels-swapped", label, (f - 1) / m)
    return {
        "a_real": Candidates(
            constants=batch_constants(n, m),
            factors=_odds("D(x)", r),
            mistakes=[real_as_fake],
        ),
        "a_fake": Candidates(
            constants=batch_constants(m, n),
            factors=_odds("D(G(z))", f),
            mistakes=[fake_as_real],
        ),
    }


def _odds(name: str, p: np.ndarray) -> list[Factor]:
    return [
        Factor(
            f"{name} (1 - {name})",
            p * (1 - p),
            "sigmoid-derivative-missing",
            "sigmoid-derivative-extra",
        ),
        Factor(name, p, "probability-missing", "probability-extra"),
        Factor(f"1 - {name}", 1 - p),
    ]


DISCRIMINATOR = Exercise(
    discriminator_gradient,
    lesson="05",
    title="The discriminator's gradient",
    statement=(
        "L_D = -mean log D(x) - mean log(1 - D(G(z))), D = sigma(a), which is\n"
        "    mean softplus(-a_real) + mean softplus(a_fake).\n"
        "Return dL/da_real and dL/da_fake."
    ),
    check=gradient_of(
        discriminator_loss,
        discriminator_gradient,
        _two_batches,
        ("a_real", "a_fake"),
        _discriminator_candidates,
        batch=False,
        corners=TWO_BATCHES,
    ),
    mutants=(
        mutant("sign", "(sigmoid(a_real) - 1)", "(1 - sigmoid(a_real))"),
        mutant("sign", "da_fake = sig", "da_fake = -sig"),
        mutant("mean-missing", " / len(a_real)", ""),
        mutant("mean-missing", " / len(a_fake)", ""),
        mutant("mean-twice", "/ len(a_real)", "/ len(a_real) ** 2"),
        mutant(
            "other-batch",
            "sigmoid(a_fake) / len(a_fake)",
            "sigmoid(a_fake) / len(a_real)",
        ),
        mutant("both-batches", "/ len(a_fake)", "/ (len(a_real) + len(a_fake))"),
        mutant("labels-swapped", "(sigmoid(a_real) - 1)", "sigmoid(a_real)"),
        mutant("labels-swapped", "sigmoid(a_fake) /", "(sigmoid(a_fake) - 1) /"),
        mutant(
            "sigmoid-derivative-extra",
            "(sigmoid(a_real) - 1)",
            "(sigmoid(a_real) - 1) * sigmoid(a_real) * (1 - sigmoid(a_real))",
        ),
        mutant(
            "sigmoid-derivative-missing",
            "sigmoid(a_fake) /",
            "1 / (1 - sigmoid(a_fake)) /",
        ),
        mutant("factor-half", "sigmoid(a_fake) /", "0.5 * sigmoid(a_fake) /"),
        mutant("count", "da_real, da_fake\n", "da_real\n"),
    ),
    hints=(
        "softplus'(t) = sigma(t); each mean has its own batch size.",
        "da_real = (sigma(a_real) - 1)/N, da_fake = sigma(a_fake)/M",
    ),
    given=(sigmoid, softplus),
)


def _generator_candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    p = sigmoid(inputs["a_fake"])
    n = len(p)
    says = (
        "it is the gradient of the saturating loss, mean log(1 - D): D/(1 - D) times"
        " the non-saturating one, small where D is sure"
    )
    swapped = "the label is wrong: this is D's gradient, which pushes the fakes down"
    return {
        "a_fake": Candidates(
            constants=batch_constants(n),
            mistakes=[
                Mistake("saturating", says, -p / n),
                Mistake("labels-swapped", swapped, p / n),
            ],
            factors=_odds("D", p),
        )
    }


GENERATOR = Exercise(
    generator_gradient,
    lesson="05",
    title="The generator's gradient",
    statement=(
        "The non-saturating loss L_G = -mean log D(G(z)) = mean softplus(-a_fake).\n"
        "Return dL/da_fake. The saturating one, mean log(1 - D), has D/(1 - D) times"
        " it."
    ),
    check=gradient_of(
        generator_loss,
        generator_gradient,
        _batch,
        ("a_fake",),
        _generator_candidates,
        corners=ONE_BATCH,
    ),
    mutants=(
        mutant("saturating", "(sigmoid(a_fake) - 1)", "-sigmoid(a_fake)"),
        mutant("labels-swapped", "(sigmoid(a_fake) - 1)", "sigmoid(a_fake)"),
        mutant("sign", "(sigmoid(a_fake) - 1)", "(1 - sigmoid(a_fake))"),
        mutant("mean-missing", " / len(a_fake)", ""),
        mutant("mean-twice", "/ len(a_fake)", "/ len(a_fake) ** 2"),
        mutant(
            "sigmoid-derivative-extra",
            "(sigmoid(a_fake) - 1)",
            "(sigmoid(a_fake) - 1) * sigmoid(a_fake) * (1 - sigmoid(a_fake))",
        ),
        mutant(
            "sigmoid-derivative-missing",
            "(sigmoid(a_fake) - 1)",
            "-1 / sigmoid(a_fake)",
        ),
        mutant("factor-half", "(sigmoid(a_fake) - 1)", "0.5 * (sigmoid(a_fake) - 1)"),
        mutant(
            "saturating mean-missing",
            "(sigmoid(a_fake) - 1) / len(a_fake)",
            "-sigmoid(a_fake)",
        ),
        mutant("1-d-missing", "(sigmoid(a_fake) - 1)", "-1.0 * np.ones_like(a_fake)"),
    ),
    hints=(
        "softplus'(t) = sigma(t), and the argument is -a.",
        "da = -sigma(-a)/N = (sigma(a) - 1)/N",
    ),
    given=(sigmoid, softplus),
)

EXERCISES = (DISCRIMINATOR, GENERATOR)
