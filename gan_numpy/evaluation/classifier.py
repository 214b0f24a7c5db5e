r"""A classifier of the data's own labels: the judge of labeled images.

What Inception is to photographs, a small network trained on the data set itself is to
digits: its probabilities tell which classes a generator draws, its last hidden layer
gives features in which distances mean something. It is made of this project's layers -
dropout, dense, ReLU - and trained by a fixed recipe: Adam on the cross-entropy, with a
learning rate that falls exponentially, for a fixed number of epochs, no early stopping.
The test set is used for nothing but its ``test_error``.

Scores are comparable only between judges of the same weights, so every result carries
their SHA-256. Training runs on the kernels ``native``, whose bits do not depend on the
number of threads; where there is no Numba, on ``reference``.
"""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass

import numpy as np
import scipy  # its parts are loaded at their first use

from gan_numpy.datasets import Dataset
from gan_numpy.errors import UserError
from gan_numpy.evaluation.cache import Arrays, remember, sha256, shapes_of
from gan_numpy.kernels import steady_kernels, use_kernels
from gan_numpy.kernels.threads import limit_threads
from gan_numpy.layers import Dense, Dropout, ReLU
from gan_numpy.layers.base import Layer
from gan_numpy.layers.initializers import he_normal
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import softmax_cross_entropy
from gan_numpy.optim import Adam, ExponentialDecay
from gan_numpy.progress import tqdm

DTYPE = np.dtype(np.float32)
ROWS = 1000  # images that go through the network at once


@dataclass(frozen=True)
class ClassifierRecipe:
    """Every number of a classifier; all chosen on validation images.

    Attributes
    ----------
    hidden : tuple of int
        Units of the hidden layers, one at least; the last one gives the features.
    keep_input, keep_hidden : float
        Shares that dropout keeps.
    batch_size, epochs : int
    learning_rate, final_rate : float
        Of Adam, before the first and after the last update.
    """

    hidden: tuple[int, ...]
    keep_input: float
    keep_hidden: float
    batch_size: int
    epochs: int
    learning_rate: float = 1e-3
    final_rate: float = 2e-5


LARGE = ClassifierRecipe((800, 256), 0.8, 0.6, batch_size=100, epochs=16)
SMALL = ClassifierRecipe((256, 128), 0.9, 0.7, batch_size=64, epochs=60)
LARGE_FROM = 10_000  # training examples


@dataclass(frozen=True)
class Classifier:
    """A trained classifier.

    Attributes
    ----------
    network : Sequential
        Images (N, features) float32 to logits (N, classes).
    classes : int
    test_error : float
        Share of the test images that it gets wrong, 0 to 1.
    weights_hash : str
        SHA-256 of its weights.
    """

    network: Sequential
    classes: int
    test_error: float
    weights_hash: str

    def logits(self, x: np.ndarray) -> np.ndarray:
        """Logits of images with pixels in [0, 1], (N, classes) float64."""
        return _blocks(self.network, x)

    def probabilities(self, x: np.ndarray) -> np.ndarray:
        """Probabilities of the classes, (N, classes) float64; rows add up to 1."""
        return scipy.special.softmax(self.logits(x), axis=1)

    def predict(self, x: np.ndarray) -> np.ndarray:
        """The most probable class of each image, (N,) int64."""
        return self.logits(x).argmax(axis=1)

    def features(self, x: np.ndarray) -> np.ndarray:
        """Outputs of the last hidden layer, after its ReLU, (N, units) float64."""
        layers = list(self.network.layers.items())
        return _blocks(Sequential(layers[:-1]), x)


def _blocks(network: Sequential, x: np.ndarray) -> np.ndarray:
    """A network's output in float64, a block of images at a time."""
    features = len(network.params["h0.W"])
    if x.ndim != 2 or x.shape[1] != features or not len(x):
        raise ValueError(f"images need shape (N, {features}), got {x.shape}")
    if not np.isfinite(x).all():
        raise ValueError("images hold values that are not finite")
    with use_kernels(steady_kernels()):
        outputs = [
            network.forward(x[start : start + ROWS].astype(DTYPE))[0]
            for start in range(0, len(x), ROWS)
        ]
    return np.concatenate(outputs).astype(np.float64)


def recipe_for(data: Dataset) -> ClassifierRecipe:
    """The recipe for a data set of this size."""
    return LARGE if len(data.train) >= LARGE_FROM else SMALL


def train_classifier(
    data: Dataset,
    seed: int = 0,
    progress: bool = False,
    cache: bool = True,
    recipe: ClassifierRecipe | None = None,
) -> Classifier:
    """The classifier of a labeled data set: the one kept on disk, or a new one.

    MNIST takes about a minute on two cores, the 8x8 digits a second.

    Parameters
    ----------
    data : Dataset
        With labels of its training and test examples.
    seed : int
        Weights, order of examples and dropout masks follow from it.
    progress : bool
        Whether to show a progress bar on stderr.
    cache : bool
        Whether to look in, and write to, the cache on disk (see
        `gan_numpy.evaluation.cache`).
    recipe : ClassifierRecipe, optional
        Another one than `recipe_for` gives.

    Raises
    ------
    UserError
        If the data set has no labels, or too few examples for one batch.
    """
    recipe = recipe or recipe_for(data)
    labels = _labels(data)
    if len(data.train) < recipe.batch_size:
        raise UserError(
            f"a classifier needs at least {recipe.batch_size} training examples, data "
            f"set {data.name} has {len(data.train)}"
        )
    classes = 1 + max(int(values.max()) for values in labels.values())
    init_rng, rng = np.random.default_rng(seed).spawn(2)
    network = build_network(recipe, data.features, classes, init_rng)

    def compute() -> Arrays:
        _train(network, recipe, data, rng, progress)
        return network.params

    key = {
        "recipe": asdict(recipe),
        "seed": seed,
        "data": data.fingerprint(),
        "labels": sha256(labels),
        "dtype": DTYPE.name,
    }
    with use_kernels(steady_kernels()), limit_threads(_useful_threads(network, recipe)):
        if cache:
            weights = remember("classifier", key, shapes_of(network.params), compute)
        else:
            weights = compute()
    network = network.with_params(weights)
    test = _blocks(network, data.scaled("test"))
    error = float(np.mean(test.argmax(axis=1) != labels["test"]))
    return Classifier(network, classes, error, sha256(weights))


def _labels(data: Dataset) -> Arrays:
    """Labels of the training and the test examples."""
    missing = [split for split in ("train", "test") if split not in data.labels]
    if missing:
        raise UserError(
            f"data set {data.name} has no labels of its {missing[0]} examples: a "
            f"classifier cannot be trained on it"
        )
    return {split: data.labels[split] for split in ("train", "test")}


def build_network(
    recipe: ClassifierRecipe, features: int, classes: int, rng: np.random.Generator
) -> Sequential:
    """Dropout, then dense, ReLU and dropout for each hidden layer, then logits."""
    layers: list[tuple[str, Layer]] = [("drop", Dropout(recipe.keep_input))]
    n, init = features, he_normal()
    for i, units in enumerate(recipe.hidden):
        layers.append((f"h{i}", Dense(n, units, init=init, rng=rng, dtype=DTYPE)))
        layers.append((f"relu{i}", ReLU()))
        layers.append((f"drop{i}", Dropout(recipe.keep_hidden)))
        n = units
    layers.append(("out", Dense(n, classes, init=init, rng=rng, dtype=DTYPE)))
    return Sequential(layers)


def _useful_threads(network: Sequential, recipe: ClassifierRecipe) -> int | None:
    """1 if the products are too small for several threads, else None: all there are."""
    largest = max(value.size for value in network.params.values())
    return 1 if recipe.batch_size * largest < 2**23 else None


def _train(
    network: Sequential,
    recipe: ClassifierRecipe,
    data: Dataset,
    rng: np.random.Generator,
    progress: bool,
) -> None:
    """Change the network's weights in place: the whole of the recipe's training."""
    labels, m = data.labels["train"], recipe.batch_size
    steps = len(labels) // m
    decay = recipe.learning_rate / recipe.final_rate
    factor = decay ** (1 / (steps * recipe.epochs))
    optimizer = Adam(ExponentialDecay(recipe.learning_rate, factor))
    state = optimizer.init(network.params)
    epochs = range(1, recipe.epochs + 1)
    hidden = not (progress and sys.stderr.isatty())
    for epoch in tqdm(epochs, desc="classifier", disable=hidden, leave=False):
        order = rng.permutation(len(labels))
        for rows in np.split(order[: steps * m], steps):
            x = data.scaled("train", rows, DTYPE)
            logits, caches = network.forward(x, train=True, rng=rng)
            _, d_logits = softmax_cross_entropy(logits, labels[rows])
            _, grads = network.backward(d_logits, caches, input_grad=False)
            optimizer.update(network.params, grads, state, epoch)
