r"""Lesson 18: an LSTM, backward through time.

Source: Hochreiter and Schmidhuber, Neural Computation 9(8):1735, 1997.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Candidates, Mistake
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import backward_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.functions import sigmoid


def lstm_forward(
    x: np.ndarray, W: np.ndarray, U: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, Any]:
    r"""All hidden states y (N, T, H) of sequences x (N, T, n_in); h and c start at 0.

    W is (n_in, 4H), U (H, 4H), b (4H,): the gates i, f, o, g side by side.
    """
    N, T, H = len(x), x.shape[1], len(U)
    h = np.zeros((N, T + 1, H))  # h[:, t] is what step t finds
    c = np.zeros((N, T + 1, H))
    gates = np.zeros((N, T, 4, H))
    for t in range(T):
        a = (x[:, t] @ W + h[:, t] @ U + b).reshape(N, 4, H)
        i, f, o, g = *sigmoid(a[:, :3]).transpose(1, 0, 2), np.tanh(a[:, 3])
        c[:, t + 1] = f * c[:, t] + i * g
        h[:, t + 1] = o * np.tanh(c[:, t + 1])
        gates[:, t] = np.stack([i, f, o, g], axis=1)
    return h[:, 1:], (x, W, U, h, c, gates)


def lstm_backward(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradients of <dy, y> through all steps of time.

    Parameters
    ----------
    dy : (N, T, H)
        The gradient with respect to every hidden state, as an output.
    cache : what lstm_forward returned, (x, W, U, h, c, gates)
        h and c are (N, T + 1, H): h[:, t] before step t, h[:, t + 1] after it.
        gates is (N, T, 4, H): i, f, o, g of every step.

    Returns
    -------
    dx : (N, T, n_in)
    dW : (n_in, 4H)
    dU : (H, 4H)
    db : (4H,)
    """
    x, W, U, h, c, gates = cache
    dx, dW, dU = np.zeros_like(x), np.zeros_like(W), np.zeros_like(U)
    db = np.zeros(W.shape[1], W.dtype)
    dh_next = np.zeros_like(h[:, 0])
    dc_next = np.zeros_like(h[:, 0])
    for t in reversed(range(x.shape[1])):
        i, f, o, g = gates[:, t].transpose(1, 0, 2)
        s = np.tanh(c[:, t + 1])
        dh = dy[:, t] + dh_next
        dc = dc_next + dh * o * (1 - s**2)
        di = dc * g * i * (1 - i)
        df = dc * c[:, t] * f * (1 - f)
        do = dh * s * o * (1 - o)
        dg = dc * i * (1 - g**2)
        da = np.concatenate([di, df, do, dg], axis=1)
        dx[:, t] = da @ W.T
        dW += x[:, t].T @ da
        dU += h[:, t].T @ da
        db += da.sum(axis=0)
        dh_next = da @ U.T
        dc_next = dc * f
    return dx, dW, dU, db


def _of(n: int, T: int, n_in: int, H: int, size: float = 0.8) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        return {
            "x": rng.standard_normal((n, T, n_in)),
            "W": size * rng.standard_normal((n_in, 4 * H)),
            "U": size * rng.standard_normal((H, 4 * H)),
            "b": size * rng.standard_normal(4 * H),
        }

    return inputs


CORNERS = (
    Corner("a single step", _of(7, 1, 5, 3)),
    Corner("twenty steps", _of(2, 20, 3, 2)),
    Corner("a batch of one", _of(1, 4, 5, 3)),
    Corner("one cell", _of(7, 4, 5, 1)),
    Corner("one input and more cells", _of(3, 4, 1, 5)),
    Corner("gates that are nearly shut or open", _of(7, 4, 5, 3, 4.0)),
)

WRONG = {
    "hidden-not-carried": "dh is dy alone: h_t is also used by the next step",
    "cell-not-carried": "dc comes from h_t alone: c_t is also used by the next step",
    "tanh-derivative-missing": "h = o tanh(c): the slope 1 - tanh(c)^2 is missing",
    "gate-derivative-missing": "sigma's slope i (1 - i) is missing in the gates",
    "candidate-derivative-missing": "g = tanh(a): the slope 1 - g^2 is missing",
    "cell-after": "the forget gate multiplies c_(t-1), the cell before the step",
    "hidden-after": "U multiplies h_(t-1), the hidden state before the step",
    "forget-missing": "dc goes back through f: c_t = f c_(t-1) + ...",
    "gates-swapped": "the gates are i, f, o, g in this order",
    "last-step-only": "only one step counts: W, U and b are used in all of them",
    "forward-in-time": "it goes from the first step to the last: the other way round",
}


def _wrong(tag: str, inputs: dict[str, Any], dy: np.ndarray) -> dict[str, np.ndarray]:
    """The gradients with one well-known mistake in them."""
    x, W, U, b = inputs.values()
    _, (*_, h, c, gates) = lstm_forward(x, W, U, b)
    d = {name: np.zeros_like(value) for name, value in inputs.items()}
    dh_next = dc_next = np.zeros_like(h[:, 0])
    order = range(x.shape[1])
    for t in order if tag == "forward-in-time" else reversed(order):
        i, f, o, g = gates[:, t].transpose(1, 0, 2)
        s = np.tanh(c[:, t + 1])
        dh = dy[:, t] + (0 if tag == "hidden-not-carried" else dh_next)
        slope = 1 if tag == "tanh-derivative-missing" else 1 - s**2
        dc = dh * o * slope + (0 if tag == "cell-not-carried" else dc_next)
        parts = np.stack([dc * g, dc * c[:, t + (tag == "cell-after")], dh * s, dc * i])
        if tag != "gate-derivative-missing":
            parts[:3] *= np.stack([i * (1 - i), f * (1 - f), o * (1 - o)])
        if tag != "candidate-derivative-missing":
            parts[3] *= 1 - g**2
        swapped = [0, 1, 3, 2] if tag == "gates-swapped" else [0, 1, 2, 3]
        da = np.concatenate(list(parts[swapped]), axis=1)
        h_before = h[:, t + (tag == "hidden-after")]
        step = {"W": x[:, t].T @ da, "U": h_before.T @ da, "b": da.sum(axis=0)}
        for name, value in step.items():
            d[name] = value + (0 if tag == "last-step-only" else d[name])
        d["x"][:, t] = da @ W.T
        dh_next, dc_next = da @ U.T, dc * (1 if tag == "forget-missing" else f)
    return d


def _candidates(
    inputs: dict[str, Any], y: np.ndarray, dy: np.ndarray
) -> dict[str, Candidates]:
    wrong = {tag: _wrong(tag, inputs, dy) for tag in WRONG}
    return {
        name: Candidates(
            mistakes=[Mistake(tag, WRONG[tag], wrong[tag][name]) for tag in WRONG]
        )
        for name in inputs
    }


LSTM = Exercise(
    lstm_backward,
    lesson="18",
    title="An LSTM, backward through time",
    statement=(
        "a = x_t W + h_(t-1) U + b;  i, f, o = sigma(a_i), sigma(a_f), sigma(a_o),\n"
        "g = tanh(a_g);  c_t = f c_(t-1) + i g;  h_t = o tanh(c_t).\n"
        "Every h_t is an output and is also used by the next step, as c_t is.\n"
        "Given dy (N, T, H), return the gradients of x, W, U and b."
    ),
    check=backward_check(
        lstm_forward,
        lstm_backward,
        _of(5, 4, 3, 2),
        ("x", "W", "U", "b"),
        _candidates,
        corners=CORNERS,
    ),
    mutants=(
        mutant("hidden-not-carried", "dy[:, t] + dh_next", "dy[:, t]"),
        mutant("cell-not-carried", "dc = dc_next + dh", "dc = dh"),
        mutant("tanh-derivative-missing", " * (1 - s**2)", ""),
        mutant("candidate-derivative-missing", " * (1 - g**2)", ""),
        mutant("cell-after", "df = dc * c[:, t] *", "df = dc * c[:, t + 1] *"),
        mutant("hidden-after", "dU += h[:, t].T", "dU += h[:, t + 1].T"),
        mutant("gates-swapped", "[di, df, do, dg]", "[di, df, dg, do]"),
        mutant("last-step-only", "dW += x", "dW = x"),
        mutant("last-step-only", "db += da.sum(axis=0)", "db = da.sum(axis=0)"),
        mutant("forget-missing", "dc_next = dc * f", "dc_next = dc"),
        mutant("forward-in-time", "reversed(range(x.shape[1]))", "range(x.shape[1])"),
        mutant("sign", "da @ W.T", "-da @ W.T"),
    ),
    hints=(
        "Go from the last step to the first; h_t and c_t each get a second gradient "
        "from the step after.",
        "dc = dc_next + dh o (1 - tanh(c)^2); dh_next = da U^T, dc_next = dc f",
    ),
    given=(sigmoid, lstm_forward),
    points=4,
)

EXERCISES = (LSTM,)
