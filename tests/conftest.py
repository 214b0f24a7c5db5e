"""Fixtures for all tests."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from gan_numpy.cache import storage

# Tests have caches of their own, but compiled code, also that of the programs they
# start, is kept from one to the next, where a user's is.
if "NUMBA_CACHE_DIR" not in os.environ:
    os.environ["NUMBA_CACHE_DIR"] = str(storage().folder or "")
# So is Matplotlib's list of fonts: the user's may name fonts that are gone.
if "MPLCONFIGDIR" not in os.environ:
    FONTS = tempfile.TemporaryDirectory(prefix="gan_numpy-fonts-")
    os.environ["MPLCONFIGDIR"] = FONTS.name
    atexit.register(FONTS.cleanup)
# What this run of pytest is told is not meant for those that tests start.
os.environ.pop("PYTEST_ADDOPTS", None)


@pytest.fixture
def rng() -> np.random.Generator:
    """A seeded generator: every test sees the same numbers in every run."""
    return np.random.default_rng(20140610)


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch) -> Path:
    """An empty cache directory of the test's own, never the user's."""
    folder = tmp_path_factory.mktemp("cache") / "gan_numpy"
    monkeypatch.setenv("GAN_NUMPY_CACHE", str(folder))
    return folder


@pytest.fixture(scope="session")
def mnist_dir() -> Path:
    """The directory of the real MNIST files, if this machine has them."""
    root = Path(__file__).parents[1]
    places = [
        os.environ.get("GAN_NUMPY_MNIST"),
        root / "data" / "mnist",
        root.parent / "shared" / "data" / "mnist",
    ]
    for place in places:
        if place and (Path(place) / "train-images-idx3-ubyte.gz").is_file():
            return Path(place)
    pytest.skip("MNIST is not here: 'gan-numpy data fetch mnist' gets it")


@pytest.fixture(scope="session")
def shared_data():
    """A function from a data set's folder to its path, if this machine has it."""
    root = Path(__file__).parents[1]
    places = [
        os.environ.get("GAN_NUMPY_DATA"),
        root / "data",
        root.parent / "shared" / "data",
    ]

    def find(name: str) -> Path:
        for place in places:
            if place and (Path(place) / name).is_dir():
                return Path(place) / name
        pytest.skip(f"{name} is not here")

    return find
