r"""Figure 1 of the paper, computed: one game in one dimension, at four moments.

The figure in the paper is schematic. Here both players are trained, and each moment
is a state of that training:

(a) the generator is near its goal - it was fitted to N(1, .7²), the data are N(0, 1) -
    and the discriminator has taken a few steps from random weights;
(b) the discriminator alone is trained to its optimum :math:`D^*`;
(c) the generator takes some steps along the gradient of that discriminator, which is
    held;
(d) both play on, three steps of the discriminator for one of the generator, as in
    Algorithm 1, with rates that fall to 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan_numpy.objectives import sigmoid
from gan_numpy.reproduce.densities import (
    discriminator_error,
    game_value,
    jensen_shannon,
    mapped_density,
    normal_density,
    optimal_discriminator,
)
from gan_numpy.reproduce.game import (
    Players,
    fit_normal,
    make_network,
    spread_units,
    standard_normal,
    uniform_line,
)

EDGES = np.linspace(-6, 6, 1201)
X = (EDGES[1:] + EDGES[:-1]) / 2
Z = np.linspace(-1, 1, 8001)
START_MEAN, START_STD = 1.0, 0.7
RATE, BATCH = 0.003, 512
GENERATOR_FACTOR = 0.1  # the generator's rate, relative to the discriminator's


@dataclass(frozen=True)
class Schedule:
    """Numbers of steps of each part of the game.

    Attributes
    ----------
    partial, alone, held, rounds, discriminator_steps : int
        The discriminator's before (a) and from (a) to (b), the generator's from (b) to
        (c), rounds of Algorithm 1 from (c) to (d), and its k.
    """

    partial: int = 1
    alone: int = 500
    held: int = 12
    rounds: int = 800
    discriminator_steps: int = 3


@dataclass(frozen=True)
class Snapshot:
    """A moment of the game, on the grids `X` and `Z`.

    Attributes
    ----------
    title : str
    p_data, p_model, D, D_optimal : (points,) ndarray
    x_of_z : (points of Z,) ndarray
    jsd, value, optimal_value, error : float
        Of the densities; V at D and at D*; mean :math:`|D - D^*|`.
    """

    title: str
    p_data: np.ndarray
    p_model: np.ndarray
    D: np.ndarray
    D_optimal: np.ndarray
    x_of_z: np.ndarray
    jsd: float
    value: float
    optimal_value: float
    error: float

    def figures(self) -> dict[str, float]:
        """The numbers of the moment."""
        names = ("jsd", "value", "optimal_value", "error")
        largest = float(np.abs(self.D - 0.5)[self.p_data > 0.05].max())
        return {n: getattr(self, n) for n in names} | {"D_from_half": largest}


def take_snapshot(players: Players, title: str) -> Snapshot:
    """Densities, discriminators and map as they are now."""
    p_data, x_of_z = normal_density(X), players.mapped(Z)
    p_model, logits = mapped_density(x_of_z, EDGES), players.logits(X)
    jsd, D = jensen_shannon(p_data, p_model, X), sigmoid(logits)
    return Snapshot(
        title=title,
        p_data=p_data,
        p_model=p_model,
        D=D,
        D_optimal=optimal_discriminator(p_data, p_model),
        x_of_z=x_of_z,
        jsd=jsd,
        value=game_value(logits, p_data, p_model, X),
        optimal_value=float(-np.log(4) + 2 * jsd),
        error=discriminator_error(D, p_data, p_model, X),
    )


def start(seed: int) -> Players:
    """Both players before the first step."""
    rng = np.random.default_rng(seed)
    G, D = make_network((32, 32), rng), make_network((64, 64), rng)
    spread_units(G, rng, (1, 3), reach=1)
    spread_units(D, rng, (0.5, 2), reach=4)
    fit_normal(G, START_MEAN, START_STD)
    return Players(G, D, uniform_line, standard_normal, RATE, BATCH, rng)


def play(
    seed: int = 0,
    schedule: Schedule = Schedule(),
    frames: int = 36,
    on_frame: Callable[[], object] = lambda: None,
) -> tuple[dict[str, Snapshot], list[Snapshot]]:
    """Play the whole game.

    Parameters
    ----------
    seed : int
    schedule : Schedule
    frames : int
        Pictures of the animation, about.
    on_frame : callable
        Called after each.

    Returns
    -------
    moments : dict
        The snapshots ``"a"`` to ``"d"``.
    film : list of Snapshot
    """
    players = start(seed)
    film: list[Snapshot] = []
    moments: dict[str, Snapshot] = {}
    k = schedule.discriminator_steps

    def run(
        part: str, steps: int, share: float, step: Callable[[float], object]
    ) -> None:
        """Take the steps of a part of the game, and its share of the frames."""
        every = max(1, round(steps / max(1, frames * share)))
        for i in range(steps):
            step(1 - i / steps)
            if (i + 1) % every == 0 or i + 1 == steps:
                film.append(take_snapshot(players, f"{part}, step {i + 1}"))
                on_frame()

    def round_of_algorithm_1(factor: float) -> None:
        for _ in range(k):
            players.step_discriminator(factor)
        players.step_generator(GENERATOR_FACTOR * factor)

    for _ in range(schedule.partial):
        players.step_discriminator()
    moments["a"] = take_snapshot(players, "(a) near convergence")
    film.append(moments["a"])
    run("D alone", schedule.alone, 0.25, players.step_discriminator)
    moments["b"] = take_snapshot(players, "(b) D trained to D*")
    held = schedule.held
    run("G, D held", held, 0.25, lambda _: players.step_generator(GENERATOR_FACTOR))
    moments["c"] = take_snapshot(players, "(c) G updated")
    run(f"both, k = {k}", schedule.rounds, 0.5, round_of_algorithm_1)
    moments["d"] = take_snapshot(players, "(d) equilibrium")
    return moments, film
