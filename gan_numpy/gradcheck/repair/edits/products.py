r"""A factor or a term that is missing, at a place where a value is made."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.edits.operators import Proposal
from gan_numpy.gradcheck.repair.edits.pools import Pool
from gan_numpy.gradcheck.repair.edits.site import (
    REDUCTIONS,
    UNSEEN,
    VIEWS,
    Site,
    as_array,
    code,
    is_float,
    is_simple,
    is_sum,
)


def takes_a_factor(site: Site) -> bool:
    """A product can be missing here: a value, not inside another product.

    (a * b) * c and a * (b * c) are the same; of a chain only the whole is tried, and
    its last operand, which is where a matrix product is still to come.
    """
    node, owner = site.node, site.owner
    if isinstance(node, ast.Constant):  # 1 * x is x: dx = 1
        return isinstance(owner, ast.stmt)
    if not is_float(site.value) and site.value is not UNSEEN:
        array = as_array(site.value)
        if array is None:
            return False
    if isinstance(owner, ast.Attribute):
        # x.sum() may lack a factor; so may what x.T or x.shape is asked of, elsewhere
        summed = owner.attr in REDUCTIONS
        return summed or owner.attr in VIEWS and not is_simple(node)
    if isinstance(owner, (ast.UnaryOp, ast.Compare)):
        return False
    if isinstance(owner, ast.Subscript) and site.field == "slice":
        return False
    if isinstance(owner, ast.BinOp):
        chain = isinstance(owner.op, (ast.Mult, ast.Div))
        divisor = site.field == "right" and isinstance(owner.op, ast.Div)
        return not chain or divisor or is_sum(node)
    return True


def _shape(site: Site) -> tuple[int, ...] | None:
    return None if site.value is UNSEEN else np.shape(site.value)


def _fits(pool_value: Any, shape: tuple[int, ...] | None) -> bool:
    """The product has the shape of what is there."""
    if shape is None:
        return True
    try:
        return np.broadcast_shapes(np.shape(pool_value), shape) == shape
    except ValueError:
        return False


def factors(site: Site, pool: Pool) -> Iterator[Proposal]:
    """Times, and over, everything in the pool."""
    yield from _for_a_number(site, pool)
    if not takes_a_factor(site):
        return
    shape, summed = _shape(site), _of_the_sum(site)
    for text, (kind, value) in pool.items():
        if text == ast.unparse(site.node) and isinstance(site.node, ast.Constant):
            continue
        wider = summed is not None and np.shape(value) == summed
        if not wider and not _fits(value, shape):
            column = _as_column(value, shape)
            if column is None:
                continue
            text += column
        tier = 2 if kind in ("constant", "sign", "mask-missing") else 2
        if len(text) > 24:
            tier = 3
        yield kind, tier, ast.BinOp(site.node, ast.Mult(), code(text))
        if kind in ("factor-missing", "constant") and text not in ("2", "0.5"):
            yield kind, tier, ast.BinOp(site.node, ast.Div(), code(text))


def _of_the_sum(site: Site) -> tuple[int, ...] | None:
    """The shape of the sum that a value is a term of, if the value is smaller."""
    array = as_array(site.of(site.owner)) if is_sum(site.owner) else None
    if array is None or array.shape == np.shape(site.value):
        return None
    return array.shape


def _for_a_number(site: Site, pool: Pool) -> Iterator[Proposal]:
    """A factor that was left at 0 or 1: 0 * dy, 1.0 * mask."""
    owner = site.owner
    product = isinstance(owner, ast.BinOp) and isinstance(owner.op, ast.Mult)
    if product and isinstance(site.node, ast.Constant) and site.node.value in (0, 1):
        for text, (kind, value) in pool.items():
            if np.ndim(value):
                yield kind, 2, code(text)


def _as_column(value: Any, shape: tuple[int, ...] | None) -> str | None:
    """x[:, None] where x is a vector with one number for each row."""
    if shape is None or np.ndim(value) != 1 or not shape or len(shape) < 2:
        return None
    if np.shape(value)[0] == shape[0]:
        return "[:, " + ", ".join(["None"] * (len(shape) - 1)) + "]"
    return None


def terms(site: Site, pool: Pool) -> Iterator[Proposal]:
    """Plus, and minus, everything in the pool that has the shape."""
    node, owner = site.node, site.owner
    if isinstance(owner, ast.BinOp) and isinstance(owner.op, (ast.Add, ast.Sub)):
        return  # the sum as a whole is a site, too
    if isinstance(owner, (ast.Attribute, ast.UnaryOp, ast.Compare, ast.Subscript)):
        return
    if site.value is UNSEEN or not is_float(site.value):
        return
    shape = np.shape(site.value)
    for text, (weight, value) in pool.items():
        whole = isinstance(owner, ast.stmt) or isinstance(owner, ast.Tuple)
        tier = 2 if weight == "1" and whole else 3
        if np.shape(value) != shape and not (_fits(value, shape) and weight == "1"):
            continue
        yield "term-missing", tier, ast.BinOp(node, ast.Add(), code(text))
        yield "term-missing", tier, ast.BinOp(node, ast.Sub(), code(text))
