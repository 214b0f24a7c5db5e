"""Docstrings are sound markup: Sphinx ends the book at the first that is not."""

import ast
from pathlib import Path

import pytest
from book.docstrings import escape
from tests.turns import share

PACKAGE = Path(__file__).parents[2] / "gan_numpy"
FILES = sorted(PACKAGE.rglob("*.py"))
DEFINED = ast.Module, ast.ClassDef, ast.FunctionDef
PARTS = "param", "rtype", "ivar"  # as in the settings of the book


def name_of(path):
    return path.relative_to(PACKAGE).as_posix()


def docstrings_of(text):
    """Each docstring of what is public, with the name of its owner."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, DEFINED) and not getattr(node, "name", "").startswith("_"):
            text = ast.get_docstring(node)
            if text:
                yield getattr(node, "name", "module"), text


def faults_of(text):
    """What docutils says of a docstring, on its way through the book's changes."""
    pytest.importorskip("sphinx", reason="Sphinx is not installed")
    from docutils.core import publish_doctree
    from sphinx.ext.napoleon import Config
    from sphinx.ext.napoleon.docstring import NumpyDocstring

    lines = text.split("\n")
    escape(None, "", "", None, None, lines)
    settings = Config(**{f"napoleon_use_{part}": part == "ivar" for part in PARTS})
    plain = str(NumpyDocstring(lines, settings))
    quiet = {"report_level": 5, "halt_level": 5, "warning_stream": False}
    tree = publish_doctree(plain, settings_overrides={**quiet, "raw_enabled": False})
    messages = tree.findall(lambda node: node.tagname == "system_message")
    return [m.astext() for m in messages if m["level"] >= 2]


@pytest.mark.parametrize("path", share(FILES, 6, "GAN_NUMPY_DOCSTRINGS"), ids=name_of)
def test_they_are_sound(path):
    """A sixth of the files in turn; ``GAN_NUMPY_DOCSTRINGS=all`` takes all."""
    found = docstrings_of(path.read_text("utf-8"))
    faults = {name: faults for name, text in found if (faults := faults_of(text))}
    assert faults == {}


@pytest.mark.parametrize(
    "text",
    [
        "Of |a_b| and ``open.",
        "Words.\n\nOne:\n    two\nthree",
        "Title\n==\n\n:nothing:`x`",
    ],
)
def test_a_fault_is_seen(text):
    assert faults_of(text)
