r"""The place of a mistake without a repair, and what is right up to a place."""

from __future__ import annotations

import ast

import numpy as np

from gan_numpy.gradcheck.repair.attempts import Attempts
from gan_numpy.gradcheck.repair.bench import LOOPS, Bench
from gan_numpy.gradcheck.repair.edits.site import Site, statements
from gan_numpy.gradcheck.repair.found import is_use
from gan_numpy.gradcheck.repair.solve import Response

Lines = dict[tuple[str, int], str]  # file and line to its text


def possible_lines(
    bench: Bench,
    sites: list[Site],
    known: dict[int, Response | None],
    attempts: Attempts,
) -> Lines:
    """Lines whose value could be such that all is right; none if that is unclear.

    Masks and indices are no numbers that can be moved a little, so where one is made,
    nothing is known.
    """
    function, found = bench.function, Lines()
    real = [s for s in statements(function.node) if not unpacks(s)]
    if len(real) == 1:
        line = real[0].lineno
        return {(function.filename, line): function.text(line)}
    for site in sites:
        if site.node is not site.top or isinstance(site.node, ast.Tuple):
            continue
        array, own = site.array, known.get(id(site.node))
        if array is not None and own is None and array.any():
            return {}
        if own is not None and own.narrow and np.any(site.value):
            return {}  # an axis may be missing
        if own is None or not own.solvable or is_use(site) or _hands_on(site):
            continue
        if not attempts.was_right(bench, site.root):
            line = site.node.lineno
            found[function.filename, line] = function.text(line)
    return found


def unpacks(statement: ast.stmt) -> bool:
    """It only gives names to what is there: x, W = cache."""
    return (
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Name)
        and isinstance(statement.targets[0], (ast.Tuple, ast.List))
    )


def _hands_on(site: Site) -> bool:
    """It only converts what a name of the function's own holds: float(x)."""
    node = site.node
    inner = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return isinstance(inner, ast.Name) and inner.id in site.scope


def right_before(
    bench: Bench, sites: list[Site], attempts: Attempts, line: int
) -> list[str]:
    """Names that have got the value of a true adjoint on an earlier line.

    Not in a loop that the line is in, too: another round may come.
    """
    names: dict[str, None] = {}
    around = _around(bench, line)
    for site in sites:
        s = site.root.statement
        if not isinstance(s, ast.Assign) or site.node is not s.value:
            continue
        to = s.targets[0]
        if isinstance(to, ast.Name) and s.lineno < line and s not in around:
            if attempts.was_right(bench, site.root):
                names[to.id] = None
    return list(names)


def first_wrong(
    bench: Bench, tops: list[Site], attempts: Attempts
) -> tuple[Site | None, set[int]]:
    """The first line whose value is no adjoint, but would be if all were right.

    And the statements (by ``id``) that are wrong because it is. If something before it
    may be wrong as well, it is one of these, and there is no first.
    """
    found = []
    for number, site in enumerate(tops):
        test = attempts.wants.get(id(site.node))
        if test is not None and not isinstance(site.node, ast.Tuple):
            found.append((test.at, number, site))
    made = [f for f in found if not is_use(f[2])]
    firsts = [f for f in made if attempts.becomes_right(f[2])]
    if not firsts:
        return None, set()
    wrong = [f for f in firsts if not attempts.was_right(bench, f[2].root)]
    first = min(wrong or firsts, key=lambda f: f[:2])
    at, number, site = first
    later = {
        id(s.root.statement)
        for *when, s in found
        if when > [at, number] or attempts.was_right(bench, s.root)
    }
    if any(f[:2] < first[:2] and _may_be_wrong(bench, f[2], attempts) for f in made):
        return None, later | {id(site.root.statement)}
    return site, later - {id(site.root.statement)}


def _may_be_wrong(bench: Bench, site: Site, attempts: Attempts) -> bool:
    """What its value must be does not follow from the results, and it is unknown.

    It is known if it is what one use of a value adds to the adjoint of that value.
    """
    if attempts.wants[id(site.node)].must is not None:
        return False
    values = bench.history.get(id(site.node), [])
    known = attempts.was_right(bench, site.root)
    return not known and not attempts.are_adjoints(values, parts=True)


def _around(bench: Bench, line: int) -> list[ast.stmt]:
    loops = [n for n in ast.walk(bench.function.node) if isinstance(n, LOOPS)]
    inside = [n for n in loops if n.lineno <= line <= (n.end_lineno or n.lineno)]
    return [s for n in inside for s in ast.walk(n) if isinstance(s, ast.stmt)]
