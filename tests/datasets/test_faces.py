"""Olivetti and TFD: MATLAB files, made up and real."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.io import savemat

from gan_numpy.datasets import load_dataset, olivetti, tfd
from gan_numpy.errors import UserError


@pytest.fixture
def faces(rng):
    """400 made-up images, (400, 64, 64)."""
    return rng.integers(0, 256, (400, 64, 64), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path, faces):
    columns = faces.transpose(0, 2, 1).reshape(400, -1).T  # pixels column by column
    savemat(tmp_path / olivetti.FILE, {"faces": columns}, do_compression=True)
    return tmp_path


def test_eight_of_ten_images_of_each_person_train(folder, faces):
    data = load_dataset("olivetti", folder)
    assert data.image_shape == (64, 64)
    people = faces.reshape(40, 10, -1)
    np.testing.assert_array_equal(data.train, people[:, :8].reshape(320, -1))
    np.testing.assert_array_equal(data.validation, people[:, 8])
    np.testing.assert_array_equal(data.test, people[:, 9])
    assert data.labels["train"].tolist() == np.repeat(np.arange(40), 8).tolist()
    assert data.labels["test"].tolist() == list(range(40))


def test_half_the_size_is_the_mean_of_four_pixels(folder, faces):
    data = load_dataset("olivetti-32", folder)
    sums = faces.reshape(400, 32, 2, 32, 2).sum(axis=(2, 4), dtype=int)
    expected = ((sums + 2) // 4).reshape(40, 10, -1)[:, 9]
    np.testing.assert_array_equal(data.test, expected)


def test_three_quarters_of_the_size_is_the_mean_over_the_area(faces):
    """Against every old pixel cut into nine, 192x192, and 4x4 of them averaged."""
    fine = faces[:5].repeat(3, axis=1).repeat(3, axis=2)
    sums = fine.reshape(5, 48, 4, 48, 4).sum(axis=(2, 4), dtype=int)
    expected = (sums + 8) // 16
    np.testing.assert_array_equal(olivetti.shrink(faces[:5], 48), expected)


def test_the_real_faces(shared_data):
    path = shared_data("olivetti")
    data = load_dataset("olivetti-48", path)
    assert data.train.shape == (320, 48 * 48)
    assert olivetti.verify(olivetti.find(path)) == {olivetti.FILE: True}
    # The first pixels that scikit-learn's copy is known by, divided by the largest.
    full = load_dataset("olivetti", path)
    np.testing.assert_allclose(
        full.train[0, :4] / 242, [0.30991736, 0.3677686, 0.41735537, 0.44214876], 1e-6
    )
    people = data.train.reshape(40, 8, -1).astype(float)
    own = np.linalg.norm(people[:, 1] - people[:, 0], axis=1).mean()
    other = np.linalg.norm(people[1:, 0] - people[:-1, 0], axis=1).mean()
    assert own < 0.8 * other


def test_one_changed_pixel_is_noticed(folder, faces):
    assert olivetti.verify(olivetti.find(folder)) == {olivetti.FILE: False}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot read .* as a MATLAB file"),
        (b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM", "cannot"),
        (b"\x89PNG" + bytes(500), "cannot read"),
    ],
)
def test_damaged_files(content, message, tmp_path):
    (tmp_path / olivetti.FILE).write_bytes(content)
    with pytest.raises(UserError, match=message) as caught:
        load_dataset("olivetti", tmp_path)
    assert olivetti.FILE in str(caught.value) and "\n" not in str(caught.value)


def test_a_truncated_file(folder):
    path = folder / olivetti.FILE
    content = path.read_bytes()
    for size in (200, len(content) // 2, len(content) - 10):
        path.write_bytes(content[:size])
        with pytest.raises(UserError, match="cannot read|no variable") as caught:
            load_dataset("olivetti", folder)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"pixels": np.ones((4096, 400))}, "no variable named 'faces'"),
        ({"faces": np.ones((400, 4096))}, r"shape \(400, 4096\), expected \(4096, 400"),
        ({"faces": np.full((4096, 400), 0.5)}, "from 0.5 to 0.5, expected whole"),
        ({"faces": np.full((4096, 400), np.nan)}, "expected whole numbers"),
        ({"faces": "text"}, "not an array of numbers"),
    ],
)
def test_wrong_content(arrays, message, tmp_path):
    savemat(tmp_path / olivetti.FILE, arrays)
    with pytest.raises(UserError, match=message):
        load_dataset("olivetti", tmp_path)


@pytest.fixture
def toronto(tmp_path, rng):
    """A made-up file in TFD's layout: 30 unlabeled and 20 labeled images."""
    arrays = {
        "images": rng.integers(0, 256, (50, 48, 48), dtype=np.uint8),
        "folds": np.zeros((50, 5), dtype=np.uint8),
        "labs_ex": np.full((50, 1), -1, dtype=np.int16),
    }
    for fold in range(5):
        arrays["folds"][30:, fold] = np.roll(np.repeat([1, 1, 2, 3], 5), fold)
    arrays["labs_ex"][30:, 0] = 1 + np.arange(20) % 7
    savemat(tmp_path / tfd.FILE, arrays)
    return tmp_path, arrays


@pytest.mark.parametrize(("name", "fold"), [("tfd", 0), ("tfd-5", 4)])
def test_unlabeled_images_train_and_the_fold_says_what_tests(toronto, name, fold):
    folder, arrays = toronto
    data = load_dataset(name, folder)
    assert data.name == name and data.image_shape == (48, 48) and data.scale == 255
    flat, folds = arrays["images"].reshape(50, -1), arrays["folds"][:, fold]
    np.testing.assert_array_equal(data.train, flat[:30])
    np.testing.assert_array_equal(data.validation, flat[folds == 2])
    np.testing.assert_array_equal(data.test, flat[folds == 3])
    assert data.labels["test"].tolist() == [
        label - 1 for label in arrays["labs_ex"][folds == 3, 0]
    ]
    assert "train" not in data.labels


def test_how_to_get_it_is_said(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for folder, place in ((None, "data/tfd"), (tmp_path, str(tmp_path))):
        with pytest.raises(UserError, match="owner's permission") as caught:
            load_dataset("tfd", folder)
        assert f"put it into {place};" in str(caught.value)
        assert tfd.FILE in str(caught.value)


def test_other_layouts_are_refused(toronto):
    folder, arrays = toronto
    for name, value, message in (
        ("images", arrays["images"].reshape(50, -1), r"expected \(N, 48, 48\)"),
        ("folds", arrays["folds"][:, :3], r"'folds' has shape \(50, 3\)"),
        ("folds", arrays["folds"] * 0, "no images of code 2"),
        ("labs_ex", arrays["labs_ex"] * 0, "not 1 to 7"),
    ):
        savemat(folder / tfd.FILE, arrays | {name: value})
        with pytest.raises(UserError, match=message):
            load_dataset("tfd", folder)
