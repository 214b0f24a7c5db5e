r"""Networks: layers in a row.

For :math:`y = f_L \circ \dots \circ f_1 (x)` the chain rule runs the layers' backward
passes in the opposite order, each receiving the cotangent that the next one returned.

The second order, for a penalty on :math:`dx`, is again a chain rule, for a computation
that has two sweeps. Layer :math:`l` maps :math:`x_l` to :math:`x_{l+1}`, and its
backward pass maps :math:`\delta_{l+1}` to :math:`\delta_l`; :math:`\delta_1 = dx`.

1. The *u sweep* runs from the input up, against the order of the backward passes:
   ``backward_vjp`` turns :math:`u_l = \partial S/\partial\delta_l` into
   :math:`u_{l+1}`. On the way it yields :math:`\partial S/\partial\theta_l` and, where
   the layer is curved, :math:`\rho_l`, the part of :math:`\partial S/\partial x_l` that
   passes through the slopes of layer :math:`l`.
2. The *r sweep* runs down, and is an ordinary backward pass of the :math:`\rho_l`:
   :math:`r_l = \partial S/\partial x_l` is
   :math:`\rho_l + r_{l+1}\,\partial x_{l+1}/\partial x_l`, and
   :math:`r_{l+1}\,\partial x_{l+1}/\partial\theta_l` is added to the gradients. It has
   nothing to do in a network that is piecewise linear.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer, check_fit


class Sequential(Layer):
    """Named layers applied one after the other; itself a layer.

    Parameters
    ----------
    layers : iterable of (str, Layer)
        Names and layers, input first. Parameters are named ``layer.param``,
        for instance ``h0.W``, and buffers likewise.

    Raises
    ------
    ValueError
        If two layers have the same name, or a name contains a dot.

    Examples
    --------
    >>> import numpy as np
    >>> from gan_numpy.layers import Dense, ReLU, Sequential
    >>> from gan_numpy.layers.initializers import normal
    >>> rng = np.random.default_rng(0)
    >>> options = {"init": normal(0.1), "rng": rng}
    >>> layer = Sequential(
    ...     [
    ...         ("h", Dense(5, 4, **options)),
    ...         ("relu", ReLU()),
    ...         ("y", Dense(4, 1, **options)),
    ...     ]
    ... )
    >>> list(layer.params)
    ['h.W', 'h.b', 'y.W', 'y.b']
    >>> x = np.zeros((7, 5), dtype=np.float32)
    >>> y, cache = layer.forward(x)
    >>> y.shape
    (7, 1)
    >>> dx, grads = layer.backward(np.ones_like(y), cache)
    >>> dx.shape, grads["h.W"].shape
    ((7, 5), (5, 4))
    """

    def __init__(self, layers: Iterable[tuple[str, Layer]]) -> None:
        super().__init__()
        pairs = list(layers)
        self.layers = dict(pairs)
        if len(self.layers) < len(pairs):
            raise ValueError(f"layer names repeat: {[name for name, _ in pairs]}")
        if any("." in name for name in self.layers):
            raise ValueError(f"layer names cannot contain a dot: {list(self.layers)}")
        # The same arrays under longer names: an update in place reaches the layers.
        self.params = {
            f"{name}.{key}": value
            for name, layer in self.layers.items()
            for key, value in layer.params.items()
        }
        self.buffers = {
            f"{name}.{key}": value
            for name, layer in self.layers.items()
            for key, value in layer.buffers.items()
        }
        self.per_example = all(layer.per_example for layer in self.layers.values())

    def forward(
        self,
        x: np.ndarray,
        *,
        train: bool = False,
        rng: np.random.Generator | None = None,
    ) -> tuple[np.ndarray, Cache]:
        """Return the last layer's output and every layer's cache, by name."""
        caches = {}
        for name, layer in self.layers.items():
            x, caches[name] = layer.forward(x, train=train, rng=rng)
        return x, caches

    def backward(
        self,
        dy: np.ndarray,
        cache: Cache,
        *,
        param_grads: bool = True,
        input_grad: bool = True,
    ) -> tuple[np.ndarray | None, Grads]:
        """Chain the layers' backward passes, last layer first.

        Without `input_grad` the sweep ends at the lowest layer with parameters, which
        is not asked for its input gradient: nobody would use it.
        """
        grads: Grads = {}
        lowest = None if input_grad else self._lowest_with_params()
        cotangent: np.ndarray | None = dy
        for name, layer in reversed(self.layers.items()):
            assert cotangent is not None  # only the lowest layer returns None
            cotangent, layer_grads = layer.backward(
                cotangent,
                cache[name],
                param_grads=param_grads,
                input_grad=name != lowest,
            )
            for key, value in layer_grads.items():
                grads[f"{name}.{key}"] = value
            if name == lowest:
                break
        return cotangent if input_grad else None, grads

    def cotangents(
        self, dy: np.ndarray, cache: Cache
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The input gradient and, by layer, the cotangent that each backward received.

        Parameters
        ----------
        dy : ndarray
            Cotangent of the network's output.
        cache : object
            What `forward` returned.

        Returns
        -------
        dx : ndarray
            The input gradient of `backward`.
        received : dict
            For `backward_vjp`.
        """
        received = {}
        for name, layer in reversed(self.layers.items()):
            received[name] = dy
            dx, _ = layer.backward(dy, cache[name], param_grads=False)
            assert dx is not None  # asked for by input_grad=True
            dy = dx
        return dy, received

    def backward_vjp(
        self,
        u: np.ndarray,
        dy: np.ndarray,
        cache: Cache,
        *,
        received: dict[str, np.ndarray] | None = None,
        input_grad: bool = True,
    ) -> tuple[np.ndarray, Grads, np.ndarray | None]:
        """The u sweep, then the r sweep, as described on top of this file.

        Parameters
        ----------
        u, dy, cache
            As for every layer.
        received : dict, optional
            What ``cotangents(dy, cache)`` returned, if the caller has it.
        input_grad : bool
            Whether to compute `d_x`.

        Returns
        -------
        d_dy, grads, d_x
            As for every layer; `d_x` is None if ``input_grad=False``.
        """
        if received is None:
            _, received = self.cotangents(dy, cache)
        grads: Grads = {}
        curvature: dict[str, np.ndarray | None] = {}
        for name, layer in self.layers.items():
            u, layer_grads, curvature[name] = layer.backward_vjp(
                u, received[name], cache[name]
            )
            grads.update({f"{name}.{key}": g for key, g in layer_grads.items()})
        r = self._r_sweep(curvature, cache, grads, input_grad)
        return u, grads, r

    def _r_sweep(
        self,
        curvature: dict[str, np.ndarray | None],
        cache: Cache,
        grads: Grads,
        input_grad: bool,
    ) -> np.ndarray | None:
        """Send every layer's rho down; add the gradients met on the way to `grads`."""
        lowest = None if input_grad else self._lowest_with_params()
        r: np.ndarray | None = None
        for name, layer in reversed(self.layers.items()):
            if r is not None:
                wanted = name != lowest
                r, extra = layer.backward(r, cache[name], input_grad=wanted)
                for key, value in extra.items():
                    grads[f"{name}.{key}"] += value
            if name == lowest:
                return None
            rho = curvature[name]
            if rho is not None:
                r = rho if r is None else r + rho
        return r if input_grad else None

    def _lowest_with_params(self) -> str | None:
        return next((name for name, layer in self.layers.items() if layer.params), None)

    def commit(self, cache: Cache, rate: float | None = None) -> None:
        """Let every layer's buffers take in what the batch of this cache says."""
        for name, layer in self.layers.items():
            layer.commit(cache[name], rate)

    def with_params(
        self,
        params: Mapping[str, np.ndarray],
        buffers: Mapping[str, np.ndarray] | None = None,
    ) -> Sequential:
        """The same network with other parameter values; see `Layer.with_params`."""
        check_fit("parameters", params, self.params)
        if buffers is not None:
            check_fit("buffers", buffers, self.buffers)
        twins = []
        for name, layer in self.layers.items():
            own = {key: params[f"{name}.{key}"] for key in layer.params}
            kept = None
            if buffers is not None:
                kept = {key: buffers[f"{name}.{key}"] for key in layer.buffers}
            twins.append((name, layer.with_params(own, kept)))
        return Sequential(twins)
