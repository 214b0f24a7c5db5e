"""A search cannot take all memory, whatever the changed code asks for."""

import numpy as np
import pytest

from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.memory import little_memory

resource = pytest.importorskip("resource", reason="Windows has no such limits")


def test_in_the_block_memory_is_scarce_and_afterward_it_is_not():
    before = resource.getrlimit(resource.RLIMIT_AS)
    with little_memory(1 << 28):
        np.ones(1 << 20)
        with pytest.raises(MemoryError):
            np.ones(1 << 30)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    with pytest.raises(ZeroDivisionError):
        with little_memory():
            1 / 0
    assert resource.getrlimit(resource.RLIMIT_AS) == before


SIZES = (10**9, 7, 3)


def bias_forward(x, w):
    return np.c_[x, np.ones(SIZES[1])] @ w, (x, w)


def bias_backward(dy, cache):
    x, w = cache
    X = np.c_[x, np.ones(SIZES[1])]  # one step from SIZES[0]: eight gigabytes
    return np.outer(dy, w[:-1]), X.T @ dy / len(x)


def test_a_change_that_asks_for_gigabytes_is_one_that_does_not_work(rng):
    x, w = rng.standard_normal((7, 4)), rng.standard_normal(5)
    # np.c_ without its brackets, a sequence without end, is not even tried
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    result = check_gradients(bias_forward, bias_backward, x, w)
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before  # kB
    assert result.tags == ("mean-twice",) and grown < 1 << 19
