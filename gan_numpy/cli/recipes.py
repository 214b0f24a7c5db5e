"""``gan-numpy recipes``: what there is to train."""

from __future__ import annotations

import argparse
import dataclasses
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("recipes", help="list the recipes")
    parser.add_argument(
        "recipe", nargs="?", metavar="RECIPE", help="show one with all its numbers"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print all recipes, or the settings of one."""
    from gan_numpy.recipes import RECIPES, get_recipe

    if args.recipe:
        recipe = get_recipe(args.recipe)
        print(f"{recipe.name}: {recipe.description} ({recipe.source})")
        for key, value in dataclasses.asdict(recipe).items():
            text = ",".join(map(str, value)) if isinstance(value, tuple) else value
            print(f"  {key}={text}")
        return 0
    for recipe in RECIPES.values():
        print(f"{recipe.name:10} {recipe.description}")
        print(
            f"{'':10} data {recipe.dataset}; loss {recipe.objective}, {recipe.update} "
            f"updates; {recipe.optimizer}; {recipe.epochs} epochs"
        )
        print(f"{'':10} {networks(recipe)}")
        print(f"{'':10} source: {recipe.source}")
    return 0


def networks(recipe: Any) -> str:
    """Both networks in one line, for instance ``G 100-1200-1200; D 240x5-240x5``."""
    G = "-".join(map(str, (recipe.latent_size, *recipe.generator_units)))
    pieces = recipe.discriminator_pieces
    D = "-".join(f"{units}x{pieces}" for units in recipe.discriminator_units)
    extra = "dropout" if recipe.keep_input < 1 or recipe.keep_hidden < 1 else ""
    if recipe.penalty != "none":
        extra += (", " if extra else "") + recipe.penalty.replace("_", " ")
    return f"G {G} ReLU, sigmoid; D maxout {D}" + (f", {extra}" if extra else "")
