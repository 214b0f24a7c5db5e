"""What a data set is: three splits in memory and how to scale them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

SPLITS = ("train", "validation", "test")


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
    image_shape : (height, width) or None
        None if the examples are not images.
    labels : dict
        Integer labels by split; empty if there are none.
    """

    name: str
    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray
    scale: float = 1.0
    image_shape: tuple[int, int] | None = None
    labels: dict[str, np.ndarray] = field(default_factory=dict)

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
        """Rows of a split as floats, divided by `scale`.

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
        return values

    def fingerprint(self) -> str:
        """SHA-256 over all splits: tells whether a run sees the same data again."""
        digest = hashlib.sha256()
        for split in SPLITS:
            values = np.ascontiguousarray(getattr(self, split))
            digest.update(f"{split} {values.dtype} {values.shape} ".encode())
            digest.update(values.data)
        return digest.hexdigest()
