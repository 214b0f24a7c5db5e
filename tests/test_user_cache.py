"""Where the user's cache is, and what takes its place."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

import platformdirs
import pytest

from gan_numpy import cache
from gan_numpy.cache import say_once, storage


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A home folder, and temporary files, of the test's own."""
    home, temporary = tmp_path / "home", tmp_path / "temporary"
    for folder in (home, temporary):
        folder.mkdir()
    for name in ("GAN_NUMPY_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    return home


def temporary_folder() -> Path:
    (folder,) = Path(tempfile.gettempdir()).iterdir()
    return folder


def test_the_platforms_folder_by_default(home):
    found = storage()
    assert found.folder.is_dir() and home in found.folder.parents
    assert found == ([found.folder], found.folder, "")
    assert not list(Path(tempfile.gettempdir()).iterdir())


def test_the_folder_that_is_asked_for(home, tmp_path, monkeypatch):
    monkeypatch.setenv("GAN_NUMPY_CACHE", str(tmp_path / "a" / "b"))
    assert storage() == ([tmp_path / "a" / "b"], tmp_path / "a" / "b", "")
    assert storage(str(tmp_path / "c")).folder == tmp_path / "c"
    monkeypatch.chdir(tmp_path)
    assert storage("relative").folder == tmp_path / "relative"


def test_without_a_home_a_private_temporary_folder(home, monkeypatch):
    home.rmdir()
    found = storage()
    assert found.folder == temporary_folder()
    assert found.note == f"no home folder {home}, so kept in {found.folder}"
    assert not home.exists()
    if sys.platform != "win32":
        assert found.folder.stat().st_mode & 0o077 == 0


def test_a_user_without_any_home(home, monkeypatch):
    def nobodys(*args, **kwargs):
        return Path("~/.cache/gan_numpy")

    monkeypatch.setattr(platformdirs, "user_cache_path", nobodys)
    assert storage().note.startswith("no home folder, so kept in ")
    assert not Path("~").exists()


def test_what_a_home_holds_is_read_where_it_cannot_be_written(home, monkeypatch):
    usual = storage().folder
    monkeypatch.setattr(
        cache, "_refusal", lambda folder: "Read-only" if folder == usual else ""
    )
    found = storage()
    assert found.folders == [usual, found.folder]
    assert found.note == f"no cache in {usual} (Read-only), so kept in {found.folder}"


@pytest.mark.skipif(sys.platform == "win32", reason="owners and links of POSIX")
@pytest.mark.parametrize("trap", ["writable by all", "a link", "a file"])
def test_a_temporary_folder_that_another_may_have_made(home, tmp_path, trap):
    home.rmdir()
    folder = storage().folder
    folder.rmdir()
    if trap == "writable by all":
        folder.mkdir()
        folder.chmod(0o777)
    elif trap == "a link":
        (tmp_path / "trap").mkdir()
        folder.symlink_to(tmp_path / "trap")
    else:
        folder.touch()
    assert storage() == ([], None, f"no home folder {home}, so not kept")


@pytest.mark.parametrize("chosen", ["a file", "below a file", "nul \0 byte"])
def test_a_choice_that_cannot_be_is_not_overruled(home, tmp_path, chosen):
    (tmp_path / "a file").touch()
    path = tmp_path / chosen.replace("below a file", "a file/below")
    found = storage(str(path))
    assert found.folder is None and found.note.startswith(f"no cache in {path} (")
    assert found.note.endswith("), so not kept")
    assert not list(Path(tempfile.gettempdir()).iterdir())


def test_a_line_is_said_once(monkeypatch, capsys):
    monkeypatch.setattr(cache, "_said", set())
    for text, about in [("a", ""), ("a", ""), ("b: c", "c"), ("d: c", "c")]:
        say_once(text, about)
    assert capsys.readouterr().err == "a\nb: c\n"


@pytest.mark.parametrize("stream", ["none", "closed", "full"])
def test_a_line_that_nobody_can_hear(monkeypatch, capsys, stream):
    class Full(io.StringIO):
        def write(self, text):
            raise OSError("No space left on device")

    closed = io.StringIO()
    closed.close()
    streams = {"none": None, "closed": closed, "full": Full()}
    monkeypatch.setattr(sys, "stderr", streams[stream])
    monkeypatch.setattr(cache, "_said", set())
    say_once("unheard")
    assert capsys.readouterr().out == ""
