"""What a statement promises is checked: every corner of it, in every check."""

import pytest
from promises_broken import BROKEN
from promises_kept import KEPT

from gan_numpy.exercises import all_exercises

EXERCISES = all_exercises()


@pytest.mark.parametrize(
    "name, namespace", [pytest.param(n, s, id=f"{n}-{w}") for n, w, s in BROKEN]
)
def test_a_broken_promise_fails_at_every_seed(name, namespace, seeds):
    for seed in seeds:
        result = EXERCISES[name].run(namespace, seed)
        assert result.attempted and not result.passed, f"seed {seed}\n{result}"


@pytest.mark.parametrize(
    "name, namespace", [pytest.param(n, s, id=f"{n}-{w}") for n, w, s in KEPT]
)
def test_a_kept_promise_passes_at_every_seed(name, namespace, seeds):
    for seed in seeds:
        result = EXERCISES[name].run(namespace, seed)
        assert result.passed, f"seed {seed}\n{result}"


@pytest.mark.parametrize("name", EXERCISES)
def test_every_exercise_has_a_promise_that_can_be_broken(name):
    assert any(n == name for n, _, _ in BROKEN)
