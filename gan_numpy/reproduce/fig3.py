r"""Figure 3 of the paper: digits on a straight line between two points of z space.

.. math:: x_t = G((1 - t) z_0 + t z_1), \qquad t = 0, \dots, 1.

The paper shows two such lines, from a 1 to a 5 and from a 7 to a 9. To find such ends,
points are drawn and each one's image is named by its nearest training examples: the
first point whose nearest five all have the label wanted is taken. So the kind of digit
at the ends is chosen, not its looks, nor anything in between; two more lines are
between the first points drawn.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes import Recipe

PAIRS = ((1, 5), (7, 9))  # the paper's
STEPS = 11
CANDIDATES, VOTES = 500, 5


def line(z0: np.ndarray, z1: np.ndarray, steps: int = STEPS) -> np.ndarray:
    """Points evenly spaced on the straight line from z0 to z1, both included.

    Parameters
    ----------
    z0, z1 : (latent_size,) ndarray
    steps : int

    Returns
    -------
    (steps, latent_size) ndarray of the dtype of `z0`
    """
    t = np.linspace(0, 1, steps, dtype=z0.dtype)[:, None]
    return (1 - t) * z0 + t * z1


def unanimous_labels(images: np.ndarray, data: Dataset) -> np.ndarray:
    """The label that the five nearest training images agree on; -1 if they do not.

    Parameters
    ----------
    images : (N, features) ndarray

    Returns
    -------
    (N,) int64 ndarray
    """
    from sklearn.neighbors import NearestNeighbors

    search = NearestNeighbors(n_neighbors=VOTES, algorithm="brute")
    search.fit(data.scaled("train"))
    votes = data.labels["train"][search.kneighbors(images, return_distance=False)]
    agreed = (votes == votes[:, :1]).all(axis=1)
    return np.where(agreed, votes[:, 0], -1)


def choose_lines(
    G: Sequential, recipe: Recipe, data: Dataset, seed: int
) -> list[tuple[str, np.ndarray]]:
    """The lines by name: the paper's pairs as far as they are found, and two others.

    Returns
    -------
    list of (name, (STEPS, latent_size) ndarray)
    """
    rng = np.random.default_rng([seed, 4])
    dtype = next(iter(G.params.values())).dtype
    z = recipe.sample_latent(CANDIDATES, rng, dtype)
    lines = []
    if "train" in data.labels:
        labels = unanimous_labels(G.forward(z)[0], data)
        for first, last in PAIRS:
            starts, ends = (np.flatnonzero(labels == d) for d in (first, last))
            if len(starts) and len(ends):
                lines.append((f"{first} to {last}", line(z[starts[0]], z[ends[0]])))
    lines.append(("first draws", line(z[0], z[1])))
    lines.append(("next draws", line(z[2], z[3])))
    return lines


CAPTION = """\
Figure 3 of "Generative Adversarial Nets" (arXiv:1406.2661).

The paper's caption says: digits obtained by linearly interpolating between coordinates
in z space of the full model.

Ours: {run}. Lines from a digit to another start and end at the first of {candidates}
draws whose image has {votes} nearest training images with that label: the kind of digit
is chosen, not its looks. "First draws" and "next draws" join the first four draws,
whatever they are. {note}
"""


def caption(run_name: str, recipe: Recipe, lines: list[str]) -> str:
    """The caption: what the paper's says and where ours differs."""
    missing = [f"{a} to {b}" for a, b in PAIRS if f"{a} to {b}" not in lines]
    notes = []
    if recipe.latent == "normal":
        notes.append(
            "z is Gaussian here: the middle of a line is nearer to 0 than draws are."
        )
    if missing:
        notes.append(f"Not found among the draws: {', '.join(missing)}.")
    return CAPTION.format(
        run=run_name, candidates=CANDIDATES, votes=VOTES, note=" ".join(notes)
    )
