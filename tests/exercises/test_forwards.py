"""The truth is our forward's; a student's own supplies the cache if it equals ours."""

import numpy as np
import pytest

from gan_numpy.exercises import all_exercises, check, get_exercise

RELU = get_exercise("relu_backward")


def identity(dy, x):
    return dy


@pytest.mark.parametrize(
    "forward, why",
    [
        (lambda x: (x, x), "returns other values"),
        (lambda x: np.maximum(x, 0), "does not return an output and a cache"),
        (lambda x: (np.maximum(x, 0)[:1], x), "returns other values"),
        (lambda x: (x @ x, x), "raises ValueError"),
        (lambda x: ("text", x), "returns other values"),
    ],
)
def test_a_forward_of_other_values_makes_nothing_right(forward, why):
    space = {"relu_backward": identity, "relu_forward": forward}
    result = RELU.run(space)
    assert result.tags == ("mask-missing",) and why in str(result)
    assert "the cache is that of the one that was given" in " ".join(
        str(result).split()
    )
    right = RELU.run({**space, "relu_backward": lambda dy, x: dy * (x > 0)})
    assert right.passed and why in str(right)


def test_in_a_notebook_too():
    space = {"relu_forward": lambda x: (x, x)}
    exec("def relu_backward(dy, cache):\n    return dy", space)
    assert check(space["relu_backward"]).tags == ("mask-missing",)


def test_a_forward_of_the_same_values_supplies_its_own_cache():
    forward = lambda x: (x * (x > 0), x > 0)  # noqa: E731
    space = {"relu_forward": forward, "relu_backward": np.multiply}
    assert RELU.run(space).passed
    space["relu_backward"] = lambda dy, mask: dy * ~mask
    assert RELU.run(space).tags == ("mask-inverted",)


def test_a_forward_that_is_still_a_stub_is_ours():
    def maxout_forward(x, W, b, pieces):
        raise NotImplementedError

    exercise = all_exercises()["maxout_backward"]
    space = {
        "maxout_forward": maxout_forward,
        "maxout_backward": exercise.reference,
    }
    result = exercise.run(space)
    assert result.passed and not result.notes
