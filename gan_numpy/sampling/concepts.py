r"""Concepts for arithmetic in the latent space: a digit, perhaps with a style.

DCGAN's authors chose their exemplars of "smiling woman" by eye (Radford, Metz and
Chintala, arXiv:1511.06434, section 6.3.2). Here a classifier and two measurements
choose them: the most extreme of the samples that the classifier is sure of.

``bold``, ``thin``
    the mean pixel, the amount of ink;
``left``, ``right``
    where the top leans: the slant :math:`-\mu_{11} / \mu_{02}` of the image's central
    moments, with the vertical axis pointing down.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gan_numpy.errors import UserError

CONFIDENT = 0.99  # probability from which the classifier is sure
STYLES = ("bold", "thin", "left", "right")


@dataclass(frozen=True)
class Concept:
    """A class and a style.

    Attributes
    ----------
    label : int
    style : str
        One of `STYLES`, or empty for any.
    """

    label: int
    style: str = ""

    def __str__(self) -> str:
        return f"{self.label}:{self.style}" if self.style else str(self.label)


def parse_concept(text: str, classes: int) -> Concept:
    """Read ``7`` or ``7:bold``.

    Raises
    ------
    UserError
        If it is not of that form, or there is no such class or style.
    """
    digit, _, style = text.partition(":")
    if not digit.isdecimal() or int(digit) >= classes:
        raise UserError(
            f"concept {text!r}: expected a class from 0 to {classes - 1}, with or "
            f"without a style, for instance 7 or 7:bold"
        )
    if style not in ("", *STYLES):
        raise UserError(
            f"concept {text!r}: the styles are {', '.join(STYLES)}, got {style!r}"
        )
    return Concept(int(digit), style)


def intended(a: Concept, b: Concept, c: Concept) -> Concept | None:
    """What A - B + C should show, if it follows from the concepts.

    Where A and B are of one class, C keeps its class and takes A's style: bold 3 - thin
    3 + thin 7 is a bold 7. Where B and C are equal, A is left.
    """
    if a.label == b.label:
        return Concept(c.label, a.style if b.style == c.style else "")
    return a if b == c else None


def ink(images: np.ndarray) -> np.ndarray:
    """Mean pixel of each image, (N, height, width) to (N,)."""
    return images.mean(axis=(1, 2), dtype=np.float64)


def slant(images: np.ndarray) -> np.ndarray:
    r"""How far the top leans to the right: :math:`-\mu_{11}/\mu_{02}`, (N,).

    An image sheared by :math:`x \to x - s\,y`, y pointing down, has s more of it. Zero
    for an image without height.
    """
    _, height, width = images.shape
    y, x = np.mgrid[:height, :width].astype(np.float64)
    total = np.maximum(images.sum(axis=(1, 2), dtype=np.float64), 1e-12)
    dx = x - ((images * x).sum(axis=(1, 2)) / total)[:, None, None]
    dy = y - ((images * y).sum(axis=(1, 2)) / total)[:, None, None]
    mixed, vertical = (images * dx * dy).sum((1, 2)), (images * dy * dy).sum((1, 2))
    return -mixed / np.maximum(vertical, 1e-12)


def style_score(images: np.ndarray, style: str) -> np.ndarray:
    """How much of a style each image has, (N,); zeros for no style."""
    if style in ("bold", "thin"):
        return ink(images) * (1 if style == "bold" else -1)
    if style in ("left", "right"):
        return slant(images) * (1 if style == "right" else -1)
    return np.zeros(len(images))


def find_exemplars(
    concept: Concept, images: np.ndarray, probabilities: np.ndarray, n: int
) -> np.ndarray:
    """The `n` images that show a concept best.

    Of those that are read as its class with probability `CONFIDENT`, those with most of
    the style; without a style, the surest ones.

    Parameters
    ----------
    concept : Concept
    images : (N, height, width) ndarray
    probabilities : (N, classes) ndarray
        What a classifier says of them.
    n : int

    Returns
    -------
    (n,) int64 ndarray
        Indices, best first.

    Raises
    ------
    UserError
        If too few are read as that class.
    """
    sure = np.flatnonzero(probabilities[:, concept.label] >= CONFIDENT)
    if len(sure) < n:
        raise UserError(
            f"only {len(sure)} of {len(images)} samples are read as class "
            f"{concept.label} with probability {CONFIDENT}, {n} are needed: train "
            f"longer, or draw more --samples"
        )
    score = style_score(images[sure], concept.style)
    if not concept.style:
        score = probabilities[sure, concept.label]
    return sure[np.argsort(-score, kind="stable")[:n]]
