r"""Walks and sums in the latent space.

A generator is a continuous map, so a path in z is a film in x. Between two points there
are two usual ways to go:

- *linear*, :math:`(1 - t)\,a + t\,b`;
- *spherical*, along the great circle (Shoemake, SIGGRAPH 1985),

  .. math:: \frac{\sin((1 - t)\,\omega)}{\sin\omega}\, a
            + \frac{\sin(t\,\omega)}{\sin\omega}\, b,
            \qquad \cos\omega = \frac{\langle a, b \rangle}{|a|\,|b|}.

In many dimensions nearly all of a Gaussian lies close to the sphere of radius
:math:`\sqrt d`. The middle of a straight line between two independent points has only
:math:`1/\sqrt2` of that length, and the generator never saw such z; the great circle
stays where it trained (White, "Sampling generative networks", arXiv:1609.04468).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

Path = Callable[[np.ndarray, np.ndarray, float], np.ndarray]
PARALLEL = 1e-6  # sin(omega) below which the great circle is a line


def linear(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """The point at `t` of the straight line from `a` to `b`, both (size,)."""
    return ((1 - t) * a + t * b).astype(a.dtype)


def spherical(a: np.ndarray, b: np.ndarray, t: float) -> np.ndarray:
    """The point at `t` of the great circle from `a` to `b`, both (size,).

    The two need not have the same length: the formula goes from one to the other.
    Where they are parallel, or one is zero, the straight line is taken.

    Raises
    ------
    ValueError
        If they are opposite, when every great circle leads from one to the other.
    """
    lengths = float(np.linalg.norm(a)) * float(np.linalg.norm(b))
    if lengths == 0:
        return linear(a, b, t)
    cosine = float(np.clip(np.vdot(a, b) / lengths, -1, 1))
    omega = np.arccos(cosine)
    if np.sin(omega) < PARALLEL:
        if cosine < 0:
            raise ValueError("no great circle is the shortest between opposite points")
        return linear(a, b, t)
    weights = np.sin((1 - t) * omega), np.sin(t * omega)
    return ((weights[0] * a + weights[1] * b) / np.sin(omega)).astype(a.dtype)


PATHS: dict[str, Path] = {"linear": linear, "spherical": spherical}


def walk(a: np.ndarray, b: np.ndarray, steps: int, path: Path = linear) -> np.ndarray:
    """Equally spaced points from `a` to `b`, both included.

    Parameters
    ----------
    a, b : (size,) ndarray
    steps : int
        At least 2.
    path : callable
        A value of `PATHS`.

    Returns
    -------
    (steps, size) ndarray
    """
    return np.stack([path(a, b, t) for t in np.linspace(0, 1, steps)])


def square(corners: np.ndarray, side: int, path: Path = linear) -> np.ndarray:
    """A grid between four points: walks down two edges, and across between them.

    Parameters
    ----------
    corners : (4, size) ndarray
        Top left, top right, bottom left, bottom right.
    side : int
        Points along an edge, at least 2.
    path : callable

    Returns
    -------
    (side, side, size) ndarray
    """
    left = walk(corners[0], corners[2], side, path)
    right = walk(corners[1], corners[3], side, path)
    return np.stack([walk(a, b, side, path) for a, b in zip(left, right)])


def arithmetic(a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    r"""Mean of `a` minus mean of `b` plus mean of `c`.

    Single z give unstable results, means of three stable ones (Radford, Metz and
    Chintala, arXiv:1511.06434, section 6.3.2). With three independent z in each mean
    the sum has exactly the variance of one z, :math:`3 \cdot \frac13`: it lies where
    the generator was trained.

    Parameters
    ----------
    a, b, c : (n, size) ndarray
        Latent vectors of samples that show each concept.

    Returns
    -------
    (size,) ndarray
    """
    total = a.mean(axis=0) - b.mean(axis=0) + c.mean(axis=0)
    return total.astype(a.dtype)
