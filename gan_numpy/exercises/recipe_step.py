r"""Lesson 10: the recipe's own step of the discriminator, put together by hand.

Dropout, maxout, dropout, maxout, dropout, one logit; the loss of the code released with
arXiv:1406.2661 is half the sum of the two cross-entropies.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.exercises.base import Exercise, mutant
from gan_numpy.exercises.checks import gradient_of
from gan_numpy.exercises.corners import Corner, Maker
from gan_numpy.exercises.functions import sigmoid, softplus


def maxout_layer(
    x: np.ndarray, W: np.ndarray, b: np.ndarray, pieces: int
) -> tuple[np.ndarray, Any]:
    r"""Lesson 03's layer: the largest of each unit's pieces."""
    z = (x @ W + b).reshape(len(x), -1, pieces)
    return z.max(axis=2), (x, W, np.eye(pieces, dtype=z.dtype)[z.argmax(axis=2)])


def maxout_gradients(
    dy: np.ndarray, cache: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    r"""dx, dW and db of `maxout_layer`: the piece that won is the one that moves y."""
    x, W, won = cache
    dz = np.einsum("nu,nup->nup", dy, won).reshape(len(x), -1)
    return dz @ W.T, x.T @ dz, dz.sum(axis=0)


def recipe_logits(
    x: np.ndarray,
    W0: np.ndarray,
    b0: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    w: np.ndarray,
    c: np.ndarray,
    coins0: np.ndarray,
    coins1: np.ndarray,
    coins2: np.ndarray,
) -> tuple[np.ndarray, Any]:
    r"""The logits of a batch, and the caches; coins are 0 or 1/keep."""
    pieces = W0.shape[1] // len(W1)
    h0, cache0 = maxout_layer(x * coins0, W0, b0, pieces)
    h1, cache1 = maxout_layer(h0 * coins1, W1, b1, pieces)
    kept = h1 * coins2
    return kept @ w + c, (cache0, cache1, kept)


def recipe_loss(
    W0: np.ndarray,
    b0: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    w: np.ndarray,
    c: np.ndarray,
    x: np.ndarray,
    fake: np.ndarray,
    coins0: np.ndarray,
    coins1: np.ndarray,
    coins2: np.ndarray,
) -> float:
    r"""Half the cross-entropy of the data and half that of the fakes."""
    both = np.concatenate([x, fake])
    a, _ = recipe_logits(both, W0, b0, W1, b1, w, c, coins0, coins1, coins2)
    real, fakes = a[: len(x)], a[len(x) :]
    return float(softplus(-real).mean() + softplus(fakes).mean()) / 2


def recipe_gradient(
    W0: np.ndarray,
    b0: np.ndarray,
    W1: np.ndarray,
    b1: np.ndarray,
    w: np.ndarray,
    c: np.ndarray,
    x: np.ndarray,
    fake: np.ndarray,
    coins0: np.ndarray,
    coins1: np.ndarray,
    coins2: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    r"""The gradient of the discriminator's loss with respect to its parameters.

    Parameters
    ----------
    W0, b0 : (n, U0 * pieces), (U0 * pieces,)
        Of the first maxout layer.
    W1, b1 : (U0, U1 * pieces), (U1 * pieces,)
        Of the second.
    w, c : (U1, 1), (1,)
        Of the logit.
    x, fake : (N, n), (M, n)
        The two batches.
    coins0, coins1, coins2 : (N + M, n), (N + M, U0), (N + M, U1)
        Dropout's masks for the data, then for the fakes: 0 or 1/keep.

    Returns
    -------
    dW0, db0, dW1, db1, dw, dc
    """
    both = np.concatenate([x, fake])
    a, (cache0, cache1, kept) = recipe_logits(
        both, W0, b0, W1, b1, w, c, coins0, coins1, coins2
    )
    real = sigmoid(a[: len(x)]) - 1
    fakes = sigmoid(a[len(x) :])
    da = np.concatenate([real / len(x), fakes / len(fake)]) / 2
    dw, dc = kept.T @ da, da.sum(axis=0)
    dh1 = da @ w.T * coins2
    dh0, dW1, db1 = maxout_gradients(dh1, cache1)
    _, dW0, db0 = maxout_gradients(dh0 * coins1, cache0)
    return dW0, db0, dW1, db1, dw, dc


def _of(N: int, M: int, n: int, U0: int, U1: int, pieces: int) -> Maker:
    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        def coins(keep: float, size: int) -> np.ndarray:
            return (rng.random((N + M, size)) < keep) / keep

        return {
            "W0": rng.standard_normal((n, U0 * pieces)),
            "b0": rng.standard_normal(U0 * pieces),
            "W1": rng.standard_normal((U0, U1 * pieces)) / 2,
            "b1": rng.standard_normal(U1 * pieces),
            "w": rng.standard_normal((U1, 1)),
            "c": rng.standard_normal(1),
            "x": rng.standard_normal((N, n)),
            "fake": rng.standard_normal((M, n)),
            "coins0": coins(0.9, n),
            "coins1": coins(0.7, U0),
            "coins2": coins(0.7, U1),
        }

    return inputs


RECIPE_STEP = Exercise(
    recipe_gradient,
    lesson="10",
    title="The step of the paper's discriminator",
    statement=(
        "L = 1/2 mean softplus(-a(x)) + 1/2 mean softplus(a(fake)), where a runs\n"
        "through dropout, maxout, dropout, maxout, dropout and one affine unit.\n"
        "Return the gradients of all six parameters."
    ),
    check=gradient_of(
        recipe_loss,
        recipe_gradient,
        _of(7, 6, 5, 4, 3, 2),
        wrt=("W0", "b0", "W1", "b1", "w", "c"),
        batch=False,
        corners=(
            Corner("five pieces", _of(4, 5, 3, 2, 3, 5)),
            Corner("batches of one", _of(1, 1, 5, 4, 3, 2)),
            Corner("more fakes than data", _of(3, 8, 5, 4, 2, 3)),
        ),
    ),
    mutants=(
        mutant("factor-2", "fakes / len(fake)]) / 2", "fakes / len(fake)])"),
        mutant("sign", "    return dW0, db0, dW1", "    return -dW0, -db0, -dW1"),
        mutant("none", "    return dW0, db0, dW1, db1, dw, dc", "    pass"),
        mutant("count", "db1, dw, dc", "db1, dw"),
        mutant("factor-missing", "da @ w.T * coins2", "da @ w.T"),
        mutant("not-summed", "da.sum(axis=0)", "da"),
    ),
    hints=(
        "Data and fakes run through as one batch: each row has its own label.",
        "da = (sigma(a) - label)/(2 N); then dw, a mask, maxout, a mask, maxout",
    ),
    given=(sigmoid, softplus, maxout_layer, maxout_gradients, recipe_logits),
    points=4,
)

EXERCISES = (RECIPE_STEP,)
