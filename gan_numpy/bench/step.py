"""Training steps: the paper's MNIST networks, whole and by part, and DCGAN's."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gan_numpy import kernels
from gan_numpy.datasets import Dataset
from gan_numpy.kernels import use_kernels
from gan_numpy.recipes import get_recipe
from gan_numpy.training.algorithm1 import alternating_update
from gan_numpy.training.minibatches import Batch
from gan_numpy.training.state import initial_state

BATCH = 100
# The matrix products that Algorithm 1's step cannot do without, as (m, k, n), and how
# often: G forward for D and for G, D on both halves and on the fakes, and backward.
PRODUCTS = {
    "G h0 forward": (100, 100, 1200, 2),
    "G h1 forward": (100, 1200, 1200, 2),
    "G y forward": (100, 1200, 784, 2),
    "D h0 forward, 200 rows": (200, 784, 1200, 1),
    "D h1 forward, 200 rows": (200, 240, 1200, 1),
    "D h0 forward": (100, 784, 1200, 1),
    "D h1 forward": (100, 240, 1200, 1),
    "D h0 dW": (784, 200, 1200, 1),
    "D h1 dW": (240, 200, 1200, 1),
    "D h1 dx, 200 rows": (200, 1200, 240, 1),
    "D h1 dx": (100, 1200, 240, 1),
    "D h0 dx": (100, 1200, 784, 1),
    "G y dW": (1200, 100, 784, 1),
    "G y dx": (100, 784, 1200, 1),
    "G h1 dW": (1200, 100, 1200, 1),
    "G h1 dx": (100, 1200, 1200, 1),
    "G h0 dW": (100, 100, 1200, 1),
}


def flops() -> float:
    """Operations of the step's matrix products."""
    return sum(2.0 * m * k * n * times for m, k, n, times in PRODUCTS.values())


def make_step(name: str, recipe_name: str = "mnist") -> Callable[[], None]:
    """A training step with the implementation `name` of the kernels.

    Random pixels stand in for MNIST's: the work is the same.

    Parameters
    ----------
    name : {"reference", "fused", "native"}
    recipe_name : {"mnist", "mnist-fast", "dcgan-mnist"}
        The paper's step, the one with R1's second sweep, Adam and averaging, or the
        one with convolutions and batch normalization.
    """
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (1000, 784), dtype=np.uint8)
    data = Dataset("random", pixels, pixels[:10], pixels[:10], 255.0, (28, 28))
    recipe = get_recipe(recipe_name).replace(update="alternating")
    average = recipe.make_average()
    state = initial_state(recipe, data, 0)
    batch = Batch(data.scaled("train", slice(0, recipe.batch_size)))

    def step() -> None:
        with use_kernels(name):
            alternating_update(state, recipe, lambda: batch)
            if average and state.average is not None:
                average.update(state.average, state.G.params)

    return step


def products_only(dtype: type = np.float32) -> Callable[[], None]:
    """The step's matrix products alone, by NumPy's BLAS."""
    rng = np.random.default_rng(0)
    operands = [
        (rng.random((m, k), dtype=dtype), rng.random((k, n), dtype=dtype), times)
        for m, k, n, times in PRODUCTS.values()
    ]

    def run() -> None:
        for a, b, times in operands:
            for _ in range(times):
                np.matmul(a, b)

    return run


def parts(name: str) -> dict[str, Callable[[], object]]:
    """The operations of the step one by one, at their sizes in the step."""
    rng = np.random.default_rng(0)

    def array(*shape: int) -> np.ndarray:
        return rng.random(shape, dtype=np.float32) - np.float32(0.5)

    x, h, dh = array(200, 784), array(100, 1200), array(200, 240)
    W0, b0, W1, b1 = array(784, 1200), array(1200), array(1200, 1200), array(1200)
    winners = rng.integers(0, 5, (200, 240)).astype(np.uint8)
    params = [array(1200, 1200), array(1200, 784), array(784, 1200), array(240, 1200)]
    velocities, grads = [np.zeros_like(p) for p in params], [p.copy() for p in params]

    def updates() -> None:
        for param, velocity, grad in zip(params, velocities, grads):
            kernels.momentum_update(param, velocity, grad, 1e-6, 0.5)

    operations: dict[str, Callable[[], object]] = {
        "affine 100x1200x1200": lambda: kernels.affine(h, W1, b1),
        "its parameter gradients": lambda: kernels.affine_param_grads(h, h),
        "its input gradient": lambda: kernels.affine_input_grad(h, W1),
        "maxout 200x784x240x5": lambda: kernels.maxout(x, W0, b0, 5),
        "its parameter gradients ": lambda: kernels.maxout_param_grads(
            dh, winners, x, 5
        ),
        "its input gradient ": lambda: kernels.maxout_input_grad(dh, winners, W0),
        "dropout 200x784": lambda: kernels.dropout(x, 0.8, 1),
        "momentum, 3.6 M weights": updates,
    }

    def with_kernels(operation: Callable[[], object]) -> Callable[[], object]:
        def run() -> None:
            with use_kernels(name):
                operation()

        return run

    return {key: with_kernels(operation) for key, operation in operations.items()}
