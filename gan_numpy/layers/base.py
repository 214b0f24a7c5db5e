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

Batch normalization brings two more things. It keeps running statistics: *buffers*,
arrays that training changes though no gradient moves them. ``forward`` changes nothing,
so it is for whoever trains to ``commit`` what the statistics of a batch, which are in
its cache, add to them: once per batch, and not at all for a network that is frozen.
And its outputs depend on the other examples of the batch: it is not ``per_example``.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

Cache = Any
Grads = dict[str, np.ndarray]
SameLayer = TypeVar("SameLayer", bound="Layer")


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
    buffers: Mapping[str, np.ndarray] = MappingProxyType({})
    per_example: bool = True

    def __init__(self) -> None:
        self.params = {}

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

    def with_params(
        self: SameLayer,
        params: Mapping[str, np.ndarray],
        buffers: Mapping[str, np.ndarray] | None = None,
    ) -> SameLayer:
        """The same layer with other parameter values, for instance averaged ones.

        Parameters
        ----------
        params : dict
            The arrays to compute with, with the names and shapes of this layer's.
        buffers : dict, optional
            The same for the buffers; if not given, copies of this layer's. Either way
            the original's buffers are safe from what the twin commits.

        Raises
        ------
        ValueError
            If names or shapes differ from this layer's.
        """
        check_fit("parameters", params, self.params)
        if buffers is None:
            buffers = {key: value.copy() for key, value in self.buffers.items()}
        check_fit("buffers", buffers, self.buffers)
        twin = object.__new__(type(self))
        twin.__dict__.update(self.__dict__)
        twin.params = {key: params[key] for key in self.params}
        twin.buffers = {key: buffers[key] for key in self.buffers}
        return twin


def check_fit(
    what: str, given: Mapping[str, np.ndarray], own: Mapping[str, np.ndarray]
) -> None:
    """Refuse arrays that differ in name or shape from those that they would replace.

    Raises
    ------
    ValueError
        If they do.
    """
    shapes = {name: value.shape for name, value in given.items()}
    expected = {name: value.shape for name, value in own.items()}
    if shapes != expected:
        raise ValueError(f"{what} {shapes} do not fit the network's {expected}")
