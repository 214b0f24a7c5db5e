r"""The layer protocol, stated once.

A layer is a differentiable map :math:`y = f(x; \theta)`. It knows two things:

- ``forward`` computes :math:`y` and a *cache*: whatever ``backward`` will need;
- ``backward`` takes an arbitrary cotangent :math:`dy = \partial L/\partial y` and the
  cache, and returns the vector-Jacobian products

  .. math:: dx = dy \cdot \frac{\partial y}{\partial x}, \qquad
            d\theta = dy \cdot \frac{\partial y}{\partial\theta}.

Caches are returned and never stored on the layer: the discriminator runs on real and on
generated batches before either of its backward passes. ``backward`` returns fresh
gradients and updates nothing; who trains decides what to do with them.

A layer that a gradient penalty may cross knows a third thing. The penalty is a function
of the :math:`dx` that ``backward`` computed, so its own gradient asks how :math:`dx`
depends on everything it was made of. ``backward_vjp`` answers with the vector-Jacobian
products of ``backward`` itself. For a cotangent :math:`u = \partial P/\partial(dx)`,
with the scalar

.. math:: S = \langle u, dx \rangle
            = \sum_{n,i,j} u_{ni}\, dy_{nj}\, \frac{\partial y_{nj}}{\partial x_{ni}},

it returns :math:`\partial S/\partial(dy)`, :math:`\partial S/\partial\theta` and
:math:`\partial S/\partial x`. As :math:`dx` is linear in :math:`dy`, the first is the
derivative of :math:`y` in the direction :math:`u`; the last vanishes for layers that
are linear in :math:`x`, piece by piece: they have no curvature.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import numpy as np

Cache = Any
Grads = dict[str, np.ndarray]


class Layer:
    """Base class of all layers.

    Attributes
    ----------
    params : dict of str to ndarray
        The trainable arrays by name; empty if there are none.
    buffers : dict of str to ndarray
        The arrays that `commit` changes and no gradient, by name; mostly empty.
    per_example : bool
        Whether each output depends on its own example only. If not, real and generated
        batches must not be mixed, and no gradient penalty is defined.
    """

    params: dict[str, np.ndarray]
    buffers: dict[str, np.ndarray] = MappingProxyType({})  # type: ignore[assignment]
    per_example: bool = True

    def __init__(self) -> None:
        self.params = {}
        self.buffers = {}

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Compute the output and what the backward pass needs.

        Parameters
        ----------
        x : ndarray
            A batch: (N, features) or (N, C, H, W).
        train : bool
            Whether stochastic layers draw noise.
        rng : numpy.random.Generator, optional
            Source of that noise; required by stochastic layers when `train` is true.

        Returns
        -------
        y : ndarray
            The layer's output, in the dtype of `x`.
        cache : object
            To be passed to `backward`; opaque to the caller.
        """
        raise NotImplementedError

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Multiply a cotangent by the layer's Jacobians.

        Parameters
        ----------
        dy : ndarray
            Gradient of a loss with respect to this layer's output, shaped like it.
        cache : object
            What `forward` returned.
        param_grads, input_grad : bool
            Which products to compute. The generator's step crosses the discriminator
            with ``param_grads=False``; a network's first layer needs no input gradient.

        Returns
        -------
        dx : ndarray or None
            Shaped like `x`; None if ``input_grad=False``.
        grads : dict
            Fresh arrays with the keys and shapes of `params`; empty if
            ``param_grads=False``.
        """
        raise NotImplementedError

    def backward_vjp(
        self, u: np.ndarray, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        r"""Multiply a cotangent by the Jacobians of `backward`: the second order.

        Parameters
        ----------
        u : ndarray
            Gradient of a penalty with respect to the `dx` of `backward`.
        dy : ndarray
            The cotangent that `backward` received.
        cache : object
            What `forward` returned.

        Returns
        -------
        d_dy : ndarray
            :math:`\partial S/\partial(dy)`, shaped like `dy`.
        grads : dict
            :math:`\partial S/\partial\theta`: fresh arrays with the keys of `params`.
        d_x : ndarray or None
            :math:`\partial S/\partial x`; None if it is zero for every `x`.

        Raises
        ------
        NotImplementedError
            If the layer has no second order.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no backward_vjp: a gradient penalty cannot "
            f"cross it"
        )

    def commit(self, cache: Cache, rate: float | None = None) -> None:
        """Let the buffers take in, in place, what a training batch says about them.

        Parameters
        ----------
        cache : object
            What `forward` returned. If it was not in training mode, nothing happens.
        rate : float, optional
            Weight of this batch; the layer's own if not given.
        """

    def with_arrays(
        self, params: dict[str, np.ndarray], buffers: dict[str, np.ndarray]
    ) -> Layer:
        """The same layer around other arrays, which it does not copy.

        Parameters
        ----------
        params, buffers : dict
            With the keys and shapes of this layer's own.
        """
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.params, twin.buffers = dict(params), dict(buffers)
        return twin


def members(arrays: dict[str, np.ndarray], name: str) -> dict[str, np.ndarray]:
    """The arrays of the member `name` of a network, without its prefix."""
    prefix = f"{name}."
    return {
        key.removeprefix(prefix): value
        for key, value in arrays.items()
        if key.startswith(prefix)
    }


def check_input(layer: Layer, x: np.ndarray, features: int, dtype: np.dtype) -> None:
    """Refuse a batch of the wrong width or dtype, with one clear line.

    A float64 batch in a float32 layer would silently turn every later array into
    float64, at half the speed; an integer batch would do the same.

    Raises
    ------
    ValueError
        If `x` is not of shape (N, features).
    TypeError
        If the dtype of `x` is not that of the layer's parameters.
    """
    name = type(layer).__name__
    if x.ndim != 2 or x.shape[1] != features:
        raise ValueError(
            f"{name} expects a batch of shape (N, {features}), got {x.shape}"
        )
    if x.dtype != dtype:
        raise TypeError(
            f"{name} has {dtype} parameters, got a {x.dtype} batch: "
            f"convert it with x.astype(np.{dtype})"
        )


def check_float(layer: Layer, x: np.ndarray) -> None:
    """Refuse a batch that is not float32 or float64.

    Raises
    ------
    TypeError
        If the dtype of `x` is another one.
    """
    if x.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{type(layer).__name__} expects a float32 or float64 batch, got {x.dtype}"
        )
