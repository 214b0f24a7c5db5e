r"""The parameter updates in one pass over memory.

A plain NumPy update makes a pass over the weights for every operation. Weights do not
fit in the caches, so each pass costs a trip to memory while the processor idles. Here
all operations on an element are done while it is in a register. The arithmetic is the
reference's, operation by operation, and so are the bits of the result.

A piece is cut out of the arrays before its loop: an index that counts from 0 cannot be
negative, and without Python's rule for negative indices in the way LLVM vectorizes it.
"""

# mypy: disallow-untyped-defs=False
# (Numba infers the types of the compiled functions.)

from __future__ import annotations

import numpy as np
from numba import prange

from gan_numpy.kernels.native.arrays import FLOATS, operand
from gan_numpy.kernels.native.jit import kernel
from gan_numpy.kernels.reference import updates as reference

#: Elements that one thread handles at a time, and how few it handles alone.
PIECE = 1 << 15
SERIAL_BELOW = 1 << 16


@kernel()
def _momentum_piece(param, velocity, grad, rate, momentum, start, stop):
    param, velocity = param[start:stop], velocity[start:stop]
    grad = grad[start:stop]
    for i in range(len(param)):
        velocity[i] = velocity[i] * momentum - rate * grad[i]
        param[i] += velocity[i]


@kernel(parallel=True)
def _momentum(param, velocity, grad, rate, momentum):
    n = len(param)
    for p in prange(-(-n // PIECE)):
        end = min(n, (p + 1) * PIECE)
        _momentum_piece(param, velocity, grad, rate, momentum, p * PIECE, end)


@kernel()
def _adam_piece(
    param, mean, square, grad, rate, decays, rests, corrected, epsilon, start, stop
):
    param, mean = param[start:stop], mean[start:stop]
    square, grad = square[start:stop], grad[start:stop]
    for i in range(len(param)):
        g = grad[i]
        mean[i] = mean[i] * decays[0] + rests[0] * g
        square[i] = square[i] * decays[1] + rests[1] * g * g
        root = np.sqrt(square[i] / corrected) + epsilon
        param[i] -= rate * mean[i] / root


@kernel(parallel=True)
def _adam(param, mean, square, grad, rate, decays, rests, corrected, epsilon):
    n = len(param)
    for p in prange(-(-n // PIECE)):
        start, stop = p * PIECE, min(n, (p + 1) * PIECE)
        _adam_piece(
            param,
            mean,
            square,
            grad,
            rate,
            decays,
            rests,
            corrected,
            epsilon,
            start,
            stop,
        )


@kernel()
def _rmsprop_piece(param, square, grad, rate, decay, rest, epsilon, start, stop):
    param, square, grad = param[start:stop], square[start:stop], grad[start:stop]
    for i in range(len(param)):
        g = grad[i]
        square[i] = square[i] * decay + rest * g * g
        param[i] -= rate * g / (np.sqrt(square[i]) + epsilon)


@kernel(parallel=True)
def _rmsprop(param, square, grad, rate, decay, rest, epsilon):
    n = len(param)
    for p in prange(-(-n // PIECE)):
        start, stop = p * PIECE, min(n, (p + 1) * PIECE)
        _rmsprop_piece(param, square, grad, rate, decay, rest, epsilon, start, stop)


@kernel()
def _average_piece(average, param, rest, start, stop):
    average, param = average[start:stop], param[start:stop]
    for i in range(len(param)):
        average[i] += rest * (param[i] - average[i])


@kernel(parallel=True)
def _average(average, param, rest):
    n = len(param)
    for p in prange(-(-n // PIECE)):
        _average_piece(average, param, rest, p * PIECE, min(n, (p + 1) * PIECE))


def _flat(*arrays: np.ndarray) -> list[np.ndarray] | None:
    """The arrays as 1-D views; None if there is no view or no common dtype.

    All but the last are updated, so they must be writable (the reference says it well).
    """
    first = arrays[0]
    if not all(a.flags.writeable for a in arrays[:-1]):
        return None
    same = all(a.dtype == first.dtype and a.shape == first.shape for a in arrays)
    if not same or first.dtype not in FLOATS:
        return None
    if all(a.flags.c_contiguous for a in arrays):
        return [operand(a).reshape(-1) for a in arrays]
    if all(a.flags.f_contiguous for a in arrays):
        return [operand(a.T).reshape(-1) for a in arrays]
    return None


def momentum_update(
    param: np.ndarray,
    velocity: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    momentum: float,
) -> None:
    """See `reference.momentum_update`; one pass, the same bits."""
    flat = _flat(param, velocity, grad)
    if flat is None:
        reference.momentum_update(param, velocity, grad, learning_rate, momentum)
        return
    scalar = param.dtype.type
    arguments = (*flat, scalar(learning_rate), scalar(momentum))
    if param.size <= SERIAL_BELOW:
        _momentum_piece(*arguments, 0, param.size)
    else:
        _momentum(*arguments)


def adam_update(
    param: np.ndarray,
    mean: np.ndarray,
    square: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    beta1: float,
    beta2: float,
    epsilon: float,
    t: int,
) -> None:
    """See `reference.adam_update`; one pass, the same bits."""
    flat = _flat(param, mean, square, grad)
    if flat is None:
        reference.adam_update(
            param, mean, square, grad, learning_rate, beta1, beta2, epsilon, t
        )
        return
    scalar = param.dtype.type
    arguments = (
        *flat,
        scalar(learning_rate / (1 - beta1**t)),
        (scalar(beta1), scalar(beta2)),
        (scalar(1 - beta1), scalar(1 - beta2)),
        scalar(1 - beta2**t),
        scalar(epsilon),
    )
    if param.size <= SERIAL_BELOW:
        _adam_piece(*arguments, 0, param.size)
    else:
        _adam(*arguments)


def rmsprop_update(
    param: np.ndarray,
    square: np.ndarray,
    grad: np.ndarray,
    learning_rate: float,
    decay: float,
    epsilon: float,
) -> None:
    """See `reference.rmsprop_update`; one pass, the same bits."""
    flat = _flat(param, square, grad)
    if flat is None:
        reference.rmsprop_update(param, square, grad, learning_rate, decay, epsilon)
        return
    numbers = (learning_rate, decay, 1 - decay, epsilon)
    arguments = (*flat, *(param.dtype.type(number) for number in numbers))
    if param.size <= SERIAL_BELOW:
        _rmsprop_piece(*arguments, 0, param.size)
    else:
        _rmsprop(*arguments)


def average_update(average: np.ndarray, param: np.ndarray, decay: float) -> None:
    """See `reference.average_update`; one pass, the same bits."""
    flat = _flat(average, param)
    if flat is None:
        reference.average_update(average, param, decay)
        return
    rest = average.dtype.type(1 - decay)
    if param.size <= SERIAL_BELOW:
        _average_piece(*flat, rest, 0, param.size)
    else:
        _average(*flat, rest)
