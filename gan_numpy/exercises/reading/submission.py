r"""A file that was handed in, and the exercises that it defines; nothing has run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from gan_numpy.errors import UserError
from gan_numpy.exercises.limited import most_hints
from gan_numpy.exercises.reading.ipython import as_python
from gan_numpy.exercises.reading.notebook import load_notebook
from gan_numpy.exercises.reading.text import decode, read_bytes
from gan_numpy.exercises.registry import NAMES

KINDS = (".py", ".ipynb")
DEFINITION = re.compile(r"^(?:async\s+)?def\s+(\w+)\s*\(", re.MULTILINE)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# What can have a function as its value, or an object that can be called.
CALLABLE = (ast.Lambda, ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.IfExp)


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
        except (ValueError, RecursionError, MemoryError) as error:
            self.error = SyntaxError(str(error) or "nested too deeply")

    @property
    def body(self) -> list[ast.stmt]:
        """The statements at top level; none if the syntax is wrong."""
        return self.tree.body if self.tree is not None else []

    def defined(self) -> list[str]:
        """Names of what may be functions; guessed if the syntax is wrong."""
        if self.tree is None:
            return DEFINITION.findall(self.source)
        return [name for s in self.body for name, _ in definitions(s)]

    def complaint(self) -> str:
        """The syntax error in one or two lines."""
        assert self.error is not None
        line = self.error.lineno or 0
        text = (self.error.text or "").strip()[:60]
        where = f"{Path(self.filename).name}, line {line}" + (
            f": {text}" if text else ""
        )
        return f"SyntaxError: {self.error.msg}\n{where}"


def definitions(statement: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    """Names that a statement may give a function, in blocks too, and where.

    ``value = 3`` and ``value = value(x)`` give the name a result, ``for value in ...``
    an element: none of them is a definition.
    """
    if isinstance(statement, FUNCTIONS):
        yield statement.name, statement
    elif isinstance(statement, ast.Assign):
        for target in statement.targets:
            yield from _given(target, statement.value)
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        yield from _given(statement.target, statement.value)
    elif isinstance(statement, ast.Expr):
        if isinstance(statement.value, ast.NamedExpr):
            yield from _given(statement.value.target, statement.value.value)
    elif not isinstance(statement, ast.ClassDef):
        for block in ast.iter_child_nodes(statement):
            if isinstance(block, ast.stmt):
                yield from definitions(block)
            elif isinstance(block, (ast.ExceptHandler, ast.match_case)):
                for inner in block.body:
                    yield from definitions(inner)


def _given(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        for one, its in zip(target.elts, value.elts, strict=False):
            yield from _given(one, its)
    elif isinstance(target, ast.Name) and isinstance(value, CALLABLE):
        match value:
            case ast.Call(ast.Name(name)) if name == target.id:
                return
        yield target.id, value


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

    @property
    def is_notebook(self) -> bool:
        """Whether it consists of cells."""
        return is_notebook(self.path.name)

    def statements(self) -> list[ast.stmt]:
        """All statements at top level, in the order of the cells."""
        return [s for piece in self.pieces for s in piece.body]

    def syntax_error(self, name: str) -> str | None:
        """What keeps an exercise from being read: an error in its last definition."""
        for piece in reversed(self.pieces):
            if name in piece.defined():
                return piece.complaint() if piece.error is not None else None
        return None

    def most_hints(self) -> int:
        """How many stages of hints its author may see."""
        return most_hints(piece.source for piece in self.pieces)

    def line_of(self, name: str) -> int:
        """The line of the last definition of a function, from 0, in its piece."""
        found = [
            getattr(node, "lineno", 1) - 1
            for statement in self.statements()
            for defined, node in definitions(statement)
            if defined == name
        ]
        return found[-1] if found else 0


def is_notebook(name: str) -> bool:
    """By the end of its name, in any case."""
    return name.lower().endswith(".ipynb")


def read_submission(path: Path) -> Submission:
    """Read a ``.py`` file or a notebook; nothing of it is run.

    Raises
    ------
    UserError
        If the file cannot be read, is no text, or is not a notebook.
    """
    content = read_bytes(path)
    if path.suffix.lower() not in KINDS:
        raise UserError(f"{path}: expected a .py file or an .ipynb notebook")
    try:
        return parse_submission(path, content)
    except UserError as error:
        raise UserError(f"{path} {error}") from None


def parse_submission(path: Path, content: bytes) -> Submission:
    """The submission in these bytes.

    Raises
    ------
    UserError
        If they are no text or no notebook; the message follows the name of the file.
    """
    if not is_notebook(path.name):
        return Submission(path, [Piece(str(path), decode(content))])
    code = [c["source"] for c in load_notebook(content) if c["cell_type"] == "code"]
    try:
        sources = [as_python(source) for source in code]
    except UserError as error:
        raise UserError(f"cannot be read: {error}") from None
    return Submission(
        path,
        [Piece(f"{path.name} code cell {k}", s) for k, s in enumerate(sources, 1)],
    )
