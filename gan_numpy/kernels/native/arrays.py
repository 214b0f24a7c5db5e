"""The arrays that kernels are compiled for."""

from __future__ import annotations

import numpy as np

#: The dtypes that kernels are compiled for.
FLOATS = (np.float32, np.float64)


def same_float(*arrays: np.ndarray) -> bool:
    """Whether all arrays are float32 or all are float64."""
    first = arrays[0].dtype
    return first in FLOATS and all(a.dtype == first for a in arrays)


class _Alias:
    """The memory of an array, offered without its read-only flag."""

    def __init__(self, array: np.ndarray) -> None:
        self.owner = array
        self.__array_interface__ = array.__array_interface__ | {
            "data": (array.ctypes.data, False)
        }


def operand(array: np.ndarray) -> np.ndarray:
    """An array to read from, of the one kind that kernels are compiled for.

    C-contiguous, and of NumPy's own class, not a subclass like ``memmap``. To Numba a
    read-only array has another type, which would cost another compilation, so it gets a
    writable view: kernels write to nothing but the arrays that they make or update.
    """
    array = np.asarray(array, order="C")
    return array if array.flags.writeable else np.asarray(_Alias(array))
