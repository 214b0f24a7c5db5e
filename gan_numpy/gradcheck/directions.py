r"""Gradients tested along random directions, and where they fail there.

An array :math:`g` is the gradient of :math:`\varphi` with probability one if
:math:`\langle g, u \rangle = \varphi'(u)` for a few random :math:`u`: one slope tests
every entry. A slope counts only if its error is so small that a single wrong entry, of
the usual size, would show. Where directions disagree the entries themselves decide; in
a very large array they are found by halving it, so that no wrong row can hide from a
sample.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from gan_numpy.gradcheck.deadline import is_late
from gan_numpy.gradcheck.numeric import (
    Derivative,
    Function,
    along,
    entry_gradient,
    slope,
    steps_for,
)

FEW = 24  # entries that are differentiated one by one at once
ALL = 2000  # the most entries that are all differentiated if directions disagree
LEAF = 32  # a block this small is not halved again
ENOUGH = 100  # wrong entries that are looked for in a larger array
MOST = 6000  # entries differentiated at most


def true_gradient(
    f: Function,
    x: np.ndarray,
    v: np.ndarray,
    answers: list[np.ndarray],
    rng: np.random.Generator,
) -> Derivative:
    r"""The gradient :math:`\partial \langle v, f(x) \rangle / \partial x`.

    Parameters
    ----------
    f, x, v : see `numeric.entry_gradient`
    answers : list of arrays
        Gradients that may be right, the most trusted first, the one to be checked last.
        The first that agrees along random directions is returned as the true one; its
        entries are exact, those of differences are not.
    rng : numpy.random.Generator
    """
    x = np.asarray(x, dtype=np.float64)
    late = Late(answers[-1], x.shape)
    if x.size <= FEW // 3 or (x.size <= FEW and len(answers) < 2):
        return entry_gradient(f, x, v, stop=late)
    fitting = [g for g in answers if g.shape == x.shape and np.all(np.isfinite(g))]
    space = Directions(f, x, v, rng)
    lines = []
    for _ in range(8):
        lines.append(space.line(np.arange(x.size)))
        late.wrong |= any(lines[-1].agrees(g) is False for g in fitting[-1:])
        if late.wrong and is_late():
            break
    disagree = False
    for g in fitting:
        agree = [line.agrees(g) for line in lines]
        if agree.count(True) >= 3 and False not in agree:
            return Derivative(
                g.astype(np.float64), np.zeros(x.shape), np.ones(x.shape, dtype=bool), 0
            )
        disagree = False in agree
    if x.size <= ALL or late.wrong and is_late():
        found = entry_gradient(f, x, v, stop=late)
    elif fitting:
        found = space.located(fitting[-1])
    else:
        found = entry_gradient(f, x, v, rng.choice(x.size, ENOUGH, replace=False))
    return replace(found, disagrees=disagree)


@dataclass
class Late:
    """Whether an array is known to be wrong, and there is no time to see where."""

    answer: np.ndarray
    shape: tuple[int, ...]
    wrong: bool = False

    def __call__(self, index: int, value: float, error: float) -> bool:
        """After one entry of the true gradient."""
        got = self.answer
        if got.shape == self.shape:
            gap = abs(float(got.flat[index]) - value)
            self.wrong |= not gap <= 1e-3 * abs(value) + 10 * error
        return (self.wrong or got.shape != self.shape) and is_late()


@dataclass(frozen=True)
class Line:
    """A direction, the slope along it and the error of that."""

    u: np.ndarray
    value: float
    error: float

    def agrees(self, g: np.ndarray) -> bool | None:
        """Whether g has this slope; None if the slope is too uncertain to tell."""
        moved = g[self.u != 0].astype(np.float64)
        size = max(float(np.linalg.norm(moved)) / np.sqrt(moved.size), abs(self.value))
        gap = float(abs((g * self.u).sum() - self.value))
        if gap > 1e-3 * size + 10 * self.error:
            return False
        if 10 * self.error > 0.1 * size / np.sqrt(moved.size):
            return None
        rtol = 1e-6 if g.dtype == np.float32 else 2e-9
        return bool(gap <= rtol * size + 10 * self.error)


class Directions:
    """Slopes of a function along directions that move some of its entries."""

    def __init__(
        self, f: Function, x: np.ndarray, v: np.ndarray, rng: np.random.Generator
    ) -> None:
        self.f, self.x, self.v, self.rng = f, x, v, rng
        self.f0 = np.asarray(f(x))

    def line(self, entries: np.ndarray) -> Line:
        """Along a random direction of unit length that moves these entries only."""
        flat = np.zeros(self.x.size)
        flat[entries] = self.rng.standard_normal(entries.size)
        u = (flat / np.linalg.norm(flat)).reshape(self.x.shape)
        s = slope(along(self.f, self.x, u, self.v, self.f0), steps_for(self.f0))
        return Line(u, s.value, np.inf if s.kink else s.error)

    def located(self, g: np.ndarray) -> Derivative:
        """The entries of the blocks in which g disagrees, and a sample of the rest."""
        size = self.x.size
        found = entry_gradient(
            self.f, self.x, self.v, self.rng.choice(size, ENOUGH, replace=False)
        )
        blocks, wrong, asked = [np.arange(size)], 0, 0
        while blocks and wrong < ENOUGH and asked < MOST:
            if is_late():  # that some entry is wrong is known
                break
            block = blocks.pop()
            if all(self.line(block).agrees(g) is True for _ in range(2)):
                continue
            if block.size > LEAF:
                blocks += np.array_split(block, 2)
                continue
            part = entry_gradient(self.f, self.x, self.v, block)
            gap = np.abs(part.value - g) > 1e-6 * np.abs(g).max() + 10 * part.error
            wrong, asked = wrong + int((gap & part.known).sum()), asked + block.size
            found = _joined(found, part)
        return replace(found, left=0 if wrong else sum(map(len, blocks)))


def _joined(a: Derivative, b: Derivative) -> Derivative:
    """The entries that either knows."""
    return Derivative(
        np.where(b.known, b.value, a.value),
        np.where(b.known, b.error, a.error),
        a.known | b.known,
        a.kinks + b.kinks,
    )
