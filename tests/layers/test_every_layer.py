"""Every check on every layer: the protocol of `gan_numpy.layers.base`, by clause.

The rules of the gradient checks: float64, a random cotangent (an all-ones one hides
mistakes), inputs at least .05 away from zero and all different, so that no kink and no
tie is near. The oracle is `tests.numeric`, which knows nothing of the package.
"""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.layers import Layer, Tanh
from gan_numpy.layers.sequential import Sequential
from tests.layers.examples import EXAMPLES, Example
from tests.numeric import numerical_gradient, relative_error

TOLERANCE = 1e-8
CASES = {
    f"{name}{k or ''}": example
    for name, examples in EXAMPLES.items()
    for k, example in enumerate(examples)
}
SECOND_ORDER = [name for name, example in CASES.items() if example.second_order]
every_layer = pytest.mark.parametrize("case", CASES)
every_second_order = pytest.mark.parametrize("case", SECOND_ORDER)


def inputs(example: Example, rng: np.random.Generator) -> np.ndarray:
    """Values of absolute value .05 to 2, no two of them equal, in random order."""
    size = int(np.prod(example.shape))
    values = np.linspace(0.05, 2, size) * rng.choice([-1, 1], size)
    return rng.permutation(values).reshape(example.shape)


def run(layer: Layer, x: np.ndarray, example: Example):
    """Forward in the example's mode, with the same noise each time."""
    return layer.forward(x, train=example.train, rng=np.random.default_rng(5))


def loss(example: Example, x: np.ndarray, dy: np.ndarray) -> float:
    """A scalar whose gradients are what `backward` has to return for `dy`."""
    return float(np.sum(run(example.layer, x, example)[0] * dy))


def scalar(example: Example, x: np.ndarray, u: np.ndarray, dy: np.ndarray) -> float:
    """S = <u, backward(dy)>, whose gradients `backward_vjp` has to return."""
    _, cache = run(example.layer, x, example)
    dx, _ = example.layer.backward(dy, cache, param_grads=False)
    return float(np.sum(u * dx))


def arrays_in(value: object) -> list[np.ndarray]:
    """All arrays in a cache, however it is nested."""
    if isinstance(value, np.ndarray):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, tuple | list):
        return [array for part in value for array in arrays_in(part)]
    return []


def float32_twin(layer: Layer) -> Layer:
    params = {key: value.astype(np.float32) for key, value in layer.params.items()}
    buffers = {key: value.astype(np.float32) for key, value in layer.buffers.items()}
    return layer.with_params(params, buffers)


@every_layer
def test_gradients(case, rng):
    example = CASES[case]
    x = inputs(example, rng)
    y, cache = run(example.layer, x, example)
    dy = rng.normal(size=y.shape)
    dx, grads = example.layer.backward(dy, cache)
    numeric = example.factor * numerical_gradient(lambda: loss(example, x, dy), x)
    assert dx.shape == x.shape and relative_error(dx, numeric) < TOLERANCE
    assert grads.keys() == example.layer.params.keys()
    for key, value in example.layer.params.items():
        numeric = numerical_gradient(lambda: loss(example, x, dy), value)
        assert grads[key].shape == value.shape, key
        assert relative_error(grads[key], numeric) < TOLERANCE, key


@every_second_order
def test_second_order(case, rng):
    example = CASES[case]
    layer, x = example.layer, inputs(example, rng)
    y, cache = run(layer, x, example)
    u, dy = rng.normal(size=x.shape), rng.normal(size=y.shape)
    d_dy, grads, d_x = layer.backward_vjp(u, dy, cache)

    def S():
        return scalar(example, x, u, dy)

    assert d_dy.shape == dy.shape
    assert relative_error(d_dy, numerical_gradient(S, dy)) < TOLERANCE
    assert np.sum(d_dy * dy) == pytest.approx(S(), rel=1e-11)  # dx is linear in dy
    assert grads.keys() == layer.params.keys()
    for key, value in layer.params.items():
        numeric = numerical_gradient(S, value)
        scale = max(np.abs(u).max(), np.abs(numeric).max())  # S ignores most biases
        assert grads[key].shape == value.shape, key
        assert np.abs(grads[key] - numeric).max() < TOLERANCE * scale, key
    numeric = numerical_gradient(S, x)
    if example.curved:
        assert relative_error(d_x, numeric) < TOLERANCE and np.abs(d_x).max() > 0.01
    else:  # no work is spent on zeros
        assert d_x is None and np.abs(numeric).max() < TOLERANCE


@every_layer
def test_only_what_is_asked_for_is_computed(case, rng):
    example = CASES[case]
    y, cache = run(example.layer, inputs(example, rng), example)
    dy = rng.normal(size=y.shape)
    both, every = example.layer.backward(dy, cache)
    dx, grads = example.layer.backward(dy, cache, param_grads=False)
    np.testing.assert_array_equal(dx, both)
    assert grads == {}
    dx, grads = example.layer.backward(dy, cache, input_grad=False)
    assert dx is None and grads.keys() == every.keys() == example.layer.params.keys()
    for key, value in grads.items():
        np.testing.assert_array_equal(value, every[key])


@every_layer
def test_nothing_changes(case, rng):
    """Neither input, cotangents, cache, parameters nor buffers, in any pass."""
    example = CASES[case]
    layer, x = example.layer, inputs(example, rng)
    y, cache = run(layer, x, example)
    u, dy = rng.normal(size=x.shape), rng.normal(size=y.shape)
    kept = [x, y, u, dy, *arrays_in(cache), *layer.params.values()]
    kept += layer.buffers.values()
    before = [array.copy() for array in kept]
    layer.backward(dy, cache)
    if example.second_order:
        layer.backward_vjp(u, dy, cache)
    run(layer, inputs(example, rng), example)
    for array, value in zip(kept, before, strict=True):
        np.testing.assert_array_equal(array, value)


@every_layer
def test_gradients_are_fresh_and_caches_do_not_mix(case, rng):
    """D runs on real and fake batches before any backward; gradients are added up."""
    example = CASES[case]
    layer, x = example.layer, inputs(example, rng)
    y, cache = run(layer, x, example)
    u, dy = rng.normal(size=x.shape), rng.normal(size=y.shape)
    run(layer, inputs(example, rng), example)  # another batch in between
    passes = [lambda: layer.backward(dy, cache)[:2]]
    if example.second_order:
        passes.append(lambda: layer.backward_vjp(u, dy, cache)[:2])
    for once in passes:
        (first, grads), (again, grads_again) = once(), once()
        np.testing.assert_array_equal(first, again)
        others = [x, y, u, dy, *arrays_in(cache), *layer.params.values()]
        for key, grad in grads.items():
            np.testing.assert_array_equal(grad, grads_again[key])
            for other in (*others, *grads_again.values()):
                assert not np.shares_memory(grad, other), key
    doubled, grads_doubled = layer.backward(2 * dy, cache)
    dx, grads = layer.backward(dy, cache)
    np.testing.assert_allclose(doubled, 2 * dx, rtol=1e-12, atol=1e-14)
    for key in grads:
        np.testing.assert_allclose(grads_doubled[key], 2 * grads[key], rtol=1e-12)


@every_layer
def test_float32_stays_float32_and_agrees_with_float64(case, rng):
    example = CASES[case]
    layer, x = example.layer, inputs(example, rng)
    twin = float32_twin(layer)
    y, cache = run(layer, x, example)
    dy, u = rng.normal(size=y.shape), rng.normal(size=x.shape)
    y32, cache32 = run(twin, x.astype(np.float32), example)
    dx, grads = layer.backward(dy, cache)
    dx32, grads32 = twin.backward(dy.astype(np.float32), cache32)
    pairs = {"y": (y32, y), "dx": (dx32, dx)}
    pairs |= {f"d{key}": (grads32[key], grad) for key, grad in grads.items()}
    if example.second_order:
        d_dy, extra, d_x = layer.backward_vjp(u, dy, cache)
        d_dy32, extra32, d_x32 = twin.backward_vjp(
            u.astype(np.float32), dy.astype(np.float32), cache32
        )
        pairs |= {"d_dy": (d_dy32, d_dy)}
        pairs |= {f"{key}''": (extra32[key], grad) for key, grad in extra.items()}
        assert (d_x32 is None) == (d_x is None)
        if d_x is not None:
            pairs["d_x"] = (d_x32, d_x)
    for key, (single, double) in pairs.items():
        assert single.dtype == np.float32 and double.dtype == np.float64, key
        if not example.draws:  # the draws depend on the dtype
            np.testing.assert_allclose(single, double, rtol=1e-3, atol=1e-4)
    assert y32.flags.c_contiguous


@every_layer
def test_batches_of_several_sizes(case, rng):
    """An empty batch too, but where statistics of it would have to be known."""
    example = CASES[case]
    for n in example.sizes:
        x = inputs(example, rng)[:n]
        y, cache = run(example.layer, x, example)
        dx, grads = example.layer.backward(np.ones_like(y), cache)
        assert len(x) == n and dx.shape == x.shape
        assert {k: v.shape for k, v in grads.items()} == {
            k: v.shape for k, v in example.layer.params.items()
        }
        if example.second_order:
            d_dy, _, _ = example.layer.backward_vjp(x, y, cache)
            assert d_dy.shape == y.shape


@every_layer
def test_other_dtypes_are_refused(case, rng):
    """Integers everywhere; float32 in a layer of float64 parameters."""
    example = CASES[case]
    x = inputs(example, rng)
    for dtype in (np.int64, np.float32) if example.layer.params else (np.int64,):
        if example.layer.params or not isinstance(example.layer, Sequential):
            with pytest.raises(TypeError, match=np.dtype(dtype).name):
                run(example.layer, x.astype(dtype), example)


@every_layer
def test_a_twin_computes_with_other_parameters(case, rng):
    example = CASES[case]
    layer, x = example.layer, inputs(example, rng)
    twin = layer.with_params({k: v + 0.5 for k, v in layer.params.items()})
    y, _ = run(layer, x, example)
    assert np.array_equal(run(twin, x, example)[0], y) != bool(layer.params)
    assert not any(
        np.shares_memory(value, twin.buffers[key])
        for key, value in layer.buffers.items()
    )
    with pytest.raises(ValueError, match="do not fit"):
        layer.with_params({"nonsense": np.zeros(3)})


@pytest.mark.parametrize("case", [n for n, e in CASES.items() if not e.second_order])
def test_what_has_no_second_order_says_so(case, rng):
    example = CASES[case]
    x = inputs(example, rng)
    y, cache = run(example.layer, x, example)
    with pytest.raises(NotImplementedError, match="has no backward_vjp"):
        example.layer.backward_vjp(x, y, cache)


def test_a_network_with_a_layer_without_second_order_names_it(rng):
    class Square(Layer):
        def forward(self, x, *, train=False, rng=None):
            return x * x, x

        def backward(self, dy, cache, *, param_grads=True, input_grad=True):
            return 2 * cache * dy, {}

    x = rng.normal(size=(3, 2))
    network = Sequential([("square", Square())])
    y, cache = network.forward(x)
    with pytest.raises(NotImplementedError, match="Square has no backward_vjp"):
        network.backward_vjp(x, y, cache)


def test_a_wrong_gradient_would_be_seen(rng):
    """The oracle itself: a gradient off by one percent does not pass."""
    example = Example(Tanh())
    x = inputs(example, rng)
    y, cache = run(example.layer, x, example)
    dy = rng.normal(size=y.shape)
    dx, _ = example.layer.backward(dy, cache)
    numeric = numerical_gradient(lambda: float(np.sum(np.tanh(x) * dy)), x)
    assert relative_error(1.01 * dx, numeric) > 1e-3
