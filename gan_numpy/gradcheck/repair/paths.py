r"""A path of the chain rule that is left out, recognized by the forward's adjoints.

The gradient of a value is the sum over its uses. What a value of the backward lacks may
be the part of one use: then that path is missing, whatever its formula would be. And a
value that is the adjoint of a later step, where that of an earlier one is meant, says
that what lies between has not been differentiated (unless it is that of one use of the
same name: then the other uses are missing). Both must hold on other inputs, too.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

import numpy as np

from gan_numpy.gradcheck.repair.adjoints import Adjoints
from gan_numpy.gradcheck.repair.bench import Bench
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.site import Site
from gan_numpy.gradcheck.repair.found import Fix
from gan_numpy.gradcheck.repair.solve import Response, response

Parts = list[np.ndarray]


def path_of(
    bench: Bench,
    site: Site,
    known: Response,
    cases: Sequence[Case],
    adjoints: Callable[[Case], Adjoints],
) -> Fix | None:
    """The path that is missing from a value, as a repair without a formula."""
    kind = _kind(known, adjoints(cases[0]))
    if kind is None or not _again(kind, bench, site, cases[1:], adjoints):
        return None
    function, line = bench.function, site.node.lineno
    text, old = function.text(line), ast.unparse(site.node)
    return Fix(
        kind,
        function.filename,
        line,
        text,
        old,
        "",
        3,
        statement=id(site.root.statement),
    )


def _again(
    kind: str,
    bench: Bench,
    site: Site,
    others: Sequence[Case],
    adjoints: Callable[[Case], Adjoints],
) -> bool:
    """The same is seen on the first of the other cases that is small enough."""
    for case in others:
        truth = case.truth()
        found = None if truth is None else response(bench, case, site, truth)
        if found is not None:
            return _kind(found, adjoints(case)) == kind
    return False


def _kind(r: Response, adjoints: Adjoints) -> str | None:
    if not (r.solvable and r.unique):
        return None
    ends = np.cumsum([v.size for v in r.values])[:-1]
    lacks = [
        p.reshape(v.shape)
        for p, v in zip(np.split(r.delta, ends), r.values, strict=True)
    ]
    size = max(float(np.abs(p).max(initial=0)) for p in lacks)
    pairs = [
        (p, v)
        for p, v in zip(lacks, r.values, strict=True)
        if float(np.abs(p).max(initial=0)) > 1e-6 * size
    ]
    must = [v + p for p, v in pairs]
    if not all(map(adjoints.holds, must)):
        return None
    if not all(np.any(v) for _, v in pairs):  # nothing is there at all
        return None if any(np.any(v) for _, v in pairs) else "term-missing"
    if all(adjoints.holds(p, parts=True) for p, _ in pairs):
        return "term-missing"
    if all(adjoints.holds(v, parts=True) for _, v in pairs):
        by_use = zip(pairs, must, strict=True)
        part = all(adjoints.lacks_a_use(v, m) for (_, v), m in by_use)
        return "term-missing" if part else "derivative-missing"
    return "sign" if all(adjoints.holds(p / 2, parts=True) for p, _ in pairs) else None
