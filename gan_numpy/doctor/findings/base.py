"""What a finding is: a kind, with its judge, and what was found of it in a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gan_numpy.doctor.trace import Row, Trace

PLAYERS = {"G": "generator", "D": "discriminator"}


@dataclass(frozen=True)
class Evidence:
    """What a judge has seen.

    Attributes
    ----------
    since : int
        The step of the first of the examinations that show it without a break.
    text : str
        The numbers, with their units.
    """

    since: int
    text: str


@dataclass(frozen=True)
class Kind:
    """A kind of finding.

    Attributes
    ----------
    name, title : str
        A word for tests and JSON, and a sentence for people.
    judge : callable
        From a `Trace` to `Evidence`, or to None: not there, or not known.
    figures : tuple of str
        The figures that the judge needs to know; ``a|b`` is either of two.
    means, literature, source, next : str
        What it means, what the literature does about it and where, what to try: a
        command, with a comment for those who have a loop of their own.
    explains : tuple of str
        Findings that follow from this one, and are then not reported.
    """

    name: str
    title: str
    judge: Callable[[Trace], Evidence | None]
    figures: tuple[str, ...]
    means: str
    literature: str
    source: str
    next: str
    explains: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """A kind, and what was seen of it.

    Attributes
    ----------
    kind : Kind
    evidence : Evidence
    step : int
        The examination at which it became certain.
    """

    kind: Kind
    evidence: Evidence
    step: int

    @property
    def name(self) -> str:
        """The kind's word."""
        return self.kind.name


def below(name: str, limit: float) -> Callable[[Row], bool | None]:
    """Whether a figure is at most a limit."""
    return lambda row: row[name] <= limit if name in row else None


def above(name: str, limit: float) -> Callable[[Row], bool | None]:
    """Whether a figure is at least a limit."""
    return lambda row: row[name] >= limit if name in row else None


def both(
    *conditions: Callable[[Row], bool | None],
) -> Callable[[Row], bool | None]:
    """Whether all hold; None if one cannot be told."""

    def holds(row: Row) -> bool | None:
        found = [condition(row) for condition in conditions]
        return None if None in found else all(found)

    return holds


def after(
    step: int, condition: Callable[[Row], bool | None]
) -> Callable[[Row], bool | None]:
    """A condition that earlier rows cannot tell."""
    return lambda row: condition(row) if row["step"] >= step else None
