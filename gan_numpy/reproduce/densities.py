r"""The exact answers of the game in one dimension, as integrals over a grid.

From section 4 of the paper (arXiv:1406.2661), for densities :math:`p_d` of the data and
:math:`p_g` of the generator:

.. math::
    D^*(x) = \frac{p_d(x)}{p_d(x) + p_g(x)}, \qquad
    V(D^*) = -\log 4 + 2\,\mathrm{JSD}(p_d \| p_g).

The density of :math:`x = G(z)` is exact as well, for the map as it was learned: see
`mapped_density`.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.objectives import softplus


def integrate(values: np.ndarray, x: np.ndarray) -> float:
    """Integral over a grid by the trapezoidal rule.

    Parameters
    ----------
    values, x : (points,) ndarray
    """
    return float(np.sum((values[1:] + values[:-1]) / 2 * np.diff(x)))


def normal_density(x: np.ndarray, mean: float = 0.0, std: float = 1.0) -> np.ndarray:
    """Density of a normal distribution at `x`."""
    return np.exp(-(((x - mean) / std) ** 2) / 2) / (std * np.sqrt(2 * np.pi))


def optimal_discriminator(p_data: np.ndarray, p_model: np.ndarray) -> np.ndarray:
    r""":math:`D^* = p_d / (p_d + p_g)`; ½ where neither has any mass."""
    total = p_data + p_model
    return np.divide(p_data, total, out=np.full_like(total, 0.5), where=total > 0)


def jensen_shannon(p: np.ndarray, q: np.ndarray, x: np.ndarray) -> float:
    r"""Divergence :math:`\tfrac12 KL(p\|m) + \tfrac12 KL(q\|m)`, m their mean, in nats.

    Parameters
    ----------
    p, q : (points,) ndarray
        Densities on the grid `x`.
    """
    half = [_entropy_term(p, (p + q) / 2), _entropy_term(q, (p + q) / 2)]
    return integrate((half[0] + half[1]) / 2, x)


def _entropy_term(p: np.ndarray, m: np.ndarray) -> np.ndarray:
    """The integrand of KL(p||m), 0 where p is."""
    ratio = np.divide(p, m, out=np.ones_like(p), where=(p > 0) & (m > 0))
    return p * np.log(ratio)


def game_value(
    logits: np.ndarray, p_data: np.ndarray, p_model: np.ndarray, x: np.ndarray
) -> float:
    r"""Value :math:`V = \int p_d \log D + p_g \log(1 - D)` (eq. 1), D by its logits."""
    return -integrate(p_data * softplus(-logits) + p_model * softplus(logits), x)


def discriminator_error(
    D: np.ndarray, p_data: np.ndarray, p_model: np.ndarray, x: np.ndarray
) -> float:
    r"""Mean :math:`|D - D^*|` over the examples that D meets: half real, half not."""
    gap = np.abs(D - optimal_discriminator(p_data, p_model))
    return integrate(gap * (p_data + p_model) / 2, x)


def mapped_density(x_of_z: np.ndarray, edges: np.ndarray) -> np.ndarray:
    r"""Density of :math:`x = G(z)` for a z that is uniform, averaged over intervals.

    The change of variables :math:`p_g(x) = \sum_{z: G(z) = x} p_z(z) / |G'(z)|`,
    summed over all z that reach x, so that the map need not be monotone. Between two
    neighbors on a fine grid of z the map is taken as straight: their share of the mass
    lies evenly between their two x.

    Parameters
    ----------
    x_of_z : (points,) ndarray
        G on an even grid over the whole range of z.
    edges : (n + 1,) ndarray
        Ends of the intervals, ascending.

    Returns
    -------
    (n,) ndarray
        It integrates to the share of the mass between the first and the last edge.
    """
    low, high = np.minimum(x_of_z[1:], x_of_z[:-1]), np.maximum(x_of_z[1:], x_of_z[:-1])
    width = np.maximum(high - low, 1e-300)
    below = np.clip((edges[:, None] - low) / width, 0, 1).mean(axis=1)
    return np.diff(below) / np.diff(edges)
