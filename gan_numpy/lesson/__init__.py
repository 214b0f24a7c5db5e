r"""What the lessons' notebooks share, so that their cells hold only what they teach.

Read `practice` (the student's functions and known mistakes), `questions` (what else is
asked and graded), `style` and `pictures`, then `film` and `live` (what moves), `way`
(where a lesson is on the gradient's way) and `clinic` (why a loop of one's own fails).
"""

from gan_numpy.lesson.clinic import doctor
from gan_numpy.lesson.film import animate
from gan_numpy.lesson.live import live
from gan_numpy.lesson.pictures import heat_map, plane, sheet
from gan_numpy.lesson.practice import (
    derive,
    mistake,
    mistakes,
    reference,
    show_mistakes,
    step_through,
    working,
)
from gan_numpy.lesson.questions import ask, broken
from gan_numpy.lesson.style import (
    BLACK,
    BLUE,
    COLORS,
    DATA,
    DISCRIMINATOR,
    GENERATOR,
    GRAY,
    GREEN,
    ORANGE,
    PINK,
    RED,
    SKY,
    show,
    steps,
    style,
)
from gan_numpy.lesson.way import architecture, opening
from gan_numpy.playground import widget as playground

__all__ = [
    "BLACK",
    "BLUE",
    "COLORS",
    "DATA",
    "DISCRIMINATOR",
    "GENERATOR",
    "GRAY",
    "GREEN",
    "ORANGE",
    "PINK",
    "RED",
    "SKY",
    "animate",
    "architecture",
    "ask",
    "broken",
    "derive",
    "doctor",
    "heat_map",
    "live",
    "mistake",
    "mistakes",
    "opening",
    "plane",
    "playground",
    "reference",
    "sheet",
    "show",
    "show_mistakes",
    "step_through",
    "steps",
    "style",
    "working",
]
