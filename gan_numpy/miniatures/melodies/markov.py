"""The rival: a Markov chain of order 1 over notes.

A state is a pitch (or silence) with its length. The next one is drawn from those that
followed this one anywhere in the training tunes of the meter, the first one from those
that began a tune: nothing is smoothed, nothing is forgotten but all that was before.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.miniatures.melodies.tunes import HOLD


class MarkovChain:
    """Fitted by counting.

    Parameters
    ----------
    grids : (n, steps) ndarray
        Training melodies of one meter.
    """

    def __init__(self, grids: np.ndarray) -> None:
        self.steps = grids.shape[1]
        self.first: list[tuple[int, int]] = []
        self.after: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for grid in grids:
            states = _states(grid)
            self.first.append(states[0])
            for state, following in zip(states, states[1:]):
                self.after.setdefault(state, []).append(following)

    def draw(self, n: int, rng: np.random.Generator) -> np.ndarray:
        """Melodies (n, steps); where a state was only ever the last, it starts anew."""
        grids = np.full((n, self.steps), HOLD)
        for grid in grids:
            time, choices = 0, self.first
            while time < self.steps:
                state = choices[rng.integers(len(choices))]
                grid[time] = state[0]
                time += state[1]
                choices = self.after.get(state, self.first)
        return grids


def _states(grid: np.ndarray) -> list[tuple[int, int]]:
    """Symbols with their lengths; what is held at the start has no symbol but HOLD."""
    begins = np.flatnonzero(grid != HOLD)
    begins = begins if len(begins) and begins[0] == 0 else np.insert(begins, 0, 0)
    lengths = np.diff(begins, append=len(grid))
    return list(zip(grid[begins].tolist(), lengths.tolist()))
