r"""What draws and what judges.

The generator works on the small image, and only its last layer makes it larger:
convolutions with ReLU, then one with 4 channels per channel of the image, then
`PixelShuffle`. What it draws is added to the bicubic image, :math:`y = \mathrm{bicubic}
(x) + R(x)`, so that it begins there and only has to learn what is missing. (The paper's
generator has a skip across its residual blocks instead.)

The judge is a small convolutional network on images of full size, with one logit.

Sources: Ledig et al., "Photo-realistic single image super-resolution using a generative
adversarial network", arXiv:1609.04802, section 2.1; Shi et al., arXiv:1609.05158 (all
layers on the small image).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gan_numpy.layers import (
    Conv2D,
    Dense,
    LeakyReLU,
    PixelShuffle,
    ReLU,
    Reshape,
    Sequential,
)
from gan_numpy.layers.initializers import he_normal, normal

DTYPE = np.dtype(np.float32)


def enlarger(colors: int, channels: int, rng: np.random.Generator) -> Sequential:
    """R: images (N, colors, H, W) to what (N, colors, 2 H, 2 W) lacks."""
    options: Any = {"rng": rng, "dtype": DTYPE, "padding": 1}
    last = Conv2D(channels, 4 * colors, 3, init=normal(0.001), **options)
    first = Conv2D(
        colors, channels, 5, init=he_normal(), rng=rng, dtype=DTYPE, padding=2
    )
    return Sequential(
        [
            ("h0", first),
            ("f0", ReLU()),
            ("h1", Conv2D(channels, channels, 3, init=he_normal(), **options)),
            ("f1", ReLU()),
            ("h2", Conv2D(channels, channels, 3, init=he_normal(), **options)),
            ("f2", ReLU()),
            ("h3", last),
            ("larger", PixelShuffle(2)),
        ]
    )


def judge(side: int, channels: int, rng: np.random.Generator) -> Sequential:
    """D: gray images (N, 1, side, side) to logits (N, 1)."""
    options: Any = {"init": he_normal(), "rng": rng, "dtype": DTYPE}
    small = -(-side // 4)
    return Sequential(
        [
            ("h0", Conv2D(1, channels, 5, stride=2, padding=2, **options)),
            ("f0", LeakyReLU()),
            ("h1", Conv2D(channels, 2 * channels, 5, stride=2, padding=2, **options)),
            ("f1", LeakyReLU()),
            ("flat", Reshape(-1)),
            ("y", Dense(2 * channels * small * small, 1, **options)),
        ]
    )
