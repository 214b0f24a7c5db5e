r"""The cases, read from text files that hold plain Python as people write it.

A file of ``wrong/`` is a whole right solution, followed by mistakes. Each mistake is a
small edit of that text, so that the right solution, the wrong one and the lines on
which they differ are all known::

    === tanh-derivative-missing [derivative, factor]
    The tanh is not differentiated: 1 - h^2 is missing.
    - da = dnext_h * (1 - next_h ** 2)
    + da = dnext_h

In brackets stand the kinds of mistake that count as its right name (see `names.KINDS`);
a line too many or too few is a "statement" besides. ``two`` behind them marks two
mistakes, which need no name but must not get a wrong one. Lines of code are compared
without their indentation and must occur exactly once. A line ``@ code`` names one more
line on which the same mistake can be mended; of a missing line both neighbors count.

A file of ``right/`` holds solutions one after the other, each under ``=== name`` and a
sentence on what is odd about it.
"""

from __future__ import annotations

import ast
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).parent
SECOND, THIRD = HERE / "second", HERE / "third"  # see their notes


@dataclass(frozen=True)
class Case:
    """One program.

    Attributes
    ----------
    id : str
        "lstm_step/gate-order": the file and the mistake, or what is odd.
    source : str
        The program. It holds a test function that takes `gradcheck`, or it defines
        exercises and is checked as a file.
    says : str
        The mistake, or what is odd, in a sentence.
    accepts : frozenset of str
        The kinds that are right names of it; empty for a right solution.
    lines : frozenset of int
        Where the mistake is, from 1; empty for a right solution.
    two : bool
        There are two mistakes.
    """

    id: str
    source: str
    says: str
    accepts: frozenset[str] = frozenset()
    lines: frozenset[int] = frozenset()
    two: bool = False

    @property
    def function(self) -> str:
        """The file it stands in."""
        return self.id.split("/")[0]

    @property
    def is_exercise(self) -> bool:
        """It is a file of exercises, not one with a test function."""
        return "(gradcheck)" not in self.source


@dataclass
class _Hunk:
    old: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)


def _sections(text: str) -> tuple[str, list[tuple[str, list[str]]]]:
    """What comes before the first ``===``, and (heading, lines) of each section."""
    head: list[str] = []
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("=== "):
            found.append((line[4:].strip(), []))
        else:
            (found[-1][1] if found else head).append(line)
    return "\n".join(head).rstrip() + "\n", found


def _place(lines: list[str], old: list[str], where: str) -> int:
    stripped = [line.strip() for line in lines]
    wanted = [line.strip() for line in old]
    n = len(wanted)
    places = [k for k in range(len(lines)) if stripped[k : k + n] == wanted]
    if len(places) != 1:
        raise ValueError(f"{where}: {wanted} occurs {len(places)} times, expected 1")
    return places[0]


def _edited(base: str, hunks: list[_Hunk], where: str) -> tuple[str, dict[int, int]]:
    """The text after all edits; of the lines that differ, the edit that did it."""
    lines = base.splitlines()
    marks: list[int | None] = [None] * len(lines)
    for number, hunk in enumerate(hunks):
        at = _place(lines, hunk.old, where)
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        same = {line.strip() for line in hunk.old}
        new = textwrap.indent("\n".join(hunk.new), indent).splitlines()
        differ = [line.strip() not in same for line in new]
        n = len(hunk.old)
        lines[at : at + n] = new
        marks[at : at + n] = [number if d else None for d in differ]
        if not any(differ):  # something was deleted: its place is between two lines
            for k in range(max(at - 1, 0), min(at + len(new) + 1, len(lines))):
                marks[k] = number
    found = {k + 1: mark for k, mark in enumerate(marks) if mark is not None}
    return "\n".join(lines) + "\n", found


def _statements(source: str, lines: set[int]) -> set[int]:
    """All lines of the simple statements on these lines, outside the test function."""
    found, test = set(lines), set()
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.stmt):
            continue
        here = set(range(node.lineno, (node.end_lineno or node.lineno) + 1))
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            test |= here
        elif not hasattr(node, "body") and here & lines:
            found |= here
    return found - test


@dataclass(frozen=True)
class Mistake:
    """What stands under a heading: an edit, the names that are right, more lines."""

    name: str
    says: str
    accepts: frozenset[str]
    two: bool
    hunks: tuple[_Hunk, ...]
    also: tuple[str, ...]


def _mistake(heading: str, body: list[str]) -> Mistake:
    name, _, rest = heading.partition(" [")
    kinds, _, flags = rest.partition("]")
    says: list[str] = []
    hunks: list[_Hunk] = []
    also: list[str] = []
    for line in body:
        if line.startswith("- "):
            if not hunks or hunks[-1].new:
                hunks.append(_Hunk())
            hunks[-1].old.append(line[2:])
        elif line.startswith("+ "):
            hunks[-1].new.append(line[2:])
        elif line.startswith("@ "):
            also.append(line[2:])
        elif line.strip():
            says.append(line.strip())
    accepts = frozenset(kind.strip() for kind in kinds.split(","))
    if any(len(hunk.old) != len(hunk.new) for hunk in hunks):
        accepts |= {"statement"}
    two = "two" in flags.split()
    return Mistake(
        name.strip(), " ".join(says), accepts, two, tuple(hunks), tuple(also)
    )


def mistakes(path: Path) -> tuple[str, list[Mistake]]:
    """The right solution of a file, and its mistakes."""
    base, sections = _sections(path.read_text(encoding="utf-8"))
    return base, [_mistake(*section) for section in sections]


def of_mistakes(base: str, made: Sequence[Mistake]) -> tuple[str, list[frozenset[int]]]:
    """The program with these mistakes, and the lines of each.

    Raises
    ------
    ValueError
        If a line that is edited does not occur exactly once.
    """
    where = " and ".join(m.name for m in made)
    owners = [k for k, m in enumerate(made) for _ in m.hunks]
    source, marks = _edited(base, [h for m in made for h in m.hunks], where)
    found = []
    for k, m in enumerate(made):
        lines = {line for line, number in marks.items() if owners[number] == k}
        lines |= {_place(source.splitlines(), [code], where) + 1 for code in m.also}
        found.append(frozenset(_statements(source, lines)))
    return source, found


def wrong_cases(folder: Path = HERE / "wrong") -> list[Case]:
    """All mistakes, in the order of their files."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        base, every = mistakes(path)
        for m in every:
            source, (lines,) = of_mistakes(base, [m])
            name = f"{path.stem}/{m.name}"
            found.append(Case(name, source, m.says, m.accepts, lines, m.two))
    return found


def bases(folder: Path = HERE / "wrong") -> list[Case]:
    """The right solutions of which the mistakes are edits."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        base, _ = _sections(path.read_text(encoding="utf-8"))
        found.append(Case(f"{path.stem}/base", base, "the right solution"))
    return found


def right_cases(folder: Path = HERE / "right") -> list[Case]:
    """All right solutions in odd styles."""
    found = []
    for path in sorted(folder.glob("*.txt")):
        _, sections = _sections(path.read_text(encoding="utf-8"))
        for name, lines in sections:
            says, _, source = "\n".join(lines).partition("\n\n")
            found.append(
                Case(f"{path.stem}/{name}", source.strip("\n") + "\n", says.strip())
            )
    return found
