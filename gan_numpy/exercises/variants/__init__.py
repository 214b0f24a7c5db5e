r"""Other instances of an exercise: names, layout, one changed ingredient.

Read `families` (what can be changed), then `make` (the changed exercise).
"""

from gan_numpy.exercises.variants.make import (
    VARIED,
    code_for,
    codes,
    exercise_for,
    exercise_in,
    exercise_of,
    variant,
)

__all__ = [
    "VARIED",
    "code_for",
    "codes",
    "exercise_for",
    "exercise_in",
    "exercise_of",
    "variant",
]
