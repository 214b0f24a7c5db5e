import numpy as np

from gan_numpy.plots import image_grid, save_samples


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
        save_samples(path, samples, shape, samples)
        assert path.read_bytes().startswith(b"\x89PNG")
