"""What `gan-numpy reproduce` makes: each artifact from training to files."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.parzen import SAMPLES
from gan_numpy.files import make_directory, write_text
from gan_numpy.recipes import Recipe, get_recipe, with_settings
from gan_numpy.reproduce.jobs import (
    Job,
    finished_runs,
    quick,
    train_all,
    train_in_turn,
)
from gan_numpy.runs.run import Run, open_run

TABLE1 = ("mnist", "mnist-fast", "mnist-best")  # in the table's order as well


@dataclass(frozen=True)
class Order:
    """What was asked for.

    Attributes
    ----------
    out : Path
        Directory of the results; runs are trained in its ``runs``.
    data_dir : Path or None
    recipes : tuple of str
        Names; empty for those of the artifact.
    mixture : {"ring", "grid"}
        Whose modes are counted.
    runs : tuple of Path
        Finished runs to use instead of training.
    seeds : int
        How many, from 0.
    epochs : int or None
        For a quick pass.
    settings : tuple of str
        Changes to the recipes.
    samples : int
        Centers of Parzen windows.
    examples, chains, temperatures : int
        Of annealing.
    should_stop : callable
    progress : bool
    """

    out: Path
    data_dir: Path | None = None
    recipes: tuple[str, ...] = ()
    mixture: str = "ring"
    runs: tuple[Path, ...] = ()
    seeds: int = 1
    epochs: int | None = None
    settings: tuple[str, ...] = ()
    samples: int = SAMPLES
    examples: int = 100
    chains: int = 16
    temperatures: int = 500
    should_stop: Callable[[], bool] = field(default=lambda: False)
    progress: bool = True

    def recipe(self, name: str) -> Recipe:
        """A recipe with the changes asked for."""
        return quick(with_settings(get_recipe(name), self.settings), self.epochs)

    def job(self, recipe: Recipe, seed: int = 0) -> Job:
        """The run of a recipe with a seed."""
        path = self.out / "runs" / f"{recipe.name}-seed{seed}"
        return Job(path, recipe, seed)


def has_mnist(order: Order) -> bool:
    """Whether the paper's data are at hand, without downloading them."""
    from gan_numpy.datasets import mnist

    try:
        return mnist.find(order.data_dir) is not None
    except UserError:
        return False


def make_fig1(order: Order) -> list[Path] | None:
    """Figure 1: picture, film, caption and numbers."""
    from gan_numpy.kernels.threads import limit_threads
    from gan_numpy.progress import tqdm
    from gan_numpy.reproduce import fig1, fig1_drawing
    from gan_numpy.reproduce.game import train_alone

    make_directory(order.out)
    schedule = fig1.Schedule()
    with tqdm(
        disable=not order.progress, desc="fig1", unit="picture", leave=False
    ) as bar, limit_threads(1):
        moments, film = fig1.play(0, schedule, on_frame=bar.update)
        alone = {"apart": train_alone(1.5, 0.8), "same": train_alone(0.0, 1.0)}
    names = ("fig1.png", "fig1.html", "fig1.txt", "fig1.json")
    picture, page, text, numbers = (order.out / name for name in names)
    fig1_drawing.draw_moments(picture, moments)
    write_text(text, fig1_drawing.caption(moments, 0, schedule, alone))
    figures = {name: snapshot.figures() for name, snapshot in moments.items()}
    write_text(
        numbers, json.dumps({"moments": figures, "alone": alone}, indent=2) + "\n"
    )
    fig1_drawing.draw_film(page, film)
    return [picture, page, text, numbers]


def make_table1(order: Order) -> list[Path] | None:
    """Table 1: trains what is not trained, scores what is not scored.

    The table is written anew after each run, with all runs that were finished in
    ``--out``, also those of earlier commands.
    """
    from gan_numpy.reproduce import table1

    names = order.recipes or TABLE1
    recipes = [order.recipe(name) for name in names]
    if len({recipe.dataset for recipe in recipes}) > 1:
        sets = ", ".join(f"{r.name}: {r.dataset}" for r in recipes)
        raise UserError(f"one table is of one data set, these recipes have {sets}")
    data = load_dataset(recipes[0].dataset, order.data_dir)
    make_directory(order.out)
    baselines = table1.baseline_rows(data, order.out, order.samples)
    # Seed by seed, so that a table of all recipes is there early.
    jobs = [order.job(r, seed) for seed in range(order.seeds) for r in recipes]
    text, trained = "", 0
    for _ in train_in_turn(
        jobs, data, order.data_dir, order.should_stop, order.progress
    ):
        trained += 1
        runs = finished_runs(order.out / "runs", data)
        runs.sort(key=lambda run: (_place(run.recipe.name), run.recipe.name, run.seed))
        rows = table1.published_rows(data) + baselines
        rows += [table1.run_row(run, data, order.samples) for run in runs]
        text = table1.write_table(rows, data, order.out)
    print(text, end="")
    if trained < len(jobs):
        return None
    return [order.out / f"table1.{end}" for end in ("md", "csv", "json")]


def _place(name: str) -> int:
    """Where a recipe stands in the table: known ones in order, then all others."""
    return TABLE1.index(name) if name in TABLE1 else len(TABLE1)


def make_table2(order: Order) -> list[Path] | None:
    """The second table: the likelihood of the same generators by annealing."""
    from gan_numpy.evaluation.ais.annealing import Annealing
    from gan_numpy.reproduce.table2 import score_runs

    runs = _runs_for(order)
    if runs is None:
        return None
    settings, ends = Annealing(order.temperatures, order.chains), ("md", "json")
    doing = settings, order.examples, order.should_stop, order.progress
    text = score_runs(runs, order.out, *doing)
    print(text or "", end="")
    return [order.out / f"table2.{end}" for end in ends] if text else None


def make_fig2(order: Order) -> list[Path] | None:
    """Figure 2, a picture per run, and the distances of all."""
    from gan_numpy.reproduce import fig2

    runs = _runs_for(order)
    if runs is None:
        return None
    paths, panels, figures = [], {}, {}
    for run in runs:
        data = run.load_data()
        n = max(fig2.ROWS * fig2.COLUMNS, fig2.DISTANCES)
        samples = run.sample(run.load_state(data), n, run.seed, fig2.STREAM)
        paths.append(order.out / f"fig2-{run.path.name}.png")
        panels[run.path.name] = found = fig2.measure(data, samples)
        figures[run.path.name] = fig2.summary(found, data)
        fig2.draw_neighbors(paths[-1], data, samples, found)
    distances = order.out / "fig2-distances.png"
    fig2.draw_distances(distances, panels)
    text, numbers = order.out / "fig2.txt", order.out / "fig2.json"
    write_text(text, fig2.caption(figures))
    write_text(numbers, json.dumps(figures, indent=2) + "\n")
    return [*paths, distances, text, numbers]


def make_fig3(order: Order) -> list[Path] | None:
    """Figure 3, a picture per run."""
    from gan_numpy.plots import save_labeled_rows
    from gan_numpy.reproduce import fig3
    from gan_numpy.sampling.draw import trained_generator

    runs = _runs_for(order)
    if runs is None:
        return None
    paths = []
    for run in runs:
        data = run.load_data()
        shape = data.image_shape
        if shape is None:
            raise UserError(f"data set {data.name} has no images to show")
        if run.recipe.told:
            raise UserError(
                f"{run.path} is told its class: a line in z alone would stay within "
                f"one ('gan-numpy interpolate' shows it)"
            )
        G = trained_generator(run.recipe, run.load_state(data))
        lines = fig3.choose_lines(G, run.recipe, data, run.seed)
        rows = [
            (name, data.display(G.forward(z)[0]).reshape(-1, *shape))
            for name, z in lines
        ]
        picture, text = (
            order.out / f"fig3-{run.path.name}.{end}" for end in ("png", "txt")
        )
        columns = ["t = 0", *[""] * (fig3.STEPS - 2), "1"]
        save_labeled_rows(picture, rows, columns)
        names = [name for name, _ in lines]
        write_text(text, fig3.caption(run.path.name, run.recipe, names))
        paths += [picture, text]
    return paths


def make_collapse(order: Order) -> list[Path] | None:
    """The Helvetica scenario and its cure: samples, the course, and what happened."""
    from gan_numpy.reproduce import collapse

    name = order.recipes[0] if order.recipes else _mnist_or(order, "mnist")
    recipes = collapse.scenario(name, order.epochs, order.settings)
    data = load_dataset(recipes["cure"].dataset, order.data_dir)
    if data.image_shape is None:
        raise UserError(f"data set {data.name} has no images to show")
    courses = []
    for part, recipe in recipes.items():
        print(f"{part}: {recipe.epochs} epochs of {name}", file=sys.stderr)
        job = Job(order.out / "runs" / part, recipe, 0)
        course = collapse.follow(
            job, data, order.data_dir, order.should_stop, order.progress
        )
        if course is None:
            return None
        courses.append(course)
    names = ("collapse.png", "collapse-course.png", "collapse.txt")
    samples, curve, text = (order.out / name for name in names)
    collapse.draw_samples(samples, courses, data)
    collapse.draw_course(curve, courses, data)
    write_text(text, collapse.caption(courses, recipes, data))
    print(text.read_text(), end="")
    return [samples, curve, text]


def make_modes(order: Order) -> list[Path] | None:
    """Mode collapse on a mixture, plain and packed: the table and the picture."""
    from gan_numpy.reproduce import modes
    from gan_numpy.reproduce.modes_drawing import draw_modes

    names = (order.mixture, order.mixture + modes.TWIN)
    recipes = [order.recipe(name) for name in names]
    if recipes[0].dataset != order.mixture:
        raise UserError(f"the modes of {recipes[0].dataset} are not known")
    data = load_dataset(order.mixture)
    # Seed by seed, so that both are comparable early.
    jobs = [order.job(r, seed) for seed in range(order.seeds) for r in recipes]
    runs = _train(jobs, data, order)
    if runs is None:
        return None
    rows = [modes.run_row(run, data) for run in runs]
    print(modes.write_table(rows, data, order.out), end="")
    picture = order.out / "modes.png"
    draw_modes(picture, rows, data)
    return [order.out / "modes.md", order.out / "modes.csv", picture]


def _mnist_or(order: Order, with_mnist: str) -> str:
    """That recipe if MNIST is at hand, else the small one of digits."""
    if order.data_dir is not None or has_mnist(order):
        return with_mnist
    print(
        "note: MNIST is not here, so this is the small model of 8x8 digits; name a "
        "directory with --data-dir",
        file=sys.stderr,
    )
    return "digits"


def _runs_for(order: Order) -> list[Run] | None:
    """The runs that were named, or freshly trained ones."""
    make_directory(order.out)
    if order.runs:
        return [open_run(path) for path in order.runs]
    names = order.recipes or (_mnist_or(order, "mnist-fast"),)
    runs: list[Run] = []
    for name in names:
        recipe = order.recipe(name)
        data = load_dataset(recipe.dataset, order.data_dir)
        trained = _train([order.job(recipe)], data, order)
        if trained is None:
            return None
        runs += trained
    return runs


def _train(jobs: Sequence[Job], data: Dataset, order: Order) -> list[Run] | None:
    make_directory(order.out)
    return train_all(jobs, data, order.data_dir, order.should_stop, order.progress)


ARTIFACTS: dict[str, Callable[[Order], list[Path] | None]] = {
    "table1": make_table1,
    "table2": make_table2,
    "fig1": make_fig1,
    "fig2": make_fig2,
    "fig3": make_fig3,
    "collapse": make_collapse,
    "modes": make_modes,
}
