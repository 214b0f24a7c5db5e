"""The examples in the layers' docstrings show what they say."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import gan_numpy.layers

FILES = sorted(Path(gan_numpy.layers.__file__).parent.glob("*.py"))


@pytest.mark.parametrize("stem", [f.stem for f in FILES if ">>>" in f.read_text()])
def test_the_examples_of_a_layer(stem):
    done = doctest.testmod(import_module(f"gan_numpy.layers.{stem}"))
    assert done.attempted >= 4 and done.failed == 0
