"""Nested parameters and outputs, large arrays, square shapes: right and wrong."""

import pytest
from structured_right import RIGHT
from structured_wrong import WRONG

from gan_numpy.gradcheck import check_gradients


def checked(make, rng):
    *given, last = make(rng)
    options = last if isinstance(last, dict) and set(last) == {"wrt"} else None
    return check_gradients(*given, *([] if options else [last]), **(options or {}))


@pytest.mark.parametrize("name", RIGHT)
def test_a_right_gradient_passes(name, rng):
    result = checked(RIGHT[name], rng)
    assert result.passed, str(result)


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_gradient_fails(name, rng):
    result = checked(WRONG[name], rng)
    assert result.attempted and not result.passed, str(result)
