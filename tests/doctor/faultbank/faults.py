r"""Faults, one function each: from a healthy game to one that fails in a known way.

Each is small and leaves everything else as it is. ``@fault(right, *also)`` gives the
name that the doctor should find, and others that are true as well: what a fault does to
a game may be called by its cause or by its plain consequence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from gan_numpy.layers import BatchNorm, Dense, Dropout, Layer, ReLU, Sigmoid
from gan_numpy.layers.initializers import normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import sigmoid, softplus
from gan_numpy.objectives.base import Objective, mean
from gan_numpy.training.algorithm1 import move_discriminator, move_generator
from gan_numpy.training.steps import Step, discriminator_step, generator_step

from .games import STEPS, Game, new_game, with_data


@dataclass(frozen=True)
class Fault:
    """A fault and what it may be called.

    Attributes
    ----------
    name : str
    make : callable
        From a data set's name and a seed to the game.
    right : str
    accepts : set of str
        With `right` in it.
    steps : int
        How long it has to be played to show.
    """

    name: str
    make: Callable[[str, int], Game]
    right: str
    accepts: frozenset[str]
    steps: int = STEPS


FAULTS: dict[str, Fault] = {}


def fault(right: str, *also: str, steps: int = STEPS) -> Callable[[Any], Any]:
    """Put a function among the `FAULTS`."""

    def register(make: Callable[[str, int], Game]) -> Callable[[str, int], Game]:
        FAULTS[make.__name__] = Fault(
            make.__name__, make, right, frozenset({right, *also}), steps
        )
        return make

    return register


# ---- what a step does -----------------------------------------------------------


def parts(game: Game, D_step: Any = None, G_step: Any = None) -> Game:
    """The game with other functions for the gradients, or for what is done with them.

    Both take (state, recipe, step) and return the step that is applied, or None if
    nothing is.
    """

    def update(state: Any, recipe: Any, next_batch: Any) -> tuple[Step, Step]:
        weight, penalty = recipe.discriminator_weight, recipe.make_penalty()
        objective = recipe.make_objective()
        for _ in range(recipe.discriminator_steps):
            batch = next_batch()
            z = recipe.sample_latent(recipe.batch_size, state.rng, state.dtype)
            step = discriminator_step(
                state.G, state.D, objective, batch.x, z, state.rng, weight, penalty
            )
            done = step if D_step is None else D_step(state, recipe, step)
            if done is not None:
                move_discriminator(state, recipe, done)
        z = recipe.sample_latent(recipe.batch_size, state.rng, state.dtype)
        other = generator_step(state.G, state.D, objective, z, state.rng)
        done_G = other if G_step is None else G_step(state, recipe, other)
        if done_G is not None:
            move_generator(state, recipe, done_G)
        return done or step, done_G or other

    return replace(game, update=update)


def times(step: Step, factor: float) -> Step:
    """A step with its gradients multiplied."""
    return step._replace(grads={k: factor * g for k, g in step.grads.items()})


@fault("generator_not_moving")
def generator_frozen(data: str, seed: int) -> Game:
    """The generator's optimizer was made without its parameters."""
    return parts(new_game(data, seed), G_step=lambda state, recipe, step: None)


@fault("discriminator_not_moving")
def discriminator_frozen(data: str, seed: int) -> Game:
    """The discriminator was set to "not trainable" once and for all."""
    return parts(new_game(data, seed), D_step=lambda state, recipe, step: None)


@fault("generator_without_gradient", "generator_not_moving")
def fakes_detached(data: str, seed: int) -> Game:
    """The fakes were cut off from the generator before its loss: zeros arrive."""
    return parts(
        new_game(data, seed), G_step=lambda state, recipe, step: times(step, 0.0)
    )


@fault("generator_wrong_sign")
def generator_climbs(data: str, seed: int) -> Game:
    """A minus is missing: the generator ascends the loss that it should descend."""
    return parts(
        new_game(data, seed), G_step=lambda state, recipe, step: times(step, -1.0)
    )


@fault("discriminator_wrong_sign")
def discriminator_climbs(data: str, seed: int) -> Game:
    """The discriminator descends the value of the game instead of ascending it."""
    return parts(
        new_game(data, seed), D_step=lambda state, recipe, step: times(step, -1.0)
    )


@fault("moved_by_the_other")
def one_optimizer_for_both(data: str, seed: int) -> Game:
    """The generator's optimizer holds all parameters: its step moves D as well."""

    def G_step(state: Any, recipe: Any, step: Step) -> Step:
        objective = recipe.make_objective()
        z = recipe.sample_latent(recipe.batch_size, state.rng, state.dtype)
        fake, _ = state.G.forward(z, train=True, rng=state.rng)
        logits, cache = state.D.forward(fake, train=True, rng=state.rng)
        _, d_logits = objective.generator(logits)
        _, grads = state.D.backward(d_logits, cache, input_grad=False)
        move_discriminator(state, recipe, Step(grads, {}, ()))
        return step

    return parts(new_game(data, seed), G_step=G_step)


def objective_of(game: Game, change: Callable[[Objective], Objective]) -> Game:
    """The game with another objective, of which the recipe's name knows nothing."""

    class Changed(type(game.recipe)):  # type: ignore[misc]
        def make_objective(self, *labels: Any) -> Objective:
            return change(super().make_objective(*labels))

    recipe = Changed(**vars(game.recipe))

    def update(state: Any, _: Any, next_batch: Any) -> tuple[Step, Step]:
        return game.update(state, recipe, next_batch)

    return replace(game, update=update)


@fault("labels_swapped")
def ones_for_the_fakes(data: str, seed: int) -> Game:
    """Zeros for the real examples and ones for the generated, for D alone."""

    def change(objective: Objective) -> Objective:
        def loss(real: np.ndarray, fake: np.ndarray) -> Any:
            value = mean(softplus(real)) + mean(softplus(-fake))
            return value, sigmoid(real) / len(real), -sigmoid(-fake) / len(fake)

        return replace(objective, discriminator=loss)

    return objective_of(new_game(data, seed), change)


def faster_discriminator(state: Any, recipe: Any, step: Step) -> None:
    """D's step at five times the rate."""
    faster = recipe.replace(learning_rate=5 * recipe.learning_rate)
    move_discriminator(state, faster, step)


@fault("saturating_loss", "discriminator_ahead")
def minimax_against_a_strong_discriminator(data: str, seed: int) -> Game:
    """The saturating loss, against ten fast steps of D for each of G."""
    game = new_game(
        data,
        seed,
        objective="minimax",
        update="alternating",
        discriminator_steps=10,
        generator_average=0.0,
    )
    return parts(game, D_step=faster_discriminator)


@fault("discriminator_ahead")
def discriminator_far_ahead(data: str, seed: int) -> Game:
    """Ten steps of D at five times the rate for each of G."""
    game = new_game(data, seed, update="alternating", discriminator_steps=10)
    return parts(game, D_step=faster_discriminator)


@fault("discriminator_blind")
def discriminator_sees_nothing(data: str, seed: int) -> Game:
    """What reaches D has been multiplied by zero: it learns its bias alone."""

    class Blind(Layer):
        def forward(self, x: np.ndarray, **_: Any) -> Any:
            return np.zeros_like(x), None

        def backward(self, dy: np.ndarray, cache: Any, **_: Any) -> Any:
            return np.zeros_like(dy), {}

    game = new_game(data, seed)
    blind = Sequential([("gray", Blind()), *game.state.D.layers.items()])
    return with_players(game, D=blind)


# ---- rates ----------------------------------------------------------------------


@fault("rate_too_high", "diverged")
def rate_a_hundredfold(data: str, seed: int) -> Game:
    """A hundred times the learning rate of the recipe."""
    healthy = new_game(data, seed)
    return new_game(data, seed, learning_rate=100 * healthy.recipe.learning_rate)


@fault("rate_too_low")
def rate_a_ten_thousandth(data: str, seed: int) -> Game:
    """A ten-thousandth of the learning rate of the recipe."""
    healthy = new_game(data, seed)
    return new_game(data, seed, learning_rate=1e-4 * healthy.recipe.learning_rate)


# ---- nothing that damps ---------------------------------------------------------


@fault("rotation", steps=18 * STEPS)
def the_dirac_game_of_many_numbers(data: str, seed: int) -> Game:
    """A linear critic without bound or penalty against a generator that lacks nothing
    but the mean, and plain simultaneous steps: one mean circles around the other."""
    game = new_game(
        data,
        seed,
        objective="wasserstein",
        update="simultaneous",
        optimizer="momentum",
        momentum=0.0,
        momentum_final=0.0,
        learning_rate=0.0022,  # once around in 2 pi / 0.0022 = 2,856 steps
        discriminator_weight=1.0,
        generator_average=0.0,
    )
    rng, x = np.random.default_rng(seed), game.data.scaled("train")
    z = game.recipe.sample_latent(1000, rng, np.float32)
    size, features = z.shape[1], x.shape[1]
    G, D = (
        Dense(n, m, init=normal(0.1), rng=rng)
        for n, m in ((size, features), (features, 1))
    )
    _, scales, axes = np.linalg.svd(x - x.mean(axis=0), full_matrices=False)
    axes = axes[:size] * scales[:size, None] / np.sqrt(len(x))
    G.params["W"][: len(axes)] = axes / z.std()
    G.params["W"][len(axes) :] = 0
    G.params["b"][...] = x.mean(axis=0) + axes[0]
    return with_players(game, G=Sequential([("y", G)]), D=Sequential([("y", D)]))


# ---- the data -------------------------------------------------------------------


def with_players(
    game: Game, G: Sequential | None = None, D: Sequential | None = None
) -> Game:
    """The game with other networks, and fresh states of their optimizers."""
    state, optimizer = game.state, game.recipe.make_optimizer()
    average = game.recipe.make_average()
    if G is not None:
        state.G, state.G_optimizer = G, optimizer.init(G.params)
        state.average = average.init(G.params) if average else None
    if D is not None:
        state.D, state.D_optimizer = D, optimizer.init(D.params)
    return game


def bounded(game: Game) -> Game:
    """The generator ends in a sigmoid, if it does not yet."""
    layers = list(game.state.G.layers.items())
    if isinstance(layers[-1][1], Sigmoid):
        return game
    return with_players(game, G=Sequential([*layers, ("y_sigmoid", Sigmoid())]))


@fault("wrong_range")
def pixels_to_255(data: str, seed: int) -> Game:
    """The data go to 255, the generator ends in a sigmoid."""
    return with_data(bounded(new_game(data, seed)), lambda x: 255 * x)


@fault("wrong_range")
def minus_one_to_one_against_a_sigmoid(data: str, seed: int) -> Game:
    """The data are scaled to [-1, 1], the generator ends in a sigmoid."""
    game = bounded(new_game(data, seed))
    return with_data(game, lambda x: 2 * x - 1) if data == "digits" else game


@fault("collapse")
def few_classes(data: str, seed: int) -> Game:
    """A filter that was left in the loader: two classes, or modes, of all."""
    game = new_game(data, seed)
    x = game.data.scaled("train")
    if data == "digits":
        keep = np.isin(game.data.labels["train"], (0, 1))
    else:
        keep = (x[:, 0] > 0.5) & (x[:, 1] > -0.5)
    rng, few = np.random.default_rng(seed), x[keep]

    def serve(batch: Any) -> Any:
        return batch._replace(x=few[rng.integers(len(few), size=len(batch.x))])

    return replace(game, serve=serve)


@fault("same_minibatch")
def loader_made_anew_each_step(data: str, seed: int) -> Game:
    """An iterator without shuffling, made in each step: its first batch, always."""
    game, first = new_game(data, seed), []

    def serve(batch: Any) -> Any:
        first.append(batch)
        del first[1:]
        return first[0]

    return replace(game, serve=serve)


# ---- the generator --------------------------------------------------------------


def pulled(game: Game, target: Callable[[np.ndarray], np.ndarray]) -> Game:
    """The generator descends its distance to a target instead of its loss."""

    def G_step(state: Any, recipe: Any, step: Step) -> Step:
        z = recipe.sample_latent(recipe.batch_size, state.rng, state.dtype)
        fake, cache = state.G.forward(z, train=True, rng=state.rng)
        d_fake = 2 * (fake - target(fake)) / len(fake)
        _, grads = state.G.backward(d_fake.astype(fake.dtype), cache, input_grad=False)
        return step._replace(grads=grads)

    return parts(game, G_step=G_step)


@fault("collapse", steps=12 * STEPS)
def one_image(data: str, seed: int) -> Game:
    """A loss of reconstruction that always has the same target.

    A healthy generator begins as one image, too, and takes its time to leave it.
    """
    game = new_game(data, seed)
    return pulled(game, lambda fake: game.data.scaled("train", slice(seed, seed + 1)))


@fault("dead_units")
def dying_units(data: str, seed: int) -> Game:
    """What a far too long step leaves behind: a layer of ReLU that is always off."""
    game = new_game(data, seed)
    params = game.state.G.params
    params["h1_norm.beta" if "h1_norm.beta" in params else "h1.b"][...] = -30
    return game


@fault("saturated_outputs", "wrong_range")
def saturated_at_the_start(data: str, seed: int) -> Game:
    """The last layer's weights are a thousand times too large for its sigmoid."""
    game = bounded(new_game(data, seed))
    game.state.G.params["y.W"][...] *= 1000
    game.state.G.params["y.b"][...] *= 30
    return game if data == "digits" else with_data(game, lambda x: 0.5 + 0.4 * x)


def with_dropout(game: Game) -> Game:
    """The generator has dropout before its last layer."""
    layers = list(game.state.G.layers.items())
    at = next(i for i, (name, _) in enumerate(layers) if name == "y")
    layers.insert(at, ("drop", Dropout(0.5)))
    return with_players(game, G=Sequential(layers))


@fault("sampling_mode")
def dropout_at_sampling(data: str, seed: int) -> Game:
    """Samples are drawn with dropout on: the same z gives another image each time."""
    rng = np.random.default_rng(seed)

    def draw(state: Any, z: np.ndarray) -> np.ndarray:
        return state.G.forward(z, train=True, rng=rng)[0]

    return replace(with_dropout(new_game(data, seed)), draw=draw)


def with_norm(game: Game) -> Game:
    """Both data sets' generators have batch normalization."""
    if not game.state.G.per_example:
        return game
    layers = []
    for name, layer in game.state.G.layers.items():
        layers.append((name, layer))
        if isinstance(layer, Dense) and name != "y":
            layers.append((f"{name}_norm", BatchNorm(layer.params["b"].size)))
    return with_players(game, G=Sequential(layers))


@fault("sampling_mode")
def batch_statistics_at_sampling(data: str, seed: int) -> Game:
    """Samples are normalized by the batch they are drawn with."""

    def draw(state: Any, z: np.ndarray) -> np.ndarray:
        return state.G.forward(z, train=True)[0]

    return replace(with_norm(new_game(data, seed)), draw=draw)


@fault("stale_statistics", "dead_units")
def statistics_never_committed(data: str, seed: int) -> Game:
    """Running statistics stay at mean 0 and variance 1."""
    game = with_norm(new_game(data, seed, generator_average=0.0))
    return parts(game, G_step=lambda state, recipe, step: step._replace(caches=()))


@fault("mixed_batch_norm")
def real_and_fake_in_one_norm(data: str, seed: int) -> Game:
    """D has batch normalization, and judges real and generated in one batch."""
    game = new_game(data, seed)
    rng, n = np.random.default_rng(seed), game.data.features
    init = normal(0.05)
    D = Sequential(
        [
            ("h0", Dense(n, 64, init=init, rng=rng)),
            ("h0_norm", BatchNorm(64)),
            ("h0_relu", ReLU()),
            ("h1", Dense(64, 64, init=init, rng=rng)),
            ("h1_norm", BatchNorm(64)),
            ("h1_relu", ReLU()),
            ("y", Dense(64, 1, init=init, rng=rng)),
        ]
    )
    game = with_players(game, D=D)

    def update(state: Any, recipe: Any, next_batch: Any) -> tuple[Step, Step]:
        x, objective = next_batch().x, recipe.make_objective()
        z = recipe.sample_latent(len(x), state.rng, state.dtype)
        fake, _ = state.G.forward(z, train=True, rng=state.rng)
        logits, cache = state.D.forward(np.concatenate([x, fake]), train=True)
        loss, d_real, d_fake = objective.discriminator(*np.split(logits, 2))
        _, grads = state.D.backward(
            np.concatenate([d_real, d_fake]), cache, input_grad=False
        )
        opinions = [mean(sigmoid(a)) for a in np.split(logits, 2)]
        figures = dict(zip(("d_real", "d_fake"), opinions, strict=True))
        step = Step(grads, {"loss_discriminator": loss} | figures, (cache,))
        move_discriminator(state, recipe, step)
        z = recipe.sample_latent(len(x), state.rng, state.dtype)
        other = generator_step(state.G, state.D, objective, z, state.rng)
        move_generator(state, recipe, other)
        return step, other

    return replace(game, update=update)


# ---- bounds, penalties, averages ------------------------------------------------


@fault("clipping_pins")
def clipped_far_too_tightly(data: str, seed: int) -> Game:
    """Weights are clipped at a thousandth."""
    return new_game(data, seed, clip=0.001)


@fault("penalty_too_strong")
def penalty_far_too_strong(data: str, seed: int) -> Game:
    """R1 with a weight of ten thousand."""
    return new_game(data, seed, penalty="r1", penalty_weight=1e4)


@fault("penalty_too_weak")
def penalty_far_too_weak(data: str, seed: int) -> Game:
    """A critic of five steps; a penalty of 10^-6 should hold its slope at 1."""
    return new_game(
        data,
        seed,
        objective="wasserstein",
        penalty="gradient_penalty",
        penalty_weight=1e-6,
        update="alternating",
        discriminator_steps=5,
    )


@fault("average_not_started")
def average_never_starts(data: str, seed: int) -> Game:
    """Samples come from an average that nobody updates."""
    game = new_game(data, seed, generator_average=0.99)
    return replace(game, keeps_average=False)


# ---- the samples ----------------------------------------------------------------


@fault("memorization")
def a_lookup_table(data: str, seed: int) -> Game:
    """What is shown are training examples, with a trace of noise."""
    game = new_game(data, seed)
    x, rng = game.data.scaled("train"), np.random.default_rng(seed)
    mix = rng.standard_normal((game.recipe.latent_size, 1))

    def draw(state: Any, z: np.ndarray) -> np.ndarray:
        rows = np.abs(np.rint(1e4 * (z @ mix))).astype(int).ravel() % len(x)
        return x[rows] + np.float32(1e-5) * np.sin(z[:, :1]).astype(x.dtype)

    return replace(game, draw=draw)


@fault("score_falls")
def average_rots(data: str, seed: int) -> Game:
    """From step 60 on the average's two weights sum to 1.02: its samples get worse."""
    game = new_game(data, seed, generator_average=0.99)
    inner = game.update

    def update(state: Any, recipe: Any, next_batch: Any) -> tuple[Step, Step]:
        steps = inner(state, recipe, next_batch)
        if state.step >= 60:
            for value in state.average.values():
                value *= 1.02
        return steps

    return replace(game, update=update)
