r"""Imitation by an adversary: learn to drive from ten decisions of an expert.

Source: Ho and Ermon, "Generative adversarial imitation learning", NIPS 2016,
arXiv:1606.03476, Algorithm 1. D tells the expert's pairs of state and action from the
learner's; the learner's policy is the generator, and what D says is all the reward that
it gets:

.. math::
    \max_D\; E_{\text{expert}} \log D(s, a) + E_\pi \log(1 - D(s, a)), \qquad
    r(s, a) = -\log(1 - D(s, a)) .

(The paper's D is 1 on the learner's side.) Between the two stands a world that nobody
can differentiate through, so the generator's gradient is the policy gradient of
`gan_numpy.miniatures.policies`. Where the paper takes a natural gradient step inside a
trust region (TRPO), Adam takes plain ones here.

Behavioral cloning has the same pairs and no world to try them in. It copies what the
expert did where the expert was; a small error leads to where he never was, and there
the next is larger. The road is our own (`gan_numpy.miniatures.road`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gan_numpy.kernels import use_kernels
from gan_numpy.miniatures.base import Goal, Miniature, Outcome, Progress
from gan_numpy.miniatures.imitation_drawing import draw
from gan_numpy.miniatures.policies import Policy, network
from gan_numpy.miniatures.road import ACTIONS, SENSES, Drives, careful, driven
from gan_numpy.objectives.base import softplus
from gan_numpy.objectives.minimax import discriminator_loss
from gan_numpy.optim import Adam, ExponentialDecay

Pairs = tuple[np.ndarray, np.ndarray]  # senses (N, SENSES), actions (N,)
GAIL, CLONE = "imitation, share of the expert's way", "cloning, share of it"


@dataclass(frozen=True)
class Imitation(Miniature):
    """The miniature ``gail``.

    Attributes
    ----------
    demonstrations : int
        Drives of the expert.
    every : int
        Of each only every so-manieth decision is shown.
    steps : int
        Of a drive.
    rounds : int
        Of the game: the learner drives, D learns, the learner learns.
    cars : int
        That the learner drives at once.
    judge_steps : int
        Of D in a round.
    batch : int
        Pairs of each kind in a step of D.
    hidden : int
        Units of each hidden layer, of both players.
    policy_rate, judge_rate : float
        Of Adam.
    discount : float
        How much the next step's worth counts.
    curiosity : float
        Weight of the entropy.
    cloning_steps : int
        Of the network that only copies.
    more : tuple of int
        Numbers of demonstrations with which cloning is tried, too.
    trials : int
        Cars by which a driver is judged.
    """

    name: ClassVar[str] = "gail"
    description: ClassVar[str] = "driving learned from an expert's few decisions"
    source: ClassVar[str] = "Ho and Ermon, arXiv:1606.03476"
    goals: ClassVar[dict[str, Goal]] = {GAIL: Goal(0.9, at_least=True)}

    demonstrations: int = 1
    every: int = 10
    steps: int = 100
    rounds: int = 200
    cars: int = 32
    judge_steps: int = 3
    batch: int = 256
    hidden: int = 32
    policy_rate: float = 3e-3
    judge_rate: float = 1e-3
    discount: float = 0.95
    curiosity: float = 1e-3
    cloning_steps: int = 1000
    more: tuple[int, ...] = (2, 4, 8)
    trials: int = 300

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Show some decisions, let both learners learn, and let everyone drive."""
        with use_kernels("reference"):  # small arrays; and the same game everywhere
            return self._play(seed, progress)

    def _play(self, seed: int, progress: Progress) -> Outcome:
        rng = np.random.default_rng(seed)
        expert = driven(careful, self.trials, self.steps, rng)
        shown = self.shown(self.demonstrations, rng)
        learner, course = self.imitate(shown, rng, progress)
        drives = driven(learner, self.trials, self.steps, rng)
        copies = {self.demonstrations: self.cloned(shown, rng)}
        for count in sorted(set(self.more) - {self.demonstrations}):
            copies[count] = self.cloned(self.shown(count, rng), rng)
        cloned = {k: v.laps / expert.laps for k, v in copies.items()}
        figures = {
            "decisions shown": float(len(shown[1])),
            "the expert's laps": expert.laps,
            GAIL: drives.laps / expert.laps,
            CLONE: cloned[self.demonstrations],
        }
        for count in list(copies)[1:]:
            figures[f"cloning of {count} drives"] = cloned[count]
        painting = partial(
            draw,
            shown[0],
            np.array(course) / expert.laps,
            cloned,
            (copies[self.demonstrations], drives),
        )
        return Outcome(figures, painting)

    def shown(self, count: int, rng: np.random.Generator) -> Pairs:
        """Decisions of the expert's, some of each drive."""
        drives = driven(careful, count, self.steps, rng)
        first = rng.integers(0, min(self.every, self.steps), count)
        parts = [(slice(at, None, self.every), k) for k, at in enumerate(first)]
        senses = np.concatenate([drives.senses[part] for part in parts])
        return senses, np.concatenate([drives.actions[part] for part in parts])

    def cloned(self, shown: Pairs, rng: np.random.Generator) -> Drives:
        """How a network drives that only copied what was shown."""
        copy = Policy(SENSES, ACTIONS, self.hidden, self.policy_rate, rng)
        for _ in range(self.cloning_steps):
            copy.learn(*shown, np.ones(len(shown[1])))
        return driven(copy, self.trials, self.steps, rng)

    def imitate(
        self, shown: Pairs, rng: np.random.Generator, progress: Progress
    ) -> tuple[Policy, list[float]]:
        """Play against D; the driver, and its laps in each round."""
        learner = Policy(SENSES, ACTIONS, self.hidden, self.policy_rate, rng)
        judge = Judge(self.hidden, self.judge_rate, rng)
        genuine, course = pairs(*shown), []
        for t in range(self.rounds):
            drives = driven(learner, self.cars, self.steps, rng)
            course.append(drives.laps)
            senses = drives.senses.reshape(-1, SENSES)
            actions = drives.actions.ravel()
            own = pairs(senses, actions)
            for _ in range(self.judge_steps):
                judge.learn(
                    genuine[rng.integers(0, len(genuine), self.batch)],
                    own[rng.integers(0, len(own), self.batch)],
                )
            reward = judge.reward(own).reshape(drives.actions.shape)
            advantages = advantages_of(reward, self.discount)
            learner.learn(senses, actions, advantages.ravel(), self.curiosity)
            progress((t + 1) / self.rounds)
        return learner, course


class Judge:
    """D, on pairs of state and action."""

    def __init__(self, hidden: int, rate: float, rng: np.random.Generator) -> None:
        self.network = network(SENSES + ACTIONS, 1, hidden, rng)
        self.adam = Adam(ExponentialDecay(rate), beta1=0.5, beta2=0.9)
        self.state = self.adam.init(self.network.params)

    def learn(self, genuine: np.ndarray, own: np.ndarray) -> None:
        """One step: both batches, D's loss, both gradients."""
        real, seen = self.network.forward(genuine, train=True)
        fake, found = self.network.forward(own, train=True)
        _, dreal, dfake = discriminator_loss(real, fake)
        _, first = self.network.backward(dreal, seen, input_grad=False)
        _, second = self.network.backward(dfake, found, input_grad=False)
        grads = {name: first[name] + second[name] for name in first}
        self.adam.update(self.network.params, grads, self.state, epoch=1)

    def reward(self, own: np.ndarray) -> np.ndarray:
        """-log(1 - D), which is softplus of the logit."""
        return softplus(self.network.forward(own)[0][:, 0])


def pairs(senses: np.ndarray, actions: np.ndarray) -> np.ndarray:
    """State and action side by side, the action as a one-hot row."""
    return np.concatenate([senses, np.eye(ACTIONS)[actions]], axis=1)


def advantages_of(reward: np.ndarray, discount: float) -> np.ndarray:
    r"""How much better than the other cars at the same step, in standard deviations.

    Parameters
    ----------
    reward : (T, N) ndarray
    discount : float
        :math:`\gamma` in the worth :math:`Q_t = r_t + \gamma Q_{t+1}`.

    Returns
    -------
    (T, N) ndarray
        The mean over the cars is the baseline: a number that no action of a car's own
        changes in expectation, so that the gradient stays what it is, with less noise.
    """
    worth, later = np.zeros_like(reward), np.zeros(reward.shape[1])
    for t in reversed(range(len(reward))):
        later = reward[t] + discount * later
        worth[t] = later
    better = worth - worth.mean(axis=1, keepdims=True)
    return better / (better.std() + 1e-8)
