"""MATLAB files of version 5, read by SciPy: numbers only, and one line if damaged."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_numpy.errors import UserError


def read_matlab(path: Path, names: tuple[str, ...]) -> dict[str, np.ndarray]:
    """Arrays of a ``.mat`` file by name.

    Parameters
    ----------
    path : Path
    names : tuple of str
        The variables to read; all must be there.

    Raises
    ------
    UserError
        If the file is missing, damaged or of another format, or lacks a variable, or
        one of them is not an array of numbers.
    """
    from scipy.io import loadmat

    if not path.is_file():
        raise UserError(f"{path} does not exist (or is not a file)")
    try:
        content = loadmat(str(path), variable_names=list(names))
    # A damaged header can lead SciPy's reader anywhere.
    except Exception as error:
        reason = str(error).split("\n")[0] or type(error).__name__
        raise UserError(f"cannot read {path} as a MATLAB file ({reason})") from None
    for name in names:
        if name not in content:
            raise UserError(f"{path} has no variable named {name!r}")
        if content[name].dtype.kind not in "uif" or not content[name].size:
            raise UserError(f"{path}: variable {name!r} is not an array of numbers")
    return {name: content[name] for name in names}


def as_pixels(values: np.ndarray, name: str, path: Path) -> np.ndarray:
    """Gray levels from 0 to 255, stored as any kind of number, as uint8.

    Raises
    ------
    UserError
        If a value is not a whole number from 0 to 255.
    """
    pixels = values.astype(np.uint8) if _in_range(values) else None
    if pixels is None or not (pixels == values).all():
        raise UserError(
            f"{path}: variable {name!r} holds values from {values.min():g} to "
            f"{values.max():g}, expected whole numbers from 0 to 255"
        )
    return pixels


def _in_range(values: np.ndarray) -> bool:
    return bool((values >= 0).all() and (values <= 255).all())  # false for NaN
