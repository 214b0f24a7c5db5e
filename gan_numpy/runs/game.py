"""The directory of a miniature's game: what was played, what came out, its picture.

===============  ===================================================================
``config.json``  the miniature, its numbers and the seed; versions
``result.json``  the figures, with what was expected
``picture.png``  the picture
others           what can be heard or played, if there is such
===============  ===================================================================
"""

from __future__ import annotations

import dataclasses
import json
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.files import make_directory, read_json, write_atomically, write_text
from gan_numpy.kernels import active_kernels, use_kernels
from gan_numpy.miniatures import MINIATURES, Miniature, Outcome
from gan_numpy.miniatures.base import MiniatureOfData, Progress
from gan_numpy.runs.config import NAME, environment, played_in
from gan_numpy.runs.lock import exclusive

PICTURE, RESULT = "picture.png", "result.json"


def play_game(
    path: Path,
    miniature: Miniature,
    seed: int,
    force: bool,
    progress: Progress,
    data_dir: Path | None = None,
) -> Outcome:
    """Play a miniature and write its directory.

    Parameters
    ----------
    path : Path
    miniature : Miniature
    seed : int
    force : bool
        Whether to replace a game that is already there.
    progress : callable
        Told the share of the work that is done.
    data_dir : Path, optional
        Where the data set is, of a miniature that is played on one.

    Raises
    ------
    UserError
        If something else is there, or the directory cannot be written, or there is no
        such data set.
    """
    _refuse_occupied(path, force)
    play = miniature.play
    if isinstance(miniature, MiniatureOfData):
        play = partial(miniature.play_on, load_dataset(miniature.dataset, data_dir))
    make_directory(path)
    kernels = "reference" if miniature.small else active_kernels()
    with exclusive(path), use_kernels(kernels):
        outcome = play(seed, progress)
        about = {
            "miniature": miniature.name,
            "settings": dataclasses.asdict(miniature),
            "seed": seed,
            "environment": environment(),
        }
        outcome.draw(path / PICTURE)
        for name, content in outcome.files.items():
            write_atomically(path / name, partial(_into, content))
        write_text(path / RESULT, json.dumps(result_of(miniature, outcome)) + "\n")
        write_text(path / NAME, json.dumps(about, indent=2) + "\n")
    return outcome


def settings_of(path: Path, name: str) -> dict[str, Any]:
    """The numbers of the game in a directory, which must be of the miniature `name`.

    Raises
    ------
    UserError
        If it is another one, or none, or the file is damaged.
    """
    file, miniature = path / NAME, MINIATURES[name]
    if not file.is_file():
        raise UserError(f"{path} is not a directory of a game: it has no {NAME}")
    values = read_json(file)
    if played_in(values) != name:
        raise UserError(
            f"{path} holds no game of {name}: 'gan-numpy train {name}' plays one"
        )
    try:
        settings = values["settings"]
        for key, value in dataclasses.asdict(miniature).items():
            if type(settings[key]) is not type(value):
                raise ValueError(f"{key} is {str(settings[key])[:40]!r}")
        return dataclasses.asdict(miniature.replace(**settings))
    except (UserError, KeyError, TypeError, ValueError) as error:
        raise UserError(f"{file} is damaged: {error}") from None


def _into(content: bytes, file: BinaryIO) -> None:
    file.write(content)


def result_of(miniature: Miniature, outcome: Outcome) -> dict[str, Any]:
    """What ``result.json`` holds: each figure, and its goal if it has one."""
    return {
        name: {
            "figure": float(figure),
            "goal": str(miniature.goals.get(name, "")),
            "met": name not in miniature.goals
            or bool(miniature.goals[name].met(figure)),
        }
        for name, figure in outcome.figures.items()
    }


def _refuse_occupied(path: Path, force: bool) -> None:
    """A game may be replaced by force, anything else stays."""
    if not path.exists() or path.is_dir() and not any(path.iterdir()):
        return
    if not (path / NAME).is_file() or played_in(read_json(path / NAME)) is None:
        raise UserError(f"{path} exists and holds no game: choose another --out")
    if not force:
        raise UserError(
            f"{path} already holds a game: replace it with --force, or choose another "
            f"--out"
        )
