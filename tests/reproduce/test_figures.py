"""Figures 2 and 3, and the collapse: what is measured, and what is drawn."""

from __future__ import annotations

import numpy as np
import pytest

from gan_numpy.datasets import load_dataset
from gan_numpy.layers.sequential import Sequential
from gan_numpy.recipes import get_recipe, with_settings
from gan_numpy.reproduce import collapse, fig2, fig3
from gan_numpy.reproduce.jobs import Job

SMALL = ("generator_units=8", "discriminator_units=6", "batch_size=200")


@pytest.fixture
def data():
    return load_dataset("digits")


def test_a_copying_model_is_found_out(data, rng):
    """Copies lie at distance 0; fresh real images as far away as the test set."""
    copies = data.scaled("train", slice(0, 200))
    found = fig2.summary(fig2.measure(data, copies), data)
    assert found["median_generated"] == 0 and found["closer"] == 1
    honest = fig2.summary(fig2.measure(data, data.scaled("validation")), data)
    assert honest["median_generated"] == pytest.approx(honest["median_test"], rel=0.1)
    assert honest["closer"] < 0.1


def test_lines_are_straight_and_reach_both_ends(rng):
    a, b = rng.normal(size=(2, 5)).astype(np.float32)
    points = fig3.line(a, b, steps=5)
    assert points.dtype == np.float32 and points.shape == (5, 5)
    np.testing.assert_allclose(points[[0, -1]], [a, b])
    np.testing.assert_allclose(points[2], (a + b) / 2, rtol=1e-5)
    np.testing.assert_allclose(np.diff(points, n=2, axis=0), 0, atol=1e-6)


def test_images_are_named_by_their_neighbors(data):
    images = data.scaled("validation")
    labels = fig3.unanimous_labels(images, data)
    named = labels >= 0
    assert named.mean() > 0.7
    agree = labels[named] == data.labels["validation"][named]
    assert agree.mean() > 0.97


def test_lines_lead_from_one_digit_to_the_other(data):
    """A generator that looks real images up: the ends are what the names say."""

    class Lookup(Sequential):
        """Maps z to the training image whose number its first value gives."""

        def __init__(self):
            self.params = {"W": np.zeros(1, np.float32)}

        def forward(self, x, *, train=False, rng=None):
            rows = (np.abs(x[:, 0]) * 1000).astype(int) % len(data.train)
            return data.scaled("train", rows), {}

    G, recipe = Lookup(), get_recipe("digits")
    lines = dict(fig3.choose_lines(G, recipe, data, seed=0))
    assert list(lines) == ["1 to 5", "7 to 9", "first draws", "next draws"]
    for name in ("1 to 5", "7 to 9"):
        ends = fig3.unanimous_labels(G.forward(lines[name][[0, -1]])[0], data)
        assert f"{ends[0]} to {ends[1]}" == name


def test_missing_digits_are_admitted():
    text = fig3.caption("run", get_recipe("digits"), ["1 to 5", "first draws"])
    assert "Not found among the draws: 7 to 9." in text


def test_deviation_is_zero_for_one_image_only(rng):
    image = rng.random((1, 64))
    assert collapse.deviation(np.repeat(image, 10, axis=0)) == pytest.approx(0)
    assert collapse.deviation(rng.random((500, 64))) == pytest.approx(12**-0.5, 0.05)


def test_collapse_is_counted_after_the_first_step():
    course = collapse.Course("x", [0, 1, 2, 3, 4], [0.01, 0.2, 0.01, 0.1, 0.01], {})
    assert course.collapsed() == [2, 4]
    assert collapse.Course("x", [0, 1], [0.01, 0.2], {}).collapsed() == []


def test_the_scenario_is_the_papers_networks_with_another_momentum():
    recipes = collapse.scenario("mnist")
    sick, cure = recipes["collapse"], recipes["cure"]
    assert (sick.learning_rate, sick.momentum, sick.momentum_final) == (0.05, 0.9, 0.9)
    assert cure == get_recipe("mnist").replace(epochs=10)
    assert sick.generator_units == cure.generator_units


def test_a_course_that_was_interrupted_goes_on(data, tmp_path):
    recipe = with_settings(get_recipe("digits"), (*SMALL, "epochs=4"))

    def follow(name, should_stop=lambda: False):
        job = Job(tmp_path / name, recipe, 0)
        return collapse.follow(job, data, None, should_stop, progress=False)

    whole = follow("whole")
    assert whole.epochs == [0, 1, 2, 3, 4] and len(set(whole.deviation)) == 5
    calls = []

    def after_ten_steps():
        calls.append(0)
        return len(calls) >= 10

    assert follow("parts", after_ten_steps) is None
    parts = follow("parts")
    assert (parts.epochs, parts.deviation) == (whole.epochs, whole.deviation)
    np.testing.assert_array_equal(parts.images[4], whole.images[4])
    collapse.draw_samples(tmp_path / "samples.png", [whole, parts], data)
    collapse.draw_course(tmp_path / "course.png", [whole, parts], data)
    for name in ("samples", "course"):
        content = (tmp_path / f"{name}.png").read_bytes()
        assert content.startswith(b"\x89PNG")
