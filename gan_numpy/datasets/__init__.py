"""Data sets by name: where they come from, and how to load them.

Read `base` (three splits in memory), then `digits` or `toy` (no download), `mnist`
(fetched and verified) and `own` (your files).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from gan_numpy.datasets import cifar10, digits, mnist, olivetti, own, tfd, toy
from gan_numpy.datasets.base import Dataset
from gan_numpy.datasets.content import Verdicts
from gan_numpy.errors import UserError

__all__ = ["LOADERS", "SOURCES", "Dataset", "Files", "Source", "load_dataset"]


Loader = Callable[[Path | None], Dataset]
Paths = dict[str, Path]


@dataclass(frozen=True)
class Files:
    """A data set's files: where they are, how to get them, whether they are right.

    Attributes
    ----------
    find : callable
        ``(data_dir) -> paths by name``, or None where absent.
    fetch : callable
        ``(folder) -> paths by name``: downloads what is missing.
    verify : callable
        ``(paths) -> True, False, None or text by name``: None if no checksum is known,
        a text if the file is damaged.
    """

    find: Callable[[Path | None], Paths | None]
    fetch: Callable[[Path], Paths]
    verify: Callable[[Paths], Verdicts]


@dataclass(frozen=True)
class Source:
    """Where a data set comes from.

    Attributes
    ----------
    name, description, origin, license : str
    load : callable
        Loads it from an optional directory.
    files : Files or None
        None if it has no files.
    variants : dict
        Other forms of the same data by name, each with its loader.
    """

    name: str
    description: str
    origin: str
    license: str
    load: Loader
    files: Files | None = None
    variants: dict[str, Loader] = field(default_factory=dict)


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
            Files(mnist.find, mnist.fetch, mnist.verify),
        ),
        Source(
            "cifar10",
            "60,000 color images of ten classes, 32x32",
            cifar10.URL,
            "none stated",
            cifar10.load,
            Files(cifar10.find, cifar10.fetch, cifar10.verify),
            {"cifar10-gcn": cifar10.load_normalized},
        ),
        Source(
            "olivetti",
            "400 faces of 40 people, 64x64",
            olivetti.URL,
            "credit to AT&T Laboratories Cambridge",
            olivetti.load,
            Files(olivetti.find, olivetti.fetch, olivetti.verify),
            {f"olivetti-{n}": partial(olivetti.load, side=n) for n in (48, 32)},
        ),
        Source(
            "tfd",
            "102,236 faces of the Toronto face database, 48x48",
            "its authors",
            "needs its owner's permission",
            tfd.load,
            Files(tfd.find, tfd.fetch, tfd.verify),
            {f"tfd-{n}": partial(tfd.load, fold=n) for n in range(2, 6)},
        ),
        _toy("ring", "8 Gaussians on a circle, 2-D"),
        _toy("grid", "25 Gaussians on a grid, 2-D"),
        _toy("moons", "two half circles, 2-D"),
    )
}


LOADERS: dict[str, Loader] = {}
for _source in SOURCES.values():
    LOADERS |= {_source.name: _source.load, **_source.variants}


def load_dataset(name: str, data_dir: Path | None = None) -> Dataset:
    """Load a data set by name, or from a ``.npy`` or ``.npz`` file by its path.

    Parameters
    ----------
    name : str
        A key of `LOADERS`: a source or one of its variants; or the path of a file of
        your own (see `own.load`).
    data_dir : Path, optional
        Where its files are.

    Raises
    ------
    UserError
        If it is unknown, missing or damaged.
    """
    if Path(name).suffix.lower() in (".npy", ".npz"):
        return own.load(Path(name))
    if name not in LOADERS:
        raise UserError(
            f"unknown data set {name!r}: choose one of {', '.join(LOADERS)}, or give a "
            f".npy or .npz file"
        )
    return LOADERS[name](data_dir)
