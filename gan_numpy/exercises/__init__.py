r"""The exercises: each is one function to write, and is defined once.

>>> from gan_numpy.exercises import get_exercise
>>> get_exercise("relu_backward").signature
'relu_backward(dy: numpy.ndarray, cache: Any) -> numpy.ndarray'
"""

from .base import Exercise, Mutant, build_mutant
from .registry import all_exercises, get_exercise

__all__ = ["Exercise", "Mutant", "all_exercises", "build_mutant", "get_exercise"]
