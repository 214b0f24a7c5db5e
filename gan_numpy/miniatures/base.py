"""What a miniature is: a system beside the image GANs, played from seed to numbers.

A `gan_numpy.recipes.Recipe` trains a generator of examples on a data set. What came
before 2014, and what grew beside images, has other players: a density and its noise, a
controller and a disturbance, a driver and a judge. Each is a frozen dataclass that
reads like its paper's table, plays its game from a seed, and says which figures were
to be expected.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from gan_numpy.datasets import Dataset, load_dataset
from gan_numpy.errors import UserError

Progress = Callable[[float], None]  # told the share of the work that is done


@dataclass(frozen=True)
class Goal:
    """What a figure was expected to be before anything was played.

    Attributes
    ----------
    bound : float
    at_least : bool
        Whether the figure must not be smaller; by default it must not be larger.
    """

    bound: float
    at_least: bool = False

    def met(self, figure: float) -> bool:
        """Whether a figure is within the bound; one that is no number is not."""
        return figure >= self.bound if self.at_least else figure <= self.bound

    def __str__(self) -> str:
        return f"at {'least' if self.at_least else 'most'} {self.bound:g}"


@dataclass(frozen=True)
class Outcome:
    """What came out of a game.

    Attributes
    ----------
    figures : dict of str to float
        By what they mean, in the order in which they are to be read.
    draw : callable
        Writes the picture to a path.
    files : dict of str to bytes
        What else there is to hear or to play, by the names of files.
    """

    figures: dict[str, float]
    draw: Callable[[Path], None]
    files: dict[str, bytes] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True)
class Miniature:
    """Base class: subclasses add their numbers, and play.

    Attributes
    ----------
    name, description, source : str
    goals : dict of str to Goal
        For some of the figures.
    small : bool
        Whether its networks are so small that plain NumPy serves them best: what a
        compiled kernel would save, it costs to choose.
    """

    name: ClassVar[str]
    description: ClassVar[str]
    source: ClassVar[str]
    goals: ClassVar[dict[str, Goal]]
    small: ClassVar[bool] = True

    def __post_init__(self) -> None:
        """Every number is positive; a subclass that knows more asks more."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            least = min(value) if isinstance(value, tuple) else value
            if not isinstance(value, str) and not 0 < least < float("inf"):
                self._refuse(field.name, "a positive number")

    def _refuse(self, field: str, expected: str) -> None:
        value = getattr(self, field)
        raise UserError(f"{self.name}: {field}={value}, expected {expected}")

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Play the game.

        Parameters
        ----------
        seed : int
            Of every random number.
        progress : callable
            Told the share of the work that is done, from 0 to 1.
        """
        raise NotImplementedError

    def replace(self, **changes: Any) -> Miniature:
        """The same miniature with other numbers.

        Raises
        ------
        UserError
            If one is out of range.
        """
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True)
class MiniatureOfData(Miniature):
    """Base class of those that are played on a data set, which may have to be fetched.

    Attributes
    ----------
    dataset : str
        Its name.
    """

    small: ClassVar[bool] = False

    dataset: str

    def play(self, seed: int, progress: Progress = lambda share: None) -> Outcome:
        """Play the game on the data set, wherever it is usually kept."""
        return self.play_on(load_dataset(self.dataset), seed, progress)

    def play_on(
        self, data: Dataset, seed: int, progress: Progress = lambda share: None
    ) -> Outcome:
        """Play the game on a data set; see `play`."""
        raise NotImplementedError
