"""The Parzen score of a state of training: the one number that `train` ends with."""

from __future__ import annotations

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.evaluation.parzen import (
    SAMPLES,
    VALIDATION,
    ParzenResult,
    evaluate_parzen,
)
from gan_numpy.recipes import Recipe
from gan_numpy.sampling.draw import SAMPLE_STREAM, sample
from gan_numpy.training.state import TrainingState, initial_state


def score_state(
    recipe: Recipe,
    data: Dataset,
    state: TrainingState,
    seed: int,
    samples: int = SAMPLES,
) -> ParzenResult:
    """Parzen score of the state's samples on the data set's test examples.

    Parameters
    ----------
    recipe : Recipe
    data : Dataset
    state : TrainingState
    seed : int
        Of the samples.
    samples : int
        How many are drawn.
    """
    rng = np.random.default_rng([seed, SAMPLE_STREAM])
    return evaluate_parzen(
        sample(recipe, state, samples, rng).astype("float64"),
        data.scaled("validation", slice(0, VALIDATION), "float64"),
        data.scaled("test", dtype="float64"),
    )


def score_untrained(
    recipe: Recipe, data: Dataset, seed: int, samples: int = SAMPLES
) -> ParzenResult:
    """Parzen score of the generator before its first step."""
    return score_state(recipe, data, initial_state(recipe, data, seed), seed, samples)
