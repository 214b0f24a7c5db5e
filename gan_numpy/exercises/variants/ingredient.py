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
    columns : tuple of str
        The inputs of which a sample is a column now: the exercise's own inputs and
        candidates are turned.
    summed : tuple of str
        The inputs over whose samples the loss is a sum now, not a mean.
    """

    pairs: Pairs = ()
    mutants: tuple[tuple[str, str, str], ...] = ()
    statement: str = ""
    hints: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    summed: tuple[str, ...] = ()
