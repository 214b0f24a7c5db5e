r"""The hidden test of an nbgrader notebook: the cells so far, graded elsewhere.

nbgrader runs tests in the kernel of the submission, where a student may have patched
anything. So this test takes the source of the cells that have run and has it checked in
a sandbox of its own; a patched NumPy changes nothing there. (A submission that patches
this module is found by ``gan-numpy grade`` on nbgrader's ``submitted`` folder, which
runs nothing of it in the grader's process.)
"""

from __future__ import annotations

from collections.abc import Sequence

from ..exercises.registry import get_exercise
from ..exercises.running import shown
from .grader import MISSING, RIGHT, Task, grade
from .notebooks import cell, notebook
from .report import reasons
from .submissions import Handin


def check_cells(name: str, cells: Sequence[str], seed: int = 0) -> None:
    """Check an exercise from the source of the cells that have been run.

    Parameters
    ----------
    name : str
        The exercise.
    cells : sequence of str
        IPython's ``In``.
    seed : int
        Of the inputs.

    Raises
    ------
    AssertionError
        If it is not right; the message is the diagnosis, which is printed as well.
    """
    code = [cell("code", source, f"in-{k}") for k, source in enumerate(cells)]
    content = notebook(code).encode()
    record = grade(
        Handin(name, (("notebook.ipynb", content),), ()), Task((name,), seed)
    )
    entry = record["exercises"].get(name, {"state": MISSING, "reasons": []})
    if entry["state"] == RIGHT:
        return
    says = shown(entry, 1) if "texts" in entry else "; ".join(reasons(record))
    print(f"{get_exercise(name).title}: {entry['state']}\n{says}")
    raise AssertionError(f"{name}: {entry['state']}")
