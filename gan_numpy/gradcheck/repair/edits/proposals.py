r"""All families at one site, sorted by how far-fetched they are."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence

from gan_numpy.gradcheck.repair.edits.calls import calls
from gan_numpy.gradcheck.repair.edits.constants import constants, elsewhere
from gan_numpy.gradcheck.repair.edits.everywhere import everywhere
from gan_numpy.gradcheck.repair.edits.indices import indices
from gan_numpy.gradcheck.repair.edits.items import items
from gan_numpy.gradcheck.repair.edits.names import (
    names,
    size_names,
    transposes,
    written_numbers,
)
from gan_numpy.gradcheck.repair.edits.operators import Proposal, operators
from gan_numpy.gradcheck.repair.edits.pools import Pool, factors_of, terms_of
from gan_numpy.gradcheck.repair.edits.products import factors, terms
from gan_numpy.gradcheck.repair.edits.site import Site

PLAIN = (
    operators,
    names,
    size_names,
    transposes,
    calls,
    constants,
    indices,
    items,
    everywhere,
)


OF_INDICES = {"reversed", "stride", "index-extra", "index-missing", "axes-permuted"}
OF_INDICES |= {"comparison", "mask-inverted", "wrong-array"}


def _all_of(family: Callable[[Site], Iterator[Proposal]], site: Site) -> list[Proposal]:
    """None at all of a family that does not understand the place."""
    try:
        return list(family(site))
    except (ValueError, TypeError, AttributeError):
        return []


class Proposals:
    """What may stand in place of each expression; made once, when it is asked for."""

    def __init__(self, texts: list[str], numbers: Sequence[float] = ()) -> None:
        self.texts, self.numbers = texts, numbers
        self.plain: dict[int, list[Proposal]] = {}
        self.far: dict[int, list[Proposal]] = {}
        self.pools: dict[tuple[int, str], Pool] = {}

    def of(
        self, site: Site, tier: int, far: bool = True
    ) -> Iterator[tuple[str, ast.expr]]:
        """(kind, new expression) of this tier; ``far``: factors and terms, too."""
        key = id(site)
        if key not in self.plain:
            self.plain[key] = [p for family in PLAIN for p in _all_of(family, site)]
            self.plain[key] += elsewhere(site, self.numbers)
            self.plain[key] += written_numbers(site, self.texts)
        every = self.plain[key]
        if tier >= 2 and far:
            if key not in self.far:
                self.far[key] = [
                    *factors(site, self._pool(site, "factors")),
                    *terms(site, self._pool(site, "terms")),
                ]
            every = every + self.far[key]
        for kind, of_tier, new in every:
            if of_tier == tier:
                if site.in_index and kind not in OF_INDICES:
                    kind = "wrong-index"
                yield kind, new

    def _pool(self, site: Site, which: str) -> Pool:
        key = (id(site.root.statement), which)
        if key not in self.pools:
            make = factors_of if which == "factors" else terms_of
            self.pools[key] = make(site.scope, self.texts)
        return self.pools[key]
