r"""What a search may use, and what it finds."""

from __future__ import annotations

import ast
import re
import time
from dataclasses import dataclass, field

from gan_numpy.gradcheck.repair.edits.site import Site, is_integer
from gan_numpy.gradcheck.repair.kinds import KINDS
from gan_numpy.gradcheck.repair.source import Written


@dataclass(frozen=True)
class Fix:
    """One edit that makes everything right.

    Attributes
    ----------
    kind : str
        A key of `kinds.KINDS`.
    line : int
        In the file or the cell.
    source : str
        The line as the student wrote it.
    old, new : str
        The expression (or statement) before and after.
    tier : int
    use : bool
        It is where a name is used, and the name could hold the right thing already.
    growth : int
        How much longer the source becomes; 0 if it does not.
    was_right, is_right : bool
        What the statement makes was, or is now, an adjoint of the forward.
    statement : int
        The ``id`` of its node.
    function : Written or None
    tree : ast.FunctionDef or None
        The whole function with the edit in it.
    """

    kind: str
    filename: str
    line: int
    source: str
    old: str
    new: str
    tier: int
    use: bool = False
    growth: int = 0
    was_right: bool = False
    is_right: bool = False
    statement: int = 0
    function: Written | None = field(default=None, compare=False, repr=False)
    tree: ast.FunctionDef | None = field(default=None, compare=False, repr=False)

    def is_alike(self) -> bool:
        """The factor that is missing has another value of the same statement."""
        rest = self.new.removeprefix(self.old)
        if rest == self.new or not rest.startswith((" * ", " / ")):
            return False
        factor = re.escape(rest[3:].replace(" ", ""))
        others = self.source.replace(self.old, "", 1).replace(" ", "")
        return re.search(rf"(?<![^*/]){factor}(?![\w.(\[])", others) is not None

    def is_in_vain(self) -> bool:
        """Something else stands in for what has made a right value.

        What makes a right value can lack something: then it is not yet the value that
        is meant. But it is not wrong as it stands.
        """
        return self.was_right and self.old not in self.new

    def depends(self) -> str:
        """What the changed line depends on, by name."""
        try:
            names = sorted(_names(self.new) - {"np", "numpy", "len"})
        except SyntaxError:
            names = []
        if not names or len(names) > 6:
            return "Which names does its formula have, and which stand there?"
        return f"`{self.old}` should depend on {', '.join(names)}."

    def change(self) -> str:
        """The edit in words."""
        if not self.new:
            return f"Change `{self.old}`: {KINDS[self.kind].says}."
        return f"Write `{self.new}` for `{self.old}`."


def _names(text: str) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Name)}


def is_use(site: Site) -> bool:
    """A bare name that the function itself has given its value."""
    node = site.node
    if not isinstance(node, ast.Name) or isinstance(site.owner, ast.Assign):
        return False
    if node.id not in site.made:
        return False
    value = site.scope.get(node.id)
    return value is not None and not is_integer(value)  # a size is what it is


def size_of(node: ast.AST) -> int:
    """How many operations, calls and names."""
    kinds = (ast.operator, ast.unaryop, ast.expr, ast.stmt)
    return sum(isinstance(n, kinds) for n in ast.walk(node))


GRACE = 0.5  # seconds in which a search may end by itself


@dataclass(frozen=True)
class Limits:
    """When a search ends: seconds of processor time, seconds by the clock, attempts."""

    seconds: float = 6.0
    wall: float = 8.0
    attempts: int = 40_000


@dataclass
class Stopwatch:
    """What a search has used of its limits."""

    limits: Limits
    started: float = field(default_factory=time.thread_time)
    begun: float = field(default_factory=time.monotonic)
    used: int = 0
    usual: float = 0.0  # seconds of one call of what is searched

    @property
    def end(self) -> float:
        """When whoever does not ask is interrupted, by `time.monotonic`."""
        return self.begun + self.limits.wall + GRACE

    @property
    def half(self) -> float:
        """When half of it has gone, by the clock."""
        return self.begun + self.limits.wall / 2

    def share(self, part: float) -> Stopwatch:
        """For a search within this one: a part of the time that is left."""
        seconds = self.limits.seconds - (time.thread_time() - self.started)
        wall = self.limits.wall - (time.monotonic() - self.begun)
        attempts = self.limits.attempts - self.used
        left = Limits(part * max(seconds, 0), part * max(wall, 0), max(attempts, 0))
        return Stopwatch(left, usual=self.usual)

    def part(self) -> float:
        """How much of the time has gone."""
        return max(
            (time.thread_time() - self.started) / self.limits.seconds,
            (time.monotonic() - self.begun) / self.limits.wall,
        )

    def reached(self) -> bool:
        """No time, or no attempts left."""
        return (
            self.used >= self.limits.attempts
            or time.thread_time() - self.started > self.limits.seconds
            or time.monotonic() - self.begun > self.limits.wall
        )


@dataclass(frozen=True)
class Step:
    """One of several mistakes: the results that its edits make right."""

    names: tuple[str, ...]
    fixes: list[Fix]


@dataclass(frozen=True)
class Found:
    """What a search has found.

    Attributes
    ----------
    fixes : list of Fix
        Equally plausible edits that make everything right.
    place : (filename, line, text) or None
        Without any: the one line whose value could be such that all is right.
    right : tuple of str
        Names before the place whose values are true adjoints of the forward's.
    steps : tuple of Step
        Where no edit alone makes everything right: several that do together.
    """

    fixes: list[Fix] = field(default_factory=list)
    place: tuple[str, int, str] | None = None
    right: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    def so_far(self) -> str:
        """What is right up to the place, as a sentence; empty if nothing is known."""
        if not self.right:
            return ""
        return f"Up to there {' and '.join(self.right[-2:])} can be trusted."
