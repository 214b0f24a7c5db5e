r"""An image with the Gram matrices of a style: the loss, its gradient, the descent.

With the features :math:`F_f` of the random bank and their Gram matrices :math:`G_f`,

.. math::
    L(x) = \frac1K \sum_f \frac{\|G_f(x) - G_f(style)\|^2}{\|G_f(style)\|^2}
    + \lambda \sum_{f > \text{finest}}
      \frac{\|F_f(x) - F_f(content)\|^2}{\|F_f(content)\|^2} .

K is the number of scales. The first sum forgets where things are, the second holds
them in their places; it leaves the finest scale of the picture free. Without it a
texture comes out. The variables are the pixels: the network never changes, and L-BFGS
(SciPy's, with bounds 0 and 1) gets the gradient that is written here, through Gram
matrices, ReLU, convolution and means.

From coarse to fine: the descent begins at a quarter of the size, where a pattern is as
wide as a kernel, and each result, twice as large, is where the next one begins. A
filter keeps its size in the whole picture, so that a small image has the coarse ones
only: large kernels would have few places on it, a Gram matrix of few places remembers
them, and what should forget the style's layout would copy it.

Source: Gatys, Ecker and Bethge, "A neural algorithm of artistic style",
arXiv:1508.06576, eq. 1 to 7.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_numpy.layers import Gram
from gan_numpy.miniatures.style.bank import Bank, means

MEMORY = 20  # pairs that L-BFGS keeps


@dataclass(frozen=True)
class Aim:
    """What an image shall become, at one size.

    Attributes
    ----------
    bank : Bank
    grams : list of (1, filters, filters) ndarray
        Of the style, scale by scale.
    content : list of ndarray or None
        Features of the content; None for a texture.
    weight : float
        :math:`\\lambda`
    free : int
        The scale that the content leaves alone.
    """

    bank: Bank
    grams: list[np.ndarray]
    content: list[np.ndarray] | None = None
    weight: float = 0.0
    free: int = 1

    def distance(self, x: np.ndarray) -> float:
        """The first term of the loss."""
        pairs = zip(grams(self.bank, x), self.grams, strict=True)
        return float(np.mean([_relative(G, goal) for G, goal in pairs]))

    def loss(self, x: np.ndarray) -> tuple[float, np.ndarray]:
        """The loss and its gradient, shaped like `x`, (1, 3, H, W)."""
        features, layer = self.bank.forward(x), Gram()
        total, dmaps = 0.0, []
        for k, (f, (F, _), goal) in enumerate(
            zip(self.bank.layers, features, self.grams, strict=True)
        ):
            G, cache = layer.forward(F)
            total += _relative(G, goal) / len(self.grams)
            dG = 2 * (G - goal) / (np.square(goal).sum() * len(self.grams))
            dF, _ = layer.backward(dG, cache)
            assert dF is not None  # asked for
            if self.content is not None and f != self.free:
                wanted = self.content[k]
                total += self.weight * _relative(F, wanted)
                dF += 2 * self.weight * (F - wanted) / np.square(wanted).sum()
            dmaps.append(dF)
        return total, self.bank.backward(dmaps, features)


def grams(bank: Bank, x: np.ndarray) -> list[np.ndarray]:
    """Gram matrices of all scales."""
    return [Gram().forward(F)[0] for F, _ in bank.forward(x)]


def descend(
    aim: Aim, x: np.ndarray, steps: int, told: Callable[[], None] = lambda: None
) -> np.ndarray:
    """The image after some steps of L-BFGS.

    Parameters
    ----------
    aim : Aim
    x : (1, 3, H, W) ndarray
        Where it starts.
    steps : int
    told : callable
        Called after each step.
    """
    from scipy.optimize import minimize

    def flat(pixels: np.ndarray) -> tuple[float, np.ndarray]:
        loss, dx = aim.loss(pixels.reshape(x.shape))
        return loss, dx.ravel()

    options = {"maxiter": steps, "maxcor": MEMORY, "ftol": 0, "gtol": 0}
    result = minimize(
        flat,
        x.ravel(),
        jac=True,
        method="L-BFGS-B",
        bounds=[(0, 1)] * x.size,
        options=options,
        callback=lambda _: told(),
    )
    found: np.ndarray = result.x
    return found.reshape(x.shape)


def coarse_to_fine(
    bank: Bank,
    style: np.ndarray,
    content: np.ndarray | None,
    weight: float,
    steps: int,
    rng: np.random.Generator,
    told: Callable[[], None] = lambda: None,
) -> tuple[np.ndarray, float, float]:
    """The content in the style's manner; a texture where there is no content.

    Parameters
    ----------
    bank : Bank
    style, content : (3, side, side) ndarray
        `side` is a multiple of 4.
    weight : float
        Of the content.
    steps : int
        At each of the three sizes.
    rng : numpy.random.Generator
        Of the noise that a texture begins with.
    told : callable
        Called after each step.

    Returns
    -------
    x : (3, side, side) ndarray
    before, after : float
        The distance of Gram matrices from the style's, at full size: of the content, or
        of noise, and of `x`.
    """
    x: np.ndarray | None = None
    for f in (4, 2, 1):
        of_style = means(style[None], f)
        of_content = None if content is None else means(content[None], f)
        seen = bank.shrunk(f)
        held = None
        if of_content is not None:
            held = [F for F, _ in seen.forward(of_content)]
        # Of the whole picture's finest scale only its full size knows.
        aim = Aim(seen, grams(seen, of_style), held, weight, free=1 if f == 1 else 0)
        noise = rng.standard_normal(of_style.shape)
        start = of_style.mean(axis=(2, 3), keepdims=True) + 0.1 * noise
        start = np.clip(start if of_content is None else of_content, 0, 1)
        before = aim.distance(start)
        begin = start if x is None else np.repeat(np.repeat(x, 2, axis=2), 2, axis=3)
        x = descend(aim, begin, steps, told)
    assert x is not None  # three sizes
    return x[0], before, aim.distance(x)


def _relative(value: np.ndarray, goal: np.ndarray) -> float:
    return float(np.square(value - goal).sum() / np.square(goal).sum())
