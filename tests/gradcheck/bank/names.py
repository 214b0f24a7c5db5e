r"""What the checker says, in the words of the bank: the one place that knows its tags.

A case accepts kinds of mistake; the checker has names of its own. `kinds` maps each of
its tags to the kinds it may mean, `UNNAMED` holds the tags that say that something is
wrong, but not what. Whoever gives the checker a new tag gives it a line here.
"""

from __future__ import annotations

import re
from typing import Any

KINDS = {
    "accumulate": "assigned where it must be added, or added where assigned",
    "axis": "summed, averaged or broadcast along the wrong axis",
    "call": "another function, or one too few or too many",
    "constant": "a wrong number",
    "derivative": "a local derivative that is missing, wrong or applied twice",
    "exponent": "a power that is one too high, too low, or of the other sign",
    "factor": "a factor that is missing, too much or the wrong one",
    "index": "a wrong index, slice, stride, step or range of a loop",
    "mask": "a mask that is missing, inverted or of another array",
    "one-sample": "a part of the batch stands for all of it",
    "operator": "another arithmetic operator or comparison",
    "order": "operands, branches or returned arrays are exchanged",
    "reshape": "the memory's order: a reshape or permutation of axes",
    "shape": "an axis too many or too few",
    "sign": "a sign",
    "statement": "a missing, extra or misplaced statement",
    "sum-mean": "a sum for a mean, or the other way around",
    "term": "a term or path that is missing, too much or the wrong one",
    "transpose": "a transpose that is missing or too much",
    "upstream": "what comes from above is lost",
    "variable": "another variable",
}

# Cases of which the checker's name is as true as the one that was foreseen, and why.
ALSO_TRUE = {
    # the edit that makes it wrong puts another array in the place of the right one
    "nested_mlp/x-not-last": {"variable"},
    "triplet/anchor-one-path": {"variable"},
    # db is dy exp(s): the name that already has the factor which is missing
    "coupling_flow/scale-without-exp": {"variable"},
}

# A minus that is lost between two terms is an operator, too; a mean for a sum is
# another function and a factor.
ALSO = {"sign": {"operator"}, "sum-mean": {"call", "factor"}}

UNNAMED = {
    "all-zero",
    "batch-of-one",
    "changes-between-calls",
    "count",
    "divides-by-dy",
    "exception",
    "factor-ambiguous",
    "factor-unrecognized",
    "nan",
    "non-finite",
    "none",
    "not-linear-in-dy",
    "not-recognized",
    "nothing-compared",
    "one-entry",
    "per-axis-factor",
    "per-sample-factor",
    "precision",
    "same-values-elsewhere",
    "shape",
    "shape-only",
    "some-entries",
    "some-slices",
    "special-case",  # which input, not what is wrong with it
    "type",
}

# "Missing or wrong": where the mistake is. The right name if the term is missing, and
# no wrong one if it is there but has another factor or sign.
HEDGED = r"(statistics|mean|variance|norm)-paths?|multiple-of-.*-added"

# The kinds of repairs, see gan_numpy/gradcheck/repair/kinds.py.
REPAIRS: tuple[tuple[str, set[str]], ...] = (
    (r"returned-in-another-order|result-missing", {"order"}),
    (r"return-(missing|inside-loop)|statement-(extra|order)", {"statement"}),
    (r"operator|divided-not-multiplied", {"operator", "factor", "exponent"}),
    (r"operand-order|arguments-swapped", {"order", "operator"}),
    (r"operand-transposed|axes-permuted", {"transpose", "reshape", "axis", "order"}),
    (r"mean-for-sum|sum-for-mean", {"sum-mean", "call"}),
    (r"(wrong-function|function|argument)(-extra|-missing)?", {"call", "derivative"}),
    (r"comparison", {"operator", "mask"}),
    (r"mask-of-another", {"mask", "variable"}),
    (r"constant|wrong-number", {"constant", "factor", "variable"}),
    (r"exponent", {"exponent", "derivative", "factor", "constant"}),
    # 1 - x for x: x has another sign, and a term is missing
    (r"complement", {"exponent", "derivative", "factor", "constant", "sign", "term"}),
    (r"(derivative-missing|wrong-derivative)", {"derivative", "factor"}),
    (r"one-for-all", {"one-sample", "index", "axis"}),
    (r"wrong-size", {"factor", "sum-mean", "constant", "variable"}),
    (r"wrong-index|index-.*|reversed|stride", {"index", "axis"}),
    (r"assigned-not-added|added-not-assigned|duplicates-lost", {"accumulate"}),
    (r"copy-missing", {"statement", "accumulate"}),
)

# The first pattern that a whole tag matches decides.
MEANS: tuple[tuple[str, set[str]], ...] = (
    *REPAIRS,
    (r"sign|.*-sign|argument-sign|absolute-value", {"sign"}),
    (r"mean-(missing|twice|wrong-axis)", {"factor", "sum-mean", "constant"}),
    (r"not-summed|keepdims|summed-too-much", {"shape", "axis"}),
    (r"wrong-axis|softmax-axis|norm-over-batch", {"axis"}),
    (r"transposed|operand-transposed|kernel-transposed", {"transpose"}),
    (r"flipped|kernel-rotated", {"index", "order"}),
    (r"axes-swapped", {"index", "order", "transpose", "reshape"}),
    (r"wrong-reshape", {"reshape", "transpose"}),
    (r"labels-swapped", {"order", "variable", "term"}),
    (r"variables-swapped|.*-swapped|input-for-output", {"order", "variable"}),
    (r"wrong-array", {"variable"}),
    (r"mask-.*|another-mask", {"mask", "derivative"}),
    (r"upstream-ignored|dy-squared|term-without-dy", {"upstream"}),
    (r"overlap-overwritten|repeats-overwritten|.*-overwritten", {"accumulate"}),
    (r"cache-mutated|mutated", {"accumulate", "statement"}),
    (r"factor-(2|half)|root-of-n|size-.*", {"factor", "constant"}),
    (HEDGED, {"term"}),
    (r"(statistics|mean|variance|norm)-paths?-missing", {"term"}),
    (r".*-path-summed", {"sum-mean"}),
    (r"jacobian-diagonal-only", {"derivative", "term"}),
    (r"activation-derivative|derivative-at-.*", {"derivative", "variable"}),
    (r".*-derivative-(missing|extra)", {"derivative", "factor"}),
    (r"direct-(path-)?missing", {"term"}),
    (r".*-squared|not-squared|no-root", {"exponent"}),
    (r"shifted|wrong-columns|winner-off-by-one|first-piece|t-off-by-one", {"index"}),
    (r"other-batch|both-batches", {"variable", "factor"}),
    (r"wrong-probability", {"variable", "term", "factor", "constant"}),
    (r"saturating|non-saturating", {"variable", "term", "call", "factor"}),
    (r"sigma-argument", {"sign", "term", "variable"}),
    (r"old-velocity|noise-reused|w-for-uv|alternating", {"variable"}),
    (r"statistics-constant|sigma-constant|largest-only", {"term"}),
    (r"repeats-averaged|averaged|pieces-summed|mean-of-logs", {"sum-mean"}),
    (r"to-all-pieces|slope-lost|label-class-only", {"mask"}),
    (r"not-normalized|sigmoid-for-softmax|minimum|log-base", {"call"}),
    (r"squared-.*|no-bias-correction|no-correction-of-.*", {"exponent", "factor"}),
    (r"half-missing-in-exponent|ddof|damped", {"factor", "constant"}),
    (r"not-broadcast", {"shape"}),
    (r"eps-inside-root", {"order", "term"}),
    (r".*-(missing|extra|twice)", {"factor", "term"}),
)


def kinds(tag: str) -> set[str]:
    """The kinds that a tag of the checker may mean; none if it names nothing.

    Raises
    ------
    KeyError
        If the tag is neither in `UNNAMED` nor matched by `MEANS`.
    """
    if tag in UNNAMED:
        return set()
    for pattern, meant in MEANS:
        if re.fullmatch(pattern, tag):
            return meant
    raise KeyError(f"the bank does not know the tag {tag!r}: add it to names.py")


def widened(case: str, accepts: frozenset[str]) -> set[str]:
    """The kinds that a case accepts and those that say the same."""
    accepts |= ALSO_TRUE.get(case, set())
    return set(accepts).union(*(ALSO.get(kind, set()) for kind in accepts))


def hedged(tag: str) -> bool:
    """The tag leaves open what is wrong with the term that it points at."""
    return re.fullmatch(HEDGED, tag) is not None


def lines(finding: dict[str, Any]) -> set[int]:
    """The lines of the program that a finding points at."""
    return {place["line"] for place in finding["places"]}
