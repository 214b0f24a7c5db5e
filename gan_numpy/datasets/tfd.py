"""The Toronto face database (TFD) of the paper's Table 1: not to be downloaded freely.

102,236 photographs of faces, 48x48 in gray; 4,178 of them have a label of the facial
expression and belong to five official folds. Using it needs its owner's permission.
One MATLAB file, ``TFD_48x48.mat``, holds

- ``images``, (N, 48, 48), gray levels 0 to 255;
- ``folds``, (N, 5), for each fold: 0 unlabeled, 1 training, 2 validation, 3 test;
- ``labs_ex``, (N, 1), the expression, 1 to 7, or -1.

As in the paper's recipe (``tfd_pretrain/train.yaml`` of the released code) the
unlabeled images train, the fold's second part validates and its third tests. ``tfd``
is the first fold; ``tfd-2`` to ``tfd-5`` are the others: Table 1's ± is over folds.

Source: Susskind, Anderson and Hinton, "The Toronto Face Dataset", technical report UTML
TR 2010-001, University of Toronto, 2010. The layout is as read by
``pylearn2/datasets/tfd.py`` (https://github.com/lisa-lab/pylearn2).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_numpy.datasets.base import Dataset
from gan_numpy.datasets.content import DOWNLOADS, Verdicts, folders, verdict
from gan_numpy.datasets.matlab import as_pixels, read_matlab
from gan_numpy.errors import UserError

FILE = "TFD_48x48.mat"
SIDE, FOLDS, EXPRESSIONS = 48, 5, 7
PARTS = {"train": 0, "validation": 2, "test": 3}  # codes in `folds`
HOW = (
    "the Toronto face database needs its owner's permission: ask its authors "
    "(Susskind, Anderson and Hinton, University of Toronto, UTML TR 2010-001) for "
    f"{FILE}, and put it into {{folder}}; olivetti is the stand-in for everyone"
)


def find(data_dir: Path | None = None) -> dict[str, Path] | None:
    """Path of the file.

    Raises
    ------
    UserError
        If `data_dir` is not a directory or lacks it.
    """
    for folder in folders("tfd", data_dir):
        for path in (folder / FILE, folder / FILE / FILE):
            if path.is_file():
                return {FILE: path}
    if data_dir is not None:
        raise UserError(f"{data_dir} lacks {FILE}: {HOW.format(folder=data_dir)}")
    return None


def fetch(folder: Path = DOWNLOADS / "tfd") -> dict[str, Path]:
    """The file if it is there; it cannot be downloaded.

    Raises
    ------
    UserError
        If it is not, saying how to get it.
    """
    if not (folder / FILE).exists():
        raise UserError(HOW.format(folder=folder))
    return {FILE: folder / FILE}


def verify(paths: dict[str, Path]) -> Verdicts:
    """No checksum is published: only whether the file can be read is known."""
    return {FILE: verdict(_is_readable, paths[FILE])}


def _is_readable(path: Path) -> None:
    """Refuse a damaged file."""
    read(path)


def read(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Images, folds and expressions.

    Returns
    -------
    images : (N, 2304) uint8 ndarray
    folds : (N, 5) ndarray
    expressions : (N,) int64 ndarray

    Raises
    ------
    UserError
        If the file is damaged, or its arrays have other shapes.
    """
    arrays = read_matlab(path, ("images", "folds", "labs_ex"))
    images, folds, labels = (arrays[name] for name in ("images", "folds", "labs_ex"))
    if images.ndim != 3 or images.shape[1:] != (SIDE, SIDE):
        raise UserError(
            f"{path}: 'images' has shape {images.shape}, expected (N, {SIDE}, {SIDE})"
        )
    if folds.shape != (len(images), FOLDS) or labels.size != len(images):
        raise UserError(
            f"{path}: for {len(images):,} images 'folds' has shape {folds.shape}, "
            f"'labs_ex' {labels.shape}; expected ({len(images)}, {FOLDS}) and "
            f"({len(images)}, 1)"
        )
    pixels = as_pixels(images, "images", path).reshape(len(images), -1)
    return pixels, folds, labels.ravel().astype(np.int64)


def load(data_dir: Path | None = None, fold: int = 1) -> Dataset:
    """The faces by one of the official folds.

    Parameters
    ----------
    data_dir : Path, optional
    fold : int
        1 to 5.

    Raises
    ------
    UserError
        If the file is missing or damaged, or a part of the fold is empty.
    """
    path = (find(data_dir) or fetch())[FILE]
    pixels, folds, expressions = read(path)
    parts, labels = {}, {}
    for split, code in PARTS.items():
        rows = folds[:, fold - 1] == code
        if not rows.any():
            raise UserError(f"{path}: fold {fold} has no images of code {code}")
        parts[split] = pixels[rows]
        if split != "train":  # those that train are unlabeled
            labels[split] = expressions[rows] - 1
            if not ((labels[split] >= 0) & (labels[split] < EXPRESSIONS)).all():
                raise UserError(f"{path}: 'labs_ex' of fold {fold} is not 1 to 7")
    name = "tfd" if fold == 1 else f"tfd-{fold}"
    return Dataset(name, **parts, scale=255.0, image_shape=(SIDE, SIDE), labels=labels)
