"""The lessons are scripts, no package: the builder is loaded from its file."""

import importlib.util
from pathlib import Path

import pytest
from tests.turns import share

ROOT = Path(__file__).parents[2]


def load_builder():
    spec = importlib.util.spec_from_file_location("build", ROOT / "lessons/build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILDER = load_builder()
SOURCES = BUILDER.sources()
IN_TURN = share(SOURCES, 3, "GAN_NUMPY_LESSONS")


@pytest.fixture(scope="session")
def builder():
    return BUILDER


@pytest.fixture(scope="session")
def in_turn():
    """A third of the lessons; ``GAN_NUMPY_LESSONS=all`` takes all."""
    return IN_TURN


def pytest_generate_tests(metafunc):
    """A test that asks for `source` is about every lesson; for `turn`, in turn."""
    if "source" in metafunc.fixturenames:
        metafunc.parametrize("source", SOURCES, ids=[s.stem for s in SOURCES])
    if "turn" in metafunc.fixturenames:
        metafunc.parametrize("turn", IN_TURN, ids=[s.stem for s in IN_TURN])
