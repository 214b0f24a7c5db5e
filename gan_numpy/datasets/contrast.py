r"""Global contrast normalization, as the paper's CIFAR-10 recipes ask for it.

Each image :math:`x` loses its mean and is brought to the length :math:`s`:

.. math::
    y = s\,\frac{x - \bar x}{\sqrt{b + \|x - \bar x\|^2}},

so that dim and bright, flat and harsh pictures look alike to the networks. The released
code's ``cifar10_convolutional.yaml`` and ``cifar10_fully_connected.yaml`` say
``gcn: 55.``: :math:`s = 55`, :math:`b = 0`; :math:`55 \approx \sqrt{3072}`, which makes
the values of a 32x32 color image vary by about 1.

Source: ``global_contrast_normalize`` in ``pylearn2/expr/preprocessing.py``
(https://github.com/lisa-lab/pylearn2); the variant with ``use_std=True`` and
``sqrt_bias=10`` is that of Coates, Lee and Ng, "An Analysis of Single-Layer Networks in
Unsupervised Feature Learning", AISTATS 2011.
"""

from __future__ import annotations

import numpy as np


def global_contrast_normalize(
    x: np.ndarray,
    scale: float = 1.0,
    use_std: bool = False,
    sqrt_bias: float = 0.0,
    min_divisor: float = 1e-8,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""Remove each example's mean and bring it to the length `scale`.

    Parameters
    ----------
    x : (N, features) float ndarray
    scale : float
        :math:`s`, the length of every result, or with `use_std` its deviation.
    use_std : bool
        Whether to divide by the standard deviation (with N - 1) instead of the length.
    sqrt_bias : float
        :math:`b`, added under the root.
    min_divisor : float
        An example whose divisor is smaller, an image of one color, is not divided.

    Returns
    -------
    y : (N, features) ndarray of the dtype of `x`
    mean, divisor : (N, 1) ndarray
        What `undo_contrast` needs.
    """
    mean = x.mean(axis=1, keepdims=True)
    centered = x - mean
    if use_std:
        square = centered.var(axis=1, ddof=1, keepdims=True)
    else:
        square = (centered**2).sum(axis=1, keepdims=True)
    divisor = (np.sqrt(square + sqrt_bias) / scale).astype(x.dtype)
    divisor[divisor < min_divisor] = 1
    return centered / divisor, mean, divisor


def undo_contrast(
    y: np.ndarray, mean: np.ndarray | float, divisor: np.ndarray | float
) -> np.ndarray:
    """The image again, :math:`x = y d + m`.

    Parameters
    ----------
    y : (N, features) ndarray
    mean, divisor : (N, 1) ndarray or float
        An example's own, or typical ones for a generated image, which has none.
    """
    return y * divisor + mean
