r"""Networks: layers in a row.

For :math:`y = f_L \circ \dots \circ f_1 (x)` the chain rule runs the layers' backward
passes in the opposite order, each receiving the cotangent that the next one returned.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gan_numpy.layers.base import Cache, Grads, Layer


class Sequential(Layer):
    """Named layers applied one after the other; itself a layer.

    Parameters
    ----------
    layers : iterable of (str, Layer)
        Names and layers, input first. Parameters are named ``layer.param``,
        for instance ``h0.W``.

    Raises
    ------
    ValueError
        If two layers have the same name, or a name contains a dot.
    """

    def __init__(self, layers: Iterable[tuple[str, Layer]]) -> None:
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

    def _lowest_with_params(self) -> str | None:
        return next((name for name, layer in self.layers.items() if layer.params), None)

    def with_params(self, params: dict[str, np.ndarray]) -> Sequential:
        """The same network with other parameter values, for instance averaged ones.

        Raises
        ------
        ValueError
            If names or shapes differ from this network's.
        """
        shapes = {name: value.shape for name, value in params.items()}
        expected = {name: value.shape for name, value in self.params.items()}
        if shapes != expected:
            raise ValueError(f"parameters {shapes} do not fit the network's {expected}")
        copies = []
        for name, layer in self.layers.items():
            twin = object.__new__(type(layer))
            twin.__dict__.update(layer.__dict__)
            twin.params = {key: params[f"{name}.{key}"] for key in layer.params}
            copies.append((name, twin))
        return Sequential(copies)
