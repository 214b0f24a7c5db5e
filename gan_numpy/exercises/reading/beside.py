r"""Modules of a submission's own: ``helpers.py`` beside the solution.

Of such a module, as of the solution itself, only what is used is looked at and runs.
Python's own modules and the installed ones come first, as where it was written: none of
them can be replaced.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.reading.define import MODULE, Permitted, define
from gan_numpy.exercises.reading.effects import bound_names
from gan_numpy.exercises.reading.needed import needed
from gan_numpy.exercises.reading.submission import Submission, parse_submission

EVERY = "*"
Use = tuple[str, set[str]]  # a module, and what is taken from it


class Beside:
    """The modules beside a file.

    Parameters
    ----------
    files : mapping
        Names, with ``/`` between folders, and contents.
    """

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files = {k: v for k, v in (files or {}).items() if module_name(k)}
        self.names = {module_name(file): file for file in self.files}
        self.read: dict[str, Submission] = {}

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """What may be imported of it; "" is a package's own part."""
        every = dict.fromkeys(name.split(".")[0] for name in self.names)
        found = [root for root in every if not is_taken(root)]
        return (*found, "") if found else ()

    def submission(self, module: str) -> Submission:
        """A module, read and not run.

        Raises
        ------
        UserError
            If it is no text or no Python; the message names the file.
        """
        if module not in self.read:
            file = self.names[module]
            try:
                found = parse_submission(Path(file), self.files[file])
            except UserError as error:
                raise UserError(f"{file} {error}") from None
            self.read[module] = found
        for piece in self.read[module].pieces:
            if piece.error is not None:
                raise UserError(piece.complaint())
        return self.read[module]

    def used(self, statements: Iterable[ast.stmt]) -> dict[str, set[str]]:
        """The modules that statements use, what they import first, and which names.

        Raises
        ------
        UserError
            If one of them cannot be read.
        """
        found: dict[str, set[str]] = {}
        imports: dict[str, list[str]] = {}
        waiting: list[tuple[str, list[ast.stmt]]] = [("", list(statements))]
        while waiting:
            importer, body = waiting.pop()
            for module, names in self._uses(body, self._package(importer)):
                imports.setdefault(importer, []).append(module)
                before = found.get(module)
                found[module] = names | (before or set())
                if before is None or names - before:
                    waiting.append((module, self.statements(module, found[module])))
        return {module: found[module] for module in _first_to_last("", imports)}

    def statements(self, module: str, names: set[str]) -> list[ast.stmt]:
        """The statements of a module that these names rest upon."""
        every = self.submission(module).statements()
        if EVERY in names:
            names = {name for s in every for name in bound_names(s)}
        return needed(every, sorted(names))

    def parts(
        self, statements: Iterable[ast.stmt]
    ) -> list[tuple[Submission, list[ast.stmt]]]:
        """Each used module with its statements that are needed."""
        return [
            (self.submission(module), self.statements(module, names))
            for module, names in self.used(statements).items()
        ]

    def install(
        self,
        statements: Iterable[ast.stmt],
        builtins: dict[str, Any],
        permitted: Permitted,
    ) -> None:
        """Run what is used of each module; then an import finds it."""
        for name in [m for m in sys.modules if m.split(".")[0] in self.roots]:
            del sys.modules[name]
        for module, names in self.used(statements).items():
            submission = self.submission(module)
            if EVERY in names:
                body = submission.statements()
                names = {name for s in body for name in bound_names(s)}
            about: dict[str, Any] = {"__package__": self._package(module)}
            about["__file__"] = self.names[module]
            if self._is_package(module):
                about["__path__"] = []
            define(submission, names, builtins, permitted, module, about)
            self._attach(module)

    def _attach(self, module: str) -> None:
        """Make it an attribute of its package, which need have no file."""
        package, _, name = module.rpartition(".")
        if package:
            if package not in sys.modules:
                sys.modules[package] = type(sys)(package)
                sys.modules[package].__path__ = []
                self._attach(package)
            setattr(sys.modules[package], name, sys.modules[module])

    def _is_package(self, module: str) -> bool:
        return self.names[module].endswith("__init__.py")

    def _package(self, module: str) -> str:
        if not module or self._is_package(module):
            return module
        return module.rpartition(".")[0]

    def _uses(self, body: list[ast.stmt], package: str) -> Iterator[Use]:
        """Modules of this folder that imports name, in functions as well."""
        nodes = [node for statement in body for node in ast.walk(statement)]
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names = taken_of(nodes, alias.asname or alias.name)
                    yield from self._with_packages(alias.name, names)
            elif isinstance(node, ast.ImportFrom):
                module = absolute(node, package)
                for alias in node.names:
                    whole = f"{module}.{alias.name}"
                    if whole in self.names:
                        names = taken_of(nodes, alias.asname or alias.name)
                        yield from self._with_packages(whole, names)
                    else:
                        names = {alias.name}
                        if EVERY in names:  # those that are read here
                            names = {n.id for n in nodes if isinstance(n, ast.Name)}
                        yield from self._with_packages(module, names)

    def _with_packages(self, module: str, names: set[str]) -> Iterator[Use]:
        """A module, and the packages that it lies in, if they are of this folder."""
        if module.split(".")[0] not in self.roots:
            return
        if module in self.names:
            yield module, names
        while "." in module:
            module, _, _ = module.rpartition(".")
            if module in self.names:
                yield module, set()


def _first_to_last(module: str, imports: Mapping[str, list[str]]) -> list[str]:
    """All that a module imports, each after what it imports itself."""
    order, seen = list[str](), {module}

    def visit(one: str) -> None:
        for other in imports.get(one, ()):
            if other not in seen:
                seen.add(other)
                visit(other)
                order.append(other)

    visit(module)
    return order


def absolute(statement: ast.ImportFrom, package: str) -> str:
    """The module of ``from ..a import b`` in a package."""
    if not statement.level:
        return statement.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - statement.level + 1]
    return ".".join([*above, *filter(None, [statement.module])])


def taken_of(nodes: Iterable[ast.AST], name: str) -> set[str]:
    """``f`` for ``helpers.f``; all names if the module itself is used otherwise."""
    attributes = [
        n for n in nodes if isinstance(n, ast.Attribute) and _text(n.value) == name
    ]
    roots = {id(_root(a)) for a in nodes if isinstance(a, ast.Attribute)}
    first = name.split(".")[0]
    bare = any(
        isinstance(n, ast.Name) and n.id == first and id(n) not in roots for n in nodes
    )
    return {EVERY} if bare else {a.attr for a in attributes}


def _root(node: ast.AST) -> ast.AST:
    while isinstance(node, ast.Attribute):
        node = node.value
    return node


def _text(node: ast.AST) -> str:
    """``a.b`` of a chain of names."""
    if isinstance(node, ast.Attribute):
        return f"{_text(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def module_name(file: str) -> str:
    """``pkg.mod`` for ``pkg/mod.py``; empty if nothing can import it."""
    if not file.endswith(".py"):
        return ""
    parts = file[: -len(".py")].split("/")
    if len(parts) > 1 and parts[-1] == "__init__":
        del parts[-1]
    return ".".join(parts) if all(p.isidentifier() for p in parts) else ""


def is_taken(root: str) -> bool:
    """Whether Python or an installed package has a module of that name."""
    if root in sys.stdlib_module_names or root in (MODULE, "gan_numpy"):
        return True
    try:
        spec = find_spec(root)
    except (ImportError, ValueError):
        return True
    return spec is not None and spec.origin is not None  # not just a folder
