"""Parameter updates: the reference's bits, in place, for every layout and size."""

import numpy as np
import pytest

from gan_numpy.kernels.native.updates import SERIAL_BELOW
from gan_numpy.kernels.reference import updates as reference

#: name: number of arrays, which of them must not be negative, the numbers
UPDATES = {
    "momentum_update": (3, None, (0.1, 0.5)),
    "adam_update": (4, 2, (3e-4, 0.5, 0.9, 1e-8, 3)),
    "rmsprop_update": (3, 1, (5e-5, 0.9, 1e-8)),
    "average_update": (2, None, (0.9995,)),
}
SHAPES = [(), (1,), (0, 3), (7, 5), (2, 3, 4, 5), (3, SERIAL_BELOW // 2 + 1)]


def make(rng, name, shape, dtype):
    count, positive, numbers = UPDATES[name]
    arrays = [np.asarray(rng.standard_normal(shape), dtype) for _ in range(count)]
    if positive is not None:
        arrays[positive] = np.asarray(np.abs(arrays[positive]), dtype)
    return arrays, numbers


@pytest.mark.parametrize("name", UPDATES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_the_bits_of_the_reference(kernels, rng, dtype, name, shape):
    arrays, numbers = make(rng, name, shape, dtype)
    expected = [a.copy() for a in arrays]
    getattr(reference, name)(*expected, *numbers)
    assert getattr(kernels, name)(*arrays, *numbers) is None
    for result, exact in zip(arrays, expected):
        assert result.dtype == dtype
        np.testing.assert_array_equal(result, exact)


@pytest.mark.parametrize("name", UPDATES)
def test_layouts(kernels, layout, rng, dtype, name):
    arrays, numbers = make(rng, name, (9, 13), dtype)
    expected = [a.copy() for a in arrays]
    getattr(reference, name)(*expected, *numbers)
    arranged = [layout(a) for a in arrays]
    if not arranged[0].flags.writeable:
        with pytest.raises(ValueError, match="read-only"):
            getattr(kernels, name)(*arranged, *numbers)
        arranged[:-1] = [a.copy() for a in arranged[:-1]]
    getattr(kernels, name)(*arranged, *numbers)
    for result, exact in zip(arranged, expected):
        np.testing.assert_array_equal(result, exact)


@pytest.mark.parametrize("name", UPDATES)
def test_float64_state_beside_a_float32_gradient(kernels, rng, name):
    arrays, numbers = make(rng, name, (4, 6), np.float64)
    arrays[-1] = arrays[-1].astype(np.float32)
    expected = [a.copy() for a in arrays]
    getattr(reference, name)(*expected, *numbers)
    getattr(kernels, name)(*arrays, *numbers)
    for result, exact in zip(arrays, expected):
        np.testing.assert_array_equal(result, exact)


@pytest.mark.parametrize("name", UPDATES)
def test_nan_stays_where_it_is(kernels, rng, dtype, name):
    arrays, numbers = make(rng, name, (50,), dtype)
    arrays[-1][7] = np.nan
    getattr(kernels, name)(*arrays, *numbers)
    assert np.isnan(arrays[0][7])
    assert np.isfinite(np.delete(arrays[0], 7)).all()


def test_adam_against_the_formula_in_float64(kernels, rng):
    arrays, _ = make(rng, "adam_update", (40,), np.float64)
    theta, m, v, g = (a.copy() for a in arrays)
    for t in (1, 2, 3):
        kernels.adam_update(*arrays, 0.01, 0.9, 0.999, 1e-8, t)
        m = 0.9 * m + 0.1 * g
        v = 0.999 * v + 0.001 * g**2
        step = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
        theta = theta - 0.01 * step
    np.testing.assert_allclose(arrays[0], theta, rtol=1e-12, atol=1e-14)
