"""How thorough: a few seeds by default, all of them with GAN_NUMPY_CHECK_SEEDS=50."""

import os

import pytest


@pytest.fixture(scope="session")
def seeds():
    return range(int(os.environ.get("GAN_NUMPY_CHECK_SEEDS", "2")))


@pytest.fixture(scope="session")
def trials():
    """Of each kind of nameless mistake; GAN_NUMPY_CHECK_TRIALS=400 for all."""
    return int(os.environ.get("GAN_NUMPY_CHECK_TRIALS", "6"))
