r"""A function line by line, forward and backward side by side.

Read `recorder` (what each line did), `lines` (what each line reads), `chain` (what a
value is the adjoint of), `subjects`, then `story` and `page`.
"""

from gan_numpy.stepping.page import Page, build_page
from gan_numpy.stepping.subjects import names

__all__ = ["Page", "build_page", "names"]
