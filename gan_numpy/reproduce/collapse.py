r"""The Helvetica scenario on purpose, and its cure.

Section 6 of the paper warns of it: "G must not be trained too much without updating D,
in order to avoid 'the Helvetica scenario' in which G collapses too many values of z to
the same value of x". It is provoked here by the optimizer alone: the paper's networks,
with momentum .9 and rate .05 instead of momentum .5 to .7 and rate .1, end at one
image. The cure is the paper's own setting.

What is measured is the standard deviation of each pixel over samples, averaged over the
pixels: 0 if all samples are the same image. That of the data stands beside it.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.files import read_arrays, write_atomically
from gan_numpy.plots import new_figure, own_style, save_figure, save_labeled_rows
from gan_numpy.recipes import Recipe, get_recipe, with_settings
from gan_numpy.reproduce.jobs import Job, start_or_open
from gan_numpy.runs.job import train
from gan_numpy.runs.run import Run
from gan_numpy.sampling.draw import PREVIEW_STREAM
from gan_numpy.training.state import TrainingState

EPOCHS = {"mnist": 10, "digits": 100}  # an epoch of digits has 20 steps, of mnist 500
MEASURES = 10  # over the course of a run
COLLAPSED = 0.02  # per-pixel deviation below which we speak of one image
SAMPLES = 200  # of which the deviation is measured
SHOWN = 10
COURSE = "course.npz"
FIXED = {"optimizer": "momentum", "objective": "non_saturating", "penalty": "none"}
SICK = {**FIXED, "learning_rate": 0.05, "momentum": 0.9, "momentum_final": 0.9}


@dataclass(frozen=True)
class Course:
    """How a run's samples developed.

    Attributes
    ----------
    name : str
    epochs : list of int
    deviation : list of float
        Mean per-pixel standard deviation over samples, after each of them.
    images : dict
        By epoch: (SHOWN, features) samples of the same z.
    d_real, d_fake : float
        Mean D(x) and D(G(z)) in the last epoch.
    """

    name: str
    epochs: list[int]
    deviation: list[float]
    images: dict[int, np.ndarray]
    d_real: float = math.nan
    d_fake: float = math.nan

    def collapsed(self) -> list[int]:
        """The epochs after which all samples were one image.

        Before the first step they nearly are as well: that is no collapse yet.
        """
        return [
            epoch
            for epoch, value in zip(self.epochs, self.deviation)
            if epoch > 0 and value < COLLAPSED
        ]


def scenario(
    name: str, epochs: int | None = None, settings: Sequence[str] = ()
) -> dict[str, Recipe]:
    """The recipes that collapse and cure, for the networks of a recipe.

    Parameters
    ----------
    name : str
        ``mnist``, or ``digits`` for its small model.
    epochs : int, optional
    settings : sequence of str
        Changes to both.
    """
    healthy = with_settings(get_recipe(name), settings)
    healthy = healthy.replace(epochs=epochs or EPOCHS.get(name, 10))
    sick = healthy.replace(**SICK, generator_average=0.0)
    return {"collapse": sick, "cure": healthy}


def deviation(samples: np.ndarray) -> float:
    """Standard deviation of each pixel over the samples, averaged over the pixels."""
    return float(samples.std(axis=0, dtype=np.float64).mean())


def follow(
    job: Job,
    data: Dataset,
    data_dir: Path | None,
    should_stop: Callable[[], bool],
    progress: bool,
) -> Course | None:
    """Train a job, measuring ten times on the way; go on where it was left.

    The measures and the samples shown are kept in ``course.npz``.

    Returns
    -------
    Course or None
        None if `should_stop` ended it.
    """
    run = start_or_open(job, data, data_dir)
    state = run.load_state(data)
    course = read_course(job, run)
    while True:
        if state.epoch not in course.epochs:
            measure(course, run, state)
        if state.epoch >= job.recipe.epochs:
            last = run.metrics()[-1]
            d_real, d_fake = float(last["d_real"]), float(last["d_fake"])
            return dataclasses.replace(course, d_real=d_real, d_fake=d_fake)
        every = max(1, job.recipe.epochs // MEASURES)
        stop = min(state.epoch - state.epoch % every + every, job.recipe.epochs)
        until = dataclasses.replace(run, recipe=run.recipe.replace(epochs=stop))
        if not train(until, data, state, should_stop, progress):
            return None


def measure(course: Course, run: Run, state: TrainingState) -> None:
    """Add the epoch that ended, and keep the course beside the run."""
    samples = run.sample(state, SAMPLES, run.seed, PREVIEW_STREAM)
    course.epochs.append(state.epoch)
    course.deviation.append(deviation(samples))
    course.images[state.epoch] = samples[:SHOWN]
    arrays: dict[str, Any] = {
        "epochs": np.array(course.epochs),
        "deviation": np.array(course.deviation),
        "images": np.stack([course.images[epoch] for epoch in course.epochs]),
    }
    write_atomically(run.path / COURSE, lambda file: np.savez(file, **arrays))


def read_course(job: Job, run: Run) -> Course:
    """The course as far as it was measured.

    Raises
    ------
    UserError
        If its file is damaged.
    """
    path = run.path / COURSE
    if not path.exists():
        return Course(job.path.name, [], [], {})
    arrays = read_arrays(path)
    try:
        epochs = [int(epoch) for epoch in arrays["epochs"]]
        images = dict(zip(epochs, arrays["images"], strict=True))
        values = [float(value) for value in arrays["deviation"]]
    except (KeyError, ValueError, TypeError) as error:
        raise UserError(f"{path} is damaged ({error}): remove it") from None
    return Course(job.path.name, epochs, values, images)


@own_style()
def draw_course(path: Path, courses: Sequence[Course], data: Dataset) -> None:
    """The deviation over the epochs, with the data's own, as PNG."""
    from matplotlib.ticker import MaxNLocator

    figure = new_figure(6.5, 3.8)
    axes = figure.subplots()
    for course, stroke in zip(courses, ("C3o-", "C0s-", "C2^-")):
        axes.plot(course.epochs, course.deviation, stroke, label=course.name)
    own = deviation(data.scaled("test"))
    axes.axhline(own, color="k", linestyle=":", label="data")
    axes.axhline(COLLAPSED, color="0.6", linewidth=1, label=f"{COLLAPSED:g}: one image")
    axes.set(xlabel="epoch", ylabel="per-pixel std over samples", ylim=(0, None))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.legend()
    save_figure(path, figure)


def draw_samples(path: Path, courses: Sequence[Course], data: Dataset) -> None:
    """Samples of the same z after a few epochs, the runs under each other."""
    assert data.image_shape is not None
    rows = []
    for course in courses:
        last = course.epochs[-1]
        middle = course.epochs[len(course.epochs) // 2]
        for epoch in sorted({course.epochs[1], middle, last}):
            shown = data.display(course.images[epoch])
            name = f"{course.name}, epoch {epoch}"
            rows.append((name, shown.reshape(-1, *data.image_shape)))
    save_labeled_rows(path, rows)


def caption(
    courses: Sequence[Course], recipes: dict[str, Recipe], data: Dataset
) -> str:
    """What happened, and what it does not show."""
    own = deviation(data.scaled("test"))
    lines = [
        "The Helvetica scenario (arXiv:1406.2661, section 6) on purpose, and its cure.",
        "",
        f"Data {data.name}. Per-pixel standard deviation over samples after epochs",
        f"{', '.join(map(str, courses[0].epochs))}.",
        f"That of the data is {own:.3f}; below {COLLAPSED:g} all are one image.",
        "Epoch 0 is the untrained generator, whose samples hardly differ either.",
        "",
    ]
    for course in courses:
        r = recipes[course.name]
        lines.append(
            f"{course.name}: {r.optimizer}, rate {r.learning_rate:g}"
            + (
                f", momentum {r.momentum:g} to {r.momentum_final:g}"
                if r.optimizer == "momentum"
                else ""
            )
        )
        lines.append("  " + " ".join(f"{value:.3f}" for value in course.deviation))
        epochs = ", ".join(map(str, course.collapsed()))
        lines.append(f"  one image after epoch {epochs}" if epochs else "  never one")
        verdict = f"D(x) {course.d_real:.3f}, D(G(z)) {course.d_fake:.3f}"
        lines[-1] += f"; in the last epoch {verdict}"
    if data.name != "mnist":
        lines += ["", NOT_MNIST]
    return "\n".join(lines) + "\n"


NOT_MNIST = (
    "This is not the paper's model: the smaller networks and images may collapse at\n"
    "other settings, or not at all; --data-dir with MNIST trains the paper's."
)
