r"""The generator: an LSTM that hears each symbol it chose before it chooses the next.

With :math:`q_t` the clock (meter, place in the bar, bar), :math:`y_0 = 0` and noise
:math:`g_t` (`gan_numpy.miniatures.melodies.gumbel`):

.. math::
    x_t = [y_{t-1}, q_t], \qquad h_t, c_t = \mathrm{LSTM}(x_t, h_{t-1}, c_{t-1}), \qquad
    a_t = h_t V + v, \qquad y_t = \mathrm{choose}(a_t, g_t) .

Backward, from the last step to the first, :math:`y_t` is asked for by the
discriminator and by the step after it, and so is :math:`h_t`:

.. math::
    \overline y_t = dy_t + (d x_{t+1})_{1 \dots V}, \qquad
    da_t = \mathrm{choose}'(\overline y_t), \qquad
    dh_t = da_t V^\top + d\alpha_{t+1} U^\top,

with :math:`d\alpha` the gradient of the gates' arguments, as in
`gan_numpy.layers.lstm`. While it learns by heart ("teacher forcing"), the symbols
before are those of a tune, and the layer does all steps in one call.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gan_numpy.layers import LSTM, Dense
from gan_numpy.layers.initializers import uniform
from gan_numpy.layers.lstm import cell, cell_backward
from gan_numpy.miniatures.melodies.gumbel import (
    choice_backward,
    hard_choice,
    soft_choice,
)
from gan_numpy.objectives import softmax_cross_entropy

Arrays = dict[str, np.ndarray]


class Composer:
    """The generator.

    Parameters
    ----------
    symbols, clock, units : int
        Widths of y, of q and of h.
    temperature : float
        Of the choice's gradient.
    hard : bool
        Whether symbols are one-hot (straight through) or soft.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict of str to ndarray
        ``W``, ``U``, ``b`` of the LSTM, ``V``, ``v`` of the logits.
    """

    def __init__(
        self,
        symbols: int,
        clock: int,
        units: int,
        *,
        temperature: float,
        rng: np.random.Generator,
        hard: bool = True,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        options: Any = {"init": uniform(units**-0.5), "rng": rng, "dtype": dtype}
        self.lstm = LSTM(symbols + clock, units, **options)
        self.logits = Dense(units, symbols, **options)
        self.temperature, self.hard = temperature, hard
        self.params: Arrays = {
            **self.lstm.params,
            "V": self.logits.params["W"],
            "v": self.logits.params["b"],
        }

    def imitate(self, tunes: np.ndarray, clock: np.ndarray) -> tuple[float, Arrays]:
        """The cross-entropy of tunes and its gradients; each step hears the true past.

        Parameters
        ----------
        tunes : (N, T) ndarray of int
        clock : (T, clock) ndarray
        """
        N, T = tunes.shape
        V = self.params["V"].shape[1]
        heard = np.zeros((N, T, V), dtype=clock.dtype)
        heard[:, 1:] = np.eye(V, dtype=clock.dtype)[tunes[:, :-1]]
        ticks = np.broadcast_to(clock, (N, *clock.shape))
        x = np.concatenate([heard, ticks], axis=2)
        h, cache = self.lstm.forward(x)
        a, flat = self.logits.forward(h.reshape(N * T, -1))
        loss, da = softmax_cross_entropy(a, tunes.ravel())
        dh, top = self.logits.backward(da, flat)
        assert dh is not None  # asked for
        _, grads = self.lstm.backward(dh.reshape(h.shape), cache, input_grad=False)
        return loss, {**grads, "V": top["W"], "v": top["b"]}

    def forward(self, noise: np.ndarray, clock: np.ndarray) -> tuple[np.ndarray, Any]:
        """Compose.

        Parameters
        ----------
        noise : (N, T, symbols) ndarray
        clock : (T, clock) ndarray

        Returns
        -------
        y : (N, T, symbols) ndarray
            The symbols, one-hot if `hard`.
        cache : object
        """
        W, U, b, V, v = self.params.values()
        N, T, symbols = noise.shape
        from_clock = clock @ W[symbols:] + b
        heard = W[:symbols]
        h = np.zeros((N, T + 1, len(U)), dtype=noise.dtype)
        c, soft = np.zeros_like(h), np.empty_like(noise)
        y = np.zeros((N, T + 1, symbols), dtype=noise.dtype)
        gates = np.empty((N, T, len(b)), dtype=noise.dtype)
        for t in range(T):
            a = gates[:, t]
            a[:] = y[:, t] @ heard + h[:, t] @ U + from_clock[t]
            h[:, t + 1], c[:, t + 1] = cell(a, c[:, t])
            logits = h[:, t + 1] @ V + v
            soft[:, t] = soft_choice(logits, noise[:, t], self.temperature)
            y[:, t + 1] = hard_choice(soft[:, t]) if self.hard else soft[:, t]
        return y[:, 1:].copy(), (clock, y, h, c, gates, soft)

    def backward(self, dy: np.ndarray, cache: Any) -> Arrays:
        """The gradients of <dy, y>; with hard symbols as if they were soft."""
        clock, y, h, c, gates, soft = cache
        W, U, _, V, _ = self.params.values()
        N, T, symbols = dy.shape
        dalpha, da = np.empty_like(gates), np.empty_like(dy)
        y_next = np.zeros_like(dy[:, 0])
        h_next = np.zeros_like(h[:, 0])
        c_next = np.zeros_like(h_next)
        for t in reversed(range(T)):
            da[:, t] = choice_backward(dy[:, t] + y_next, soft[:, t], self.temperature)
            dh = da[:, t] @ V.T + h_next
            now = gates[:, t], c[:, t], c[:, t + 1]
            dalpha[:, t], c_next = cell_backward(dh, c_next, *now)
            h_next = dalpha[:, t] @ U.T
            y_next = dalpha[:, t] @ W[:symbols].T
        flat, top = dalpha.reshape(N * T, -1), da.reshape(N * T, -1)
        dW = np.empty_like(W)
        dW[:symbols] = y[:, :-1].reshape(N * T, -1).T @ flat
        dW[symbols:] = clock.T @ dalpha.sum(axis=0)
        return {
            "W": dW,
            "U": h[:, :-1].reshape(N * T, -1).T @ flat,
            "b": flat.sum(axis=0),
            "V": h[:, 1:].reshape(N * T, -1).T @ top,
            "v": top.sum(axis=0),
        }
