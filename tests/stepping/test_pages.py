"""Pages: for every function and layer, true to what ran, small, by keyboard alone."""

import json
import re
import sys

import numpy as np
import pytest

import gan_numpy.layers as all_layers
from gan_numpy import cli, lesson
from gan_numpy.exercises import all_exercises, build_mutant
from gan_numpy.stepping import build_page, names
from gan_numpy.exercises.stubs import stub_file
from gan_numpy.exercises.variants import variant
from gan_numpy.stepping.layers import LAYERS
from gan_numpy.stepping.recorder import record
from gan_numpy.stepping.shown import described
from gan_numpy.stepping.story import story
from gan_numpy.stepping.subjects import subject

WRONG = """
import numpy as np

def batchnorm_backward(dy, cache):
    xhat, gamma, std = cache
    dgamma = (dy * xhat).sum(axis=0)
    dbeta = dy.sum(axis=0)
    d = gamma * dy
    mean_path = d.mean(axis=0)
    variance_path = xhat * (d * xhat).mean(axis=1, keepdims=True)
    dx = (d - mean_path - variance_path) / std
    return dx, dgamma, dbeta
"""


def test_there_is_a_page_for_every_exercise_and_every_layer():
    kinds = {
        name
        for name in all_layers.__all__
        if isinstance(getattr(all_layers, name), type)
        and issubclass(getattr(all_layers, name), all_layers.Layer)
    }
    assert kinds - {"Layer"} == set(LAYERS), "stepping/layers.py has one of each"
    assert set(names()) == set(all_exercises()) | set(LAYERS)


@pytest.mark.parametrize("name", names())
def test_a_page_is_complete_small_and_alone(name):
    page = build_page(name)
    assert len(page.content.encode()) < 300_000
    assert "http" not in re.sub(r"http-equiv", "", page.content)
    (data,) = re.findall(r'id="story">(.*?)</script>', page.content)
    told = json.loads(data)
    assert told["steps"] and told["arrays"]
    sides = {b["side"] for b in told["blocks"]}
    assert "backward" in sides and (name not in LAYERS or "forward" in sides)
    for step in told["steps"]:
        numbers = [n for n, _ in told["blocks"][step["block"]]["lines"]]
        assert step["line"] in numbers
        for _, at, *given in step["waits"]:
            place = given[0] if at < 0 else 0
            assert at < len(told["steps"]) and place < len(told["arrays"])


ADJOINTS = {
    "dense_backward": {"dx": "x", "dW": "W", "db": "b"},
    "batchnorm_backward": {"d": "xhat", "dx": "x", "dgamma": "gamma"},
    "maxout_backward": {"dz": "x @ W", "dW": "W"},
    "gradient_penalty_backward": {"u": "g", "dW": "W"},
    "Dense": {"grads[W]": "W", "dx": "x"},
    "BatchNorm": {"dgamma": "gamma", "dbeta": "beta"},
}


@pytest.mark.parametrize("name", ADJOINTS)
def test_adjoints_are_found(name):
    found = {
        made: partner[2]
        for step in story(subject(name))["steps"]
        for made, partner in step["adjoint"].items()
    }
    assert ADJOINTS[name].items() <= found.items()


def test_a_wrong_value_is_nobodys_adjoint():
    exercise = all_exercises()["dense_backward"]
    (change,) = [m for m in exercise.mutants if m.new == "x.T @ dy / len(x)"]
    wrong = build_mutant(exercise, change)
    told = story(subject("dense_backward", {"dense_backward": wrong}))
    found = {k for step in told["steps"] for k in step["adjoint"]}
    assert {"dx", "db"} <= found and "dW" not in found


def test_ones_own_wrong_function_opens_at_its_first_wrong_line(tmp_path, capsys):
    file = tmp_path / "mine.py"
    file.write_text(WRONG)
    page = tmp_path / "mine.html"
    command = ["explain", "batchnorm_backward", "--solution", str(file)]
    assert cli.main([*command, "--html", str(page)]) == 0
    (data,) = re.findall(r'id="story">(.*?)</script>', page.read_text("utf-8"))
    told = json.loads(data)
    line = told["steps"][told["start"]]["line"]
    assert WRONG.split("\n")[line - 1].lstrip().startswith("variance_path =")
    assert "batchnorm_backward: WRONG" in told["verdict"]
    capsys.readouterr()
    assert cli.main(command) == 0
    assert re.search(r"^! +10 +variance_path", capsys.readouterr().out, re.M)


def test_what_the_recorder_sees():
    def function(x):
        y = x + 1
        y *= 2  # in place
        for k in range(2):
            y[k] = k
        return {"y": y}

    x = np.zeros(3)
    found = record(function, (x,), lambda code: code is function.__code__)
    made = [list(s.made) for s in found.steps]
    loop = [["k"], ["y"]]
    assert made == [["y"], ["y"], *loop, *loop, [], ["returned[y]"]]
    assert found.steps[1].made["y"].tolist() == [2.0, 2.0, 2.0]
    assert found.steps[3].made["y"].tolist() == [0.0, 2.0, 2.0]
    assert found.value["y"].tolist() == [0.0, 1.0, 2.0] and x.sum() == 0


def test_the_recorder_leaves_no_hook_and_goes_on_after_an_error():
    before = sys.gettrace()

    def fails(x):
        y = 2 * x
        raise ValueError(f"no {y}")

    found = record(fails, (1.0,), lambda code: code is fails.__code__)
    assert found.error == "ValueError: no 2.0" and sys.gettrace() is before
    assert found.steps[0].made == {"y": 2.0}

    def long(x):
        for _ in range(500):
            x = x + 1
        return x

    found = record(long, (0,), lambda code: code is long.__code__, most=20)
    assert len(found.steps) == 20 and found.left > 900 and found.value == 500


def test_the_command_lists_suggests_and_refuses(tmp_path, capsys):
    assert cli.main(["explain"]) == 0
    assert "dense_backward\n" in capsys.readouterr().out
    assert cli.main(["explain", "conv2d"]) == 2
    assert "did you mean Conv2D?" in capsys.readouterr().err
    assert cli.main(["explain", "Dense"]) == 0
    out = capsys.readouterr().out
    assert "forward: forward" in out and "dx (4, 5), the adjoint of x" in out
    page = tmp_path / "page.html"
    for code in (0, 2):  # the second time it exists
        assert cli.main(["explain", "Dense", "--html", str(page)]) == code
    file = tmp_path / "empty.py"
    file.write_text("x = 1\n")
    assert cli.main(["explain", "relu_backward", "--solution", str(file)]) == 2
    assert "has no function relu_backward" in capsys.readouterr().err


def test_a_notebook_shows_it_in_a_frame(tmp_path):
    page = lesson.step_through("relu_backward")
    shown = page._repr_html_()
    assert shown.startswith("<iframe") and "<script" not in shown
    page.save(tmp_path / "relu.html")
    assert (tmp_path / "relu.html").read_text("utf-8") == page.content
    relu = lesson.mistake("relu_backward", "mask-missing")
    assert "WRONG" in lesson.step_through(relu).content
    with pytest.raises(ValueError, match="no exercise and no layer 'Relu'"):
        lesson.step_through("Relu")


def test_a_students_variant_is_shown_with_its_own_forward(tmp_path):
    exercise = variant("dense_backward", "columns.h.A.c")
    text = stub_file([exercise])
    body = "h, A = cache\n    dA = dy @ h.T\n    return A.T @ dy, dA, dy.sum(axis=0)"
    stub = '    raise NotImplementedError("dense_backward")'
    file, page = tmp_path / "mine.py", tmp_path / "mine.html"
    file.write_text(text.replace(stub, "    " + body), "utf-8")
    command = ["explain", "dense_backward", "--solution", str(file)]
    assert cli.main([*command, "--html", str(page)]) == 0
    content = page.read_text("utf-8")
    assert "A @ h + c[:, None]" in content and "a sample is a column" in content
    (told,) = re.findall(r'id="story">(.*?)</script>', content)
    wrong = [n for b in json.loads(told)["blocks"] for n in b["wrong"]]
    assert [file.read_text("utf-8").split("\n")[n - 1] for n in wrong] == [
        "    return A.T @ dy, dA, dy.sum(axis=0)"
    ]


def test_an_array_says_which_of_it_is_shown():
    assert described(np.zeros((7, 8)))["part"] == ""
    assert described(np.zeros((9, 8)))["part"] == ":7, :"
    assert described(np.zeros(20))["part"] == ":8"
    assert described(np.zeros((3, 2, 9, 9)))["part"] == "0, 0, :7, :8"


def test_arguments_are_those_of_the_call_itself():
    """A helper that is called twice waits for what it was given each time."""

    def helper(a):
        a = 2 * a
        return a

    def function(x):
        return helper(x) + helper(x + 1)

    codes = {helper.__code__, function.__code__}
    steps = record(function, (1.0,), lambda code: code in codes).steps
    given = [s.given for s in steps if s.code is helper.__code__]
    assert [g["a"] for g in given] == [1.0, 1.0, 2.0, 2.0]
