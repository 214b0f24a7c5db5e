r"""What is examined: two networks, what they are shown, and what one step changed.

A patient is looked at, never touched: examining it draws from a generator of its own,
commits no batch statistics and moves nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from gan_numpy.layers.base import Grads, Layer
from gan_numpy.layers.sequential import Sequential
from gan_numpy.objectives import NON_SATURATING, Objective

SAMPLES = 64  # examples and samples at which most probes look
NEAR = 0.01  # quantile of test examples' distances: nearer than that is suspicious
DRAWN = 64  # samples as people see them
Network = Layer | Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Reference:
    """The data that samples are compared with.

    Attributes
    ----------
    train, test : (N, d), (T, d) ndarray
    centers : (K, d) ndarray
        One point for each mode: known means, means of classes, or k-means.
    labels : tuple of str
        What the modes are called.
    """

    train: np.ndarray
    test: np.ndarray
    centers: np.ndarray
    labels: tuple[str, ...]

    @cached_property
    def near(self) -> float:
        """The distance to a training example that 99 % of test examples exceed."""
        found = self.nearest(self.test)
        return float(np.quantile(found, NEAR))

    def nearest(self, x: np.ndarray) -> np.ndarray:
        """The distance from each point to the nearest training example."""
        center = self.train.mean(axis=0)
        return distances(x - center, self.train - center).min(axis=1)

    @cached_property
    def axes(self) -> np.ndarray:
        """The two directions in which the data vary most, (2, d)."""
        x = self.test - self.test.mean(axis=0)
        return np.linalg.svd(x, full_matrices=False)[2][:2]


def distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """All Euclidean distances, (len(a), len(b))."""
    squares = (a * a).sum(1)[:, None] + (b * b).sum(1) - 2 * a @ b.T
    return np.sqrt(np.maximum(squares, 0))


@dataclass(frozen=True)
class Change:
    """What one step did to one player.

    Attributes
    ----------
    before, after : dict
        Its parameters.
    steps : int
        How many steps lie between them.
    grads : dict or None
        The gradient that the step says it used.
    predicted : dict or None
        The parameters to which that gradient alone would have led.
    buffers_moved : bool or None
        Whether running statistics changed; None if there are none.
    """

    before: Mapping[str, np.ndarray]
    after: Mapping[str, np.ndarray]
    steps: int = 1
    grads: Grads | None = None
    predicted: Mapping[str, np.ndarray] | None = None
    buffers_moved: bool | None = None


@dataclass(frozen=True)
class Patient:
    """Both players and all that a probe may ask for; what is not known is None.

    Attributes
    ----------
    G, D : Layer or callable
        Of a callable only the outputs are known: from z to examples, from examples to
        logits, (N, 1).
    shown : (m, d) ndarray
        Real examples as D gets them.
    reference : Reference
    latent : callable
        From (n, rng) to what G reads.
    draw : callable
        From what G reads to the samples that people see.
    objective : Objective
    settings : mapping
        What the doctor may know of the recipe: ``clip``, ``packing``, ``penalty``,
        ``penalty_weight``, ``objective``, ``discriminator_weight``.
    G_change, D_change : Change or None
    average : tuple of dict or None
        The averaged weights at the last examination and now.
    repeated : bool or None
        Whether `shown` is what was shown at the last examination.
    reported : mapping
        What the training loop itself says of this step: its losses.
    examples : callable
        From G's outputs to examples: without the class that a conditional G hands on.
    D_met : Layer or None
        The D that G's step met, if D had moved before.
    """

    G: Network
    D: Network
    shown: np.ndarray
    reference: Reference
    latent: Callable[[int, np.random.Generator], np.ndarray]
    draw: Callable[[np.ndarray], np.ndarray]
    rng: np.random.Generator
    objective: Objective = NON_SATURATING
    settings: Mapping[str, Any] = field(default_factory=dict)
    G_change: Change | None = None
    D_change: Change | None = None
    average: tuple[Mapping[str, np.ndarray], Mapping[str, np.ndarray]] | None = None
    repeated: bool | None = None
    reported: Mapping[str, float] = field(default_factory=dict)
    examples: Callable[[np.ndarray], np.ndarray] = lambda outputs: outputs
    D_met: Network | None = None

    @cached_property
    def z(self) -> np.ndarray:
        """What G reads, `DRAWN` rows."""
        return self.latent(DRAWN, self.rng)

    @cached_property
    def drawn(self) -> np.ndarray:
        """Samples as people see them, (DRAWN, d) float64."""
        return np.asarray(self.draw(self.z), dtype=np.float64)

    @cached_property
    def real(self) -> np.ndarray:
        """Real examples as D gets them, `SAMPLES` of them or fewer, in whole packs."""
        n, m = min(SAMPLES, len(self.shown)), int(self.settings.get("packing", 1))
        return self.shown[: n - n % m]

    @cached_property
    def fake_forward(self) -> tuple[np.ndarray, Any]:
        """G's outputs in training, with the cache."""
        z = self.z[: len(self.real)]
        if isinstance(self.G, Layer):
            return self.G.forward(z, train=True, rng=self.rng)
        return np.asarray(self.G(z)), None

    def judge(self, x: np.ndarray) -> tuple[np.ndarray, Any]:
        """D's outputs with the cache: without noise, by batch statistics if it has."""
        if isinstance(self.D, Layer):
            return self.D.forward(x, train=not self.D.per_example, rng=self.rng)
        return np.asarray(self.D(x)).reshape(len(x), -1), None

    @cached_property
    def real_judged(self) -> tuple[np.ndarray, Any]:
        """D's outputs on real examples, with the cache."""
        return self.judge(self.real)

    @cached_property
    def fake_judged(self) -> tuple[np.ndarray, Any]:
        """D's outputs on generated examples, with the cache."""
        return self.judge(self.fake_forward[0])

    @cached_property
    def G_gradient(self) -> Grads | None:
        """The gradient of G's loss; None if a player is not differentiable."""
        return self.gradient_of(self.objective)

    def gradient_of(self, objective: Objective) -> Grads | None:
        """The gradient that another objective would give G."""
        D = self.D if self.D_met is None else self.D_met
        if not isinstance(self.G, Layer) or not isinstance(D, Layer):
            return None
        met = replace(self, D=D, D_met=None)
        judged = met.judge(self.fake_forward[0])
        if objective.beside is not None:
            objective = objective.against(logit(met.judge(self.real)))
        _, d_logit = objective.generator(logit(judged))
        d_fake, _ = met.through_D(d_logit, judged, params=False)
        assert d_fake is not None  # asked for
        return self.G.backward(d_fake, self.fake_forward[1], input_grad=False)[1]

    def through_D(
        self, d_logit: np.ndarray, judged: tuple[np.ndarray, Any], params: bool
    ) -> tuple[np.ndarray | None, Grads]:
        """Send a cotangent of the logit back through D."""
        assert isinstance(self.D, Layer)
        outputs, cache = judged
        dy = np.zeros_like(outputs)
        dy[:, :1] = d_logit
        return self.D.backward(dy, cache, param_grads=params, input_grad=True)


def logit(judged: tuple[np.ndarray, Any]) -> np.ndarray:
    """D's own output, the first column; others are those of a class head."""
    return judged[0][:, :1]


def layers_of(network: Network) -> list[tuple[str, Layer]]:
    """All layers with their names, those of networks within networks too."""
    if not isinstance(network, Sequential):
        return []
    found: list[tuple[str, Layer]] = []
    for name, layer in network.layers.items():
        found += layers_of(layer) if isinstance(layer, Sequential) else [(name, layer)]
    return found
