"""MNIST: 70,000 handwritten digits, 28x28, in four IDX files.

Found in ``--data-dir``, else in ``data/mnist`` or ``data``, else downloaded to
``data/mnist``. What is verified is the SHA-256 of the *decompressed* content: archives
of the same content differ between mirrors and compressors.

The paper trains on the first 50,000 training images and keeps the last 10,000 for
validation, where the bandwidth of the Parzen window is chosen.

Source: LeCun, Cortes and Burges, "The MNIST database of handwritten digits"; license
CC BY-SA 3.0.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from gan_numpy.datasets import idx
from gan_numpy.datasets.base import Dataset
from gan_numpy.datasets.content import Verdicts, folders, read_content, verdict
from gan_numpy.datasets.download import fetch_verified
from gan_numpy.errors import UserError

MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
)
SHA256 = {
    "train-images-idx3-ubyte": (
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
    ),
    "train-labels-idx1-ubyte": (
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
    ),
    "t10k-images-idx3-ubyte": (
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
    ),
    "t10k-labels-idx1-ubyte": (
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
    ),
}
DOWNLOADS = Path("data") / "mnist"


def candidates(name: str, folder: Path) -> list[Path]:
    """Where a file may lie: gzipped or not, with ``-idx`` or ``.idx`` in its name.

    Some archives unpack each file into a folder of the same name.
    """
    dotted = name.replace("-idx", ".idx")
    names = [f"{stem}{end}" for stem in (name, dotted) for end in ("", ".gz")]
    places = (folder, *(folder / each for each in names))
    return [place / each for place in places for each in names]


def find(data_dir: Path | None = None) -> dict[str, Path] | None:
    """Paths of the four files.

    Parameters
    ----------
    data_dir : Path, optional
        The only place to look in; without it ``data/mnist``, then ``data``.

    Returns
    -------
    dict from name to path, or None if they are nowhere and no `data_dir` was given

    Raises
    ------
    UserError
        If `data_dir` is not a directory or lacks a file.
    """
    for folder in folders("mnist", data_dir):
        found = _find_in(folder)
        if len(found) == len(SHA256):
            return found
    if data_dir is not None:
        found = _find_in(data_dir)
        missing = [name for name in SHA256 if name not in found]
        if missing:
            raise UserError(
                f"{data_dir} lacks {missing[0]}[.gz] (of the four MNIST files "
                f"{', '.join(SHA256)}): get them with 'gan-numpy data fetch mnist "
                f"--data-dir {data_dir}'"
            )
    return None


def _find_in(folder: Path) -> dict[str, Path]:
    """The files that are in a folder; the first candidate of each name.

    A folder of that name counts if there is no file: whoever reads it says so.
    """
    found = {}
    for name in SHA256:
        places = [path for path in candidates(name, folder) if path.exists()]
        files = [path for path in places if path.is_file()]
        if places:
            found[name] = (files or places)[0]
    return found


def fetch(folder: Path = DOWNLOADS) -> dict[str, Path]:
    """Download what is missing or damaged in `folder`, verified, with a progress bar.

    A sound file of other images is not touched: it may be somebody's own.

    Raises
    ------
    UserError
        If no mirror delivers a file, or the folder cannot be written.
    """
    paths = _find_in(folder)
    for name, checksum in SHA256.items():
        damaged = paths.get(name)
        if damaged is not None and _is_sound(name, damaged):
            continue
        target = folder / f"{name}.gz"
        urls = [f"{mirror}{name}.gz" for mirror in MIRRORS]
        fetch_verified(urls, target, checksum, _sha256)
        if damaged is not None and damaged != target:
            damaged.unlink()  # it would be found first
        paths[name] = target
    return paths


def _is_sound(name: str, path: Path) -> bool:
    """Whether a file can be read, if not that it is the original's."""
    try:
        idx.parse(read_content(path), path, 3 if "images" in name else 1)
        return True
    except UserError:
        return False


def verify(paths: dict[str, Path]) -> Verdicts:
    """Whether the decompressed content of each file is the original's."""
    return {name: verdict(_same, name, paths[name]) for name in SHA256}


def _same(name: str, path: Path) -> bool:
    same = _sha256(path) == SHA256[name]
    if not same:  # say what is wrong with it, if it is not just other images
        idx.parse(read_content(path), path, 3 if "images" in name else 1)
    return same


def _sha256(path: Path) -> str:
    return hashlib.sha256(read_content(path)).hexdigest()


def load(data_dir: Path | None = None) -> Dataset:
    """MNIST, split 50,000 / 10,000 / 10,000 as in the paper.

    Any four IDX files of the same format do: the last sixth of the training images is
    the validation set.

    Raises
    ------
    UserError
        If files are missing, damaged, or do not belong together.
    """
    paths = find(data_dir) or fetch()
    arrays = {
        name: idx.parse(read_content(path), path, 3 if "images" in name else 1)
        for name, path in paths.items()
    }
    for part in ("train", "t10k"):
        images, labels = f"{part}-images-idx3-ubyte", f"{part}-labels-idx1-ubyte"
        if len(arrays[images]) != len(arrays[labels]):
            raise UserError(
                f"{paths[images]} holds {len(arrays[images]):,} images, "
                f"{paths[labels]} {len(arrays[labels]):,} labels: they do not belong "
                f"together"
            )
        if len(arrays[images]) < 10:
            raise UserError(f"{paths[images]} holds {len(arrays[images])} images only")
    train, test = arrays["train-images-idx3-ubyte"], arrays["t10k-images-idx3-ubyte"]
    if train.shape[1:] != test.shape[1:]:
        raise UserError(
            f"training images are {train.shape[1]}x{train.shape[2]}, test images "
            f"{test.shape[1]}x{test.shape[2]}: they do not belong together"
        )
    cut = len(train) - len(train) // 6
    flat = train.reshape(len(train), -1)
    targets = arrays["train-labels-idx1-ubyte"].astype(np.int64)
    labels_by_split = {
        "train": targets[:cut],
        "validation": targets[cut:],
        "test": arrays["t10k-labels-idx1-ubyte"].astype(np.int64),
    }
    shape = (train.shape[1], train.shape[2])
    test = test.reshape(len(test), -1)
    return Dataset("mnist", flat[:cut], flat[cut:], test, 255.0, shape, labels_by_split)
