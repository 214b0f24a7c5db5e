"""The smallest change of the student's own lines that makes everything right."""

import linecache
import textwrap
import time

import numpy as np
import pytest

from gan_numpy.exercises.registry import get_exercise
from gan_numpy.gradcheck import check_gradients
from gan_numpy.gradcheck.deadline import OutOfTime, in_time, until
from gan_numpy.gradcheck.adapt import from_functions
from gan_numpy.gradcheck.repair.draws import keeps_form, redrawn, resized
from gan_numpy.gradcheck.repair.explain import asked, searching
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


NARROW = """
def forward(x, g):
    m = x.mean(axis=(1, 2), keepdims=True)
    return (x - m) * g, (x, g, m)

def backward(dy, cache):
    x, g, m = cache
    first = (dy * g).sum(axis=(1, 2), keepdims=True)
    dx = dy * g - first / (x.shape[1] * x.shape[2])
    dg = (dy * (x - m)).sum(axis=(0, 1))
    return dx, dg
"""
SURVIVAL = """
def loss(scores, event):
    e = np.exp(scores)
    risk = np.cumsum(e[::-1])[::-1]
    weights = event / risk
    so_far = np.cumsum(weights)
    value = np.sum(event * (np.log(risk) - scores))
    return value, e * so_far - event
"""


def test_a_value_of_too_few_axes_may_be_the_mistake():
    source = NARROW.replace("g).sum(axis=(1, 2)", "g).sum(axis=(0, 1, 2)")
    space, lines = functions(source, "narrow")
    with searching(PATIENT):
        result = check_gradients(
            space["forward"], space["backward"], normal(3, 4, 5), normal(5)
        )
    (place,) = result.repair.places
    assert place.text.startswith("first ="), str(result)
    assert result.repair.tag == "wrong-axis", str(result)


@pytest.mark.parametrize(
    "new, tags",
    [
        ("np.cumsum(weights[::-1])[::-1]", {"reversed"}),
        ("np.sum(weights)", {"wrong-function"}),
    ],
)
def test_a_running_sum(new, tags):
    source = SURVIVAL.replace("np.cumsum(weights)", new)
    space, _ = functions(source, f"survival {new}")
    event = np.array([1.0, 0, 1, 1, 0, 1, 0, 1, 1])
    with searching(PATIENT):
        result = check_gradients(space["loss"], normal(9), event, wrt=("scores",))
    (place,) = result.repair.places
    assert place.text.startswith("so_far =") and set(result.tags) <= tags, str(result)


def test_one_use_of_a_value_is_not_all_of_it():
    space, _ = functions(
        """
        def norm(x):
            r = 1 / np.sqrt((x * x).mean(axis=1, keepdims=True))
            return x * r, (x, r)

        def norm_backward(dy, cache):
            x, r = cache
            return r * dy
        """,
        "norm",
    )
    with searching(PATIENT):
        result = check_gradients(space["norm"], space["norm_backward"], normal(4, 3))
    assert result.tags == ("term-missing",), str(result)


def test_a_mask_of_another_array_is_called_a_mask():
    space, _ = functions(
        """
        def hinge(a, b):
            gap = a - b + 0.7
            on = (a - b > 0).astype(float)
            return np.maximum(gap, 0).sum(), (on, -on)
        """,
        "hinge",
    )
    with searching(PATIENT):
        result = check_gradients(space["hinge"], normal(9, 2), normal(9, 2, seed=2))
    assert result.repair.verdict == "mask", str(result)


@pytest.mark.parametrize(
    "old, new, text",
    [
        ("return dx, dW, db", "return dx, dW", "return dx, dW"),
        ("return dx, dW, db", "dx, dW, db", "dx, dW, db"),
        ("dy @ W.T", "dy @ W", "dx = dy @ W"),
    ],
)
def test_an_error_has_a_line_also_without_a_search(old, new, text):
    source = """
        def dense(x, W, b):
            return x @ W + b, (x, W)

        def dense_backward(dy, cache):
            x, W = cache
            dx = dy @ W.T
            dW = x.T @ dy
            db = dy.sum(axis=0)
            return dx, dW, db
        """
    space, _ = functions(source.replace(old, new), f"errors {new}")
    arrays = normal(5, 4), normal(4, 3), normal(3)
    with searching(Limits(0)):
        result = check_gradients(space["dense"], space["dense_backward"], *arrays)
    places = [p.text for f in result.findings for p in f.places]
    assert places == [text], str(result)


def test_when_the_time_has_gone_what_was_found_is_kept():
    source, inputs = INPUTS["rnn"]
    space, _ = functions(source.replace("+ dprev", ""), "cut")
    calls = []

    def over():
        calls.append(1)
        return len(calls) > 50

    with until(over), pytest.raises(OutOfTime):
        for _ in range(100):
            in_time()
    assert len(calls) == 51
    with searching(Limits(attempts=3)):
        result = check_gradients(space["forward"], space["backward"], *inputs)
    assert result.repair is None and not result.passed


def test_the_time_that_somebody_has_waited_for_a_check_counts():
    source, inputs = INPUTS["rnn"]
    space, _ = functions(source.replace("+ dprev", ""), "waited")
    with searching(Limits(wall=50.0)), asked(time.monotonic() - 55):
        late = check_gradients(space["forward"], space["backward"], *inputs)
    assert late.repair is None and not late.passed
    with searching(PATIENT), asked(time.monotonic() - 1e6):  # another clock
        result = check_gradients(space["forward"], space["backward"], *inputs)
    assert result.repair is not None


DISTANCE = """
def forward(x, y):
    d = x - y
    return (d * d).sum(axis=1), d

def backward(dout, d):
    g = 2 * d * dout[:, None]
    return g, g
"""


def test_an_input_may_be_called_y():
    space, lines = functions(DISTANCE, "named y")
    with searching(PATIENT):
        result = check_gradients(
            space["forward"], space["backward"], normal(5, 3), normal(5, 3, seed=2)
        )
    assert result.tags == ("sign",)
    assert {p.text for f in result.findings for p in f.places} == {"return g, g"}


SAME = """
def forward(x, k):
    p = len(k) // 2
    xp = np.pad(x, ((0, 0), (p, p)))
    n = xp.shape[1] - len(k) + 1
    return np.stack([xp[:, i : i + n] * w for i, w in enumerate(k)]).sum(axis=0), k

def backward(dy, k):
    p, n = len(k) // 2, dy.shape[1]
    dp = np.pad(dy, ((0, 0), (p, p)))
    dx = np.zeros_like(dy)
    for i, w in enumerate(k):
        dx += dp[:, i : i + n] * w
    return dx
"""


def test_a_layer_that_keeps_the_size_is_asked_only_where_it_does():
    space, _ = functions(SAME, "same")
    inputs = normal(4, 7), normal(3)
    with searching(PATIENT):
        result = check_gradients(
            space["forward"], space["backward"], *inputs, wrt=("x",)
        )
    assert result.tags == ("reversed",)
    problem = from_functions(space["forward"], space["backward"], inputs, {}, ("x",))
    rng = np.random.default_rng(0)
    assert not keeps_form(problem, redrawn(problem, rng, {("k", 0): 4}))
    assert keeps_form(problem, redrawn(problem, rng, {("k", 0): 5}))
    for changed in resized(problem, rng, lambda: False):
        assert len(changed.inputs["k"]) % 2
