r"""All exercises, in the order of the lessons; a module is imported when it is needed.

The names stand here, so that a file can be searched for exercises without importing
anything else (pytest does that for every file it is given).
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gan_numpy.exercises.base import Exercise

MODULES: dict[str, tuple[str, ...]] = {
    "numerical": ("numerical_gradient",),
    "bce": ("bce_logits",),
    "dense": ("dense_backward", "relu_backward", "leaky_relu_backward"),
    "maxout": ("maxout_forward", "maxout_backward"),
    "dropout": ("dropout_backward",),
    "optimal": ("optimal_discriminator", "value"),
    "losses": ("discriminator_gradient", "generator_gradient"),
    "algorithm1": ("train_step",),
    "dirac": ("dirac_step",),
    "modes": ("modes_covered",),
    "optimizers": ("momentum_step", "adam_step"),
    "parzen": ("parzen_log_likelihood",),
    "batchnorm": ("batchnorm_backward",),
    "conv": ("conv2d_backward",),
    "conv_transpose": ("conv_transpose_backward",),
    "critics": ("least_squares_gradient", "critic_gradient", "clip_weights"),
    "penalty": ("gradient_penalty_backward",),
    "spectral": ("spectral_norm_backward",),
    "classes": ("softmax_cross_entropy",),
    "semi_supervised": ("semi_supervised_gradient",),
    "conditional": ("condition_backward", "feature_matching_gradient"),
}
MODULE_OF = {name: module for module, names in MODULES.items() for name in names}
NAMES = tuple(MODULE_OF)


@cache
def get_exercise(name: str) -> Exercise:
    """The exercise of this name.

    Raises
    ------
    KeyError
        If there is none.
    """
    module = importlib.import_module(f"gan_numpy.exercises.{MODULE_OF[name]}")
    found: dict[str, Exercise] = {e.name: e for e in module.EXERCISES}
    return found[name]


def all_exercises() -> dict[str, Exercise]:
    """Every exercise by the name of its function."""
    return {name: get_exercise(name) for name in NAMES}
