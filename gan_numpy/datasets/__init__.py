"""Data sets by name: where they come from, and how to load them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from gan_numpy.datasets import digits, mnist, own, toy
from gan_numpy.datasets.base import Dataset
from gan_numpy.errors import UserError

__all__ = ["SOURCES", "Dataset", "Source", "load_dataset"]


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    Attributes
    ----------
    name, description, origin, license : str
    load : callable
        Loads it from an optional directory.
    files : callable or None
        ``(data_dir) -> paths by name``, or None where absent; None if it has no files.
    """

    name: str
    description: str
    origin: str
    license: str
    load: Callable[[Path | None], Dataset]
    files: Callable[[Path | None], dict[str, Path] | None] | None = None


def _toy(name: str, description: str) -> Source:
    return Source(
        name, description, "made from a seed", "none", lambda _: toy.load(name)
    )


SOURCES = {
    source.name: source
    for source in (
        Source(
            "digits",
            "1,797 handwritten digits, 8x8",
            "ships with scikit-learn",
            "CC BY 4.0",
            lambda _: digits.load(),
        ),
        Source(
            "mnist",
            "70,000 handwritten digits, 28x28",
            mnist.MIRRORS[0],
            "CC BY-SA 3.0",
            mnist.load,
            mnist.find,
        ),
        _toy("ring", "8 Gaussians on a circle, 2-D"),
        _toy("grid", "25 Gaussians on a grid, 2-D"),
        _toy("moons", "two half circles, 2-D"),
    )
}


def load_dataset(name: str, data_dir: Path | None = None) -> Dataset:
    """Load a data set by name, or from a ``.npy`` or ``.npz`` file by its path.

    Parameters
    ----------
    name : str
        A key of `SOURCES`, or the path of a file of your own (see `own.load`).
    data_dir : Path, optional
        Where its files are.

    Raises
    ------
    UserError
        If it is unknown, missing or damaged.
    """
    if Path(name).suffix in (".npy", ".npz"):
        return own.load(Path(name))
    if name not in SOURCES:
        raise UserError(
            f"unknown data set {name!r}: choose one of {', '.join(SOURCES)}, or give a "
            f".npy or .npz file"
        )
    return SOURCES[name].load(data_dir)
