"""Compiled code: where it is kept, when it is used again, and what if it cannot be."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from numba.core import event

import gan_numpy
from gan_numpy import kernels
from gan_numpy.cache import Storage
from gan_numpy.kernels.native import compiled
from gan_numpy.kernels.native.jit import kernel

ANNOUNCEMENT = "compiling Numba kernels"
UPDATE = """
import numpy as np
from gan_numpy.kernels.native.updates import average_update
average = np.zeros(3)
average_update(average, np.ones(3), 0.5)
print(average.tolist())
"""
RESULT = "[0.5, 0.5, 0.5]\n"
# Not here: what a cache is chosen by, and how many threads there are.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name not in ("NUMBA_CACHE_DIR", "GAN_NUMPY_CACHE", "XDG_CACHE_HOME")
}


def start(site: Path, code: str = UPDATE, **environment: object) -> subprocess.Popen:
    """Run code in a fresh interpreter that imports the package from `site`."""
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", code],
        cwd=site,
        env=ENVIRONMENT | {name: str(value) for name, value in environment.items()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def update(site: Path, **environment: object) -> str:
    """What a process that updates an average, rightly, says on stderr."""
    process = start(site, **environment)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, RESULT), err
    return err


def listing(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.suffix != ".pyc"}


@pytest.fixture
def site(tmp_path):
    """A copy of what the kernels need, to be changed at will."""
    package = tmp_path / "site" / "gan_numpy"
    ignore = shutil.ignore_patterns("__pycache__")
    source = Path(gan_numpy.__file__).parent
    shutil.copytree(source / "kernels", package / "kernels", ignore=ignore)
    for name in ("__init__.py", "cache.py", "errors.py", "files.py"):
        shutil.copy(source / name, package)
    return package.parent


# -- whole processes -----------------------------------------------------------------


def test_kept_in_the_users_cache_until_a_source_changes(site, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    start(site, "import gan_numpy.kernels.native.updates").communicate()  # makes .pyc
    before = listing(site)
    assert update(site, HOME=home).count(ANNOUNCEMENT) == 1
    assert listing(site) == before, "compiled code beside the source"
    assert len(list(home.rglob("updates._average_piece-*"))) == 1

    tomorrow = time.time() + 24 * 3600
    for source in site.rglob("*.py"):
        os.utime(source, (tomorrow, tomorrow))
    assert update(site, HOME=home) == ""

    # No import leads from the updates to the exponential, but from others.
    exponential = site / "gan_numpy" / "kernels" / "native" / "exponential.py"
    exponential.write_text(exponential.read_text() + "# other\n")
    os.utime(exponential, (0, 0))
    assert update(site, HOME=home).count(ANNOUNCEMENT) == 1
    assert len(list(home.rglob("updates._average_piece-*"))) == 2


def test_two_processes_that_compile_at_once(site, tmp_path):
    folder = tmp_path / "numba"
    both = [start(site, NUMBA_CACHE_DIR=folder) for _ in range(2)]
    for process in both:
        assert process.communicate(timeout=300)[0] == RESULT
        assert process.returncode == 0
    assert update(site, NUMBA_CACHE_DIR=folder) == ""
    assert not list(folder.rglob(".*")), "temporary files"


def test_without_a_home_temporary_files_serve(site, tmp_path):
    nowhere = {"HOME": tmp_path / "missing", "TMPDIR": tmp_path}
    said = update(site, **nowhere)
    assert said.count("\n") == 1 and ANNOUNCEMENT in said
    assert f"no home folder {tmp_path / 'missing'}, so kept in {tmp_path}" in said
    assert not (tmp_path / "missing").exists()
    assert update(site, **nowhere) == ""


FULL = """
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))  # bytes: no code is so short
"""


@pytest.mark.parametrize("place", ["a file", "a full disk"])
def test_a_cache_that_cannot_be_written_costs_one_line(site, tmp_path, place):
    pytest.importorskip("resource")
    folder = tmp_path / "numba"
    if place == "a file":
        folder.touch()
    process = start(site, FULL + UPDATE, NUMBA_CACHE_DIR=folder)
    out, err = process.communicate(timeout=300)
    assert (out, err.count("\n")) == (RESULT, 1) and ANNOUNCEMENT in err
    assert ("not kept" in err) == (place == "a file")
    assert not folder.is_dir() or not [p for p in folder.rglob("*") if p.is_file()]


# -- one function --------------------------------------------------------------------


def triple(x):
    return 3 * x


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder for compiled code, in place of the user's."""
    folder = tmp_path / "compiled" / ("0" * 32)
    monkeypatch.setattr(compiled, "PLACE", Storage([folder], folder, ""))
    return folder


def compilations(argument=2.0):
    """Call a kernel, declared anew; how often Numba compiled for that."""
    with event.install_recorder("numba:compile") as recorder:
        assert kernel()(triple)(argument) == 3 * argument
    return sum(record.is_start for _, record in recorder.buffer)


def test_one_file_for_each_signature(folder):
    assert [compilations(), compilations(), compilations(2)] == [1, 0, 1]
    assert len(list(folder.iterdir())) == 2
    assert [compilations(), compilations(2)] == [0, 0]


def _flip(content, place):
    flipped = bytearray(content)
    flipped[place] ^= 1
    return bytes(flipped)


DAMAGE = {
    "empty": lambda content: b"",
    "truncated in its digest": lambda content: content[:20],
    "truncated": lambda content: content[: len(content) // 2],
    "longer": lambda content: content + b"\0",
    "one bit of the digest": lambda content: _flip(content, 3),
    "one bit of the code": lambda content: _flip(content, len(content) // 2),
    "something else": lambda content: b"\x80\x04N." * 100,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_code_is_compiled_anew(folder, damage, capfd):
    compilations()
    (path,) = folder.iterdir()
    content = path.read_bytes()
    path.write_bytes(DAMAGE[damage](content))
    assert compilations() == 1
    assert compiled._read(path), "a whole file took its place"
    assert compilations() == 0
    assert capfd.readouterr().err == ""


def test_a_pickle_that_cannot_be_read_is_compiled_anew(folder):
    compilations()
    (path,) = folder.iterdir()
    compiled._write(path, b"not a pickle, but whole")
    assert [compilations(), compilations()] == [1, 0]


@pytest.mark.parametrize("obstacle", ["the file", "the folder"])
def test_something_else_in_its_place(folder, obstacle):
    compilations()
    (path,) = folder.iterdir()
    if obstacle == "the file":
        path.unlink()
        path.mkdir()
    else:
        shutil.rmtree(folder)
        folder.touch()
    assert [compilations(), compilations()] == [1, 1]


def test_a_folder_that_vanishes_is_made_again(folder):
    compilations()
    shutil.rmtree(folder.parent)
    assert [compilations(), compilations()] == [1, 0]


def test_a_closure_is_no_kernel():
    factor = 3
    with pytest.raises(TypeError, match="closure"):
        kernel()(lambda x: factor * x)


# -- what makes code outdated, and what becomes of it --------------------------------


def test_every_source_and_setting_counts(tmp_path, monkeypatch):
    sources = tmp_path / "kernels"
    shutil.copytree(Path(kernels.__file__).parent, sources)
    seen = {compiled.origin(sources)}
    for source in sorted(sources.rglob("*.py")):
        source.write_bytes(source.read_bytes() + b"\n")
        seen.add(compiled.origin(sources))
    assert len(seen) == 1 + len(list(sources.rglob("*.py")))
    monkeypatch.setenv("NUMBA_NUM_THREADS", "77")
    assert compiled.origin(sources) in seen
    monkeypatch.setenv("NUMBA_BOUNDSCHECK", "1")
    assert compiled.origin(sources) not in seen


def test_code_that_nothing_has_used_for_long_is_deleted(tmp_path):
    old = time.time() - (compiled.KEPT_DAYS + 1) * 24 * 3600
    names = {"mine": "a" * 32, "old": "b" * 32, "young": "c" * 32, "other": "notes"}
    for name in names.values():
        (tmp_path / name).mkdir()
        (tmp_path / name / "code").touch()
    (tmp_path / ("d" * 32)).symlink_to(tmp_path / "notes")
    for name in ("mine", "old", "other"):
        os.utime(tmp_path / names[name], (old, old))
    compiled.prune(tmp_path, keep=names["mine"])
    left = {path.name for path in tmp_path.iterdir()}
    assert left == set(names.values()) - {names["old"]} | {"d" * 32}
    assert (tmp_path / "notes" / "code").exists()


def test_use_keeps_code_young(folder):
    compilations()
    os.utime(folder, (0, 0))
    compiled._mark_as_used.cache_clear()
    compilations()
    assert folder.stat().st_mtime > time.time() - 3600


def test_for_one_thread_nothing_parallel_is_compiled(site):
    """That takes several times as long; small networks never need it."""
    code = """
import numba
import numpy as np
from gan_numpy.kernels.native import updates
numba.set_num_threads(1)
average = np.zeros(1 << 20)
updates.average_update(average, np.ones(1 << 20), 0.5)
ways = updates._average.alone, updates._average.shared
print(average.min() == average.max() == 0.5, [bool(w.signatures) for w in ways])
"""
    process = start(site, code)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, out) == (0, "True [True, False]\n"), err
