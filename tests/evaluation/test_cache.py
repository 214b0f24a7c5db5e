"""What a file in the cache must be to be used: whole, ours, and of the right key."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.evaluation.cache import remember, sha256, shapes_of

ARRAYS = {"a": np.arange(6.0).reshape(2, 3), "b": np.ones(2, np.float32)}


class Work:
    """Counts how often the arrays are computed."""

    def __init__(self):
        self.times = 0

    def __call__(self):
        self.times += 1
        return {name: value.copy() for name, value in ARRAYS.items()}


@pytest.fixture
def ask():
    """Ask for the arrays of a key; the attribute ``work`` counts computations."""
    work = Work()

    def remembered(**key):
        found = remember("thing", key, shapes_of(ARRAYS), work)
        assert sha256(found) == sha256(ARRAYS)
        return work.times

    return remembered


def test_computed_once_for_each_key(ask):
    assert [ask(k=1), ask(k=1), ask(k=2), ask(k=1), ask(k=2)] == [1, 1, 2, 2, 2]


@pytest.mark.parametrize("damage", ["cut", "garbage", "values", "shape", "key"])
def test_damaged_files_are_made_anew(ask, own_cache, damage):
    ask(k=1)
    (path,) = own_cache.iterdir()
    stored = dict(np.load(path))
    if damage == "cut":
        path.write_bytes(path.read_bytes()[:-100])
    elif damage == "garbage":
        path.write_bytes(b"not a zip")
    else:
        if damage == "values":
            stored["a"] = stored["a"] + 1
        elif damage == "shape":
            stored["a"] = stored["a"].T
            stored["sha256"] = sha256({k: stored[k] for k in ARRAYS})
        else:
            stored["key"] = np.array("another")
        with path.open("wb") as file:
            np.savez(file, **stored)
    assert ask(k=1) == 2
    assert ask(k=1) == 2  # and the sound file took the place of the damaged one


def test_a_folder_that_cannot_be_written_costs_time_and_a_line(ask, own_cache, capsys):
    own_cache.write_text("a file where the folder should be")
    assert [ask(k=1), ask(k=1)] == [1, 2]
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and f"no cache in {own_cache}" in said


@pytest.mark.parametrize("other", [{"a": np.zeros(2)}, {"b": np.ones(2)}])
def test_hash_tells_names_values_and_dtypes_apart(other):
    assert sha256(other) != sha256({"a": np.ones(2)})
    assert sha256({"a": np.ones(2, np.float32)}) != sha256({"a": np.ones(2)})
