"""``gan-numpy sample``: draw samples from a run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_numpy.cli.options import add_data_options, moved, whole_number
from gan_numpy.errors import UserError

if TYPE_CHECKING:
    from gan_numpy.recipes import Recipe


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "sample",
        help="draw samples from a run",
        description=(
            "Draw samples from a run, as a picture or as arrays. A generator that is "
            "told a class draws each class equally often, one class a row, all classes "
            "from the same z."
        ),
    )
    parser.add_argument("path", type=Path, metavar="RUN", help="a run directory")
    add_data_options(parser)
    parser.add_argument(
        "-n",
        type=whole_number(1),
        metavar="N",
        help="number of samples, of all classes together (default: 100, or 10 of each "
        "class with --label)",
    )
    parser.add_argument(
        "--label",
        metavar="CLASSES",
        help="classes to draw, if the generator is told one: 'all' (the default then), "
        "'3', or '3,5,7'",
    )
    parser.add_argument(
        "--seed", type=whole_number(0), default=0, help="random seed (default: 0)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="picture (.png), or arrays (.npz) 'samples' and, of classes, 'labels' "
        "(default: RUN/samples.png)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write a picture, or the samples and the format of their images."""
    import numpy as np

    from gan_numpy.files import make_directory, write_atomically
    from gan_numpy.plots import save_samples
    from gan_numpy.runs.run import open_run

    out = args.out or args.path / "samples.png"
    if out.suffix.lower() not in (".png", ".npz"):
        raise UserError(f"--out {out}: expected a name that ends in .png or .npz")
    job = moved(open_run(args.path), args.data_dir, args.data)
    classes = asked_classes(job.recipe, args.label)
    each = samples_of_each(len(classes), args.n) if classes else 0
    data = job.load_data()
    state = job.load_state(data)
    arrays: Any = {}
    if classes:
        samples, arrays["labels"] = job.sample_classes(state, classes, each, args.seed)
    else:
        samples = job.sample(state, args.n or 100, args.seed)
    make_directory(out.parent)
    if out.suffix.lower() == ".png":
        rows = [str(label) for label in classes] if len(classes) > 1 else []
        save_samples(out, samples, data, each if rows else None, rows=rows)
    else:
        shape = data.image_shape or samples.shape[1:]
        arrays["samples"] = samples.reshape(-1, *shape)
        write_atomically(out, lambda file: np.savez(file, **arrays))
    print(out)
    return 0


def asked_classes(recipe: Recipe, label: str | None) -> list[int]:
    """The classes that ``--label`` asks for; all if it is not given; [] if none are.

    Raises
    ------
    UserError
        If the generator is not told a class, or a class is not one of its own.
    """
    if not recipe.told:
        if label is not None:
            raise UserError(
                f"--label {label}: the generator of recipe {recipe.name} is not told a "
                f"class (those of cgan, acgan and infogan are)"
            )
        return []
    if label in (None, "all"):
        return list(range(recipe.told))
    try:
        classes = [int(part) for part in str(label).split(",")]
    except ValueError:
        classes = []
    if not classes or not all(0 <= c < recipe.told for c in classes):
        raise UserError(
            f"--label {label}: expected 'all', or classes from 0 to {recipe.told - 1} "
            f"separated by commas"
        )
    return classes


def samples_of_each(classes: int, n: int | None) -> int:
    """Samples of each class, of which `n` are asked for all together.

    Raises
    ------
    UserError
        If they cannot be shared out equally.
    """
    if n is None:
        return 10
    if n % classes:
        raise UserError(
            f"-n {n}: expected a multiple of {classes}, as many samples of each class"
        )
    return n // classes
