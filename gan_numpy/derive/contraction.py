r"""A product of numbers with letters, summed over some of them: never too large."""

from __future__ import annotations

import string

import numpy as np

from gan_numpy.derive.values import Misfit, Value

MOST_LETTERS = 20


def contracted(
    values: list[tuple[str, Value]], over: tuple[str, ...], lengths: dict[str, int]
) -> Value:
    """The product of factors without axes of their own, summed over letters.

    Parameters
    ----------
    values : list of (operator, Value)
        The operator is "/" or one for a product.
    over : tuple of str
    lengths : dict
        How many values each of these letters has.
    """
    letters: list[str] = []
    for _, value in values:
        letters += [k for k in value.letters if k not in letters]
    if len(letters) > MOST_LETTERS:
        raise Misfit(f"more than {MOST_LETTERS} letters in one product")
    code = dict(zip(letters, string.ascii_letters, strict=False))
    kept = [k for k in letters if k not in over]
    sides = ["".join(code[k] for k in v.letters) for _, v in values]
    arrays = [
        np.reciprocal(v.data) if operator == "/" else v.data for operator, v in values
    ]
    rule = f"{','.join(sides)}->{''.join(code[k] for k in kept)}"
    data = np.einsum(rule, *arrays, optimize="greedy" if len(arrays) > 2 else False)
    for k in over:  # a letter that is in no factor: so many times the same
        data = data * (lengths[k] if k not in letters else 1)
    constant = all(v.constant for _, v in values) and not over
    return Value(np.asarray(data), tuple(kept), (), False, constant)
