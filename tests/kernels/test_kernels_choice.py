"""Choosing an implementation, and what the first use of one costs and says."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import gan_numpy
from gan_numpy import kernels

ROOT = Path(gan_numpy.__file__).parents[1]
ANNOUNCEMENT = "compiling Numba kernels"
UPDATE = """
import numpy as np
from gan_numpy.kernels import fused
average = np.zeros(3)
fused.average_update(average, np.ones(3), 0.5)
print(average.tolist())
"""


def python(code, cwd=ROOT, **environment):
    """Run code in a fresh interpreter that imports the package from `cwd`."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=cwd,
        env=os.environ | {name: str(value) for name, value in environment.items()},
        capture_output=True,
        text=True,
        check=True,
    )


def test_import_does_not_load_numba():
    code = "import sys, gan_numpy.kernels; print('numba' in sys.modules)"
    assert python(code).stdout == "False\n"


def test_every_operation_exists_in_every_implementation():
    for name in kernels.IMPLEMENTATIONS:
        for operation in kernels.OPERATIONS:
            with kernels.use_kernels(name):
                assert callable(getattr(kernels, operation))


def test_use_kernels_is_for_a_block():
    before = kernels.active_kernels()
    for name in kernels.IMPLEMENTATIONS:
        with kernels.use_kernels(name):
            assert kernels.active_kernels() == name
            assert kernels.affine is kernels.implementation(name).affine
    assert kernels.active_kernels() == before


def test_environment_variable(monkeypatch):
    monkeypatch.setenv("GAN_NUMPY_KERNELS", "reference")
    assert kernels.active_kernels() == "reference"
    monkeypatch.setenv("GAN_NUMPY_KERNELS", "fast")
    with pytest.raises(ValueError, match="unknown kernels 'fast'"):
        kernels.active_kernels()


def test_unknown_names():
    with pytest.raises(ValueError, match="unknown kernels"):
        with kernels.use_kernels("fast"):
            pass
    with pytest.raises(AttributeError):
        kernels.no_such_operation


@pytest.fixture
def installation(tmp_path):
    """A copy of the package beside which nothing can be written, even by root."""
    package = tmp_path / "site" / "gan_numpy"
    source = Path(kernels.__file__).parent
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(source, package / "kernels", ignore=ignore)
    (package / "__init__.py").touch()
    (package / "kernels" / "native" / "__pycache__").touch()
    return package.parent


def test_read_only_installation_uses_the_cache_of_the_user(installation, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    places = {"HOME": home, "XDG_CACHE_HOME": home, "NUMBA_CACHE_DIR": ""}
    first = python(UPDATE, installation, **places)
    assert first.stdout == "[0.5, 0.5, 0.5]\n"
    assert first.stderr.count(ANNOUNCEMENT) == 1
    assert list(home.rglob("*.nbi"))
    second = python(UPDATE, installation, **places)
    assert second.stdout == first.stdout
    assert second.stderr == ""


def test_works_where_nothing_can_be_written(installation):
    nowhere = {"HOME": os.devnull, "XDG_CACHE_HOME": os.devnull, "NUMBA_CACHE_DIR": ""}
    result = python(UPDATE, installation, **nowhere)
    assert result.stdout == "[0.5, 0.5, 0.5]\n"
    assert result.stderr.count(ANNOUNCEMENT) == 1


def test_code_older_than_its_intrinsics_is_forgotten(tmp_path):
    from gan_numpy.kernels.native.jit import forget_outdated_code

    cache = tmp_path / "__pycache__"
    cache.mkdir()
    ages = {"registers.py": 50, "exponential.py": 100}
    for name, age in (ages | {"__pycache__/old.nbi": 99}).items():
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (age, age))
    (cache / "new.nbi").touch()
    forget_outdated_code(tmp_path)
    assert [path.name for path in cache.iterdir()] == ["new.nbi"]
