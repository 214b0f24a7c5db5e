"""The smallest change of the student's own lines that makes everything right."""

import linecache
import textwrap

import numpy as np
import pytest

from gan_numpy.exercises.registry import get_exercise
from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits

PATIENT = Limits(wall=120.0)  # this machine may be busy


def functions(source, name):
    """The functions of a source text that can be looked up, as those of a file can."""
    source = "import numpy as np\n" + textwrap.dedent(source)
    filename = f"<{name}>"
    lines = source.splitlines(keepends=True)
    linecache.cache[filename] = (len(source), None, lines, filename)
    namespace = {}
    exec(compile(source, filename, "exec"), namespace)
    return namespace, lines


def normal(*shape, seed=1):
    return np.random.default_rng([seed, *shape]).standard_normal(shape)


RNN = """
def forward(x, h0, Wx, Wh, b):
    hs = [h0]
    for t in range(x.shape[1]):
        hs.append(np.tanh(x[:, t] @ Wx + hs[-1] @ Wh + b))
    return np.stack(hs[1:], axis=1), (x, hs, Wx, Wh)

def backward(dh, cache):
    x, hs, Wx, Wh = cache
    dx, dWx, dWh = np.zeros_like(x), np.zeros_like(Wx), np.zeros_like(Wh)
    db, dprev = np.zeros(len(Wh)), np.zeros_like(hs[0])
    for t in reversed(range(x.shape[1])):
        d = dh[:, t] + dprev
        da = d * (1 - hs[t + 1] ** 2)
        dx[:, t] = da @ Wx.T
        dWx += x[:, t].T @ da
        dWh += hs[t].T @ da
        db += da.sum(axis=0)
        dprev = da @ Wh.T
    return dx, dprev, dWx, dWh, db
"""
ATTENTION = """
def forward(X, Wq, Wk, Wv):
    Q, K, V = X @ Wq, X @ Wk, X @ Wv
    S = Q @ K.T / np.sqrt(Q.shape[1])
    P = np.exp(S - S.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    return P @ V, (X, Wq, Wk, Wv, Q, K, V, P)

def backward(dO, cache):
    X, Wq, Wk, Wv, Q, K, V, P = cache
    dV = P.T @ dO
    dP = dO @ V.T
    dS = P * (dP - (dP * P).sum(axis=1, keepdims=True)) / np.sqrt(Q.shape[1])
    dQ = dS @ K
    dK = dS.T @ Q
    dX = dQ @ Wq.T + dK @ Wk.T + dV @ Wv.T
    return dX, X.T @ dQ, X.T @ dK, X.T @ dV
"""
MLP = """
def sigmoid_slope(s):
    return s * (1 - s)

def forward(x, W1, b1, W2, b2):
    h = 1 / (1 + np.exp(-(x @ W1 + b1)))
    return h @ W2 + b2, (x, W1, W2, h)

def backward(dy, cache):
    x, W1, W2, h = cache
    dW2 = h.T @ dy
    db2 = dy.sum(axis=0)
    dh = dy @ W2.T
    dz = dh * sigmoid_slope(h)
    dW1 = x.T @ dz
    db1 = dz.sum(axis=0)
    return dz @ W1.T, dW1, db1, dW2, db2
"""
EMBEDDING = """
def forward(table, index):
    return table[index], (table.shape, index)

def backward(dy, cache):
    shape, index = cache
    d = np.zeros(shape)
    np.add.at(d, index, dy)
    return d
"""
INPUTS = {
    "rnn": (
        RNN,
        (normal(3, 4, 5), normal(3, 6), normal(5, 6), normal(6, 6), normal(6)),
    ),
    "attention": (ATTENTION, (normal(6, 5), normal(5, 4), normal(5, 4), normal(5, 4))),
    "mlp": (MLP, (normal(7, 4), normal(4, 4), normal(4), normal(4, 3), normal(3))),
    "embedding": (EMBEDDING, (normal(6, 3), np.array([1, 1, 4, 5, 0, 4, 2]))),
}
MISTAKES = [
    ("rnn", "dh[:, t] + dprev", "dh[:, t]", "term-missing"),
    ("rnn", " * (1 - hs[t + 1] ** 2)", " * (1 - hs[t] ** 2)", "wrong-index"),
    ("rnn", "dWh += hs[t].T", "dWh = hs[t].T", "assigned-not-added"),
    ("rnn", "in reversed(range(x.shape[1]))", "in range(x.shape[1])", "reversed"),
    ("attention", " + dV @ Wv.T", "", "term-missing"),
    ("attention", "dS.T @ Q", "dS @ Q", "operand-transposed"),
    ("attention", "dV = P.T @ dO", "dV = P.T @ V", "wrong-array"),
    ("attention", "(dP * P).sum(axis=1", "(dP * P).sum(axis=0", "wrong-axis"),
    ("attention", "return dX, X.T @ dQ, X.T @ dK", "return dX, X.T @ dK, X.T @ dQ",
     "returned-in-another-order"),
    ("mlp", "dy @ W2.T", "dy @ W2.T / len(x)", "factor-extra"),
    ("mlp", "db1 = dz.sum", "db1 = dh.sum", "wrong-array"),
    ("embedding", "np.add.at(d, index, dy)", "d[index] += dy", "duplicates-lost"),
]  # fmt: skip


@pytest.mark.parametrize("name", INPUTS)
def test_what_is_right_has_no_place(name):
    source, inputs = INPUTS[name]
    space, _ = functions(source, name)
    result = check_gradients(space["forward"], space["backward"], *inputs)
    assert result.passed and result.repair is None, str(result)


@pytest.mark.parametrize("name, old, new, tags", MISTAKES)
def test_a_mistake_has_a_name_and_a_line(name, old, new, tags):
    source, inputs = INPUTS[name]
    assert source.count(old) == 1
    space, lines = functions(source.replace(old, new), f"{name} {new}")
    with searching(PATIENT):
        result = check_gradients(space["forward"], space["backward"], *inputs)
    at = source[: source.index(old)].count("\n") + 2
    assert result.repair is not None, str(result)
    assert result.repair.tag in tags.split(), str(result)
    assert [p.line for p in result.repair.places] == [at], str(result)
    assert lines[at - 1].strip() in " ".join(result.text().split())


def test_the_change_comes_last_of_all():
    source, inputs = INPUTS["attention"]
    space, _ = functions(source.replace("dS.T @ Q", "dS @ Q"), "attention, hints")
    with searching(PATIENT):
        result = check_gradients(space["forward"], space["backward"], *inputs)
    assert "`dS.T`" not in result.text(3) and "hint 4: Write `dS.T`" in result.text(4)
    assert max(map(len, result.text(4).split("\n"))) <= 80


def test_an_endless_loop_among_the_edits_ends():
    space, _ = functions(
        """
        def forward(x):
            return x**3, x

        def backward(dy, x):
            k, p = 3, np.ones_like(x)
            while k > 0:
                p, k = p * x, k - 1
            return 3 * p * dy
        """,
        "loop",
    )
    with searching(PATIENT):
        result = check_gradients(space["forward"], space["backward"], normal(4, 3))
    assert result.tags == ("x-extra",) and result.repair is not None


def test_nothing_of_the_students_is_changed():
    space, _ = functions(MLP.replace("dy @ W2.T", "dy @ W2"), "left alone")
    names, code = set(space), space["backward"].__code__
    with searching(PATIENT):
        check_gradients(space["forward"], space["backward"], *INPUTS["mlp"][1])
    assert set(space) == names and space["backward"].__code__ is code


def test_without_time_nothing_is_searched():
    source, inputs = INPUTS["rnn"]
    space, _ = functions(source.replace("+ dprev", ""), "no time")
    with searching(Limits(0)):
        result = check_gradients(space["forward"], space["backward"], *inputs)
    assert result.repair is None and not result.passed


def test_trying_out_changes_says_nothing_of_the_students_own_forward():
    exercise = get_exercise("dense_backward")
    space, _ = functions(
        """
        def dense_forward(x, W, b):
            return x @ W + b, (x, W)

        def dense_backward(dy, cache):
            x, W = cache
            dW = x.T @ dy / len(x)
            return dy @ W.T, dW, dy.sum(axis=0)
        """,
        "own forward",
    )
    with searching(PATIENT):
        result = exercise.run(space)
    assert result.tags == ("mean-twice",) and not result.notes, str(result)
    assert [p.line for f in result.findings for p in f.places] == [8], str(result)
