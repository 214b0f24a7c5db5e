"""Two photographs that ship with scikit-learn: a temple and a dahlia, 427 x 640.

``china.jpg`` is by Dan Zan, ``flower.jpg`` by Juan Carlos; both are CC BY.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np

NAMES = ("china", "flower")


def photograph(name: str) -> np.ndarray:
    """A photograph as (3, 427, 640), float64 in [0, 1].

    It is read from scikit-learn's file, which takes a moment; to import scikit-learn
    takes seconds. It is asked where the file is not in its place.

    Parameters
    ----------
    name : {"china", "flower"}

    Raises
    ------
    ValueError
        If there is no such photograph.
    """
    if name not in NAMES:
        raise ValueError(f"photograph {name!r}: expected one of {', '.join(NAMES)}")
    from PIL import Image

    package = find_spec("sklearn")
    if package is not None and package.origin is not None:
        path = Path(package.origin).parent / "datasets" / "images" / f"{name}.jpg"
        if path.is_file():
            with Image.open(path) as image:
                return _channels_first(np.asarray(image))
    from sklearn.datasets import load_sample_image

    return _channels_first(load_sample_image(f"{name}.jpg"))


def square(name: str, left: int, side: int) -> np.ndarray:
    """A square of full height out of a photograph, (3, side, side), in [0, 1].

    Parameters
    ----------
    name : {"china", "flower"}
    left : int
        The first column of the square.
    side : int
        To which it is scaled down, by Lanczos' kernel.
    """
    from PIL import Image

    whole = photograph(name)
    height = whole.shape[1]
    cut = whole[:, :, left : left + height].transpose(1, 2, 0)
    image = Image.fromarray(np.rint(255 * cut).astype(np.uint8))
    small = image.resize((side, side), Image.Resampling.LANCZOS)
    return _channels_first(np.asarray(small))


def _channels_first(pixels: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(pixels.transpose(2, 0, 1) / 255.0)
