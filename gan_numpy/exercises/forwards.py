r"""Whose forward makes the cache that a student's backward is given.

One rule, for every way to check: the true gradient is that of *our* forward, and a
student's own forward supplies the cache if, and only if, its values equal ours on the
same inputs. Else any backward would be right for some forward.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from gan_numpy.exercises.base import Function
from gan_numpy.gradcheck.calls import NotAttempted, StudentError, describe
from gan_numpy.gradcheck.probes import close
from gan_numpy.gradcheck.repair.explain import is_trying


class Supplier:
    """Our forward, with the student's cache where the values are the same.

    Parameters
    ----------
    ours : function
        ``ours(*inputs) -> (y, cache)``
    student : function
        The student's of that name, or ``ours`` if there is none.

    Attributes
    ----------
    remark : str
        Why the student's is not used; empty if it is.
    """

    def __init__(self, ours: Function, student: Function) -> None:
        self.ours, self.student, self.remark = ours, student, ""

    def __call__(self, *inputs: Any) -> tuple[Any, Any]:
        """The output of ours, and one of the two caches."""
        if self.student is self.ours:
            returned: tuple[Any, Any] = self.ours(*inputs)
            return returned
        y, cache = self.ours(*copy.deepcopy(inputs))
        if self.remark and is_trying():
            return y, cache
        try:
            theirs = self.student(*inputs)
        except (NotAttempted, NotImplementedError):  # still a stub
            return y, cache
        except StudentError as error:
            self._not_used(f"fails: {error.message}")
            return y, cache
        except Exception as error:
            self._not_used(f"raises {describe(error)}")
            return y, cache
        if not isinstance(theirs, tuple) or len(theirs) < 2:
            self._not_used("does not return an output and a cache")
        elif not close(_as_array(theirs[0]), y):
            self._not_used("returns other values than the one that was given")
        else:
            return y, theirs[1] if len(theirs) == 2 else tuple(theirs[1:])
        return y, cache

    def _not_used(self, why: str) -> None:
        name = self.ours.__name__
        if is_trying():  # a change of the student's forward that spoils it
            raise StudentError("forward", f"{name} {why}")
        self.remark = f"your {name} {why}: the cache is that of the one that was given"

    def notes(self) -> list[str]:
        """The remark, if there is one."""
        return [self.remark] if self.remark else []


def _as_array(value: Any) -> np.ndarray:
    """A number that equals nothing if it is no array of numbers."""
    try:
        array = np.array(value)
    except ValueError:
        return np.array(np.nan)
    return array if array.dtype.kind in "fiub" else np.array(np.nan)
