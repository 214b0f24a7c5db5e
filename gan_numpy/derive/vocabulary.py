r"""What the arrays of each exercise are called in a formula, axis by axis.

Where they come from is the exercise's own business: its inputs, its cotangent, what its
reference unpacks from the cache. Here stand only the names of their axes, the letters
that go with these, and what a formula may use beyond that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Arrays = dict[str, Any]


@dataclass(frozen=True)
class Vocabulary:
    """The names of one exercise.

    Attributes
    ----------
    axes : dict
        The axes of every array: {"x": "N in"}.
    letters : dict
        The letter that usually runs over an axis: {"N": "n"}.
    by_entry : bool
        Neighbors are multiplied entry by entry; nothing is a matrix.
    split : dict
        An axis that two letters may share: {"units*pieces": ("units", "pieces")}.
    also : function of the arrays, optional
        Further names.
    aliases : dict
        Other names: {"w": "winners"}.
    sizes : dict
        Names of numbers that are sizes: {"k": "pieces"}.
    valued : dict
        The axis whose places an array of integers holds: {"winners": "pieces"}.
    each : str
        A dict of arrays that a formula is applied to one by one.
    """

    axes: dict[str, str]
    letters: dict[str, str]
    by_entry: bool = False
    split: dict[str, tuple[str, str]] = field(default_factory=dict)
    also: Callable[[Arrays], Arrays] | None = None
    aliases: dict[str, str] = field(default_factory=dict)
    sizes: dict[str, str] = field(default_factory=dict)
    valued: dict[str, str] = field(default_factory=dict)
    each: str = ""

    def dims(self, name: str) -> tuple[str, ...]:
        """The axes of an array, also of the gradient of one."""
        name = self.aliases.get(name, name)
        if name not in self.axes and name.startswith("d"):
            name = name[1:]
        return tuple(self.axes.get(name, "").split())

    def written(self, name: str) -> str:
        """dy_nj"""
        dims = self.dims(name)
        parts = [self.letters.get(d, d) for d in dims]
        return f"{name}_{''.join(parts)}" if parts else name


def _pieces(arrays: Arrays) -> Arrays:
    return {"units": len(arrays["b"]) // arrays["pieces"]}


def _critic(arrays: Arrays) -> Arrays:
    """The mask of the critic and its gradient with respect to x."""
    x, W, b, w = (arrays[k] for k in ("x", "W", "b", "w"))
    M = np.where(x @ W + b > 0, 1.0, 0.2)
    return {"M": M, "g": (M * w) @ W.T}


_TWO = Vocabulary({"a_real": "N", "a_fake": "M"}, {"N": "n", "M": "m"}, by_entry=True)
_ENTRIES = {"x": "N features", "dy": "N features"}
_MAXOUT = Vocabulary(
    {
        "x": "N in",
        "W": "in units*pieces",
        "b": "units*pieces",
        "y": "N units",
        "dy": "N units",
        "z": "N units*pieces",
        "winners": "N units",
    },
    {"N": "n", "in": "i", "units*pieces": "uj", "units": "u", "pieces": "j"},
    split={"units*pieces": ("units", "pieces")},
    aliases={"w": "winners"},
    sizes={"k": "pieces"},
    valued={"winners": "pieces"},
)
_WINDOWS = {"N": "n", "out": "o", "C": "c", "H": "p", "W": "q"}
_WINDOWS |= {"rows": "h", "columns": "w", "k": "i", "k'": "j"}

VOCABULARIES: dict[str, Vocabulary] = {
    "dense_backward": Vocabulary(
        {"x": "N in", "W": "in out", "b": "out", "dy": "N out"},
        {"N": "n", "in": "i", "out": "j"},
    ),
    "relu_backward": Vocabulary(_ENTRIES, {"N": "n", "features": "i"}, True),
    "leaky_relu_backward": Vocabulary(_ENTRIES, {"N": "n", "features": "i"}, True),
    "maxout_forward": _MAXOUT,
    "maxout_backward": _MAXOUT,
    "dropout_backward": Vocabulary(
        {**_ENTRIES, "mask": "N features"}, {"N": "n", "features": "i"}, True
    ),
    "discriminator_gradient": _TWO,
    "generator_gradient": Vocabulary({"a_fake": "N"}, {"N": "n"}, by_entry=True),
    "batchnorm_backward": Vocabulary(
        {
            **_ENTRIES,
            "xhat": "N features",
            "gamma": "features",
            "beta": "features",
            "std": "features",
        },
        {"N": "n", "features": "f"},
        by_entry=True,
        aliases={"γ": "gamma"},
    ),
    "conv2d_backward": Vocabulary(
        {"x": "N C H W", "W": "out C k k'", "b": "out", "dy": "N out rows columns"},
        _WINDOWS,
        aliases={"s": "stride"},
        sizes={"k": "k"},
    ),
    "conv_transpose_backward": Vocabulary(
        {"dx": "N C H W", "W": "out C k k'", "y": "N out rows columns"},
        _WINDOWS,
        aliases={"s": "stride"},
        sizes={"k": "k"},
    ),
    "least_squares_gradient": _TWO,
    "critic_gradient": _TWO,
    "clip_weights": Vocabulary({"p": "size"}, {"size": "i"}, True, each="params"),
    "gradient_penalty_backward": Vocabulary(
        {
            "x": "N in",
            "W": "in hidden",
            "b": "hidden",
            "w": "hidden",
            "M": "N hidden",
            "g": "N in",
        },
        {"N": "n", "in": "i", "hidden": "h"},
        also=_critic,
        aliases={"λ": "lam", "lambda": "lam"},
    ),
    "spectral_norm_backward": Vocabulary(
        {"W": "rows columns", "dy": "rows columns", "u": "rows", "v": "columns"},
        {"rows": "i", "columns": "j"},
        aliases={"σ": "sigma"},
    ),
}
