r"""One name for another; a transpose too many or too few."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import permutations
from types import ModuleType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.edits.operators import Proposal
from gan_numpy.gradcheck.repair.edits.site import (
    UNSEEN,
    VIEWS,
    Site,
    as_array,
    code,
    is_integer,
    is_number,
    is_simple,
)
from gan_numpy.gradcheck.repair.edits.texts import value_of

MOST_AXES = 6  # of which every order is tried
MOST_SIZES = 8  # of which quotients are tried
MOST_ITEMS = 8  # of a tuple that are looked at


def loaded(name: str) -> ast.Name:
    """The name as an expression."""
    return ast.Name(name, ast.Load())


def arrays_in(scope: dict[str, Any]) -> dict[str, np.ndarray]:
    """The names of arrays in scope, those within lists and dicts by their index."""
    found = {k: v for k, v in scope.items() if as_array(v) is not None}
    for name, value in scope.items():
        for text, part in _parts_of(value) if name not in found else ():
            if not any(_is_same(part, a) for a in found.values()):
                found[name + text] = part
    return found


def _is_same(a: np.ndarray, b: np.ndarray) -> bool:
    return a is b or a.shape == b.shape and np.array_equal(a, b)


def _parts_of(value: Any) -> Iterator[tuple[str, np.ndarray]]:
    """The arrays in a dict, a short tuple or list, the attributes of an object."""
    if isinstance(value, dict):
        parts = [(f"[{k!r}]", v) for k, v in value.items() if isinstance(k, str)]
    elif isinstance(value, (tuple, list)):
        parts = [(f"[{k}]", v) for k, v in enumerate(value[:MOST_ITEMS])]
    elif isinstance(value, (type, ModuleType)) or is_function(value):
        parts = []
    else:
        parts = [(f".{k}", v) for k, v in getattr(value, "__dict__", {}).items()]
    for text, part in parts:
        if as_array(part) is not None:
            yield text, part


def is_function(value: Any) -> bool:
    """It can be called, and is no object of a class of the student's."""
    return callable(value) and (
        hasattr(value, "__code__") or type(value).__module__ in ("builtins", "numpy")
    )


def names(site: Site) -> Iterator[Proposal]:
    """Another array of the same shape, another array, another number or size."""
    node, value = site.node, site.value
    item = isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant)
    if not isinstance(node, (ast.Name, ast.Attribute)) and not item:
        yield from _instead(site)
        return
    text = ast.unparse(node)
    array = as_array(value)
    if array is not None:
        for name, other in arrays_in(site.scope).items():
            if name == text or (
                isinstance(node, ast.Name) and name == getattr(site.owner, "id", "")
            ):
                continue
            near = other.shape == array.shape
            both = other.ndim == array.ndim
            yield "wrong-array", 1 if near else 2 if both else 3, code(name)
            if other.ndim == 2 and other.T.shape == array.shape and not near:
                yield "wrong-array", 3, code(f"{name}.T")
        for name, other in site.scope.items():
            if is_number(other) and isinstance(node, ast.Name):
                yield "wrong-array", 3, code(name)
    elif is_number(value) or value is UNSEEN:
        yield from _numbers(site, text)
    elif callable(value) and isinstance(node, ast.Name):
        for name, other in site.scope.items():
            if name != text and _stands_for(other, value):
                yield "wrong-function", 2, code(name)
    elif isinstance(value, (list, tuple, dict)):
        for name, other in site.scope.items():
            if name != text and type(other) is type(value):
                yield "wrong-array", 1, code(name)


def _stands_for(other: Any, value: Any) -> bool:
    """Another function, not of NumPy; of the student's only one that takes as much."""
    theirs = getattr(other, "__module__", "") == "numpy"
    if not is_function(other) or isinstance(other, type) or theirs:
        return False
    codes = [getattr(f, "__code__", None) for f in (other, value)]
    taken = [c.co_argcount for c in codes if c is not None]
    return len(taken) < 2 or taken[0] == taken[1]


def _instead(site: Site) -> Iterator[Proposal]:
    """A name for an expression that has its shape, or for a part with as many axes."""
    node, array = site.node, as_array(site.value)
    if array is None or isinstance(node, (ast.Constant, ast.Tuple)):
        return
    owner = site.owner
    if isinstance(owner, ast.Attribute) and owner.attr not in ("T", *VIEWS):
        return
    used = {ast.unparse(n) for n in ast.walk(node) if is_simple(n)}
    for name, other in arrays_in(site.scope).items():
        if other.shape == array.shape and name not in used:
            yield "wrong-array", 1, code(name)
        elif isinstance(node, ast.Subscript) and other.ndim == array.ndim:
            yield "wrong-array", 2, code(name)


def _numbers(site: Site, text: str) -> Iterator[Proposal]:
    """Sizes stand for sizes, other numbers for other numbers."""
    whole = is_integer(site.value)
    for name, other in site.scope.items():
        if name == text:
            continue
        if site.value is UNSEEN and as_array(other) is not None:
            yield "wrong-array", 2, code(name)
        elif is_number(other):
            kind = "wrong-size" if whole else "wrong-number"
            yield kind, 1 if is_integer(other) == whole else 2, code(name)
        elif not whole and as_array(other) is not None:
            yield "wrong-array", 2, code(name)


def sizes_in(scope: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """Every size of every array: len(x), x.shape[1], x.size; one text for each."""
    seen: set[int] = set()
    for name, value in scope.items():
        if is_integer(value) and value > 1:
            seen.add(int(value))
            yield name, int(value)
    for name, array in arrays_in(scope).items():
        for axis, size in enumerate(array.shape):
            if size > 1 and size not in seen:
                seen.add(size)
                yield (f"{name}.shape[{axis}]" if axis else f"len({name})"), size
    for name, array in arrays_in(scope).items():
        for text, size in (
            (f"{name}.size", array.size),
            (f"({name}.shape[-2] * {name}.shape[-1])", int(np.prod(array.shape[-2:]))),
            (f"({name}.size // {name}.shape[1])", _without(array, 1)),
            (f"({name}.size // {name}.shape[-1])", _without(array, -1)),
        ):
            if array.ndim > 1 and size > 1 and size not in seen:
                seen.add(size)
                yield text, size


def _without(array: np.ndarray, axis: int) -> int:
    return array.size // max(array.shape[axis], 1) if array.ndim > 1 else 0


def size_names(site: Site) -> Iterator[Proposal]:
    """A size in place of another: len(x) for x.shape[1], N H W for N."""
    node = site.node
    kinds = (ast.Name, ast.Attribute, ast.Subscript, ast.Call)
    written = isinstance(node, kinds) or node is site.top
    if not written or not is_integer(site.value) or isinstance(site.owner, ast.Slice):
        return
    for text, size in sizes_in(site.scope):
        if size != site.value:
            yield "wrong-size", 2, code(text)
            if site.node is site.top:
                yield "wrong-size", 3, ast.BinOp(node, ast.Mult(), code(text))
    if site.node is site.top:
        yield from _of_parts(site)


def written_numbers(site: Site, texts: list[str]) -> Iterator[Proposal]:
    """What is computed elsewhere, m.sum(), in place of another number, m.size."""
    whole = isinstance(site.node, (ast.Name, ast.Attribute, ast.Call))
    if not whole or not is_number(site.value):
        return
    for text in texts:
        if "(" in text and text != ast.unparse(site.node):
            value = value_of(text, site.scope)
            if is_number(value) and value != site.value:
                yield "wrong-number", 2, code(text)


def _of_parts(site: Site) -> Iterator[Proposal]:
    """Times the quotient of two sizes: the channels of a group, H W (C // G)."""
    sizes = [(k, int(v)) for k, v in site.scope.items() if is_integer(v) and v > 1]
    for a, n in sizes[:MOST_SIZES]:
        for b, k in sizes[:MOST_SIZES]:
            if n > k and n % k == 0:
                part = code(f"{a} // {b}")
                yield "wrong-size", 3, ast.BinOp(site.node, ast.Mult(), part)


def _both_ways(node: ast.expr, array: np.ndarray) -> Iterator[Proposal]:
    """A + A.T for 2 A: what is twice the same only for a symmetric A."""
    twice = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult)
    if not twice or not isinstance(node, ast.BinOp):
        return
    if isinstance(node.left, ast.Constant) and array.shape[0] == array.shape[1]:
        turned = ast.Attribute(node.right, "T", ast.Load())
        yield "operand-transposed", 2, ast.BinOp(node.right, ast.Add(), turned)


def _every_order(node: ast.expr, ndim: int) -> Iterator[Proposal]:
    """The axes of a whole value in each other order."""
    for order in permutations(range(ndim)) if ndim <= MOST_AXES else ():
        if list(order) != sorted(order):
            method = ast.Attribute(node, "transpose", ast.Load())
            axes: list[ast.expr] = [ast.Constant(k) for k in order]
            yield "axes-permuted", 3, ast.Call(method, axes, [])


def transposes(site: Site) -> Iterator[Proposal]:
    """With .T, or without it; the last two axes exchanged."""
    node, array = site.node, as_array(site.value)
    if isinstance(node, ast.Attribute) and node.attr == "T":
        yield "operand-transposed", 1, node.value
        return
    wrapped = isinstance(site.owner, ast.Attribute) and site.owner.attr == "T"
    if wrapped or isinstance(node, ast.Constant):
        return
    if array is not None and array.ndim == 2:
        yield "operand-transposed", 1, ast.Attribute(node, "T", ast.Load())
        yield from _both_ways(node, array)
    elif array is not None and array.ndim > 2:
        method = ast.Attribute(node, "swapaxes", ast.Load())
        last = [ast.UnaryOp(ast.USub(), ast.Constant(k)) for k in (1, 2)]
        new = ast.Call(method, list(last), [])
        yield "operand-transposed", 1 if isinstance(node, ast.Name) else 2, new
        before = isinstance(site.owner, ast.Attribute) and site.owner.attr == "reshape"
        if before or isinstance(site.owner, ast.stmt):
            yield from _every_order(node, array.ndim)
    elif site.value is UNSEEN and isinstance(site.owner, ast.BinOp):
        if isinstance(site.owner.op, ast.MatMult):
            yield "operand-transposed", 1, ast.Attribute(node, "T", ast.Load())
