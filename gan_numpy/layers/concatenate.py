r"""Concatenate: networks side by side, each on its own columns of the input.

.. math:: y = [f_1(x_{C_1}), f_2(x_{C_2}), \dots], \qquad
          dx = \sum_i \text{(the branch's } dx_i \text{ in the columns } C_i).

The columns :math:`C_i` of different branches may overlap, and the gradients of a column
that several branches read are added. That is all that a conditional GAN needs:

- a network that is told a class reads one row ``[z, onehot(y)]`` or ``[x, onehot(y)]``;
  a dense layer on ``onehot(y)`` is an embedding: it picks a row of its weights;
- a generator that also hands its class on, through a branch without layers, makes pairs
  ``[G(z, y), onehot(y)]``, which the discriminator judges beside the data's pairs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer, check_fit
from gan_numpy.layers.sequential import Sequential

Branch = tuple[str, slice, Sequential]


class Concatenate(Layer):
    """Networks side by side; itself a layer.

    Parameters
    ----------
    branches : iterable of (str, slice, Sequential)
        Name, columns of the input (a slice with a start and a stop), and network. One
        without layers, ``Sequential([])``, hands its columns on. Parameters are named
        ``branch.layer.param``.
    width : int
        Number of columns of the input.

    Raises
    ------
    ValueError
        If a name repeats or contains a dot, or columns lie outside the input.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Concatenate, Dense, Sequential
    >>> from gan_numpy.layers.initializers import normal
    >>> rng = np.random.default_rng(0)
    >>> z = Sequential([("h", Dense(4, 6, init=normal(0.1), rng=rng))])
    >>> branches = [("z", slice(0, 4), z), ("y", slice(4, 7), Sequential([]))]
    >>> layer = Concatenate(branches, width=7)
    >>> x = np.zeros((5, 7), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (5, 9)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["z.h.W"].shape
    ((5, 7), (4, 6))
    """

    def __init__(self, branches: Iterable[Branch], width: int) -> None:
        super().__init__()
        self.branches = list(branches)
        self.width = width
        names = [name for name, _, _ in self.branches]
        if len(set(names)) < len(names) or any("." in name for name in names):
            raise ValueError(f"branch names must differ and have no dots: {names}")
        for name, columns, _ in self.branches:
            if not 0 <= columns.start < columns.stop <= width:
                raise ValueError(
                    f"branch {name} reads columns {columns.start}:{columns.stop} of an "
                    f"input with {width}"
                )
        self.params = {
            f"{name}.{key}": value
            for name, _, network in self.branches
            for key, value in network.params.items()
        }
        self.buffers = {
            f"{name}.{key}": value
            for name, _, network in self.branches
            for key, value in network.buffers.items()
        }
        self.per_example = all(net.per_example for _, _, net in self.branches)

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the branches' outputs side by side; their caches and widths."""
        if x.ndim != 2 or x.shape[1] != self.width:
            raise ValueError(
                f"Concatenate expects a batch of shape (N, {self.width}), got {x.shape}"
            )
        outputs, caches = [], []
        for _, columns, network in self.branches:
            y, cache = network.forward(
                np.ascontiguousarray(x[:, columns]), train=train, rng=rng
            )
            outputs.append(y)
            caches.append(cache)
        return np.hstack(outputs), (caches, [y.shape[1] for y in outputs])

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Split `dy`, cross every branch, add up what meets in a column."""
        caches, widths = cache
        dx = np.zeros((len(dy), self.width), dtype=dy.dtype) if input_grad else None
        grads: Grads = {}
        for (name, columns, network), branch_cache, part in zip(
            self.branches, caches, _split(dy, widths)
        ):
            dx_branch, own = network.backward(
                part, branch_cache, param_grads=param_grads, input_grad=input_grad
            )
            grads.update({f"{name}.{key}": value for key, value in own.items()})
            if dx is not None:
                dx[:, columns] += dx_branch
        return dx, grads

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """The branches' second orders side by side: each sees its columns of `u`."""
        caches, widths = cache
        d_x: np.ndarray | None = None  # until a branch turns out to be curved
        d_dy, grads = [], {}
        for (name, columns, network), branch_cache, part in zip(
            self.branches, caches, _split(dy, widths)
        ):
            d_part, own, curvature = network.backward_vjp(
                np.ascontiguousarray(u[:, columns]), part, branch_cache
            )
            d_dy.append(d_part)
            grads.update({f"{name}.{key}": value for key, value in own.items()})
            if curvature is not None:
                d_x = np.zeros_like(u) if d_x is None else d_x
                d_x[:, columns] += curvature
        return np.hstack(d_dy), grads, d_x

    def commit(self, cache: Cache, rate: float | None = None) -> None:
        """Let every branch's buffers take in what its cache says."""
        caches, _ = cache
        for (_, _, network), branch_cache in zip(self.branches, caches):
            network.commit(branch_cache, rate)

    def with_params(
        self,
        params: Mapping[str, np.ndarray],
        buffers: Mapping[str, np.ndarray] | None = None,
    ) -> Concatenate:
        """The same branches with other parameter values; see `Layer.with_params`."""
        check_fit("parameters", params, self.params)
        if buffers is not None:
            check_fit("buffers", buffers, self.buffers)
        twins = []
        for name, columns, network in self.branches:
            own = {key: params[f"{name}.{key}"] for key in network.params}
            kept = None
            if buffers is not None:
                kept = {key: buffers[f"{name}.{key}"] for key in network.buffers}
            twins.append((name, columns, network.with_params(own, kept)))
        return Concatenate(twins, self.width)


def _split(dy: np.ndarray, widths: list[int]) -> list[np.ndarray]:
    """The columns of `dy` that belong to each branch."""
    parts = np.split(dy, np.cumsum(widths)[:-1], axis=1)
    return [np.ascontiguousarray(part) for part in parts]
