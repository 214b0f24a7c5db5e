r"""Comparing a function with its reference on several inputs at once."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gan_numpy.gradcheck.calls import (
    NotAttempted,
    StudentError,
    defined_at,
    students_code,
    watching,
)
from gan_numpy.gradcheck.diagnosis.candidates import (
    Candidates,
    Comparison,
    Constant,
    Factor,
    Mistake,
    Term,
)
from gan_numpy.gradcheck.compare import compare_arrays
from gan_numpy.gradcheck.diagnosis.generic import constants_of, sizes_of
from gan_numpy.gradcheck.probes import arrays_within, close, mutated
from gan_numpy.gradcheck.repair.draws import is_drawn, like
from gan_numpy.gradcheck.repair.values import ValueCase, fixes_of_values
from gan_numpy.gradcheck.result import CheckResult, Finding, error_finding, merge
from gan_numpy.gradcheck.verdict import combine, place_errors
from gan_numpy.exercises.base import Function, Functions

Formula = Callable[..., Any]
Pick = Callable[[Any], Any]


@dataclass(frozen=True)
class Formulas:
    """What may explain a wrong value, as functions of the same arguments.

    ``mistakes`` maps a tag to (what it says, formula); ``factors`` and ``terms`` map a
    name. A formula of a function with several outputs returns a tuple.
    """

    mistakes: Mapping[str, tuple[str, Formula]] = field(default_factory=dict)
    factors: Mapping[str, Formula] = field(default_factory=dict)
    terms: Mapping[str, Formula] = field(default_factory=dict)
    constants: tuple[Constant, ...] = ()


def compare_values(
    reference: Function,
    student: Function,
    functions: Functions,
    cases: list[dict[str, Any]],
    formulas: Formulas,
    outputs: tuple[str, ...],
    pick: Pick,
    also: Callable[[Functions], list[Finding]] | None,
) -> CheckResult:
    """Values; whether it writes to its arguments or repeats itself; and more."""
    result = CheckResult(reference.__name__)
    with watching() as watch:
        try:
            with students_code():
                got = [_call(student, case, pick, outputs, result) for case in cases]
                again = _call(student, cases[0], pick, outputs, result)
                _compare(got, again, reference, cases, formulas, outputs, pick, result)
                if not result.findings and also is not None:
                    result.findings += also(functions)
        except NotAttempted:
            result.attempted = False
        except StudentError as error:
            result.findings = [error_finding(error)]
    result.findings = merge(result.findings)
    result.notes = list(dict.fromkeys(result.notes + watch.notes()))
    if result.attempted and result.findings:
        found = fixes_of_values(
            list(_value_cases(reference, student, cases, outputs, pick))
        )
        combine(result, found, trusted=True)
        place_errors(result, student)
    return result


def _value_cases(
    reference: Function,
    student: Function,
    cases: list[dict[str, Any]],
    outputs: tuple[str, ...],
    pick: Pick,
) -> Iterator[ValueCase]:
    """The inputs of the check and others like them, with the reference's answers."""
    rng = np.random.default_rng(11)
    others = [
        {k: like(v, v.shape, rng) if is_drawn(v) else v for k, v in case.items()}
        for case in cases[:3]
        for _ in range(2)
    ]
    for case in [*cases[:3], *others]:

        def call(case: dict[str, Any] = case) -> Any:
            values = copy.deepcopy(case)
            answer = parts_of(student(*values.values()), pick, outputs)
            return answer, list(values.values())

        def solution(case: dict[str, Any] = case) -> Any:
            return reference(*copy.deepcopy(case).values())

        try:
            with np.errstate(all="ignore"):
                want = parts_of(solution(), pick, outputs)
        except Exception:  # numbers that the reference does not take
            continue
        given = arrays_within(list(copy.deepcopy(case).values()))
        yield ValueCase(call, want, given, solution)


def parts_of(returned: Any, pick: Pick, outputs: tuple[str, ...]) -> list[np.ndarray]:
    """What is returned (or picked from it) as one array for each output."""
    chosen = pick(returned)
    if chosen is None:
        raise StudentError("none", "it returns None: is the return missing?")
    many = isinstance(chosen, (tuple, list)) and len(outputs) > 1
    values = list(chosen) if many else [chosen]
    if isinstance(chosen, Mapping):
        missing = [k for k in outputs if k not in chosen]
        if missing:
            raise StudentError("count", f"{missing[0]} is not among what it returns")
        values = [chosen[k] for k in outputs]
    if len(values) != len(outputs):
        names = ", ".join(outputs)
        s = "" if len(values) == 1 else "s"
        message = f"it returns {len(values)} value{s}, expected {len(outputs)}: {names}"
        raise StudentError("count", message)
    arrays = []
    for name, value in zip(outputs, values, strict=True):
        if value is None:
            raise StudentError("none", f"{name} is None: is the return missing?")
        try:
            array = np.array(value)
        except (ValueError, TypeError):
            says = f"{name} is no array of numbers: a ragged list?"
            raise StudentError("type", says) from None
        if array.dtype.kind not in "fiub":
            kind = type(value).__name__
            raise StudentError("type", f"{name} is {kind}, not an array of numbers")
        arrays.append(array)
    return arrays


def _call(
    student: Function,
    case: dict[str, Any],
    pick: Pick,
    outputs: tuple[str, ...],
    result: CheckResult,
) -> list[np.ndarray]:
    """The student's answer to one case; a finding if it writes to its arguments."""
    values = copy.deepcopy(case)
    before = copy.deepcopy(values)
    try:
        arrays = parts_of(student(*values.values()), pick, outputs)
    except StudentError as error:
        where = defined_at(student)
        says = f"{error.message}\n{where}"
        raise StudentError(error.tag, says, error.spot) from None
    result.findings += [
        mutated(k, "it")
        for k, old in before.items()
        if not all(map(np.array_equal, arrays_within(values[k]), arrays_within(old)))
    ]
    return arrays


def _stack(arrays: list[Any]) -> np.ndarray:
    return np.stack(arrays) if len(arrays) > 1 else np.asarray(arrays[0])


def _per_output(
    formula: Formula, cases: list[dict[str, Any]], k: int, count: int
) -> np.ndarray | None:
    """The formula's part for output k on all cases."""
    with np.errstate(all="ignore"):
        found = [formula(*copy.deepcopy(case).values()) for case in cases]
    picked = [v[k] if count > 1 else v for v in found]
    if any(v is None for v in picked):
        return None
    return _stack([np.asarray(v, dtype=np.float64) for v in picked])


def _candidates(
    formulas: Formulas, cases: list[dict[str, Any]], k: int, count: int
) -> Candidates:
    made = Candidates(constants=list(formulas.constants))
    for name, formula in formulas.factors.items():
        value = _per_output(formula, cases, k, count)
        if value is not None:
            made.factors.append(Factor(name, value))
    for name, formula in formulas.terms.items():
        value = _per_output(formula, cases, k, count)
        if value is not None:
            made.terms.append(Term(name, value))
    for tag, (says, formula) in formulas.mistakes.items():
        value = _per_output(formula, cases, k, count)
        if value is not None:
            made.mistakes.append(Mistake(tag, says, value))
    return made


def _compare(
    got: list[list[np.ndarray]],
    again: list[np.ndarray],
    reference: Function,
    cases: list[dict[str, Any]],
    formulas: Formulas,
    outputs: tuple[str, ...],
    pick: Pick,
    result: CheckResult,
) -> None:
    true = [
        parts_of(reference(*copy.deepcopy(c).values()), pick, outputs) for c in cases
    ]
    arrays = {k: v for k, v in cases[0].items() if isinstance(v, np.ndarray)}
    kinds = (int, float)
    scalars = {k: v for k, v in cases[0].items() if isinstance(v, kinds)}
    values = []
    for k, name in enumerate(outputs):
        mine, want = [g[k] for g in got], [t[k] for t in true]
        odd = [i for i, g in enumerate(mine) if g.shape != want[i].shape]
        chosen = odd[:1] or list(range(len(cases)))  # one wrong shape says it all
        some = [cases[i] for i in chosen]
        made = _candidates(formulas, some, k, len(outputs))
        if len(cases) == 1:
            made.constants += constants_of(scalars, made.constants)
        full = _stack([want[i] for i in chosen]).astype(np.float64)
        cmp = Comparison(
            name,
            _stack([mine[i] for i in chosen]),
            full,
            np.zeros(full.shape),
            np.ones(full.shape, dtype=bool),
            sizes_of(arrays),
            {},
            made,
        )
        values.append((cmp, len(made.factors)))
        if not close(mine[0], again[k]):
            says = "another answer each time: something random, or state that is kept"
            result.findings.append(
                Finding("behavior", ("changes-between-calls",), (name,), says)
            )
    if not result.findings:
        found = compare_arrays(values, result)
        result.findings += [_of_one_case(f) if len(cases) > 1 else f for f in found]


def _of_one_case(finding: Finding) -> Finding:
    """The evidence without the axis along which the cases were put together."""
    numbers = finding.evidence
    if numbers is None or not numbers.index:
        return finding
    return replace(finding, evidence=replace(numbers, index=numbers.index[1:]))
