"""What a data set is: three splits in memory, how to scale them, how to show them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from gan_numpy.datasets.contrast import global_contrast_normalize, undo_contrast

SPLITS = ("train", "validation", "test")
TYPICAL = 1000  # training images whose contrast stands for a generated image's


@dataclass(frozen=True)
class Dataset:
    """Three splits of examples, one per row.

    Images stay uint8 in memory and are scaled to [0, 1] batch by batch: 60,000 MNIST
    images take 47 MB this way and 188 MB in float32.

    Attributes
    ----------
    name : str
    train, validation, test : (N, features) ndarray
        uint8 pixels, or floats that need no scaling.
    scale : float
        The value of a white pixel; examples are divided by it.
    image_shape : (height, width), (channels, height, width) or None
        None if the examples are not images. A row of a color image holds all of red,
        then green, then blue, each row by row.
    labels : dict
        Integer labels by split; empty if there are none.
    contrast : float
        Length to which `scaled` normalizes each example's contrast; 0 for no
        normalization. See `gan_numpy.datasets.contrast`.
    """

    name: str
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    scale: float = 1.0
    image_shape: tuple[int, ...] | None = None
    labels: dict[str, np.ndarray] = field(default_factory=dict)
    contrast: float = 0.0

    @property
    def features(self) -> int:
        """Number of values of one example."""
        return self.train.shape[1]

    def scaled(
        self,
        split: str,
        rows: np.ndarray | slice = slice(None),
        dtype: npt.DTypeLike = np.float32,
    ) -> np.ndarray:
        """Rows of a split as floats: divided by `scale`, contrast normalized if asked.

        Parameters
        ----------
        split : {"train", "validation", "test"}
        rows : index array or slice
        dtype : float32 or float64

        Returns
        -------
        (len(rows), features) ndarray
        """
        values = getattr(self, split)[rows].astype(dtype)
        if self.scale != 1:
            values *= values.dtype.type(1 / self.scale)
        if self.contrast:
            values, _, _ = global_contrast_normalize(values, self.contrast)
        return values

    def display(self, values: np.ndarray) -> np.ndarray:
        """Examples, real or generated, as pixels in [0, 1].

        A generated image of normalized contrast has no brightness and contrast of its
        own to go back to: it gets the averages of the first 1,000 training images.

        Parameters
        ----------
        values : (N, features) ndarray
            As `scaled` returns them.

        Returns
        -------
        (N, features) ndarray of the dtype of `values`
        """
        if self.contrast:
            pixels = self.train[:TYPICAL].astype(np.float64) / self.scale
            _, mean, divisor = global_contrast_normalize(pixels, self.contrast)
            values = undo_contrast(values, float(mean.mean()), float(divisor.mean()))
        return np.clip(values, 0, 1)

    def doubt(self) -> str | None:
        """What is probably not meant, in a line: masks of 0 and 1 as pixels to 255."""
        if self.train.dtype == np.uint8 and self.scale == 255 and self.train.max() <= 1:
            return (
                f"{self.name} holds bytes of 0 and 1 only, nearly black as pixels of 0 "
                f"to 255: multiply them by 255, or store them as floats"
            )
        return None

    def fingerprint(self) -> str:
        """SHA-256 over all splits: tells whether a run sees the same data again."""
        digest = hashlib.sha256()
        for split in SPLITS:
            values = np.ascontiguousarray(getattr(self, split))
            digest.update(f"{split} {values.dtype} {values.shape} ".encode())
            digest.update(values.data)
        return digest.hexdigest()
