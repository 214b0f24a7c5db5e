r"""A notebook's cells: nbformat 4, or 3 and 2, whose cells lie in worksheets."""

from __future__ import annotations

import json
from typing import Any

from gan_numpy.errors import UserError
from gan_numpy.exercises.reading.text import unix_lines

Cell = dict[str, Any]


def load_notebook(content: bytes) -> list[Cell]:
    """The cells, each with ``cell_type`` and its ``source`` as one text.

    Raises
    ------
    UserError
        If it is no notebook; the message follows the name of the file.
    """
    try:
        whole = json.loads(content)  # UTF-8, -16 or -32, with a mark or without
        if "cells" in whole:
            cells = [dict(c) for c in whole["cells"]]
        else:
            sheets = whole["worksheets"] or [{}]  # nbformat 3 has at least one
            cells = [dict(c) for sheet in sheets for c in sheet["cells"]]
        for one in cells:
            text = one.pop("input", None) if "source" not in one else one["source"]
            one["source"] = unix_lines(_joined(text))
            one["cell_type"] = str(one["cell_type"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UserError("is not a notebook (nbformat 4 or 3, JSON)") from None
    return cells


def _joined(text: Any) -> str:
    """Lines, or one text."""
    if isinstance(text, list):
        return "".join(text)
    if not isinstance(text, str):
        raise TypeError
    return text
