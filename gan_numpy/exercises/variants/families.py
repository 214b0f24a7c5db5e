r"""What can be changed in an exercise: texts of its module, replaced by others.

The module is the exercise's single definition: its forward, reference, inputs, checks
and mistakes. So a replacement reaches all of them, and a mistake of the first instance
is one of the second, unless the ingredient says otherwise.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from gan_numpy.exercises.variants.ingredient import Ingredient
from gan_numpy.exercises.variants.layouts import (
    BATCHNORM_COLUMNS,
    DENSE_COLUMNS,
    FEATURE_COLUMNS,
    POLICY_COLUMNS,
)
from gan_numpy.exercises.variants.sums import (
    SUM_CRITIC,
    SUM_D,
    SUM_G,
    SUM_POLICY,
    SUM_SQUARES,
)

AS_IS = Ingredient()


@dataclass(frozen=True)
class Family:
    """The instances of one exercise.

    Attributes
    ----------
    ingredients : dict
        By name; the first is the exercise as it is.
    names : dict
        What an array may be called; its gradient is called after it.
    """

    ingredients: dict[str, Ingredient] = field(default_factory=lambda: {"as-is": AS_IS})
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)


INPUTS = ("x", "h", "u", "inputs", "s")
WEIGHTS = ("W", "A", "V", "weights")
BIASES = ("b", "c", "bias", "shift")
REAL, FAKE = ("a_real", "real", "logits_real"), ("a_fake", "fake", "logits_fake")

OTHER_SIDE = Ingredient(
    pairs=(
        (
            'r"""y = x where x > 0, slope * x elsewhere."""',
            'r"""y = slope * x where x > 0, x elsewhere."""',
        ),
        ("np.where(x > 0, x, slope * x), (x", "np.where(x > 0, slope * x, x), (x"),
        (
            "    return np.where(x > 0, dy, slope * dy)",
            "    return np.where(x > 0, slope * dy, dy)",
        ),
        ("np.where(x > 0, slope, 1.0)", "np.where(x > 0, 1.0, slope)"),
    ),
    mutants=(
        ("slope-missing", "slope * dy, dy", "dy, dy"),
        ("slope-swapped", "slope * dy, dy", "dy, slope * dy"),
        ("slope-extra", "slope * dy, dy", "slope**2 * dy, dy"),
        ("mask-from-dy", "x > 0", "dy > 0"),
        ("sign", "return np", "return -np"),
        ("upstream-ignored", "slope * dy, dy", "slope, 1.0"),
    ),
    statement=(
        "y = slope * x where x > 0 and x elsewhere.\n"
        "Given dy, return dL/dx: no entry is cut off entirely."
    ),
    hints=(
        "There are two sides, and each has a slope of its own.",
        "dx = slope * dy where x > 0, dy elsewhere",
    ),
)
KEPT_Z = (
    ("    return y, (x, W, winners, pieces)", "    return y, (x, W, z, pieces)"),
    (
        "(x, W, winners, pieces), with winners\n        of shape (N, units) holding 0 .. pieces - 1.",
        "(x, W, z, pieces), with z of shape\n        (N, units, pieces).",
    ),
    (
        "cache : what maxout_forward returned, (x, W, winners, pieces)",
        "cache : what maxout_forward returned, (x, W, z, pieces)",
    ),
)
TIE_CORNERS = (
    "        _candidates,\n        corners=CORNERS,",
    "        _candidates,\n        corners=(*CORNERS, TIES),",
)


def _ties(rule: str, word: str, other: str) -> Ingredient:
    """The backward finds the winners itself, and of equal pieces one is named."""
    return Ingredient(
        pairs=(
            *KEPT_Z,
            (
                "Of equal pieces the first wins. Ours",
                f"Of equal pieces the {word} wins. Ours",
            ),
            ("    winners = z.argmax(axis=2)\n    y =", "    y ="),
            (
                "    x, W, winners, pieces = cache\n",
                f"    x, W, z, pieces = cache\n    winners = {rule}\n",
            ),
            TIE_CORNERS,
        ),
        statement=(
            f"y_u = z_{{u, w(u)}} with w(u) the winning piece, of equal ones the {word}:\n"
            "dz is dy at the winner and 0 at the other pieces; z = x W + b.\n"
            "The cache holds z, not the winners. Return dx, dW, db."
        ),
        mutants=(
            ("special-case", rule, other),
            ("to-all-pieces", " * onehot)", " * np.ones_like(onehot))"),
            ("averaged", " * onehot)", " * np.ones_like(onehot) / pieces)"),
            ("not-summed", "dz.sum(axis=0)", "dz"),
            ("mean-twice", "x.T @ dz", "x.T @ dz / len(x)"),
            ("transposed", "x.T @ dz", "dz.T @ x"),
            ("sign", "dz @ W.T", "-dz @ W.T"),
            ("upstream-ignored", "dy[:, :, None] * onehot", "1.0 * onehot"),
        ),
    )


FIRST = "z.argmax(axis=2)"
LAST = "pieces - 1 - z[:, :, ::-1].argmax(axis=2)"
DROP = Ingredient(
    pairs=(
        ("keep: float, rng", "drop: float, rng"),
        (
            'r"""y = x * mask / keep; an entry of the mask is 1 with probability keep."""',
            'r"""y = x * mask / (1 - drop); an entry of the mask is 0 with probability drop."""',
        ),
        (
            "rng.random(x.shape) < keep\n    return x * mask / keep, (mask, keep)",
            "rng.random(x.shape) >= drop\n    return x * mask / (1 - drop), (mask, drop)",
        ),
        ("<dy, x * mask / keep> with", "<dy, x * mask / (1 - drop)> with"),
        ("returned, (mask, keep)", "returned, (mask, drop)"),
        (
            "    mask, keep = cache\n    return dy * mask / keep",
            "    mask, drop = cache\n    return dy * mask / (1 - drop)",
        ),
        ('"keep": 0.63', '"drop": 0.37'),
        ('keep = inputs["keep"]', 'keep = 1 - inputs["drop"]'),
        ('"keep": keep, "rng"', '"drop": 1 - keep, "rng"'),
    ),
    mutants=(
        ("mask-missing", "dy * mask / (1 - drop)", "dy / (1 - drop)"),
        ("scale-missing", "dy * mask / (1 - drop)", "dy * mask"),
        ("mask-missing scale-missing", "dy * mask / (1 - drop)", "dy"),
        ("scale-twice", "/ (1 - drop)", "/ (1 - drop) ** 2"),
        ("wrong-probability", "/ (1 - drop)", "/ drop"),
        ("mask-inverted", "dy * mask", "dy * ~mask"),
        ("mask-from-dy", "dy * mask", "dy * (dy > 0)"),
        ("sign", "return dy", "return -dy"),
        ("upstream-ignored", "dy * mask", "1.0 * mask"),
        ("all-zero", "dy * mask", "0 * dy"),
    ),
    statement=(
        "y = x * mask / (1 - drop) (inverted dropout: the mean of y is x); an entry is\n"
        "dropped with probability drop. Given dy, return dL/dx, with the forward's mask."
    ),
    hints=(
        "y is linear in x: every entry has one factor, which the forward has drawn.",
        "dx = dy * mask / (1 - drop)",
    ),
)
FAMILIES: dict[str, Family] = {
    "dense_backward": Family(
        {"rows": AS_IS, "columns": DENSE_COLUMNS},
        {"x": INPUTS, "W": WEIGHTS, "b": BIASES},
    ),
    "relu_backward": Family(names={"x": INPUTS}),
    "leaky_relu_backward": Family(
        {"negative": AS_IS, "positive": OTHER_SIDE},
        {"x": INPUTS},
    ),
    "maxout_backward": Family(
        {
            "winners": AS_IS,
            "first": _ties(FIRST, "first", LAST),
            "last": _ties(LAST, "last", FIRST),
        },
        {"x": INPUTS, "W": WEIGHTS},
    ),
    "dropout_backward": Family({"keep": AS_IS, "drop": DROP}, {"x": INPUTS}),
    "discriminator_gradient": Family(
        {"mean": AS_IS, "sum": SUM_D}, {"a_real": REAL, "a_fake": FAKE}
    ),
    "generator_gradient": Family({"mean": AS_IS, "sum": SUM_G}, {"a_fake": FAKE}),
    "batchnorm_backward": Family(
        {
            "1e-5": AS_IS,
            "1e-3": Ingredient(pairs=(("1e-5", "1e-3"),)),
            "columns": BATCHNORM_COLUMNS,
        },
        {"x": INPUTS, "gamma": ("gamma", "scale", "g"), "beta": ("beta", "shift", "o")},
    ),
    "least_squares_gradient": Family(
        {"mean": AS_IS, "sum": SUM_SQUARES}, {"a_real": REAL, "a_fake": FAKE}
    ),
    "critic_gradient": Family(
        {"mean": AS_IS, "sum": SUM_CRITIC}, {"a_real": REAL, "a_fake": FAKE}
    ),
    "feature_matching_gradient": Family(
        {"rows": AS_IS, "columns": FEATURE_COLUMNS},
        {"real": ("real", "f_real"), "fake": ("fake", "f_fake")},
    ),
    "policy_gradient": Family(
        {"rows": AS_IS, "columns": POLICY_COLUMNS, "sum": SUM_POLICY},
        {
            "logits": ("logits", "scores", "prefs"),
            "advantages": ("advantages", "gains", "weights"),
        },
    ),
}
