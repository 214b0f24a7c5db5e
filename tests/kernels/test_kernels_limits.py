import os
import subprocess
import sys

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


@pytest.mark.parametrize("setting", [None, "77"])
def test_starting_the_threads_leaves_the_environment_as_it_was(setting):
    code = (
        "import os, gan_numpy.kernels.native.jit, numba; "
        "print(os.environ.get('GOMP_SPINCOUNT'), numba.threading_layer() != '')"
    )
    env = {k: v for k, v in os.environ.items() if k != "GOMP_SPINCOUNT"}
    if setting:
        env["GOMP_SPINCOUNT"] = setting
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True
    )
    assert done.stdout.split() == [str(setting), "True"], done.stderr
