"""Gradients that are measured and not derived are named; derived ones never are."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from gan_numpy.exercises import all_exercises, check
from gan_numpy.exercises.base import source_of
from gan_numpy.exercises.differences import Watch, change, quotients

EXERCISES = all_exercises()
LOOP = """
def relu_backward(dy, cache):
    g, x = np.zeros(cache.shape), np.array(cache)
    for i in np.ndindex(x.shape):
        e = np.zeros(x.shape)
        e[i] = 1e-6
        g[i] = ((f(x + e) - f(x - e)) * dy).sum() / {divisor}
    return g
"""
MEASURED = {
    "a loop": LOOP.format(divisor="2e-6"),
    "a named step": "h = 1e-6" + LOOP.format(divisor="(2 * h)").replace("1e-6", "h"),
    "from the precision": "h = np.finfo(float).eps ** (1 / 3)\n"
    + LOOP.format(divisor="h / 2").replace("1e-6", "h"),
    "times the inverse": LOOP.format(divisor="1 * 500_000"),
    "at once": "def relu_backward(dy, x, h=2.0**-20):\n"
    "    return dy * (f(x + h) - f(x - h)) / h / 2\n",
    "in place": "def relu_backward(dy, x):\n    h: float = 1e-6\n    x = x + h\n"
    "    up = f(x)\n    x -= 2 * h\n    up -= f(x)\n    up /= 2 * h\n"
    "    return up * dy\n",
    "a complex step": "def relu_backward(dy, x):\n"
    "    return dy * (g(x + 1e-20j) * 1e20).imag\n",
    "a complex dtype": "def relu_backward(dy, x):\n"
    "    return dy * g(x.astype('complex128'))\n",
    "long double": "def relu_backward(dy, x):\n    return dy * f(np.longdouble(x))\n",
    "by itself": "def relu_backward(dy, x):\n    return dy * np.gradient(f(x), x)\n",
}
MEASURED["a scaled step"] = (
    "def relu_backward(dy, x):\n    h = 1e-6 * np.maximum(1, abs(x))\n"
    "    return dy * (f(x + h) - f(x - h)) / (2 * h)\n"
)
MEASURED["a fitted series"] = (
    "def relu_backward(dy, x):\n"
    "    return dy * np.polynomial.Polynomial.fit(x, f(x), 9).deriv()(x)\n"
)
DERIVED = {
    "eps of a norm": "def f(x, v, eps=1e-5):\n    return x / np.sqrt(v + eps)\n",
    "a small slope": "def f(dy, x, a=0.01):\n    return np.where(x > 0, dy, a * dy)\n",
    "a rate": "lr = 0.01\ndef f(w, g):\n    return w - lr * g\n",
    "clipped": "eps = 1e-12\ndef f(p):\n    return np.clip(p, eps, 1 - eps)\n",
    "divided by a small number": "def f(d, s):\n    return d / 0.01 + s / 1e-3\n",
    "a mean": "def f(m, x, t):\n    return m + (x - m) / (t + 1)\n",
    "a transform": "def f(dy, w):\n"
    "    return np.fft.ifft2(np.fft.fft2(dy) * np.conj(np.fft.fft2(w))).real + 0j\n",
    "reshaped by columns": "def f(dy):\n    return dy.reshape(3, -1, order='F')\n",
}


@pytest.mark.parametrize("kind", MEASURED)
def test_what_is_measured_is_named(kind):
    assert len(quotients([ast.parse(MEASURED[kind])])) >= 1


@pytest.mark.parametrize("kind", DERIVED)
def test_what_is_derived_is_not(kind):
    assert quotients([ast.parse(DERIVED[kind])]) == []


@pytest.mark.parametrize("name", EXERCISES)
def test_no_reference_is_named(name):
    exercise = EXERCISES[name]
    trees = [ast.parse(source_of(f)) for f in (exercise.reference, *exercise.given)]
    assert bool(quotients(trees)) == (name == "numerical_gradient")
    theirs = dict(exercise.reference.__globals__)
    text = source_of(exercise.reference)
    exec(compile("from __future__ import annotations\n" + text, "s.py", "exec"), theirs)
    result = exercise.run({name: theirs[name]})
    assert result.passed and not any("earns no points" in n for n in result.notes)


def test_check_says_so():
    """By the calls alone: differences of a linear function are exact for any step."""
    exercise = EXERCISES["dense_backward"]
    space = dict(exercise.reference.__globals__)
    exec(source_of(exercise.given[0]) + LARGE, space)
    result = check(space["dense_backward"])
    says = " ".join(str(result).split())
    assert result.passed and "dense_forward is called again and again" in says
    assert "graded work earns no points with it" in says


LARGE = """
def dense_backward(dy, cache):
    x, W = cache[:2]
    b = np.zeros(W.shape[1])
    y = dense_forward(x, W, b)[0]
    grads = []
    for k, a in enumerate((x, W, b)):
        g = np.zeros(a.shape)
        for i in np.ndindex(a.shape):
            moved = [v.copy() for v in (x, W, b)]
            moved[k][i] += 1
            g[i] = ((dense_forward(*moved)[0] - y) * dy).sum()
        grads.append(g)
    return tuple(grads)
"""


def test_a_watch_sees_arguments_that_hardly_differ(rng):
    def measured(x):
        return [shifted(x + h) for h in (1e-7, -1e-7)]

    def shifted(x):
        return x**2

    def trained(w):
        for _ in range(9):
            w = w - 0.1 * shifted(w)
        return w

    def batches(x):
        return [shifted(row) for row in x]

    x = rng.standard_normal((7, 5))
    for function, number in ((measured, 1), (trained, 0), (batches, 0)):
        watch = Watch(function.__globals__)
        watch(function, x)
        assert len(watch.reasons) == number, function


@pytest.mark.parametrize(
    "moved, kind",
    [
        ([1, 0, 0, 0], "entry"),
        ([1e-6] * 4, "shift"),
        ([1e-7, -2e-7, 3e-7, 1e-8], "drift"),
        ([0, 0, 0, 0], ""),
        ([1, 2, 3, 4], ""),
        ([np.nan] * 4, ""),
        ([1e-6, 0, 1e-6, 1], ""),
    ],
)
def test_how_an_argument_was_moved(moved, kind):
    x = np.array([1.0, -2.0, 3.0, 0.5])
    assert change(x, x + np.array(moved)) == kind
