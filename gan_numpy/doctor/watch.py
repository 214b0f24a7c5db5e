r"""The watch on a training: it looks at some steps, from outside, and changes no bit.

A watched step is the step itself; before and after it the weights are copied, and its
batch is kept. The probes draw from a generator of their own, which follows from the
seed and the step: the training's draws are what they would be without a doctor.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.doctor.examine import examine
from gan_numpy.doctor.patient import Change, Network, Patient
from gan_numpy.doctor.reference import reference_of
from gan_numpy.doctor.trace import Row, Trace
from gan_numpy.errors import TrainingDiverged
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import log_sum_exp
from gan_numpy.optim import Arrays
from gan_numpy.penalties import clip_weights, limit_columns
from gan_numpy.recipes import Recipe
from gan_numpy.sampling.draw import trained_generator
from gan_numpy.training.algorithm1 import Update
from gan_numpy.training.minibatches import Batch
from gan_numpy.training.state import TrainingState
from gan_numpy.training.steps import Step

STREAM = 4  # keeps the probes' draws apart from those of samples, pictures, statistics
EVERY = 512  # steps between examinations, once there were so many
KNOWN = (
    "objective",
    "discriminator_weight",
    "clip",
    "packing",
    "penalty",
    "penalty_weight",
)


def is_due(step: int) -> bool:
    """Whether a step, from 1, is looked at: 1, 2, 4, ... 256, 512, 1024, 1536, ..."""
    return step & (step - 1) == 0 if step < EVERY else step % EVERY == 0


def settings_of(recipe: Recipe) -> dict[str, Any]:
    """What the doctor may know of a recipe."""
    known = {"recipe": recipe.name} | {name: getattr(recipe, name) for name in KNOWN}
    if recipe.label_policy.few:  # G learns by D's features, whatever `objective` says
        known["objective"] = "feature_matching"
    return known


def critic_of(recipe: Recipe, D: Sequential) -> Network:
    r"""What tells real from generated: D itself, or what a classifier says of that.

    Of K class logits it is :math:`\ell = \log\sum_k e^{l_k}`, D(x) being
    :math:`\sigma(\ell)`: a function, since its gradient is neither player's: D's loss
    has labels in it, and G's is the distance of mean features.
    """
    if not recipe.label_policy.few:
        return D
    return lambda x: log_sum_exp(D.forward(x)[0])


@dataclass
class Watch:
    """Looks at a training through its steps.

    Attributes
    ----------
    data : Dataset
    seed : int
    rows : list
        What was found so far.
    draw : callable or None
        From (state, what G reads) to samples; as the library draws them if None.
    due : callable
        Which steps are looked at.
    told : callable
        Called after each examination.
    """

    data: Dataset
    seed: int
    rows: list[Row] = field(default_factory=list)
    draw: Callable[[TrainingState, np.ndarray], np.ndarray] | None = None
    due: Callable[[int], bool] = is_due
    told: Callable[[Trace], object] = lambda trace: None
    seen: int | None = None  # checksum of the batch of the last examination
    average: Arrays | None = None  # as it was at the last examination

    def __post_init__(self) -> None:
        self.reference = reference_of(self.data)

    def trace(self, recipe: Recipe) -> Trace:
        """What is known so far."""
        return Trace(tuple(self.rows), settings_of(recipe), self.reference.labels)

    def over(self, update: Update) -> Update:
        """A step that is looked at, if it is due."""

        def watched(
            state: TrainingState, recipe: Recipe, next_batch: Callable[[], Batch]
        ) -> tuple[Step, Step]:
            if not self.due(state.step + 1):
                return self._ended(update, state, recipe, next_batch)
            before, batches = Before.of(state), []

            def kept() -> Batch:
                batches.append(next_batch())
                return batches[-1]

            steps = self._ended(update, state, recipe, kept)
            with np.errstate(all="ignore"):
                patient = self.patient(state, recipe, before, batches, steps)
                self.rows.append({"step": state.step + 1, **examine(patient)})
            self.told(self.trace(recipe))
            return steps

        return watched

    def _ended(
        self,
        update: Update,
        state: TrainingState,
        recipe: Recipe,
        next_batch: Callable[[], Batch],
    ) -> tuple[Step, Step]:
        """The step; if it diverges, that is kept before anybody is told."""
        try:
            return update(state, recipe, next_batch)
        except TrainingDiverged:
            self.rows.append({"step": state.step + 1, "finite": 0.0})
            raise

    def look(self, state: TrainingState, recipe: Recipe) -> None:
        """Examine a state between two steps, unless its step was looked at."""
        if self.rows and self.rows[-1]["step"] >= state.step:
            return
        rows = np.arange(min(recipe.batch_size, len(self.data.train)))
        labels = recipe.label_policy.of_batch(self.data, rows)
        x = recipe.judged(self.data.scaled("train", rows, state.dtype), labels)
        patient = self._plain(state, recipe, state.G, state.D, x)
        self.rows.append({"step": max(state.step, 1), **examine(patient)})

    def _plain(
        self,
        state: TrainingState,
        recipe: Recipe,
        G: Sequential,
        D: Sequential,
        shown: np.ndarray,
        **more: Any,
    ) -> Patient:
        """A patient, of whose movement nothing is known unless `more` says it."""
        return Patient(
            G=G,
            D=critic_of(recipe, D),
            shown=shown,
            reference=self.reference,
            latent=lambda n, rng: recipe.sample_input(n, rng, state.dtype)[0],
            draw=self._draw(state, recipe),
            rng=np.random.default_rng([self.seed, STREAM, state.step]),
            objective=recipe.make_objective(),
            settings=settings_of(recipe),
            examples=recipe.examples,
            **more,
        )

    def patient(
        self,
        state: TrainingState,
        recipe: Recipe,
        before: Before,
        batches: list[Batch],
        steps: tuple[Step, Step],
    ) -> Patient:
        """What the probes look at: the players as they were before the step."""
        shown = batches[-1].x
        checksum = zlib.crc32(np.ascontiguousarray(shown).tobytes())
        repeated = None if self.seen is None else checksum == self.seen
        self.seen = checksum
        average, self.average = self.average, before.average
        policy = recipe.label_policy
        return self._plain(
            state,
            recipe,
            state.G.with_params(before.G, before.G_buffers),
            state.D.with_params(before.D, before.D_buffers),
            shown,
            G_change=before.change_of_G(state, recipe, steps[1]),
            D_change=before.change_of_D(state, recipe, steps[0]),
            average=None if average is None else (average, before.average or {}),
            repeated=repeated,
            # With labels the reported loss has more in it than that of the logit.
            reported={} if policy.few or policy.has_head else steps[0].monitors,
            D_met=state.D if recipe.update == "alternating" else None,
        )

    def _draw(
        self, state: TrainingState, recipe: Recipe
    ) -> Callable[[np.ndarray], np.ndarray]:
        if self.draw is not None:
            own = self.draw
            return lambda z: own(state, z)
        G = trained_generator(recipe, state)
        return lambda z: recipe.examples(G.forward(z)[0])


def copied(arrays: Any) -> Arrays:
    """Copies of all arrays."""
    return {name: value.copy() for name, value in arrays.items()}


@dataclass(frozen=True)
class Before:
    """The state before a step, as far as the step changes it."""

    G: Arrays
    D: Arrays
    G_buffers: Arrays
    D_buffers: Arrays
    G_optimizer: Arrays
    D_optimizer: Arrays
    average: Arrays | None

    @staticmethod
    def of(state: TrainingState) -> Before:
        """A copy."""
        return Before(
            copied(state.G.params),
            copied(state.D.params),
            copied(state.G.buffers),
            copied(state.D.buffers),
            copied(state.G_optimizer),
            copied(state.D_optimizer),
            None if state.average is None else copied(state.average),
        )

    def change_of_G(self, state: TrainingState, recipe: Recipe, step: Step) -> Change:
        """What the step did to G, and what it would have done by its gradient alone."""
        led = self._led(self.G, self.G_optimizer, recipe, step, state.epoch)
        if led is not None and recipe.column_limit > 0:
            limit_columns(led, recipe.column_limit)
        moved = None
        if self.G_buffers:
            old = self.G_buffers.items()
            moved = any((state.G.buffers[k] != v).any() for k, v in old)
        grads = dict(step.grads)
        return Change(self.G, copied(state.G.params), 1, grads, led, moved)

    def change_of_D(self, state: TrainingState, recipe: Recipe, step: Step) -> Change:
        """The same of D; if it took several steps, only the last one's is known."""
        k, led = recipe.discriminator_steps, None
        if k == 1:
            led = self._led(self.D, self.D_optimizer, recipe, step, state.epoch)
        if led is not None and recipe.clip > 0:
            clip_weights(led, recipe.clip)
        if led is not None and recipe.column_limit > 0:
            limit_columns(led, recipe.column_limit)
        # The gradient of a later step is that of other weights than those before.
        grads = dict(step.grads) if k == 1 else None
        return Change(self.D, copied(state.D.params), k, grads, led)

    @staticmethod
    def _led(
        params: Arrays, optimizer: Arrays, recipe: Recipe, step: Step, epoch: int
    ) -> Arrays | None:
        """Where the gradient of a step leads."""
        led = copied(params)
        recipe.make_optimizer().update(led, step.grads, copied(optimizer), epoch + 1)
        return led
