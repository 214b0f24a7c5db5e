"""One bit of a file is another one: refused in one line, or it did not matter.

``GAN_NUMPY_FLIPS=all`` flips every bit of the texts and headers and 20,000 others.
"""

from __future__ import annotations

import io
import os
import warnings

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.errors import UserError
from gan_numpy.files import read_arrays
from gan_numpy.recipes import get_recipe
from gan_numpy.runs.checkpoint import (
    _named_arrays,
    load_checkpoint,
    read_told,
    save_checkpoint,
)
from gan_numpy.training.algorithm1 import train_epoch
from gan_numpy.training.state import initial_state

COUNT = 20_000 if os.environ.get("GAN_NUMPY_FLIPS") == "all" else 300
RECIPE = get_recipe("digits").replace(
    generator_units=(8,), discriminator_units=(6,), batch_size=200
)
DATA = load_dataset("digits")
TOLD = {"recipe": "digits", "seed": 0}


def everything(state):
    """What a checkpoint restores, as bytes."""
    arrays = {k: v.tobytes() for k, v in _named_arrays(state).items()}
    counters = (state.step, state.epoch, state.batch, state.sums)
    return arrays, counters, state.rng.bit_generator.state


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A real checkpoint, in the middle of an epoch, and what it restores."""
    path = tmp_path_factory.mktemp("flips") / "checkpoint.npz"
    state = initial_state(RECIPE, DATA, 0)
    train_epoch(state, RECIPE, DATA, iter([False, False, True]).__next__)
    save_checkpoint(path, state, TOLD)
    return path.read_bytes(), everything(state)


def flips(content, count, marks):
    """Offsets and bits: those about every mark, and others anywhere, seeded."""
    rng = np.random.default_rng(7)
    anywhere = rng.integers(0, 8 * len(content), count)
    places, start = [], 0
    while (start := min(content.find(m, start) for m in marks)) >= 0:
        places.append(start)
        start += 1
    near = [8 * p + b for p in places for b in range(8 * 130)]
    chosen = near if COUNT > 10_000 else rng.choice(near, count // 2).tolist()
    return [divmod(int(k), 8) for k in [*anywhere, *chosen] if k < 8 * len(content)]


def flipped(content, at, bit):
    return content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]


@pytest.mark.filterwarnings("error")
def test_of_a_checkpoint(written, tmp_path):
    content, expected = written
    path, seen = tmp_path / "checkpoint.npz", {"refused": 0, "harmless": 0}
    for at, bit in flips(content, COUNT, [b"PK"]):
        path.write_bytes(flipped(content, at, bit))
        state = initial_state(RECIPE, DATA, 1)
        before = everything(state)
        try:
            assert read_told(path) == TOLD, (at, bit)
            load_checkpoint(path, state)
        except UserError as error:
            assert "\n" not in str(error) and str(path) in str(error), (at, bit)
            assert everything(state) == before, (at, bit)
            seen["refused"] += 1
        else:
            assert everything(state) == expected, (at, bit)
            seen["harmless"] += 1
    # Times, attributes and versions in a zip's directories are nobody's numbers.
    assert seen["refused"] > 4 * seen["harmless"], seen


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
def test_of_arrays_in_an_archive(write, tmp_path):
    """The zip's checksums cover every member, the headers of its arrays too."""
    rng = np.random.default_rng(3)
    arrays = {"train": rng.random((9, 4)), "test": rng.integers(0, 9, (5, 4))}
    file = io.BytesIO()
    write(file, **arrays)
    content, path = file.getvalue(), tmp_path / "own.npz"
    for at, bit in flips(content, COUNT, [b"PK"]):
        path.write_bytes(flipped(content, at, bit))
        try:
            found = read_arrays(path)
        except UserError as error:
            assert "\n" not in str(error) and str(path) in str(error), (at, bit)
            continue
        assert found.keys() == arrays.keys(), (at, bit)
        for name, value in arrays.items():
            assert found[name].dtype == value.dtype, (at, bit)
            np.testing.assert_array_equal(found[name], value, str((at, bit)))


def test_of_a_plain_array(tmp_path):
    """A .npy has no checksum: other numbers cannot be seen, another header is.

    What can change unseen is a number, or the kind of all numbers (``f`` to ``i``, or
    their byte order): never how many there are, and never into an exception. A run
    compares the SHA-256 of its data in any case.
    """
    value = np.random.default_rng(3).random((9, 4))
    file = io.BytesIO()
    np.save(file, value)
    content, path = file.getvalue(), tmp_path / "own.npy"
    for at in range(0, 140):
        for bit in range(8):
            path.write_bytes(flipped(content, at, bit))
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("error")
                    found = read_arrays(path)[""]
            except UserError as error:
                assert "\n" not in str(error) and str(path) in str(error), (at, bit)
                continue
            assert found.nbytes == value.nbytes and found.dtype.kind in "fiubcmMSU"
