"""What every exercise must have; a new one is told all that is missing at once."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path

import gan_numpy.exercises as package
from gan_numpy.exercises.base import build_mutant, split_source
from gan_numpy.exercises.registry import NAMES
from gan_numpy.exercises.stubs import stub_of

LESSONS = Path(__file__).resolve().parents[2] / "lessons"
MUTANTS, CORNERS = 5, 3


def defined():
    """Every exercise that a module of the package defines, registered or not."""
    for module in pkgutil.iter_modules(package.__path__):
        source = Path(package.__path__[0]) / f"{module.name}.py"
        if source.is_file() and "\nEXERCISES = " in source.read_text("utf-8"):
            full = importlib.import_module(f"{package.__name__}.{module.name}")
            yield from full.EXERCISES


def missing(exercise, broken=()):
    """What is still to be written for an exercise, each in a few words.

    Parameters
    ----------
    exercise : Exercise
    broken : names of exercises that promises_broken.py has a wrong solution of
    """
    e, lacks = exercise, []

    def ask(there, what):
        if not there:
            lacks.append(what)

    ask(e.name in NAMES, "its name in gan_numpy/exercises/registry.py")
    ask(e.title and e.statement, "a title and a statement")
    head, body = split_source(e.reference)
    ask('"""' in head, "a docstring of the reference: shapes, what is returned")
    ask(body.strip(), "the statements of the reference")
    stub = ast.parse(stub_of(e)).body[0]
    ask(ast.unparse(stub.body[-1]).startswith("raise NotImplementedError"), "a stub")
    ask(all(f.__doc__ for f in e.given), "docstrings of the given functions")
    ask(hasattr(e.check, "ordinary_inputs"), "a check of gan_numpy/exercises/checks.py")
    ask(len(getattr(e.check, "corners", ())) >= CORNERS, f"{CORNERS} corners")
    ask(len(e.mutants) >= MUTANTS, f"{MUTANTS} mutants")
    ask(all(m.tags for m in e.mutants), "a name for each mutant")
    ask(len({m.new for m in e.mutants}) > 1, "mutants that differ")
    ask(len(e.hints) >= 2, "two hints: which term, then the formula")
    ask(0 < e.points <= 5, "points, 1 to 5")
    ask(list(LESSONS.glob(f"{e.lesson}_*.ipynb")), f"the lesson {e.lesson}")
    ask(_in_a_cell(e), f"a cell in the notebook of lesson {e.lesson}")
    ask(_in_the_map(e), f"`{e.name}` ({e.points}) in a row of lessons/README.md")
    ask(e.name in broken, "a broken promise in tests/exercises/promises_broken.py")
    return lacks


def _in_a_cell(exercise):
    notebooks = [*LESSONS.glob(f"{exercise.lesson}_*.ipynb")]
    return any(f"def {exercise.name}(" in n.read_text("utf-8") for n in notebooks)


def _in_the_map(exercise):
    text = (LESSONS / "README.md").read_text("utf-8")
    row = rf"^\| {exercise.lesson} .*`{exercise.name}` \({exercise.points}\)"
    return re.search(row, text, re.MULTILINE) is not None


def unbuildable(exercise):
    """Mutants whose text does not occur exactly once in the reference."""
    found = []
    for change in exercise.mutants:
        try:
            build_mutant(exercise, change)
        except (ValueError, SyntaxError) as error:
            found.append(str(error))
    return found
