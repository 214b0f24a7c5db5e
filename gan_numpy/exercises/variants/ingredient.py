r"""One change of an exercise: texts in place of others."""

from __future__ import annotations

from dataclasses import dataclass

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Ingredient:
    """One change.

    Attributes
    ----------
    pairs : tuple of (old, new)
        Each old text is replaced wherever it stands in the module; it must.
    mutants : tuple of (tags, old, new)
        In place of the exercise's own, if there are any.
    statement : str
        In place of the exercise's own, if not empty.
    hints : tuple of str
    """

    pairs: Pairs = ()
    mutants: tuple[tuple[str, str, str], ...] = ()
    statement: str = ""
    hints: tuple[str, ...] = ()
