from __future__ import annotations

import gzip
import shutil

import numpy as np
import pytest

from gan_numpy.datasets import download, load_dataset, mnist
from gan_numpy.errors import UserError
from tests.datasets.test_idx import idx_bytes


@pytest.fixture
def folder(tmp_path, rng):
    """Sixty and twenty random images in MNIST's format, one file not gzipped."""
    for part, n in (("train", 60), ("t10k", 20)):
        images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        labels = rng.integers(0, 10, n, dtype=np.uint8)
        packed = gzip.compress(idx_bytes(images), 1)
        (tmp_path / f"{part}-images-idx3-ubyte.gz").write_bytes(packed)
        (tmp_path / f"{part}-labels.idx1-ubyte").write_bytes(idx_bytes(labels))
    return tmp_path


def test_splits_and_scaling(folder):
    data = load_dataset("mnist", folder)
    assert data.train.shape == (50, 784) and data.validation.shape == (10, 784)
    assert data.test.shape == (20, 784) and data.image_shape == (28, 28)
    assert data.train.dtype == np.uint8
    batch = data.scaled("train", np.array([3, 1]))
    assert batch.dtype == np.float32 and batch.max() <= 1
    np.testing.assert_allclose(batch[1], data.train[1] / 255, rtol=1e-6)
    assert len(data.labels["validation"]) == 10


def test_counts_must_agree(folder):
    (folder / "train-labels.idx1-ubyte").write_bytes(idx_bytes(np.zeros(59, np.uint8)))
    with pytest.raises(UserError, match="60 images.*59 labels"):
        load_dataset("mnist", folder)


def test_missing_files_and_directories(folder):
    with pytest.raises(UserError, match="none does not exist"):
        load_dataset("mnist", folder / "none")
    (folder / "t10k-images-idx3-ubyte.gz").unlink()
    with pytest.raises(UserError, match="lacks t10k-images-idx3-ubyte"):
        load_dataset("mnist", folder)


def test_found_in_the_data_folder_of_the_project(folder, tmp_path, monkeypatch):
    project = tmp_path / "project"
    shutil.copytree(folder, project / "data" / "mnist")
    monkeypatch.chdir(project)
    assert len(load_dataset("mnist").train) == 50


def test_verification_looks_at_the_content_not_the_archive(folder, monkeypatch):
    """Compressed anew, the content is the same; one changed pixel is not."""
    found = mnist.find(folder)
    sums = {name: mnist._sha256(path) for name, path in found.items()}
    monkeypatch.setattr(mnist, "SHA256", sums)
    path = found["t10k-images-idx3-ubyte"]
    content = gzip.decompress(path.read_bytes())
    path.write_bytes(gzip.compress(content, 9))
    assert all(mnist.verify(found).values())
    path.write_bytes(gzip.compress(content[:-1] + bytes([content[-1] ^ 1])))
    assert [n for n, same in mnist.verify(found).items() if not same] == [
        "t10k-images-idx3-ubyte"
    ]


class FakeMirror:
    """Stands in for pooch's downloader: `answers` maps an address to its content."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def __call__(self, **options):
        assert options["timeout"] and options["progressbar"]

        def download(url, output_file, pooch):
            import requests

            self.asked.append(url)
            if url not in self.answers:
                raise requests.ConnectionError("no such host")
            output_file = getattr(output_file, "name", output_file)
            with open(output_file, "wb") as file:
                file.write(self.answers[url])

        return download


def fetch(answers, target, monkeypatch):
    import pooch

    mirror = FakeMirror(answers)
    monkeypatch.setattr(pooch, "HTTPDownloader", mirror)
    monkeypatch.setattr(download, "RETRIES", 0)
    urls = ["https://one.invalid/x.gz", "https://two.invalid/x.gz"]
    download.fetch_verified(urls, target, "good", lambda path: path.read_text())
    return mirror


def test_download_falls_back_to_the_next_mirror(tmp_path, monkeypatch):
    target = tmp_path / "new" / "x.gz"
    mirror = fetch({"https://two.invalid/x.gz": b"good"}, target, monkeypatch)
    assert target.read_text() == "good" and len(mirror.asked) == 2
    assert list(target.parent.iterdir()) == [target]


def test_a_wrong_checksum_leaves_nothing_behind(tmp_path, monkeypatch):
    answers = {"https://one.invalid/x.gz": b"bad"}
    with pytest.raises(UserError, match="SHA-256 bad.*two.invalid") as caught:
        fetch(answers, tmp_path / "x.gz", monkeypatch)
    assert "\n" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_the_real_files(mnist_dir):
    assert all(mnist.verify(mnist.find(mnist_dir)).values())
    data = load_dataset("mnist", mnist_dir)
    assert (len(data.train), len(data.validation), len(data.test)) == (
        50_000,
        10_000,
    ) + (10_000,)
    assert data.labels["train"][:5].tolist() == [5, 0, 4, 1, 9]
