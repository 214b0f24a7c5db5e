r"""What a statement at top level reads, binds and changes.

``T[k] = 1``, ``f.calls = 0``, ``T += 1``, ``T.append(1)``, ``setattr(C, "m", f)`` and
``np.copyto(T, x)`` change what is there; so does a call of the file's own function that
changes its parameter or a global, and a decorator. A call of a library's function is
taken to change nothing but what is listed here: so a plot of a table, a print of it, or
training from it change nothing.
"""

from __future__ import annotations

import ast
import symtable
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
IMPORTS = (ast.Import, ast.ImportFrom)
SCOPES = (*FUNCTIONS, ast.Lambda, ast.ClassDef)
METHODS = frozenset(
    "append extend insert remove pop popitem clear sort reverse update setdefault add"
    " discard difference_update intersection_update symmetric_difference_update"
    " appendleft extendleft popleft rotate fill put resize itemset partition setflags"
    " __setitem__ __setattr__ __delitem__".split()
)
FIRST = frozenset(  # functions that change their first argument
    "setattr delattr copyto put place putmask put_along_axis fill_diagonal shuffle at"
    " heappush heappop heapify heapreplace heappushpop insort insort_left insort_right"
    " setitem delitem iadd imul update_wrapper".split()
)
EVERY = "*"  # what an import of all names binds
SEARCH_PATH = "sys.path"


@dataclass(frozen=True)
class Changes:
    """What a function of the file changes: parameters by position and name, globals."""

    parameters: tuple[str, ...] = ()
    changed: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()


@dataclass
class Effects:
    """Of one statement.

    Attributes
    ----------
    reads, later : set of str
        Names that it takes when it runs; those that its functions take when called.
    binds, changes : set of str
        Names that get another value; names whose value is changed where it is.
    certain : bool
        What was bound to the name before is gone: nothing is done by halves.
    """

    reads: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    binds: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    certain: bool = False


def root(node: ast.AST) -> str | None:
    """``T`` of ``T``, ``T.a``, ``T[k].b`` and ``T.view()[k]``."""
    while True:
        match node:
            case ast.Name(id):
                return id
            case ast.Attribute() | ast.Subscript() | ast.Starred():
                node = node.value
            case ast.Call(func=ast.Attribute() as func):
                node = func.value
            case _:
                return None


def names_of(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Names that it reads when it runs, and names that its functions read.

    What is local to a function is not among them: an ``x`` in an exercise must not make
    an ``x = train()`` of the notebook run.
    """
    try:
        table = symtable.symtable(ast.unparse(statement), "statement", "exec")
    except (SyntaxError, RecursionError):  # a return outside of a function
        found = {n.id for n in ast.walk(statement) if isinstance(n, ast.Name)}
        return found, set(found)
    now = {s.get_name() for s in table.get_symbols() if s.is_referenced()}
    later: set[str] = set()
    waiting = [(child, now) for child in table.get_children()]
    while waiting:
        scope, names = waiting.pop()
        # A comprehension and the body of a class run at once.
        at_once = scope.get_type() == "class" or scope.get_name().endswith(
            ("comp", "expr")
        )
        names = names if at_once else later
        names |= {s.get_name() for s in scope.get_symbols() if s.is_global()}
        waiting += [(child, names) for child in scope.get_children()]
    return now, later


def used_names(statement: ast.stmt) -> set[str]:
    """Every name that a statement takes from the top level, now or later."""
    now, later = names_of(statement)
    return now | later


def outside_of_functions(statement: ast.AST) -> Iterator[ast.AST]:
    """Nodes that run with the statement: decorators, not the bodies of functions."""
    waiting = [statement]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, FUNCTIONS):
            waiting += [*node.decorator_list, *node.args.defaults]
        elif not isinstance(node, ast.Lambda):
            waiting += ast.iter_child_nodes(node)


def bound_names(statement: ast.stmt) -> set[str]:
    """What a statement at top level gives a value."""
    if isinstance(statement, (*FUNCTIONS, ast.ClassDef)):
        return {statement.name}
    found = set()
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                found.add(node.name)
                continue
            case ast.Lambda() | ast.ListComp() | ast.SetComp():
                continue
            case ast.DictComp() | ast.GeneratorExp():
                continue
            case ast.Import() | ast.ImportFrom():
                found |= {(a.asname or a.name).split(".")[0] for a in node.names}
            case ast.Name(id, ast.Store()):
                found.add(id)
            case ast.ExceptHandler() | ast.MatchAs() | ast.MatchStar():
                found |= {node.name} if node.name is not None else set()
        waiting += ast.iter_child_nodes(node)
    return found


def effects_of(
    statement: ast.stmt, own: Mapping[str, Changes], imported: Iterable[str]
) -> Effects:
    """The effects of a statement at top level.

    Parameters
    ----------
    own : mapping
        What the functions of the file change.
    imported : iterable of str
        Names that imports bind.
    """
    now, later = names_of(statement)
    found = Effects(now, later, bound_names(statement))
    nodes = list(outside_of_functions(statement))
    found.changes = set(changed_by(nodes, own, set(imported)))
    found.changes |= {n.target.id for n in nodes if _augments(n)}  # type: ignore
    if isinstance(statement, ast.AugAssign):
        found.binds = set()
        found.reads |= {n for n in [root(statement.target)] if n is not None}
    dotted = isinstance(statement, ast.Import) and any(
        "." in alias.name for alias in statement.names
    )
    kinds = (*FUNCTIONS, ast.ClassDef, ast.Assign, ast.AnnAssign, *IMPORTS)
    found.certain = isinstance(statement, kinds) and not dotted
    if isinstance(statement, ast.AnnAssign) and statement.value is None:
        found.binds = set()
    return found


def _augments(node: ast.AST) -> bool:
    return isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)


def changed_by(
    nodes: Iterable[ast.AST], own: Mapping[str, Changes], imported: set[str]
) -> Iterator[str]:
    """Names whose values these nodes change where they are."""
    for node in nodes:
        match node:
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(
                ctx=ast.Store() | ast.Del()
            ):
                yield from _root_of(node)
            case ast.Expr(ast.Call(func=ast.Attribute() as method)):
                # Called for what it does: its value is not used.
                yield from set(_root_of(method.value)) - imported - own.keys()
            case ast.Call():
                yield from changed_by_call(node, own, imported)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                for decorator in node.decorator_list:
                    yield from _changed_by_decorator(decorator, own, imported)


def _root_of(node: ast.AST) -> Iterator[str]:
    name = root(node)
    if name is not None:
        yield name
        chain = ast.unparse(node)
        if name == "sys" and chain.startswith(SEARCH_PATH):
            yield SEARCH_PATH


def _changed_by_decorator(
    decorator: ast.expr, own: Mapping[str, Changes], imported: set[str]
) -> Iterator[str]:
    """``@RULES.add("relu")`` and ``@rule`` may keep the function somewhere."""
    called = decorator.func if isinstance(decorator, ast.Call) else decorator
    if isinstance(called, ast.Attribute):
        yield from set(_root_of(called.value)) - imported
    elif isinstance(called, ast.Name) and called.id in own:
        yield from own[called.id].outside


def changed_by_call(
    call: ast.Call, own: Mapping[str, Changes], imported: set[str]
) -> Iterator[str]:
    """Names whose values a call changes."""
    for keyword in call.keywords:
        if keyword.arg == "out":
            yield from _root_of(keyword.value)
    match call.func:
        case ast.Name(name) if name in own:
            yield from _changed_by_own(call, own[name])
        case ast.Name(name) if name in FIRST and call.args:
            yield from _root_of(call.args[0])
        case ast.Attribute(owner, name):
            of_a_module = root(owner) in imported
            if name in FIRST and of_a_module and call.args:
                yield from _root_of(call.args[0])
            elif name in METHODS and not (of_a_module and isinstance(owner, ast.Name)):
                yield from _root_of(owner)


def _changed_by_own(call: ast.Call, changes: Changes) -> Iterator[str]:
    yield from changes.outside
    given = list(zip(changes.parameters, call.args, strict=False))
    given += [(k.arg, k.value) for k in call.keywords if k.arg is not None]
    for parameter, argument in given:
        if parameter in changes.changed:
            yield from _root_of(argument)


def changes_of_functions(
    statements: Iterable[ast.stmt], imported: set[str]
) -> dict[str, Changes]:
    """What each function of the file changes, also through the others it calls."""
    functions = {
        n.name: n
        for s in statements
        for n in [s, *(x for x in outside_of_functions(s) if isinstance(x, FUNCTIONS))]
        if isinstance(n, FUNCTIONS)
    }
    nodes = {name: list(ast.walk(f))[1:] for name, f in functions.items()}
    found = {name: Changes(_parameters(f)) for name, f in functions.items()}
    for _ in range(len(functions) + 1):  # until nothing is added
        new = {
            name: _changes_of(functions[name], nodes[name], found, imported)
            for name in functions
        }
        if new == found:
            break
        found = new
    return found


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[str, ...]:
    a = function.args
    return tuple(x.arg for x in (*a.posonlyargs, *a.args, *a.kwonlyargs))


def _changes_of(
    function: ast.FunctionDef | ast.AsyncFunctionDef,
    nodes: list[ast.AST],
    found: Mapping[str, Changes],
    imported: set[str],
) -> Changes:
    parameters = _parameters(function)
    names = set(changed_by(nodes, found, imported))
    names |= {n.target.id for n in nodes if _augments(n)}  # type: ignore
    declared = {k for n in nodes if isinstance(n, ast.Global) for k in n.names}
    stored = {
        n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
    local = (stored - declared) | set(parameters)
    outside = (names - local) | (stored & declared)
    return Changes(parameters, frozenset(names & {*parameters}), frozenset(outside))
