r"""A game that is played by a network, which learned it from recorded screens.

Source: Kim, Zhou, Philion, Torralba and Fidler, "Learning to simulate dynamic
environments with GameGAN", arXiv:2005.12126. The generator is an engine
(`gan_numpy.miniatures.played_game.engine`); the discriminator sees two successive
frames with the key between them, as the paper's action-conditioned one does, and here
the roll of the die, too. The generator's loss is the paper's in small: the frame has to
be right, and to be taken for a true one,

.. math::
    L_G = \text{cross-entropy}(p_{t+1}, x_{t+1})
        + \lambda\, \mathrm{softplus}(-D(x_t, p_{t+1}, k_t, r_t)),

with the key k and the roll r. The mean of the first term is weighted: cells where the
player or the ghost stands, or beside which, count more, since little happens elsewhere.
(The weight must not depend on what comes next: if cells that change counted more, the
most likely class would no longer be the most probable one, and ghosts would double.)

At first every frame of a sequence is a true one ("teacher forcing"): from frames in
which the player is lost nothing can be learned about how it moves. When the rules are
known, only the first frames are given; after them the engine goes on from frames of its
own, as it does when it is played. Chance is treated as an input: a recording holds the
rolls of the die, and a game that is compared with the true one is played with the same.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import numpy as np

from gan_numpy.layers import Conv2D, Dense, LeakyReLU, Reshape, Sequential
from gan_numpy.layers.initializers import he_normal
from gan_numpy.miniatures.base import Goal, Miniature, Outcome, Progress
from gan_numpy.miniatures.played_game.drawing import draw
from gan_numpy.miniatures.played_game.engine import (
    TOLD,
    Arrays,
    Engine,
    Memory,
    told,
    windows,
)
from gan_numpy.miniatures.played_game.measures import figures
from gan_numpy.miniatures.played_game.rules import (
    CLASSES,
    PLAYER,
    Recording,
    record,
)
from gan_numpy.objectives import discriminator_loss, non_saturating_generator_loss
from gan_numpy.optim import Adam, ExponentialDecay

DTYPE = np.dtype(np.float32)
PLAYED = 10  # steps of a game that is compared with the true one
MODEL = "engine.npz"


@dataclass(frozen=True)
class GameGAN(Miniature):
    r"""The miniature ``game``.

    Attributes
    ----------
    side : int
        Of the grid.
    games, tests : int
        Recorded to learn from, and new ones to compare with.
    seen, units, hidden : int
        Of the engine.
    judge_channels : int
        Of the discriminator.
    batch_size : int
    updates : int
    forced : float
        The share of the updates in which all frames are given.
    given, steps : int
        True frames at the start of a sequence after that, and steps of a sequence.
    rate, judge_rate : float
        Of Adam; the engine's falls to a hundredth.
    attention : float
        The weight of the cells where something can happen; that of others is 1.
    adversarial_weight : float
        :math:`\lambda`
    """

    name: ClassVar[str] = "game"
    description: ClassVar[str] = "a network plays a game of walls, pellets and a ghost"
    source: ClassVar[str] = "Kim et al., arXiv:2005.12126"
    goals: ClassVar[dict[str, Goal]] = {
        f"cells right after {PLAYED} steps": Goal(0.95, at_least=True),
        "games whose player is in place": Goal(0.9, at_least=True),
        "games whose ghost is in place": Goal(0.9, at_least=True),
        "games whose ghost made legal moves only": Goal(0.9, at_least=True),
    }

    side: int = 7
    games: int = 3000
    tests: int = 300
    seen: int = 96
    units: int = 20
    hidden: int = 32
    judge_channels: int = 12
    batch_size: int = 6
    updates: int = 3500
    forced: float = 0.85
    given: int = 4
    steps: int = 8
    rate: float = 5e-3
    judge_rate: float = 1e-3
    attention: float = 8.0
    adversarial_weight: float = 0.02

    def __post_init__(self) -> None:
        """Beside the signs: a grid with room, a sequence that is long enough."""
        super().__post_init__()
        if self.side < 3:
            self._refuse("side", "3 or more")
        if self.given > self.steps:
            self._refuse("given", f"at most steps={self.steps}")
        if self.forced > 1:
            self._refuse("forced", "a share, at most 1")

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Record games, learn them, play new ones."""
        rng = np.random.default_rng(seed)
        recorded = record(self.games, self.steps, self.side, rng)
        G = Engine(self.seen, self.units, self.hidden, rng=rng, dtype=DTYPE)
        D = self.judge(rng)
        decay = 100 ** (1 / self.updates)
        slow = Adam(ExponentialDecay(self.rate, decay))
        fast = Adam(ExponentialDecay(self.judge_rate), 0.5)
        moments = slow.init(G.params), fast.init(D.params)
        for update in range(self.updates):
            rows = rng.integers(self.games, size=self.batch_size)
            batch = Recording(*(part[rows] for part in recorded))
            forced = update < self.forced * self.updates
            seen, p, caches = self.rollout(
                G, batch, self.steps if forced else self.given
            )
            # The judge is shown one step of each game.
            when = rng.integers(self.steps, size=self.batch_size)
            shown = Shown(batch, seen, p, when)
            fast.update(D.params, judge_gradients(D, shown), moments[1], 1)
            dlogits = reconstruction_gradient(p, batch.frames, self.attention)
            add_deception(dlogits, D, shown, self.adversarial_weight)
            slow.update(G.params, backward(G, dlogits, caches), moments[0], 1)
            progress((update + 1) / self.updates)
        new = record(self.tests, PLAYED, self.side, rng)
        played = G.play(new.frames[:, 0], new.keys, new.rolls)
        files = {MODEL: _saved(G.params)}
        return Outcome(figures(new, played), partial(draw, new, played), files)

    def judge(self, rng: np.random.Generator) -> Sequential:
        """The discriminator, on (N, channels, side, side)."""
        channels, half = self.judge_channels, -(-self.side // 2)
        options: Any = {"init": he_normal(), "rng": rng, "dtype": DTYPE}
        return Sequential(
            [
                ("h0", Conv2D(2 * CLASSES + TOLD, channels, 3, padding=1, **options)),
                ("f0", LeakyReLU()),
                ("h1", Conv2D(channels, channels, 3, stride=2, padding=1, **options)),
                ("f1", LeakyReLU()),
                ("flat", Reshape(channels * half * half)),
                ("y", Dense(channels * half * half, 1, **options)),
            ]
        )

    def rollout(
        self, G: Engine, batch: Recording, given: int
    ) -> tuple[np.ndarray, np.ndarray, list[Any]]:
        """Run the engine, on given frames at first and then on its own.

        Returns
        -------
        seen : (N, steps, side, side) ndarray
            The frames that it went on from.
        p : (N, steps, side, side, CLASSES) ndarray
        caches : list
        """
        memory = G.blank(batch.frames[:, 0].shape)
        seen: list[np.ndarray] = []
        p: list[np.ndarray] = []
        caches: list[Any] = []
        for t in range(batch.keys.shape[1]):
            own = t > 0 and t >= given
            seen.append(p[-1].argmax(axis=3) if own else batch.frames[:, t])
            out, memory, cache = G.step(
                seen[-1], batch.keys[:, t], batch.rolls[:, t], memory
            )
            p.append(out)
            caches.append(cache)
        return np.stack(seen, axis=1), np.stack(p, axis=1), caches


class Shown:
    """One step of each game as the discriminator sees it, true and by the engine.

    Parameters
    ----------
    batch : Recording
    seen, p : ndarray
        What the engine went on from, and what it made of it.
    when : (N,) ndarray of int
        Which step of each game.

    Attributes
    ----------
    true, own : (N, channels, side, side) ndarray
        The next frame comes first.
    """

    def __init__(
        self, batch: Recording, seen: np.ndarray, p: np.ndarray, when: np.ndarray
    ) -> None:
        self.rows, self.when = np.arange(len(when)), when
        eye = np.eye(CLASSES, dtype=p.dtype)
        at = self.rows, when
        before, after = batch.frames[at], batch.frames[self.rows, when + 1]
        q = told(batch.keys[at], batch.rolls[at], p.dtype)
        planes = np.broadcast_to(q[:, None, None], (*before.shape, TOLD))
        self.true = _channels_first([eye[after], eye[before], planes])
        self.own = _channels_first([p[at], eye[seen[at]], planes])


def judge_gradients(D: Sequential, shown: Shown) -> Arrays:
    """The discriminator's, on true steps and the engine's in one batch."""
    logits, cache = D.forward(np.concatenate([shown.true, shown.own]))
    _, *parts = discriminator_loss(*np.split(logits, 2))
    return D.backward(np.concatenate(parts), cache, input_grad=False)[1]


def reconstruction_gradient(
    p: np.ndarray, frames: np.ndarray, attention: float
) -> np.ndarray:
    """Of the cross-entropy of frames (N, steps + 1, side, side), by the logits of p."""
    d = p - np.eye(CLASSES, dtype=p.dtype)[frames[:, 1:]]
    return d * weights(frames[:, :-1], attention, p.dtype)[..., None]


def weights(before: np.ndarray, attention: float, dtype: np.dtype) -> np.ndarray:
    """Of the cells of the next frames, from those before, (N, steps, side, side)."""
    moving = (before >= PLAYER).reshape(-1, *before.shape[2:], 1)
    near = windows(moving).any(axis=1).reshape(before.shape)
    return np.where(near, attention, 1).astype(dtype) / dtype.type(before.size)


def add_deception(
    dlogits: np.ndarray, D: Sequential, shown: Shown, weight: float
) -> None:
    """Add what the discriminator's opinion asks of the shown steps, through softmax."""
    logits, cache = D.forward(shown.own)
    _, dfake = non_saturating_generator_loss(logits)
    dx, _ = D.backward(dfake, cache, param_grads=False)
    assert dx is not None  # asked for
    p, dp = (part[:, :CLASSES].transpose(0, 2, 3, 1) for part in (shown.own, dx))
    along = (dp * p).sum(axis=3, keepdims=True)
    dlogits[shown.rows, shown.when] += dlogits.dtype.type(weight) * p * (dp - along)


def backward(G: Engine, dlogits: np.ndarray, caches: list[Any]) -> Arrays:
    """The engine's gradients, from the last step to the first."""
    asked: Memory = G.blank(dlogits.shape[:1] + dlogits.shape[2:4])
    grads = {name: np.zeros_like(value) for name, value in G.params.items()}
    for t in reversed(range(len(caches))):
        asked, part = G.step_backward(dlogits[:, t], asked, caches[t])
        for name, value in part.items():
            grads[name] += value
    return grads


def _channels_first(parts: list[np.ndarray]) -> np.ndarray:
    """Maps (N, H, W, C) side by side as images (N, C, H, W)."""
    return np.ascontiguousarray(np.concatenate(parts, axis=3).transpose(0, 3, 1, 2))


def _saved(params: Arrays) -> bytes:
    file = io.BytesIO()
    arrays: dict[str, Any] = dict(params)  # savez has a keyword of its own
    np.savez(file, **arrays)
    return file.getvalue()
