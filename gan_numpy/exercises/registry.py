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
    "optimizers": ("momentum_step", "adam_step"),
    "modes": ("modes_covered",),
    "recipe_step": ("recipe_gradient",),
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
    "blocked": ("blocked_product",),
    "noise_contrast": ("nce_gradient",),
    "recurrent": ("lstm_backward",),
    "policy": ("policy_gradient",),
}
#: The lessons' notebooks by their numbers.
STEMS = {
    stem[:2]: stem
    for stem in (
        "00_numerical_gradient",
        "01_bce_logits",
        "02_dense_relu",
        "03_maxout_dropout",
        "04_optimal_discriminator",
        "05_losses",
        "06_algorithm_1",
        "07_dirac_gan",
        "08_optimizers",
        "09_mode_collapse",
        "10_maxout_gan",
        "11_parzen",
        "12_batch_norm",
        "13_convolution_dcgan",
        "14_least_squares_wasserstein",
        "15_gradient_penalty",
        "16_conditional_semi_supervised",
        "17_speed",
        "18_before_2014",
    )
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
