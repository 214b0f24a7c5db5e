r"""A photograph of a flower in the manner of a temple, of a mosaic, of brush strokes.

Sources: Gatys, Ecker and Bethge, arXiv:1508.06576 (the loss, L-BFGS on pixels);
Ustyuzhaninov et al., arXiv:1606.00021 (random filters in one layer serve for textures
as well as a trained network). That they serve for the transfer, too, with the coarser
scales holding the content, is tried here. Sizes and weights are chosen here.

The painted styles are textures: they look alike everywhere, and from noise their Gram
matrices alone make more of the same. The temple is not; what a transfer takes from it
is its colors, its haze and its horizontal eaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gan_numpy.datasets.photographs import square
from gan_numpy.miniatures.base import Goal, Miniature, Outcome, Progress
from gan_numpy.miniatures.style.bank import random_bank
from gan_numpy.miniatures.style.drawing import draw
from gan_numpy.miniatures.style.textures import mosaic, strokes
from gan_numpy.miniatures.style.transfer import coarse_to_fine

PAINTED = ("mosaic", "strokes")
STYLES = ("temple", *PAINTED)


@dataclass(frozen=True)
class StyleTransfer(Miniature):
    r"""The miniature ``style-transfer``.

    Attributes
    ----------
    side : int
        Of all images, in pixels; a multiple of 4.
    filters, kernel : int
        Of the random layer, at each scale.
    steps : int
        Of L-BFGS, at each of three sizes.
    content : float
        :math:`\lambda`, the weight of the content.
    stones, brushes : int
        Of the mosaic and of the painting.
    """

    name: ClassVar[str] = "style-transfer"
    description: ClassVar[str] = "a flower in three styles, by random filters alone"
    source: ClassVar[str] = "Gatys et al., arXiv:1508.06576"
    goals: ClassVar[dict[str, Goal]] = {
        f"Gram distance, {before} / {result}: {style}": Goal(100, at_least=True)
        for before, result, styles in (
            ("flower", "transfer", STYLES),
            ("noise", "texture", PAINTED),
        )
        for style in styles
    }

    side: int = 128
    filters: int = 64
    kernel: int = 7
    steps: int = 100
    content: float = 0.005
    stones: int = 100
    brushes: int = 700

    def __post_init__(self) -> None:
        """Beside the signs: the smallest image has room for a kernel."""
        super().__post_init__()
        if self.side % 4 or self.side < 4 * self.kernel:
            least = 4 * self.kernel
            self._refuse("side", f"a multiple of 4, at least 4 kernel = {least}")

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Paint the textures, make more of them, paint the flower."""
        rng = np.random.default_rng(seed)
        bank = random_bank(self.filters, self.kernel, (1, 2, 4), rng)
        flower = square("flower", 120, self.side)
        styles = {
            "temple": square("china", 0, self.side),
            "mosaic": mosaic(self.side, self.stones, rng),
            "strokes": strokes(self.side, self.brushes, rng),
        }
        done, all_steps = 0, 3 * self.steps * len(self.goals)

        def step() -> None:
            nonlocal done
            done += 1
            progress(min(1.0, done / all_steps))

        figures: dict[str, float] = {}
        results: dict[str, list[np.ndarray]] = {}
        for name, style in styles.items():
            x, before, after = coarse_to_fine(
                bank, style, flower, self.content, self.steps, rng, step
            )
            figures[f"Gram distance, flower / transfer: {name}"] = before / after
            results[name] = [style, x]
        for name in PAINTED:
            x, before, after = coarse_to_fine(
                bank, styles[name], None, 0.0, self.steps, rng, step
            )
            figures[f"Gram distance, noise / texture: {name}"] = before / after
            results[name].append(x)
        progress(1.0)
        return Outcome(figures, partial(draw, flower, results))
