"""The two small games that faults are put into: digits and ring, with narrow networks.

They are the shipped recipes with fewer units, so that 256 steps take a second
or two. The seeds 0 to 2 are those that whoever sets a threshold may look at; 3 and 4
are held out, and on digits they have another learning rate, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.recipes import Recipe, get_recipe
from gan_numpy.sampling.draw import trained_generator
from gan_numpy.training.algorithm1 import UPDATES, Update, train_epoch
from gan_numpy.training.minibatches import Batch
from gan_numpy.training.state import TrainingState, initial_state
from gan_numpy.training.steps import Step

STEPS = 256
SEEDS, HELD_OUT = (0, 1, 2, 3, 4), (3, 4)
DATA = ("digits", "ring")
SMALL = {
    "digits": {
        "generator_units": (64, 64),
        "discriminator_units": (48, 48),
        "discriminator_pieces": 3,
        "batch_size": 32,
    },
    "ring": {
        "generator_units": (48, 48),
        "discriminator_units": (32, 32),
        "discriminator_pieces": 3,
        "batch_size": 64,
    },
}
HELD_OUT_RATE = 0.5  # of the recipe's, on digits


@dataclass
class Game:
    """One training, in the parts that a fault may replace.

    Attributes
    ----------
    recipe, data, state
        As a run has them.
    update : callable
        What one step does: an entry of `UPDATES`.
    serve : callable
        From the batch that the loader made to the one that the players get.
    draw : callable or None
        From (state, z) to the samples that people are shown; the library's if None.
    latent : callable or None
        From (n, rng) to z in training.
    keeps_average : bool
        Whether the training loop updates the average of the weights.
    """

    recipe: Recipe
    data: Dataset
    state: TrainingState
    update: Update
    serve: Callable[[Batch], Batch] = lambda batch: batch
    draw: Callable[[TrainingState, np.ndarray], np.ndarray] | None = None
    keeps_average: bool = True

    def drawn(self, z: np.ndarray) -> np.ndarray:
        """Samples of these z, as people are shown them."""
        if self.draw is not None:
            return self.draw(self.state, z)
        return trained_generator(self.recipe, self.state).forward(z)[0]


def new_game(data: str, seed: int, **settings: object) -> Game:
    """A healthy game; `settings` change its recipe."""
    recipe = get_recipe(data)
    own = dict(SMALL[data])
    if data == "digits" and seed in HELD_OUT:
        own["learning_rate"] = HELD_OUT_RATE * recipe.learning_rate
    recipe = recipe.replace(**(own | settings))
    loaded = load_dataset(recipe.dataset)
    state = initial_state(recipe, loaded, seed)
    return Game(recipe, loaded, state, UPDATES[recipe.update])


def play(
    game: Game, steps: int = STEPS, watch: Callable[[Update], Update] | None = None
) -> None:
    """Train for so many steps.

    Parameters
    ----------
    game : Game
    steps : int
    watch : callable, optional
        Puts something around the update that sees what goes in and what comes out.
    """
    inner = game.update if watch is None else watch(game.update)

    def update(
        state: TrainingState, recipe: Recipe, next_batch: Callable[[], Batch]
    ) -> tuple[Step, Step]:
        return inner(state, recipe, lambda: game.serve(next_batch()))

    recipe = game.recipe if game.keeps_average else without_average(game.recipe)
    while game.state.step < steps:
        if game.state.batch == 0:
            game.state.sums = {}
        train_epoch(
            game.state,
            recipe,
            game.data,
            should_stop=lambda: game.state.step >= steps,
            update=update,
        )


def without_average(recipe: Recipe) -> Recipe:
    """The recipe with a loop that leaves the average alone."""
    return recipe.replace(generator_average=0.0)


def with_data(game: Game, change: Callable[[np.ndarray], np.ndarray]) -> Game:
    """The game with other real examples in every batch."""

    def serve(batch: Batch) -> Batch:
        return batch._replace(x=change(batch.x))

    return replace(game, serve=serve)
