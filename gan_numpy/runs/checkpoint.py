"""Checkpoints: the state of training in one ``.npz`` file, without pickle.

Arrays are stored under ``group/name``; the counters and the state of the random
generator under ``meta``, as JSON text. A checkpoint restores training bit for bit.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.errors import UserError
from gan_numpy.files import read_arrays, write_atomically
from gan_numpy.training.state import TrainingState

FORMAT = "gan_numpy checkpoint 1"


def _named_arrays(state: TrainingState) -> dict[str, np.ndarray]:
    """The state's arrays (not copies) as ``group/name``."""
    groups = {
        "generator": state.G.params,
        "discriminator": state.D.params,
        "generator_optimizer": state.G_optimizer,
        "discriminator_optimizer": state.D_optimizer,
        "generator_average": state.average or {},
        "generator_statistics": state.G.buffers,
        "discriminator_statistics": state.D.buffers,
        "data": {"order": state.order, "labeled": state.labeled},
    }
    return {
        f"{group}/{name}": value
        for group, members in groups.items()
        for name, value in members.items()
    }


def save_checkpoint(path: Path, state: TrainingState) -> None:
    """Write the state atomically.

    Raises
    ------
    UserError
        If the file cannot be written.
    """
    meta = {
        "format": FORMAT,
        "step": state.step,
        "epoch": state.epoch,
        "batch": state.batch,
        "sums": state.sums,
        "rng": state.rng.bit_generator.state,
    }
    arrays: dict[str, Any] = _named_arrays(state)
    arrays["meta"] = np.array(json.dumps(meta, sort_keys=True))
    write_atomically(path, lambda file: np.savez(file, **arrays))


def load_checkpoint(path: Path, state: TrainingState) -> None:
    """Restore what `save_checkpoint` wrote into a fresh state of the same recipe.

    Nothing of `state` changes unless the whole file is sound.

    Raises
    ------
    UserError
        If the file is missing, damaged, holds pickled objects, is not a checkpoint, or
        is one of other networks.
    """
    stored = read_arrays(path)
    meta = _read_meta(path, stored)
    expected = _named_arrays(state)
    if stored.keys() != expected.keys():
        odd = sorted(stored.keys() ^ expected.keys())[0]
        raise UserError(
            f"{path} does not belong to this recipe: array {odd!r} is only in one of "
            f"them"
        )
    for name, value in expected.items():
        found = stored[name]
        if found.shape != value.shape or found.dtype != value.dtype:
            raise UserError(
                f"{path} does not belong to this recipe: {name} is {found.dtype} "
                f"{found.shape}, expected {value.dtype} {value.shape}"
            )
    try:
        state.rng.bit_generator.state = meta["rng"]
        state.step, state.epoch, state.batch = (
            int(meta[key]) for key in ("step", "epoch", "batch")
        )
        state.sums = {str(key): float(value) for key, value in meta["sums"].items()}
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UserError(f"{path} is damaged: its meta data lack {error}") from None
    for name, value in expected.items():
        value[...] = stored[name]


def _read_meta(path: Path, stored: dict[str, np.ndarray]) -> dict[str, Any]:
    """Take ``meta`` out of the arrays and decode it."""
    foreign = UserError(f"{path} is not a gan_numpy checkpoint")
    if "meta" not in stored:
        raise foreign
    try:
        meta = json.loads(str(stored.pop("meta")))
    except ValueError:
        raise foreign from None
    if not isinstance(meta, dict) or meta.get("format") != FORMAT:
        raise foreign
    return meta
