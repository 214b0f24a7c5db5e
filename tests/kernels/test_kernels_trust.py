"""Compiled code comes only from where no other user can have put it."""

from __future__ import annotations

import os
import stat

import pytest

from gan_numpy.kernels.native import compiled
from gan_numpy.kernels.native.trust import distrust

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="modes of POSIX")
NOBODY = 12345


@pytest.fixture
def place(tmp_path):
    """The folder of the code, in one that stands for the cache."""
    place = tmp_path / "cache" / "gan_numpy-kernels" / "0"
    assert distrust(place) == ""
    return place


def give_away(path):
    if os.geteuid() != 0:
        pytest.skip("only root can give a folder to somebody")
    os.chown(path, NOBODY, NOBODY)


def test_what_is_missing_is_made_for_its_user_alone(tmp_path, place):
    umask = os.umask(0)
    try:
        assert distrust(tmp_path / "other" / "place") == ""
    finally:
        os.umask(umask)
    made = (place, place.parent, tmp_path / "other", tmp_path / "other" / "place")
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in made} == {0o700}


@pytest.mark.parametrize("mode", [0o777, 0o702, 0o1777])
def test_a_folder_that_others_can_write_into(place, mode):
    place.chmod(mode)
    assert distrust(place) == f"others can write into {place}: chmod go-w"


@pytest.mark.parametrize("mode, trusted", [(0o777, False), (0o1777, True)])
@pytest.mark.parametrize("steps", [1, 2])
def test_a_folder_above_it_in_which_it_could_be_replaced(place, steps, mode, trusted):
    above = place.parents[steps - 1]
    above.chmod(mode)
    assert (distrust(place) == "") == trusted
    assert trusted or str(above) in distrust(place)


def test_a_group_of_others_and_the_users_own(place, monkeypatch):
    place.chmod(0o770)
    group = place.stat().st_gid
    monkeypatch.setattr(os, "geteuid", lambda: place.stat().st_uid)
    monkeypatch.setattr(os, "getegid", lambda: group + 1)
    assert "others can write" in distrust(place)
    monkeypatch.setattr(os, "getegid", lambda: group)
    assert (distrust(place) == "") == (group == place.stat().st_uid)


def test_a_folder_of_somebody_else(place):
    give_away(place)
    assert distrust(place) == f"another user owns {place}"


def test_a_folder_above_it_of_somebody_else(place):
    give_away(place.parents[1])
    assert distrust(place) == f"another user owns {place.parents[1]}"


def test_a_link_is_followed_to_where_it_leads(tmp_path, place):
    (tmp_path / "link").symlink_to(place)
    assert distrust(tmp_path / "link") == ""
    place.chmod(0o777)
    assert str(place) in distrust(tmp_path / "link")


def test_a_file_of_somebody_else_is_not_read(place):
    compiled._write(place / "code", b"code")
    assert compiled._read(place / "code") == b"code"
    give_away(place / "code")
    assert compiled._read(place / "code") is None


@pytest.fixture
def settled(monkeypatch):
    """What a process settles that starts now."""

    def settle(**environment):
        for name in ("NUMBA_CACHE_DIR", "GAN_NUMPY_CACHE"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, str(value))
        return compiled._place()

    return settle


@pytest.mark.parametrize("name", ["NUMBA_CACHE_DIR", "GAN_NUMPY_CACHE"])
def test_a_choice_that_cannot_be_trusted_is_not_used(tmp_path, settled, name):
    (tmp_path / "all").mkdir()
    (tmp_path / "all").chmod(0o777)
    found = settled(**{name: tmp_path / "all"})
    assert found.folder is None and found.folders == []
    assert found.note == (
        f"no cache in {tmp_path / 'all'} (others can write into {tmp_path / 'all'}:"
        " chmod go-w), so not kept"
    )
    (tmp_path / "all").chmod(0o755)
    found = settled(**{name: tmp_path / "all"})
    assert found.note == "" and (tmp_path / "all") in found.folder.parents


def test_a_users_cache_that_cannot_be_trusted(tmp_path, settled, monkeypatch):
    """The private folder among the temporary files takes its place."""
    cache, temporary = tmp_path / "xdg", tmp_path / "temporary"
    for folder in (cache, temporary):
        folder.mkdir()
    cache.chmod(0o777)
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    found = settled(XDG_CACHE_HOME=cache, HOME=tmp_path)
    if cache not in found.folder.parents and "others can write" in found.note:
        assert found.folders == [found.folder] and temporary in found.folder.parents
    else:  # a platform that does not look there
        assert found.note == ""


def test_what_is_settled_is_what_was_looked_at(tmp_path, settled):
    """A link that leads elsewhere later leads nobody there."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to("one")
    found = settled(NUMBA_CACHE_DIR=tmp_path / "link")
    assert (tmp_path / "one") in found.folder.parents
