r"""The name of an edit, where the place or what stands there already says it better."""

from __future__ import annotations

import ast

from gan_numpy.gradcheck.repair.edits.site import Site, is_simple

OPTIONS = {"axis": "wrong-axis", "keepdims": "keepdims"}
OF_NUMBERS = {
    "factor-extra",
    "factor-missing",
    "operator",
    "sign",
    "term-extra",
    "term-missing",
    "wrong-index",
}


def renamed(site: Site, kind: str, new: ast.expr) -> str:
    """The kind of an edit in view of its place.

    A number that is changed in a condition is another condition, an array in a
    comparison another mask; a factor that stands
    there already is another exponent; a sum in place of one index is all for one.
    """
    option = _option(site)
    if option is not None:
        return OPTIONS[option]
    compared = isinstance(site.owner, ast.Compare)
    if (site.root.field == "test" or compared) and kind in OF_NUMBERS:
        return "comparison"
    if compared and kind == "wrong-array":
        return "mask-of-another"
    if kind in ("factor-missing", "factor-extra") and _stands_there(site, new):
        return "exponent"
    if kind == "factor-missing" and _stands_for_another(site, new):
        return "wrong-array"
    if kind == "not-summed" and _is_one_of_many(site.owner):
        return "one-for-all"
    return kind


def _option(site: Site) -> str | None:
    """The option of a call that the place is the value of, or a part of it."""
    whole = getattr(site.root.owner, site.root.field)
    for node in ast.walk(whole) if isinstance(whole, ast.AST) else ():
        if isinstance(node, ast.keyword) and node.arg in OPTIONS:
            if any(part is site.node for part in ast.walk(node.value)):
                return node.arg
    return None


def _stands_there(site: Site, new: ast.expr) -> bool:
    """The factor that was put in is one of the product already."""
    if not isinstance(new, ast.BinOp) or new.left is not site.node:
        return False
    if not isinstance(new.op, (ast.Mult, ast.Div)):
        return False
    name = _bare(new.right)
    return name is not None and name in map(_bare, _factors(site.node))


def _stands_for_another(site: Site, new: ast.expr) -> bool:
    """Times b / a, where a is one of the factors: b is meant in its place."""
    if not isinstance(new, ast.BinOp) or new.left is not site.node:
        return False
    ratio = new.right
    if not isinstance(ratio, ast.BinOp) or not isinstance(ratio.op, ast.Div):
        return False
    gone = ratio.right if isinstance(new.op, ast.Mult) else ratio.left
    name = _bare(gone)
    return name is not None and name in map(_bare, _factors(site.node))


def _bare(node: ast.AST) -> str | None:
    """x of x[:, None], of x.T, of -x, of x ** 3; None if it is no simple value."""
    while True:
        if isinstance(node, ast.UnaryOp):
            node = node.operand
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
            node = node.left
        elif isinstance(node, ast.Attribute) and node.attr == "T":
            node = node.value
        elif isinstance(node, ast.Subscript) and _only_new_axes(node.slice):
            node = node.value
        else:
            return ast.unparse(node) if is_simple(node) else None


def _only_new_axes(index: ast.expr) -> bool:
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    return all(
        isinstance(p, ast.Constant)
        and p.value in (None, ...)
        or (isinstance(p, ast.Slice) and not any((p.lower, p.upper, p.step)))
        for p in parts
    )


def _factors(node: ast.AST) -> list[ast.AST]:
    """Those of a product, one of matrices included."""
    if isinstance(node, ast.BinOp) and isinstance(
        node.op, (ast.Mult, ast.Div, ast.MatMult)
    ):
        return _factors(node.left) + _factors(node.right)
    if isinstance(node, ast.UnaryOp):
        return _factors(node.operand)
    if isinstance(node, ast.Subscript) and _only_new_axes(node.slice):
        return _factors(node.value)
    return [node]


def _is_one_of_many(owner: ast.AST) -> bool:
    """x[:, -1]: an index that is a plain number."""
    if not isinstance(owner, ast.Subscript):
        return False
    index = owner.slice
    parts = index.elts if isinstance(index, ast.Tuple) else [index]
    plain = [p.operand if isinstance(p, ast.UnaryOp) else p for p in parts]
    return any(isinstance(p, ast.Constant) and type(p.value) is int for p in plain)
