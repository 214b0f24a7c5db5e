"""Recipes by name, and their values from text.

Read `settings` (the numbers of every recipe), `base` (what follows from them) and
`mnist` (the paper's); networks are in `maxout_gan`, `conv_gan` and such, what labels
are for in `labels`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol, TypeVar

from gan_numpy.errors import UserError
from gan_numpy.recipes.acgan import ACGAN, ACGANMNIST
from gan_numpy.recipes.base import Recipe
from gan_numpy.recipes.cgan import CGAN, CGANMNIST
from gan_numpy.recipes.cifar10 import CIFAR10, CIFAR10Conv
from gan_numpy.recipes.cifar10_fast import CIFAR10ConvFast, CIFAR10Fast
from gan_numpy.recipes.dcgan import DCGAN, DCGANMNIST
from gan_numpy.recipes.digits import Digits
from gan_numpy.recipes.faces import TFD, Olivetti
from gan_numpy.recipes.infogan import InfoGAN, InfoGANMNIST
from gan_numpy.recipes.labels import LABELS
from gan_numpy.recipes.lsgan import LSGAN, LSGANMNIST
from gan_numpy.recipes.mixtures import Grid, GridPacked, Ring, RingPacked
from gan_numpy.recipes.mnist import MNIST
from gan_numpy.recipes.mnist_fast import MNISTFast
from gan_numpy.recipes.playground import Playground
from gan_numpy.recipes.r1 import R1
from gan_numpy.recipes.sgan import SGAN, SGANMNIST
from gan_numpy.recipes.wgan import WGAN, WGANMNIST
from gan_numpy.recipes.wgan_gp import WGANGP, MNISTBest

__all__ = ["RECIPES", "Recipe", "get_recipe", "recipe_from_dict", "with_settings"]

RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Digits(),
        MNIST(),
        MNISTFast(),
        MNISTBest(),
        TFD(),
        Olivetti(),
        CIFAR10(),
        CIFAR10Conv(),
        CIFAR10Fast(),
        CIFAR10ConvFast(),
        DCGAN(),
        DCGANMNIST(),
        LSGAN(),
        LSGANMNIST(),
        WGAN(),
        WGANMNIST(),
        WGANGP(),
        R1(),
        CGAN(),
        CGANMNIST(),
        ACGAN(),
        ACGANMNIST(),
        InfoGAN(),
        InfoGANMNIST(),
        SGAN(),
        SGANMNIST(),
        Ring(),
        RingPacked(),
        Grid(),
        GridPacked(),
        Playground(),
    )
}


class Numbers(Protocol):
    """A frozen dataclass with a name: a recipe, or a miniature."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def name(self) -> str:
        """What messages call it."""

    def replace(self, **changes: Any) -> Any:
        """The same with other values."""


AnyNumbers = TypeVar("AnyNumbers", bound=Numbers)


def get_recipe(name: str) -> Recipe:
    """The recipe of that name with its own numbers.

    Raises
    ------
    UserError
        If there is none.
    """
    if name not in RECIPES:
        raise UserError(
            f"unknown recipe {name!r}: choose one of {', '.join(RECIPES)} "
            f"('gan-numpy recipes' describes them)"
        )
    return RECIPES[name]


def with_settings(recipe: AnyNumbers, settings: Iterable[str]) -> AnyNumbers:
    """The recipe with ``key=value`` settings applied.

    Parameters
    ----------
    recipe : Recipe or Miniature
    settings : iterable of str
        For instance ``"batch_size=50"`` or ``"generator_units=128,128"``.

    Raises
    ------
    UserError
        If a key is unknown or a value is of the wrong type or out of range.
    """
    changes: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise UserError(f"setting {setting!r} is not of the form key=value")
        changes[key] = _parse(key, text, _kind(recipe, key))
    changed: AnyNumbers = recipe.replace(**changes)
    return changed


def _kind(recipe: Numbers, key: str) -> str:
    """The type that a recipe declares for a field, as it is written there."""
    kinds = {field.name: str(field.type) for field in dataclasses.fields(recipe)}
    if key not in kinds:
        raise UserError(
            f"recipe {recipe.name} has no setting {key!r}: it has {', '.join(kinds)}"
        )
    return kinds[key]


EXPECTED = {
    "int": "a whole number",
    "float": "a number",
    "tuple[int, ...]": "whole numbers separated by commas",
    "str": "text",
}


def _parse(key: str, text: str, kind: str) -> Any:
    """Convert the text of a setting to the type its field declares."""
    try:
        if kind == "int":
            return int(text)
        if kind == "float":
            return float(text)
        if kind == "tuple[int, ...]":
            return tuple(int(part) for part in text.split(","))
    except ValueError:
        raise UserError(f"setting {key}={text}: expected {EXPECTED[kind]}") from None
    return text


def recipe_from_dict(name: str, values: dict[str, Any]) -> Recipe:
    """Rebuild a recipe from the values in a run's ``config.json``.

    Raises
    ------
    UserError
        If the name or the values are not those of a recipe.
    """
    recipe = get_recipe(name)
    changes = {key: _typed(key, v, _kind(recipe, key)) for key, v in values.items()}
    labels = LABELS.get(changes.get("labels", recipe.labels))
    # Before `update` named the semi-supervised game, its runs had another one there.
    if labels is not None and len(labels.updates) == 1:
        changes["update"] = labels.updates[0]
    return recipe.replace(**changes)


def _typed(key: str, value: Any, kind: str) -> Any:
    """A value from JSON, if it is of the type that its field declares."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    if kind == "int" and whole or kind == "str" and isinstance(value, str):
        return value
    if kind == "float" and (whole or isinstance(value, float)):
        return float(value)
    if kind == "tuple[int, ...]" and isinstance(value, list):
        return tuple(_typed(key, part, "int") for part in value)
    raise UserError(f"setting {key}={value}: expected {EXPECTED[kind]}")
