r"""Another function, an argument too many, arguments exchanged, axes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations, permutations

from gan_numpy.gradcheck.repair.edits.operators import Proposal
from gan_numpy.gradcheck.repair.edits.site import (
    REDUCTIONS,
    UNSEEN,
    Site,
    as_array,
    call,
    code,
    numpy_name,
)

FAMILIES = (
    REDUCTIONS,
    ("exp", "log", "sqrt", "square", "abs", "sign", "tanh", "cosh", "sinh", "log1p"),
    ("sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh"),
    ("exp", "expm1", "log", "log1p"),
    ("log", "log2", "log10"),
    ("exp", "exp2"),
    ("maximum", "minimum", "fmax", "fmin"),
    ("zeros_like", "ones_like", "full_like"),
    ("zeros", "ones"),
    ("argmax", "argmin"),
    ("dot", "outer", "inner", "multiply", "matmul"),
    ("add", "subtract", "multiply", "divide"),
    ("greater", "less", "greater_equal", "less_equal"),
    ("repeat", "tile"),
    ("hstack", "vstack", "concatenate", "stack"),
    ("floor", "ceil", "round"),
    ("triu", "tril"),
    ("flip", "fliplr", "flipud", "rot90"),
)
KIND_OF_PAIR = {
    ("mean", "sum"): "mean-for-sum",
    ("sum", "mean"): "sum-for-mean",
}
REDUCING = set(REDUCTIONS) | {"argmax", "argmin", "any", "all"}
TURNING = ("reversed", "flip", "fliplr", "flipud")
KEPT = ("float", "int", "len", "range", "zip", "enumerate", "isinstance")


def name_of(node: ast.Call) -> str:
    """sum, of np.sum(x) or of x.sum()."""
    function = node.func
    return str(getattr(function, "attr", getattr(function, "id", "")))


def calls(site: Site) -> Iterator[Proposal]:
    """All of these, for a call."""
    node = site.node
    if not isinstance(node, ast.Call):
        yield from _wrapped(site)
        return
    yield from _siblings(node)
    yield from _without(site, node)
    yield from _arguments(node)
    if name_of(node) in REDUCING:
        yield from _axes(site, node)
    else:
        yield from _permuted(node)
    yield from _wrapped(site)


def _siblings(node: ast.Call) -> Iterator[Proposal]:
    name = name_of(node)
    seen = {name}
    for family in FAMILIES:
        for other in family if name in family else ():
            if other in seen:
                continue
            seen.add(other)
            function: ast.expr | None = None
            if isinstance(node.func, ast.Attribute):
                function = ast.Attribute(node.func.value, other, ast.Load())
            if function is None:
                continue
            kind = KIND_OF_PAIR.get((name, other), "wrong-function")
            yield kind, 1, ast.Call(function, node.args, node.keywords)


def _without(site: Site, node: ast.Call) -> Iterator[Proposal]:
    """What goes into the call, in its place."""
    name = name_of(node)
    if name in KEPT and name != "float":
        return
    kind = "summed-too-much" if name in REDUCTIONS else "function-extra"
    kind = "reversed" if name in TURNING else kind
    bound = isinstance(node.func, ast.Attribute) and not _is_module(site, node.func)
    if bound and isinstance(node.func, ast.Attribute):
        yield kind, 1, node.func.value
    for argument in node.args:
        if not isinstance(argument, (ast.Starred, ast.Constant)) and not bound:
            yield kind, 1, argument


def _is_module(site: Site, function: ast.Attribute) -> bool:
    root: ast.expr = function
    while isinstance(root, ast.Attribute):
        root = root.value
    return type(site.scope.get(getattr(root, "id", ""))).__name__ == "module"


def _arguments(node: ast.Call) -> Iterator[Proposal]:
    """One fewer, or two of them exchanged."""
    for k, keyword in enumerate(node.keywords):
        rest = [w for i, w in enumerate(node.keywords) if i != k]
        special = {"keepdims": "keepdims", "axis": "wrong-axis", "ddof": "constant"}
        kind = special.get(keyword.arg or "", "argument-extra")
        yield kind, 1, ast.Call(node.func, node.args, rest)
    if len(node.args) > 1 and name_of(node) not in REDUCING:
        yield "argument-extra", 2, ast.Call(node.func, node.args[:-1], node.keywords)
    for i, j in combinations(range(len(node.args)), 2):
        order = list(node.args)
        order[i], order[j] = order[j], order[i]
        kind = "mask-inverted" if name_of(node) == "where" else "arguments-swapped"
        if name_of(node) in ("reshape", "transpose"):
            kind = "axes-permuted"
        yield kind, 1, ast.Call(node.func, order, node.keywords)


def twice_exchanged(items: list[ast.expr]) -> Iterator[list[ast.expr]]:
    """Orders that two exchanges lead to, each once."""
    pairs = list(combinations(range(len(items)), 2))
    seen = {tuple(range(len(items)))}
    for first in pairs:
        for second in pairs:
            order = list(range(len(items)))
            for i, j in (first, second):
                order[i], order[j] = order[j], order[i]
            if tuple(order) not in seen:
                seen.add(tuple(order))
                yield [items[k] for k in order]


def _permuted(node: ast.Call) -> Iterator[Proposal]:
    """x.transpose(1, 0, 2): every other order of three and more."""
    if name_of(node) in ("transpose", "reshape") and 3 <= len(node.args) <= 4:
        for order in permutations(node.args):
            moved = sum(a is not b for a, b in zip(order, node.args, strict=True))
            if moved > 2:
                new = ast.Call(node.func, list(order), node.keywords)
                yield "axes-permuted", 1, new
    elif name_of(node) == "transpose" and 5 <= len(node.args) <= 6:
        for args in twice_exchanged(node.args):
            yield "axes-permuted", 2, ast.Call(node.func, args, node.keywords)


def _axis_texts(ndim: int) -> list[str]:
    """All axes and pairs and triples of axes."""
    texts = [str(k) for k in range(ndim)]
    for count in (2, 3):
        if count < ndim:
            texts += [str(axes) for axes in combinations(range(ndim), count)]
    return texts


def _axes(site: Site, node: ast.Call) -> Iterator[Proposal]:
    """Another axis, an axis where there was none, keepdims."""
    given: ast.expr | None = node.args[0] if node.args else None
    position = 1
    if isinstance(node.func, ast.Attribute) and not _is_module(site, node.func):
        given, position = node.func.value, 0
    value = site.of(given)
    array = as_array(value)
    ndim = 2 if array is None else array.ndim
    rest = [k for k in node.keywords if k.arg != "axis"]
    plain = node.args[:position]
    had = len(rest) < len(node.keywords) or len(node.args) > position
    for text in _axis_texts(ndim):
        axis = ast.keyword("axis", code(text))
        kind = "wrong-axis" if had else "summed-too-much"
        yield kind, 1, ast.Call(node.func, plain, [*rest, axis])
        if not any(k.arg == "keepdims" for k in node.keywords):
            kept = ast.keyword("keepdims", ast.Constant(True))
            tier = 2 if not had else 3
            yield kind, tier, ast.Call(node.func, plain, [*rest, axis, kept])
    if had and not any(k.arg == "keepdims" for k in node.keywords):
        kept = ast.keyword("keepdims", ast.Constant(True))
        yield "keepdims", 1, ast.Call(node.func, node.args, [*node.keywords, kept])


def _wrapped(site: Site) -> Iterator[Proposal]:
    """A call around a value: a sum, a function, a copy."""
    node, array, np = site.node, as_array(site.value), numpy_name(site.scope)
    if isinstance(site.owner, ast.Attribute) or isinstance(node, ast.Constant):
        return
    whole = not isinstance(site.owner, (ast.BinOp, ast.UnaryOp, ast.Subscript))
    if array is not None and array.dtype.kind == "f":
        tier = 1 if whole else 2
        for text in _axis_texts(array.ndim):
            yield "not-summed", tier, call(f"{np}.sum", node, axis=code(text))
            kept = call(f"{np}.sum", node, axis=code(text), keepdims=code("True"))
            yield "not-summed", tier + 1, kept
            if array.ndim > 1:
                mean = call(f"{np}.mean", node, axis=code(text), keepdims=code("True"))
                yield "not-summed", 3, mean
        if isinstance(node, ast.Name) and whole:
            yield "copy-missing", 2, call(f"{np}.array", node)
    if array is not None or site.value is UNSEEN:
        for name in ("exp", "log", "sqrt", "tanh", "abs", "sign", "square"):
            yield "function-missing", 3, call(f"{np}.{name}", node)
        if array is not None and array.ndim == 2 and array.shape[0] == array.shape[1]:
            yield "function-missing", 3, call(f"{np}.linalg.inv", node)
        zero = ast.Constant(0)
        yield "function-missing", 2, call(f"{np}.maximum", node, zero)
        yield "function-missing", 3, call(f"{np}.minimum", node, zero)
    if (whole or isinstance(node, ast.Name)) and array is not None:
        for name, other in site.scope.items():
            if getattr(getattr(other, "__code__", None), "co_argcount", 0) == 1:
                yield "function-missing", 3, call(name, node)
