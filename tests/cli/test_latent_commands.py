"""`gan-numpy interpolate` and `gan-numpy arithmetic`, on runs of a few seconds."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.image import imread

from gan_numpy.evaluation import classifier as classifiers
from gan_numpy.runs.run import open_run
from gan_numpy.sampling import latent
from gan_numpy.sampling.draw import generate, trained_generator
from tests.cli.conftest import SMALL

CELL = 9  # pixels of a digit's cell, with its line
ZOOM = 7  # 8x8 digits are enlarged to 56 pixels


@pytest.fixture
def small_run(cli, tmp_path):
    """A run whose samples differ a lot: the generator starts with large weights."""
    settings = [*SMALL, "--set", "generator_init=1.5", "--set", "generator_average=0"]
    code, _, err = cli("train", "--epochs", 1, "--out", "small", "--quiet", *settings)
    assert code == 0, err
    return tmp_path / "small"


def cells(path, rows, columns):
    """The images of a grid, (rows, columns, 8, 8), from its file."""
    picture = imread(path)[..., 0]
    assert picture.shape == ((rows * CELL + 1) * ZOOM, (columns * CELL + 1) * ZOOM)
    small = picture[ZOOM // 2 :: ZOOM, ZOOM // 2 :: ZOOM]
    tiles = small[1:, 1:].reshape(rows, CELL, columns, CELL)
    return tiles[:, :-1, :, :-1].swapaxes(1, 2)


def load(path):
    run = open_run(path)
    return run.recipe, trained_generator(run.recipe, run.load_state(run.load_data()))


@pytest.mark.parametrize("kind", ["linear", "spherical"])
def test_each_row_walks_from_one_sample_to_another(kind, cli, small_run):
    code, out, err = cli(
        *("interpolate", small_run, "--kind", kind, "--rows", 3, "--steps", 5)
    )
    assert code == 0, err
    assert out.strip() == str(small_run / "interpolation.png")
    recipe, G = load(small_run)
    ends = recipe.sample_latent(6, np.random.default_rng([0, 0])).reshape(3, 2, -1)
    shown = cells(small_run / "interpolation.png", 3, 5)
    for row, (a, b) in zip(shown, ends, strict=True):
        z = latent.walk(a, b, 5, latent.PATHS[kind])
        expected = generate(recipe, G, z).reshape(5, 8, 8)
        np.testing.assert_allclose(row, expected, atol=2 / 255)
    assert np.abs(shown[0] - shown[1]).max() > 0.2


def test_a_square_has_four_samples_in_its_corners(cli, small_run, tmp_path):
    code, _, err = cli(
        *("interpolate", small_run, "--grid", "--steps", 4, "--seed", 3),
        *("--out", "new/grid.png"),
    )
    assert code == 0, err
    recipe, G = load(small_run)
    corners = recipe.sample_latent(4, np.random.default_rng([3, 0]))
    expected = generate(recipe, G, corners).reshape(4, 8, 8)
    shown = cells(tmp_path / "new/grid.png", 4, 4)
    found = shown[[0, 0, -1, -1], [0, -1, 0, -1]]
    np.testing.assert_allclose(found, expected, atol=2 / 255)


def test_a_conditional_run_shows_every_class_on_one_walk(cli, tmp_path):
    tiny = ("z_units=4", "y_units=4", "joint_units=8", "batch_size=200")
    settings = [part for setting in tiny for part in ("--set", setting)]
    code, _, err = cli(
        "train", "cgan", "--epochs", 1, "--out", "c", "--quiet", *settings
    )
    assert code == 0, err
    code, _, err = cli("interpolate", "c", "--steps", 3)
    assert code == 0, err
    cells(tmp_path / "c/interpolation.png", 10, 3)


class SideReader:
    """A classifier that reads 1 where the left half has more ink than usual, else 0."""

    classes = 2

    def __init__(self, usual):
        self.usual = usual

    def probabilities(self, images):
        halves = images.reshape(-1, 8, 2, 4).mean(axis=(1, 3))
        left = halves[:, 0] - halves[:, 1] > self.usual
        return np.where(left[:, None], [[0.005, 0.995]], [[0.995, 0.005]])


@pytest.fixture
def reader(monkeypatch, small_run):
    """The reader, in place of a classifier that takes its time to train."""
    recipe, G = load(small_run)
    z = recipe.sample_latent(500, np.random.default_rng(5))
    halves = generate(recipe, G, z).reshape(-1, 8, 2, 4).mean(axis=(1, 3))
    usual = SideReader(np.median(halves[:, 0] - halves[:, 1]))
    monkeypatch.setattr(classifiers, "train_classifier", lambda data: usual)
    return usual


def test_arithmetic_says_how_its_result_is_read(cli, small_run, reader):
    code, out, err = cli("arithmetic", small_run, "1:bold", "1:thin", "0:thin")
    assert code == 0, err
    read, goal, style, path = out.splitlines()
    assert read.startswith("1:bold - 1:thin + 0:thin is read as ")
    assert "intended 0:bold: " in goal and goal.endswith("of the 9 are read as 0")
    assert style.startswith("it is more bold than")
    assert path == str(small_run / "arithmetic.png")
    assert imread(path).std() > 0.1


def test_a_concept_that_comes_twice_has_other_exemplars(
    cli, small_run, reader, monkeypatch
):
    """With the same ones 1 - 0 + 0 would be 1 for any generator."""
    seen, plain = [], latent.arithmetic
    monkeypatch.setattr(
        latent, "arithmetic", lambda *sets: (seen.extend(sets), plain(*sets))[1]
    )
    code, out, err = cli("arithmetic", small_run, 1, 0, 0, "--exemplars", 5)
    assert code == 0, err
    assert "intended 1: " in out and "more" not in out  # no style was asked for
    rows = [{tuple(z) for z in exemplars} for exemplars in seen]
    assert len(rows) == 3 and len(set.union(*rows)) == 15
    _, G = load(small_run)
    read = [reader.probabilities(G.forward(z)[0]).argmax(axis=1).tolist() for z in seen]
    assert read == [[1] * 5, [0] * 5, [0] * 5]


def test_what_does_not_follow_is_not_judged(cli, small_run, reader):
    code, out, _ = cli("arithmetic", small_run, 1, 0, 1)
    assert code == 0 and "intended" not in out


def test_bad_input_is_one_line(cli, small_run, reader):
    for arguments, message in (
        (["interpolate", "nowhere"], "nowhere is not a run directory"),
        (["interpolate", small_run, "--out", "x.gif"], "ends in .png"),
        (["interpolate", small_run, "--steps", 1], "--steps"),
        (["interpolate", small_run, "--kind", "round"], "invalid choice"),
        (["arithmetic", small_run, 1, 1], "required: C"),
        (["arithmetic", small_run, 1, 1, 2], "a class from 0 to 1"),
        (["arithmetic", small_run, "1:fat", 1, 1], "the styles are"),
        (["arithmetic", small_run, 1, 1, 1, "--spread", 0], "--spread"),
        (["arithmetic", small_run, 1, 1, 1, "--out", "x"], "ends in .png"),
        (
            ["arithmetic", small_run, 1, 1, 1, "--samples", 10, "--exemplars", 90],
            "90 are needed: train longer, or draw more --samples",
        ),
    ):
        code, out, err = cli(*arguments)
        assert code == 2 and out == "", arguments
        assert message in err.strip().splitlines()[-1]
        assert "Traceback" not in err


@pytest.mark.parametrize("command", [["interpolate"], ["arithmetic", "0", "0", "0"]])
def test_points_are_no_images(command, cli, tmp_path):
    small = ("--set", "generator_units=4", "--set", "discriminator_units=3")
    code, _, err = cli("train", "ring", "--epochs", 1, "--out", "r", "--quiet", *small)
    assert code == 0, err
    name, *concepts = command
    code, _, err = cli(name, "r", *concepts)
    assert code == 2 and "makes no" in err


def test_arithmetic_needs_a_generator_that_is_not_told_its_class(cli, tmp_path):
    code, _, err = cli("train", "cgan", "--epochs", 1, "--out", "c", "--quiet")
    assert code == 0, err
    code, _, err = cli("arithmetic", "c", 1, 0, 0)
    assert code == 2 and "is told its class" in err
