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
    from gan_numpy.miniatures import MINIATURES
    from gan_numpy.recipes import RECIPES, get_recipe

    if args.recipe:
        recipe = MINIATURES.get(args.recipe) or get_recipe(args.recipe)
        print(f"{recipe.name}: {recipe.description} ({recipe.source})")
        for key, value in dataclasses.asdict(recipe).items():
            text = ",".join(map(str, value)) if isinstance(value, tuple) else value
            print(f"  {key}={text}")
        return 0
    width = max(map(len, (*RECIPES, *MINIATURES)))
    for recipe in RECIPES.values():
        lines = (
            recipe.description,
            f"data {recipe.dataset}; loss {recipe.objective}, {recipe.update} updates; "
            f"{recipe.optimizer}; {recipe.epochs} epochs",
            recipe.architecture(),
            f"source: {recipe.source}",
        )
        for i, line in enumerate(lines):
            print(f"{recipe.name if i == 0 else '':{width}} {line}")
    print("\nminiatures: games that are played as a whole, from seed to figures")
    for game in MINIATURES.values():
        print(f"{game.name:{width}} {game.description}")
        print(f"{'':{width}} source: {game.source}")
    return 0
