"""Results that take long to compute, kept on disk: a classifier, k-means centroids.

They lie in the user's cache (`gan_numpy.cache`). A file is named by the hash of its
*key*: everything that the arrays follow from. It is used only if its
key is the wanted one, its arrays have the right shapes, and their SHA-256 is the one
stored beside them; anything else is computed anew.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

import gan_numpy
from gan_numpy.cache import say_once, storage
from gan_numpy.capabilities import version_of
from gan_numpy.errors import UserError
from gan_numpy.files import arrays_sha256 as sha256
from gan_numpy.files import read_arrays, sweep, write_atomically

Arrays = dict[str, np.ndarray]
Shapes = dict[str, tuple[tuple[int, ...], np.dtype]]


def shapes_of(arrays: Arrays) -> Shapes:
    """Shape and dtype of each array."""
    return {name: (value.shape, value.dtype) for name, value in arrays.items()}


def remember(
    name: str, key: dict[str, Any], shapes: Shapes, compute: Callable[[], Arrays]
) -> Arrays:
    """The arrays of a key: from disk if they are there and sound, else computed.

    Parameters
    ----------
    name : str
        What they are; the file's name begins with it.
    key : dict
        All that the arrays depend on, as JSON; the versions of the libraries that
        compute them are added here.
    shapes : dict
        Shape and dtype that each array must have.
    compute : callable
        Makes the arrays. A folder that cannot be written costs only time.
    """
    versions = {"numpy": np.__version__, "numba": version_of("numba")}
    versions |= {"gan_numpy": gan_numpy.__version__, "machine": platform.machine()}
    text = json.dumps({"name": name, "versions": versions, **key}, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    file_name = f"{name}-{digest[:32]}.npz"
    kept = storage()
    for folder in kept.folders:
        found = _load(folder / file_name, text, shapes)
        if found is not None:
            return found
    arrays = compute()
    stored: dict[str, Any] = arrays | {"key": text, "sha256": sha256(arrays)}
    if kept.note:
        say_once(f"{name}: {kept.note}", about=kept.note)
    if kept.folder is not None:
        sweep(kept.folder)
        with suppress(UserError):
            target = kept.folder / file_name
            write_atomically(target, lambda file: np.savez(file, **stored))
    return arrays


def _load(path: Path, key: str, shapes: Shapes) -> Arrays | None:
    """The arrays of a file, or None if it is missing, damaged or not the wanted one."""
    try:
        stored = read_arrays(path)
        same_key = str(stored.pop("key")) == key
        checksum = str(stored.pop("sha256"))
    except (UserError, KeyError, OSError):
        return None
    sound = same_key and shapes_of(stored) == shapes and sha256(stored) == checksum
    return stored if sound else None
