import json
import os
import sys
from dataclasses import replace

import numpy as np
import pytest
from programs import finished

from gan_numpy.datasets import Dataset
from gan_numpy.plots import (
    image_grid,
    save_labeled_rows,
    save_neighbors,
    save_samples,
)


def test_image_grid_by_hand():
    images = np.stack([np.full((2, 1), value) for value in (0.0, 1.0, 0.25)])
    grid = image_grid(images, columns=2)
    h = 0.5
    np.testing.assert_array_equal(
        grid,
        [
            [h, h, h, h, h],
            [h, 0, h, 1, h],
            [h, 0, h, 1, h],
            [h, h, h, h, h],
            [h, 0.25, h, h, h],
            [h, 0.25, h, h, h],
            [h, h, h, h, h],
        ],
    )


def test_whatever_the_samples_are_they_are_drawn(tmp_path, rng):
    """Images, points and rows of values."""
    for name, samples, shape in (
        ("images", rng.random((5, 12)), (3, 4)),
        ("points", rng.normal(size=(50, 2)), None),
        ("rows", rng.random((6, 9)), None),
    ):
        path = tmp_path / f"{name}.png"
        data = Dataset(name, samples, samples, samples, image_shape=shape)
        save_samples(path, samples, data)
        assert path.read_bytes().startswith(b"\x89PNG")


def test_samples_of_normalized_contrast_are_shown_as_pixels(tmp_path, rng):
    """Their values lie around 0: without brightness half of them would be black."""
    images = rng.integers(0, 256, (40, 48), dtype=np.uint8)
    data = Dataset("random", images, images, images, 255.0, (3, 4, 4), {}, 55.0)
    save_samples(tmp_path / "samples.png", data.scaled("test"), data)
    save_samples(tmp_path / "plain.png", images / 255, replace(data, contrast=0.0))
    shown, plain = (pixels(tmp_path / f"{name}.png") for name in ("samples", "plain"))
    assert np.corrcoef(shown.ravel(), plain.ravel())[0, 1] > 0.95
    assert abs(shown.mean() - plain.mean()) < 0.02


def test_color_images_keep_their_channels():
    """A red and a green pixel, channel-first in, channel-last out."""
    images = np.zeros((2, 3, 1, 1))
    images[0, 0], images[1, 1] = 1, 1
    grid = image_grid(images, columns=2)
    assert grid.shape == (3, 5, 3)
    np.testing.assert_array_equal(grid[1, 1], [1, 0, 0])
    np.testing.assert_array_equal(grid[1, 3], [0, 1, 0])
    np.testing.assert_array_equal(grid[0, 0], [0.5] * 3)


def test_one_channel_is_gray_and_values_are_clipped():
    grid = image_grid(np.array([[[[2.0]]], [[[-1.0]]]]), columns=1)
    assert grid.shape == (5, 3)
    assert grid[1, 1] == 1 and grid[3, 1] == 0


def pixels(path):
    from matplotlib.image import imread

    return imread(path)[..., :3]


def test_neighbors_are_framed_in_the_last_column(tmp_path):
    """Black samples, white neighbors: the right sixth is white in a yellow frame."""
    path = tmp_path / "neighbors.png"
    save_neighbors(path, np.zeros((4, 5, 8, 8)), np.ones((4, 8, 8)))
    image = pixels(path)
    middle = image[image.shape[0] // 2 + 8]
    white = np.flatnonzero((middle > 0.99).all(axis=1) & (np.arange(len(middle)) > 300))
    black = np.flatnonzero((middle < 0.01).all(axis=1))
    assert 4 < len(black) / len(white) < 7 and black.max() < white.min()
    yellow = np.abs(image - np.array([0.94, 0.75, 0.0])).max(axis=2) < 0.02
    assert yellow.sum() > 500 and np.flatnonzero(yellow.any(axis=0)).min() > black.max()


def test_labeled_rows_hold_every_image(tmp_path, rng):
    for shape in ((4, 6, 6), (4, 3, 6, 6)):
        path = tmp_path / f"{len(shape)}.png"
        rows = [("first", np.zeros(shape)), ("second", np.ones(shape))]
        save_labeled_rows(path, rows, ["a", "b", "c", "d"], "title")
        black = (pixels(path) == 0).all(axis=2).mean()
        assert black > 0.17  # .2 is of four images; three are .15


FORMULA = """
import matplotlib.pyplot as plt
from gan_numpy.lesson import style
from gan_numpy.plots import own_style
{}
plt.figure().text(0, 0, "$x$")
plt.savefig("figure.png")
"""


@pytest.mark.parametrize(
    "prepare, complains",
    [("", True), ("style()", False), ("with own_style():\n    pass", False)],
    ids=["Matplotlib alone", "a lesson", "our figures"],
)
def test_a_list_of_fonts_that_lost_matplotlibs_own(tmp_path, prepare, complains):
    env = {**os.environ, "MPLCONFIGDIR": str(tmp_path), "MPLBACKEND": "agg"}
    program = [sys.executable, "-c", FORMULA.format(prepare)]
    assert finished(program, cwd=tmp_path, env=env).returncode == 0
    (file,) = tmp_path.glob("fontlist*.json")
    fonts = json.loads(file.read_text(encoding="utf-8"))
    fonts["ttflist"] = [e for e in fonts["ttflist"] if "STIX" not in e["name"]]
    file.write_text(json.dumps(fonts), encoding="utf-8")
    stderr = finished(program, cwd=tmp_path, env=env).stderr
    assert ("findfont" in stderr) == complains, stderr
