"""``gan-numpy interpolate``: walk between samples."""

from __future__ import annotations

import argparse
from typing import Any

from gan_numpy.cli.options import (
    add_picture_options,
    open_with_data,
    picture_path,
    whole_number,
)
from gan_numpy.errors import UserError

PICTURE = "interpolation.png"


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser(
        "interpolate",
        help="walk between samples in the latent space",
        description=(
            "Draw walks between pairs of random z, one a row, or with --grid the "
            "square between four. A conditional run shows every class on one walk."
        ),
    )
    add_picture_options(parser, PICTURE)
    parser.add_argument(
        "--kind",
        choices=("linear", "spherical"),
        default="linear",
        help="straight lines or great circles (default: linear)",
    )
    parser.add_argument(
        "--grid", action="store_true", help="a square between four samples"
    )
    parser.add_argument(
        "--rows",
        type=whole_number(1, 50),
        default=8,
        metavar="N",
        help="number of walks (default: 8)",
    )
    parser.add_argument(
        "--steps",
        type=whole_number(2, 50),
        default=10,
        metavar="N",
        help="points of a walk, ends included (default: 10)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the picture."""
    import numpy as np

    from gan_numpy.files import make_directory
    from gan_numpy.plots import save_image_grid
    from gan_numpy.sampling.draw import generate_classes, trained_generator
    from gan_numpy.sampling.latent import PATHS, square, walk

    out = picture_path(args, PICTURE)
    job, data = open_with_data(args)
    if data.image_shape is None:
        raise UserError(f"{args.path} makes no images: there is nothing to look at")
    G = trained_generator(job.recipe, job.load_state(data))
    told, path = job.recipe.told, PATHS[args.kind]
    rng = np.random.default_rng([args.seed, 0])
    if args.grid:
        corners = job.recipe.sample_latent(4, rng)
        z = square(corners, args.steps, path)
    else:
        pairs = 1 if told else args.rows
        ends = job.recipe.sample_latent(2 * pairs, rng).reshape(pairs, 2, -1)
        z = np.stack([walk(a, b, args.steps, path) for a, b in ends])
    rows = z.reshape(-1, z.shape[-1])
    if told and not args.grid:
        labels = np.repeat(np.arange(told), args.steps)
        rows = np.tile(rows, (told, 1))
    else:
        labels = np.zeros(len(rows), dtype=np.int64)
    images = generate_classes(job.recipe, G, rows, labels)
    make_directory(out.parent)
    shown = data.display(images).reshape(-1, *data.image_shape)
    save_image_grid(out, shown, args.steps)
    print(out)
    return 0
