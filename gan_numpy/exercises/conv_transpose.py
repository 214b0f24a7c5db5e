r"""Lesson 13: the transpose of a convolution, which a generator upsamples with."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import backward_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.conv import kernel_mistakes


def conv_transpose_forward(
    y: np.ndarray, W: np.ndarray, stride: int
) -> tuple[np.ndarray, Any]:
    r"""x_{n,c,h*stride+i,w*stride+j} += sum_o W_ocij y_nohw: the adjoint of conv2d.

    y is (N, out, height, width), W is (out, C, k, k); the output is
    (N, C, stride (height - 1) + k, stride (width - 1) + k).
    """
    k, height, width = W.shape[2], y.shape[2], y.shape[3]
    x = np.zeros(
        (len(y), W.shape[1], stride * (height - 1) + k, stride * (width - 1) + k),
        dtype=y.dtype,
    )
    for i in range(k):
        for j in range(k):
            rows = slice(i, i + stride * height, stride)
            columns = slice(j, j + stride * width, stride)
            x[:, :, rows, columns] += np.einsum("nohw,oc->nchw", y, W[:, :, i, j])
    return x, (y, W, stride)


def conv_transpose_backward(
    dx: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray]:
    r"""The gradients of <dx, conv_transpose(y; W)>: with respect to y, a convolution.

    Parameters
    ----------
    dx : (N, C, H, W)
        The gradient with respect to the output.
    cache : what conv_transpose_forward returned, (y, W, stride)

    Returns
    -------
    dy : (N, out, height, width)
    dW : (out, C, k, k)
    """
    y, W, stride = cache
    k, height, width = W.shape[2], y.shape[2], y.shape[3]
    dy, dW = np.zeros_like(y), np.zeros_like(W)
    for i in range(k):
        for j in range(k):
            rows = slice(i, i + stride * height, stride)
            columns = slice(j, j + stride * width, stride)
            seen = dx[:, :, rows, columns]
            dy += np.einsum("nchw,oc->nohw", seen, W[:, :, i, j])
            dW[:, :, i, j] = np.einsum("nohw,nchw->oc", y, seen)
    return dy, dW


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "y": rng.standard_normal((5, 7, 4, 6)),
        "W": rng.standard_normal((7, 2, 3, 3)),
        "stride": 2,
    }


def _of(stride: int, k: int, *y: int, channels: int = 2) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        W = rng.standard_normal((y[1], channels, k, k))
        return {"y": rng.standard_normal(y), "W": W, "stride": stride}

    return inputs


CORNERS = (
    Corner("stride 1", _of(1, 3, 2, 5, 4, 6)),
    Corner("stride 3", _of(3, 3, 2, 5, 4, 3)),
    Corner("a stride larger than the kernel", _of(3, 2, 2, 5, 4, 3)),
    Corner("a kernel of 4 and stride 2", _of(2, 4, 2, 3, 4, 5)),
    Corner("a kernel of 1", _of(1, 1, 2, 3, 4, 5)),
    Corner("an image of one place", _of(2, 3, 2, 5, 1, 1)),
    Corner("a batch of one", _of(2, 3, 1, 5, 2, 4)),
    Corner("one channel in and one out", _of(2, 3, 2, 1, 3, 4, channels=1)),
)


def _gathered(
    dx: np.ndarray, y: np.ndarray, W: np.ndarray, s: int, last: bool = False
) -> np.ndarray:
    dy = np.zeros_like(y)
    height, width = y.shape[2:]
    for i, j in np.ndindex(W.shape[2:]):
        seen = dx[:, :, i : i + s * height : s, j : j + s * width : s]
        part = np.einsum("nchw,oc->nohw", seen, W[:, :, i, j])
        dy = part if last else dy + part
    return dy


def _candidates(
    inputs: dict[str, Any], x: np.ndarray, dx: np.ndarray
) -> dict[str, Candidates]:
    y, W, s = inputs.values()
    mistakes = kernel_mistakes(
        lambda kernel: _gathered(dx, y, kernel, s), W, _gathered(dx, y, W, s, True)
    )
    return {"y": Candidates(mistakes=mistakes)}


CONV_TRANSPOSE = Exercise(
    conv_transpose_backward,
    lesson="13",
    title="The transposed convolution backward",
    statement=(
        "x is the adjoint of a convolution applied to y: <conv x, y> = <x, conv^T y>.\n"
        "So the gradient with respect to y is a convolution again. Return dy and dW."
    ),
    check=backward_check(
        conv_transpose_forward,
        conv_transpose_backward,
        _inputs,
        ("y", "W"),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant(
            "kernel-rotated",
            "seen, W[:, :, i, j])",
            "seen, W[:, :, k - 1 - i, k - 1 - j])",
        ),
        mutant("kernel-transposed", "seen, W[:, :, i, j])", "seen, W[:, :, j, i])"),
        mutant("overlap-overwritten", "dy += np", "dy = np"),
        mutant("flipped", "dW[:, :, i, j] = np", "dW[:, :, k - 1 - i, k - 1 - j] = np"),
        mutant("axes-swapped", "dW[:, :, i, j] = np", "dW[:, :, j, i] = np"),
        mutant("sign", "dy += np", "dy -= np"),
        mutant("mean-twice", "y, seen)", "y, seen) / len(y)"),
        mutant("count", "return dy, dW", "return (dy,)"),
    ),
    hints=(
        "The forward scatters; its transpose gathers from the same places.",
        "dy = sum_ij seen_ij W_ij (a convolution of dx), dW_ocij = sum y seen_ij",
    ),
    given=(conv_transpose_forward,),
    points=3,
)

EXERCISES = (CONV_TRANSPOSE,)
