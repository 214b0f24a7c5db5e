"""What went wrong is said in the student's words: names, shapes, cells."""

import sys
import types

import numpy as np
import pytest

from gan_numpy.exercises import get_exercise
from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.calls import place


def forward(x, W):
    return x @ W, (x, W)


def by_matmul(dy, cache):
    x, W = cache
    return dy @ W.T, dy @ x.T


def by_broadcast(dy, cache):
    x, W = cache
    return dy @ W.T, x.T @ dy + x[:, 0]


def by_einsum(dy, cache):
    x, W = cache
    return dy @ W.T, np.einsum("ni,jn->ij", x, dy)


def by_dot(dy, cache):
    x, W = cache
    return np.dot(dy, W), x.T @ dy


def in_place(dy, cache):
    x, W = cache
    dW = np.zeros((5, 3))
    dW += x
    return dy @ W.T, dW


SAYS = {
    by_matmul: ("dy has shape (7, 3)", "x.T has shape (5, 7)"),
    by_broadcast: ("x.T @ dy has shape (5, 3)", "x[:, 0] has shape (7,)"),
    by_einsum: ("x has shape (7, 5)", "dy has shape (7, 3)"),
    by_dot: ("dy has shape (7, 3)", "W has shape (5, 3)"),
    in_place: ("dW has shape (5, 3)", "x has shape (7, 5)"),
}


@pytest.mark.parametrize("backward", SAYS, ids=lambda f: f.__name__)
def test_a_misfit_names_the_operands_and_their_shapes(backward, rng):
    x, W = rng.standard_normal((7, 5)), rng.standard_normal((5, 3))
    text = " ".join(str(check_gradients(forward, backward, x, W)).split())
    assert all(part in text for part in SAYS[backward]), text
    assert "gufunc" not in text and "test_messages.py, line" in text


def test_a_line_of_a_notebook_is_that_of_a_cell(monkeypatch):
    file = "/tmp/ipykernel_77/4013639747.py"
    assert place(file, 24, "y = x @ W") == "a cell of the notebook, line 24: y = x @ W"
    names = types.SimpleNamespace(_filename_map={file: 5})
    shell = types.SimpleNamespace(compile=names)
    python = types.SimpleNamespace(get_ipython=lambda: shell)
    monkeypatch.setitem(sys.modules, "IPython", python)
    assert place(file, 24, "y = x @ W") == "cell [5], line 24: y = x @ W"
    assert place("<ipython-input-3-ab12>", 2, "") == "cell [3], line 2"
    assert place("/home/me/solution.py", 2, "") == "solution.py, line 2"


def test_a_gradient_that_is_zero_everywhere_is_said_to_be(rng):
    def forward(x, b):
        z = np.tanh(x) + b
        return z - z.mean(axis=0), x

    def backward(dy, x):
        d = dy - dy.mean(axis=0)
        return d / np.cosh(x) ** 2, dy.sum(axis=0)

    x, b = rng.standard_normal((7, 5)), rng.standard_normal(5)
    result = check_gradients(forward, backward, x, b)
    text = " ".join(str(result).split())
    assert result.tags == ("zero-expected",) and "0 everywhere" in text
    assert "e-0" not in text and "ratio" not in text


def test_a_gradient_of_nan_is_not_called_a_wrong_loss():
    def softmax_cross_entropy(logits, labels):
        loss, _ = get_exercise("softmax_cross_entropy").reference(logits, labels)
        with np.errstate(all="ignore"):
            e = np.exp(logits)
            p = e / e.sum(axis=1, keepdims=True)
        p[np.arange(len(p)), labels] -= 1
        return loss, p / len(p)

    exercise = get_exercise("softmax_cross_entropy")
    result = exercise.run({"softmax_cross_entropy": softmax_cross_entropy})
    text = " ".join(str(result).split())
    assert result.tags == ("unstable",)
    assert "dlogits[0, 0] is nan, not 0: exp overflows" in text
    assert "the loss is" not in text and "dlogits: right" not in text


def test_the_index_has_the_axes_of_one_array():
    def adam_step(w, m, v, g, t, lr, b1, b2, eps):
        new = get_exercise("adam_step").reference(w, m, v, g, t, lr, b1, b2, eps)
        return (new[0] * 1.1, *new[1:])

    result = get_exercise("adam_step").run({"adam_step": adam_step})
    assert len(result.evidence.index) == 2


def test_what_cannot_be_compared_is_no_traceback(rng):
    class Odd:
        def __array__(self, *args, **keywords):
            raise RuntimeError("not today")

    result = check_gradients(lambda x: (x, x), lambda dy, x: Odd(), rng.random(7))
    assert not result.passed and "not today" in str(result)
