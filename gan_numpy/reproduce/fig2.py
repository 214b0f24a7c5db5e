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
from gan_numpy.evaluation.distances import nearest
from gan_numpy.plots import new_figure, save_figure, save_neighbors
from gan_numpy.runs import Run

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROWS, COLUMNS = 4, 5  # show_samples_mnist_paper.py of the paper's code
DISTANCES = 1000  # samples and test examples whose distances are compared
STREAM = 3  # of the samples' random numbers: fair draws, nobody's choice


def draw_neighbors(path: Path, run: Run, data: Dataset, samples: np.ndarray) -> None:
    """Four rows of five samples; nearest to the fifth one, its training example.

    Raises
    ------
    UserError
        If the examples are not images.
    """
    if data.image_shape is None:
        raise UserError(f"data set {data.name} has no images to show")
    train = data.scaled("train")
    shown = samples[: ROWS * COLUMNS]
    index, _ = nearest(shown[COLUMNS - 1 :: COLUMNS], train)
    save_neighbors(
        path,
        data.display(shown).reshape(ROWS, COLUMNS, *data.image_shape),
        data.display(train[index]).reshape(ROWS, *data.image_shape),
    )


def compare_distances(data: Dataset, samples: np.ndarray) -> dict[str, np.ndarray]:
    """Distances to the nearest training example, of samples and of test examples."""
    train = data.scaled("train")
    return {
        "generated": nearest(samples[:DISTANCES], train)[1],
        "test": nearest(data.scaled("test", slice(0, DISTANCES)), train)[1],
    }


def summary(distances: dict[str, np.ndarray]) -> dict[str, float]:
    """Medians, and the share of samples that are closer than real examples ever are.

    ``closer``: the share of samples whose distance is below the first percentile of the
    test examples' distances; about .01 for a model that is neither copying nor blurred.
    """
    limit = np.quantile(distances["test"], 0.01)
    return {
        "median_generated": float(np.median(distances["generated"])),
        "median_test": float(np.median(distances["test"])),
        "closer": float((distances["generated"] < limit).mean()),
    }


def draw_distances(path: Path, panels: dict[str, dict[str, np.ndarray]]) -> None:
    """Histograms of both distances, a panel per run."""
    figure = new_figure(5 * len(panels), 3.4)
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for panel, (name, distances) in zip(axes, panels.items()):
        _histograms(panel, distances)
        panel.set_title(name, fontsize="medium")
    axes[0].set_ylabel("share of the examples")
    save_figure(path, figure)


def _histograms(axes: Axes, distances: dict[str, np.ndarray]) -> None:
    """Both distributions over the same intervals."""
    everything = np.concatenate(list(distances.values()))
    edges = np.linspace(0, float(everything.max()) * 1.02 + 1e-9, 41)
    labels = {"generated": "samples to training", "test": "test set to training"}
    for (name, values), color in zip(distances.items(), ("#D55E00", "#0072B2")):
        share = np.full(len(values), 1 / len(values))
        axes.hist(
            values,
            list(edges),
            weights=share,
            alpha=0.6,
            color=color,
            label=f"{labels[name]} ({len(values):,})",
        )
        axes.axvline(float(np.median(values)), color=color, linewidth=1)
    axes.set_xlabel("Euclidean distance to the nearest (line: median)")
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

run                     samples      test    closer
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
        f"{name:20}{f['median_generated']:11.3f}{f['median_test']:10.3f}"
        f"{f['closer']:10.3f}"
        for name, f in figures.items()
    ]
    return CAPTION.format(names=", ".join(figures), rows="\n".join(rows))
