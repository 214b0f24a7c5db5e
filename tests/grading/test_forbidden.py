"""Shortcuts in the syntax tree: found where an exercise rests upon them, only there."""

from __future__ import annotations

from pathlib import Path

import hostile
import pytest

from gan_numpy.exercises.reading.submission import Piece, Submission
from gan_numpy.grading.forbidden import ALLOWED, shortcuts

FUNCTION = "def relu_backward(dy, cache):\n    return {}\n"


def found(source, allowed=ALLOWED):
    submission = Submission(Path("s.py"), [Piece("s.py", source)])
    return shortcuts(submission, ["relu_backward", "relu_forward"], allowed)


@pytest.mark.parametrize(
    "source, reason",
    [
        ("import torch\n" + FUNCTION.format("torch.relu(dy)"), "autograd package"),
        ("import jax.numpy as jnp\n" + FUNCTION.format("jnp.abs(dy)"), "autograd"),
        ("from gan_numpy.layers import Relu\n" + FUNCTION.format("Relu"), "library"),
        ("from gan_numpy import *\n" + FUNCTION.format("dy"), "library"),
        ("import scipy as s\n" + FUNCTION.format("s.x(dy)"), "imports scipy"),
        ("from . import x\n" + FUNCTION.format("x"), "which is not allowed"),
        (FUNCTION.format("eval('dy')"), "uses eval"),
        (FUNCTION.format("__import__('torch')"), "uses __import__"),
        (FUNCTION.format("dy.__class__.__subclasses__()"), "__subclasses__"),
        ("def f(x):\n    import os\n" + FUNCTION.format("f(dy)"), "imports os"),
        ("class A:\n    import os\n" + FUNCTION.format("A()"), "imports os"),
        ("try:\n    import torch as t\nexcept ImportError:\n    t = None\n"
         + FUNCTION.format("t"), "autograd"),
    ],
)  # fmt: skip
def test_a_shortcut_is_found(source, reason):
    assert any(reason in r for r in found(source))


@pytest.mark.parametrize(
    "source",
    [
        hostile.RIGHT,
        "import matplotlib.pyplot as plt\nimport os\n" + hostile.RIGHT,
        "from gan_numpy.exercises import check\n" + hostile.RIGHT + "check(0)\n",
        hostile.RIGHT + "def plot(x):\n    import torch\n    exec('x')\n",
        "def relu_backward(input, cache):\n    open = input * 1\n    return open\n",
        "try:\n    import torch\nexcept ImportError:\n    pass\n" + hostile.RIGHT,
    ],
)
def test_what_an_exercise_does_not_use_is_no_shortcut(source):
    assert found(source) == []


def test_the_instructor_decides():
    source = "import scipy\n" + FUNCTION.format("scipy.x(dy)")
    assert found(source) and not found(source, (*ALLOWED, "scipy"))


def test_an_import_that_is_not_allowed_does_not_run(graded):
    """Unused, it costs nothing; its code is not run either."""
    text = "import antigravity, this\nimport gan_numpy.layers\n" + hostile.RIGHT
    assert graded(text)["state"] == "right"


def test_what_only_shows_at_run_time(graded):
    hidden = hostile.body("np.lib.format.open_memmap('x', 'w+', dy.dtype, (1,))")
    entry = graded(hidden)
    assert entry["state"] == "flagged" and "writes a file" in entry["reasons"][0]


def test_a_name_that_is_computed_is_named(graded):
    entry = graded(hostile.body("getattr(np, 'sa' + 've')('x', dy)", hostile.FINE))
    assert entry["reasons"] == ["asks for an attribute by a computed name"]
    for line in ("getattr(np, 'sum')(dy)", "hasattr(dy, 'x')"):
        assert graded(hostile.body(line, hostile.FINE))["state"] == "right"
