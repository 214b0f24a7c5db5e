"""A wrong name is worse than none: what has no name gets none."""

import numpy as np
import pytest
from honesty import (
    UNNAMED,
    corrupted,
    gradients,
    honest,
    noise,
    odd_constant,
    one_wrong_entry,
    pairs_of_mistakes,
    random_array,
    true_place,
)

KINDS = [random_array, one_wrong_entry, noise]


@pytest.mark.parametrize("corrupt", KINDS, ids=lambda f: f.__name__)
def test_the_nameless_get_no_name(corrupt, trials):
    exercises, rng = gradients(), np.random.default_rng(5)
    for k in range(trials):
        e, seed = exercises[k % len(exercises)], int(rng.integers(10**6))
        wrong = corrupted(e.reference, corrupt, seed)
        result = e.run({e.name: wrong}, seed % 97)
        assert not result.passed and set(result.tags) <= UNNAMED, str(result)


def test_an_odd_constant_is_given_and_not_recognized(trials):
    exercises, rng = gradients(), np.random.default_rng(6)
    for k in range(trials):
        e, seed = exercises[k % len(exercises)], int(rng.integers(10**6))
        if e.name in ("clip_weights", "momentum_step", "adam_step"):
            continue
        result = e.run({e.name: corrupted(e.reference, odd_constant, seed)}, seed % 97)
        assert result.tags == ("factor-unrecognized",), str(result)
        assert "a constant factor 1.37, not recognized" in " ".join(str(result).split())


def test_two_mistakes_are_named_both_or_not_at_all(trials):
    rng = np.random.default_rng(7)
    for e, wrong, true, seed in pairs_of_mistakes(rng, trials):
        result = e.run({e.name: wrong}, seed)
        given = set(result.tags) - {"exception", "shape"}
        if result.repair is not None and true_place(e, wrong, result.repair):
            given -= {result.repair.tag}  # both mistakes are one change of a line
        assert honest(given, true), f"{true}\n{result}"
