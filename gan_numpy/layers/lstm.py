r"""Long short-term memory, with backpropagation through time.

Source: Hochreiter and Schmidhuber, Neural Computation 9(8):1735, 1997; with the forget
gate of Gers, Schmidhuber and Cummins, Neural Computation 12(10):2451, 2000. Forward,
for :math:`t = 1 \dots T` with :math:`h_0 = c_0 = 0`:

.. math::
    (a^i, a^f, a^o, a^g)_t &= x_t W + h_{t-1} U + b, \\
    i, f, o = \sigma(a^i), \sigma(a^f), \sigma(a^o), \quad g &= \tanh(a^g), \\
    c_t = f_t \odot c_{t-1} + i_t \odot g_t, \quad
    s_t = \tanh(c_t), \quad h_t &= o_t \odot s_t .

Backward, from :math:`t = T` to 1. Two things come from the future,
:math:`\overline h_t` and :math:`\overline c_t`, both 0 for :math:`t = T`:

.. math::
    dh_t &= dy_t + \overline h_t, \qquad
    dc_t = \overline c_t + dh_t \odot o_t \odot (1 - s_t^2), \\
    da^i &= dc \odot g \odot i (1 - i), \quad
    da^f = dc_t \odot c_{t-1} \odot f (1 - f), \quad
    da^o = dh \odot s \odot o (1 - o), \quad
    da^g = dc \odot i \odot (1 - g^2), \\
    dx_t &= da_t W^\top, \quad
    \overline h_{t-1} = da_t U^\top, \quad
    \overline c_{t-1} = dc_t \odot f_t, \\
    dW &= \sum_t x_t^\top da_t, \quad
    dU = \sum_t h_{t-1}^\top da_t, \quad
    db = \sum_{t,n} da_{tn} .

The cell passes its gradient on by the factor f alone: no weight, no slope is between
:math:`c_{t-1}` and :math:`c_t`. That is what the construction is for.

Shapes: x (N, T, n_in), y (N, T, units): every :math:`h_t`; W (n_in, 4 units),
U (units, 4 units), b (4 units,), gates side by side in the order i, f, o, g. There is
no second order: no penalty here crosses a sequence.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gan_numpy.layers.base import Cache, Grads, Layer
from gan_numpy.layers.checks import check_dtype
from gan_numpy.layers.initializers import Initializer


class LSTM(Layer):
    r"""A layer of LSTM cells over sequences; every hidden state is an output.

    Parameters
    ----------
    n_in, units : int
        Features of each step, and cells.
    init : Initializer
        Distribution of `W` and `U`.
    rng : numpy.random.Generator
        Generator of both.
    forget_bias : float
        Where the forget gate's part of `b` starts; the rest is 0. At 1 the cells
        remember until they learn to forget.
    dtype : float32 or float64

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import LSTM
    >>> from gan_numpy.layers.initializers import normal
    >>> layer = LSTM(5, 3, init=normal(0.1), rng=np.random.default_rng(0))
    >>> x = np.zeros((7, 11, 5), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (7, 11, 3)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["W"].shape, grads["U"].shape, grads["b"].shape
    ((7, 11, 5), (5, 12), (3, 12), (12,))
    """

    def __init__(
        self,
        n_in: int,
        units: int,
        *,
        init: Initializer,
        rng: np.random.Generator,
        forget_bias: float = 1.0,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        super().__init__()
        b = np.zeros(4 * units, dtype=dtype)
        b[units : 2 * units] = forget_bias
        W = init((n_in, 4 * units), rng, dtype)
        self.params = {"W": W, "U": init((units, 4 * units), rng, dtype), "b": b}

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return every hidden state, (N, T, units), and the cache."""
        W, U, b = (self.params[name] for name in "WUb")
        self._check(x)
        N, T, _ = x.shape
        gates = x @ W + b  # of all steps at once; what h adds comes step by step
        h = np.zeros((N, T + 1, len(U)), dtype=x.dtype)  # one before the first
        c = np.zeros_like(h)
        for t in range(T):
            a = gates[:, t]  # a view: the gates take the place of what they are made of
            a += h[:, t] @ U
            h[:, t + 1], c[:, t + 1] = cell(a, c[:, t])
        return h[:, 1:].copy(), (x, gates, h, c)

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Return dx, (N, T, n_in), and ``W``, ``U``, ``b``."""
        x, gates, h, c = cache
        W, U = self.params["W"], self.params["U"]
        da = np.empty_like(gates)
        h_next = np.zeros_like(h[:, 0])  # what the future asks of h_t and c_t
        c_next = np.zeros_like(h_next)
        for t in reversed(range(x.shape[1])):
            dh = dy[:, t] + h_next
            now = gates[:, t], c[:, t], c[:, t + 1]
            da[:, t], c_next = cell_backward(dh, c_next, *now)
            h_next = da[:, t] @ U.T
        grads: Grads = {}
        if param_grads:
            flat = da.reshape(-1, da.shape[2])
            grads["W"] = x.reshape(-1, x.shape[2]).T @ flat
            grads["U"] = h[:, :-1].reshape(-1, len(U)).T @ flat
            grads["b"] = flat.sum(axis=0)
        return (da @ W.T if input_grad else None), grads

    def _check(self, x: np.ndarray) -> None:
        W = self.params["W"]
        if x.ndim != 3 or x.shape[2] != len(W):
            raise ValueError(
                f"LSTM expects sequences of shape (N, T, {len(W)}), got {x.shape}"
            )
        check_dtype(self, x, W.dtype)


def cell(a: np.ndarray, c: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One step of time, for whoever makes the next input of this step's output.

    Parameters
    ----------
    a : (N, 4 units) ndarray
        ``x @ W + h @ U + b``; the gates i, f, o, g are written into it.
    c : (N, units) ndarray
        The cells before.

    Returns
    -------
    h, c : (N, units) ndarray
        After the step.
    """
    units = c.shape[1]
    a[:, : 3 * units] = _sigmoid(a[:, : 3 * units])
    a[:, 3 * units :] = np.tanh(a[:, 3 * units :])
    i, f, o, g = np.split(a, 4, axis=1)
    c = f * c + i * g
    return o * np.tanh(c), c


def cell_backward(
    dh: np.ndarray,
    c_next: np.ndarray,
    gates: np.ndarray,
    before: np.ndarray,
    after: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """The same step backward.

    Parameters
    ----------
    dh : (N, units) ndarray
        All that is asked of h: by the output and by the next step.
    c_next : (N, units) ndarray
        What the next step asks of c.
    gates : (N, 4 units) ndarray
        What `cell` wrote.
    before, after : (N, units) ndarray
        The cells.

    Returns
    -------
    da : (N, 4 units) ndarray
    dc : (N, units) ndarray
        What this step asks of the cells before it.
    """
    i, f, o, g = np.split(gates, 4, axis=1)
    s = np.tanh(after)
    dc = c_next + dh * o * (1 - s * s)
    parts = (
        dc * g * i * (1 - i),
        dc * before * f * (1 - f),
        dh * s * o * (1 - o),
        dc * i * (1 - g * g),
    )
    return np.concatenate(parts, axis=1), dc * f


def _sigmoid(a: np.ndarray) -> np.ndarray:
    """Through the hyperbolic tangent, which overflows nowhere."""
    return 0.5 * (1 + np.tanh(0.5 * a))
