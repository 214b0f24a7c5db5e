r"""The kinds of edits: the name of each, its category, what is said of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """A kind of mistake, named after what was left out or put in its place.

    Attributes
    ----------
    tag : str
    verdict : str
        The category, one of those that `findings.CATEGORY_HINTS` has a hint for.
    says : str
        For the student; it does not give the change away.
    """

    tag: str
    verdict: str
    says: str


_TABLE = (
    ("returned-in-another-order", "order", "the right arrays in another order"),
    ("result-missing", "order", "one of the results is not returned"),
    ("return-missing", "statement", "the result is not returned"),
    ("return-inside-loop", "statement", "the loop is left after its first round"),
    ("sign", "operator", "a sign is wrong"),
    ("operand-order", "operator", "the operands are in the wrong order"),
    ("factor-extra", "factor", "a factor is there that does not belong"),
    ("factor-missing", "factor", "a factor is missing"),
    ("term-extra", "term", "a term is there that does not belong"),
    ("term-missing", "term", "a term is missing"),
    ("divided-not-multiplied", "factor", "a factor multiplies that divides, or v.v."),
    ("operand-transposed", "transpose", "an operand is transposed, or should be"),
    ("axes-permuted", "transpose", "axes are permuted wrongly"),
    ("wrong-reshape", "transpose", "a reshape reads or writes in another order"),
    ("wrong-axis", "axis", "it is done along another axis"),
    ("keepdims", "axis", "the dimension of a reduced axis is kept, or lost"),
    ("not-summed", "axis", "a sum over an axis is missing"),
    ("one-for-all", "axis", "one index stands where a sum over all is meant"),
    ("summed-too-much", "axis", "a sum too many"),
    ("mean-for-sum", "factor", "a mean where a sum is meant"),
    ("sum-for-mean", "factor", "a sum where a mean is meant"),
    ("wrong-function", "function", "another function is meant"),
    ("function-missing", "function", "a function is not applied"),
    ("function-extra", "function", "a function is applied that does not belong"),
    ("arguments-swapped", "operator", "two arguments are exchanged"),
    ("argument-extra", "function", "an argument is given that does not belong"),
    ("mask-inverted", "mask", "a condition holds where it must not, and v.v."),
    ("comparison", "mask", "a comparison is not the one that is meant"),
    ("mask-missing", "mask", "a mask is missing"),
    ("mask-of-another", "mask", "a comparison asks about another array"),
    ("mask-extra", "mask", "a mask is there that does not belong"),
    ("constant", "constant", "a number is not the one that is meant"),
    ("exponent", "constant", "an exponent is not the one that is meant"),
    ("complement", "factor", "1 minus it is meant, or not meant"),
    ("wrong-derivative", "factor", "it is the derivative of another function"),
    ("derivative-missing", "factor", "the derivative of a function is missing"),
    ("operator", "operator", "an operator is not the one that is meant"),
    ("wrong-array", "array", "another array is meant"),
    ("wrong-number", "array", "another number is meant"),
    ("wrong-size", "array", "another size is meant"),
    ("wrong-index", "index", "an index or a bound is not the one that is meant"),
    ("index-missing", "index", "an index is missing"),
    ("index-extra", "index", "an index is there that does not belong"),
    ("reversed", "index", "the order is reversed, or should be"),
    ("stride", "index", "the step of a slice is not the one that is meant"),
    ("assigned-not-added", "statement", "it is assigned where it must be added"),
    ("added-not-assigned", "statement", "it is added where it must be assigned"),
    ("duplicates-lost", "statement", "of an index that occurs twice one is lost"),
    ("statement-extra", "statement", "a statement does not belong here"),
    ("statement-order", "statement", "a statement comes too early or too late"),
    ("copy-missing", "statement", "it writes to an array that is needed as it was"),
)
KINDS = {tag: Kind(tag, verdict, says) for tag, verdict, says in _TABLE}
