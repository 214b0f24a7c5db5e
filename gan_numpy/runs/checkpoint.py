"""Checkpoints: the state of training in one ``.npz`` file, without pickle.

Arrays are stored under ``group/name``; the counters, the state of the random generator
and what the run was told under ``meta``, as JSON text; the SHA-256 over all of them
under ``sha256``. A checkpoint restores training bit for bit.

What is stored is used only if all of it is sound, and belongs to the run: the headers
of the arrays are compared with the networks before anything is allocated, the digest
with the content before anything is believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from gan_numpy.errors import UserError
from gan_numpy.files import Header, arrays_sha256, read_arrays, write_atomically
from gan_numpy.training.state import TrainingState

FORMAT = "gan_numpy checkpoint 2"
OLDER = "gan_numpy checkpoint 1"  # has neither a digest nor what the run was told
TEXTS = ("meta", "sha256")
LONGEST = 2**20  # bytes of a text


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


def save_checkpoint(
    path: Path, state: TrainingState, told: Mapping[str, Any] | None = None
) -> None:
    """Write the state atomically.

    Parameters
    ----------
    path : Path
    state : TrainingState
    told : mapping, optional
        What the run was told, as JSON: recipe, settings, seed, data.

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
        "told": dict(told or {}),
    }
    arrays: dict[str, Any] = _named_arrays(state)
    arrays["meta"] = np.array(json.dumps(meta, sort_keys=True))
    arrays["sha256"] = np.array(arrays_sha256(arrays))
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
    read_told(path)  # refuses what is not a checkpoint at all
    expected = _named_arrays(state)

    def check(headers: dict[str, Header]) -> None:
        _check_texts(path, headers)
        found = {name: headers[name] for name in headers if name not in TEXTS}
        if found.keys() != expected.keys():
            odd = sorted(found.keys() ^ expected.keys())[0]
            raise UserError(
                f"{path} does not belong to this recipe: array {odd!r} is only in one "
                f"of them"
            )
        for name, (shape, dtype) in found.items():
            value = expected[name]
            if shape != value.shape or dtype != value.dtype:
                raise UserError(
                    f"{path} does not belong to this recipe: {name} is {dtype} "
                    f"{shape}, expected {value.dtype} {value.shape}"
                )

    stored = read_arrays(path, check)
    meta = _meta(path, stored)
    if meta["format"] == FORMAT:
        digest = str(stored.pop("sha256", ""))
        if digest != arrays_sha256(stored):
            raise UserError(
                f"{path} is damaged: its content is not what was written (its SHA-256 "
                f"differs)"
            )
    try:
        counters = [int(meta[key]) for key in ("step", "epoch", "batch")]
        sums = {str(key): float(value) for key, value in meta["sums"].items()}
        state.rng.bit_generator.state = meta["rng"]
    except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        raise UserError(
            f"{path} is damaged: its meta data lack {str(error)[:80]}"
        ) from None
    state.step, state.epoch, state.batch = counters
    state.sums = sums
    for name, value in expected.items():
        value[...] = stored[name]


def read_told(path: Path) -> dict[str, Any]:
    """What the run was told when its checkpoint was written; {} if it does not say.

    Reads neither networks nor anything of their size.

    Raises
    ------
    UserError
        If the file is missing, damaged, or not a checkpoint.
    """
    stored = read_arrays(path, lambda found: _check_texts(path, found), ("meta",))
    told = _meta(path, stored).get("told")
    return told if isinstance(told, dict) else {}


def _check_texts(path: Path, headers: Mapping[str, Header]) -> None:
    """Refuse a file whose texts are missing, or too long to be ours."""
    texts = [headers[name] for name in TEXTS if name in headers]
    if "meta" not in headers or any(
        shape or dtype.kind != "U" or dtype.itemsize > LONGEST for shape, dtype in texts
    ):
        raise UserError(f"{path} is not a gan_numpy checkpoint")


def _meta(path: Path, stored: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """The decoded ``meta`` among the arrays."""
    try:
        meta = json.loads(str(stored["meta"]))
    except (KeyError, ValueError, RecursionError):
        meta = None
    if not isinstance(meta, dict) or meta.get("format") not in (FORMAT, OLDER):
        raise UserError(f"{path} is not a gan_numpy checkpoint")
    return meta
