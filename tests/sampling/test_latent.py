"""Walks and sums in the latent space, against their geometry."""

import numpy as np
import pytest

from gan_numpy.sampling.latent import PATHS, arithmetic, linear, spherical, square, walk


@pytest.mark.parametrize("name", PATHS)
def test_a_walk_starts_and_ends_at_its_points(name, rng):
    a, b = rng.normal(size=(2, 5))
    points = walk(a, b, 7, PATHS[name])
    assert points.shape == (7, 5)
    np.testing.assert_allclose(points[[0, -1]], [a, b], atol=1e-15)


def test_a_quarter_circle_is_walked_at_constant_speed():
    """From (1, 0) to (0, 1): the angles are equally spaced, the radius is 1."""
    points = walk(np.array([1.0, 0]), np.array([0.0, 1]), 10, spherical)
    angles = np.arctan2(points[:, 1], points[:, 0])
    np.testing.assert_allclose(angles, np.linspace(0, np.pi / 2, 10))


def test_the_great_circle_keeps_the_length_that_the_line_loses(rng):
    """In 1,000 dimensions the middle of the line has length sqrt(d / 2)."""
    a, b = rng.standard_normal((2, 1000))
    assert np.linalg.norm(linear(a, b, 0.5)) == pytest.approx(np.sqrt(500), rel=0.1)
    assert np.linalg.norm(spherical(a, b, 0.5)) == pytest.approx(np.sqrt(1000), rel=0.1)


def test_parallel_points_and_zero_are_joined_by_a_line():
    a = np.array([1.0, 2.0])
    np.testing.assert_allclose(spherical(a, 3 * a, 0.5), 2 * a)
    np.testing.assert_allclose(spherical(a, 0 * a, 0.25), 0.75 * a)


def test_opposite_points_have_no_shortest_path():
    with pytest.raises(ValueError, match="opposite"):
        spherical(np.array([1.0, 0]), np.array([-2.0, 0]), 0.5)


@pytest.mark.parametrize("name", PATHS)
def test_a_square_has_its_corners_and_the_walks_between_them(name, rng):
    corners = rng.normal(size=(4, 3))
    grid = square(corners, 5, PATHS[name])
    found = [grid[0, 0], grid[0, -1], grid[-1, 0], grid[-1, -1]]
    np.testing.assert_allclose(found, corners, atol=1e-14)
    expected = walk(corners[0], corners[1], 5, PATHS[name])
    np.testing.assert_allclose(grid[0], expected, atol=1e-14)


def test_a_linear_square_is_bilinear(rng):
    corners = rng.normal(size=(4, 3))
    np.testing.assert_allclose(square(corners, 3)[1, 1], corners.mean(axis=0))


def test_arithmetic_of_planted_concepts(rng):
    """z = (digit, style): bold three - thin three + thin seven = bold seven."""
    three, seven, thin, bold = np.eye(4)

    def samples(digit, style):
        noise = rng.normal(0, 0.1, (2, 4))
        return digit + style + np.concatenate([noise, -noise])  # of mean zero

    result = arithmetic(
        samples(three, bold), samples(three, thin), samples(seven, thin)
    )
    np.testing.assert_allclose(result, seven + bold, atol=1e-14)


def test_three_exemplars_keep_the_variance_of_one(rng):
    z = rng.standard_normal((3, 3, 20_000)).astype(np.float32)
    result = arithmetic(*z)
    assert result.dtype == np.float32
    assert result.var() == pytest.approx(1, abs=0.03)
