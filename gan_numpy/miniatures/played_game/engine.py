r"""The generator: the next frame from a frame, a key, a roll of the die and a memory.

Of GameGAN's three parts (Kim et al., arXiv:2005.12126) the dynamics engine is an LSTM
over an encoded frame, the memory a separate map, and the rendering engine a network
from their states to an image. Here all states are maps: at every cell of the grid there
is the same LSTM, which sees the 3 x 3 cells around its own (a convolutional LSTM, Shi
et al., arXiv:1506.04214). With :math:`\Pi` taking these nine together, and the frame
:math:`x_t` one-hot, the key and the roll on every cell:

.. math::
    u_t &= \Pi [x_t, \mathrm{key}_t, \mathrm{roll}_t, h_{t-1}], \qquad
    h_t, c_t = \mathrm{LSTM}(u_t W + b, c_{t-1}), \\
    r_t &= \max(0, \Pi [h_t, x_t] K + k), \qquad
    p_{t+1} = \mathrm{softmax}(r_t V + v) .

Backward each step is asked through its :math:`p`, and through :math:`h` and :math:`c`
by the step after it. :math:`\Pi^\top` adds up what nine neighbors ask of a cell. When
the engine plays on its own, :math:`x_{t+1}` is the most likely class of each cell of
:math:`p_{t+1}`; no gradient passes that choice.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gan_numpy.layers.initializers import glorot_uniform
from gan_numpy.layers.lstm import cell, cell_backward
from gan_numpy.miniatures.played_game.rules import CLASSES, MOVES, SIDES

Arrays = dict[str, np.ndarray]
TOLD = CLASSES + len(MOVES) + SIDES  # channels of frame, key and roll
WINDOW = 9


class Memory(NamedTuple):
    """What the engine has in mind: h and c, (N, H, W, units)."""

    h: np.ndarray
    c: np.ndarray


class Engine:
    """The generator.

    Parameters
    ----------
    units, hidden : int
        Cells of the memory, and channels of r, at every place.
    rng : numpy.random.Generator
    dtype : float32 or float64

    Attributes
    ----------
    params : dict of str to ndarray
        ``W``, ``b``, ``K``, ``k``, ``V``, ``v``.
    """

    def __init__(
        self,
        units: int,
        hidden: int,
        *,
        rng: np.random.Generator,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        init = glorot_uniform()
        self.units = units
        self.params: Arrays = {
            "W": init((WINDOW * (TOLD + units), 4 * units), rng, dtype),
            "b": np.zeros(4 * units, dtype=dtype),
            "K": init((WINDOW * (units + CLASSES), hidden), rng, dtype),
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
        W, b, K, k, V, v = self.params.values()
        x = np.eye(CLASSES, dtype=W.dtype)[frames]
        told = np.concatenate(
            [np.eye(len(MOVES))[keys], np.eye(SIDES)[rolls]], axis=1
        ).astype(W.dtype)
        planes = np.broadcast_to(told[:, None, None], (*frames.shape, told.shape[1]))
        u = windows(np.concatenate([x, planes, memory.h], axis=3))
        gates = u @ W + b
        h, c = cell(gates, memory.c.reshape(-1, self.units))
        new = Memory(h.reshape(memory.h.shape), c.reshape(memory.c.shape))
        seen = windows(np.concatenate([new.h, x], axis=3))
        r = np.maximum(seen @ K + k, 0)
        p = softmax(r @ V + v)
        cache = u, gates, memory.c, new.c, seen, r, p
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
        W, _, K, _, V, _ = self.params.values()
        u, gates, before, after, seen, r, _ = cache
        N, height, width, _ = dlogits.shape
        da = dlogits.reshape(-1, CLASSES)
        dr = (da @ V.T) * (r > 0)
        dseen = windows_backward(dr @ K.T, (N, height, width))
        dh = (dseen[..., : self.units] + asked.h).reshape(-1, self.units)
        flat = [c.reshape(-1, self.units) for c in (asked.c, before, after)]
        dgates, dc = cell_backward(dh, flat[0], gates, *flat[1:])
        du = windows_backward(dgates @ W.T, (N, height, width))
        grads = {
            **{"W": u.T @ dgates, "b": dgates.sum(axis=0)},
            **{"K": seen.T @ dr, "k": dr.sum(axis=0)},
            **{"V": r.T @ da, "v": da.sum(axis=0)},
        }
        return Memory(du[..., TOLD:], dc.reshape(asked.c.shape)), grads

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


def windows(x: np.ndarray) -> np.ndarray:
    """Of each cell of (N, H, W, C) the nine around it, (N H W, 9 C); 0 off the grid."""
    N, height, width, C = x.shape
    wide = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    nine = [wide[:, i : i + height, j : j + width] for i in range(3) for j in range(3)]
    return np.concatenate(nine, axis=3).reshape(-1, WINDOW * C)


def windows_backward(d: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """The transpose: what the windows ask of each cell, added up, (N, H, W, C)."""
    N, height, width = shape
    parts = np.split(d.reshape(*shape, -1), WINDOW, axis=3)
    wide = np.zeros((N, height + 2, width + 2, parts[0].shape[3]), dtype=d.dtype)
    for k, part in enumerate(parts):
        i, j = divmod(k, 3)
        wide[:, i : i + height, j : j + width] += part
    return wide[:, 1:-1, 1:-1]


def softmax(a: np.ndarray) -> np.ndarray:
    """Over the last axis."""
    e = np.exp(a - a.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
