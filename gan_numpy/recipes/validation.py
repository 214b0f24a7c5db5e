"""Which values a recipe may have, and the line that refuses the others."""

from __future__ import annotations

import dataclasses
import math
from typing import NoReturn

from gan_numpy.errors import UserError
from gan_numpy.objectives import OBJECTIVES
from gan_numpy.penalties import PENALTIES
from gan_numpy.recipes.labels import LABELS
from gan_numpy.recipes.settings import Settings

CHOICES = {
    "objective": tuple(OBJECTIVES),
    "penalty": ("none", *PENALTIES),
    "update": ("alternating", "simultaneous", "semi_supervised"),
    "optimizer": ("momentum", "adam", "rmsprop"),
    "latent": ("uniform", "normal"),
}

LARGEST = 10**9  # the bytes of a matrix of two such sizes are still a number of 64 bits


def refuse(recipe: Settings, field: str, expected: str) -> NoReturn:
    """Raise the `UserError` that names a field, its value and what was expected."""
    raise UserError(
        f"recipe {recipe.name}: {field}={getattr(recipe, field)} is out of range, "
        f"expected {expected}"
    )


def check_settings(recipe: Settings) -> None:
    """Refuse values out of range, and combinations without a meaning.

    Raises
    ------
    UserError
        For the first of them.
    """
    _check_types(recipe)
    _check_ranges(recipe)
    _check_combinations(recipe)


def _check_types(recipe: Settings) -> None:
    for name, choices in (CHOICES | {"labels": recipe.label_choices}).items():
        if getattr(recipe, name) not in choices:
            one_of = "one of " if len(choices) > 1 else ""
            refuse(recipe, name, one_of + ", ".join(choices))
    for field in dataclasses.fields(recipe):
        value = getattr(recipe, field.name)
        if isinstance(value, float) and not math.isfinite(value):
            refuse(recipe, field.name, "a finite number")
        if field.type == "int" and value < 1:
            refuse(recipe, field.name, "at least 1")
        if field.type == "tuple[int, ...]" and (not value or min(value) < 1):
            refuse(recipe, field.name, "one or more sizes of at least 1")
        if field.type == "int" and value > LARGEST:
            refuse(recipe, field.name, f"at most {LARGEST}")
        if field.type == "tuple[int, ...]" and max(value) > LARGEST:
            refuse(recipe, field.name, f"sizes of at most {LARGEST}")


def _check_ranges(recipe: Settings) -> None:
    for name in ("learning_rate", "discriminator_weight", "class_weight"):
        if getattr(recipe, name) <= 0:
            refuse(recipe, name, "more than 0")
    for name in ("momentum", "momentum_final", "beta1", "beta2", "rms_decay"):
        if not 0 <= getattr(recipe, name) < 1:
            refuse(recipe, name, "in [0, 1)")
    if recipe.penalty_weight < 0:
        refuse(recipe, "penalty_weight", "at least 0")
    if not 0 <= recipe.generator_average < 1:
        refuse(recipe, "generator_average", "in [0, 1), with 0 for no average")
    if recipe.learning_rate_factor < 1:
        refuse(recipe, "learning_rate_factor", "at least 1")
    for name in ("clip", "column_limit"):
        if getattr(recipe, name) < 0:
            refuse(recipe, name, "at least 0, with 0 for no bound")


def _check_combinations(recipe: Settings) -> None:
    """Refuse combinations that have no meaning, or whose gradients nobody derived."""
    labels = LABELS[recipe.labels]
    if OBJECTIVES[recipe.objective].beside is not None and labels.has_head:
        refuse(recipe, "objective", f"one without pairs with labels={recipe.labels}")
    if recipe.penalty != "none" and recipe.penalty_weight <= 0:
        refuse(recipe, "penalty_weight", f"more than 0 with penalty={recipe.penalty}")
    if recipe.update not in labels.updates:
        allowed = " or ".join(labels.updates)
        refuse(recipe, "update", f"{allowed} with labels={recipe.labels}")
    if recipe.update == "simultaneous" and recipe.discriminator_steps != 1:
        refuse(recipe, "discriminator_steps", "1 with update=simultaneous")
    if recipe.batch_size % recipe.packing:
        refuse(recipe, "packing", f"a divisor of batch_size={recipe.batch_size}")
    if recipe.packing > 1 and not labels.packs:
        refuse(recipe, "packing", "1 together with labels")
    if recipe.penalty != "none":
        if recipe.penalty not in labels.penalties or recipe.packing > 1:
            refuse(
                recipe,
                "penalty",
                "none with packing or labels (r1, r1_r2: conditional)",
            )
    if labels.few and recipe.labeled % recipe.classes:
        refuse(recipe, "labeled", f"a multiple of classes={recipe.classes}")
