r"""What a gradient may be made of: the named arrays that a diagnosis tries.

A diagnosis never compares with the wrong answers of others. It knows what the gradient
is built from (a constant, a factor, a summand, a mask), and asks whether the student's
array is the true one with one of these left out, applied twice or put with the wrong
sign. Some are found in any function (the sizes of its arrays, its scalars, the sigmoid
derivative of its output); an exercise names those of its own formula.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np


def slug(name: str) -> str:
    """A name as a tag: lower case, words joined by hyphens."""
    spelled = name.lower().replace("\u03c3", " sigma ").replace("\u2016", " norm ")
    plain = spelled.replace("\u00b2", " squared ").replace("\u2212", "-")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")


@dataclass(frozen=True)
class Constant:
    """A number of the formula; ``missing`` and ``extra`` are tags (made from name)."""

    name: str
    value: float
    missing: str = ""
    extra: str = ""
    says_missing: str = ""
    says_extra: str = ""


@dataclass(frozen=True)
class Factor:
    """An array that multiplies the gradient, broadcast against it.

    ``missing`` is the tag of student = true / value, ``extra`` of true * value.
    """

    name: str
    value: np.ndarray
    missing: str = ""
    extra: str = ""
    says_missing: str = ""
    says_extra: str = ""


@dataclass(frozen=True)
class Term:
    """A summand of the true gradient; tags are its slug and what became of it.

    ``free`` terms are known up to a constant: only their direction is compared.
    """

    name: str
    value: np.ndarray
    missing: str = ""
    sign: str = ""
    twice: str = ""
    free: bool = False


@dataclass(frozen=True)
class Mask:
    """A set of entries with a name, such as z > 0; broadcast against the gradient."""

    name: str
    value: np.ndarray
    tag: str = ""


@dataclass(frozen=True)
class Mistake:
    """What a well-known other derivation gives (a kernel not rotated, say)."""

    tag: str
    says: str
    value: np.ndarray


@dataclass
class Candidates:
    """Everything that may explain one array."""

    constants: list[Constant] = field(default_factory=list)
    factors: list[Factor] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    masks: list[Mask] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)

    def plus(self, other: Candidates | None) -> Candidates:
        """These first, then the other's."""
        if other is None:
            return self
        return Candidates(
            self.constants + other.constants,
            self.factors + other.factors,
            self.terms + other.terms,
            self.masks + other.masks,
            self.mistakes + other.mistakes,
        )


@dataclass
class Comparison:
    """One array of the student's beside the true one.

    Attributes
    ----------
    name : str
        What the student calls it: "dW".
    got, want : array
        The student's and the true values; the shapes may differ.
    error : array
        An estimate of the error of ``want`` (0 where it is exact).
    known : array of bool
        False where there is nothing to compare with (a kink).
    sizes : dict
        What each size is called: {"N, the batch size": 7}; the batch size comes first.
    arrays : dict
        The inputs, the output y and the cotangent dy.
    candidates : Candidates
    """

    name: str
    got: np.ndarray
    want: np.ndarray
    error: np.ndarray
    known: np.ndarray
    sizes: dict[str, int] = field(default_factory=dict)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    candidates: Candidates = field(default_factory=Candidates)
