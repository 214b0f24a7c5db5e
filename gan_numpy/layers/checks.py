"""What a layer refuses, each with one clear line."""

from __future__ import annotations

import numpy as np

from gan_numpy.layers.base import Layer


def check_input(layer: Layer, x: np.ndarray, features: int, dtype: np.dtype) -> None:
    """Refuse a batch of the wrong width or dtype, with one clear line.

    Raises
    ------
    ValueError
        If `x` is not of shape (N, features).
    TypeError
        If the dtype of `x` is not that of the layer's parameters.
    """
    name = type(layer).__name__
    if x.ndim != 2 or x.shape[1] != features:
        raise ValueError(
            f"{name} expects a batch of shape (N, {features}), got {x.shape}"
        )
    check_dtype(layer, x, dtype)


def check_images(
    layer: Layer, x: np.ndarray, channels: int, dtype: np.dtype, side: int = 1
) -> None:
    """Refuse a batch that is not of images with `channels` channels and of `dtype`.

    Nor may they be smaller than `side`: a window would not fit.

    Raises
    ------
    ValueError
        If `x` is not of shape (N, channels, H, W), or H or W is less than `side`.
    TypeError
        If the dtype of `x` is not that of the layer's parameters.
    """
    name = type(layer).__name__
    if x.ndim != 4 or x.shape[1] != channels:
        raise ValueError(
            f"{name} expects a batch of shape (N, {channels}, H, W), got {x.shape}"
        )
    if min(x.shape[2:]) < side:
        raise ValueError(
            f"{name} needs images of {max(side, 1)} x {max(side, 1)} or more for its "
            f"window, got a batch of shape {x.shape}"
        )
    check_dtype(layer, x, dtype)


def check_dtype(layer: Layer, x: np.ndarray, dtype: np.dtype) -> None:
    """Refuse a batch whose dtype is not that of the layer's parameters.

    A float64 batch in a float32 layer would silently turn every later array into
    float64, at half the speed; an integer batch would do the same.

    Raises
    ------
    TypeError
        If it is another one.
    """
    if x.dtype != dtype:
        raise TypeError(
            f"{type(layer).__name__} has {dtype} parameters, got a {x.dtype} batch: "
            f"convert it with x.astype(np.{dtype})"
        )


def check_window(layer: Layer, size: int, stride: int, padding: int = 0) -> None:
    """Refuse a window of no size, a step of no length and a negative padding.

    Raises
    ------
    ValueError
        If `size` or `stride` is not positive, or `padding` is negative.
    """
    if size < 1 or stride < 1 or padding < 0:
        raise ValueError(
            f"{type(layer).__name__} needs a window and a stride of at least 1 and no "
            f"negative padding, got {size}, {stride} and {padding}"
        )


def check_factor(layer: Layer, factor: int) -> None:
    """Refuse a factor by which no image can be enlarged.

    Raises
    ------
    ValueError
        If `factor` is not a whole number of at least 1.
    """
    if not (isinstance(factor, int) and factor >= 1):
        raise ValueError(
            f"{type(layer).__name__} needs a whole factor of 1 or more, got {factor}"
        )


def check_float(layer: Layer, x: np.ndarray) -> None:
    """Refuse a batch that is not float32 or float64.

    Raises
    ------
    TypeError
        If the dtype of `x` is another one.
    """
    if x.dtype not in (np.float32, np.float64):
        raise TypeError(
            f"{type(layer).__name__} expects a float32 or float64 batch, got {x.dtype}"
        )
