"""``config.json``: what a run was told, and what its bits depend on."""

from __future__ import annotations

import dataclasses
import json
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import gan_numpy
from gan_numpy import kernels
from gan_numpy.capabilities import version_of
from gan_numpy.errors import UserError
from gan_numpy.files import read_json, write_text
from gan_numpy.kernels.threads import numba_threads
from gan_numpy.recipes import Recipe, recipe_from_dict

NAME = "config.json"


def environment() -> dict[str, Any]:
    """Versions, kernels and threads: what the bits of a run depend on."""
    from threadpoolctl import threadpool_info

    return {
        "gan_numpy": gan_numpy.__version__,
        "numpy": np.__version__,
        "numba": version_of("numba"),
        "python": platform.python_version(),
        "machine": platform.machine(),
        "kernels": kernels.active_kernels(),
        "numba_threads": numba_threads(),
        "blas_threads": max(
            (p["num_threads"] for p in threadpool_info() if p["user_api"] == "blas"),
            default=1,
        ),
    }


@dataclass(frozen=True)
class Config:
    """What the file holds.

    Attributes
    ----------
    recipe : Recipe
    seed : int
    data_dir : Path or None
    fingerprint : str
        SHA-256 of the data.
    environment : dict
    replacing : bool
        Whether the other files still are those of the run that this one replaces.
    """

    recipe: Recipe
    seed: int
    data_dir: Path | None
    fingerprint: str
    environment: dict[str, Any]
    replacing: bool = False

    def write(self, run: Path) -> None:
        """Write it into a run directory, atomically."""
        values = {
            "recipe": self.recipe.name,
            "settings": dataclasses.asdict(self.recipe),
            "seed": self.seed,
            "data_dir": str(self.data_dir) if self.data_dir else None,
            "data_sha256": self.fingerprint,
            "environment": self.environment,
        }
        if self.replacing:
            values["replacing"] = True
        write_text(run / NAME, json.dumps(values, indent=2) + "\n")


def played_in(values: Any) -> str | None:
    """The miniature that a ``config.json`` names; None if it is that of a recipe."""
    name = values.get("miniature") if isinstance(values, dict) else None
    return name if isinstance(name, str) else None


def read_config(run: Path) -> Config:
    """Read it from a run directory.

    Raises
    ------
    UserError
        If it is not a run directory or the file is damaged.
    """
    file = run / NAME
    try:
        if not file.is_file():
            raise UserError(f"{run} is not a run directory: it has no {NAME}")
    except OSError as error:
        raise UserError(f"cannot read {run}: {error.strerror or error}") from None
    values = read_json(file)
    if (game := played_in(values)) is not None:
        raise UserError(
            f"{run} holds a game of {game}, which is no model of examples: its figures "
            f"are in result.json, its picture is picture.png"
        )
    try:
        seed, folder = values["seed"], values["data_dir"]
        if type(seed) is not int or seed < 0:
            raise ValueError(f"seed is {str(seed)[:40]!r}, expected a whole number")
        if folder is not None and not isinstance(folder, str):
            raise ValueError(f"data_dir is {str(folder)[:40]!r}, expected a path")
        return Config(
            recipe=recipe_from_dict(values["recipe"], values["settings"]),
            seed=seed,
            data_dir=Path(folder) if folder else None,
            fingerprint=str(values["data_sha256"]),
            environment=dict(values["environment"]),
            replacing=values.get("replacing") is True,
        )
    except (
        *(UserError, ValueError, KeyError, TypeError),
        *(AttributeError, ArithmeticError),
    ) as error:
        name = "" if isinstance(error, UserError) else f"{type(error).__name__}: "
        reason = f"{name}{error}".split("\n")[0][:300]
        raise UserError(f"{file} is damaged ({reason})") from None
