"""What moves a live figure is still there when all cells have run.

A control calls a function long after its cell: a name that a later cell binds anew, as
another figure's `axes`, would be the later one's, and the control would do nothing.
"""

from __future__ import annotations

import dis
import re
from types import CodeType


def codes_within(code):
    """The functions and lambdas of a cell, their own inner ones too."""
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield inner
            yield from codes_within(inner)


def names(code, *operations):
    found = dis.get_instructions(code)
    return {i.argval for i in found if i.opname in operations}


def stale(cells):
    """For each cell with a live figure: names it needs that a later cell binds anew."""
    codes = [compile(text, "cell", "exec") for text in cells]
    bound = [names(code, "STORE_NAME", "STORE_GLOBAL") for code in codes]
    functions, found = {}, {}
    for k, (text, code) in enumerate(zip(cells, codes)):
        inner = list(codes_within(code))
        functions |= {each.co_name: each for each in inner}
        if "lesson.live(" not in text:
            continue
        used, todo = set(), inner
        while todo:
            new = names(todo.pop(), "LOAD_GLOBAL", "LOAD_NAME") - used
            used |= new
            todo += [functions[name] for name in new if name in functions]
        found[k] = sorted(used & set().union(*bound[k + 1 :]))
    return found


def test_no_later_cell_takes_a_live_figures_names(source):
    cells = re.split(r"(?m)^# %%.*\n", source.read_text("utf-8"))
    found = stale([text for text in cells if not text.startswith('r"""')])
    assert not any(found.values()), found


def test_a_name_that_is_taken_is_found_however_deep():
    live = "def draw(h):\n    line(h)\nlesson.live(draw, h=(1, 2))"
    cells = ["def line(h):\n    axes.plot([h])\naxes, h, edges = 1, 2, 3", live]
    assert stale([*cells, "h = edges = 4"]) == {1: []}
    assert stale([*cells, "for axes in (1, 2):\n    pass"]) == {1: ["axes"]}
    assert stale([*cells, "def line(x):\n    return x"]) == {1: ["line"]}
    assert stale([live.replace("line(h)", "[g(k) for k in (1, 2)]"), "g = 1"]) == {
        0: ["g"]
    }
