r"""Does a generator draw what it was told? An independent classifier says.

Each class c is asked for equally often, and the judge, which never saw the generator,
names the class k of each sample. With the counts :math:`N_{ck}`

.. math::
    \text{agreement} = \frac1N \sum_c N_{c\,m(c)}, \qquad m(c) = c :

1 for a perfect generator (up to the judge's own errors), 1/K for one that does not
listen. Beside it stands the same share after the asked classes were shuffled, which
shows what chance gives.

An InfoGAN finds its categories without labels, and what they mean is up to the game.
There m is the assignment of categories to classes, at most one to each, that makes the
agreement largest (`scipy.optimize.linear_sum_assignment`): Chen et al.,
arXiv:1606.03657, section 7.2, match categories and digits in this way.

With a class head Q the samples' information about their class is bounded, too
(arXiv:1606.03657, equation 4; see `gan_numpy.objectives.classes`):

.. math:: I(c; G(z, c)) \ge \log K + E \log Q(c | G(z, c)) .
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.classifier import Classifier
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import softmax_cross_entropy
from gan_numpy.recipes import Recipe
from gan_numpy.sampling.draw import BLOCK, sample
from gan_numpy.training.state import TrainingState

SAMPLES = 10_000


@dataclass(frozen=True)
class Agreement:
    """What a judge says about the samples of a generator that is told a class.

    Attributes
    ----------
    agreement : float
        Share of the samples in which the judge sees the class asked for, 0 to 1.
    shuffled : float
        The same for the asked classes in random order.
    by_class : tuple of float
        The agreement of each class.
    meaning : tuple of int
        The judge's class that each class counts as: itself, or, if classes were found
        without labels, the best assignment; -1 for none.
    information : float or None
        The bound on the samples' information about their class, in nats, at most
        log K; None without a class head.
    samples : int
    judge_error : float
        The judge's own test error, 0 to 1.
    judge_hash : str
        SHA-256 of the judge's weights.
    """

    agreement: float
    shuffled: float
    by_class: tuple[float, ...]
    meaning: tuple[int, ...]
    information: float | None
    samples: int
    judge_error: float
    judge_hash: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """One line: ``.982 agree (shuffled .101; judge's error .014)``."""
        line = (
            f"{self.agreement:.3f} agree (shuffled {self.shuffled:.3f}; the judge's "
            f"own error {self.judge_error:.3f})"
        )
        if self.information is not None:
            most = np.log(len(self.by_class))
            line += f"; information >= {self.information:.3f} of {most:.3f} nats"
        return line


def evaluate_agreement(
    recipe: Recipe,
    state: TrainingState,
    judge: Classifier,
    rng: np.random.Generator,
    samples: int = SAMPLES,
) -> Agreement:
    """Ask for every class equally often, and compare with what the judge sees.

    Parameters
    ----------
    recipe : Recipe
        One whose generator is told a class.
    state : TrainingState
    judge : Classifier
        Of the recipe's data set: ``train_classifier(data)``.
    rng : numpy.random.Generator
        Source of z and of the shuffled order.
    samples : int
        At least the number of classes; rounded down to a multiple of it.

    Raises
    ------
    UserError
        If the generator is not told a class, or `samples` are too few.
    """
    K = recipe.told
    if not K:
        raise UserError(
            f"recipe {recipe.name} tells its generator no class: there is nothing to "
            f"agree with"
        )
    if samples < K:
        raise UserError(f"{samples} samples are too few for {K} classes")
    asked = np.repeat(np.arange(K), samples // K)
    images = sample(recipe, state, len(asked), rng, asked)
    found = judge.predict(images)
    counts = confusion(asked, found, K, judge.classes)
    discovers = recipe.label_policy.discovers
    meaning = best_assignment(counts) if discovers else np.arange(K)
    right = meaning[asked] == found
    return Agreement(
        agreement=float(right.mean()),
        shuffled=float(np.mean(meaning[rng.permutation(asked)] == found)),
        by_class=tuple(float(right[asked == c].mean()) for c in range(K)),
        meaning=tuple(int(m) for m in meaning),
        information=information_bound(state.D, images, asked) if recipe.head else None,
        samples=len(asked),
        judge_error=judge.test_error,
        judge_hash=judge.weights_hash,
    )


def confusion(
    asked: np.ndarray, found: np.ndarray, rows: int, columns: int
) -> np.ndarray:
    """How often k was found where c was asked for, (rows, columns) int64."""
    counts = np.zeros((rows, columns), dtype=np.int64)
    np.add.at(counts, (asked, found), 1)
    return counts


def best_assignment(counts: np.ndarray) -> np.ndarray:
    """For each row a column of its own, so that the sum of the counts is largest.

    Parameters
    ----------
    counts : (K, classes) ndarray

    Returns
    -------
    (K,) int64 ndarray
        -1 for the rows that go without, if there are more rows than columns.
    """
    from scipy.optimize import linear_sum_assignment

    meaning = np.full(len(counts), -1, dtype=np.int64)
    rows, columns = linear_sum_assignment(counts, maximize=True)
    meaning[rows] = columns
    return meaning


def information_bound(D: Sequential, images: np.ndarray, asked: np.ndarray) -> float:
    r"""The bound :math:`\log K - C` in nats, C the head's cross-entropy on samples.

    Parameters
    ----------
    D : Sequential
        With outputs (N, 1 + K): its logit, and the head's.
    images : (N, features) ndarray
        Samples.
    asked : (N,) int ndarray
        Their classes, each equally often.
    """
    # Running statistics make Q a function of the sample alone, as the bound requires.
    logits = outputs(D, images)[:, 1:].astype(np.float64)
    loss, _ = softmax_cross_entropy(logits, asked)
    return float(np.log(logits.shape[1]) - loss)


def classification_error(
    recipe: Recipe, D: Sequential, data: Dataset, split: str = "test"
) -> float:
    """Share of real examples that the discriminator's class logits get wrong, 0 to 1.

    Parameters
    ----------
    recipe : Recipe
        One whose discriminator names classes: ``labels`` is semi_supervised, auxiliary,
        or information; the categories of the last mean what `best_assignment` says on
        the training examples.
    D : Sequential
    data : Dataset
        With labels.
    split : {"test", "validation", "train"}

    Raises
    ------
    UserError
        If the discriminator names no classes, or the examples have none.
    """
    policy = recipe.label_policy
    if not policy.classifies:
        raise UserError(f"the discriminator of recipe {recipe.name} names no classes")
    for name in {split, "train"}:
        if name not in data.labels:
            raise UserError(
                f"data set {data.name} has no labels of its {name} examples"
            )

    def named(which: str) -> np.ndarray:
        return policy.class_logits(outputs(D, data.scaled(which))).argmax(axis=1)

    found, labels = named(split), data.labels[split]
    if policy.discovers:
        real = data.labels["train"]
        counts = confusion(named("train"), real, recipe.classes, int(real.max()) + 1)
        found = best_assignment(counts)[found]
    return float(np.mean(found != labels))


def outputs(D: Sequential, x: np.ndarray) -> np.ndarray:
    """The discriminator's outputs, block by block, outside training: without noise."""
    blocks = [
        D.forward(x[start : start + BLOCK])[0] for start in range(0, len(x), BLOCK)
    ]
    return np.concatenate(blocks)
