r"""What a derivation asks for, and the names that it may use."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import numpy as np

from gan_numpy.derive.arrays import example
from gan_numpy.derive.solve import known_values
from gan_numpy.derive.vocabulary import VOCABULARIES

if TYPE_CHECKING:
    from gan_numpy.exercises.base import Exercise

HOW = """\
Write equations, one a line, with or without indices: y = x W + b is
y_nj = sum_i x_ni W_ij + b_j. ^T transposes, * multiplies entry by entry,
[a = b] is 1 where it holds and 0 elsewhere, # begins a remark. Names of your
own are defined by an equation: z = ..."""


def task(exercise: Exercise, wanted: tuple[str, ...]) -> str:
    """The statement, what is known, how it is written; 80 columns wide."""
    words = VOCABULARIES[exercise.name]
    known, _ = known_values(words, example(exercise))
    shapes, numbers = [], []
    for name, value in known.items():
        if value.dims:
            shapes.append(f"  {words.written(name)}  {value.shape()}")
        elif not np.isnan(value.data):
            numbers.append(name)
    asked = ", ".join(words.written(k) for k in wanted)
    others = [f"{new} = {old}" for new, old in words.aliases.items() if old in known]
    lines = [f"{exercise.name}: derive {asked}", "", exercise.statement, "", "Known:"]
    lines += shapes
    if numbers + others:
        told = ", ".join([*numbers, *others])
        lines += textwrap.wrap(
            f"numbers and other names: {told}",
            78,
            initial_indent="  ",
            subsequent_indent="    ",
        )
    return "\n".join([*lines, "", HOW])
