"""Files in folders of their own names, damaged downloads, masks stored as pixels."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from gan_numpy.cli import main
from gan_numpy.datasets import load_dataset, mnist
from gan_numpy.errors import UserError
from tests.datasets.test_idx import idx_bytes

HTML = b"<!DOCTYPE html>\n<title>404 Not Found</title>\n"


def contents_of(name: str) -> bytes:
    """Small files of MNIST's format, the same at each call."""
    rng = np.random.default_rng(3)
    n = 60 if name.startswith("train") else 20
    shape = (n, 6, 6) if "images" in name else (n,)
    return idx_bytes(rng.integers(0, 10, shape, dtype=np.uint8))


@pytest.fixture
def folder(tmp_path):
    """Four plain files, the originals as far as checksums go."""
    for name in mnist.SHA256:
        (tmp_path / name).write_bytes(contents_of(name))
    return tmp_path


@pytest.fixture
def originals(folder, monkeypatch):
    """The checksums of these files are the known ones; a mirror delivers them."""
    found = mnist.find(folder)
    monkeypatch.setattr(
        mnist, "SHA256", {n: mnist._sha256(p) for n, p in found.items()}
    )
    fetched = []

    def deliver(urls, target, checksum, digest):
        fetched.append(target.name)
        name = target.name.removesuffix(".gz")
        target.write_bytes(gzip.compress(contents_of(name)))

    monkeypatch.setattr(mnist, "fetch_verified", deliver)
    return fetched


@pytest.mark.parametrize(
    "inner", ["train-images-idx3-ubyte", "train-images.idx3-ubyte"]
)
def test_a_file_in_a_folder_of_its_own_name(inner, folder):
    path = folder / "train-images-idx3-ubyte"
    content = path.read_bytes()
    path.unlink()
    path.mkdir()
    (path / inner).write_bytes(content)
    assert len(load_dataset("mnist", folder).train) == 50


def test_a_folder_beside_the_file(folder):
    (folder / "train-images-idx3-ubyte").rename(folder / "train-images.idx3-ubyte")
    (folder / "train-images-idx3-ubyte").mkdir()
    assert len(load_dataset("mnist", folder).train) == 50


def test_a_folder_and_no_file_is_named(folder):
    (folder / "train-images-idx3-ubyte").unlink()
    (folder / "train-images-idx3-ubyte").mkdir()
    with pytest.raises(UserError, match="is a directory"):
        load_dataset("mnist", folder)


@pytest.mark.parametrize("damage", [HTML, b"", None])
def test_fetch_repairs_what_is_damaged(damage, folder, originals, capsys):
    path = folder / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:-5] if damage is None else damage)
    assert main(["data", "fetch", "mnist", "--data-dir", str(folder)]) == 0
    assert originals == ["t10k-images-idx3-ubyte.gz"] and not path.exists()
    assert "4 files" in capsys.readouterr().out
    assert set(mnist.verify(mnist.find(folder)).values()) == {True}


def test_fetch_leaves_sound_files_of_other_images_alone(folder, originals, capsys):
    path = folder / "t10k-images-idx3-ubyte"
    other = idx_bytes(np.zeros((20, 6, 6), np.uint8))
    path.write_bytes(other)
    assert main(["data", "fetch", "mnist", "--data-dir", str(folder)]) == 0
    assert originals == [] and path.read_bytes() == other
    assert "not the original's" in capsys.readouterr().out


def test_verify_names_every_damaged_file(folder, originals, capsys):
    for name in ("train-images-idx3-ubyte", "t10k-labels-idx1-ubyte"):
        (folder / name).write_bytes(HTML)
    (folder / "train-labels-idx1-ubyte").write_bytes(idx_bytes(np.ones(60, np.uint8)))
    assert main(["data", "verify", "mnist", "--data-dir", str(folder)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == [
        "DAMAGED",
        "DIFFERENT",
        "ok",
        "DAMAGED",
    ]


def test_fetching_all_without_a_network_is_a_failure(tmp_path, monkeypatch, capsys):
    from gan_numpy.datasets import cifar10, olivetti

    def fail(urls, target, checksum, digest):
        raise UserError(f"could not download {target.name}")

    for module in (mnist, cifar10, olivetti):
        monkeypatch.setattr(module, "fetch_verified", fail)
    monkeypatch.chdir(tmp_path)
    assert main(["data", "fetch"]) == 1
    assert capsys.readouterr().err.count("could not download") == 3


def test_masks_stored_as_pixels_get_a_note(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GAN_NUMPY_KERNELS", "reference")
    np.save("masks.npy", np.eye(20, 4, dtype=np.uint8))
    sizes = ("generator_units=2", "discriminator_units=2", "batch_size=5")
    words = [word for size in sizes for word in ("--set", size)]
    words += ["--data", "masks.npy", "--epochs", "1", "--quiet", "--out", "r"]
    assert main(["train", *words]) == 0
    assert "note: masks holds bytes of 0 and 1 only" in capsys.readouterr().err


def test_one_channel_at_the_end_is_refused(tmp_path):
    np.save(tmp_path / "a.npy", np.zeros((20, 6, 6, 1), np.float32))
    with pytest.raises(UserError, match=r"shape \(20, 6, 6, 1\), expected"):
        load_dataset(str(tmp_path / "a.npy"))
