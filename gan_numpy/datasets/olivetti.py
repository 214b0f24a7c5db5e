r"""Olivetti faces: 400 photographs, 64x64, ten of each of 40 people.

The stand-in, that anyone can run, for the Toronto face data of the paper; a figure on
it is never comparable with one on those. One MATLAB file holds ``faces``, 4096 x 400:
one image per column, its pixels column by column, and a person's ten images in a row.

Of each person eight images train, the ninth validates and the tenth tests: 320 / 40 /
40, every person in every part. Labels are the people, 0 to 39. The paper's faces have
48x48 pixels; ``olivetti-48`` and ``olivetti-32`` are these, made smaller by averaging:
a pixel of the result is the mean of the area that it covers.

Source: AT&T Laboratories Cambridge, "The Database of Faces" (Samaria and Harter,
"Parameterisation of a stochastic model for human face identification", 1994), in the
version of Sam Roweis, https://cs.nyu.edu/~roweis/data.html, which scikit-learn's
``fetch_olivetti_faces`` uses too. "When using these images, please give credit to AT&T
Laboratories Cambridge."
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from gan_numpy.datasets.base import Dataset
from gan_numpy.datasets.content import (
    DOWNLOADS,
    Verdicts,
    file_sha256,
    folders,
    verdict,
)
from gan_numpy.datasets.download import fetch_verified
from gan_numpy.datasets.matlab import as_pixels, read_matlab
from gan_numpy.errors import UserError

FILE = "olivettifaces.mat"
URL = "https://ndownloader.figshare.com/files/5976027"
FILE_SHA256 = "b612fb967f2dc77c9c62d3e1266e0c73d5fca46a4b8906c18e454d41af987794"
PIXELS_SHA256 = "b119468c2f13775df12d3950e7c96644811647a6e10d30617777f245bf9b2f8b"
PEOPLE, IMAGES, SIDE = 40, 10, 64
TRAINING = 8  # of the ten images of a person; the next validates, the last tests


def find(data_dir: Path | None = None) -> dict[str, Path] | None:
    """Path of the file.

    Raises
    ------
    UserError
        If `data_dir` is not a directory or lacks it.
    """
    for folder in folders("olivetti", data_dir):
        for path in (folder / FILE, folder / FILE / FILE):
            if path.is_file():
                return {FILE: path}
    if data_dir is not None:
        raise UserError(
            f"{data_dir} lacks {FILE}: get it with 'gan-numpy data fetch olivetti "
            f"--data-dir {data_dir}'"
        )
    return None


def fetch(folder: Path = DOWNLOADS / "olivetti") -> dict[str, Path]:
    """Download the file unless it is there and can be read, verified.

    Raises
    ------
    UserError
        If it cannot be downloaded, or the folder cannot be written.
    """
    path = folder / FILE
    if not path.exists() or isinstance(verify({FILE: path})[FILE], str):
        fetch_verified([URL], folder / FILE, FILE_SHA256, file_sha256)
    return {FILE: folder / FILE}


def verify(paths: dict[str, Path]) -> Verdicts:
    """Whether the pixels are the original's, however the file is compressed."""
    return {FILE: verdict(_is_original, paths[FILE])}


def _is_original(path: Path) -> bool:
    pixels = read_faces(path)
    return hashlib.sha256(pixels.tobytes()).hexdigest() == PIXELS_SHA256


def read_faces(path: Path) -> np.ndarray:
    """All columns of ``faces``: (400, 4096) uint8, the pixels of each column by column.

    Raises
    ------
    UserError
        If the file is damaged or does not hold 400 images of 64x64.
    """
    faces = read_matlab(path, ("faces",))["faces"]
    if faces.shape != (SIDE * SIDE, PEOPLE * IMAGES):
        raise UserError(
            f"{path}: 'faces' has shape {faces.shape}, expected "
            f"({SIDE * SIDE}, {PEOPLE * IMAGES})"
        )
    return np.ascontiguousarray(as_pixels(faces, "faces", path).T)


def load(data_dir: Path | None = None, side: int = SIDE) -> Dataset:
    """The faces, split 320 / 40 / 40.

    Parameters
    ----------
    data_dir : Path, optional
    side : int
        Height and width in pixels, at most 64.

    Raises
    ------
    UserError
        If the file is missing or damaged.
    """
    path = (find(data_dir) or fetch())[FILE]
    images = read_faces(path).reshape(-1, SIDE, SIDE).transpose(0, 2, 1)
    images = shrink(images, side).reshape(PEOPLE, IMAGES, -1)
    people = np.repeat(np.arange(PEOPLE), IMAGES).reshape(PEOPLE, IMAGES)
    cuts = [TRAINING, TRAINING + 1]
    train, validation, test = (
        np.ascontiguousarray(part).reshape(-1, side * side)
        for part in np.split(images, cuts, axis=1)
    )
    labels = dict(
        zip(
            ("train", "validation", "test"),
            (part.ravel() for part in np.split(people, cuts, axis=1)),
        )
    )
    name = "olivetti" if side == SIDE else f"olivetti-{side}"
    return Dataset(name, train, validation, test, 255.0, (side, side), labels)


def shrink(images: np.ndarray, side: int) -> np.ndarray:
    r"""Make square images smaller by the mean over the area of each new pixel.

    With :math:`A_{ij}` the share of new row i that lies in old row j, an image
    :math:`X` becomes :math:`A X A^T`, which keeps its mean.

    Parameters
    ----------
    images : (N, S, S) uint8 ndarray
    side : int
        At most S.

    Returns
    -------
    (N, side, side) uint8 ndarray, rounded half up
    """
    if side == images.shape[1]:
        return images
    ratio = images.shape[1] / side
    low = np.arange(side)[:, None] * ratio
    old = np.arange(images.shape[1])
    overlap = np.minimum(low + ratio, old + 1) - np.maximum(low, old)
    A = np.maximum(overlap, 0) / ratio
    # Means are fractions of 16; exact halves go up whatever the last bit says.
    return np.floor(A @ images @ A.T + 0.5 + 1e-6).astype(np.uint8)
