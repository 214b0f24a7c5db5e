r"""Lesson 06: Algorithm 1 of arXiv:1406.2661, one step of each player."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Constant
from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import value_check
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.functions import sigmoid
from gan_numpy.exercises.values import Formulas


class Affine:
    r"""A toy network: y = x W + b, with the protocol of all our layers.

    ``params`` maps names to arrays; ``forward(x) -> (y, cache)``; ``backward(dy, cache)
    -> (dx, grads)`` returns gradients and updates nothing.
    """

    def __init__(self, W: np.ndarray, b: np.ndarray) -> None:
        self.params = {"W": W, "b": b}

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, Any]:
        """x is (N, n_in), y is (N, n_out)."""
        return x @ self.params["W"] + self.params["b"], x

    def backward(
        self, dy: np.ndarray, cache: Any
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """dx and the gradients by the name of the parameter."""
        grads = {"W": cache.T @ dy, "b": dy.sum(axis=0)}
        return dy @ self.params["W"].T, grads


class TwoLayers:
    r"""Another network, whose parameters have other names: y = tanh(x U + c) V."""

    def __init__(self, U: np.ndarray, c: np.ndarray, V: np.ndarray) -> None:
        self.params = {"U": U, "c": c, "V": V}

    def forward(self, x: np.ndarray) -> tuple[np.ndarray, Any]:
        """x is (N, n_in), y is (N, n_out)."""
        h = np.tanh(x @ self.params["U"] + self.params["c"])
        return h @ self.params["V"], (x, h)

    def backward(
        self, dy: np.ndarray, cache: Any
    ) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """dx and the gradients by the name of the parameter."""
        x, h = cache
        da = dy @ self.params["V"].T * (1 - h * h)
        grads = {"U": x.T @ da, "c": da.sum(axis=0), "V": h.T @ dy}
        return da @ self.params["U"].T, grads


def train_step(
    G: Any, D: Any, x: np.ndarray, z: np.ndarray, k: int, lr: float = 0.1
) -> None:
    r"""k steps of the discriminator, then one of the generator, by plain descent.

    Parameters
    ----------
    G, D : networks with ``params``, ``forward(x) -> (y, cache)`` and
        ``backward(dy, cache) -> (dx, grads)``; D's output is a logit, (N, 1).
        Change their ``params``, each player's in its own step only.
    x : (k, N, features)
        A batch of data for each of D's steps.
    z : (k + 1, N, noise)
        A batch of noise for each of D's steps, and the last for G's.
    k : int
    lr : float
        params <- params - lr * gradient, of the mean over the batch.
    """
    n = x.shape[1]
    for i in range(k):
        fake, _ = G.forward(z[i])
        a_real, c_real = D.forward(x[i])
        a_fake, c_fake = D.forward(fake)
        _, real = D.backward((sigmoid(a_real) - 1) / n, c_real)
        _, fakes = D.backward(sigmoid(a_fake) / n, c_fake)
        for name in D.params:
            D.params[name] = D.params[name] - lr * (real[name] + fakes[name])
    fake, c_g = G.forward(z[k])
    a, c = D.forward(fake)
    dfake, _ = D.backward((sigmoid(a) - 1) / n, c)
    _, grads = G.backward(dfake, c_g)
    for name in G.params:
        G.params[name] = G.params[name] - lr * grads[name]


def _inputs(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "G": {"W": rng.standard_normal((5, 3)), "b": rng.standard_normal(3)},
        "D": {"W": rng.standard_normal((3, 1)), "b": rng.standard_normal(1)},
        "x": rng.standard_normal((2, 7, 3)) + 1,
        "z": rng.standard_normal((3, 7, 5)),
        "k": 2,
        "lr": 0.13,
    }


def _of(k: int, n: int, lr: float, deep: bool = False) -> Maker:
    """Networks of one layer or of two, k steps on batches of n."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        def net(i: int, o: int) -> dict[str, np.ndarray]:
            shapes = {"W": (i, o), "b": (o,)}
            if deep:
                shapes = {"U": (i, 4), "c": (4,), "V": (4, o)}
            return {q: rng.standard_normal(s) for q, s in shapes.items()}

        x, z = rng.standard_normal((k, n, 3)) + 1, rng.standard_normal((k + 1, n, 2))
        return {"G": net(2, 3), "D": net(3, 1), "x": x, "z": z, "k": k, "lr": lr}

    return inputs


CORNERS = (
    Corner("k = 1", _of(1, 7, 0.2)),
    Corner("k = 3", _of(3, 5, 0.1)),
    Corner("k = 5 and a batch of 11", _of(5, 11, 0.05)),
    Corner("networks of two layers, with other parameters", _of(2, 7, 0.3, deep=True)),
    Corner("a batch of one", _of(1, 1, 0.2)),
)


Step = Callable[..., None]


def moves(step: Step) -> Callable[..., tuple[np.ndarray, np.ndarray]]:
    """How far a step moves all of D's parameters and all of G's."""

    def run(
        g: dict[str, np.ndarray],
        d: dict[str, np.ndarray],
        x: np.ndarray,
        z: np.ndarray,
        k: int,
        lr: float,
    ) -> tuple[np.ndarray, np.ndarray]:
        G, D = network(g), network(d)
        step(G, D, x, z, k, lr)
        return (
            _flat([D.params[q] - d[q] for q in d]),
            _flat([G.params[q] - g[q] for q in g]),
        )

    return run


def network(params: dict[str, np.ndarray]) -> Any:
    """The network that has parameters of these names, with copies of them."""
    kind: Any = Affine if "W" in params else TwoLayers
    return kind(**{q: p.copy() for q, p in params.items()})


def _flat(arrays: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.ravel(a) for a in arrays])


def variant(
    real: float = 1,
    fake: float = 1,
    both: bool = False,
    leak: str = "",
    saturating: bool = False,
    steps: int | None = None,
    noise: int | None = None,
) -> Step:
    """Algorithm 1 with a part changed: what the well-known mistakes amount to."""

    def step(G: Any, D: Any, x: Any, z: Any, k: int, lr: float) -> None:
        n = x.shape[1]
        for i in range(k if steps is None else steps):
            f, c_g = G.forward(z[i])
            a_real, c_real = D.forward(x[i])
            a_fake, c_fake = D.forward(f)
            _, r = D.backward((sigmoid(a_real) - 1) / n, c_real)
            df, s = D.backward(sigmoid(a_fake) / n, c_fake)
            _move(D, {q: real * r[q] + fake * s[q] for q in r}, lr)
            if leak == "G":
                _move(G, G.backward(df, c_g)[1], lr)
        f, c_g = G.forward(z[k if noise is None else noise])
        a, c = D.forward(f)
        slope = -sigmoid(a) if saturating else sigmoid(a) - 1
        df, s = D.backward(slope / n, c)
        if leak == "D":
            _move(D, s, lr)
        _move(G, G.backward(df, c_g)[1], lr)

    return step


def _move(net: Any, grads: dict[str, np.ndarray], lr: float) -> None:
    for q in net.params:
        net.params[q] = net.params[q] - lr * grads[q]


KNOWN = {
    "fake-term-missing": ("D's term of the fakes is missing", variant(fake=0)),
    "real-term-missing": ("D's term of the real data is missing", variant(real=0)),
    "fake-term-sign": ("D's term of the fakes has the wrong sign", variant(fake=-1)),
    "real-term-sign": ("D's term of the data has the wrong sign", variant(real=-1)),
    "d-ascends": ("D climbs its loss: its sign is wrong", variant(-1, -1)),
    "d-moves-in-g-step": (
        "D's parameters change in G's step too: its gradient is left from there",
        variant(leak="D"),
    ),
    "g-moves-in-d-step": ("G's parameters change in D's steps", variant(leak="G")),
    "saturating": (
        "G descends the saturating loss, log(1 - D), not -log D",
        variant(saturating=True),
    ),
    "one-step-for-k": ("D takes one step where k are asked for", variant(steps=1)),
    "noise-reused": ("G's step uses the noise of D's step again", variant(noise=1)),
}


TRAIN_STEP = Exercise(
    train_step,
    lesson="06",
    title="One iteration of Algorithm 1",
    statement=(
        "k times: a step of D down mean softplus(-a_real) + mean softplus(a_fake);\n"
        "then one step of G down mean softplus(-a_fake), through D, which stays as\n"
        "it is. Change params in place of the player whose step it is."
    ),
    check=value_check(
        train_step,
        _inputs,
        Formulas(
            mistakes={k: (says, moves(s)) for k, (says, s) in KNOWN.items()},
            constants=(Constant("N", 7.0, "mean-twice", "mean-missing"),),
        ),
        outputs=("D's move", "G's move"),
        wrap=moves,
        corners=CORNERS,
    ),
    mutants=(
        mutant("fake-term-missing", "real[name] + fakes[name]", "real[name]"),
        mutant("real-term-missing", "real[name] + fakes[name]", "fakes[name]"),
        mutant("fake-term-sign", "real[name] + fakes", "real[name] - fakes"),
        mutant("real-term-sign", "(real[name] +", "(-real[name] +"),
        mutant("d-ascends", "D.params[name] - lr", "D.params[name] + lr"),
        mutant("sign", "G.params[name] - lr", "G.params[name] + lr"),
        mutant(
            "d-moves-in-g-step",
            "dfake, _ = D.backward((sigmoid(a) - 1) / n, c)",
            "dfake, s = D.backward((sigmoid(a) - 1) / n, c); _move(D, s, lr)",
        ),
        mutant(
            "g-moves-in-d-step",
            "        _, fakes = D.backward(sigmoid(a_fake) / n, c_fake)\n       "
            " for name in D.params:",
            "        df, fakes = D.backward(sigmoid(a_fake) / n, c_fake)\n       "
            " _move(G, G.backward(df, G.forward(z[i])[1])[1], lr) if i < 0 else"
            " None\n        late = lambda: _move(G, G.backward(df,"
            " G.forward(z[i])[1])[1], lr)\n        for name in [*D.params,"
            " late]:\n            if name is late:\n                late(); continue",
        ),
        mutant("saturating", "(sigmoid(a) - 1)", "-sigmoid(a)"),
        mutant("one-step-for-k", "range(k)", "range(1)"),
        mutant("noise-reused", "G.forward(z[k])", "G.forward(z[k - 1])"),
        mutant("mean-missing", "((sigmoid(a) - 1) / n, c)", "(sigmoid(a) - 1, c)"),
        mutant("lr-extra", "lr * grads", "lr * lr * grads"),
        mutant("lr-missing", "lr * grads", "grads"),
        mutant("all-zero", "G.params[name] - lr * grads[name]", "G.params[name]"),
    ),
    hints=(
        "Each player has its own gradient and only its own parameters move.",
        "D: (sigma(a_real) - 1)/N and sigma(a_fake)/N; G: (sigma(a) - 1)/N through D",
    ),
    given=(sigmoid,),
    points=3,
)

EXERCISES = (TRAIN_STEP,)
