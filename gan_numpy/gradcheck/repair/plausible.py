r"""Of several edits that make everything right: what they have in common."""

from __future__ import annotations

import ast

from gan_numpy.gradcheck.findings import Place, Repair
from gan_numpy.gradcheck.repair.found import Fix
from gan_numpy.gradcheck.repair.kinds import KINDS

MOST_PLACES = 3
OF_A_FACTOR = {"exponent", "factor-missing", "factor-extra", "constant"}
SLACK = 2  # by how much an edit that makes an adjoint may be longer than another
ORDER = {tag: k for k, tag in enumerate(KINDS)}


def repair_of(fixes: list[Fix]) -> Repair | None:
    """What the equally small edits have in common; None if they have nothing."""
    if not fixes:
        return None
    fixes = most_plausible(fixes)
    lines = list(dict.fromkeys((f.filename, f.line) for f in fixes))
    if len(lines) > MOST_PLACES:
        return None
    best = min(fixes, key=lambda f: ORDER[f.kind])
    if len(lines) > 1 and len({f.kind for f in fixes}) > 1:
        at = {
            line: {f.kind for f in fixes if (f.filename, f.line) == line}
            for line in lines
        }
        shared = set.intersection(*at.values())
        if not shared:
            return None
        best = min((f for f in fixes if f.kind in shared), key=lambda f: ORDER[f.kind])
        fixes = [f for f in fixes if f.kind == best.kind]
    places = tuple(dict.fromkeys(Place(f.filename, f.line, f.source) for f in fixes))
    kind = KINDS[best.kind]
    return Repair(
        best.kind, kind.verdict, kind.says, places, best.depends(), best.change()
    )


def most_plausible(fixes: list[Fix]) -> list[Fix]:
    """Not where all was right, if there is another line where something is made; what
    a value beside it has; where it becomes right first; the smallest of these."""
    if any(not f.was_right and not f.use for f in fixes):
        fixes = [f for f in fixes if not f.was_right]
    alike = [f for f in fixes if f.is_alike()]
    if alike:
        return alike
    fixes = _without_stand_ins(fixes)
    small = min(f.growth for f in fixes)
    most = small + SLACK if small else 0
    good = [f for f in fixes if f.is_right and not f.use and f.growth <= most]
    if good:
        first = min(f.line for f in good)
        fixes = [f for f in good if f.line == first]
    least = min((f.use, f.growth) for f in fixes)
    return [f for f in fixes if (f.use, f.growth) == least]


def _without_stand_ins(fixes: list[Fix]) -> list[Fix]:
    """A name for another that holds it times something: g / d for dy, where d is to be
    squared. It is right, too, but where a factor or a power is, that is what is meant.
    """
    plain = [f for f in fixes if f.kind in OF_A_FACTOR]
    left = [f for f in fixes if not (is_stand_in(f) and _beside(f, plain))]
    return left or fixes


def _beside(fix: Fix, others: list[Fix]) -> bool:
    return any((f.filename, f.line) == (fix.filename, fix.line) for f in others)


def is_stand_in(fix: Fix) -> bool:
    """One of the two names is made of the other by a product."""
    if fix.function is None or not (fix.old.isidentifier() and fix.new.isidentifier()):
        return False
    for s in ast.walk(fix.function.node):
        if isinstance(s, ast.Assign) and isinstance(s.targets[0], ast.Name):
            for made, of in ((fix.old, fix.new), (fix.new, fix.old)):
                if s.targets[0].id == made and of in _factors(s.value):
                    return True
    return False


def _factors(node: ast.expr) -> set[str]:
    """The names that are factors of a product."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
        return _factors(node.left) | _factors(node.right)
    return {node.id} if isinstance(node, ast.Name) else set()
