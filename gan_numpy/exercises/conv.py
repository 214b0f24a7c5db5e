r"""Lesson 13: convolution backward, one loop over the kernel."""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Mistake
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import backward_check
from gan_numpy.exercises.corners import Corner, Maker


def conv2d_forward(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, stride: int
) -> tuple[np.ndarray, Any]:
    r"""y_nohw = b_o + sum_cij W_ocij x_{n, c, h*stride + i, w*stride + j}; no padding.

    x is (N, C, H, W), W is (out, C, k, k), b is (out,).
    """
    k = W.shape[2]
    height = (x.shape[2] - k) // stride + 1
    width = (x.shape[3] - k) // stride + 1
    y = np.zeros((len(x), len(W), height, width), dtype=x.dtype)
    for i in range(k):
        for j in range(k):
            rows = slice(i, i + stride * height, stride)
            columns = slice(j, j + stride * width, stride)
            y += np.einsum("nchw,oc->nohw", x[:, :, rows, columns], W[:, :, i, j])
    return y + b[:, None, None], (x, W, stride)


def conv2d_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of <dy, conv2d(x; W, b)>.

    Parameters
    ----------
    dy : (N, out, height, width)
    cache : what conv2d_forward returned, (x, W, stride)

    Returns
    -------
    dx : (N, C, H, W)
    dW : (out, C, k, k)
    db : (out,)
    """
    x, W, stride = cache
    k, height, width = W.shape[2], dy.shape[2], dy.shape[3]
    dx, dW = np.zeros_like(x), np.zeros_like(W)
    for i in range(k):
        for j in range(k):
            rows = slice(i, i + stride * height, stride)
            columns = slice(j, j + stride * width, stride)
            seen = x[:, :, rows, columns]
            dW[:, :, i, j] = np.einsum("nohw,nchw->oc", dy, seen)
            dx[:, :, rows, columns] += np.einsum("nohw,oc->nchw", dy, W[:, :, i, j])
    db = dy.sum(axis=(0, 2, 3))
    return dx, dW, db


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "x": rng.standard_normal((5, 4, 8, 10)),
        "W": rng.standard_normal((7, 4, 3, 3)),
        "b": rng.standard_normal(7),
        "stride": 1,
    }


def _of(stride: int, k: int, *x: int, out: int = 3) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        W, b = rng.standard_normal((out, x[1], k, k)), rng.standard_normal(out)
        return {"x": rng.standard_normal(x), "W": W, "b": b, "stride": stride}

    return inputs


CORNERS = (
    Corner("stride 2", _of(2, 3, 2, 4, 7, 9)),
    Corner("stride 2, the last row of x in no window", _of(2, 3, 2, 4, 8, 10)),
    Corner("stride 3", _of(3, 3, 2, 2, 9, 12)),
    Corner("a stride larger than the kernel", _of(3, 2, 2, 2, 8, 9)),
    Corner("a kernel of 2", _of(1, 2, 2, 5, 4, 6)),
    Corner("a kernel of 5 and stride 2", _of(2, 5, 2, 2, 7, 9)),
    Corner("a kernel of 1", _of(1, 1, 2, 4, 3, 5)),
    Corner("an image no larger than the kernel", _of(1, 3, 2, 4, 3, 3)),
    Corner("a batch of one", _of(2, 3, 1, 2, 5, 7)),
    Corner("one channel in and one out", _of(1, 3, 2, 1, 5, 7, out=1)),
)


def _overwritten(dy: np.ndarray, x: np.ndarray, W: np.ndarray, s: int) -> np.ndarray:
    """dx if the places where windows overlap keep the last value only."""
    dx, k = np.zeros_like(x), W.shape[2]
    height, width = dy.shape[2:]
    for i, j in np.ndindex(k, k):
        part = np.einsum("nohw,oc->nchw", dy, W[:, :, i, j])
        dx[:, :, i : i + s * height : s, j : j + s * width : s] = part
    return dx


def _full(dy: np.ndarray, x: np.ndarray, W: np.ndarray, s: int) -> np.ndarray:
    dx, k = np.zeros_like(x), W.shape[2]
    height, width = dy.shape[2:]
    for i, j in np.ndindex(k, k):
        part = np.einsum("nohw,oc->nchw", dy, W[:, :, i, j])
        dx[:, :, i : i + s * height : s, j : j + s * width : s] += part
    return dx


def kernel_mistakes(dx_of: Any, W: np.ndarray, overwritten: np.ndarray) -> Any:
    """The kernel put in another way round, and overlaps that are overwritten."""
    rotated = "the kernel is rotated by 180 degrees against the forward's"
    swapped = "the kernel is transposed: i and j are swapped"
    overlap = "where windows overlap the last value stays: = where += is meant"
    return [
        Mistake("kernel-rotated", rotated, dx_of(W[:, :, ::-1, ::-1])),
        Mistake("kernel-transposed", swapped, dx_of(W.transpose(0, 1, 3, 2))),
        Mistake("overlap-overwritten", overlap, overwritten),
    ]


def _candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    x, W, _, s = inputs.values()
    mistakes = kernel_mistakes(
        lambda kernel: _full(dy, x, kernel, s), W, _overwritten(dy, x, W, s)
    )
    return {"x": Candidates(mistakes=mistakes)}


CONV = Exercise(
    conv2d_backward,
    lesson="13",
    title="Convolution backward",
    statement=(
        "y_nohw = b_o + sum_cij W_ocij x_{n,c,h s+i,w s+j} with stride s.\n"
        "Given dy, return dx, dW and db. An entry of x is seen by several windows."
    ),
    check=backward_check(
        conv2d_forward,
        conv2d_backward,
        _inputs,
        ("x", "W", "b"),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant(
            "kernel-rotated",
            "dy, W[:, :, i, j])",
            "dy, W[:, :, k - 1 - i, k - 1 - j])",
        ),
        mutant("kernel-transposed", "dy, W[:, :, i, j])", "dy, W[:, :, j, i])"),
        mutant("overlap-overwritten", "columns] += np", "columns] = np"),
        mutant("not-summed", "dy.sum(axis=(0, 2, 3))", "dy.sum(axis=0)"),
        mutant("not-summed", "dy.sum(axis=(0, 2, 3))", "dy.sum(axis=(2, 3))"),
        mutant("wrong-axis", "dy.sum(axis=(0, 2, 3))", "dy.sum(axis=(1, 2, 3))"),
        mutant(
            "mean-twice",
            "dy.sum(axis=(0, 2, 3))",
            "dy.sum(axis=(0, 2, 3)) / len(x)",
        ),
        mutant("flipped", "dW[:, :, i, j] = np", "dW[:, :, k - 1 - i, k - 1 - j] = np"),
        mutant("axes-swapped", "dW[:, :, i, j] = np", "dW[:, :, j, i] = np"),
        mutant("mean-twice", "dy, seen)", "dy, seen) / len(x)"),
        mutant("sign", "dW[:, :, i, j] = np", "dW[:, :, i, j] = -np"),
        mutant("upstream-ignored", "dy, seen)", "np.ones_like(dy), seen)"),
        mutant(
            "transposed",
            "return dx, dW, db",
            "return dx, dW.transpose(1, 0, 2, 3), db",
        ),
        mutant("exception", '"nohw,oc->nchw"', '"nohw,co->nchw"'),
    ),
    hints=(
        "Walk over the kernel entries as the forward does, and let each line flow"
        " back.",
        "dW_ocij = sum dy seen_ij; dx[seen_ij] += W_ocij dy; db = sum over n, h, w",
    ),
    given=(conv2d_forward,),
    points=3,
)

EXERCISES = (CONV,)
