"""What each kind of thing needs besides its code: a list of what is missing.

Things are found where they are defined, not where they are registered: one that nobody
has registered, documented or tested yet is found too, and everything that it lacks is
named at once. lessons/CONTRIBUTING.md has the same lists for people.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import gan_numpy
from gan_numpy import cli, evaluation, layers
from gan_numpy.exercises import registry
from gan_numpy.exercises.base import Exercise
from gan_numpy.objectives import OBJECTIVES, Objective
from gan_numpy.recipes import RECIPES, Recipe
from tests.layers import examples as layer_examples
from tests.recipes import examples as recipe_examples

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gan_numpy"
README = (ROOT / "README.md").read_text("utf-8")
LESSONS = (ROOT / "lessons" / "README.md").read_text("utf-8")
PAGES = ROOT / "lessons" / "book" / "pages"
BOOK = {page.stem: page.read_text("utf-8") for page in sorted(PAGES.glob("*.md"))}
SOURCE = re.compile(r"arXiv[: ]?\d{4}\.\d{4,5}|et al\.|[Ss]ources?\b")


def modules(package: str) -> Iterator[ModuleType]:
    """All modules of a subpackage, its own file left out."""
    for path in sorted((PACKAGE / package).glob("*.py")):
        if path.name != "__init__.py":
            yield import_module(f"gan_numpy.{package}.{path.stem}")


def where(module: ModuleType) -> str:
    return module.__name__.replace(".", "/") + ".py"


def own_classes(package: str, base: type) -> Iterator[tuple[type, ModuleType]]:
    """Classes that derive from `base`, with the module that defines them."""
    for module in modules(package):
        for value in vars(module).values():
            if inspect.isclass(value) and value.__module__ == module.__name__:
                if issubclass(value, base) and value is not base:
                    yield value, module


def unmet(**needs: bool) -> list[str]:
    """The needs that are not met, with blanks for underscores."""
    return [need.replace("_", " ") for need, met in needs.items() if not met]


def layer_lacks(layer: type[layers.Layer], module: ModuleType) -> list[str]:
    """What a layer lacks; `tests.layers.examples` subjects it to every other check."""
    name = layer.__name__
    own = vars(layer).keys()
    makes = "__init__" not in own or "Parameters" in (layer.__doc__ or "")
    return unmet(
        a_forward={"forward"} <= own,
        a_backward={"backward"} <= own,
        a_backward_vjp_or_a_word_why_it_has_none="backward_vjp" in own
        or "no second order" in (module.__doc__ or "").lower(),
        a_class_docstring_with_its_parameters=bool(vars(layer).get("__doc__"))
        and makes,
        the_mathematics_on_top_of_its_file=":math:" in (module.__doc__ or "")
        or ".. math::" in (module.__doc__ or ""),
        a_doctest_that_shows_shapes=">>>" in inspect.getsource(module)
        and ".shape" in inspect.getsource(module),
        a_place_in_layers_all=name in layers.__all__,
        a_place_among_the_public_names_of_gan_numpy=name in gan_numpy.__all__,
        an_example_in_tests_layers_examples=name in layer_examples.EXAMPLES,
        a_mention_on_the_map_of_the_code=f"`{name}`" in BOOK["map"],
    )


def objectives() -> Iterator[tuple[Objective, ModuleType]]:
    for module in modules("objectives"):
        for value in vars(module).values():
            if isinstance(value, Objective):
                yield value, module


def objective_lacks(objective: Objective, module: ModuleType) -> list[str]:
    name, text = objective.name, module.__doc__ or ""
    return unmet(
        a_place_in_OBJECTIVES=OBJECTIVES.get(name) is objective,
        a_source_on_top_of_its_file=bool(SOURCE.search(text)) or "(Goodfellow" in text,
        its_formula_on_top_of_its_file=".. math::" in text,
        a_test_that_names_it=any(
            f'"{name}"' in path.read_text("utf-8")
            for path in (ROOT / "tests").rglob("test_*.py")
        ),
        a_mention_on_the_map_of_the_code=f"`{name}`" in BOOK["map"],
    )


def recipes() -> Iterator[tuple[type[Recipe], ModuleType]]:
    """Classes of systems; those without a name of their own are families."""
    for recipe, module in own_classes("recipes", Recipe):
        if "name" in vars(recipe):
            yield recipe, module


def recipe_lacks(recipe: type[Recipe], module: ModuleType) -> list[str]:
    name = recipe.name
    return unmet(
        a_place_in_RECIPES=type(RECIPES.get(name)) is recipe,
        a_description_of_its_own="description" in vars(recipe),
        a_source=bool(getattr(recipe, "source", "")),
        a_source_on_top_of_its_file=bool(SOURCE.search(module.__doc__ or "")),
        a_docstring_with_its_name=f"``{name}``" in (vars(recipe).get("__doc__") or ""),
        a_family_in_tests_recipes_examples=recipe_examples.family(recipe) is not None,
        a_mention_in_the_book=any(f"`{name}`" in page for page in BOOK.values()),
    )


def metrics() -> Iterator[tuple[str, ModuleType]]:
    """Modules of evaluation that measure, and names without a module."""
    for module in modules("evaluation"):
        if "measure" in vars(module):
            yield module.__name__.rsplit(".", 1)[1], module


def metric_lacks(name: str, module: ModuleType) -> list[str]:
    return unmet(
        a_place_in_evaluation_METRICS=name in evaluation.METRICS,
        a_source_on_top_of_its_file=bool(SOURCE.search(module.__doc__ or "")),
        a_docstring_of_measure=bool(module.measure.__doc__),
        a_test_file_of_its_own=(ROOT / f"tests/evaluation/test_{name}.py").is_file(),
        a_row_among_the_measures_of_the_book=f"\n| `{name}` |" in BOOK["measures"],
    )


def exercises() -> Iterator[tuple[Exercise, ModuleType]]:
    for module in modules("exercises"):
        found = {
            value.name: value
            for held in vars(module).values()
            for value in (held if isinstance(held, tuple) else (held,))
            if isinstance(value, Exercise)
        }
        yield from ((exercise, module) for exercise in found.values())


def exercise_lacks(exercise: Exercise, module: ModuleType) -> list[str]:
    home = module.__name__.rsplit(".", 1)[1]
    source = next((ROOT / "lessons/source").glob(f"{exercise.lesson}_*.py"), None)
    text = source.read_text("utf-8") if source else ""
    name, points = exercise.name, exercise.points
    variants = "".join(
        path.read_text("utf-8") for path in (ROOT / "tests/exercises").glob("*.py")
    )
    return unmet(
        a_place_in_its_modules_EXERCISES=exercise in getattr(module, "EXERCISES", ()),
        a_place_in_registry_MODULES=name in registry.MODULES.get(home, ()),
        a_statement=len(exercise.statement) > 40,
        two_hints=len(exercise.hints) >= 2,
        three_mutants=len(exercise.mutants) >= 3,
        a_docstring_of_the_reference=bool(exercise.reference.__doc__),
        correct_solutions_in_other_styles_in_tests_exercises=f'@correct("{name}"'
        in variants,
        a_cell_in_the_source_of_its_lesson=f"# exercise: {name}" in text,
        its_points_on_the_map_in_lessons_README=f"`{name}` ({points})" in LESSONS,
    )


def lesson_sources() -> list[Path]:
    return sorted((ROOT / "lessons/source").glob("*.py"))


def lesson_lacks(source: Path) -> list[str]:
    number, text = source.name[:2], source.read_text("utf-8")
    notebook = ROOT / "lessons" / f"{source.stem}.ipynb"
    marked = re.findall(r"^# exercise: (\w+)$", text, re.MULTILINE)
    return unmet(
        a_name_of_a_number_and_words=bool(
            re.fullmatch(r"\d\d_[a-z0-9_]+\.py", source.name)
        ),
        a_number_that_follows_the_last=number
        == f"{lesson_sources().index(source):02d}",
        a_title_with_its_number=f"\n# {number} " in text,
        exercises_of_the_registry=all(name in registry.NAMES for name in marked),
        a_notebook_that_was_built=notebook.is_file(),
        a_row_with_a_link_on_the_map_in_lessons_README=bool(
            re.search(rf"^\| {number} \| \[.*\]\({source.stem}\.ipynb\)", LESSONS, re.M)
        ),
        a_measured_time_in_lessons_README=bool(
            re.search(rf"^\| {number} \| \d+ \|$", LESSONS, re.M)
        ),
    )


def commands() -> Iterator[tuple[str, ModuleType]]:
    for module in modules("cli"):
        if "add_parser" in vars(module):
            yield module.__name__.rsplit(".", 1)[1], module


def command_lacks(name: str, module: ModuleType) -> list[str]:
    tests = (ROOT / "tests").rglob("test_*.py")
    called = re.compile(rf'"{name}"|from gan_numpy\.cli import .*\b{name}\b')
    return unmet(
        a_place_in_cli_COMMANDS=name in cli.COMMANDS,
        a_docstring_that_names_it=f"``gan-numpy {name}" in (module.__doc__ or ""),
        a_run_function=callable(getattr(module, "run", None)),
        a_row_among_the_commands_of_the_book=bool(
            re.search(rf"^\| `gan-numpy {name}\b", BOOK["commands"], re.M)
        ),
        a_test_that_calls_it=any(called.search(p.read_text("utf-8")) for p in tests),
    )


def registered_without_a_file() -> list[str]:
    """Names in registries for which there is no file."""
    found = [n for n in cli.COMMANDS if n not in dict(commands())]
    found += [n for n in evaluation.METRICS if n not in dict(metrics())]
    return found + [n for n in layer_examples.EXAMPLES if n not in layers.__all__]
