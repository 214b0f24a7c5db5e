"""Systems before 2014 and beside images, each a game of its own.

Read `base` (what a miniature is), then any system from its table: `nce` with
`densities` and `contrast`, `robust_control` with `linear_game`,
`turing_learning` with `agents`, `judges` and `evolution`, `imitation` with `road` and
`policies`; the folders `melodies`, `played_game`, `style`
and `super_resolution`. Files that end in ``_drawing`` only draw.
"""

from __future__ import annotations

from gan_numpy.miniatures.base import Goal, Miniature, Outcome
from gan_numpy.miniatures.imitation import Imitation
from gan_numpy.miniatures.melodies.melodies import MelodyGAN
from gan_numpy.miniatures.nce import NCE
from gan_numpy.miniatures.played_game.game_gan import GameGAN
from gan_numpy.miniatures.robust_control import RobustControl
from gan_numpy.miniatures.style.style_transfer import StyleTransfer
from gan_numpy.miniatures.super_resolution.super_resolution import SuperResolution
from gan_numpy.miniatures.turing_learning import TuringLearning

__all__ = ["MINIATURES", "Goal", "Miniature", "Outcome"]

MINIATURES: dict[str, Miniature] = {
    miniature.name: miniature
    for miniature in (
        *(NCE(), RobustControl(), TuringLearning(), Imitation()),
        *(MelodyGAN(), GameGAN(), StyleTransfer()),
        SuperResolution(),
    )
}
