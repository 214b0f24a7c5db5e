"""The game in a browser: the two players on points of the plane, trained there.

`engine` holds the game in JavaScript, one idea a module: read `random`, `layers`,
`network`, `losses`, `penalties`, `optimizers`, `training`. `face` is what one sees. The
rest is Python: `page` makes one file of them, `serve` shows it, `notebook` too, and
`games` goes on with a game that was saved there.
"""

from gan_numpy.playground.notebook import widget
from gan_numpy.playground.page import build_playground

__all__ = ["build_playground", "widget"]
