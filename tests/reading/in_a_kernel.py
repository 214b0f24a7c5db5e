r"""A notebook's kernel: run the cells of files in IPython, then check the exercise.

``python in_a_kernel.py ASKED ANSWERED``

What nbgrader's hidden test gets is returned, too.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell

from gan_numpy.exercises import check
from gan_numpy.grading.notebooks import load_cells


def cells_of(path: Path) -> list[str]:
    """What a person would run; of a module, all of it as one cell."""
    if path.suffix.lower() == ".ipynb":
        return [c["source"] for c in load_cells(path) if c["cell_type"] == "code"]
    return []


def verdicts(path: Path, name: str) -> list[Any]:
    """Of ``check``, with the cells as a hidden test gets them."""
    os.chdir(path.parent)
    sys.path.insert(0, str(path.parent))
    shell = InteractiveShell()
    shell.user_ns["check"] = check
    for source in cells_of(path):
        shell.run_cell(source, store_history=True, silent=False)
    shell.run_cell(f"outcome = check({name})", store_history=True)
    result = shell.user_ns.get("outcome")
    sys.path.pop(0)
    state = "nothing" if result is None else "right" if result else "wrong"
    if state == "wrong" and not {"mask-inverted", "mask-missing"} & set(result.tags):
        state = f"wrong, but {result.tags}"
    if result is not None and not result.attempted:
        state = "not attempted"
    return [state, shell.user_ns["In"]]


def main() -> None:
    asked, answered = map(Path, sys.argv[1:])
    found = {}
    stdout, sys.stdout = sys.stdout, open(os.devnull, "w")
    for path, name, exercise in json.loads(asked.read_text()):
        found[name] = verdicts(Path(path), exercise)
    sys.stdout = stdout
    answered.write_text(json.dumps(found))


if __name__ == "__main__":
    main()
