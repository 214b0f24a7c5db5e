"""Figure 2 of the paper: samples, and the training example nearest to a row's last.

The picture shows that the model did not memorize its training set, if anyone looks; the
distribution of distances shows it without looking: a model that copies has samples
closer to the training set than real examples of the test set are.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.neighbors import Neighbors, nearest_training
from gan_numpy.plots import new_figure, own_style, save_figure, save_neighbors

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, COLUMNS = 4, 5  # show_samples_mnist_paper.py of the paper's code
DISTANCES = 1000  # samples and test examples whose distances are compared
STREAM = 3  # of the samples' random numbers: fair draws, nobody's choice


def measure(data: Dataset, samples: np.ndarray) -> Neighbors:
    """Nearest training examples of the first samples, and of as many test examples."""
    test = data.scaled("test", slice(0, DISTANCES), np.float64)
    train = data.scaled("train", dtype=np.float64)
    return nearest_training(samples[:DISTANCES], test, train)


def draw_neighbors(
    path: Path, data: Dataset, samples: np.ndarray, found: Neighbors
) -> None:
    """Four rows of five samples; nearest to the fifth one, its training example.

    Raises
    ------
    UserError
        If the examples are not images.
    """
    if data.image_shape is None:
        raise UserError(f"data set {data.name} has no images to show")
    last = found.index[COLUMNS - 1 : ROWS * COLUMNS : COLUMNS]
    shown, nearest = samples[: ROWS * COLUMNS], data.scaled("train", last)
    save_neighbors(
        path,
        data.display(shown).reshape(ROWS, COLUMNS, *data.image_shape),
        data.display(nearest).reshape(ROWS, *data.image_shape),
    )


def summary(found: Neighbors, data: Dataset) -> dict[str, float]:
    """Medians, and the share of samples that are closer than real examples ever are.

    ``closer``: the share of samples whose distance is below the first percentile of the
    test examples' distances; about .01 for a model that is neither copying nor blurred.
    """
    return {
        "training_examples": len(data.train),
        "median_generated": float(np.median(found.distance)),
        "median_test": float(np.median(found.test_distance)),
        "closer": found.too_near,
    }


@own_style()
def draw_distances(path: Path, panels: dict[str, Neighbors]) -> None:
    """Histograms of both distances, a panel per run."""
    figure = new_figure(5 * len(panels), 3.4)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for panel, (name, found) in zip(axes, panels.items()):
        _histograms(panel, found)
        panel.set_title(name, fontsize="medium")
    axes[0].set_ylabel("share of the examples")
    save_figure(path, figure)


def _histograms(axes: Axes, found: Neighbors) -> None:
    """Both distributions over the same intervals."""
    distances = {
        "samples to training": found.distance,
        "test set to training": found.test_distance,
    }
    furthest = max(float(values.max()) for values in distances.values())
    edges = np.linspace(0, furthest * 1.02 + 1e-9, 41)
    for (name, values), color in zip(distances.items(), ("#D55E00", "#0072B2")):
        axes.hist(
            values,
            list(edges),
            weights=np.full(len(values), 1 / len(values)),
            alpha=0.6,
            color=color,
            label=f"{name} ({len(values):,})",
        )
        axes.axvline(float(np.median(values)), color=color, linewidth=1)
    axes.set_xlabel("Euclidean distance to the nearest (line: median)")
    axes.set_ylim(top=1.3 * axes.get_ylim()[1])  # room for the legend
    axes.legend(fontsize="small")


CAPTION = """\
Figure 2 of "Generative Adversarial Nets" (arXiv:1406.2661).

The paper's caption says: samples from the model; the rightmost column shows the nearest
training example of the neighboring sample, to demonstrate that the model has not
memorized the training set. Samples are fair random draws, not cherry-picked; they are
actual samples, not conditional means given hidden units, and uncorrelated, as no Markov
chain has to mix. a) MNIST b) TFD c) CIFAR-10, fully connected d) CIFAR-10,
convolutional.

Ours: {names}; the first draws of a fixed seed. Nearest is by Euclidean distance, of
pixels as the networks see them. In place of TFD, which needs its owner's permission,
anyone can run the Olivetti faces. The histograms are not in the paper: distances of
samples to the training set beside those of test examples.

median distance to the nearest training example, and the share of samples that are
closer than 99 % of the test examples are:

run                       trained on    samples      test    closer
{rows}

A model that copies has a smaller median than the test set and a last column far above
.01; but a small distance may also mean smooth, average images.
"""


def caption(figures: dict[str, dict[str, float]]) -> str:
    """The caption: what the paper's says, where ours differs, and the numbers.

    Parameters
    ----------
    figures : dict
        The `summary` of each run by its name.
    """
    rows = [
        f"{name:24}{f['training_examples']:12,}{f['median_generated']:11.3f}"
        f"{f['median_test']:10.3f}{f['closer']:10.3f}"
        for name, f in figures.items()
    ]
    return CAPTION.format(names=", ".join(figures), rows="\n".join(rows))
