"""Drawing samples from a trained generator.

A generator with batch normalization samples with running statistics. Averaged weights
never saw a batch, so their statistics are computed here, over fresh minibatches of z.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gan_numpy.layers import one_hot
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes import Recipe
from gan_numpy.training.state import TrainingState

BLOCK = 1000  # samples drawn at once, to bound the memory
STATISTICS_BATCHES = 50
# Streams keep draws apart that start from one seed: samples, a run's pictures,
# statistics; training's own has no number.
SAMPLE_STREAM, PREVIEW_STREAM, STATISTICS_STREAM = 1, 2, 3


def trained_generator(recipe: Recipe, state: TrainingState) -> Sequential:
    """The generator to draw from: averaged if the recipe averages, and settled.

    Returns
    -------
    Sequential
        Around the state's arrays, or around averaged ones.
    """
    if state.average is None:
        return state.G
    G = state.G.with_params(state.average)
    if not G.per_example:
        settle_statistics(G, recipe)
    return G


def settle_statistics(G: Sequential, recipe: Recipe) -> None:
    """Replace the running statistics by means over minibatches of z, in place.

    The first batch is committed with weight 1, the n-th with 1/n.
    """
    rng = np.random.default_rng(STATISTICS_STREAM)
    dtype = next(iter(G.params.values())).dtype
    for n in range(1, STATISTICS_BATCHES + 1):
        inputs, _ = recipe.sample_input(recipe.batch_size, rng, dtype)
        _, cache = G.forward(inputs, train=True, rng=rng)
        G.commit(cache, 1 / n)


def generate(recipe: Recipe, G: Sequential, inputs: np.ndarray) -> np.ndarray:
    """Run the generator, block by block.

    Parameters
    ----------
    recipe : Recipe
    G : Sequential
    inputs : (n, latent_size + told) ndarray

    Returns
    -------
    (n, features) ndarray
    """
    blocks = [
        recipe.examples(G.forward(inputs[start : start + BLOCK])[0])
        for start in range(0, len(inputs), BLOCK)
    ]
    return np.concatenate(blocks)


def generate_classes(
    recipe: Recipe, G: Sequential, z: np.ndarray, labels: np.ndarray
) -> np.ndarray:
    """Samples of given z and, if the generator is told one, of given classes.

    Parameters
    ----------
    recipe : Recipe
    G : Sequential
    z : (n, latent_size) ndarray
    labels : (n,) int ndarray
        Not used by a generator that is told no class.

    Returns
    -------
    (n, features) ndarray
    """
    if recipe.told:
        z = np.hstack([z, one_hot(labels, recipe.classes, z.dtype)])
    return generate(recipe, G, z)


def sample(
    recipe: Recipe,
    state: TrainingState,
    n: int,
    rng: np.random.Generator,
    labels: np.ndarray | None = None,
) -> np.ndarray:
    """Draw `n` samples.

    Parameters
    ----------
    recipe : Recipe
    state : TrainingState
    n : int
    rng : numpy.random.Generator
        Source of z, and of the classes if they are not given.
    labels : (n,) int ndarray, optional
        The class of each sample, for a generator that is told one.

    Returns
    -------
    (n, features) ndarray
    """
    G, inputs = trained_generator(recipe, state), []
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        own = None if labels is None else labels[start : start + size]
        inputs.append(recipe.sample_input(size, rng, state.dtype, own)[0])
    return generate(recipe, G, np.concatenate(inputs))


def sample_classes(
    recipe: Recipe,
    state: TrainingState,
    classes: Sequence[int],
    each: int,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw `each` samples of every class, all classes from the same z.

    In a picture with a row for each class the z is that of the column: what changes
    from row to row is the class alone.

    Parameters
    ----------
    recipe : Recipe
        One whose generator is told a class.
    state : TrainingState
    classes : sequence of int
    each : int
    rng : numpy.random.Generator
        Source of z.

    Returns
    -------
    samples : (len(classes) * each, features) ndarray
        Class after class.
    labels : (len(classes) * each,) int64 ndarray
    """
    z = np.tile(recipe.sample_latent(each, rng, state.dtype), (len(classes), 1))
    labels = np.repeat(np.asarray(classes, dtype=np.int64), each)
    return generate_classes(recipe, trained_generator(recipe, state), z, labels), labels
