r"""Indices and slices: a bound, a step, an axis, the other direction, none at all."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator
from itertools import combinations


from gan_numpy.gradcheck.repair.edits.operators import Proposal, negated
from gan_numpy.gradcheck.repair.edits.site import (
    Site,
    as_array,
    call,
    code,
    is_integer,
    is_simple,
    numpy_name,
)

# np.c_[x, y]: what stands in these brackets is no index. Without brackets NumPy takes
# these objects for sequences without end.
BUILDERS = {"c_", "r_", "s_", "index_exp", "mgrid", "ogrid"}


def indices(site: Site) -> Iterator[Proposal]:
    """All of these."""
    node = site.node
    if isinstance(node, ast.Subscript) and _text(node.value) not in BUILDERS:
        yield "index-extra", 1, node.value
        yield from _slices(site, node)
        yield from _named(site, node)
        yield from _new_axes(node)
    elif isinstance(node, ast.Call):
        yield from _reversal(node)
        yield from _from_the_end(node, numpy_name(site.scope))
    array = as_array(site.value)
    whole = isinstance(site.owner, (ast.stmt, ast.BinOp, ast.Call))
    if array is not None and whole and not isinstance(node, ast.Constant):
        yield from _indexed(site, array.ndim)
    sequence = type(site.value) in (list, tuple) and is_simple(node)
    if sequence and not isinstance(site.owner, ast.Attribute):
        back = ast.UnaryOp(ast.USub(), ast.Constant(1))
        turned = ast.Slice(None, None, back)
        yield "reversed", 1, ast.Subscript(node, turned, ast.Load())
    if is_integer(site.value) and not isinstance(node, ast.Constant):
        yield from _shifted(site)


def _text(node: ast.expr) -> str:
    """The last name: c_ of np.c_."""
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _shifted(site: Site) -> Iterator[Proposal]:
    """One more, one less: t + 1 for t, range(T - 1) for range(T)."""
    node, one = site.node, ast.Constant(1)
    placed = isinstance(site.owner, (ast.Subscript, ast.Slice, ast.Tuple))
    in_range = isinstance(site.owner, ast.Call) and isinstance(node, ast.Name)
    tier = 1 if placed or in_range else 3
    if isinstance(node, (ast.Name, ast.BinOp, ast.Call, ast.Attribute, ast.Subscript)):
        for op in (ast.Add(), ast.Sub()):
            yield "wrong-index", tier, ast.BinOp(node, op, one)


def _slices(site: Site, node: ast.Subscript) -> Iterator[Proposal]:
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    numbers = [k for k, v in site.scope.items() if is_integer(v)]
    for k, part in enumerate(parts):
        for kind, tier, other in _others(part, numbers):
            new = [*parts[:k], other, *parts[k + 1 :]]
            index = ast.Tuple(new, ast.Load()) if len(parts) > 1 else other
            yield kind, tier, ast.Subscript(node.value, index, ast.Load())
        for kind, tier, other in _turned(part):
            new = [*parts[:k], other, *parts[k + 1 :]]
            index = ast.Tuple(new, ast.Load()) if len(parts) > 1 else other
            yield kind, tier, ast.Subscript(node.value, index, ast.Load())
    for kind, tier, index in _all_turned(parts):
        yield kind, tier, ast.Subscript(node.value, index, ast.Load())


def _named(site: Site, node: ast.Subscript) -> Iterator[Proposal]:
    """A slice that has a name: w[rows] for w[:n]."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    names = [k for k, v in site.scope.items() if isinstance(v, slice)]
    for k, part in enumerate(parts):
        for name in names if isinstance(part, (ast.Slice, ast.Name)) else ():
            if name != getattr(part, "id", ""):
                new = [*parts[:k], ast.Name(name, ast.Load()), *parts[k + 1 :]]
                index = ast.Tuple(new, ast.Load()) if len(parts) > 1 else new[k]
                yield "wrong-index", 1, ast.Subscript(node.value, index, ast.Load())


def of_a_target(
    node: ast.Subscript, numbers: list[str], masks: Collection[str] = ()
) -> Iterator[Proposal]:
    """The same for what is assigned to; ``numbers`` are names of strides and sizes,
    ``masks`` those of truth values."""
    parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
    for k, part in enumerate(parts):
        others = (*_others(part, numbers), *_turned(part), *_inverted(part, masks))
        for kind, tier, other in others:
            new = [*parts[:k], other, *parts[k + 1 :]]
            index = ast.Tuple(new, ast.Load()) if len(parts) > 1 else other
            yield kind, tier, ast.Subscript(node.value, index, ast.Store())
    for kind, tier, index in _all_turned(parts):
        yield kind, tier, ast.Subscript(node.value, index, ast.Store())


def _inverted(part: ast.expr, masks: Collection[str]) -> Iterator[Proposal]:
    """Where the mask does not hold: x[~mask] for x[mask], and back."""
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.Invert):
        yield "mask-inverted", 1, part.operand
    elif isinstance(part, ast.Compare) or getattr(part, "id", "") in masks:
        yield "mask-inverted", 1, ast.UnaryOp(ast.Invert(), part)


def _turned(part: ast.expr) -> Iterator[Proposal]:
    """i for n - 1 - i; -1 - i for i: counted from the other end."""
    if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Sub):
        yield "reversed", 2, part.right
    if isinstance(part, ast.Name):
        minus = ast.UnaryOp(ast.USub(), ast.Constant(1))
        yield "reversed", 2, ast.BinOp(minus, ast.Sub(), part)


def _all_turned(parts: list[ast.expr]) -> Iterator[Proposal]:
    """Two indices counted from the other end at once: a kernel that is rotated."""
    options = [next(_turned(part), None) for part in parts]
    turned = [k for k, option in enumerate(options) if option is not None]
    for i, j in combinations(turned, 2):
        new = list(parts)
        for k in (i, j):
            option = options[k]
            assert option is not None
            new[k] = option[2]
        yield "reversed", 2, ast.Tuple(new, ast.Load())


def _others(part: ast.expr, numbers: list[str]) -> Iterator[Proposal]:
    """A slice with one of its three numbers changed; a reversed one."""
    if not isinstance(part, ast.Slice):
        if not isinstance(part, ast.Constant) or part.value is not None:
            yield "wrong-index", 3, ast.Slice(None, None, None)
        if isinstance(part, ast.UnaryOp):
            yield "wrong-index", 1, part.operand
        return
    lower, upper, step = part.lower, part.upper, part.step
    if lower is not None:
        yield "wrong-index", 1, ast.Slice(None, upper, step)
    if upper is not None:
        yield "wrong-index", 1, ast.Slice(lower, None, step)
    if step is not None:
        yield "stride", 1, ast.Slice(lower, upper, None)
    yield from _other_end(lower, upper, step)
    for name in numbers:
        start, end = code(name), code(f"-{name}")
        yield "wrong-index", 2, ast.Slice(start, end, step)
        yield "wrong-index", 2, ast.Slice(lower, end, step)
        yield "wrong-index", 2, ast.Slice(start, upper, step)
        yield from _moved(lower, upper, step, name)
    for text in ("1", "-1", "2"):
        if lower is None:
            yield "wrong-index", 2, ast.Slice(code(text), upper, step)
        if upper is None:
            yield "wrong-index", 2, ast.Slice(lower, code(text), step)
    for name in [*numbers, "2", "-1"]:
        kind = "reversed" if name == "-1" else "stride"
        if step is None:
            tier = 1 if name == "-1" else 2
            yield kind, tier, ast.Slice(lower, upper, code(name))


def _other_end(
    lower: ast.expr | None, upper: ast.expr | None, step: ast.expr | None
) -> Iterator[Proposal]:
    """The other part, or the same from the other end: x[k:], x[:k], x[:-k], x[-k:]."""
    if (lower is None) == (upper is None):
        if isinstance(lower, ast.Constant) and lower.value == 0:
            yield from _other_end(None, upper, step)
        return
    bound = lower if upper is None else upper
    assert bound is not None
    other = negated(bound)
    if isinstance(bound, ast.Constant) and isinstance(bound.value, int):
        other = ast.UnaryOp(ast.USub(), bound)
    for start, end in ((bound, None), (None, bound), (other, None), (None, other)):
        if (start, end) != (lower, upper):
            yield "wrong-index", 1, ast.Slice(start, end, step)


def _moved(
    lower: ast.expr | None, upper: ast.expr | None, step: ast.expr | None, name: str
) -> Iterator[Proposal]:
    """s * t : s * t + k for t : t + k, and back: where a window begins."""
    if lower is None or upper is None:
        return
    begins = ast.unparse(lower)
    scaled = code(f"({begins}) * {name}")
    shifted = _with_start(upper, lower, scaled)
    if shifted is not None:
        yield "stride", 2, ast.Slice(scaled, shifted, step)
    if isinstance(lower, ast.BinOp) and isinstance(lower.op, ast.Mult):
        for part in (lower.left, lower.right):
            shifted = _with_start(upper, lower, part)
            if shifted is not None:
                yield "stride", 2, ast.Slice(part, shifted, step)


def _with_start(upper: ast.expr, old: ast.expr, new: ast.expr) -> ast.expr | None:
    """new + k for old + k."""
    if isinstance(upper, ast.BinOp) and isinstance(upper.op, ast.Add):
        if ast.dump(upper.left) == ast.dump(old):
            return ast.BinOp(new, ast.Add(), upper.right)
        if ast.dump(upper.right) == ast.dump(old):
            return ast.BinOp(upper.left, ast.Add(), new)
    return None


def _new_axes(node: ast.Subscript) -> Iterator[Proposal]:
    """x[None, :] for x[:, None]."""
    if isinstance(node.slice, ast.Tuple):
        for k in range(len(node.slice.elts)):
            fewer = [e for i, e in enumerate(node.slice.elts) if i != k]
            index = ast.Tuple(fewer, ast.Load()) if len(fewer) > 1 else fewer[0]
            tier = 2
            yield "index-extra", tier, ast.Subscript(node.value, index, ast.Load())


def _indexed(site: Site, ndim: int) -> Iterator[Proposal]:
    """An index that is missing: reversed, the first, with a new axis."""
    node = site.node
    texts = [("reversed", 2, "::-1"), ("reversed", 2, "..., ::-1")]
    if ndim > 1:
        texts += [("reversed", 2, "..., ::-1, ::-1"), ("reversed", 2, ":, ::-1")]
    new = [("index-missing", 2, "..., None"), ("index-missing", 2, "None")]
    if ndim > 1:
        new += [("index-missing", 2, ":, None"), ("index-missing", 2, "0")]
    for kind, tier, text in texts + new:
        template = code(f"_[{text}]")
        assert isinstance(template, ast.Subscript)
        yield kind, tier, ast.Subscript(node, template.slice, ast.Load())
    for name, value in site.scope.items():
        if is_integer(value) and value > 0:
            cut = f"{name}:-{name}"
            for text in (f"..., {cut}", f"..., {cut}, {cut}", f":, {cut}", cut):
                template = code(f"_[{text}]")
                assert isinstance(template, ast.Subscript)
                trimmed = ast.Subscript(node, template.slice, ast.Load())
                yield "index-missing", 2, trimmed
    if isinstance(node, ast.Name):
        for name, value in site.scope.items():
            boolean = as_array(value) is not None and value.dtype.kind in "biu"
            if is_integer(value) or boolean:
                index = ast.Name(name, ast.Load())
                yield "index-missing", 2, ast.Subscript(node, index, ast.Load())
                rest = ast.Tuple([ast.Slice(), index], ast.Load())
                yield "index-missing", 2, ast.Subscript(node, rest, ast.Load())


def _from_the_end(node: ast.Call, module: str) -> Iterator[Proposal]:
    """np.cumsum(x[::-1])[::-1] for np.cumsum(x)."""
    name = getattr(node.func, "attr", "")
    if name in ("cumsum", "cumprod", "accumulate") and node.args:
        turned = code("_[::-1]")
        assert isinstance(turned, ast.Subscript)
        first = ast.Subscript(node.args[0], turned.slice, ast.Load())
        new = ast.Call(node.func, [first, *node.args[1:]], node.keywords)
        yield "reversed", 1, ast.Subscript(new, turned.slice, ast.Load())
        axis = [k.value for k in node.keywords if k.arg == "axis"] + node.args[1:2]
        for along in axis:
            there = call(f"{module}.flip", node.args[0], axis=along)
            sums = ast.Call(node.func, [there, *node.args[1:]], node.keywords)
            yield "reversed", 1, call(f"{module}.flip", sums, axis=along)


def _reversal(node: ast.Call) -> Iterator[Proposal]:
    """range(T) for reversed(range(T)), and back."""
    name = getattr(node.func, "id", "")
    if name == "reversed" and node.args:
        yield "reversed", 1, node.args[0]
    elif name in ("range", "list", "zip", "enumerate"):
        listed = ast.Call(ast.Name("list", ast.Load()), [node], [])
        back = ast.Call(ast.Name("reversed", ast.Load()), [listed], [])
        yield "reversed", 1, back
