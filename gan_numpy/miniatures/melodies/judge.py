r"""The discriminator: an LSTM that reads forward, one that reads backward.

As in C-RNN-GAN (Mogren, arXiv:1611.09904) each step has a say of its own, and their
mean is the logit; unlike there it hears the clock, too, so that it can tell a tune that
is out of step with its bars:

.. math::
    x_t = [y_t, q_t], \qquad
    r_t = [\overrightarrow h_t, \overleftarrow h_t], \qquad
    \ell = \tfrac1T \textstyle\sum_t (r_t w + v) .
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gan_numpy.layers import LSTM, Dense
from gan_numpy.layers.initializers import uniform

Arrays = dict[str, np.ndarray]


class Judge:
    """The discriminator.

    Parameters
    ----------
    symbols, clock, units : int
        Widths of y, of q and of each direction's h.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict of str to ndarray
        ``on.``, ``back.`` and ``said.`` with the names of the layers.
    """

    def __init__(
        self,
        symbols: int,
        clock: int,
        units: int,
        *,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        options: Any = {"init": uniform(units**-0.5), "rng": rng, "dtype": dtype}
        self.on = LSTM(symbols + clock, units, **options)
        self.back = LSTM(symbols + clock, units, **options)
        self.said = Dense(2 * units, 1, **options)
        self.params: Arrays = {
            f"{name}.{key}": value
            for name in ("on", "back", "said")
            for key, value in getattr(self, name).params.items()
        }

    def forward(self, y: np.ndarray, clock: np.ndarray) -> tuple[np.ndarray, Any]:
        """Judge melodies.

        Parameters
        ----------
        y : (N, T, symbols) ndarray
        clock : (T, clock) ndarray

        Returns
        -------
        logits : (N, 1) ndarray
        cache : object
        """
        N, T, symbols = y.shape
        ticks = np.broadcast_to(clock, (N, *clock.shape))
        x = np.concatenate([y, ticks], axis=2)
        on, first = self.on.forward(x)
        back, second = self.back.forward(x[:, ::-1])
        r = np.concatenate([on, back[:, ::-1]], axis=2).reshape(N * T, -1)
        said, third = self.said.forward(r)
        logits = said.reshape(N, T).mean(axis=1, keepdims=True)
        return logits, (first, second, third, (N, T, symbols))

    def backward(
        self, dlogits: np.ndarray, cache: Any, *, param_grads: bool = True
    ) -> tuple[np.ndarray, Arrays]:
        """The gradients with respect to y and to the parameters."""
        first, second, third, (N, T, symbols) = cache
        dsaid = np.repeat(dlogits / dlogits.dtype.type(T), T, axis=0)
        dr, top = self.said.backward(dsaid, third, param_grads=param_grads)
        assert dr is not None  # asked for
        parts = np.split(dr.reshape(N, T, -1), 2, axis=2)
        dx, on = self.on.backward(parts[0], first, param_grads=param_grads)
        other, back = self.back.backward(
            parts[1][:, ::-1], second, param_grads=param_grads
        )
        assert dx is not None and other is not None
        grads = {
            f"{name}.{key}": value
            for name, own in (("on", on), ("back", back), ("said", top))
            for key, value in own.items()
        }
        return (dx + other[:, ::-1])[:, :, :symbols], grads
