r"""The generator: the next frame from a frame, a key, a roll of the die and a memory.

Of GameGAN's three parts (Kim et al., arXiv:2005.12126) the dynamics engine is an LSTM
over an encoded frame, the memory a separate map, and the rendering engine a network
from their states to an image. Here all states are maps: at every cell of the grid there
is the same LSTM, which sees its own cell and the four beside it (a convolutional LSTM,
Shi et al., arXiv:1506.04214). With :math:`\Pi` taking these five together, the frame
:math:`x_t` one-hot, and :math:`q_t` the key and the roll, one-hot, the same for every
cell:

.. math::
    e_t &= \max(0, \Pi [x_t, h_{t-1}] S + s) \odot q_t Q, \qquad
    h_t, c_t = \mathrm{LSTM}(e_t W + b, c_{t-1}), \\
    r_t &= \max(0, \Pi [x_t, h_t] K + k), \qquad
    p_{t+1} = \mathrm{softmax}(r_t V + v) .

The key and the roll multiply what is seen, as the action does in GameGAN's dynamics
engine: a feature such as "a wall to the left" counts with one key and not with another.

Backward each step is asked through its :math:`p`, and through :math:`h` and :math:`c`
by the step after it. :math:`\Pi^\top` adds up what five windows ask of a cell. When
the engine plays on its own, :math:`x_{t+1}` is the most likely class of each cell of
:math:`p_{t+1}`; no gradient passes that choice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gan_numpy.layers.initializers import glorot_uniform, he_normal, normal
from gan_numpy.layers.lstm import cell, cell_backward
from gan_numpy.miniatures.played_game.rules import CLASSES, MOVES, SIDES

Arrays = dict[str, np.ndarray]
TOLD = len(MOVES) + SIDES  # width of q
CROSS = ((1, 1), (0, 1), (1, 2), (2, 1), (1, 0))  # a cell in the middle of nine, and
WINDOW = len(CROSS)  # the four where a step can lead


class Memory(NamedTuple):
    """What the engine has in mind: h and c, (N, H, W, units)."""

    h: np.ndarray
    c: np.ndarray


class Engine:
    """The generator.

    Parameters
    ----------
    seen, units, hidden : int
        Channels of e, cells of the memory, and channels of r, at every place.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict of str to ndarray
        ``S``, ``s``, ``Q``, ``W``, ``b``, ``K``, ``k``, ``V``, ``v``.
    """

    def __init__(
        self,
        seen: int,
        units: int,
        hidden: int,
        *,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        init, rectified = glorot_uniform(), he_normal()
        self.units = units
        self.params: Arrays = {
            "S": rectified((WINDOW * (CLASSES + units), seen), rng, dtype),
            "s": np.zeros(seen, dtype=dtype),
            "Q": normal(0.5**0.5)((TOLD, seen), rng, dtype),  # two of its rows add to 1
            "W": init((seen, 4 * units), rng, dtype),
            "b": np.zeros(4 * units, dtype=dtype),
            "K": rectified((WINDOW * (CLASSES + units), hidden), rng, dtype),
            "k": np.zeros(hidden, dtype=dtype),
            "V": init((hidden, CLASSES), rng, dtype),
            "v": np.zeros(CLASSES, dtype=dtype),
        }
        self.params["b"][units : 2 * units] = 1  # remember, until it learns to forget

    def blank(self, shape: tuple[int, ...]) -> Memory:
        """The memory before the first of frames (N, H, W)."""
        zeros = np.zeros((*shape, self.units), dtype=self.params["W"].dtype)
        return Memory(zeros, zeros.copy())

    def step(
        self, frames: np.ndarray, keys: np.ndarray, rolls: np.ndarray, memory: Memory
    ) -> tuple[np.ndarray, Memory, Any]:
        """One step of N games.

        Parameters
        ----------
        frames : (N, H, W) ndarray of int
        keys, rolls : (N,) ndarray of int
        memory : Memory

        Returns
        -------
        p : (N, H, W, CLASSES) ndarray
            The next frame: the probability of each class at each cell.
        memory : Memory
        cache : object
        """
        S, s, Q, W, b, K, k, V, v = self.params.values()
        x = np.eye(CLASSES, dtype=S.dtype)[frames]
        q = told(keys, rolls, S.dtype)
        u = windows(np.concatenate([x, memory.h], axis=3))
        a, by = u @ S + s, np.repeat(q @ Q, frames[0].size, axis=0)
        e = np.maximum(a, 0) * by
        gates = e @ W + b
        h, c = cell(gates, memory.c.reshape(-1, self.units))
        new = Memory(h.reshape(memory.h.shape), c.reshape(memory.c.shape))
        seen = windows(np.concatenate([x, new.h], axis=3))
        r = np.maximum(seen @ K + k, 0)
        p = softmax(r @ V + v)
        cache = q, u, a, by, e, gates, memory.c, new.c, seen, r
        return p.reshape(*frames.shape, CLASSES), new, cache

    def step_backward(
        self, dlogits: np.ndarray, asked: Memory, cache: Any
    ) -> tuple[Memory, Arrays]:
        """The same step backward.

        Parameters
        ----------
        dlogits : (N, H, W, CLASSES) ndarray
            With respect to the logits of p.
        asked : Memory
            What the next step asks of the memory.
        cache : object

        Returns
        -------
        asked : Memory
            What this step asks of the memory before it.
        grads : dict
        """
        S, _, _, W, _, K, _, V, _ = self.params.values()
        q, u, a, by, e, gates, before, after, seen, r = cache
        shape = dlogits.shape[:3]
        dp = dlogits.reshape(-1, CLASSES)
        dr = (dp @ V.T) * (r > 0)
        dseen = windows_backward(dr @ K.T, shape)
        dh = (dseen[..., CLASSES:] + asked.h).reshape(-1, self.units)
        flat = [c.reshape(-1, self.units) for c in (asked.c, before, after)]
        dgates, dc = cell_backward(dh, flat[0], gates, *flat[1:])
        de = dgates @ W.T
        dby = (de * np.maximum(a, 0)).reshape(len(q), -1, de.shape[1]).sum(axis=1)
        da = de * by * (a > 0)
        du = windows_backward(da @ S.T, shape)
        grads = {
            **{"S": u.T @ da, "s": da.sum(axis=0), "Q": q.T @ dby},
            **{"W": e.T @ dgates, "b": dgates.sum(axis=0)},
            **{"K": seen.T @ dr, "k": dr.sum(axis=0)},
            **{"V": r.T @ dp, "v": dp.sum(axis=0)},
        }
        return Memory(du[..., CLASSES:], dc.reshape(asked.c.shape)), grads

    def play(
        self, first: np.ndarray, keys: np.ndarray, rolls: np.ndarray
    ) -> np.ndarray:
        """Frames (N, steps + 1, H, W) of games of which only the first is given.

        Parameters
        ----------
        first : (N, H, W) ndarray of int
        keys, rolls : (N, steps) ndarray of int
        """
        frames, memory = [first], self.blank(first.shape)
        for t in range(keys.shape[1]):
            p, memory, _ = self.step(frames[-1], keys[:, t], rolls[:, t], memory)
            frames.append(p.argmax(axis=3))
        return np.stack(frames, axis=1)


def told(keys: np.ndarray, rolls: np.ndarray, dtype: npt.DTypeLike) -> np.ndarray:
    """Keys and rolls (N,), one-hot side by side, (N, TOLD)."""
    parts = np.eye(len(MOVES), dtype=dtype)[keys], np.eye(SIDES, dtype=dtype)[rolls]
    return np.concatenate(parts, axis=1)


def windows(x: np.ndarray) -> np.ndarray:
    """Cells of (N, H, W, C) with the four beside each, (N H W, 5 C); 0 off the grid."""
    N, height, width, C = x.shape
    wide = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    five = [wide[:, i : i + height, j : j + width] for i, j in CROSS]
    return np.concatenate(five, axis=3).reshape(-1, WINDOW * C)


def windows_backward(d: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """The transpose: what the windows ask of each cell, added up, (N, H, W, C)."""
    N, height, width = shape
    parts = np.split(d.reshape(*shape, -1), WINDOW, axis=3)
    wide = np.zeros((N, height + 2, width + 2, parts[0].shape[3]), dtype=d.dtype)
    for (i, j), part in zip(CROSS, parts):
        wide[:, i : i + height, j : j + width] += part
    return wide[:, 1:-1, 1:-1]


def softmax(a: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
