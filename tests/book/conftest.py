"""The book's modules lie in lessons/, beside the script that calls them."""

import importlib.util
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
sys.path.append(str(ROOT / "lessons"))


def load_builder():
    spec = importlib.util.spec_from_file_location("build", ROOT / "lessons/build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def builder():
    return load_builder()


@pytest.fixture(scope="session")
def pages(builder, tmp_path_factory):
    """The sources of the whole book, of lessons that nobody has run."""
    from book.executed import Executed
    from book.site import assemble

    folder = tmp_path_factory.mktemp("sources")
    assemble(folder, Executed(builder, fast=True, folder=None, run=False))
    return folder
