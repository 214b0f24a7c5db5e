"""Recipes by name, and their values from text."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

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
from gan_numpy.recipes.lsgan import LSGAN, LSGANMNIST
from gan_numpy.recipes.mixtures import Grid, GridPacked, Ring, RingPacked
from gan_numpy.recipes.mnist import MNIST
from gan_numpy.recipes.mnist_fast import MNISTFast
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
    )
}


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


def with_settings(recipe: Recipe, settings: Iterable[str]) -> Recipe:
    """The recipe with ``key=value`` settings applied.

    Parameters
    ----------
    recipe : Recipe
    settings : iterable of str
        For instance ``"batch_size=50"`` or ``"generator_units=128,128"``.

    Raises
    ------
    UserError
        If a key is unknown or a value is of the wrong type or out of range.
    """
    types = {field.name: str(field.type) for field in dataclasses.fields(recipe)}
    changes: dict[str, Any] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        if not equals:
            raise UserError(f"setting {setting!r} is not of the form key=value")
        if key not in types:
            raise UserError(
                f"recipe {recipe.name} has no setting {key!r}: it has "
                f"{', '.join(types)}"
            )
        changes[key] = _parse(key, text, types[key])
    return recipe.replace(**changes)


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
        what = {"int": "a whole number", "float": "a number"}.get(
            kind, "whole numbers separated by commas"
        )
        raise UserError(f"setting {key}={text}: expected {what}") from None
    return text


def recipe_from_dict(name: str, values: dict[str, Any]) -> Recipe:
    """Rebuild a recipe from the values in a run's ``config.json``.

    Raises
    ------
    UserError
        If the name or the values are not those of a recipe.
    """
    recipe = get_recipe(name)
    settings = [
        f"{key}={','.join(map(str, value)) if isinstance(value, list) else value}"
        for key, value in values.items()
    ]
    return with_settings(recipe, settings)
