r"""Is the student's array equal to this one, or a constant times it?

All tests of the diagnosis end here. An equality counts only if it could have failed:
the tolerance must be far below the size of what is compared, there must be entries
enough, and a combination with :math:`k` free numbers must leave entries over.
"""

from __future__ import annotations

import numpy as np

from gan_numpy.gradcheck.diagnosis.candidates import Comparison

EXACT = 1e-9  # agreement of two correct float64 derivations
NAMED = 1e-6  # agreement that lets a name be given
# Agreement of one that is computed in float32 throughout: the references of the
# exercises need 2e-7, 6e-8 if only the result is rounded. More would forgive mistakes
# to whoever rounds: another epsilon, a difference quotient.
SINGLE = 1e-6


class Fit:
    """The known entries of a `Comparison` of equal shapes, and tests on them."""

    def __init__(self, cmp: Comparison, only: np.ndarray | None = None) -> None:
        self.cmp = cmp
        self.where = cmp.known if only is None else cmp.known & only
        self.a = np.asarray(cmp.got, dtype=np.float64)[self.where]
        self.n = cmp.want[self.where]
        self.error = cmp.error[self.where]
        self.size = self.a.size
        self.scale = float(np.abs(self.n).max()) if self.size else 0.0
        single = cmp.got.dtype == np.float32
        self.rtol = SINGLE if single else EXACT
        self.named = 3e-5 if single else NAMED

    @property
    def noise(self) -> float:
        """What may be rounding in the true gradient, everywhere."""
        return 10 * float(self.error.max()) if self.size else 0.0

    def passes(self) -> bool:
        """The student's array is the true one to the last digits."""
        return self.within(self.rtol)

    def within(self, rtol: float) -> bool:
        """All entries agree to rtol of the largest, plus the error of the true ones."""
        slack = rtol * self.scale + 10 * self.error
        return bool(np.all(np.abs(self.a - self.n) <= slack))

    def wrong(self) -> np.ndarray:
        """Which of the known entries differ, flat."""
        wrong: np.ndarray = np.abs(self.a - self.n) > (
            max(self.rtol, 1e-7) * self.scale + 10 * self.error
        )
        return wrong

    def pick(self, array: np.ndarray) -> np.ndarray | None:
        """The known entries of another array, None if it does not broadcast."""
        array = np.asarray(array, dtype=np.float64)
        try:
            picked = np.broadcast_to(array, self.cmp.want.shape)[self.where]
        except ValueError:
            return None
        return picked if np.all(np.isfinite(picked)) else None

    def decisive(self, s: np.ndarray, free: int = 0) -> bool:
        """Agreement with s would mean something: entries enough, and no noise."""
        size = float(np.abs(s).max()) if s.size else 0.0
        return s.size >= free + 1 and 100 * self.noise <= size and size > 0

    def equals(self, s: np.ndarray, free: int = 0) -> bool:
        """The student's known entries are those of s (already picked)."""
        if not self.decisive(s, free):
            return False
        ratio = float(np.abs(s).max()) / self.scale if self.scale > 0 else 1.0
        # with few entries a coincidence is likely, so ask for more digits
        rtol = self.named if s.size - free >= 3 else max(self.named / 100, self.rtol)
        slack = rtol * np.abs(s).max() + 10 * self.error * max(1.0, ratio)
        return bool(np.all(np.abs(self.a - s) <= slack))

    def multiple(self, s: np.ndarray) -> float | None:
        """c if the student's entries are c times those of s, else None."""
        power = float(s @ s)
        if power == 0 or not self.decisive(s):
            return None
        c = float(self.a @ s) / power
        return c if c != 0 and self.equals(c * s, free=1) else None

    def combination(self, parts: list[np.ndarray]) -> np.ndarray | None:
        """Coefficients c with student = sum of c_k parts_k, if that is unambiguous."""
        basis = np.stack(parts, axis=1)
        length = np.linalg.norm(basis, axis=0)
        if np.any(length == 0) or len(basis) < len(parts) + 3:
            return None
        c, _, rank, singular = np.linalg.lstsq(basis / length, self.a, rcond=None)
        if rank < len(parts) or singular[-1] < 1e-4 * singular[0]:
            return None  # nearly parallel: the split would be arbitrary
        fits = self.equals(basis @ (c / length), free=len(parts))
        return np.asarray(c / length) if fits else None

    def tolerance(self) -> float:
        """Relative accuracy of a fitted constant."""
        noise = self.noise / self.scale if self.scale > 0 else 0.0
        return max(self.named, 1e-7) + noise
