r"""Which axis each letter runs over: that at which it stands, alone, in an array.

``dW_ij = sum_n x_ni dy_nj``: n runs over the samples, since it is the first index of x.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from gan_numpy.derive import nodes
from gan_numpy.derive.errors import at
from gan_numpy.derive.nodes import Name, Node
from gan_numpy.derive.vocabulary import Vocabulary

Dims = Callable[[Node], tuple[str, ...] | None]


def indexed_dims(
    dims: tuple[str, ...], count: int, split: Mapping[str, tuple[str, str]]
) -> tuple[str, ...]:
    """The axes that so many indices stand for: a split axis takes two of them."""
    if count > len(dims):
        for k, d in enumerate(dims):
            if d in split and count == len(dims) + 1:
                return dims[:k] + split[d] + dims[k + 1 :]
    return dims


def same(a: str, b: str) -> bool:
    """Whether two axes are one: a kernel's two sides are as long."""
    return a.rstrip("'") == b.rstrip("'")


class Ranges:
    """The axis of each letter of one equation.

    Parameters
    ----------
    dims : function
        The axes of a node, if they are known without computing it.
    is_letter : function of a name
        Whether it is one, and no array.
    """

    def __init__(
        self, words: Vocabulary, dims: Dims, is_letter: Callable[[str], bool]
    ) -> None:
        self.words, self.dims, self.is_letter = words, dims, is_letter
        self.of: dict[str, str] = {}
        self.where: dict[str, str] = {}
        self.weak: dict[str, str] = {}

    def read(self, equation: nodes.Equation) -> None:
        """Find them all."""
        target = self.words.dims(equation.target)
        if equation.at is not None and target:
            self._indices(equation.target, target, equation.at, equation)
        for node in equation.right.walk():
            if isinstance(node, nodes.Indexed):
                dims = self.dims(node.of)
                if dims is not None:
                    written = getattr(node.of, "name", "this")
                    self._indices(written, dims, node.at, node)
        tests = [n for n in equation.right.walk() if isinstance(n, nodes.Test)]
        for _ in range(2):  # i = j, j = k
            for test in tests:
                self._equal(test)

    def _indices(
        self, written: str, dims: tuple[str, ...], indices: tuple[Node, ...], node: Node
    ) -> None:
        dims = indexed_dims(dims, len(indices), self.words.split)
        if len(indices) > len(dims):
            shape = ", ".join(dims)
            says = f"{written} has {len(dims)} axes, ({shape}): {len(indices)} indices"
            raise at(node, "shape", says)
        for letter, dim in zip(indices, dims, strict=False):
            if isinstance(letter, Name) and self.is_letter(letter.name):
                self._set(letter, dim, f"{written} ({', '.join(dims)})")
                continue
            self._guess(letter, dim)

    def _guess(self, index: Node, dim: str) -> None:
        """From computed indices: i in k - 1 - i, u and j in u k + j."""
        inside = [n.name for n in index.walk() if isinstance(n, Name)]
        alone = [k for k in inside if self.is_letter(k)]
        if len(alone) == 1:
            self.weak.setdefault(alone[0], dim)
        elif dim in self.words.split and isinstance(index, nodes.Sum):
            units, pieces = self.words.split[dim]
            for _, term in index.terms:
                of = pieces if isinstance(term, Name) else units
                for node in term.walk():
                    if isinstance(node, Name) and self.is_letter(node.name):
                        self.weak.setdefault(node.name, of)

    def meet(self, letters: tuple[Node, ...], dims: tuple[str, ...]) -> None:
        """Letters below an expression whose axes are known now."""
        for letter, dim in zip(letters, dims, strict=False):
            if isinstance(letter, Name) and self.is_letter(letter.name):
                self._set(letter, dim, f"({', '.join(dims)})")

    def _set(self, letter: Name, dim: str, written: str) -> None:
        known = self.of.setdefault(letter.name, dim)
        first = self.where.setdefault(letter.name, written)
        if not same(known, dim):
            says = (
                f"{letter.name} runs over {dim} in {written},"
                f" but over {known} in {first}"
            )
            raise at(letter, "shape", says)

    def _equal(self, test: nodes.Test) -> None:
        sides = [test.first, *(side for _, side in test.links)]
        names = [s for s in sides if isinstance(s, Name) and self.is_letter(s.name)]
        known = [self.of[s.name] for s in names if s.name in self.of]
        for side in sides:
            of = side.of if isinstance(side, nodes.Indexed) else side
            name = getattr(of, "name", "")
            name = self.words.aliases.get(name, name)
            known += [self.words.valued[name]] if name in self.words.valued else []
        for letter in names:
            if known:
                self.of.setdefault(letter.name, known[0])

    def axis(self, letter: Node, name: str) -> str:
        """The axis of a letter.

        Raises
        ------
        FormulaError
            If nothing says what it runs over.
        """
        if name in self.of:
            return self.of[name]
        for dim, usual in self.words.letters.items():
            if usual == name and name not in self.weak:
                return dim
        if name in self.weak:
            return self.weak[name]
        says = f"nothing says what {name} runs over: let it stand alone in an index"
        raise at(letter, "letter", says)
