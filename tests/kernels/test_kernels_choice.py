"""Choosing an implementation, and what the first use of one costs and says."""

import os
import shutil
import subprocess
import sys
from importlib import import_module
from inspect import signature
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


def home(implementation, operation):
    """The module that must hold an operation of an implementation."""
    place = kernels.IMPLEMENTATIONS[implementation]
    return import_module(place.format(file=kernels.OPERATIONS[operation]))


@pytest.mark.parametrize("operation", kernels.OPERATIONS)
@pytest.mark.parametrize("name", kernels.IMPLEMENTATIONS)
def test_every_operation_is_defined_in_every_implementation(name, operation):
    module = home(name, operation)
    function = vars(module).get(operation)
    assert callable(function), f"{module.__name__} has no {operation}"
    if name != "fused":  # which takes some as they are: the next test
        assert function.__module__ == module.__name__, "taken from elsewhere"
        assert function.__name__ == operation


def test_what_is_inherited():
    """The fused set says what it takes from others; there is nothing else."""
    ours = kernels.implementation("fused")
    inherited = {
        (operation, other)
        for other in ("reference", "native")
        for operation in kernels.OPERATIONS
        if getattr(kernels.implementation(other), operation) is getattr(ours, operation)
    }
    assert inherited == {
        ("affine", "reference"),
        ("affine_input_grad", "reference"),
        ("maxout_directional", "reference"),
        ("parzen_log_density", "native"),
    }


@pytest.mark.parametrize("name", kernels.IMPLEMENTATIONS)
@pytest.mark.parametrize("operation", kernels.OPERATIONS)
def test_a_missing_operation_is_not_taken_from_the_reference(
    name, operation, monkeypatch
):
    monkeypatch.delattr(home(name, operation), operation)
    kernels._find.cache_clear()
    try:
        with kernels.use_kernels(name), pytest.raises(AttributeError, match=operation):
            getattr(kernels, operation)
        with pytest.raises(AttributeError, match=operation):
            kernels.implementation(name)
    finally:
        kernels._find.cache_clear()


@pytest.mark.parametrize("operation", kernels.OPERATIONS)
def test_arguments_have_the_same_names(operation):
    """A fast one may have more of them, for those who build upon it."""
    exact = list(signature(home("reference", operation).__dict__[operation]).parameters)
    for name in ("native", "fused"):
        fast = list(signature(home(name, operation).__dict__[operation]).parameters)
        assert fast[: len(exact)] == exact


def test_a_fast_file_stands_beside_each_definition():
    folder = Path(kernels.__file__).parent
    files = {path.stem for path in (folder / "reference").glob("*.py")} - {"__init__"}
    assert files == set(kernels.FILES)
    assert files <= {path.stem for path in (folder / "native").glob("*.py")}


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
