"""Correct solutions in many styles; none of them may be called wrong."""

import numpy as np

VARIANTS = []  # (exercise, style, namespace)


def correct(exercise, **others):
    """Register a correct solution; others are further names that it defines."""

    def register(function):
        namespace = {exercise: function, **others}
        VARIANTS.append((exercise, function.__name__, namespace))
        return function

    return register


def converted(reference, convert):
    """The reference with every array that it returns converted."""

    def change(returned):
        if isinstance(returned, tuple):
            return tuple(change(part) for part in returned)
        if isinstance(returned, dict):
            return {k: change(part) for k, part in returned.items()}
        if isinstance(returned, np.ndarray) and returned.dtype.kind == "f":
            return convert(returned)
        return returned

    def solution(*args):
        return change(reference(*args))

    return solution


def as_float32(a):
    return a.astype(np.float32)


def reversed_in_memory(a):
    """The same values with a negative stride along the first axis."""
    return a[::-1].copy()[::-1] if a.ndim else a


CONVERSIONS = {
    "float32_returned": as_float32,
    "fortran_order": np.asfortranarray,
    "negative_strides": reversed_in_memory,
}


def sigma(a):
    return 0.5 * (1 + np.tanh(a / 2))
