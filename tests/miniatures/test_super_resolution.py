"""Super-resolution: the bicubic matrices, both stages' gradients, what PSNR sees."""

from __future__ import annotations

import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.errors import UserError
from gan_numpy.kernels import use_kernels
from gan_numpy.layers import Dense, Sequential, Tanh
from gan_numpy.layers.initializers import normal
from gan_numpy.miniatures.super_resolution import networks
from gan_numpy.miniatures.super_resolution.networks import enlarger, judge
from gan_numpy.miniatures.super_resolution.resize import bicubic, psnr, resized
from gan_numpy.miniatures.super_resolution.super_resolution import SuperResolution
from gan_numpy.miniatures.super_resolution.training import (
    Critics,
    Weights,
    enlarged,
    error_stage,
    generator_gradients,
    judge_gradients,
)
from gan_numpy.objectives import discriminator_loss, non_saturating_generator_loss
from tests.numeric import numerical_gradient, relative_error

WHOLE = os.environ.get("GAN_NUMPY_SUPER")  # the folder of MNIST: minutes


@pytest.fixture(autouse=True)
def plain(monkeypatch):
    monkeypatch.setattr(networks, "DTYPE", np.dtype(np.float64))
    with use_kernels("reference"):
        yield


@pytest.mark.parametrize(("old", "new"), [(28, 14), (14, 28), (9, 6)])
def test_resizing_by_matrices_is_pillows(rng, old, new):
    x = rng.uniform(0, 1, (2, 1, old, old)).astype(np.float32)
    y = resized(x, new)
    for image, found in zip(x[:, 0], y[:, 0]):
        whole = Image.fromarray(image).resize((new, new), Image.Resampling.BICUBIC)
        np.testing.assert_allclose(found, np.asarray(whole), atol=1e-5)
    np.testing.assert_allclose(bicubic(old, new).sum(axis=1), 1, atol=1e-6)
    assert y.dtype == np.float32 and y.flags.c_contiguous
    assert not bicubic(old, new).flags.writeable


def test_psnr_by_hand():
    true = np.zeros((2, 1, 2, 2))
    y = true.copy()
    y[0] += 0.1  # a mean squared error of .01: 20 dB
    y[1, 0, 0, 0] = 1.0  # of 1/4: 6.02 dB
    assert psnr(y, true) == pytest.approx((20 + 10 * np.log10(4)) / 2)
    assert psnr(true, true) == pytest.approx(120)  # as far as it counts


def made(rng: np.random.Generator):
    """A generator, a judge, features, and images of six pixels, in float64."""
    G, D = enlarger(1, 3, rng), judge(6, 2, rng)
    for network in (G, D):
        for value in network.params.values():
            value += 0.2 * rng.standard_normal(value.shape)
    dense = Dense(36, 5, init=normal(0.4), rng=rng, dtype=np.float64)
    phi = Sequential([("h", dense), ("f", Tanh())])
    return G, Critics(phi, D), rng.uniform(0, 1, (4, 1, 6, 6))


@pytest.mark.parametrize(
    "weights",
    [Weights(), Weights(0.0, 0.7, 0.0), Weights(0.0, 0.0, 0.3), Weights(2.0, 0.7, 0.3)],
)
def test_the_generators_gradients_by_term_and_together(rng, weights):
    G, critics, x = made(rng)

    def loss() -> float:
        small = resized(x, 3)
        y = resized(small, 6) + G.forward(small)[0]
        pairs = (image.reshape(4, 36) for image in (y, x))
        found, wanted = (critics.features.forward(rows)[0] for rows in pairs)
        fooled, _ = non_saturating_generator_loss(critics.judge.forward(y)[0])
        return (
            weights.pixels * np.square(y - x).mean()
            + weights.features * np.square(found - wanted).mean()
            + weights.judge * fooled
        )

    grads, _ = generator_gradients(G, x, critics, weights)
    for name, value in G.params.items():
        assert relative_error(grads[name], numerical_gradient(loss, value)) < 1e-6, name


def test_without_critics_only_pixels_count(rng):
    G, critics, x = made(rng)
    alone, y = generator_gradients(G, x, None, Weights(1.0, 9.0, 9.0))
    with_them, _ = generator_gradients(G, x, critics, Weights())
    for name, value in alone.items():
        np.testing.assert_allclose(value, with_them[name])
    np.testing.assert_allclose(y, enlarged(G, resized(x, 3)), atol=1e-6)


def test_the_judges_gradients(rng):
    _, critics, x = made(rng)
    D, y = critics.judge, rng.uniform(0, 1, x.shape)
    grads = judge_gradients(D, x, y)

    def loss() -> float:
        return discriminator_loss(*(D.forward(part)[0] for part in (x, y)))[0]

    for name, value in D.params.items():
        assert relative_error(grads[name], numerical_gradient(loss, value)) < 1e-7, name


def test_it_begins_at_the_bicubic_image_and_learns_what_is_missing(rng):
    G = enlarger(1, 4, rng)
    x = (rng.uniform(0, 1, (6, 1, 8, 8)) > 0.5).astype(np.float64)
    small = resized(x, 4)
    begin = np.abs(enlarged(G, small) - resized(small, 8)).max()
    before = psnr(enlarged(G, small), x)
    error_stage(G, lambda: x, 60, 1e-2, lambda: None)
    assert begin < 0.05 and psnr(enlarged(G, small), x) > before + 1


def test_what_holds_no_gray_images_is_refused():
    points = Dataset("points", *np.zeros((3, 4, 2), np.float32))
    with pytest.raises(UserError, match="points holds no gray images"):
        SuperResolution().play_on(points, 0)
    for patch in (7, 300):
        with pytest.raises(UserError, match="patch="):
            SuperResolution(patch=patch)


@pytest.mark.skipif(not WHOLE, reason="GAN_NUMPY_SUPER=FOLDER trains it")
def test_the_figures_of_the_book(monkeypatch):
    monkeypatch.undo()
    page = Path(__file__).parents[2] / "lessons/book/pages/miniatures.md"
    (row,) = re.findall(
        r"^\| `super-resolution` \|.*\|$", page.read_text("utf-8"), re.MULTILINE
    )
    said = [float(v) for v in re.findall(r"\d*\.\d+", row.split("|")[4])]
    data = load_dataset("mnist", Path(str(WHOLE)))
    with use_kernels("native"):
        found = SuperResolution().play_on(data, 0).figures
    for name, goal in SuperResolution.goals.items():
        assert goal.met(found[name]), name
    wanted = [v for name, v in found.items() if " of " in name][:9]
    del wanted[6]  # between halves of the true ones
    assert said == pytest.approx(wanted, abs=0.3)
    assert said[3:6] == pytest.approx(wanted[3:6], rel=0.3)
