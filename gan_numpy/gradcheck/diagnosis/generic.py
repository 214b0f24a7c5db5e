r"""Candidates that any function has: its sizes, its scalars, masks and derivatives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import (
    Candidates,
    Constant,
    Factor,
    Mask,
    Mistake,
    Term,
)


def sizes_of(arrays: Mapping[str, np.ndarray], batch_axis: int = 0) -> dict[str, int]:
    """Every size of the arrays by name, the batch size of the first array first."""
    found: dict[str, int] = {}
    if batch_axis:
        found["N, the batch size"] = next(iter(arrays.values())).shape[batch_axis]
    places = [a.shape[2] * a.shape[3] for k, a in arrays.items() if a.ndim == 4]
    for name, a in arrays.items():
        for axis, size in enumerate(a.shape):
            if size > 1 and size not in found.values():
                first = not found
                found["N, the batch size" if first else f"{name}.shape[{axis}]"] = size
    if places and places[-1] not in found.values():  # of the output, or of dy
        found["the number of places of an image"] = places[-1]
    return found


def constants_of(
    scalars: Mapping[str, float], spoken: Sequence[Constant] = ()
) -> list[Constant]:
    """Scalars of the call, and 1 minus those that may be probabilities.

    Those that an exercise has given a meaning (``spoken``) are left to it.
    """
    found: list[Constant] = []
    taken = {round(v, 12) for c in spoken for v in (c.value, 1 / c.value) if c.value}
    for name, value in scalars.items():
        if isinstance(value, bool) or not np.isfinite(value) or value in (0, 1):
            continue
        found.append(Constant(name, float(value)))
        if 0 < value < 1:
            found.append(Constant(f"1 - {name}", 1 - float(value)))
    return [c for c in found if round(c.value, 12) not in taken]


def _plain_factor(name: str, value: np.ndarray) -> Factor:
    """A factor of which it is not known whether the gradient should have it."""
    return Factor(
        name,
        value,
        says_missing=f"the true one is {name} times it: a factor {name} is missing",
        says_extra=f"it is {name} times the true one: a factor too many, or a division"
        " missing",
    )


def _sigmoid_factors(name: str, p: np.ndarray) -> list[Factor]:
    q = 1 - p
    return [
        Factor(
            f"{name} (1 - {name})",
            p * q,
            missing="sigmoid-derivative-missing",
            extra="sigmoid-derivative-extra",
            says_missing=f"the derivative of the sigmoid, {name} (1 - {name}), is"
            " missing",
            says_extra=f"the derivative of the sigmoid, {name} (1 - {name}), is there"
            " twice",
        ),
        _plain_factor(name, p),
        _plain_factor(f"1 - {name}", q),
    ]


def factors_of(arrays: Mapping[str, np.ndarray]) -> list[Factor]:
    """Derivatives and values of the arrays, norms of their rows, spreads of columns."""
    found: list[Factor] = []
    for name, a in arrays.items():
        if name == "y" and a.size > 1 and 0 < a.min() and a.max() < 1:
            found += _sigmoid_factors("y", a)
        if name == "y" and a.size > 1 and np.abs(a).max() < 1 and a.min() < 0:
            found.append(
                Factor("1 - y\u00b2", 1 - a * a, missing="tanh-derivative-missing")
            )
    for name, a in arrays.items():
        found.append(_plain_factor(name, a))
        if name == "dy" or a.ndim == 0:
            continue
        with np.errstate(over="ignore"):
            p = 1 / (1 + np.exp(-a))
        if name != "y":
            found += _sigmoid_factors(f"\u03c3({name})", p)
        if a.ndim > 1:
            rest = tuple(range(1, a.ndim))
            rows = np.sqrt((a * a).sum(axis=rest, keepdims=True))
            found.append(_plain_factor(f"\u2016{name}\u2016", rows))
            found.append(_plain_factor(f"\u2016{name}\u2016\u00b2", rows**2))
        if a.ndim in (2, 4):
            axes = (0,) if a.ndim == 2 else (0, 2, 3)
            std = a.std(axis=axes, keepdims=True)
            if np.all(std > 0):
                found.append(_plain_factor(f"the standard deviation of {name}", std))
                found.append(_plain_factor(f"the variance of {name}", std**2))
    return found


def masks_of(arrays: Mapping[str, np.ndarray]) -> list[Mask]:
    """The signs of each array; dy's too, from which no mask may be taken."""
    ordered = sorted(arrays.items(), key=lambda item: item[0] == "dy")
    found = [Mask(f"{name} > 0", a > 0) for name, a in ordered if a.ndim]
    found += [Mask(f"{name} < 0", a < 0) for name, a in ordered if a.ndim]
    return found + [Mask(f"{name} \u2260 0", a != 0) for name, a in ordered if a.ndim]


def terms_of(name: str, arrays: Mapping[str, np.ndarray]) -> list[Term]:
    r"""Rank one: :math:`u v^\top` of a matrix that may be divided by its norm."""
    a = arrays.get(name)
    if a is None or a.ndim != 2 or min(a.shape) < 2 or max(a.shape) > 64:
        return []
    u, s, vt = np.linalg.svd(a, full_matrices=False)
    if s[0] - s[1] < 1e-6 * s[0]:
        return []
    says = f"through \u03c3 = \u2016{name}\u2016\u2082 (along u v\u1d40)"
    outer = np.outer(u[:, 0], vt[0])
    return [Term(says, outer, missing="through-sigma-wrong", free=True)]


def derivative_mistakes(
    x: np.ndarray, y: np.ndarray, dy: np.ndarray, slope: Callable[[np.ndarray], object]
) -> list[Mistake]:
    """An elementwise derivative taken at the wrong place: at y, or at dy, not at x.

    ``slope(z)`` is dy times the derivative at z. A sigmoid's y (1 - y) is often written
    with x in place of y.
    """
    found = []
    for name, z in (("y", y), ("dy", dy)):
        value = np.asarray(slope(z))
        says = f"the derivative is taken at {name}, not at the input of the forward"
        levels = np.unique(np.round(value / np.where(dy == 0, 1.0, dy), 6))
        # the derivative of a rectifier takes two values, that of a sigmoid many
        kind = "mask-from" if len(levels) < 4 else "derivative-at"
        found.append(Mistake(f"{kind}-{name}", says, value))
    says = "x is used where the formula has the output y"
    found.append(Mistake("input-for-output", says, dy * x * (1 - x)))
    found.append(Mistake("input-for-output", says, dy * (1 - x * x)))
    return found


def generic_candidates(
    variable: str,
    arrays: Mapping[str, np.ndarray],
    scalars: Mapping[str, float],
) -> Candidates:
    """What may explain the gradient of this variable without knowing the function.

    Parameters
    ----------
    variable : str
        The input with respect to which the gradient is taken ("W").
    arrays : dict
        Inputs by name, the output "y" and the cotangent "dy", float64.
    scalars : dict
        Numbers of the call (keep, slope).
    """
    finite = {k: a for k, a in arrays.items() if np.all(np.isfinite(a))}
    return Candidates(
        constants=constants_of(scalars),
        factors=factors_of(finite),
        terms=terms_of(variable, finite),
        masks=masks_of(finite),
    )
