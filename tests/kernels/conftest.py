"""What the kernel tests share: the implementations and data of every awkward layout."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.kernels import IMPLEMENTATIONS, implementation


def _locked(array):
    array.flags.writeable = False
    return array


LAYOUTS = {
    "C": np.ascontiguousarray,
    "F": np.asfortranarray,
    "strided": lambda a: np.repeat(a, 2, axis=-1)[..., ::2],
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "memmap": lambda a: a.copy().view(np.memmap),
    "read-only": lambda a: _locked(a.copy()),
}


@pytest.fixture(params=sorted(set(IMPLEMENTATIONS) - {"reference"}))
def kernels(request):
    """Each fast implementation in turn."""
    return implementation(request.param)


@pytest.fixture(params=[np.float32, np.float64], ids=["float32", "float64"])
def dtype(request):
    return request.param


@pytest.fixture(params=sorted(LAYOUTS))
def layout(request):
    """A function that gives an array a memory layout and keeps its values."""
    return LAYOUTS[request.param]


@pytest.fixture
def rng():
    return np.random.default_rng(20140610)


@pytest.fixture
def assert_close():
    """Assert a result's dtype and shape, and that it is the float64 one, rounded."""

    def check(result, exact, dtype, scale=1.0):
        assert result.dtype == dtype
        assert result.shape == exact.shape
        tolerance = scale * (2e-5 if dtype == np.float32 else 2e-13)
        np.testing.assert_allclose(result, exact, rtol=0, atol=tolerance)

    return check
