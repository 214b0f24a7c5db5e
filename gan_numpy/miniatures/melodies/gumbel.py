r"""Choosing a symbol so that a gradient can pass: Gumbel noise, and straight through.

Source: Jang, Gu and Poole, arXiv:1611.01144; Maddison, Mnih and Teh, arXiv:1611.00712.
For logits :math:`a \in R^V` and independent Gumbel noise
:math:`g = -\log(-\log u)`, the symbol :math:`\arg\max_k (a_k + g_k)` is distributed as
softmax(a). The noise is an input, so that the choice is a function of it: this is the
generator's z, one vector a step. Softened with a temperature :math:`\tau`,

.. math::
    s = \mathrm{softmax}((a + g) / \tau), \qquad
    da = \tfrac1\tau\, s \odot \left( ds - \langle ds, s \rangle \right) .

*Straight through*: forward gives the one-hot symbol that was chosen, as the tunes are
made of; backward takes it for s. The gradient is right for the soft choice and a guess
for the hard one, which has none.
"""

from __future__ import annotations

import numpy as np


def gumbel(
    shape: tuple[int, ...], rng: np.random.Generator, dtype: np.dtype
) -> np.ndarray:
    """Noise of that shape; the zeros of a generator's [0, 1) are kept from the log."""
    u = np.maximum(rng.random(shape), np.finfo(np.float64).tiny)
    return (-np.log(-np.log(u))).astype(dtype)


def soft_choice(a: np.ndarray, g: np.ndarray, temperature: float) -> np.ndarray:
    """The softmax of the noisy logits, over the last axis."""
    b = (a + g) / a.dtype.type(temperature)
    e = np.exp(b - b.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def hard_choice(s: np.ndarray) -> np.ndarray:
    """The largest of each row as a one-hot row."""
    return np.eye(s.shape[-1], dtype=s.dtype)[s.argmax(axis=-1)]


def choice_backward(ds: np.ndarray, s: np.ndarray, temperature: float) -> np.ndarray:
    """The gradient with respect to the logits."""
    along = (ds * s).sum(axis=-1, keepdims=True)
    return s * (ds - along) / s.dtype.type(temperature)
