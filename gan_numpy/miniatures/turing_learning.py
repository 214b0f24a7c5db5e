r"""Turing learning: models of an animal and judges of behavior evolve together.

Source: Li, Gauci and Groß, "A coevolutionary approach to learn animal behavior through
controlled interaction", GECCO 2013, and "Turing learning: a metric-free approach to
inferring behavior and its application to swarms", Swarm Intelligence 10:211, 2016,
arXiv:1603.04904. Theirs are the two populations, the evolution strategy, the judges
(Elman networks with five hidden units that read speed and turning) and both fitnesses:

- a judge's is the mean of two rates: genuine films that it accepts, and counterfeit
  ones that it rejects;
- a model's is the share of judges that take its film for genuine.

Nobody measures how far a model is from the animal, and nobody is told what the light
was. The animal is our own (`gan_numpy.miniatures.agents`), and so is the estimate: the
two sides chase each other around the answer, and the median over time is taken where
the paper shows the models of the last generation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gan_numpy.miniatures.agents import observe
from gan_numpy.miniatures.base import Goal, Miniature, Outcome, Progress
from gan_numpy.miniatures.evolution import Population
from gan_numpy.miniatures.judges import verdicts, weight_count
from gan_numpy.miniatures.turing_drawing import draw

ANIMAL = np.array([0.8, 0.5])  # what is to be found out
SENSES = 2  # speed and turning


@dataclass(frozen=True)
class TuringLearning(Miniature):
    """The miniature ``turing-learning``.

    Attributes
    ----------
    generations : int
        The estimate is the median model, and its median over all but the first
        quarter of them.
    population : int
        Models, and as many judges; each has as many children.
    films : int
        Of the animal, in each generation.
    steps : int
        Of a film.
    hidden : int
        Units of a judge.
    sharpness : float
        How far a judge goes for the same evidence.
    spread : float
        Models start anywhere between minus this and this.
    first_step : float
        Mutation of the first generation, of both sides.
    least_model_step, least_judge_step : float
        No mutation gets smaller.
    most_model_step, most_judge_step : float
        Nor larger.
    """

    name: ClassVar[str] = "turing-learning"
    description: ClassVar[str] = "models of an animal evolve against judges of films"
    source: ClassVar[str] = "Li, Gauci and Groß, GECCO 2013; arXiv:1603.04904"
    goals: ClassVar[dict[str, Goal]] = {
        "error of alpha, relative": Goal(0.05),
        "error of beta, relative": Goal(0.05),
    }

    generations: int = 1000  # as in the paper
    population: int = 30
    films: int = 20
    steps: int = 20
    hidden: int = 5  # as in the paper
    sharpness: float = 10.0
    spread: float = 1.5
    first_step: float = 0.3
    least_model_step: float = 0.002
    least_judge_step: float = 0.02
    most_model_step: float = 0.5
    most_judge_step: float = 1.0

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Let both sides evolve, then say what the models have become."""
        rng = np.random.default_rng(seed)
        models, judges = self.first(rng)
        course, fooled = [], []
        for t in range(self.generations):
            models, judges, deceived = self.generation(models, judges, rng)
            course.append(models.values)
            fooled.append(deceived)
            progress((t + 1) / self.generations)
        medians = np.array([np.median(values, axis=0) for values in course])
        found = np.median(medians[self.generations // 4 :], axis=0)
        wrong = np.abs(found / ANIMAL - 1)
        figures = {
            "alpha": found[0],
            "beta": found[1],
            "error of alpha, relative": wrong[0],
            "error of beta, relative": wrong[1],
            "how genuine models looked, last 100": float(np.mean(fooled[-100:])),
        }
        films = observe(np.stack([ANIMAL, found, course[0][0]]), 100, rng)
        return Outcome(figures, partial(draw, ANIMAL, np.array(course), films))

    def first(self, rng: np.random.Generator) -> tuple[Population, Population]:
        """Both sides before they have seen anything."""
        n = self.population
        models = rng.uniform(-self.spread, self.spread, (n, len(ANIMAL)))
        judges = rng.standard_normal((n, weight_count(SENSES, self.hidden)))
        step = self.first_step
        return (
            Population(models, np.full(models.shape, step)),
            Population(judges, np.full(judges.shape, step)),
        )

    def generation(
        self,
        models: Population,
        judges: Population,
        rng: np.random.Generator,
    ) -> tuple[Population, Population, float]:
        """Children on both sides, films, verdicts, and who lives on.

        Parameters
        ----------
        models, judges : Population
        rng : numpy.random.Generator

        Returns
        -------
        models, judges : Population
        fooled : float
            How genuine the median film of a model was to the judges.
        """
        n = self.population
        steps = self.least_model_step, self.most_model_step
        many = models.children(n, *steps, rng)
        jury = judges.children(n, self.least_judge_step, self.most_judge_step, rng)
        actors = np.concatenate([many.values, np.tile(ANIMAL, (self.films, 1))])
        films = observe(actors, self.steps, rng)
        said = verdicts(jury.values, films, self.hidden, self.sharpness)
        genuine, counterfeit = said[:, 2 * n :], said[:, : 2 * n]
        deceit = counterfeit.mean(axis=0)
        insight = (genuine.mean(axis=1) + 1 - counterfeit.mean(axis=1)) / 2
        models, judges = many.best(deceit, n, rng), jury.best(insight, n, rng)
        return models, judges, float(np.median(deceit))
