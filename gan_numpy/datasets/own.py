"""A data set of your own: a ``.npy`` or ``.npz`` file with one example per row.

A ``.npy`` file holds the array of examples; a ``.npz`` file holds ``train`` and may
hold ``validation`` and ``test``. Splits that are not there are cut from the end of
``train``, a tenth each. Values are uint8 pixels or floats in [0, 1]; images may have
the shape (N, height, width), color images (N, 3, height, width) or the common
(N, height, width, 3), which is brought into that order.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_numpy.datasets.base import SPLITS, Dataset
from gan_numpy.errors import UserError
from gan_numpy.files import read_arrays


def load(path: Path) -> Dataset:
    """Read and check a file of examples.

    Raises
    ------
    UserError
        If the file is missing or damaged, holds pickled objects, or an array has the
        wrong shape or dtype, NaN, or values outside [0, 1].
    """
    splits = {name: _check(values, name, path) for name, values in _read(path).items()}
    shapes = {values.shape[1:] for values in splits.values()}
    if len({(values.dtype, values.shape[1:]) for values in splits.values()}) > 1:
        raise UserError(f"{path}: its splits differ in dtype or shape of an example")
    shape = shapes.pop()
    flat = {name: values.reshape(len(values), -1) for name, values in splits.items()}
    train = flat["train"]
    tenth = max(1, len(train) // 10)
    for name in ("test", "validation"):
        if name not in flat:
            train, flat[name] = train[:-tenth], train[-tenth:]
    scale = 255.0 if train.dtype == np.uint8 else 1.0
    image_shape = shape if len(shape) > 1 else None
    return Dataset(
        path.stem, train, flat["validation"], flat["test"], scale, image_shape
    )


def _read(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a file by split."""
    stored = read_arrays(path)
    if "" in stored:
        return {"train": stored[""]}
    arrays = {name: stored[name] for name in SPLITS if name in stored}
    if "train" not in arrays:
        raise UserError(f"{path} has no array named 'train'")
    return arrays


def _check(values: np.ndarray, name: str, path: Path) -> np.ndarray:
    """One split as uint8 or float32, checked."""
    where = f"{path}: array {name!r}"
    color = values.ndim == 4 and 3 in (values.shape[1], values.shape[3])
    if values.ndim not in (2, 3) and not color or len(values) < 10 or not values.size:
        raise UserError(
            f"{where} has shape {values.shape}, expected (N, features), "
            f"(N, height, width) or (N, 3, height, width) with at least 10 examples"
        )
    if color and values.shape[1] != 3:
        values = np.ascontiguousarray(values.transpose(0, 3, 1, 2))
    if values.dtype == np.uint8:
        return values
    if values.dtype.kind != "f":
        raise UserError(f"{where} has dtype {values.dtype}, expected uint8 or float")
    bad = ~np.isfinite(values)
    if bad.any():
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        raise UserError(
            f"{where} has {int(bad.sum()):,} values that are not finite, the first one "
            f"({values[index]}) at {index}: remove or replace them"
        )
    if values.min() < 0 or values.max() > 1:
        raise UserError(
            f"{where} has values from {values.min():g} to {values.max():g}, expected "
            f"[0, 1]: scale them"
        )
    return values.astype(np.float32)
