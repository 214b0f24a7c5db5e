r"""Finding the exercises in a student's file, and running no more of it than they need.

A solution or a notebook is read with `ast` first. Then only these statements run: the
imports, and whatever binds a name that an exercise function uses, directly or through
another function. A training cell, a plot, a loop at top level does not run.
"""

from __future__ import annotations

import ast
import json
import linecache
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.registry import NAMES

DEFINITION = re.compile(r"^(?:async\s+)?def\s+(\w+)\s*\(", re.MULTILINE)


@dataclass
class Piece:
    """A file, or a cell of a notebook: its source and its syntax tree."""

    filename: str
    source: str
    tree: ast.Module | None = None
    error: SyntaxError | None = None

    def __post_init__(self) -> None:
        try:
            self.tree = ast.parse(self.source)
        except SyntaxError as error:
            self.error = error
        except ValueError as error:  # a null byte in the source
            self.error = SyntaxError(str(error))

    def defined(self) -> list[str]:
        """Names of the functions at top level; guessed if the syntax is wrong."""
        if self.tree is None:
            return DEFINITION.findall(self.source)
        return [s.name for s in self.tree.body if isinstance(s, ast.FunctionDef)]

    def complaint(self) -> str:
        """The syntax error in one or two lines."""
        assert self.error is not None
        line = self.error.lineno or 0
        text = (self.error.text or "").strip()[:60]
        where = f"{Path(self.filename).name}, line {line}" + (
            f": {text}" if text else ""
        )
        return f"SyntaxError: {self.error.msg}\n{where}"


@dataclass
class Submission:
    """A student's file, read but not run.

    Attributes
    ----------
    path : Path
    pieces : list of Piece
        The file itself, or the code cells of a notebook.
    found : list of str
        Names of the exercises in it, in the order of the lessons.
    """

    path: Path
    pieces: list[Piece]
    found: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        defined = {name for piece in self.pieces for name in piece.defined()}
        self.found = [name for name in NAMES if name in defined]

    def syntax_error(self, name: str) -> str | None:
        """What keeps an exercise from being read: an error in its last definition."""
        for piece in reversed(self.pieces):
            if name in piece.defined():
                return piece.complaint() if piece.error is not None else None
        return None

    def line_of(self, name: str) -> int:
        """The line of the last definition of a function, from 0, in its piece."""
        lines = [
            s.lineno - 1
            for piece in self.pieces
            if piece.tree is not None
            for s in piece.tree.body
            if isinstance(s, ast.FunctionDef) and s.name == name
        ]
        return lines[-1] if lines else 0

    def has_tests(self) -> bool:
        """There are test functions or classes as pytest knows them."""
        bodies = [piece.tree.body for piece in self.pieces if piece.tree is not None]
        for statement in (s for body in bodies for s in body):
            if isinstance(statement, ast.FunctionDef):
                if statement.name.startswith("test"):
                    return True
            if isinstance(statement, ast.ClassDef) and statement.name[:4] == "Test":
                return True
        return False


def read_submission(path: Path) -> Submission:
    """Read a ``.py`` file or a notebook; nothing of it is run.

    Raises
    ------
    UserError
        If the file cannot be read, is no text, or is not a notebook.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise UserError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise UserError(f"{path} is a folder, not a .py file or notebook") from None
    except UnicodeDecodeError:
        raise UserError(f"{path} is not a text file") from None
    except OSError as error:
        raise UserError(f"{path}: {error.strerror}") from None
    if path.suffix == ".ipynb":
        return Submission(path, notebook_cells(text, path))
    if path.suffix != ".py":
        raise UserError(f"{path}: expected a .py file or an .ipynb notebook")
    return Submission(path, [Piece(str(path), text.removeprefix("\ufeff"))])


def notebook_cells(text: str, path: Path) -> list[Piece]:
    """The code cells; lines for the shell or IPython (%, !) are blanked."""
    try:
        notebook = json.loads(text)
        cells = notebook["cells"]
        code = [c["source"] for c in cells if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UserError(f"{path} is not a notebook (nbformat 4, JSON)") from None
    pieces = []
    for k, source in enumerate(code, 1):
        joined = "".join(source) if isinstance(source, list) else str(source)
        lines = ["" if re.match(r"\s*[%!]", s) else s for s in joined.split("\n")]
        pieces.append(Piece(f"{path.name} code cell {k}", "\n".join(lines)))
    return pieces


def bound_names(statement: ast.stmt) -> set[str]:
    """What a statement at top level gives a value."""
    if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
        return {statement.name}
    stored = (n for n in ast.walk(statement) if isinstance(n, ast.Name))
    names = {n.id for n in stored if isinstance(n.ctx, ast.Store)}
    for node in ast.walk(statement):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names}
    return names


def used_names(statement: ast.stmt) -> set[str]:
    """Every name that a statement takes from the top level.

    What is local to a function is not among them: an ``x`` in an exercise must not make
    an ``x = train()`` of the notebook run.
    """
    try:
        table = symtable.symtable(ast.unparse(statement), "statement", "exec")
    except SyntaxError:  # a return outside of a function, an argument twice
        return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
    names = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    inner = list(table.get_children())
    while inner:
        scope = inner.pop()
        names |= {s.get_name() for s in scope.get_symbols() if s.is_global()}
        inner += scope.get_children()
    return names


def _is_main_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and "__name__" in used_names(statement)


def needed(statements: Iterable[ast.stmt], wanted: Iterable[str]) -> list[ast.stmt]:
    """Imports, and the statements that the wanted names rest upon, in their order."""
    every = [s for s in statements if not _is_main_guard(s)]
    kinds = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.If, ast.Try)
    names, size = set(wanted), -1
    while len(names) != size:  # until nothing new is needed
        size = len(names)
        for s in every:
            if isinstance(s, kinds) and bound_names(s) & names:
                names |= used_names(s)
    imports = (ast.Import, ast.ImportFrom)
    return [
        s
        for s in every
        if isinstance(s, imports) or (isinstance(s, kinds) and bound_names(s) & names)
    ]


def run_definitions(submission: Submission) -> dict[str, Any]:
    """The namespace that the needed statements of a submission leave behind.

    An import that fails is passed over: if an exercise uses it, the missing name says
    so when it runs.
    """
    namespace: dict[str, Any] = {"__name__": submission.path.stem}
    trees = [p.tree.body for p in submission.pieces if p.tree is not None]
    every = [s for body in trees for s in body]
    kept = {id(s) for s in needed(every, submission.found)}
    for piece in submission.pieces:
        if piece.tree is None:
            continue
        lines = piece.source.splitlines(keepends=True)
        linecache.cache[piece.filename] = (len(lines), None, lines, piece.filename)
        for statement in piece.tree.body:
            if id(statement) in kept:
                module = ast.Module([statement], type_ignores=[])
                code = compile(module, piece.filename, "exec")
                try:
                    exec(code, namespace)
                except ImportError:
                    if not isinstance(statement, (ast.Import, ast.ImportFrom)):
                        raise
    return namespace
