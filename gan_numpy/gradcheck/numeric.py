r"""Derivatives by central differences, each with an estimate of its own error.

For a function :math:`f` and a cotangent :math:`v` everything here works on the scalar

.. math:: \varphi(t) = \langle v, f(x + t u) - f(x) \rangle

along a direction :math:`u`. With two steps, :math:`h` and :math:`h/2`,

.. math::
   D(h) = \frac{\varphi(h) - \varphi(-h)}{2h} = \varphi'(0) + O(h^2), \qquad
   \varphi'(0) \approx D(h/2) + \tfrac13\bigl(D(h/2) - D(h)\bigr)

(Richardson), and the correction itself is the estimate of the error. The two one-sided
slopes differ by :math:`J(h) = (\varphi(h) + \varphi(-h))/h`. Where the function is
smooth :math:`J(h/2) = J(h)/2`; at a kink (a ReLU at 0, a tie of a maximum)
:math:`J` stays as it is, and no derivative exists to compare with.

The difference :math:`f(x + tu) - f(x)` is formed before the sum, so that outputs which
do not depend on the entry cancel exactly and a tiny gradient is not lost in a big loss.

Sources: Richardson, Phil. Trans. R. Soc. A 210 (1911), 307-357; Griewank and Walther,
Evaluating Derivatives (SIAM, 2008), chapter 3, for vector-Jacobian products.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Function = Callable[[np.ndarray], np.ndarray]

STEPS = (1e-4, 1e-5, 1e-6, 1e-7)
STEPS_FLOAT32 = (3e-2, 1e-2, 3e-3)


@dataclass(frozen=True)
class Slope:
    """One derivative: its value, an estimate of its error, whether a kink is near."""

    value: float
    error: float
    kink: bool


@dataclass(frozen=True)
class Derivative:
    """A numeric gradient.

    Attributes
    ----------
    value : array
        The gradient, of the shape of the input; 0 where it is not known.
    error : array
        An estimate of the error of each entry.
    known : array of bool
        False where the function has a kink, or where the entry was not asked for.
    kinks : int
        How many entries were skipped because the one-sided slopes differ.
    disagrees : bool
        The answer that was checked disagrees along a random direction.
    left : int
        How many entries neither a direction nor a difference has covered.
    """

    value: np.ndarray
    error: np.ndarray
    known: np.ndarray
    kinks: int
    disagrees: bool = False
    left: int = 0


def along(
    f: Function, x: np.ndarray, u: np.ndarray, v: np.ndarray, f0: np.ndarray
) -> Callable[[float], tuple[float, float]]:
    r""":math:`\varphi(t)` and the size of the rounding error in it."""
    eps = np.finfo(f0.dtype if f0.dtype.kind == "f" else np.float64).eps

    def phi(t: float) -> tuple[float, float]:
        y = np.asarray(f(x + t * u))
        if y.shape != f0.shape:
            raise ValueError(f"the output changed its shape: {f0.shape} to {y.shape}")
        moved = v * (y.astype(np.float64) - f0)
        size = np.abs(v * f0)[moved != 0].sum()
        return float(moved.sum()), float(eps * size)

    return phi


def slope(
    phi: Callable[[float], tuple[float, float]], steps: tuple[float, ...]
) -> Slope:
    """Derivative of phi at 0: the first step that is accurate, else the best one.

    A large step is accurate for smooth functions, a small one stays on one side of a
    kink: a ReLU whose input is 3e-6 has a derivative, and only small steps see it.
    """
    tried, jumps, size, noise = [], [], 0.0, 0.0
    for h in steps:
        (a, r), (b, _), (c, _), (d, _) = phi(h), phi(-h), phi(h / 2), phi(-h / 2)
        size = max(size, r)  # what moved at a large step may round to no move at all
        coarse, fine = (a - b) / (2 * h), (c - d) / h
        bend = abs(2 * (c + d) / (h / 2) - (a + b) / h)  # 0 if smooth, jump at a kink
        noise = 4 * size / h
        gap = max(abs(fine - coarse) / 3, bend / 2)
        value, error = fine + (fine - coarse) / 3, gap + noise
        if error <= 1e-9 * (1e-3 + abs(value)):
            return Slope(value, error, False)
        jumps.append((a + b) / h)  # right minus left slope
        if np.isfinite(error):
            tried.append((error, value, gap * h, h))
    if not tried:
        return Slope(0.0, np.inf, True)
    error, value, _, step = min(tried)
    # Below the best step the gaps are rounding in f: gap * h is its size.
    rounding = max([e for _, _, e, h in tried if h < step], default=0.0)
    return Slope(value, max(error, rounding / step), _kink(jumps, noise, error, value))


def _kink(jumps: list[float], noise: float, error: float, value: float) -> bool:
    """At a kink the jump stays as h shrinks; rounding in f makes it grow like 1/h."""
    last = np.array(jumps[-3:])
    low, high = np.abs(last).min(), np.abs(last).max()
    stays = abs(np.sign(last).sum()) == len(last) and high <= 2.5 * low
    return bool(stays and low > 10 * noise and error > 1e-4 * abs(value))


def steps_for(y: np.ndarray) -> tuple[float, ...]:
    """Steps for a function with output y: wider where it rounds to float32."""
    return STEPS if y.dtype != np.float32 else STEPS_FLOAT32


def entry_gradient(
    f: Function,
    x: np.ndarray,
    v: np.ndarray,
    entries: np.ndarray | None = None,
    stop: Callable[[int, float, float], bool] | None = None,
) -> Derivative:
    r"""The gradient :math:`\partial \langle v, f(x) \rangle / \partial x`.

    Parameters
    ----------
    f : function of one array
    x : array of float64, any shape
    v : array
        The cotangent, of the shape of ``f(x)``.
    entries : array of int, optional
        Flat indices to differentiate; all by default.
    stop : function (index, value, error) -> bool, optional
        Asked after each; True leaves the rest unknown.

    Raises
    ------
    ValueError
        If the shape of the output depends on the values of the input.
    """
    x = np.asarray(x, dtype=np.float64)
    f0 = np.asarray(f(x))
    value, error = np.zeros(x.size), np.zeros(x.size)
    known, kinks, left = np.zeros(x.size, dtype=bool), 0, 0
    order = range(x.size) if entries is None else entries
    for asked, i in enumerate(order, 1):
        u = np.zeros(x.size)
        u[i] = max(1.0, abs(x.flat[i]))  # the step follows the size of the entry
        s = slope(along(f, x, u.reshape(x.shape), v, f0), steps_for(f0))
        kinks += s.kink
        known[i] = not s.kink
        if known[i]:
            value[i], error[i] = s.value / u[i], s.error / u[i]
        if stop is not None and known[i] and stop(int(i), value[i], error[i]):
            left = len(order) - asked
            break
    if known.any():  # one entry may be lucky and underestimate the rounding in f
        error[known] = np.maximum(error[known], np.median(error[known]))
    shape = x.shape
    return Derivative(
        value.reshape(shape),
        error.reshape(shape),
        known.reshape(shape),
        kinks,
        left=left,
    )


def is_elementwise(f: Function, x: np.ndarray, f0: np.ndarray) -> bool:
    """Entries that are not moved do not move any output but their own, it seems."""
    if f0.shape != x.shape:
        return False
    rng = np.random.default_rng(x.size)
    for _ in range(2):
        some = rng.random(x.shape) < 0.5
        moved = np.asarray(f(np.where(some, x + 1e-3, x)))
        if not np.array_equal(moved[~some], f0[~some], equal_nan=True):
            return False
    return True


def elementwise_gradient(f: Function, x: np.ndarray, v: np.ndarray) -> np.ndarray:
    """The values of `entry_gradient`, of all entries at once where f is elementwise."""
    x = np.asarray(x, dtype=np.float64)
    f0 = np.asarray(f(x))
    if not is_elementwise(f, x, f0):
        return entry_gradient(f, x, v).value
    u, eps = np.maximum(1.0, np.abs(x)), np.finfo(np.float64).eps
    value, error = np.zeros(x.shape), np.full(x.shape, np.inf)
    for h in steps_for(f0):
        a, b, c, d = (v * (f(x + t * u) - f0) for t in (h, -h, h / 2, -h / 2))
        coarse, fine = (a - b) / (2 * h), (c - d) / h
        bend = np.abs(2 * (c + d) / (h / 2) - (a + b) / h)
        gap = np.maximum(np.abs(fine - coarse) / 3, bend / 2)
        gap = gap + 4 * eps * np.abs(v * f0) / h
        better = gap < error
        value[better] = (fine + (fine - coarse) / 3)[better]
        error[better] = gap[better]
        if np.all(error <= 1e-9 * (1e-3 + np.abs(value))):
            break
    value[~(error <= 1e-4 * (1e-3 + np.abs(value)))] = 0.0  # at a kink
    return np.asarray(value / u)


def directional(
    f: Function,
    x: np.ndarray,
    v: np.ndarray,
    rng: np.random.Generator,
    directions: int = 8,
) -> list[tuple[np.ndarray, Slope]]:
    r"""Slopes of :math:`\langle v, f \rangle` along random directions of unit length.

    One slope tests every entry at once: a gradient that is wrong anywhere has the right
    inner product with a random direction with probability zero. For large arrays.
    """
    x = np.asarray(x, dtype=np.float64)
    f0 = np.asarray(f(x))
    found = []
    for _ in range(directions):
        u = rng.standard_normal(x.shape)
        u /= np.linalg.norm(u)
        found.append((u, slope(along(f, x, u, v, f0), steps_for(f0))))
    return found
