r"""Melodies by an LSTM and an adversary that listens.

Sources: Mogren, "C-RNN-GAN", arXiv:1611.09904 (two LSTMs, the discriminator reads both
ways and has a say at every step, the generator first learns by imitation); Yu,
Srivastava and Canales, "Conditional LSTM-GAN for melody generation from lyrics",
arXiv:1908.05551 (the generator is told something at every step; here where in which
bar of which dance it is). Symbols are discrete: the choice passes its gradient straight
through (`gan_numpy.miniatures.melodies.gumbel`), as C-Hybrid-GAN's, arXiv:2009.08616,
does. In the adversarial stage imitation goes on with a weight (Li et al.,
arXiv:1701.06547, section 3.2): the generator's loss is

.. math:: L_G = \mathrm{softplus}(-\ell(y)) + \lambda\, \text{cross-entropy} .

The rates, widths and numbers of steps are chosen here, as is the rival, a Markov chain
of order 1 over notes, and what is counted (`gan_numpy.miniatures.melodies.notes`). By
these counts the adversary adds nothing to what as many more steps of imitation alone
give, at the same lower rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gan_numpy.miniatures.base import Goal, Miniature, Outcome, Progress
from gan_numpy.miniatures.melodies.composer import Arrays, Composer
from gan_numpy.miniatures.melodies.drawing import draw
from gan_numpy.miniatures.melodies.gumbel import gumbel
from gan_numpy.miniatures.melodies.judge import Judge
from gan_numpy.miniatures.melodies.markov import MarkovChain
from gan_numpy.miniatures.melodies.notes import distances, notes_of, statistics
from gan_numpy.miniatures.melodies.sound import midi, wav
from gan_numpy.miniatures.melodies.tunes import (
    BARS,
    METERS,
    SYMBOLS,
    Meter,
    load_melodies,
)
from gan_numpy.objectives import discriminator_loss, non_saturating_generator_loss
from gan_numpy.optim import Adam, ExponentialDecay

DTYPE = np.dtype(np.float32)
WIDEST = max(meter.eighths for meter in METERS)
CLOCK = len(METERS) + WIDEST + BARS
AT_ONCE = 100  # melodies in a batch that is only drawn
COMPOSERS = ("network", "chain", "imitation alone", "training tunes")


class Dance(NamedTuple):
    """A meter with its clock, and melodies to learn from and to compare with."""

    meter: Meter
    clock: np.ndarray
    training: np.ndarray
    held_out: np.ndarray


def clock_of(meter: Meter) -> np.ndarray:
    """Which meter, which eighth of the bar, which bar: (steps, CLOCK), one-hot each."""
    step = np.arange(meter.steps)
    clock = np.zeros((meter.steps, CLOCK), dtype=DTYPE)
    clock[:, METERS.index(meter)] = 1
    clock[step, len(METERS) + step % meter.eighths] = 1
    clock[step, len(METERS) + WIDEST + step // meter.eighths] = 1
    return clock


@dataclass(frozen=True)
class MelodyGAN(Miniature):
    """The miniature ``melodies``.

    Attributes
    ----------
    tunes : int
        Parts of tunes of each meter, at most; the corpus has 1,078 and 451.
    held_out : float
        The share of tunes that is only compared with.
    units, judge_units : int
        Cells of the generator, and of each direction of the discriminator.
    batch_size : int
    imitation_steps, adversarial_steps : int
        Updates before and with the adversary.
    imitation_rate, generator_rate, judge_rate : float
        Of Adam.
    imitation_weight : float
        Of the cross-entropy in the adversarial stage.
    temperature : float
        Of the soft choice whose gradient is taken.
    largest_gradient : float
        A longer one is shortened to this.
    drawn : int
        Melodies of each meter that are counted.
    """

    name: ClassVar[str] = "melodies"
    description: ClassVar[str] = "an LSTM composes jigs and reels, another one listens"
    source: ClassVar[str] = "Mogren, arXiv:1611.09904; Yu et al., arXiv:1908.05551"
    goals: ClassVar[dict[str, Goal]] = {
        "motifs, relative to a chain's": Goal(1.0),
        "scale notes, relative to a chain's": Goal(1.0),
        "phrase ends, relative to a chain's": Goal(1.0),
    }

    tunes: int = 2000
    held_out: float = 0.25
    units: int = 96
    judge_units: int = 32
    batch_size: int = 32
    imitation_steps: int = 1000
    adversarial_steps: int = 60
    imitation_rate: float = 3e-3
    generator_rate: float = 3e-4
    judge_rate: float = 1e-3
    imitation_weight: float = 1.0
    temperature: float = 1.0
    largest_gradient: float = 5.0
    drawn: int = 400

    def __post_init__(self) -> None:
        """Beside the numbers' signs: tunes must be left on both sides."""
        super().__post_init__()
        if self.held_out >= 1:
            self._refuse("held_out", "a share below 1")
        if self.tunes < 8:
            self._refuse("tunes", "8 or more")

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Read the tunes, imitate, play against the judge, count."""
        rng = np.random.default_rng(seed)
        dances = self.dances(rng)
        options: Any = {"rng": rng, "dtype": DTYPE}
        G = Composer(
            SYMBOLS, CLOCK, self.units, temperature=self.temperature, **options
        )
        D = Judge(SYMBOLS, CLOCK, self.judge_units, **options)
        # An adversarial step takes the time of about four others.
        whole = self.imitation_steps + 4 * self.adversarial_steps
        self.imitate(G, dances, rng, lambda n: progress(n / whole))
        before = [self.compose(G, dance, rng) for dance in dances]
        self.compete(
            G,
            D,
            dances,
            rng,
            lambda n: progress((self.imitation_steps + 4 * n) / whole),
        )
        after = [self.compose(G, dance, rng) for dance in dances]
        chains = [MarkovChain(dance.training) for dance in dances]
        chained = [chain.draw(self.drawn, rng) for chain in chains]
        training = [dance.training for dance in dances]
        rivals = dict(zip(COMPOSERS, (after, chained, before, training)))
        apart = {who: far_from(dances, grids) for who, grids in rivals.items()}
        figures = table(apart)
        figures["two-bar phrases that are in training tunes"] = known(dances, after)
        figures["two-bar phrases of held-out tunes that are"] = known(
            dances, [dance.held_out for dance in dances]
        )
        shown = dances[0].held_out[0], after[0][0], chained[0][0]
        files: dict[str, bytes] = {}
        for dance, grids in zip(dances, after):
            notes = notes_of(grids[0])
            files[f"{dance.meter.name}.mid"] = midi(notes, dance.meter.eighths)
            files[f"{dance.meter.name}.wav"] = wav(notes, dance.meter.steps)
        return Outcome(figures, partial(draw, shown, apart), files)

    def dances(self, rng: np.random.Generator) -> list[Dance]:
        """The melodies of both meters; those of a tune are on the same side."""
        dances = []
        for meter, melodies in zip(METERS, load_melodies(self.tunes)):
            tunes = rng.permutation(np.unique(melodies.tunes))
            share = min(max(round(self.held_out * len(tunes)), 1), len(tunes) - 1)
            out = np.isin(melodies.tunes, tunes[:share])
            sides = melodies.grids[~out], melodies.grids[out]
            dances.append(Dance(meter, clock_of(meter), *sides))
        return dances

    def imitate(
        self,
        G: Composer,
        dances: list[Dance],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        """Learn by heart which symbol follows, from batches of one meter each."""
        adam = Adam(ExponentialDecay(self.imitation_rate))
        state = adam.init(G.params)
        for step in range(self.imitation_steps):
            tunes, clock = self._batch(dances, rng)
            _, grads = G.imitate(tunes, clock)
            adam.update(G.params, self._shortened(grads), state, 1)
            progress(step + 1)

    def compete(
        self,
        G: Composer,
        D: Judge,
        dances: list[Dance],
        rng: np.random.Generator,
        progress: Progress,
    ) -> None:
        """Both players in turn; the generator goes on imitating, too."""
        slow = Adam(ExponentialDecay(self.generator_rate), 0.5)
        fast = Adam(ExponentialDecay(self.judge_rate), 0.5)
        moments = slow.init(G.params), fast.init(D.params)
        for step in range(self.adversarial_steps):
            tunes, clock = self._batch(dances, rng)
            noise = gumbel((*tunes.shape, SYMBOLS), rng, DTYPE)
            y, composed = G.forward(noise, clock)
            grads = judge_gradients(D, tunes, y, clock)
            fast.update(D.params, self._shortened(grads), moments[1], 1)
            grads = composer_gradients(G, D, y, composed, clock)
            _, by_heart = G.imitate(tunes, clock)
            for name, grad in by_heart.items():
                grads[name] += DTYPE.type(self.imitation_weight) * grad
            slow.update(G.params, self._shortened(grads), moments[0], 1)
            progress(step + 1)

    def compose(
        self, G: Composer, dance: Dance, rng: np.random.Generator
    ) -> np.ndarray:
        """Melodies (drawn, steps) of a meter."""
        grids = []
        for start in range(0, self.drawn, AT_ONCE):
            n = min(AT_ONCE, self.drawn - start)
            noise = gumbel((n, dance.meter.steps, SYMBOLS), rng, DTYPE)
            grids.append(G.forward(noise, dance.clock)[0].argmax(axis=2))
        return np.concatenate(grids)

    def _batch(
        self, dances: list[Dance], rng: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray]:
        """Training melodies of a meter, which comes as often as it has melodies."""
        sizes = np.array([len(dance.training) for dance in dances])
        dance = dances[rng.choice(len(dances), p=sizes / sizes.sum())]
        rows = rng.integers(len(dance.training), size=self.batch_size)
        return dance.training[rows], dance.clock

    def _shortened(self, grads: Arrays) -> Arrays:
        """Gradients of a length that through time cannot explode."""
        length = float(np.sqrt(sum(float((g * g).sum()) for g in grads.values())))
        if length <= self.largest_gradient:
            return grads
        by = DTYPE.type(self.largest_gradient / length)
        return {name: by * grad for name, grad in grads.items()}


def judge_gradients(
    D: Judge, tunes: np.ndarray, y: np.ndarray, clock: np.ndarray
) -> Arrays:
    """The discriminator's, on true tunes and on composed ones in one batch."""
    real = np.eye(y.shape[2], dtype=y.dtype)[tunes]
    logits, cache = D.forward(np.concatenate([real, y]), clock)
    _, *parts = discriminator_loss(*np.split(logits, [len(real)]))
    return D.backward(np.concatenate(parts), cache)[1]


def composer_gradients(
    G: Composer, D: Judge, y: np.ndarray, composed: object, clock: np.ndarray
) -> Arrays:
    """The generator's, through the discriminator and through time."""
    logits, cache = D.forward(y, clock)
    _, dlogits = non_saturating_generator_loss(logits)
    dy, _ = D.backward(dlogits, cache, param_grads=False)
    return G.backward(dy, composed)


def far_from(dances: list[Dance], grids: list[np.ndarray]) -> dict[str, float]:
    """The distances to held-out tunes, as means over the meters."""
    each = [
        distances(statistics(own), statistics(dance.held_out))
        for dance, own in zip(dances, grids)
    ]
    return {name: float(np.mean([apart[name] for apart in each])) for name in each[0]}


def table(apart: dict[str, dict[str, float]]) -> dict[str, float]:
    """The figures: ratios first, then what they were made of."""
    ours, chain = apart[COMPOSERS[0]], apart[COMPOSERS[1]]
    tiny = np.finfo(float).tiny
    ratios = {
        f"{name}, relative to a chain's": value / max(chain[name], tiny)
        for name, value in ours.items()
    }
    return ratios | {
        f"{name}, {who}": far[name] for name in ours for who, far in apart.items()
    }


def known(dances: list[Dance], grids: list[np.ndarray]) -> float:
    """The share of two-bar phrases that stand in a training tune, too."""
    found, phrases = 0, 0
    for dance, own in zip(dances, grids):
        width = 2 * dance.meter.eighths
        heard = {row.tobytes() for row in dance.training.reshape(-1, width)}
        rows = own.reshape(-1, width)
        found += sum(row.tobytes() in heard for row in rows)
        phrases += len(rows)
    return found / phrases
