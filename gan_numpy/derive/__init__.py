r"""Derivations that are checked as derivations: formulas, not code.

Read `parsing` (the grammar) and `nodes` (the tree), `values` (arrays whose axes have
names), `evaluate`, then `judge`, which hands the whole to the exercise's checker.
"""

from gan_numpy.derive.judge import judge
from gan_numpy.derive.result import Derivation
from gan_numpy.derive.vocabulary import VOCABULARIES

__all__ = ["VOCABULARIES", "Derivation", "judge"]
