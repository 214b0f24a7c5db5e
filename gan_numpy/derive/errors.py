r"""A formula that cannot be read or computed: the place, and a sentence."""

from __future__ import annotations

from gan_numpy.derive.nodes import Node


class FormulaError(ValueError):
    """What is wrong with a formula, and where.

    Attributes
    ----------
    kind : str
        "syntax", "name", "letter" or "shape".
    says : str
        A sentence.
    start, end : int
        The characters of the text that it is about.
    """

    def __init__(self, kind: str, says: str, start: int, end: int) -> None:
        super().__init__(says)
        self.kind, self.says, self.start, self.end = kind, says, start, max(end, start)


def at(node: Node, kind: str, says: str) -> FormulaError:
    """The error of a node."""
    return FormulaError(kind, says, node.start, node.end)


def pointed(text: str, error: FormulaError) -> str:
    """The line of the text with the place marked below it."""
    start = min(error.start, len(text))
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    line = text[first : len(text) if last < 0 else last]
    width = max(min(error.end, first + len(line)) - start, 1)
    return f"{line}\n{' ' * (start - first)}{'^' * width}"
