"""Whoever adds something is told everything that it still needs, in one place.

See lessons/CONTRIBUTING.md. Each test is about one thing, and fails with the whole
list; the suites that run every check on every thing find it by that list's entries.
"""

from __future__ import annotations

import pytest

from gan_numpy.layers import Layer
from tests import contract


def told(kind: str, name: str, where: str, lacks: list[str]) -> str:
    """The whole list of what is missing, and where it is written down."""
    lines = "".join(f"\n  - {need}" for need in lacks)
    return (
        f"{kind} {name} ({where}) lacks:{lines}\n"
        f"See 'Adding {kind}' in lessons/CONTRIBUTING.md."
    )


def by_name(pairs):
    return [
        pytest.param(thing, module, id=getattr(thing, "name", None) or str(thing))
        for thing, module in pairs
    ]


LAYERS = list(contract.own_classes("layers", Layer))


@pytest.mark.parametrize("layer, module", LAYERS, ids=[c.__name__ for c, _ in LAYERS])
def test_a_layer_is_complete(layer, module):
    lacks = contract.layer_lacks(layer, module)
    assert not lacks, told("a layer", layer.__name__, contract.where(module), lacks)


@pytest.mark.parametrize("objective, module", by_name(contract.objectives()))
def test_an_objective_is_complete(objective, module):
    lacks = contract.objective_lacks(objective, module)
    assert not lacks, told(
        "an objective", objective.name, contract.where(module), lacks
    )


@pytest.mark.parametrize("recipe, module", by_name(contract.recipes()))
def test_a_recipe_is_complete(recipe, module):
    lacks = contract.recipe_lacks(recipe, module)
    assert not lacks, told("a recipe", recipe.name, contract.where(module), lacks)


@pytest.mark.parametrize("name, module", by_name(contract.metrics()))
def test_a_metric_is_complete(name, module):
    lacks = contract.metric_lacks(name, module)
    assert not lacks, told("a metric", name, contract.where(module), lacks)


@pytest.mark.parametrize("exercise, module", by_name(contract.exercises()))
def test_an_exercise_is_complete(exercise, module):
    lacks = contract.exercise_lacks(exercise, module)
    assert not lacks, told("an exercise", exercise.name, contract.where(module), lacks)


@pytest.mark.parametrize("source", contract.lesson_sources(), ids=lambda p: p.stem)
def test_a_lesson_is_complete(source):
    where, lacks = f"lessons/source/{source.name}", contract.lesson_lacks(source)
    assert not lacks, told("a lesson", source.name[:2], where, lacks)


@pytest.mark.parametrize("name, module", by_name(contract.commands()))
def test_a_command_is_complete(name, module):
    lacks = contract.command_lacks(name, module)
    assert not lacks, told("a command", name, contract.where(module), lacks)


def test_what_is_registered_is_there():
    assert contract.registered_without_a_file() == []


def test_the_lists_are_not_empty():
    """A search that finds nothing would make every test above pass."""
    assert len(LAYERS) >= 20 and len(list(contract.objectives())) >= 6
    assert len(list(contract.recipes())) >= 30 and len(list(contract.metrics())) >= 9
    assert len(list(contract.exercises())) >= 28
    assert len(contract.lesson_sources()) >= 18 and len(list(contract.commands())) >= 13


def test_the_guide_has_a_list_for_each_kind():
    guide = (contract.ROOT / "lessons" / "CONTRIBUTING.md").read_text("utf-8")
    kinds = "layer", "objective", "recipe", "metric", "exercise", "lesson", "command"
    for kind in kinds:
        article = "an" if kind[0] in "aeiou" else "a"
        assert f"\n## Adding {article} {kind}\n" in guide
    assert "(lessons/CONTRIBUTING.md)" in contract.README
