r"""What would a value have to be, for the results to be right?

A gradient depends linearly on those that it is made of: with :math:`\delta` added to
the value :math:`v` of an expression, all results move by :math:`J \delta`. With
:math:`r` what the results lack, :math:`J \delta = r` says what the value must be. An
expression for which it has no solution is not where the mistake is (if there is one).
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np

from gan_numpy.gradcheck.repair.bench import Bench, Endless, kept
from gan_numpy.gradcheck.repair.cases import Case
from gan_numpy.gradcheck.repair.edits.site import Site, is_float, is_value
from gan_numpy.gradcheck.repair.source import build

BUMP = "_bump"
MOST_UNKNOWNS = 400
MANY, PATIENCE = 200, 0.1  # so many only if that takes no more seconds
FITS = 1e-6


@dataclass
class Response:
    """How the results move with the value of one expression.

    Attributes
    ----------
    values : list of array
        The value at each visit.
    J : (results, entries)
    missing : (results,)
        What the results lack.
    solvable : bool
        Some change of the value makes all results right.
    narrow : bool
        None does, but it is broadcast, and one of a larger shape might.
    delta : (entries,)
        That change; ``unique`` if there is no other, where it `matters`: what is handed
        to a step that does not come does not.
    """

    site: Site
    values: list[np.ndarray]
    J: np.ndarray
    missing: np.ndarray
    solvable: bool
    delta: np.ndarray
    unique: bool

    @property
    def matters(self) -> np.ndarray:
        """The entries on which a result depends."""
        return np.asarray(self.J.any(axis=0))

    @property
    def narrow(self) -> bool:
        """Not solvable, but that says nothing of an array with more axes."""
        return not self.solvable and any(
            1 in v.shape or not v.shape for v in self.values
        )


class Bumped:
    """Adds to the value of an expression, visit by visit."""

    def __init__(self) -> None:
        self.add: np.ndarray | None = None
        self.values: list[Any] = []
        self.scopes: list[dict[str, Any]] = []
        self.at = 0

    def __call__(self, value: Any, scope: dict[str, Any] | None = None) -> Any:
        self.values.append(np.array(value))
        if scope is not None:
            self.scopes.append({k: kept(v) for k, v in scope.items()})
        if self.add is None:
            return value
        size = np.size(value)
        part = self.add[self.at : self.at + size]
        self.at += size
        return value + part.reshape(np.shape(value))


def response(
    bench: Bench, case: Case, site: Site, truth: np.ndarray
) -> Response | None:
    """J by unit changes; None if the results are not linear in this value."""
    node = site.node
    call = ast.Call(ast.Name(BUMP, ast.Load()), [node], [])
    site.put(ast.fix_missing_locations(ast.copy_location(call, node)))
    made = build(bench.function)
    site.put(node)
    if made is None:
        return None
    try:
        return _measured(bench, case, site, truth, made)
    except (Exception, SystemExit, Endless):
        return None


def _measured(
    bench: Bench, case: Case, site: Site, truth: np.ndarray, made: CodeType
) -> Response | None:
    def run(add: np.ndarray | None) -> tuple[np.ndarray | None, list[Any], bool]:
        bumped = Bumped()
        bumped.add = add
        with bench.running(made, **{BUMP: bumped}):
            answer = case.ask()
        return case.flat(answer), bumped.values, case.keeps(answer)

    started = time.thread_time()
    plain, values, keeps = run(None)
    once = time.thread_time() - started
    count = sum(np.size(v) for v in values)
    if plain is None or not keeps or not 0 < count <= MOST_UNKNOWNS:
        return None
    if count > MANY and count * once > PATIENCE:
        return None
    if any(np.asarray(v).dtype.kind != "f" for v in values):
        return None
    known = np.isfinite(truth)
    missing = (truth - plain)[known]
    trial = np.cos(np.arange(count) * 1.7)
    along, _, keeps = run(trial)
    J, nothing = np.zeros((int(known.sum()), count)), np.zeros(count)
    if not keeps:  # the output is made of it, and that is right
        return Response(site, values, J, missing, False, nothing, False)
    if along is None:
        return None
    for k in range(count):
        add = np.zeros(count)
        add[k] = 1.0
        moved, _, _ = run(add)
        if moved is None:
            return None
        J[:, k] = (moved - plain)[known]
    if not _close(J @ trial, (along - plain)[known]):
        return None
    delta, _, rank, _ = np.linalg.lstsq(J, missing, rcond=1e-10)
    fits = _close(J @ delta, missing)
    return Response(
        site, values, J, missing, fits, delta, bool(rank == J.any(axis=0).sum())
    )


def forced(bench: Bench, case: Case, site: Site, response: Response) -> Bumped | None:
    """What is seen when the function runs with the true values at this place."""
    node, scope = site.node, ast.Call(ast.Name("locals", ast.Load()), [], [])
    call = ast.Call(ast.Name(BUMP, ast.Load()), [node, scope], [])
    site.put(ast.fix_missing_locations(ast.copy_location(call, node)))
    made = build(bench.function)
    site.put(node)
    bumped = Bumped()
    bumped.add = response.delta
    try:
        assert made is not None
        with bench.running(made, **{BUMP: bumped}):
            case.ask()
    except (Exception, SystemExit, Endless):
        return None
    fits = [v.shape for v in bumped.values] == [v.shape for v in response.values]
    return bumped if fits and len(bumped.scopes) == len(bumped.values) else None


def _close(a: np.ndarray, b: np.ndarray) -> bool:
    return bool(np.linalg.norm(a - b) <= FITS * (np.linalg.norm(b) + 1e-12))


def responses(
    bench: Bench,
    case: Case,
    places: Iterable[Site],
    known: dict[int, Response | None],
    stop: Callable[[], bool],
) -> None:
    """The response to each value, by ``id`` of its expression; not all have one."""
    truth = case.truth()
    for site in places:
        if truth is None or stop():
            return
        if id(site.node) not in known and is_float(site.value) and is_value(site):
            known[id(site.node)] = response(bench, case, site, truth)
