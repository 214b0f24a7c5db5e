r"""Checks of hand-derived gradients that say what is wrong.

Read `check` (the whole of it), `numeric` and `compare` (what is true, what differs),
`probes`; then `diagnosis` (what the numbers say of one array), `repair` (what the lines
say) and `verdict` (the one answer), `render` (its words).

>>> import numpy as np
>>> from gan_numpy.gradcheck import check_gradients
>>> def loss(a):
...     return 0.5 * np.mean(a ** 2), a  # 1/N is forgotten
>>> check_gradients(loss, np.linspace(1.0, 2.0, 7)).tags
('mean-missing',)
"""

from gan_numpy.gradcheck.diagnosis.candidates import (
    Candidates,
    Comparison,
    Constant,
    Factor,
    Mask,
    Mistake,
    Term,
)
from gan_numpy.gradcheck.check import check_gradients
from gan_numpy.gradcheck.diagnosis.diagnose import Evidence, diagnose
from gan_numpy.gradcheck.numeric import Derivative, directional, entry_gradient
from gan_numpy.gradcheck.result import CheckResult, Finding
from gan_numpy.gradcheck.second_order import input_gradients, penalty_gradient

__all__ = [
    "Candidates",
    "CheckResult",
    "Comparison",
    "Constant",
    "Derivative",
    "Evidence",
    "Factor",
    "Finding",
    "Mask",
    "Mistake",
    "Term",
    "check_gradients",
    "diagnose",
    "directional",
    "entry_gradient",
    "input_gradients",
    "penalty_gradient",
]
