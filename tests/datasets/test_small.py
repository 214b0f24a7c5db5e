"""Digits, toys and own files."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from gan_numpy.datasets import SOURCES, digits, load_dataset, toy
from gan_numpy.errors import UserError


def test_digits_are_the_real_ones_split_without_overlap():
    from sklearn.datasets import load_digits

    data = load_dataset("digits")
    parts = [getattr(data, split) for split in ("train", "validation", "test")]
    assert [len(part) for part in parts] == [1297, 250, 250]
    assert all(part.dtype == np.uint8 for part in parts)
    rows = np.concatenate(parts)
    source = load_digits().data
    np.testing.assert_array_equal(
        rows[np.lexsort(rows.T)], source[np.lexsort(source.T)]
    )
    assert data.scaled("train").max() == 1.0
    assert set(data.labels["test"]) == set(range(10))


@pytest.mark.parametrize("name", ["ring", "grid"])
def test_toy_modes_are_where_the_papers_put_them(name):
    points = load_dataset(name).train
    centers, std = {
        "ring": (toy.ring_centers(), toy.RING_STD),
        "grid": (toy.grid_centers(), toy.GRID_STD),
    }[name]
    distance = np.linalg.norm(points[:, None] - centers, axis=2)
    nearest = distance.argmin(axis=1)
    counts = np.bincount(nearest, minlength=len(centers))
    assert counts.min() > 0.8 * len(points) / len(centers)
    offsets = points - centers[nearest]
    assert offsets.std() == pytest.approx(std, rel=0.02)


def test_the_rings_radius_and_the_grids_corners():
    np.testing.assert_allclose(np.linalg.norm(toy.ring_centers(), axis=1), 1)
    assert toy.grid_centers().min() == -4 and toy.grid_centers().max() == 4
    assert len(toy.grid_centers()) == 25


def test_moons_lie_on_two_half_circles():
    points = load_dataset("moons").train.astype(float)
    upper = np.abs(np.linalg.norm(points, axis=1) - 1)
    lower = np.abs(np.linalg.norm(points - [1, 0.5], axis=1) - 1)
    assert np.quantile(np.minimum(upper, lower), 0.999) < 4 * toy.MOONS_STD


def test_data_sets_are_the_same_each_time():
    for name in ("digits", "ring", "grid", "moons"):
        assert load_dataset(name).fingerprint() == load_dataset(name).fingerprint()
    assert load_dataset("ring").fingerprint() != load_dataset("moons").fingerprint()


def test_unknown_name():
    with pytest.raises(UserError, match="unknown data set 'mnits'"):
        load_dataset("mnits")
    assert {"digits", "mnist", "ring", "grid", "moons"} <= set(SOURCES)


def test_own_images(tmp_path, rng):
    images = rng.random((50, 6, 4)).astype(np.float32)
    np.save(tmp_path / "own.npy", images)
    data = load_dataset(str(tmp_path / "own.npy"))
    assert data.image_shape == (6, 4) and data.train.shape == (40, 24)
    assert len(data.validation) == len(data.test) == 5
    np.testing.assert_array_equal(data.test, images[45:].reshape(5, -1))
    pixels = (images * 255).astype(np.uint8)
    np.savez(tmp_path / "own.npz", train=pixels[:30], test=pixels[30:])
    data = load_dataset(str(tmp_path / "own.npz"))
    assert data.scale == 255 and len(data.train) == 27 and len(data.test) == 20


def bad_arrays():
    good = np.full((20, 4), 0.5)
    nan = good.copy()
    nan[3, 1] = np.nan
    inf = good.copy()
    inf[0, 0] = np.inf
    return {
        "nan": (
            nan,
            r"1 values that are not finite, the first one \(nan\) at \(3, 1\)",
        ),
        "inf": (inf, "not finite"),
        "range": (good * 4, r"from 2 to 2, expected \[0, 1\]"),
        "integers": (good.astype(int), "dtype int64"),
        "one_row": (good[:1], "at least 10"),
        "shape": (good.ravel(), "shape"),
        "text": (np.array([["a"] * 4] * 20), "dtype"),
        "objects": (np.array([[None] * 4] * 20), "never loaded"),
    }


@pytest.mark.parametrize("name", bad_arrays())
def test_bad_own_arrays(name, tmp_path):
    array, message = bad_arrays()[name]
    path = tmp_path / "own.npy"
    np.save(path, array, allow_pickle=True)
    with pytest.raises(UserError, match=message) as caught:
        load_dataset(str(path))
    assert "own.npy" in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"text"])
@pytest.mark.parametrize("suffix", ["npy", "npz"])
def test_damaged_own_files(content, suffix, tmp_path):
    path = tmp_path / f"own.{suffix}"
    path.write_bytes(content)
    with pytest.raises(UserError, match="cannot read"):
        load_dataset(str(path))


def test_own_file_must_exist_and_have_a_train_array(tmp_path):
    with pytest.raises(UserError, match="does not exist"):
        load_dataset(str(tmp_path / "none.npy"))
    np.savez(tmp_path / "own.npz", images=np.zeros((20, 4)))
    with pytest.raises(UserError, match="no array named 'train'"):
        load_dataset(str(tmp_path / "own.npz"))
    np.savez(tmp_path / "own.npz", train=np.zeros((20, 4)), test=np.zeros((20, 5)))
    with pytest.raises(UserError, match="differ"):
        load_dataset(str(tmp_path / "own.npz"))


def test_own_color_images_in_either_order(tmp_path, rng):
    images = rng.integers(0, 256, (30, 3, 6, 4), dtype=np.uint8)
    np.save(tmp_path / "first.npy", images)
    np.save(tmp_path / "last.npy", images.transpose(0, 2, 3, 1))
    first, last = (load_dataset(str(tmp_path / f"{n}.npy")) for n in ("first", "last"))
    assert first.image_shape == last.image_shape == (3, 6, 4)
    np.testing.assert_array_equal(first.train, images[:24].reshape(24, -1))
    np.testing.assert_array_equal(last.train, first.train)


def test_digits_are_read_without_an_import_of_seconds(monkeypatch):
    """The file of scikit-learn, or its function where the file is elsewhere."""
    code = "import sys; from gan_numpy.datasets import load_dataset as load;"
    code += "load('digits'); sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    here = digits.as_shipped()
    monkeypatch.setattr(digits, "find_spec", lambda name: None)
    for mine, theirs in zip(here, digits.as_shipped()):
        np.testing.assert_array_equal(mine, theirs)
        assert mine.dtype == theirs.dtype
