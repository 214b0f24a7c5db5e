"""Malformed IDX files: each gives one line that names the file."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from gan_numpy.datasets import content, idx
from gan_numpy.datasets.content import read_content
from gan_numpy.errors import UserError


def idx_bytes(array: np.ndarray, code: int = 8) -> bytes:
    header = bytes([0, 0, code, array.ndim]) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return header + array.tobytes()


IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_a_good_file_is_read_gzipped_or_not_whatever_its_name(pack, tmp_path):
    path = tmp_path / "images"
    path.write_bytes(pack(idx_bytes(IMAGES)))
    np.testing.assert_array_equal(idx.parse(read_content(path), path, 3), IMAGES)


def broken_files():
    good = idx_bytes(IMAGES)
    huge = bytes([0, 0, 8, 3]) + struct.pack(">3I", 4_000_000_000, 250, 1)
    floats = bytes([0, 0, 0x0D, 3]) + good[4:]
    return {
        "empty": (b"", "is empty"),
        "wrong_magic": (b"\x89PNG" + good, "is not an IDX file"),
        "wrong_type": (floats, "is not an IDX file"),
        "labels_for_images": (idx_bytes(np.zeros(9, np.uint8)), "3 dimension"),
        "ends_in_header": (good[:10], "ends within its IDX header"),
        "truncated": (good[:-1], "claims 2 x 3 x 4 bytes of data, the file holds 23"),
        "too_long": (good + b"x", "the file holds 25"),
        "claims_a_trillion": (huge + good, "claims 4,000,000,000 x 250 x 1"),
        "truncated_gzip": (gzip.compress(good)[:-9], "truncated or damaged gzip"),
        "damaged_gzip": (
            gzip.compress(good)[:12] + b"\xff" + gzip.compress(good)[13:],
            "truncated or damaged gzip",
        ),
        "gzip_header_only": (b"\x1f\x8b", "truncated or damaged gzip"),
    }


@pytest.mark.parametrize("name", broken_files())
def test_broken_files_are_refused_in_one_line(name, tmp_path):
    broken, message = broken_files()[name]
    path = tmp_path / "images.gz"
    path.write_bytes(broken)
    with pytest.raises(UserError, match=message) as caught:
        idx.parse(read_content(path), path, 3)
    assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_a_directory_and_a_missing_file(tmp_path):
    with pytest.raises(UserError, match="is a directory"):
        read_content(tmp_path)
    with pytest.raises(UserError, match="No such file"):
        read_content(tmp_path / "none")


def test_a_stream_without_end_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(content, "LARGEST", 1000)
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(bytes(10_000_000)))
    with pytest.raises(UserError, match="more than 1,000 bytes"):
        read_content(path)
