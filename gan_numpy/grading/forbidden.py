r"""Shortcuts: what a submission may not use in place of deriving.

Two looks at it. Before it runs its syntax tree is searched, for each exercise only the
statements that the exercise rests upon: a notebook may plot with anything. While it
runs, its imports and what it asks of the system are watched; this watchman lives in the
student's own process, so he names shortcuts, while the walls are those of `sandbox`.
"""

from __future__ import annotations

import ast
import builtins
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gan_numpy.exercises.differences import TASK, quotients
from gan_numpy.exercises.reading.beside import Beside
from gan_numpy.exercises.reading.effects import IMPORTS, bound_names, used_names
from gan_numpy.exercises.reading.needed import needed
from gan_numpy.exercises.reading.submission import Submission

ALLOWED = (
    "numpy",
    "math",
    "itertools",
    "functools",
    "typing",
    "dataclasses",
    "collections",
    "__future__",
)
AUTOGRAD = ("torch", "jax", "jaxlib", "autograd", "tensorflow", "keras", "tinygrad")
LIBRARY = "gan_numpy"
NAMES = frozenset(
    "exec eval compile open __import__ globals input breakpoint __builtins__"
    " __loader__ __spec__".split()
)
ATTRIBUTES = frozenset(
    "__subclasses__ __globals__ __builtins__ __code__ __closure__ __loader__ __spec__"
    " __bases__ __mro__ __dict__ f_globals f_back f_locals f_builtins gi_frame tb_frame"
    " ctypeslib importlib _getframe __getattribute__ __getattr__ sys os gc builtins"
    " setprofile settrace get_objects get_referrers".split()
)
EVENTS = frozenset(
    "os subprocess socket ctypes shutil pty signal tempfile glob gc".split()
)
QUIET = ("os.listdir", "os.scandir", "ctypes.seterrno")

Report = Callable[[str], None]


def why_not(module: str, allowed: Iterable[str]) -> str | None:
    """What is wrong with importing a module; None if it may be imported."""
    root = module.split(".")[0]
    if root in allowed:
        return None
    if root == LIBRARY:
        return f"uses this library ({module}) in place of deriving"
    if root in AUTOGRAD:
        return f"uses an autograd package ({root})"
    return f"imports {root}, which is not allowed"


def _modules(statement: ast.AST) -> list[str]:
    """The modules that an import statement names."""
    if isinstance(statement, ast.Import):
        return [alias.name for alias in statement.names]
    if isinstance(statement, ast.ImportFrom):
        return ["." * statement.level + (statement.module or "")]
    return []


def refused_imports(submission: Submission, allowed: Iterable[str]) -> dict[str, str]:
    """Names that imports at top level would bind, and why they may not; "*" for all."""
    refused = {}
    for s in submission.statements():
        for module in _modules(s):
            reason = why_not(module, allowed)
            if reason is not None:
                refused.update(dict.fromkeys(bound_names(s), reason))
    return refused


def shortcuts(
    submission: Submission,
    wanted: list[str],
    allowed: Iterable[str],
    differences: bool = False,
    beside: Beside | None = None,
) -> list[str]:
    """Why the functions of these names earn nothing; empty if they may be checked.

    ``wanted`` begins with the exercise; with ``differences`` its gradient may be
    measured. Modules ``beside`` the file are looked at as it is.
    """
    beside = Beside() if beside is None else beside
    allowed = (*allowed, *beside.roots)
    statements = needed(submission.statements(), wanted)
    parts = [(submission, statements), *beside.parts(statements)]
    every = [s for _, some in parts for s in some if not isinstance(s, IMPORTS)]
    reasons = [r for part in parts for r in _all_imported(part[0], allowed)]
    if not differences and wanted[0] not in TASK:
        reasons += quotients(every)
    for its, some in parts:
        refused = refused_imports(its, allowed)
        for statement in some:
            reasons += _of_statement(statement, refused, allowed)
    return list(dict.fromkeys(reasons))


def _all_imported(submission: Submission, allowed: Iterable[str]) -> list[str]:
    """Why ``from m import *`` is refused, whatever of it is used."""
    refused = refused_imports(submission, allowed)
    return [refused["*"]] if "*" in refused else []


def _of_statement(
    statement: ast.stmt, refused: Mapping[str, str], allowed: tuple[str, ...]
) -> list[str]:
    """Shortcuts of one statement, which is needed."""
    if isinstance(statement, IMPORTS):
        return []
    names = used_names(statement)
    reasons = [refused[k] for k in sorted(names & refused.keys())]
    suspect = names & _suspects(allowed) - _own(statement)
    reasons += [f"uses {k}" for k in sorted(suspect)]
    guarded = set(_with_another_way(statement))
    for node in ast.walk(statement):
        if isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES:
            reasons.append(f"uses .{node.attr}")
        if _asks_by_name(node):
            reasons.append("asks for an attribute by a computed name")
        if node not in guarded:
            found = [why_not(module, allowed) for module in _modules(node)]
            reasons += [r for r in found if r is not None]
    return reasons


def _asks_by_name(node: ast.AST) -> bool:
    """``getattr(x, "a" + "b")``: what it asks for cannot be read in the source."""
    if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "getattr":
        return False
    whose, name = [*node.args, None, None][:2]
    if isinstance(name, ast.Constant):
        return name.value in ATTRIBUTES
    return getattr(whose, "id", "") != "self"


def _with_another_way(statement: ast.stmt) -> Iterator[ast.AST]:
    """Imports below ``try`` with another way for who has no such module.

    They fail here, and the other way is taken; nobody prepares for lacking this
    library or an autograd package in good faith.
    """
    for block in ast.walk(statement):
        if not isinstance(block, ast.Try):
            continue
        caught = " ".join(ast.unparse(h.type) for h in block.handlers if h.type)
        if "ImportError" in caught or "ModuleNotFoundError" in caught:
            for node in (n for s in block.body for n in ast.walk(s)):
                roots = {module.split(".")[0] for module in _modules(node)}
                if roots and not roots & {LIBRARY, *AUTOGRAD}:
                    yield node


def _suspects(allowed: Iterable[str]) -> frozenset[str]:
    """Who may use os may open files."""
    return NAMES - {"open"} if "os" in allowed else NAMES


def _own(statement: ast.stmt) -> set[str]:
    """Variables and parameters: one may be called ``input``."""
    nodes = list(ast.walk(statement))
    stored = {n.id for n in nodes if isinstance(n, ast.Name) and _stores(n)}
    return stored | {n.arg for n in nodes if isinstance(n, ast.arg)}


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


class Watchman:
    """Watches a process: reports shortcuts, and refuses them with an exception.

    Parameters
    ----------
    report : function of a reason
    allowed : iterable of str
        Top-level names of modules.
    """

    def __init__(self, report: Report, allowed: Iterable[str]) -> None:
        self.report, self.allowed = report, tuple(allowed)
        self.on_duty = False
        folders = {os.path.dirname(os.__file__), sys.prefix, sys.base_prefix}
        self.readable = tuple(os.path.realpath(f) + os.sep for f in folders)
        self.own = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

    def builtins(self) -> dict[str, Any]:
        """The built-in names as the student's code sees them."""
        names = dict(vars(builtins))
        for name in ("exec", "eval", "compile", "open", "input", "breakpoint"):
            if name in _suspects(self.allowed):
                names[name] = self._refusal(name)
        names["__import__"] = self._import
        return names

    def _refusal(self, name: str) -> Callable[..., None]:
        def refused(*_: Any, **__: Any) -> None:
            self.report(f"uses {name}")
            raise PermissionError(f"{name} may not be used here")

        return refused

    def _import(
        self, name: str, a: Any = None, b: Any = None, c: Any = (), level: int = 0
    ) -> Any:
        reason = why_not("." * level + name, self.allowed)
        if reason is not None:
            # Who imports another module has been flagged already, or can do without.
            if name.split(".")[0] in (LIBRARY, *AUTOGRAD):
                self.report(reason)
            raise ImportError(f"{name} may not be imported here")
        return __import__(name, a, b, c, level)

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        """An audit hook (`sys.addaudithook`): it cannot be taken out again."""
        if not self.on_duty:
            return
        if event == "import":
            root = str(arguments[0]).split(".")[0]
            if root in (LIBRARY, *AUTOGRAD) and root not in self.allowed:
                self._refuse(str(why_not(root, self.allowed)), ImportError)
        elif event == "open" and "os" not in self.allowed:
            self._open(*arguments)
        elif event.split(".")[0] in EVENTS and event not in QUIET:
            if event.split(".")[0] in self.allowed:
                return
            self._refuse(f"calls {event}", PermissionError)

    def _open(self, path: Any, mode: Any, flags: Any) -> None:
        writes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)
        place = os.path.abspath(os.fsdecode(path)) if not isinstance(path, int) else ""
        if place.startswith(self.own):
            self._refuse("reads this library's files", PermissionError)
        if writes or not place.startswith(self.readable):
            verb = "writes" if writes else "reads"
            self._refuse(
                f"{verb} a file ({os.path.basename(place)[:60]})", PermissionError
            )

    def _refuse(self, reason: str, kind: type[Exception]) -> None:
        self.on_duty = False
        try:
            self.report(reason)
        finally:
            self.on_duty = True
        raise kind(reason)
