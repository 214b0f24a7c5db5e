r"""Gradients that were measured, not derived: difference quotients and their kin.

The task is to derive. A function that evaluates a forward at :math:`x + h` and
:math:`x - h` returns right numbers and shows nothing, so `check` says what it sees, and
grading gives no points for it unless the instructor allows it.

Two looks. The source (`quotients`): a small constant that is added somewhere and
divided by elsewhere; complex numbers, whose imaginary part is a derivative (Squire and
Trapp, SIAM Review 40 (1998), 110-112); long double; what differentiates by itself. And
one call (`Watch`): a function of the student's that is asked again and again with
arguments which differ in one entry, or by very little.

Both look from within Python and can be deceived by somebody who knows them; they name a
shortcut, they are no wall.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator
from types import CodeType, FrameType, FunctionType, ModuleType
from typing import Any

import numpy as np

from gan_numpy.exercises.constants import Small, folded
from gan_numpy.gradcheck.calls import INSTALLED, is_students
from gan_numpy.gradcheck.repair.explain import searching
from gan_numpy.gradcheck.repair.found import Limits

Function = Callable[..., Any]
OURS = "gan_numpy.grading."
TASK = frozenset({"numerical_gradient"})  # lesson 00: there they are what is asked for
COMPLEX = frozenset("complex complex64 complex128 cdouble csingle c16 c8".split())
LONG = frozenset("longdouble float128 float96 clongdouble complex256 f16".split())
BY_ITSELF = frozenset("np.gradient np.polyfit np.polyder np.polynomial".split())
BY_ITSELF |= frozenset(
    ".approx_fprime .check_grad .approx_derivative scipy.optimize.approx_fprime"
    " scipy.optimize.check_grad numpy.gradient numpy.polyfit numpy.polynomial".split()
)
CALLS = 5  # looked at; the inputs of one may be too few to tell
LARGEST, TINY = 20_000, 1e-4  # entries looked at; a change relative to the entries


def quotients(statements: Iterable[ast.AST]) -> list[str]:
    """Why these statements look as if they measured a derivative; empty if not."""
    trees = list(statements)
    nodes = [n for tree in trees for n in ast.walk(tree)]
    words = {w for n in nodes for w in _words(n)}
    reasons = []
    if "fft" not in words:  # a transform is complex by nature
        imaginary = any(
            isinstance(n, ast.Constant) and isinstance(n.value, complex) for n in nodes
        )
        if imaginary or words & COMPLEX or ".imag" in words:
            reasons.append("uses complex numbers: a complex step is no derivation")
    if words & LONG:
        reasons.append("uses long double: differences in it are no derivation")
    used = sorted(words & BY_ITSELF)
    reasons += [f"uses {w}, which differentiates by itself" for w in used]
    if Small(trees).divided_by_a_step():
        reasons.append("divides by a small step that it adds: a difference quotient")
    return reasons


def _words(node: ast.AST) -> Iterator[str]:
    """Names, attributes (alone, and with the module before it), types in quotes."""
    if isinstance(node, ast.Name):
        yield node.id
    elif isinstance(node, ast.Attribute):
        yield node.attr
        yield f".{node.attr}"
        if isinstance(node.value, ast.Name):
            yield f"{node.value.id}.{node.attr}"
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.ImportFrom):
        yield from (f"{node.module}.{a.name}" for a in node.names)


def globals_of(function: Function) -> dict[str, Any]:
    """The globals of a function, of what a partial calls, of an object's call."""
    inner: Any = function
    for _ in range(9):
        space = getattr(inner, "__globals__", None)
        if isinstance(space, dict):  # not those of a function of ours that asks theirs
            return {} if str(space.get("__name__")).startswith(OURS) else space
        called = getattr(inner, "func", getattr(inner, "__func__", None))
        inner = called or getattr(type(inner), "__call__", None)
    return {}


def spaces_of(space: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """These globals, and those of the student's modules that can be reached."""
    waiting, seen = [space], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        for value in list(one.values()):
            if isinstance(value, ModuleType):
                other = vars(value)
            elif isinstance(value, FunctionType):
                other = value.__globals__
            else:
                continue
            if is_students(str(other.get("__file__") or INSTALLED[0])):
                waiting.append(other)


class Watch:
    """Looks at the calls that a student's function makes while it runs.

    Parameters
    ----------
    space : dict
        The globals of the student's functions: only these are looked at, and those of
        the student's other modules.

    Attributes
    ----------
    reasons : list of str
        What was seen.
    """

    def __init__(self, space: dict[str, Any]) -> None:
        self.spaces = {id(one): one for one in spaces_of(space)}
        self.reasons = list[str]()
        self.first: dict[CodeType, dict[str, np.ndarray]] = {}
        self.last: dict[CodeType, dict[str, np.ndarray]] = {}
        self.seen: dict[CodeType, list[int]] = {}

    def __call__(self, function: Function, *arguments: Any, **keywords: Any) -> Any:
        """Call the function, and look."""
        before = sys.getprofile()
        sys.setprofile(self._event)
        try:
            return function(*arguments, **keywords)
        finally:
            sys.setprofile(before)

    def _event(self, frame: FrameType, event: str, _: Any) -> None:
        if event not in ("call", "return") or id(frame.f_globals) not in self.spaces:
            return
        values = {k: v for k, v in frame.f_locals.items() if isinstance(v, np.ndarray)}
        if event == "return":
            if any(v.dtype.char in "gG" for v in values.values()):
                self._say("computes in long double: differences are no derivation")
            elif any(v.dtype.kind == "c" for v in values.values()):
                if not any("fft" in name for name in frame.f_code.co_names):
                    self._say("computes with complex numbers: a step is no derivation")
            return
        arrays = {
            k: np.array(v)
            for k, v in values.items()
            if v.dtype.kind in "fc" and 2 <= v.size <= LARGEST
        }
        code = frame.f_code
        if code in self.first:
            self._compare(code, arrays)
        else:
            self.first[code] = arrays
        self.last[code] = arrays

    def _compare(self, code: CodeType, arrays: dict[str, np.ndarray]) -> None:
        entry, shift, drift = self.seen.setdefault(code, [0, 0, 0])
        for k, now in arrays.items():
            for old in (self.first[code].get(k), self.last[code].get(k)):
                if old is None or old.shape != now.shape:
                    continue
                kind = change(old, now)
                entry += kind == "entry"
                shift += kind == "shift"
                drift += kind == "drift"
                if kind:
                    break
        self.seen[code] = [entry, shift, drift]
        if entry >= 3 or shift >= 1 or drift >= 4:
            self._say(
                f"{code.co_name} is called again and again with arguments that hardly"
                " differ: a difference quotient"
            )

    def _say(self, reason: str) -> None:
        if reason not in self.reasons:
            self.reasons.append(reason)


def change(old: np.ndarray, now: np.ndarray) -> str:
    """How an argument was moved: in one "entry", by one "shift", or by a tiny "drift".

    An empty text is none of these: another batch, a step of an optimizer.
    """
    with np.errstate(all="ignore"):
        moved = np.abs(now - old)
        size = float(np.abs(old).max())
        most, count = float(moved.max()), np.count_nonzero(moved)
    if not 0 < most < np.inf or not np.isfinite(size):
        return ""
    if count <= 2 < old.size and np.count_nonzero(old) > old.size / 2:
        return "entry"
    if count < old.size or most > 1e-2 * size:
        return ""
    if np.ptp(moved) <= 1e-3 * most:
        return "shift"
    return "drift" if most <= TINY * size else ""


class _Looked(Exception):
    """Enough calls have been watched."""


def remarks(
    name: str, functions: dict[str, Function], check: Callable[..., Any], seed: int
) -> list[str]:
    """What is to be said of a function that was found right; it is called again.

    Parameters
    ----------
    name : str
        The exercise.
    functions : dict
        Of the exercise; the student's among them.
    check : function (functions, seed)
        Of the exercise.
    seed : int
    """
    student = functions[name]
    space = globals_of(student)
    if name in TASK or not space:
        return []
    reasons: list[str] = []
    calls = iter(range(CALLS))

    def looked(*arguments: Any, **keywords: Any) -> Any:
        if next(calls, None) is None:
            raise _Looked
        watch = Watch(space)
        try:
            return watch(student, *arguments, **keywords)
        finally:
            reasons.extend(watch.reasons)

    with contextlib.suppress(_Looked), searching(Limits(0.0)):
        check({**functions, name: looked}, seed)
    found = dict.fromkeys([*quotients(sources(student)), *reasons])
    return [f"{reason}; graded work earns no points with it" for reason in found]


def sources(function: Function) -> list[ast.AST]:
    """The syntax trees of a function and of those of its module that it names."""
    found: list[ast.AST] = []
    space = globals_of(function)
    waiting, seen = [function], set[int]()
    while waiting:
        one = waiting.pop()
        code = getattr(one, "__code__", None)
        if (
            code is None
            or id(code) in seen
            or getattr(one, "__globals__", {}) is not space
        ):
            continue
        seen.add(id(code))
        try:
            found.append(ast.parse(textwrap.dedent(inspect.getsource(one))))
        except (OSError, TypeError, SyntaxError, ValueError):
            pass  # it has no source of its own
        named = (space.get(k) for k in code.co_names)
        waiting += [f for f in named if inspect.isfunction(f)]
    return found


__all__ = ["TASK", "Watch", "change", "folded", "quotients", "remarks", "sources"]
