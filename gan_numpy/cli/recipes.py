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
        print(f"{recipe.name:14} {recipe.description}")
        print(
            f"{'':14} data {recipe.dataset}; loss {recipe.objective}, {recipe.update} "
            f"updates; {recipe.optimizer}; {recipe.epochs} epochs"
        )
        print(f"{'':14} {recipe.architecture()}")
        print(f"{'':14} source: {recipe.source}")
    return 0
