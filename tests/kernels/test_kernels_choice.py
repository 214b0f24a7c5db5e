"""Choosing an implementation, and that each is complete."""

import subprocess
import sys
from importlib import import_module
from inspect import signature
from pathlib import Path

import pytest

import gan_numpy
from gan_numpy import kernels


def test_import_does_not_load_numba():
    code = "import sys, gan_numpy.kernels; print('numba' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(gan_numpy.__file__).parents[1],
        capture_output=True,
        text=True,
    )
    assert done.stdout == "False\n"


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
