import numba
import pytest
from threadpoolctl import threadpool_info

from gan_numpy.kernels import use_kernels
from gan_numpy.kernels.threads import limit_threads


def blas_threads():
    return [p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"]


@pytest.mark.parametrize("kernels", ["reference", "fused", "native"])
def test_both_pools_are_limited_and_restored(kernels):
    before = blas_threads(), numba.get_num_threads()
    with use_kernels(kernels):
        with limit_threads(1):
            assert set(blas_threads()) <= {1}
            if kernels != "reference":
                assert numba.get_num_threads() == 1
        assert (blas_threads(), numba.get_num_threads()) == before
        with limit_threads(None):
            assert (blas_threads(), numba.get_num_threads()) == before


def test_restored_after_an_error():
    before = numba.get_num_threads()
    with pytest.raises(KeyError), limit_threads(1):
        raise KeyError
    assert numba.get_num_threads() == before
