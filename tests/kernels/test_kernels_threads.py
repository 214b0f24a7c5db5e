"""The number of threads changes the speed of a kernel and no bit of its result."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import gan_numpy

_DIGEST = """
import hashlib, sys
import numba
import numpy as np
from gan_numpy.kernels import implementation
from gan_numpy.kernels.native.matmul import matmul

native = implementation("native")
digest = hashlib.sha256()

def add(*arrays):
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())

rng = np.random.default_rng(5)
for dtype in (np.float32, np.float64):
    x = rng.standard_normal((137, 300)).astype(dtype)
    W = rng.standard_normal((300, 325)).astype(dtype)
    b = rng.standard_normal(325).astype(dtype)
    y = native.affine(x, W, b)
    add(y, native.affine_input_grad(y, W), *native.affine_param_grads(y, x))
    h, winners = native.maxout(x, W, b, 5)
    add(h, winners, native.maxout_input_grad(h, winners, W))
    add(*native.maxout_param_grads(h, winners, x, 5))
    add(*native.dropout(x, 0.8, 7), native.dropout_backward(x, x > 0, 0.5))
    add(matmul(W, W.T))
    state = [np.ones_like(W) for _ in range(3)]
    native.momentum_update(state[0], state[1], W, 0.1, 0.5)
    native.adam_update(*state, W, 1e-3, 0.9, 0.99, 1e-8, 2)
    native.rmsprop_update(state[0], state[1], W, 1e-3, 0.9, 1e-8)
    native.average_update(state[2], W, 0.9)
    add(*state)
    images = rng.standard_normal((7, 5, 13, 11)).astype(dtype)
    kernel = rng.standard_normal((35, 5, 4, 4)).astype(dtype)
    maps = native.convolution(images, kernel, None, 2, 1)
    add(maps, native.convolution_transpose(maps, kernel, None, (13, 11), 2, 1))
    add(native.convolution_weight_grad(maps, images, (4, 4), 2, 1))
    mean, variance = native.batchnorm_statistics(images)
    add(mean, variance, *native.batchnorm_sums(images[::-1], images, mean))
    add(native.batchnorm(images, mean, variance, mean), native.channel_sum(images))
    gradient = (images[::-1], images, mean, mean, variance, mean)
    add(native.batchnorm_input_grad(*gradient), *native.max_pool(images, 4, 2))
    add(*native.piece_maximum(maps, 5), *native.leaky_relu(x, 0.2))
    add(native.parzen_log_density(x, W.T.copy()[:, :300], np.array([0.9, 2.0])))
print(numba.get_num_threads(), digest.hexdigest())
"""


def digest(threads):
    result = subprocess.run(
        [sys.executable, "-c", _DIGEST],
        cwd=Path(gan_numpy.__file__).parents[1],
        env=os.environ | {"NUMBA_NUM_THREADS": str(threads)},
        capture_output=True,
        text=True,
        check=True,
    )
    used, value = result.stdout.split()
    assert int(used) == threads
    return value


@pytest.fixture(scope="module")
def serial():
    return digest(1)


@pytest.mark.parametrize("threads", [2, 3, 7])
def test_bits_do_not_depend_on_the_number_of_threads(serial, threads):
    assert digest(threads) == serial
