"""The playground in a notebook: a widget if anywidget is there, else a frame."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from gan_numpy.playground.page import build_playground, everything, style

RENDER = """
export default {
  render({ el }) {
    const root = document.createElement("div");
    el.append(root);
    const app = pieces.app.mount(root, { alone: false });
    return () => app.leave();
  },
};
"""


def widget() -> Any:
    """The playground, to be the last line of a cell.

    Returns
    -------
    anywidget.AnyWidget or Page
        Without the extra ``widget`` a page, which a notebook shows in a frame.
    """
    if find_spec("anywidget") is None:
        return build_playground()
    base = import_module("anywidget").AnyWidget
    parts = {"_esm": everything() + RENDER, "_css": style()}
    return type("Playground", (base,), parts)()
