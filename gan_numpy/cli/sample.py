"""``gan-numpy sample``: draw samples from a run."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from gan_numpy.cli.options import whole_number
from gan_numpy.errors import UserError


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("sample", help="draw samples from a run")
    parser.add_argument("path", type=Path, metavar="RUN", help="a run directory")
    parser.add_argument(
        "-n",
        type=whole_number(1),
        default=100,
        metavar="N",
        help="number of samples (default: 100)",
    )
    parser.add_argument(
        "--seed", type=whole_number(0), default=0, help="random seed (default: 0)"
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="picture (.png) or arrays (.npz) (default: RUN/samples.png)",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write a picture, or the samples and the format of their images."""
    import numpy as np

    from gan_numpy.files import make_directory, write_atomically
    from gan_numpy.plots import save_samples
    from gan_numpy.runs import open_run

    out = args.out or args.path / "samples.png"
    if out.suffix not in (".png", ".npz"):
        raise UserError(f"--out {out}: expected a name that ends in .png or .npz")
    job = open_run(args.path)
    data = job.load_data()
    samples = job.sample(job.load_state(data), args.n, args.seed)
    make_directory(out.parent)
    if out.suffix == ".png":
        save_samples(out, samples, data.image_shape, data.scaled("test")[:1000])
    else:
        shape = data.image_shape or samples.shape[1:]
        arrays: Any = {"samples": samples.reshape(-1, *shape)}
        write_atomically(out, lambda file: np.savez(file, **arrays))
    print(out)
    return 0
