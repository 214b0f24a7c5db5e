r"""Digits of 14 pixels drawn with 28, a photograph with twice its pixels.

Sources: Ledig et al. (SRGAN), arXiv:1609.04802; Sajjadi, Schölkopf and Hirsch
(EnhanceNet), arXiv:1612.07919. Both found what is found here: the adversarial stage
*loses* PSNR (SRGAN's table 1, Set5 and four times the side: bicubic 28.43 dB, the
generator of the mean squared error 32.05, SRGAN 29.40), and to the eye it gains. Here a
classifier's features tell: the Fréchet distance between them and those of true digits.
Sizes, rates and weights are chosen here.

The photographs show the first stage alone: a network learns from patches of the temple
and enlarges the dahlia, which it has never seen. Both are halved at first, since at
their full size it is JPEG's blocks that would have to be drawn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.datasets.photographs import photograph
from gan_numpy.errors import UserError
from gan_numpy.evaluation.classifier import Classifier, train_classifier
from gan_numpy.evaluation.fid import fid
from gan_numpy.layers import Sequential
from gan_numpy.miniatures.base import Goal, MiniatureOfData, Outcome, Progress
from gan_numpy.miniatures.super_resolution.drawing import draw
from gan_numpy.miniatures.super_resolution.networks import enlarger, judge
from gan_numpy.miniatures.super_resolution.resize import psnr, resized
from gan_numpy.miniatures.super_resolution.training import (
    Critics,
    Weights,
    adversarial_stage,
    enlarged,
    error_stage,
)

BORDER = 8  # pixels that are not measured: less is known there
Told = Callable[[], None]
STAGES = ("bicubic", "squared error", "adversary")


@dataclass(frozen=True)
class SuperResolution(MiniatureOfData):
    """The miniature ``super-resolution``.

    Attributes
    ----------
    dataset : str
        Of the digits.
    tests : int
        Test digits that are enlarged.
    channels, judge_channels : int
        Of the generator's and of the judge's convolutions.
    batch_size : int
    steps, adversarial_steps : int
        Of the two stages.
    rate, adversarial_rate : float
        Of Adam.
    features, adversary : float
        Weights of the second stage's terms; that of the pixels' error is 1.
    patch, photo_steps : int
        Side of the photograph's patches, and steps of its network.
    photo_rate : float
    """

    name: ClassVar[str] = "super-resolution"
    description: ClassVar[str] = "images of twice the side, blurred and sharp"
    source: ClassVar[str] = "Ledig et al., arXiv:1609.04802"
    goals: ClassVar[dict[str, Goal]] = {
        "digits, gain of squared error over bicubic, dB": Goal(1.0, at_least=True),
        "photograph, gain of squared error over bicubic, dB": Goal(1.0, at_least=True),
        "digits, gain of adversary over squared error, dB": Goal(0.0),
        "digits, FID of adversary / of squared error": Goal(1.0),
    }

    dataset: str = "mnist"
    tests: int = 5000
    channels: int = 32
    judge_channels: int = 16
    batch_size: int = 32
    steps: int = 2000
    adversarial_steps: int = 1500
    rate: float = 2e-3
    adversarial_rate: float = 2e-4
    features: float = 0.1
    adversary: float = 2e-2
    patch: int = 32
    photo_steps: int = 1500
    photo_rate: float = 1e-3

    def __post_init__(self) -> None:
        """Beside the signs: patches that have a half."""
        super().__post_init__()
        if self.patch % 2 or self.patch > 190:
            self._refuse("patch", "an even number, at most 190")

    def play_on(
        self, data: Dataset, seed: int, progress: Progress = lambda share: None
    ) -> Outcome:
        """Train on digits in two stages, on a photograph in one."""
        if data.image_shape is None or len(data.image_shape) > 2:
            raise UserError(f"{self.name}: {data.name} holds no gray images")
        rng = np.random.default_rng(seed)
        done, whole = 0, self.steps + self.adversarial_steps + self.photo_steps

        def told() -> None:
            nonlocal done
            done += 1
            progress(done / whole)

        side = data.image_shape[0]
        true = data.scaled("test", slice(self.tests)).reshape(-1, 1, side, side)
        found, classifier = self._digits(data, side, true, rng, told)
        figures = {}
        for name, y in found.items():
            figures[f"digits, PSNR of {name}, dB"] = psnr(y, true)
        features = {
            name: classifier.features(y.reshape(len(y), -1).clip(0, 1))
            for name, y in {**found, "the true ones' other half": true[1::2]}.items()
        }
        of_true = classifier.features(true.reshape(len(true), -1))
        for name, of_it in features.items():
            against = of_true[::2] if name not in found else of_true
            figures[f"digits, FID of {name}"] = fid(of_it, against)
        flower, views = self._photograph(rng, told)
        figures |= flower
        dB = [figures[f"digits, PSNR of {name}, dB"] for name in STAGES]
        distance = [figures[f"digits, FID of {name}"] for name in STAGES]
        of_photo = list(flower.values())
        gains = (dB[1] - dB[0], of_photo[1] - of_photo[0], dB[2] - dB[1])
        figures |= dict(zip(self.goals, (*gains, distance[2] / distance[1])))
        small = resized(true[:8], side // 2)
        shown = {"given": small, **{k: v[:8] for k, v in found.items()}}
        shown["true"] = true[:8]
        return Outcome(figures, partial(draw, shown, list(zip(dB, distance)), views))

    def _digits(
        self,
        data: Dataset,
        side: int,
        true: np.ndarray,
        rng: np.random.Generator,
        told: Told,
    ) -> tuple[dict[str, np.ndarray], Classifier]:
        """Test digits by each stage, and the classifier that judges."""
        classifier = train_classifier(data)
        hidden = [(k, v) for k, v in classifier.network.layers.items()][:-1]

        def batches() -> np.ndarray:
            rows = rng.integers(len(data.train), size=self.batch_size)
            return data.scaled("train", rows).reshape(-1, 1, side, side)

        G = enlarger(1, self.channels, rng)
        small = resized(true, side // 2)
        found = {STAGES[0]: resized(small, side)}
        error_stage(G, batches, self.steps, self.rate, told)
        found[STAGES[1]] = enlarged(G, small)
        critics = Critics(Sequential(hidden), judge(side, self.judge_channels, rng))
        adversarial_stage(
            *(G, critics, Weights(1.0, self.features, self.adversary), batches),
            *(self.adversarial_steps, self.adversarial_rate, told),
        )
        found[STAGES[2]] = enlarged(G, small)
        return found, classifier

    def _photograph(
        self, rng: np.random.Generator, told: Told
    ) -> tuple[dict[str, float], list[np.ndarray]]:
        """What a network that knows the temple makes of the dahlia.

        It sees planes of one color, so that it has one task and not three.
        """
        temple, flower = (halved(photograph(name)) for name in ("china", "flower"))

        def batches() -> np.ndarray:
            which = zip(
                rng.integers(3, size=self.batch_size // 2),
                rng.integers(temple.shape[1] - self.patch, size=self.batch_size // 2),
                rng.integers(temple.shape[2] - self.patch, size=self.batch_size // 2),
            )
            cut = [
                temple[k : k + 1, i : i + self.patch, j : j + self.patch]
                for k, i, j in which
            ]
            return np.stack(cut)

        G = enlarger(1, self.channels, rng)
        error_stage(G, batches, self.photo_steps, self.photo_rate, told)
        true = flower[:, None, :200, 50:250]
        small = resized(true, 100)
        views = [resized(small, 200), enlarged(G, small), true]
        inner = [view[:, :, BORDER:-BORDER, BORDER:-BORDER] for view in views]
        figures = {
            f"photograph, PSNR of {name}, dB": psnr(view, inner[2])
            for name, view in zip(STAGES, inner[:2])
        }
        return figures, [view[:, 0, 60:140, 60:140] for view in views]


def halved(photo: np.ndarray) -> np.ndarray:
    """A photograph of half the size, (3, 200, 320): what JPEG left in it is gone."""
    squares = [photo[None, :, :400, left : left + 400] for left in (0, 240)]
    left, right = (resized(square.astype(np.float32), 200)[0] for square in squares)
    return np.concatenate([left[:, :, :120], right], axis=2)
