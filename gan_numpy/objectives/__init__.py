"""The objectives of the game, on the discriminator's outputs: one idea, one file.

Read `minimax` (the paper's), then `least_squares`, `wasserstein`, `hinge` and
`relativistic`, which stand in its place; `classes` and `semi_supervised` add labels.
"""

from gan_numpy.objectives.base import Objective, sigmoid, softplus
from gan_numpy.objectives.classes import softmax_cross_entropy, with_classes
from gan_numpy.objectives.hinge import HINGE, hinge_loss
from gan_numpy.objectives.least_squares import LEAST_SQUARES, PEARSON, least_squares
from gan_numpy.objectives.minimax import (
    MINIMAX,
    NON_SATURATING,
    discriminator_loss,
    minimax_generator_loss,
    non_saturating_generator_loss,
)
from gan_numpy.objectives.relativistic import (
    RELATIVISTIC,
    relativistic_generator_loss,
    relativistic_loss,
)
from gan_numpy.objectives.semi_supervised import (
    SemiSupervisedGradients,
    feature_matching,
    log_sum_exp,
    semi_supervised_loss,
)
from gan_numpy.objectives.wasserstein import (
    WASSERSTEIN,
    critic_generator_loss,
    critic_loss,
)

__all__ = [
    "OBJECTIVES",
    "Objective",
    "SemiSupervisedGradients",
    "critic_generator_loss",
    "critic_loss",
    "discriminator_loss",
    "feature_matching",
    "hinge_loss",
    "least_squares",
    "log_sum_exp",
    "minimax_generator_loss",
    "non_saturating_generator_loss",
    "relativistic_generator_loss",
    "relativistic_loss",
    "semi_supervised_loss",
    "sigmoid",
    "softmax_cross_entropy",
    "softplus",
    "with_classes",
]

OBJECTIVES = {
    objective.name: objective
    for objective in (
        MINIMAX,
        NON_SATURATING,
        LEAST_SQUARES,
        PEARSON,
        WASSERSTEIN,
        HINGE,
        RELATIVISTIC,
    )
}
