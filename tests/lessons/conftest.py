"""The lessons are scripts, no package: the builder is loaded from its file."""

import importlib.util
import linecache
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pytest
from tests.turns import share

from gan_numpy import lesson
from gan_numpy.kernels.threads import limit_threads

ROOT = Path(__file__).parents[2]


def load_builder():
    spec = importlib.util.spec_from_file_location("build", ROOT / "lessons/build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BUILDER = load_builder()
SOURCES = BUILDER.sources()
HELD_BACK = r"check\(|lesson.ask|# Installs"
IN_TURN = share(SOURCES, 3, "GAN_NUMPY_LESSONS")


@pytest.fixture(scope="session")
def builder():
    return BUILDER


@pytest.fixture(scope="session")
def in_turn():
    """A third of the lessons; ``GAN_NUMPY_LESSONS=all`` takes all."""
    return IN_TURN


@pytest.fixture
def played(builder, monkeypatch):
    """Plays a solved lesson, without its checks; its names."""
    monkeypatch.delenv("GAN_NUMPY_FAST", raising=False)
    monkeypatch.setattr(lesson, "working", lambda *f: f if len(f) > 1 else f[0])
    monkeypatch.setattr(lesson, "live", lambda *a, **k: plt.close("all"))
    for name in ("show", "animate", "opening", "architecture"):
        monkeypatch.setattr(lesson, name, lambda *a, **k: plt.close("all"))

    def play(number):
        (source,) = builder.sources(number)
        names = {"__name__": "__main__"}
        with limit_threads(1):
            for cell in builder.build(source, solutions=True).cells:
                text = cell.source
                if cell.cell_type != "code" or re.match(HELD_BACK, text):
                    continue
                linecache.cache[cell.id] = len(text), None, text.splitlines(True), ""
                exec(compile(text, cell.id, "exec"), names)
        plt.close("all")
        return names

    return play


def pytest_generate_tests(metafunc):
    """A test that asks for `source` is about every lesson; for `turn`, in turn."""
    if "source" in metafunc.fixturenames:
        metafunc.parametrize("source", SOURCES, ids=[s.stem for s in SOURCES])
    if "turn" in metafunc.fixturenames:
        metafunc.parametrize("turn", IN_TURN, ids=[s.stem for s in IN_TURN])
