"""The builder of the lessons, which is a script."""

import importlib.util
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def builder():
    path = Path(__file__).parents[2] / "lessons" / "build.py"
    spec = importlib.util.spec_from_file_location("build", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
