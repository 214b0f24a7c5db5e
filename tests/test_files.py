import os
import stat

import pytest

from gan_numpy.errors import UserError
from gan_numpy.files import make_directory, write_atomically, write_text


def test_writes_and_replaces(tmp_path):
    write_text(tmp_path / "a", "one")
    write_text(tmp_path / "a", "two ±")
    assert (tmp_path / "a").read_text(encoding="utf-8") == "two ±"
    assert os.listdir(tmp_path) == ["a"]


def test_permissions_are_the_usual_ones(tmp_path):
    write_text(tmp_path / "a", "")
    (tmp_path / "b").touch()
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == stat.S_IMODE(
        (tmp_path / "b").stat().st_mode
    )


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyError()])
def test_a_failure_leaves_the_old_file_and_no_litter(error, tmp_path):
    write_text(tmp_path / "a", "old")

    def fail(file):
        file.write(b"half of the new")
        raise error

    expected = UserError if isinstance(error, OSError) else KeyError
    with pytest.raises(expected):
        write_atomically(tmp_path / "a", fail)
    assert (tmp_path / "a").read_text() == "old" and os.listdir(tmp_path) == ["a"]


def test_a_directory_in_the_way(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="cannot write"):
        write_text(tmp_path / "file" / "a", "")
    with pytest.raises(UserError, match="cannot create"):
        make_directory(tmp_path / "file" / "a")
