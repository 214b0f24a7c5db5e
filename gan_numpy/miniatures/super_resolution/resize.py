r"""Bicubic resizing as two products: :math:`y = A x A^\top`.

Each row of an image is resized alike, and so is each column: resizing is a matrix on
either side. Its columns are what becomes of the unit vectors; Pillow says it.
"""

from __future__ import annotations

from functools import cache

import numpy as np


@cache
def bicubic(old: int, new: int) -> np.ndarray:
    """The matrix (new, old) that resizes a column by the bicubic kernel.

    Made smaller, a kernel as wide as the step smooths first, as for the images of
    super-resolution's papers.
    """
    from PIL import Image

    unit = Image.fromarray(np.eye(old, dtype=np.float32))
    resized = unit.resize((old, new), Image.Resampling.BICUBIC)
    matrix = np.array(resized, dtype=np.float32)
    matrix.setflags(write=False)
    return matrix


def resized(x: np.ndarray, side: int) -> np.ndarray:
    """Square images (N, C, H, H) as (N, C, side, side), in their dtype."""
    A = bicubic(x.shape[2], side).astype(x.dtype)
    return np.asarray(A @ x @ A.T)


def psnr(x: np.ndarray, true: np.ndarray) -> float:
    """Peak signal-to-noise ratio of images in [0, 1], in dB: the mean over images."""
    error = np.square(x - true).reshape(len(x), -1).mean(axis=1, dtype=np.float64)
    return float(np.mean(-10 * np.log10(np.maximum(error, 1e-12))))
