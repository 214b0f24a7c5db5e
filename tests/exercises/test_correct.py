"""No correct solution is called wrong, whatever its style."""

import pytest
import variants
import variants_early  # noqa: F401  (they register themselves)
import variants_last  # noqa: F401
import variants_late  # noqa: F401
import variants_middle  # noqa: F401

from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits
from gan_numpy.exercises import all_exercises

EXERCISES = all_exercises()
SOLUTIONS = variants.VARIANTS + [
    (name, style, {name: variants.converted(e.reference, convert)})
    for name, e in EXERCISES.items()
    for style, convert in variants.CONVERSIONS.items()
]


@pytest.mark.parametrize(
    "name, namespace",
    [pytest.param(n, space, id=f"{n}-{style}") for n, style, space in SOLUTIONS],
)
def test_a_correct_solution_passes(name, namespace, seeds):
    for seed in seeds:
        result = EXERCISES[name].run(namespace, seed)
        assert result.passed, f"seed {seed}\n{result}"


@pytest.mark.parametrize("name", EXERCISES)
def test_there_are_at_least_four_styles(name):
    assert sum(n == name for n, _, _ in SOLUTIONS) >= 4


def test_no_reference_is_remarked_upon():
    """What we show as the solution, and what we give, keeps float32 and all else."""
    with searching(Limits(0.0)):
        notes = {name: e.run().notes for name, e in EXERCISES.items()}
    assert not {name: found for name, found in notes.items() if found}
