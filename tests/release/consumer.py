"""A program that uses the package's public names, for mypy: it sees their types.

The lines marked as wrong are: mypy complains if it finds nothing to ignore there, as it
would if a name were of no known type.
"""

# mypy: disallow-untyped-calls, disallow-any-unimported, warn-return-any
# mypy: warn-unused-ignores, check-untyped-defs

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gan_numpy import (
    OBJECTIVES,
    Adam,
    Dense,
    ExponentialDecay,
    Layer,
    ReLU,
    Sequential,
    TrainingState,
    __version__,
    check_gradients,
    get_recipe,
    initial_state,
    load_dataset,
    parzen_log_likelihood,
    train_epoch,
    use_kernels,
)
from gan_numpy.layers.initializers import normal

Array = npt.NDArray[Any]


def network(units: int) -> Sequential:
    """Two layers, by their public names."""
    rng = np.random.default_rng(0)
    first: Layer = Dense(64, units, init=normal(0.1), rng=rng)
    return Sequential([("h0", first), ("relu", ReLU())])


def step(x: Array) -> dict[str, Array]:
    """One forward and one backward, with the types that both promise."""
    layer = Dense(5, 3, init=normal(0.1), rng=np.random.default_rng(0))
    y, cache = layer.forward(x)
    dx, grads = layer.backward(np.ones_like(y), cache)
    optimizer = Adam(ExponentialDecay(0.01))
    optimizer.update(layer.params, grads, optimizer.init(layer.params), epoch=1)
    return grads


def train() -> tuple[TrainingState, float]:
    """An epoch of the smallest recipe, and a score."""
    recipe = get_recipe("digits").replace(epochs=1, batch_size=200)
    data = load_dataset("digits")
    state = initial_state(recipe, data, seed=0)
    with use_kernels("reference"):
        train_epoch(state, recipe, data)
    images = data.scaled("test")[:50].astype(float)
    return state, parzen_log_likelihood(images, images[:20], 0.2).log_likelihood


def relu_backward(dy: Array, x: Array) -> Array:
    """A gradient to be checked."""
    return dy * (x > 0)


def mistakes() -> None:
    """What a type checker must find."""
    number: int = __version__  # type: ignore[assignment]
    load_dataset(3)  # type: ignore[arg-type]
    get_recipe("digits").no_such_attribute  # type: ignore[attr-defined]
    names: list[int] = list(OBJECTIVES)  # type: ignore[arg-type]
    check_gradients(relu_backward, seed="zero")  # type: ignore[arg-type]
    print(number, names)
