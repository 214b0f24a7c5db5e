r"""Judges of Turing learning: many small recurrent networks at once.

Each is an Elman network (Elman, Cognitive Science 14:179, 1990) that reads a film step
by step and says how likely it is that this was the animal:

.. math::
    h_t = \sigma(x_t W + h_{t-1} U + b), \qquad
    p = \sigma\Bigl( \tfrac kT \sum_t (h_t w + c) \Bigr).

It is never trained by gradients: its weights are a vector that evolves. With two inputs
and the five hidden units of Li, Gauci and Groß these are 46 numbers. Their judge speaks
after the last step, and says yes or no. Here every step has its say, and the verdict is
a probability: small populations would have too many ties otherwise.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.objectives.base import sigmoid


def weight_count(inputs: int, hidden: int) -> int:
    """How many numbers a judge is made of."""
    return inputs * hidden + hidden * hidden + hidden + hidden + 1


def verdicts(
    judges: np.ndarray, films: np.ndarray, hidden: int, sharpness: float
) -> np.ndarray:
    """Every judge about every film.

    Parameters
    ----------
    judges : (C, weights) ndarray
    films : (M, T, inputs) ndarray
    hidden : int
    sharpness : float
        k: how far a verdict goes for the same outputs.

    Returns
    -------
    (C, M) ndarray
        Probabilities of being genuine.
    """
    C, T, inputs = len(judges), films.shape[1], films.shape[2]
    sizes = (inputs * hidden, hidden * hidden, hidden, hidden)
    W, U, b, w, c = np.split(judges, np.cumsum(sizes), axis=1)
    W, U = W.reshape(C, inputs, hidden), U.reshape(C, hidden, hidden)
    h = np.zeros((C, len(films), hidden))
    total = np.zeros((C, len(films)))
    for t in range(T):
        # sigma(a), through the hyperbolic tangent: this line is most of the work.
        h = 0.5 * (1 + np.tanh(0.5 * (films[:, t] @ W + h @ U + b[:, None])))
        total += (h @ w[:, :, None])[:, :, 0] + c
    return sigmoid(sharpness / T * total)
