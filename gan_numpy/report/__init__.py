"""The page of a run: one file that shows what it did, and what the doctor says.

Read `content` (what is shown), `charts` (its curves and their landmarks), then `page`;
`looks` is the style sheet and the script.
"""

from gan_numpy.report.page import NAME, build_report

__all__ = ["NAME", "build_report"]
