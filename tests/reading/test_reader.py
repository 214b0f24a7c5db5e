"""What the reader says of lines, of what cannot be read, and what it does not run."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from gan_numpy.errors import UserError
from gan_numpy.exercises.reading import ipython
from gan_numpy.exercises.reading.define import define
from gan_numpy.exercises.reading.needed import needed
from gan_numpy.exercises.reading.submission import parse_submission, read_submission

CELLS = [
    "\n\n%matplotlib inline\n!ls \\\n  -l \\\n  -a\nfiles = !ls\nx = 1 / 0",
    "%%time\n\nx = 1 / 0",
    "np.where?\nx = (7\n     % 4)\ny = (1\n     != 2)\nx = 1 / 0",
    "  %pip install numpy\n  x = 1 / 0",
    "get_ipython().run_cell_magic('capture', 'out', 'x = 1 / 0\\n')",
]


@pytest.mark.parametrize("cell", CELLS)
def test_every_line_of_a_cell_keeps_its_number(cell):
    (statement,) = [
        s for s in ast.parse(ipython.as_python(cell)).body if "1 / 0" in ast.unparse(s)
    ]
    lines = cell.split("\n")
    expected = next((k for k, s in enumerate(lines, 1) if s.strip() == "x = 1 / 0"), 2)
    assert statement.lineno == expected


def test_without_ipython_only_cells_that_need_it_are_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(ipython, "transformer", lambda: None)
    path = tmp_path / "lesson.ipynb"

    def write(source):
        cells = [{"cell_type": "code", "source": source}]
        path.write_text(json.dumps({"cells": cells}))

    write("def relu_backward(dy, cache):\n    return dy * (cache > 0)")
    assert read_submission(path).found == ["relu_backward"]
    write("def relu_backward(:\n    pass")
    assert read_submission(path).syntax_error("relu_backward")
    write("%matplotlib inline")
    with pytest.raises(UserError, match="pip install ipython") as caught:
        read_submission(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content, says",
    [
        (b"# coding: klingon\nx = 1", "nor in the coding that it declares"),
        ("# \ubbf8".encode("cp949"), "not a text file in UTF-8"),
        ("x = 1".encode("utf-16"), "save it as UTF-8"),
        (b"x = 1\0", "null bytes"),
    ],
)
def test_what_python_does_not_read_is_said_in_a_line(content, says):
    with pytest.raises(UserError, match=says):
        parse_submission(Path("s.py"), content)


def lines_needed(source, *wanted):
    return [s.lineno for s in needed(ast.parse(source).body, wanted or ["f"])]


@pytest.mark.parametrize(
    "source, lines",
    [
        ("T = [1]\nprint(T)\nplot(T)\ntrain(T)\ndef f(): return T", [1, 5]),
        ("W = 0\nfor k in []:\n    W -= k\ndef f(): return W", [1, 2, 4]),
        ("W = 0\nfor k in []:\n    L = W\ndef f(): return W", [1, 4]),
        ("x = 1\nT = [x]\nx = 2\ndef f(): return T", [1, 2, 4]),
        # g is called where T is made, and what it returned may call it later.
        (
            "x = 1\ndef g(): return x\nT = g()\nx = 2\ndef f(): return T",
            [1, 2, 3, 4, 5],
        ),
        ("x = 1\ndef g(): return x\nT = g()\nx = 2\ndef f(): return x", [4, 5]),
        ("def f(): return 1\ndef f(): return g()\ng = abs", [2, 3]),
        ("import numpy as np\nimport torch\nnp.random.seed(0)\ndef f(): np", [1, 4]),
        ("class C: pass\nc = C()\nC.m = print\nc.k = 1\ndef f(): return C", [1, 3, 5]),
        ("f = abs\nfor f in []:\n    pass\nf = f(1)", [1]),
        ("T = []\nr = T\nr.append(1)\nprint(r)\ndef f(): return T", [1, 2, 3, 5]),
        # What is called hands out values, and is no part of what changes them.
        ("p = []\nfor k in range(3):\n    k.train()\ndef f(): range(2)", [4]),
        ("for k in f(1):\n    k.draw()\ndef f(): return 1", [3]),
    ],
)
def test_the_slice_holds_what_binds_or_changes_and_no_more(source, lines):
    assert lines_needed(source) == lines


def test_a_result_of_the_same_name_is_no_definition():
    source = b"def value(pd, pg, D, dx):\n    return 7\nvalue = value(1, 2, 3, 4)\n"
    submission = parse_submission(Path("s.py"), source)
    assert submission.found == ["value"]
    assert define(submission, ["value"])["value"](1, 2, 3, 4) == 7
    for source in (b"value = 3.0", b"for value in []: pass", b"class A:\n  value = f"):
        assert parse_submission(Path("s.py"), source).found == []


def test_a_place_for_modules_that_fails_is_passed_over():
    source = b"import sys\nsys.path.append(nowhere)\nvalue = lambda *a: 1\n"
    assert define(parse_submission(Path("s.py"), source), ["value"])["value"]() == 1


def test_of_a_lesson_nothing_runs_but_imports_and_functions():
    """No training, no plot: whatever names the rest of the notebook uses again."""
    source = Path(__file__).parents[2] / "lessons" / "13_convolution_dcgan.ipynb"
    statements = read_submission(source).statements()
    for name in ("conv2d_backward", "conv_transpose_backward"):
        kinds = {type(s) for s in needed(statements, [name])}
        assert kinds <= {ast.Import, ast.ImportFrom, ast.FunctionDef}


def test_a_name_that_is_only_used_brings_nothing_along():
    """A given function whose cell was deleted, in a notebook that goes on with it."""
    source = """\
from gan_numpy import lesson
def f(dy, cache):
    return dy * (cache > 0)
back = lesson.working(f)
for name, forward, backward in (("f", given, back),):
    forward.tried = lesson.steps(3)
"""
    assert lines_needed(source, "f", "given") == lines_needed(source) == [2]
