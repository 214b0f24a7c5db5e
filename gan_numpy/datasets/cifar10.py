"""CIFAR-10: 60,000 color images, 32x32, in ten classes: the binary version.

Five training files and a test file of 10,000 records each; a record is one byte of
label (0 to 9) and 3,072 bytes of pixels: all of red, then green, then blue, each row by
row. That order is `Dataset`'s own. Read are the files themselves, gzipped or not, or
the archive as it is downloaded; as many training files as are there, one at least.

The version "for Python" is never read: it consists of pickles, and loading a pickle
runs whatever program it contains.

The paper's recipes train on the first 40,000 training images and keep the last 10,000
for validation (``stop: 40000`` in ``cifar10_convolutional.yaml`` of the released code);
of fewer images, too, the last fifth is kept. Their contrast is normalized: that data
set is named ``cifar10-gcn``.

Source: Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009,
https://www.cs.toronto.edu/~kriz/cifar.html; no license is stated there.
"""

from __future__ import annotations

import dataclasses
import tarfile
import zlib
from pathlib import Path
from typing import IO, cast

import numpy as np

from gan_numpy.datasets.base import Dataset
from gan_numpy.datasets.content import (
    DOWNLOADS,
    Verdicts,
    file_sha256,
    folders,
    read_content,
    read_limited,
    verdict,
)
from gan_numpy.datasets.download import fetch_verified
from gan_numpy.errors import UserError

ARCHIVE = "cifar-10-binary.tar.gz"
URL = f"https://www.cs.toronto.edu/~kriz/{ARCHIVE}"
ARCHIVE_SHA256 = "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"
TRAINING = tuple(f"data_batch_{i}.bin" for i in range(1, 6))
TEST = "test_batch.bin"
UNPACKED = "cifar-10-batches-bin"  # the directory in the archive
PICKLED = ("cifar-10-python.tar.gz", "cifar-10-batches-py", "data_batch_1")
SHAPE = (3, 32, 32)
RECORD = 1 + 3 * 32 * 32  # bytes
CLASSES = 10
CONTRAST = 55.0  # `gcn: 55.` in the paper's recipes


def find(data_dir: Path | None = None) -> dict[str, Path] | None:
    """Paths of the files that are there, or of the archive.

    Raises
    ------
    UserError
        If `data_dir` is not a directory or lacks the files, or if only the pickled
        version is there.
    """
    places = folders("cifar10", data_dir)
    for folder in places:
        if found := _complete_in(folder):
            return found
    for folder in places:
        for name in PICKLED:
            if (folder / name).exists():
                raise UserError(
                    f"{folder / name} is CIFAR-10's pickled version, which is never "
                    f"read (a pickle can run any program): put the binary version "
                    f"there instead, {URL}"
                )
    if data_dir is not None:
        raise UserError(
            f"{data_dir} lacks {TRAINING[0]}[.gz] or {TEST}[.gz] (or {ARCHIVE}): get "
            f"them with 'gan-numpy data fetch cifar10 --data-dir {data_dir}'"
        )
    return None


def _complete_in(folder: Path) -> dict[str, Path]:
    """Enough binary files, unpacked or as the archive, or nothing."""
    for place in (folder, folder / UNPACKED):
        found = _find_in(place)
        if TEST in found and len(found) > 1:
            return found
    return {ARCHIVE: folder / ARCHIVE} if (folder / ARCHIVE).exists() else {}


def _find_in(folder: Path) -> dict[str, Path]:
    """The binary files in a folder, training files in order, then the test file."""
    found = {}
    for name in (*TRAINING, TEST):
        for path in (folder / name, folder / name / name, folder / f"{name}.gz"):
            if path.is_file():
                found[name] = path
                break
    return found


def fetch(folder: Path = DOWNLOADS / "cifar10") -> dict[str, Path]:
    """Download the archive (162 MB) unless the data are there, sound.

    Raises
    ------
    UserError
        If it cannot be downloaded, or the folder cannot be written.
    """
    found = _complete_in(folder)
    wrong = [n for n, good in verify(found).items() if good not in (True, None)]
    if found and not wrong:
        return found
    fetch_verified([URL], folder / ARCHIVE, ARCHIVE_SHA256, file_sha256)
    for name in wrong:
        if name != ARCHIVE:
            found[name].unlink()  # what is unpacked would be found first
    return {ARCHIVE: folder / ARCHIVE}


def verify(paths: dict[str, Path]) -> Verdicts:
    """Whether the archive is the original; None for files that have no known checksum.

    The unpacked files have none: of them it is known whether they can be read.
    """
    if ARCHIVE in paths:
        archive = paths[ARCHIVE]
        same = verdict(lambda: file_sha256(archive) == ARCHIVE_SHA256)
        return {ARCHIVE: same}
    return {name: verdict(_is_readable, path) for name, path in paths.items()}


def _is_readable(path: Path) -> None:
    """Refuse a damaged file; the content of a sound one is not compared."""
    parse(read_content(path), path)


def parse(content: bytes | bytearray, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """The images and labels in a binary file.

    Parameters
    ----------
    content : bytes or bytearray
        The decompressed file.
    path : Path
        Its name, for messages.

    Returns
    -------
    images : (N, 3072) uint8 ndarray, a view of `content`
    labels : (N,) int64 ndarray

    Raises
    ------
    UserError
        If it does not consist of whole records, or a label is not one of the ten.
    """
    if not content or len(content) % RECORD:
        raise UserError(
            f"{path} holds {len(content):,} bytes, not a whole number of records of "
            f"{RECORD:,}: truncated, or not CIFAR-10's binary version ({URL})"
        )
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    labels = records[:, 0].astype(np.int64)
    wrong = np.flatnonzero(labels >= CLASSES)
    if len(wrong):
        raise UserError(
            f"{path}: record {wrong[0]:,} has label {labels[wrong[0]]}, expected 0 to "
            f"{CLASSES - 1}: damaged, or not CIFAR-10's binary version ({URL})"
        )
    return records[:, 1:], labels


def read_archive(path: Path) -> dict[str, bytearray]:
    """The six files of the archive, by name; nothing is unpacked to disk.

    Raises
    ------
    UserError
        If it is damaged or lacks one.
    """
    contents = {}
    try:
        with tarfile.open(path, "r:gz") as archive:
            for member in archive:
                name = Path(member.name).name
                if member.isfile() and name in (*TRAINING, TEST):
                    stream = cast(IO[bytes], archive.extractfile(member))
                    contents[name] = read_limited(stream, path, "CIFAR-10's archive")
    except (tarfile.TarError, EOFError, zlib.error, OSError) as error:
        raise UserError(
            f"{path} is a truncated or damaged archive ({error}): fetch it again"
        ) from None
    missing = [name for name in (*TRAINING, TEST) if name not in contents]
    if missing:
        raise UserError(f"{path} lacks {missing[0]}: it is not {URL}")
    return contents


def load(data_dir: Path | None = None) -> Dataset:
    """CIFAR-10, pixels in [0, 1]; the last fifth of the training images validates.

    Raises
    ------
    UserError
        If files are missing or damaged.
    """
    paths = find(data_dir) or fetch()
    if ARCHIVE in paths:
        contents = read_archive(paths[ARCHIVE])
        where = {name: paths[ARCHIVE] / name for name in contents}
    else:
        contents = {name: read_content(path) for name, path in paths.items()}
        where = paths
    parsed = {name: parse(contents[name], where[name]) for name in contents}
    names = [name for name in TRAINING if name in parsed]
    images = np.concatenate([parsed[name][0] for name in names])
    labels = np.concatenate([parsed[name][1] for name in names])
    if len(images) < 10:
        raise UserError(f"{where[names[0]]} holds {len(images)} images only")
    cut = len(images) - len(images) // 5
    by_split = {
        "train": labels[:cut],
        "validation": labels[cut:],
        "test": parsed[TEST][1],
    }
    test = np.ascontiguousarray(parsed[TEST][0])
    train, validation = images[:cut], images[cut:]
    return Dataset("cifar10", train, validation, test, 255.0, SHAPE, by_split)


def load_normalized(data_dir: Path | None = None) -> Dataset:
    """CIFAR-10 with its contrast normalized to length 55, as in the paper's recipes."""
    return dataclasses.replace(load(data_dir), name="cifar10-gcn", contrast=CONTRAST)
