r"""Lesson 18: noise-contrastive estimation (Gutmann and Hyvärinen, JMLR 13:307)."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Constant, Mistake
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import gradient_of
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.functions import sigmoid, softplus
from gan_numpy.exercises.losses import batch_constants


def nce_loss(g_data: np.ndarray, g_noise: np.ndarray, nu: float) -> float:
    r"""mean softplus(log nu - g_data) + nu * mean softplus(g_noise - log nu)."""
    a_data, a_noise = g_data - float(np.log(nu)), g_noise - float(np.log(nu))
    return float(np.mean(softplus(-a_data)) + nu * np.mean(softplus(a_noise)))


def nce_gradient(
    g_data: np.ndarray, g_noise: np.ndarray, nu: float
) -> tuple[np.ndarray, np.ndarray]:
    r"""The gradient of noise-contrastive estimation with respect to the log-ratios.

    Parameters
    ----------
    g_data : (N,)
        log p_model - log p_noise at the data.
    g_noise : (M,)
        The same at the noise.
    nu : float
        How much more noise there is than data; M may be another number.

    Returns
    -------
    dg_data : (N,)
    dg_noise : (M,)
    """
    a_data = g_data - float(np.log(nu))
    a_noise = g_noise - float(np.log(nu))
    dg_data = (sigmoid(a_data) - 1) / len(g_data)
    dg_noise = nu * sigmoid(a_noise) / len(g_noise)
    return dg_data, dg_noise


def _of(n: int, m: int, nu: float, size: float = 1.5) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        data, noise = rng.standard_normal(n), rng.standard_normal(m)
        return {"g_data": size * data, "g_noise": size * noise, "nu": nu}

    return inputs


CORNERS = (
    Corner("nu = 1, the GAN's discriminator", _of(7, 11, 1.0)),
    Corner("more data than noise, nu = 0.5", _of(13, 5, 0.5)),
    Corner("nu = 100", _of(3, 17, 100.0)),
    Corner("one data point", _of(1, 7, 7.0)),
    Corner("one noise point", _of(7, 1, 0.3)),
    Corner("large log-ratios, up to 30", _of(7, 11, 2.7, 12.0)),
)


def _candidates(
    inputs: dict[str, Any], loss: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    data, noise, nu = inputs.values()
    n, m = len(data), len(noise)

    def mistakes(true: Any) -> list[Mistake]:
        """`true` is the gradient as a function of what log nu is taken for."""
        return [
            Mistake(
                "log-ratio-missing",
                "log nu is missing: there is nu times as much noise as data",
                true(0.0),
            ),
            Mistake(
                "log-ratio-sign",
                "log nu is added: more noise makes data less likely",
                true(-np.log(nu)),
            ),
            Mistake("ratio-not-logged", "nu is used where log nu is meant", true(nu)),
        ]

    swapped = "the label is wrong: data are to be told from noise, not the reverse"
    says = f"{nu:g} is nu, the weight of the noise: "
    weight = Constant(
        "nu",
        nu,
        "nu-missing",
        "nu-extra",
        says + "it is missing",
        says + "once too often",
    )
    log = np.log(nu)
    return {
        "g_data": Candidates(
            constants=[*batch_constants(n, m), weight],
            mistakes=[
                *mistakes(lambda k: (sigmoid(data - k) - 1) / n),
                Mistake("labels-swapped", swapped, sigmoid(data - log) / n),
            ],
        ),
        "g_noise": Candidates(
            constants=[*batch_constants(m, n), weight],
            mistakes=[
                *mistakes(lambda k: nu * sigmoid(noise - k) / m),
                Mistake("labels-swapped", swapped, nu * (sigmoid(noise - log) - 1) / m),
            ],
        ),
    }


NCE = Exercise(
    nce_gradient,
    lesson="18",
    title="The gradient of noise-contrastive estimation",
    statement=(
        "With G = log p_model - log p_noise and h = sigma(G - log nu),\n"
        "    L = -mean over data of log h - nu * mean over noise of log(1 - h).\n"
        "Return dL/dG at the data and at the noise. At nu = 1 you know it already."
    ),
    check=gradient_of(
        nce_loss,
        nce_gradient,
        _of(7, 11, 2.7),
        ("g_data", "g_noise"),
        _candidates,
        batch=False,
        corners=CORNERS,
    ),
    mutants=(
        mutant("sign", "(sigmoid(a_data) - 1)", "(1 - sigmoid(a_data))"),
        mutant("sign", "dg_noise = nu", "dg_noise = -nu"),
        mutant("mean-missing", " / len(g_data)", ""),
        mutant("mean-twice", "/ len(g_noise)", "/ len(g_noise) ** 2"),
        mutant("other-batch", "/ len(g_noise)", "/ len(g_data)"),
        mutant("nu-missing", "nu * sigmoid(a_noise)", "sigmoid(a_noise)"),
        mutant("nu-extra", "(sigmoid(a_data) - 1)", "nu * (sigmoid(a_data) - 1)"),
        mutant("labels-swapped", "(sigmoid(a_data) - 1)", "sigmoid(a_data)"),
        mutant("log-ratio-missing", "g_noise - float(np.log(nu))", "g_noise"),
        mutant(
            "log-ratio-sign", "g_data - float(np.log(nu))", "g_data + float(np.log(nu))"
        ),
        mutant("ratio-not-logged", "g_noise - float(np.log(nu))", "g_noise - nu"),
    ),
    hints=(
        "It is D's gradient at the logit G - log nu; the noise weighs nu times more.",
        "dg_data = (sigma(g - log nu) - 1)/N, dg_noise = nu sigma(g - log nu)/M",
    ),
    given=(sigmoid, softplus, nce_loss),
)

EXERCISES = (NCE,)
