"""CIFAR-10's binary records: layout, splits, and what is refused."""

from __future__ import annotations

import gzip
import io
import tarfile

import numpy as np
import pytest

from gan_numpy.datasets import cifar10, load_dataset
from gan_numpy.errors import UserError


def record_bytes(images: np.ndarray, labels: np.ndarray) -> bytes:
    """Records as the format's own description has them, pixel by pixel."""
    out = bytearray()
    for image, label in zip(images, labels):
        out.append(label)
        for channel in image:
            for row in channel:
                out += row.tobytes()
    return bytes(out)


@pytest.fixture
def images(rng):
    return rng.integers(0, 256, (25, 3, 32, 32), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path, images, rng):
    """Training files of ten and five images, one gzipped, and a test file of ten."""
    labels = np.arange(25, dtype=np.uint8) % 10
    first, second = record_bytes(images[:10], labels[:10]), record_bytes(
        images[10:15], labels[10:15]
    )
    (tmp_path / "data_batch_1.bin").write_bytes(first)
    (tmp_path / "data_batch_3.bin.gz").write_bytes(gzip.compress(second))
    (tmp_path / "test_batch.bin").write_bytes(record_bytes(images[15:], labels[15:]))
    return tmp_path


def test_the_last_fifth_validates_and_channels_come_first(folder, images):
    data = load_dataset("cifar10", folder)
    assert data.image_shape == (3, 32, 32) and data.scale == 255
    assert (len(data.train), len(data.validation), len(data.test)) == (12, 3, 10)
    rows = np.concatenate([data.train, data.validation, data.test])
    np.testing.assert_array_equal(rows.reshape(images.shape), images)
    assert data.labels["validation"].tolist() == [2, 3, 4]
    assert data.labels["test"].tolist() == [5, 6, 7, 8, 9, 0, 1, 2, 3, 4]


def test_the_same_from_the_archive(folder, tmp_path, images):
    """The archive is read as it is; nothing is unpacked."""
    place = tmp_path / "other"
    place.mkdir()
    parts = np.array_split(images[:15], 5)
    with tarfile.open(place / cifar10.ARCHIVE, "w:gz") as archive:
        for name, part in zip((*cifar10.TRAINING, cifar10.TEST), [*parts, images[15:]]):
            content = record_bytes(part, np.zeros(len(part), np.uint8))
            info = tarfile.TarInfo(f"{cifar10.UNPACKED}/{name}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    data = load_dataset("cifar10", place)
    assert [p.name for p in place.iterdir()] == [cifar10.ARCHIVE]
    np.testing.assert_array_equal(data.train, load_dataset("cifar10", folder).train)
    assert cifar10.verify(cifar10.find(place)) == {cifar10.ARCHIVE: False}
    (place / cifar10.ARCHIVE).write_bytes(
        (place / cifar10.ARCHIVE).read_bytes()[:-5000]
    )
    with pytest.raises(UserError, match="truncated or damaged archive"):
        load_dataset("cifar10", place)


def broken():
    good = record_bytes(
        np.zeros((10, 3, 32, 32), np.uint8), np.arange(10, dtype=np.uint8)
    )
    return {
        "truncated": (good[:-1], "30,729 bytes, not a whole number of records"),
        "empty": (b"", "holds 0 bytes"),
        "label": (good[:3073] + b"\x0a" + good[3074:], "record 1 has label 10"),
        "damaged_gzip": (gzip.compress(good)[:-9], "truncated or damaged gzip"),
        "few": (good[: 3 * 3073], "3 images only"),
    }


@pytest.mark.parametrize("name", broken())
def test_broken_files_are_refused_in_one_line(name, tmp_path, folder):
    content, message = broken()[name]
    (folder / "data_batch_3.bin.gz").unlink()
    path = folder / "data_batch_1.bin"
    path.write_bytes(content)
    with pytest.raises(UserError, match=message) as caught:
        load_dataset("cifar10", folder)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize("name", cifar10.PICKLED)
def test_the_pickled_version_is_named_and_never_read(name, tmp_path):
    (tmp_path / name).write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    with pytest.raises(UserError, match="pickled version.*cifar-10-binary") as caught:
        load_dataset("cifar10", tmp_path)
    assert name in str(caught.value)


def test_missing_files(tmp_path, folder):
    with pytest.raises(UserError, match="does not exist"):
        load_dataset("cifar10", tmp_path / "none")
    (folder / "test_batch.bin").unlink()
    with pytest.raises(UserError, match="lacks .*data fetch cifar10"):
        load_dataset("cifar10", folder)


def test_normalized_contrast_and_its_display(folder):
    """Mean 0 and length 55, as `gcn: 55.` of the paper's recipe; shown in [0, 1]."""
    data = load_dataset("cifar10-gcn", folder)
    values = data.scaled("test", dtype=np.float64)
    np.testing.assert_allclose(values.mean(axis=1), 0, atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(values, axis=1), 55)
    assert data.scaled("train").dtype == np.float32
    shown = data.display(values)
    assert 0 <= shown.min() and shown.max() <= 1
    plain = load_dataset("cifar10", folder).scaled("test", dtype=np.float64)
    for a, b in zip(shown, plain):
        assert np.corrcoef(a, b)[0, 1] > 0.99


def test_loose_files_have_no_known_checksum(folder):
    found = cifar10.find(folder)
    assert list(found) == ["data_batch_1.bin", "data_batch_3.bin", "test_batch.bin"]
    assert set(cifar10.verify(found).values()) == {None}


def test_real_records(shared_data):
    """10,000 training images in one file: 8,000 train, and pictures look smooth."""
    data = load_dataset("cifar10", shared_data("cifar10-jpeg"))
    assert (len(data.train), len(data.validation), len(data.test)) == (8000, 2000, 1000)
    images = data.train[:500].reshape(-1, 3, 32, 32).astype(float)
    beside = np.abs(np.diff(images, axis=3)).mean()
    channels = np.abs(np.diff(images, axis=1)).mean()
    assert beside < 20 and channels < 40  # wrong order: about 60 to 80
    assert set(data.labels["train"]) == set(range(10))
